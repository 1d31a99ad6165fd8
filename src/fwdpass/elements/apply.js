// Puts a patch in its places, and takes it away again: for whoever has one, be it made by a build, by Python in the reader's browser, or at the author's desk.
// What stands where was made by Python, from a reading of the page. Nothing is computed or formatted here.
globalThis.fwdpassPlaces = (article) => {
  // Places: a marked element, or what stands between two comments. Of each change, how it is undone.
  const parsed = (html, { localName }) => {
    const box = document.createElement(localName.includes("-") ? "div" : localName); // in this document, where what is folded away is text
    box.innerHTML = html;
    const made = document.createDocumentFragment();
    made.append(...box.childNodes);
    return made;
  };
  const edges = () => {
    const found = new Map();
    const walker = document.createTreeWalker(article, NodeFilter.SHOW_COMMENT);
    while (walker.nextNode()) found.set(walker.currentNode.data, walker.currentNode);
    return found;
  };
  // Elements that are alike stay, and only what is in them gives way: the browser then has less to lay out anew. Those with a life of their own are never alike,
  // nor is what is folded away, in the place of which elements come when it is opened.
  const alike = (one, other) =>
    one.nodeType === Node.ELEMENT_NODE && other.nodeType === Node.ELEMENT_NODE
      ? !/-|^noscript$/.test(one.localName) && one.cloneNode(false).isEqualNode(other.cloneNode(false))
      : one.isEqualNode(other);
  // Puts nodes in the place of others; `first` keeps what was in an element before anything of it gave way.
  const give = (olds, news, first, all) => {
    if (olds.length !== news.length || !olds.every((one, at) => alike(one, news[at]))) return all();
    olds.forEach((one, at) => {
      if (one.isEqualNode(news[at])) return;
      const [before, after] = [[...one.childNodes], [...news[at].childNodes]];
      give(before, after, first, () => {
        if (!first.has(one)) first.set(one, before);
        one.replaceChildren(...after);
      });
    });
  };
  const restore = (first) => first.forEach((before, one) => one.replaceChildren(...before));
  const BOX = ["tabindex", "role", "aria-label"]; // of a formula that scrolls
  const element = (place, html, { first = new Map(), at = article.querySelector(`.fp-${place}`), was = at.cloneNode(false) } = {}) => {
    const made = parsed(html, at.parentElement).firstElementChild;
    const looks = (like) => {
      if (!at.matches("span.math")) return;
      at.classList.toggle("fp-formula", like.classList.contains("fp-formula"));
      BOX.forEach((name) => (like.hasAttribute(name) ? at.setAttribute(name, like.getAttribute(name)) : at.removeAttribute(name)));
    };
    looks(made);
    const [before, after] = [[...at.childNodes], [...made.childNodes]];
    if (!first.has(at)) first.set(at, before);
    give(before, after, first, () => at.replaceChildren(...after));
    return { shown: [at], undo: () => (looks(was), restore(first)), first, at, was };
  };
  const between = (before, after, html, { first = new Map(), top } = {}) => {
    const nodes = () => {
      const found = [];
      for (let at = before.nextSibling; at !== after; at = at.nextSibling) found.push(at);
      return found;
    };
    const all = (news) => {
      nodes().forEach((each) => each.remove());
      before.after(...news);
    };
    top ??= nodes();
    const made = [...parsed(html, before.parentElement).childNodes];
    give(nodes(), made, first, () => all(made));
    const shown = nodes().filter((each) => each.nodeType === Node.ELEMENT_NODE);
    return { shown, undo: () => (all(top), restore(first)), first, top };
  };
  const rewritten = (found, name, said) => {
    const elements = [...found];
    const before = elements.map((each) => each[name]);
    elements.forEach((each) => (each[name] = said));
    return { shown: elements, undo: () => elements.forEach((each, at) => (each[name] = before[at])) };
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
  // What is folded away may be text; where a place is in it, it has to be elements.
  const unfold = (names) => {
    if (!names.length) return; // nothing changes, and an expression of no names would match everything
    const any = new RegExp(`fp-(?:${names.join("|")})\\b|fp:(?:${names.join("|")})-->`);
    globalThis.fpUnfold?.(article, (text) => any.test(text));
  };
  const standing = new Map(); // by the places of the patch that stands: what was there, and how that comes back
  let unnote = () => {};
  const put = (patch, { old = [], false: untrue = {} } = {}) => {
    unnote();
    standing.forEach((stood, place) => place in patch || (stood.undo(), standing.delete(place)));
    unfold([...Object.keys(patch), ...old.flatMap((place) => [place, `n${place}`, `a${place}`]), ...Object.keys(untrue).map((step) => `c${step}`)]);
    const known = edges();
    const open = article.querySelector(".fp-certificate details")?.open;
    const placed = (place, html, stands) => {
      if (place === "description") return rewritten(document.querySelectorAll(METAS), "content", html);
      if (place[0] === "n") return element(place, html, stands);
      if (place[0] === "a") return rewritten(article.querySelectorAll(`.fp-${place}`), "alt", html);
      return between(known.get(`fp:${place}`), known.get(`/fp:${place}`), html, stands);
    };
    const shown = Object.entries(patch).flatMap(([place, html]) => {
      const stands = standing.get(place);
      const made = placed(place, html, stands);
      if (!stands || made.first) standing.set(place, made); // which is undone to what was before the first patch that stood there
      return made.shown;
    });
    const details = article.querySelector(".fp-certificate details");
    if (details && open) details.open = true;
    unnote = note(old, untrue, edges());
    return { shown, undo };
  };
  const undo = () => {
    unnote();
    unnote = () => {};
    standing.forEach((stood) => stood.undo());
    standing.clear();
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
