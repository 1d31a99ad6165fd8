// Puts a patch in its places, and takes it away again: for whoever has one, be it made by a build, by Python in the reader's browser, or at the author's desk.
// What stands where was made by Python, from a reading of the page. Nothing is computed or formatted here.
globalThis.fwdpassPlaces = (article) => {
  // Places: a marked element, or what stands between two comments. Of each change, how it is undone.
  const parsed = (html) => {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content;
  };
  const edges = () => {
    const found = new Map();
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_COMMENT);
    while (walker.nextNode()) found.set(walker.currentNode.data, walker.currentNode);
    return found;
  };
  const BOX = ["tabindex", "role", "aria-label"]; // of a formula that scrolls
  const element = (place, html) => {
    const at = article.querySelector(`.fp-${place}`);
    const made = parsed(html).firstElementChild;
    const before = [...at.childNodes];
    const box = at.matches("span.math");
    const looks = (like) => {
      if (!box) return;
      at.classList.toggle("fp-formula", like.classList.contains("fp-formula"));
      BOX.forEach((name) => (like.hasAttribute(name) ? at.setAttribute(name, like.getAttribute(name)) : at.removeAttribute(name)));
    };
    const was = at.cloneNode(false);
    looks(made);
    at.replaceChildren(...made.childNodes);
    return [[at], () => (looks(was), at.replaceChildren(...before))];
  };
  const between = (before, after, html) => {
    const range = document.createRange();
    range.setStartAfter(before);
    range.setEndBefore(after);
    const old = range.extractContents();
    const made = parsed(html);
    const shown = [...made.children];
    before.after(made);
    return [
      shown,
      () => {
        range.setStartAfter(before);
        range.setEndBefore(after);
        range.deleteContents();
        before.after(old);
      },
    ];
  };
  const rewritten = (found, name, said) => {
    const elements = [...found];
    const before = elements.map((each) => each[name]);
    elements.forEach((each) => (each[name] = said));
    return [elements, () => elements.forEach((each, at) => (each[name] = before[at]))];
  };
  const METAS = 'meta:is([name=description], [property="og:description"]):not([content=""])';
  // Of what could not be read again, that it is old; of a sentence that is no longer true, why.
  const within = (place, known) => {
    const element = article.querySelector(`.fp-n${place}, .fp-a${place}`);
    if (element) return [element];
    const found = [];
    const end = known.get(`/fp:${place}`);
    for (let at = known.get(`fp:${place}`); end && at && at !== end; at = at.nextSibling) if (at.nodeType === Node.ELEMENT_NODE) found.push(at);
    return found;
  };
  const note = (old, untrue, known) => {
    const pale = old.flatMap((place) => within(place, known));
    pale.forEach((each) => each.classList.add("fp-old"));
    const whys = Object.entries(untrue).flatMap(([step, said]) =>
      [...article.querySelectorAll(`.fp-c${step}`)].map((claim) => {
        const why = Object.assign(document.createElement("small"), { className: "fp-why", textContent: said });
        claim.classList.add("fp-false");
        claim.append(why);
        return [claim, why];
      }),
    );
    return () => {
      pale.forEach((each) => each.classList.remove("fp-old"));
      whys.forEach(([claim, why]) => (claim.classList.remove("fp-false"), why.remove()));
    };
  };
  const put = (patch, { old = [], false: untrue = {} } = {}) => {
    globalThis.fpUnfold?.(); // what is folded away may be text until then
    const known = edges();
    const open = article.querySelector(".fp-certificate details")?.open;
    const done = Object.entries(patch).map(([place, html]) => {
      if (place === "description") return rewritten(document.querySelectorAll(METAS), "content", html);
      if (place[0] === "n") return element(place, html);
      if (place[0] === "a") return rewritten(article.querySelectorAll(`.fp-${place}`), "alt", html);
      return between(known.get(`fp:${place}`), known.get(`/fp:${place}`), html);
    });
    const details = article.querySelector(".fp-certificate details");
    if (details && open) details.open = true;
    const plain = note(old, untrue, edges());
    return { shown: done.flatMap(([shown]) => shown), undo: () => (plain(), done.forEach(([, undo]) => undo())) };
  };

  // What has just changed is marked for a while.
  let timer;
  const marked = new Set();
  const unmark = () => {
    clearTimeout(timer);
    marked.forEach((each) => {
      each.classList.remove("fp-changed");
      if (!each.className) each.removeAttribute("class");
    });
    marked.clear();
  };
  const mark = (elements) => {
    elements.filter((each) => !each.matches(".fp-certificate, meta")).forEach((each) => {
      each.classList.add("fp-changed");
      marked.add(each);
    });
    timer = setTimeout(unmark, 2000);
  };
  return { put, mark, unmark };
};
