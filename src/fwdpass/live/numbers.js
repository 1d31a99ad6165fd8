// Change the numbers: fields for what the script states, and the script itself. Python starts in a worker when a reader says so, computes and formats;
// here its answers are handed to the page (follow.js), and fields are kept as it says.
globalThis.fwdpassNumbers = async (host) => {
  const { control, article } = host;
  const root = new URL(control.dataset.numbers, document.baseURI);
  const sheet = Object.assign(document.createElement("link"), { rel: "stylesheet", href: new URL("numbers.css", root).href });
  await new Promise((resolve) => {
    sheet.addEventListener("load", resolve);
    sheet.addEventListener("error", resolve);
    document.head.append(sheet);
  });
  const template = document.createElement("template");
  template.innerHTML = globalThis.fwdpassPanel;
  const panel = template.content.firstElementChild;
  control.append(panel);
  const get = (name) => panel.querySelector(name);
  const [begin, stop, close, progress, state] = [".fp-begin", ".fp-stop", ".fp-close", "progress", "[role=status]"].map(get);
  const fields = new Map([...panel.querySelectorAll("input[name]")].map((field) => [field.name, field]));
  const written = new Map([...fields].map(([name, field]) => [name, field.value]));
  const script = get(".fp-source");
  const SCRIPT = script.value;
  const [, FOLDER, PAGE] = /^(.*_live\/)(.*)\.js$/.exec(control.getAttribute("src"));
  const CHOSEN = "fwdpass:python"; // in this tab, for the other pages
  let patience = 5000;
  const opener = control.querySelector(".fp-change-open");
  // A long sentence about the page has a row of its own; beside the pixels it would be a column of single words.
  const told = () => control.classList.toggle("fp-long", host.status.textContent.length > 80);
  new MutationObserver(told).observe(host.status, { childList: true });

  // The worker: one question at a time; the newest waits, and those between are forgotten.
  let worker;
  let started;
  let ready = false;
  let refuse; // whoever waits for the start
  let pending;
  let serial = 0;
  let timer;
  const say = (said) => (state.textContent = said);
  const works = (working) => {
    panel.ariaBusy = String(working);
    stop.hidden = !working;
  };
  const end = () => {
    clearTimeout(timer);
    worker?.terminate();
    worker = started = timer = undefined;
    ready = false;
    works(false);
    progress.hidden = true;
  };
  const fail = (said) => {
    end();
    refuse?.(new Error(said));
    pending?.resolve({ fault: said, lost: true });
    pending = undefined;
    begin.hidden = false;
    say(said);
  };
  // A cell that says nothing for five seconds is stopped, since nothing else could: a loop without an end does not listen. Where the page as it is takes long,
  // because the computer is slow, or busy, it may take longer.
  let heard;
  const learn = () => {
    const now = performance.now();
    if (heard) patience = Math.max(patience, 4 * (now - heard));
    heard = now;
  };
  const watch = () => {
    clearTimeout(timer);
    timer = setTimeout(() => fail("It took too long, and was stopped. The page is as it was; Python starts again with the next change."), patience);
  };
  const missing = () => {
    if (location.protocol === "file:") return "Python starts only in a page that comes from a server, and this one comes from a folder. The picture can be changed all the same.";
    if (typeof WebAssembly !== "object") return "This browser runs no WebAssembly, which Python needs. The picture can be changed all the same.";
    if (typeof Worker !== "function") return "This browser runs no workers, which Python needs. The picture can be changed all the same.";
    try {
      new WebAssembly.Module(new Uint8Array([0, 97, 115, 109, 1, 0, 0, 0]));
    } catch {
      return "The rules of this site allow no WebAssembly, which Python needs. The picture can be changed all the same.";
    }
    return "";
  };
  const start = () => {
    if (started) return started;
    const said = missing();
    if (said) {
      say(said);
      return Promise.reject(new Error(said));
    }
    begin.hidden = true;
    progress.hidden = stop.hidden = false;
    progress.removeAttribute("value");
    say("Python is being fetched.");
    return (started = new Promise((resolve, reject) => {
      refuse = reject;
      worker = new Worker(new URL("python/worker.mjs", root), { type: "module" });
      worker.addEventListener("error", (event) => {
        event.preventDefault();
        fail(ready ? "Python has died, so the page is as it was. The next change starts it again." : "Python could not be started, so the page is as it was.");
      });
      worker.addEventListener("message", ({ data }) => {
        if (data.loaded) progress.value = data.loaded;
        else if (data.starts) say("Python starts.");
        else if (data.alive) timer ? watch() : learn();
        else if (data.ready) {
          ready = true;
          learn();
          heard = undefined;
          progress.hidden = true;
          stop.hidden = true;
          sessionStorage.setItem(CHOSEN, "yes");
          say("Python is there. Change a number, the script, or any cell of the page, and all of it follows.");
          panel.querySelectorAll("fieldset").forEach((each) => (each.disabled = false));
          editable();
          resolve();
        } else if (data.broken !== undefined) {
          const memory = /memory|allocation/i.test(data.broken);
          panel.dataset.broken = data.broken;
          fail(memory ? "There is too little memory for Python, so the page is as it was." : "Python stopped with an error, so the page is as it was.");
        } else if (data.id === serial) {
          clearTimeout(timer);
          timer = undefined;
          works(false);
          pending?.resolve(JSON.parse(data.answer));
          pending = undefined;
        }
      });
      const files = ["numpy.zip", "packages.zip", "book.zip"];
      // The page as it was built, whatever scripts have made of it since: most of its record is there.
      const record = new URL(`${FOLDER}${PAGE}.json`, document.baseURI).href;
      worker.postMessage({ page: location.href.replace(/#.*$/, ""), record, files });
    }));
  };
  let chain = Promise.resolve();
  const ask = (question) =>
    (chain = chain.then(
      () =>
        new Promise((resolve) => {
          start().then(
            () => {
              begin.hidden = true;
              pending = { resolve };
              serial += 1;
              works(true);
              watch();
              worker.postMessage({ id: serial, question: JSON.stringify(question) });
            },
            (error) => resolve({ fault: error.message, lost: true }),
          );
        }),
    ));
  const chosen = () => started || sessionStorage.getItem(CHOSEN) === "yes";

  // Fields show the numbers of the state that is asked for.
  const fill = (numbers) => fields.forEach((field, name) => (field.value = numbers[name] ?? written.get(name)));
  const changed = async (wanted) => {
    if (!chosen()) {
      open();
      fill(wanted.numbers);
      return { fault: "This address changes numbers of the page. Start Python to see it so; until then it is as the book has it." };
    }
    fill(wanted.numbers);
    const answer = await ask({ state: wanted });
    say(""); // what has come of it is said below the panel, once
    if (!answer.fault) get(".fp-downloads").hidden = false;
    return answer;
  };
  // The cells of the page, each with a button that opens its code in a field. What comes of it is a patch, as for numbers; the code that stands there is a place, too.
  const editors = new Map();
  const cellsOf = (state, step, source) => {
    const cells = { ...state.cells };
    if (source === editors.get(step).book) delete cells[step];
    else cells[step] = source;
    return Object.keys(cells).length ? cells : undefined;
  };
  const edit = (step, box) => {
    const made = document.createElement("template");
    made.innerHTML = globalThis.fwdpassEditor;
    const editor = made.content.firstElementChild;
    const [opens, code, run, back, ends] = ["[aria-expanded]", "textarea", ".fp-run-cell", ".fp-cell-back", ".fp-cell-close"].map((name) => editor.querySelector(name));
    const book = box.querySelector("pre").textContent.replace(/\n$/, "");
    const fit = () => {
      code.style.height = "auto";
      code.style.height = `${code.scrollHeight + 4}px`;
    };
    const toggle = (open) => {
      box.classList.toggle("fp-editing", open);
      editor.querySelector("div").hidden = !open;
      opens.ariaExpanded = String(open);
      if (open) fit();
      (open ? code : opens).focus({ preventScroll: true });
    };
    const submit = (source) => host.choose({ ...host.state, cells: cellsOf(host.state, step, source) });
    const named = book.split("\n", 1)[0];
    opens.ariaLabel = `${opens.textContent}: ${named}`;
    code.ariaLabel = `${code.ariaLabel}: ${named}`;
    code.value = book;
    code.addEventListener("input", fit);
    opens.addEventListener("click", () => toggle(opens.ariaExpanded === "false"));
    ends.addEventListener("click", () => toggle(false));
    run.addEventListener("click", () => submit(code.value));
    back.addEventListener("click", () => (submit((code.value = book)), fit()));
    editor.addEventListener("keydown", (event) => {
      if (event.key === "Escape") toggle(false);
      else if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
      else submit(code.value);
      event.preventDefault();
    });
    box.append(editor);
    editors.set(step, { editor, box, code, book, toggle });
  };
  const BEGINS = /^fp:i(\d+)$/;
  const editable = () => {
    globalThis.fpUnfold?.(article, (text) => text.includes("<!--fp:i")); // cells whose code is folded away, too
    editors.forEach(({ box }, step) => box.isConnected || editors.delete(step)); // of a case that is not told now
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_COMMENT);
    while (walker.nextNode()) {
      const step = BEGINS.exec(walker.currentNode.data)?.[1];
      if (step && !editors.has(step)) edit(step, walker.currentNode.parentElement);
    }
  };
  const choose = (name, value) => {
    const numbers = { ...host.state.numbers };
    if (value === written.get(name) && !host.state.script) delete numbers[name];
    else numbers[name] = value;
    host.choose({ ...host.state, numbers });
  };
  const step = async (field, up) => {
    const answer = await ask({ step: [field.value, up] });
    if (answer.fault) say(answer.fault);
    else {
      field.value = answer.number;
      choose(field.name, answer.number);
    }
  };
  panel.addEventListener("click", ({ target }) => {
    const button = target.closest("button[data-of]");
    if (button) step(fields.get(button.dataset.of), button.value === "up");
  });
  panel.addEventListener("change", ({ target }) => fields.has(target.name) && choose(target.name, target.value.trim()));
  panel.addEventListener("keydown", (event) => {
    if (event.key === "Escape") shut();
    if (event.key === "Enter" && fields.has(event.target.name)) event.target.blur(), event.target.focus();
  });
  get(".fp-run").addEventListener("click", () => {
    const source = script.value === SCRIPT ? undefined : script.value;
    host.choose({ picture: host.book.picture, numbers: {}, script: source, cells: host.state.cells });
  });
  const save = (content, type, name) => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([content], { type }));
    link.download = name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href));
  };
  get(".fp-download").addEventListener("click", async () => {
    const answer = await ask({ source: true, state: host.shown });
    if (answer.fault) say(answer.fault);
    else save(answer.script, "text/x-python", get(".fp-download").dataset.name);
  });
  get(".fp-notebook").addEventListener("click", async () => {
    const words = await fetch(new URL(`${FOLDER}words/${PAGE}.json`, document.baseURI)).then((found) => (found.ok ? found.text() : ""), () => "");
    const answer = words ? await ask({ notebook: words, state: host.shown }) : { fault: "This page has no notebook." };
    if (answer.fault) say(answer.fault);
    else save(answer.notebook, "application/x-ipynb+json", `${PAGE.split("/").pop()}.ipynb`);
  });
  begin.addEventListener("click", () => start().then(() => (panel.querySelector("fieldset input")?.focus(), host.again()), () => {}));
  stop.addEventListener("click", () => {
    fail("Stopped. The page is as it was.");
    begin.focus({ preventScroll: true });
  });
  // A browser that is asked for more than there is gives back first, at once, what earlier changes have left. It takes a tenth of a second, while Python computes.
  let changes = 0;
  const collect = () => {
    try {
      new ArrayBuffer(2 ** 34);
    } catch {} // as it should
  };
  article.addEventListener("fwdpass:changed", () => {
    changes += 1;
    if (changes % 5 === 0) (globalThis.requestIdleCallback ?? setTimeout)(collect); // each time would take too long
    fill(host.shown.numbers);
    if (editors.size) editable();
    // Back at the book, Python is given back with its memory; the next change starts it again.
    if (host.shown === host.book || JSON.stringify(host.shown) === JSON.stringify(host.book)) {
      script.value = SCRIPT;
      editors.forEach(({ box, code, book, toggle }) => ((code.value = book), box.classList.contains("fp-editing") && toggle(false)));
      if (started && !pending) end();
    }
  });

  const open = () => {
    panel.hidden = false;
    opener.ariaExpanded = "true";
    panel.focus({ preventScroll: true });
  };
  const shut = () => {
    panel.hidden = true;
    opener.ariaExpanded = "false";
    opener.focus({ preventScroll: true });
  };
  close.addEventListener("click", shut);
  if (chosen()) panel.querySelectorAll("fieldset").forEach((each) => (each.disabled = false));
  if (chosen()) begin.hidden = true;
  return { open: () => (panel.hidden ? open() : shut()), changed };
};
