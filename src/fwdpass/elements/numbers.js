// Choose a number of the page, or a formula with numbers in it: a box beside it says where they come from. Every word in the box is read from the table at
// the page's foot, so nothing is computed or formatted here, and without this script the table says the same.
(() => {
  const details = () => document.querySelector(".fp-certificate details"); // another one, when the page has followed its reader
  const article = details()?.closest("article, [role=main], main");
  // A wide formula, where the tab key stops, is called by what it says, and not all of them by one word.
  article?.querySelectorAll(".fp-formula[tabindex]").forEach((box, at) => {
    box.id ||= `fp-formula-${at}`;
    box.setAttribute("aria-labelledby", box.id);
  });
  if (!article || !HTMLElement.prototype.showPopover) return;

  const MARK = /\bfp-n(\d+)\b/g;
  const rowsOf = (number) => {
    globalThis.fpUnfold?.(details());
    return [...number.className.matchAll(MARK)].map(([, at]) => document.getElementById(`fp-number-${at}`)).filter(Boolean);
  };
  const choosable = () =>
    [...article.querySelectorAll(":is(.fp-n, .math[class*=fp-n]):not(:is(a, button, label, summary) *)")].filter(
      (n) => n.className.search(MARK) >= 0,
    );
  if (!article.querySelector(".fp-n, .math[class*=fp-n]")) return;
  let numbers = [];

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const take = () => {
    numbers = choosable();
    numbers.forEach((number) => number.classList.add("fp-choosable"));
  };
  globalThis.fpLater("numbers", take);

  // What the keyboard reaches: the number itself, or a button behind a formula, which has to stay readable as mathematics.
  // Made when the keyboard asks for it, since a page has hundreds.
  const handles = new Map();
  const numberOf = new Map();
  const handle = (number) => {
    const at = handles.size;
    handles.set(number, number);
    numberOf.set(number, number);
    if (!number.matches(".math")) return;
    const formula = number;
    const button = make("button", { type: "button", className: "fp-of-formula", hidden: true }, "Numbers of this formula");
    button.id = `fp-of-${at}`; // it is called by the formula, too, and so are no two alike
    const said = formula.querySelector("math");
    said.id ||= `fp-said-${at}`;
    button.setAttribute("aria-labelledby", `${button.id} ${said.id}`);
    button.ariaHasPopup = "dialog";
    button.ariaExpanded = "false";
    button.addEventListener("click", () => choose(formula));
    formula.after(button);
    handles.set(formula, button);
    numberOf.set(button, formula);
  };

  // The box: a popover, so that nothing clips it, a click elsewhere closes it, and Escape gives the focus back.
  const box = make("div", { className: "fp-origin", popover: "auto", role: "dialog", tabIndex: -1 });
  document.body.append(box);
  let chosen;

  const copy = (cell) => [...cell.childNodes].map((node) => node.cloneNode(true));
  const origin = (row, alone) => {
    const heads = row.closest("table").tHead.rows[0].cells;
    const list = make("dl", {});
    for (const cell of row.cells) {
      if ((!cell.cellIndex && alone) || cell.textContent === "—") continue; // what was chosen; a value that is no fraction
      list.append(make("dt", {}, heads[cell.cellIndex].textContent), make("dd", {}, ...copy(cell)));
    }
    return list;
  };

  const fill = (rows) => {
    const list = make("div", { id: "fp-origin" }, ...rows.map((row) => origin(row, rows.length === 1)));
    const link = make("a", { href: `#${rows[0].id}` }, "All numbers of this page");
    link.addEventListener("click", () => {
      details().open = true;
      box.hidePopover();
    });
    box.ariaLabel =
      rows.length === 1 ? `Where ${rows[0].cells[0].textContent} comes from` : "Where the numbers of this formula come from";
    box.setAttribute("aria-describedby", "fp-origin");
    box.replaceChildren(list, link);
  };

  // Below the number, or above it where there is no room below; never beyond an edge of the window.
  const place = () => {
    const lines = [...(chosen?.getClientRects() ?? [])];
    if (!lines.length || !box.matches(":popover-open")) return;
    const [first, last] = [lines[0], lines.at(-1)];
    const { clientWidth, clientHeight } = document.documentElement;
    const above = last.bottom + box.offsetHeight + 8 > clientHeight && first.top - box.offsetHeight - 8 > 0;
    const top = above ? first.top - box.offsetHeight - 6 : last.bottom + 6;
    const left = Math.max(8, Math.min((above ? first : last).left, clientWidth - box.offsetWidth - 8));
    box.style.top = `${top + scrollY}px`;
    box.style.left = `${left + scrollX}px`;
  };

  const choose = (number) => {
    box.hidePopover();
    chosen = number;
    fill(rowsOf(number));
    const back = (reachable && handles.get(number)) || number; // where Escape leads back to
    if (back === number && !number.hasAttribute("tabindex")) number.tabIndex = -1;
    back.focus({ preventScroll: true });
    box.showPopover({ source: back });
    place();
    box.focus({ preventScroll: true });
  };

  box.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    box.hidePopover(); // which gives the focus back
    event.preventDefault();
  });
  box.addEventListener("beforetoggle", ({ newState }) => {
    const back = handles.get(chosen);
    if (back && (back !== chosen || back.role)) back.ariaExpanded = String(newState === "open");
  });
  addEventListener("resize", place);
  addEventListener("scroll", place, { capture: true, passive: true }); // of a wide table, too

  article.addEventListener("click", (event) => {
    const number = event.target.closest(".fp-choosable");
    if (number && getSelection().isCollapsed) choose(number);
  });

  // By keyboard: two buttons, one before the page's text and one after it, let the numbers be reached, or no longer.
  let reachable = false;
  const reach = () => {
    reachable = !reachable;
    line();
    buttons.forEach((button) => (button.ariaPressed = String(reachable)));
    allow();
  };
  const allow = () => {
    for (const [number, handle] of handles) {
      if (handle !== number) {
        handle.hidden = !reachable;
        continue;
      }
      number.role = reachable ? "button" : null;
      number.ariaHasPopup = reachable ? "dialog" : null;
      number.ariaExpanded = reachable ? "false" : null;
      if (!reachable) number.removeAttribute("tabindex");
    }
    if (reachable) stopAt([...handles.values()].find((handle) => handle.checkVisibility()));
  };
  // All of them together are one stop of the tab key: the one that was come to last.
  const stopAt = (stop) => handles.forEach((handle) => (handle.tabIndex = handle === stop ? 0 : -1));
  article.addEventListener("focusin", ({ target }) => reachable && numberOf.has(target) && stopAt(target));
  const buttons = ["fp-explore fp-early", "fp-explore"].map((className, at) => {
    const button = make("button", { type: "button", ariaPressed: "false" }, "Explore this page’s numbers");
    button.setAttribute("aria-describedby", "fp-keys");
    button.addEventListener("click", reach);
    const keys = make("span", {}, "The arrow keys go from number to number; Enter says where one comes from.");
    const bar = make("div", { className }, button, " ", keys);
    if (!at) keys.id = "fp-keys";
    // Beside an article, since they are not what it says; but within the page's main part.
    if (article.localName !== "article") article[at ? "append" : "prepend"](bar);
    else if (!at) article.before(bar);
    else {
      article.after(bar);
      new ResizeObserver(() => {
        // Asked when it is laid out, and set before it is laid out again: whatever comes between would have that done twice.
        const { paddingInline } = getComputedStyle(article);
        requestAnimationFrame(() => Object.assign(bar.style, { paddingInline }));
      }).observe(article);
    }
    return button;
  });
  let stops = [];
  const line = () => {
    if (!numbers.length) take();
    numbers.filter((number) => !handles.has(number)).forEach(handle);
    stops = [buttons[0], ...numbers.map((number) => handles.get(number)), buttons[1]];
  };

  // Where the page has followed its reader, other numbers stand on it.
  article.addEventListener("fwdpass:changed", () => {
    box.hidePopover();
    take();
    if (!reachable) return;
    line();
    allow();
  });

  document.addEventListener("keydown", (event) => {
    const inside = box.contains(event.target);
    let at = stops.indexOf(inside ? handles.get(chosen) : event.target);
    if (!reachable || at < 0 || event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (step) {
      do at += step;
      while (stops[at] && !stops[at].checkVisibility()); // folded away
      if (!stops[at]) return;
      box.hidePopover();
      stops[at].focus();
      if (inside && numberOf.has(stops[at])) choose(numberOf.get(stops[at]));
    } else if (["Enter", " "].includes(event.key) && numbers.includes(event.target)) choose(event.target);
    else return;
    event.preventDefault();
  });
})();
