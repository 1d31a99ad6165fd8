// A page at its author's desk: it takes what the server says of it. Numbers change in their places, as Python drew them; of a page that was written again,
// the blocks that differ are put in the place of those that stood there. Loaded before any other script, it still finds the page as it was written.
"use strict";
{
  const given = { ...document.currentScript.dataset };
  const main = (root) => root.querySelector("article") ?? root.querySelector("[role=main], main");
  const live = main(document);
  const unfolded = (root) => {
    for (const folded of root.querySelectorAll("noscript")) {
      const within = document.createElement("template");
      within.innerHTML = folded.firstElementChild ? folded.innerHTML : folded.textContent;
      folded.replaceWith(within.content);
    }
    return root;
  };
  let raw = live && unfolded(live.cloneNode(true)); // the page as it was written, without what scripts make of it
  const twins = new WeakMap(); // of each node of it that is a block, or stands between blocks: the one in the window
  const parted = (node) => node.nodeType === Node.ELEMENT_NODE && node.matches("article, main, [role=main], section");
  const pair = (written, shown) => {
    twins.set(written, shown);
    if (parted(written)) [...written.childNodes].forEach((child, at) => pair(child, shown.childNodes[at]));
  };
  if (raw) pair(raw, live);

  // Blocks: those that two writings of a page have in common at either end of a section stay, and what is between gives way.
  const said = (node) => node.outerHTML ?? `${node.nodeType} ${node.data}`;
  const twin = (node, within) => {
    let at = twins.get(node);
    while (at && at.parentNode !== within) at = at.parentNode;
    return at;
  };
  const replace = (before, after, shown) => {
    const old = [...before.childNodes];
    const made = [...after.childNodes];
    const same = (a, b) => said(a) === said(b) && twin(a, shown);
    let head = 0;
    while (head < Math.min(old.length, made.length) && same(old[head], made[head])) head += 1;
    let tail = 0;
    while (tail < Math.min(old.length, made.length) - head && same(old.at(-1 - tail), made.at(-1 - tail))) tail += 1;
    const keep = (a, b) => {
      const kept = twins.get(a);
      pairs.push([b, kept]);
      if (parted(b)) pairs.push(...[...b.childNodes].map((child, at) => [child, twins.get(a.childNodes[at])]).filter(([, each]) => each));
    };
    const pairs = [];
    old.slice(0, head).forEach((node, at) => keep(node, made[at]));
    if (tail) old.slice(-tail).forEach((node, at) => keep(node, made.slice(-tail)[at]));
    pairs.forEach(([a, b]) => twins.set(a, b));
    const gone = old.slice(head, old.length - tail);
    const come = made.slice(head, made.length - tail);
    // Sections that stand in the place of one another are compared block by block in their turn.
    const inner = (list) => list.filter(parted);
    const paired = inner(gone).length === inner(come).length && inner(gone).every((node, at) => node.id === inner(come)[at].id && twin(node, shown));
    const changed = [];
    let stop = tail ? twin(old.at(-tail), shown) : null;
    const put = (nodes, before) =>
      nodes.forEach((node) => {
        const copy = document.importNode(node, true);
        pair(node, copy);
        shown.insertBefore(copy, before);
        if (copy.nodeType === Node.ELEMENT_NODE) changed.push(copy);
      });
    const drop = (nodes) => nodes.forEach((node) => twin(node, shown)?.remove());
    if (!gone.every((node) => twin(node, shown))) {
      shown.replaceChildren(); // a script has moved them: all of the section is put there again
      put(made, null);
      return changed;
    }
    if (!paired || !inner(gone).length) {
      drop(gone);
      put(come, stop);
      return changed;
    }
    const pieces = (list) => list.reduce((found, node) => (parted(node) ? [...found, node, []] : [...found.slice(0, -1), [...found.at(-1), node]]), [[]]);
    const [were, are] = [pieces(gone), pieces(come)];
    for (let at = were.length - 1; at >= 0; at -= 1) {
      if (at % 2) {
        const section = twin(were[at], shown);
        changed.push(...replace(were[at], are[at], section));
        twins.set(are[at], section);
        stop = section;
      } else {
        drop(were[at]);
        put(are[at], stop);
      }
    }
    return changed;
  };

  // After a patch, what it has put between the comments of a place has twins, too.
  const again = (within) => {
    for (const edge of within.childNodes) {
      if (parted(edge)) again(edge);
      if (edge.nodeType !== Node.COMMENT_NODE || !edge.data.startsWith("fp:") || !twins.get(edge)) continue;
      let [a, b] = [edge.nextSibling, twins.get(edge).nextSibling];
      for (; a && b && a.data !== `/${edge.data}`; [a, b] = [a.nextSibling, b.nextSibling]) pair(a, b);
    }
  };

  // Where the reader is: the first block that is in the window, and how far from its top; what has the focus; what is open.
  const blocks = (root) => [...root.querySelectorAll(":is(section, article, main) > *")].filter((block) => !parted(block));
  const stay = (work) => {
    const above = blocks(live).filter((block) => block.getBoundingClientRect().bottom > 0);
    const places = above.slice(0, 40).map((block) => [block, block.getBoundingClientRect().top]);
    const focused = document.activeElement;
    const alike = () => [...live.querySelectorAll(focused.localName)].filter((each) => each.textContent === focused.textContent);
    const rank = live.contains(focused) ? alike().indexOf(focused) : -1;
    const open = new Set([...live.querySelectorAll("details[open] > summary")].map((summary) => summary.textContent));
    const done = work();
    for (const summary of live.querySelectorAll("details:not([open]) > summary")) {
      if (open.has(summary.textContent) && done.some((each) => each.contains(summary))) summary.parentElement.open = true;
    }
    if (rank >= 0 && !focused.isConnected) alike()[rank]?.focus({ preventScroll: true });
    const [block, top] = places.find(([each]) => each.isConnected) ?? [];
    if (block) scrollBy({ top: block.getBoundingClientRect().top - top, behavior: "instant" });
    return done;
  };
  const marks = (elements) => {
    const place = globalThis.fwdpassPlaces?.(live);
    place?.mark(elements);
    live.dispatchEvent(new CustomEvent("fwdpass:changed", { bubbles: true }));
  };
  const AROUND = ["title", ".bd-sidebar-primary nav.bd-links", "#pst-page-toc-nav, .bd-toc-nav", ".prev-next-footer"];
  const swap = async () => {
    const answer = await fetch(location.pathname, { cache: "no-store" });
    const made = new DOMParser().parseFromString(await answer.text(), "text/html");
    const facts = made.querySelector("script[data-epoch]")?.dataset;
    const written = main(made) && unfolded(main(made));
    if (!answer.ok || !facts || !written || !raw) return location.reload();
    Object.assign(given, facts);
    box.removeAttribute("data-ready");
    const changed = stay(() => replace(raw, written, live));
    raw = written;
    for (const name of AROUND) {
      const [now, next] = [document.querySelector(name), made.querySelector(name)];
      if (now && next && said(now) !== said(next)) now.innerHTML = next.innerHTML;
    }
    for (const next of made.querySelectorAll('meta[name=description], meta[property="og:description"]')) {
      const now = next.name ? document.querySelector(`meta[name="${next.name}"]`) : document.querySelector('meta[property="og:description"]');
      if (now) now.content = next.content;
    }
    marks(changed);
    count("swaps");
    connect();
  };
  const patch = (places) => {
    const place = globalThis.fwdpassPlaces;
    if (!place || !live) return swap();
    place(raw).put(places);
    const changed = stay(() => place(live).put(places).shown);
    again(raw);
    marks(changed);
    count("patches");
  };

  // What is said in the corner of the window.
  const box = Object.assign(document.createElement("div"), { className: "fp-serve", hidden: true });
  box.setAttribute("role", "status");
  document.body.append(box);
  const notice = ({ doing, faults, old, ready }) => {
    box.toggleAttribute("data-ready", ready ?? false);
    const lines = [doing, ...faults].filter(Boolean).map((line, at) => {
      const made = document.createElement("p");
      made.textContent = line;
      if (at || !doing) made.className = "fp-fault";
      return made;
    });
    if (old) lines.push(Object.assign(document.createElement("p"), { textContent: "What stands on this page is older than that." }));
    if (lines.map(said).join() !== [...box.childNodes].map(said).join()) box.replaceChildren(...lines); // which is read aloud
    box.hidden = !lines.length;
    live?.classList.toggle("fp-older", old);
  };
  const count = (what) => (box.dataset[what] = String(Number(box.dataset[what] ?? 0) + 1)); // for whoever wants to know how a change came

  // A line to the server, while somebody looks: a browser has few of them for all of its windows.
  let line;
  let last = Promise.resolve();
  const connect = () => {
    line?.close();
    if (document.hidden) return;
    const asked = new URLSearchParams({ page: given.page, epoch: given.epoch, built: given.built, at: given.at });
    line = new EventSource(`/_fwdpass/events?${asked}`);
    line.addEventListener("error", () => {
      if (line.readyState === EventSource.CONNECTING) notice({ doing: "", faults: ["Nobody serves this book any more, or not at this moment."], old: true });
    });
    line.addEventListener("message", ({ data, lastEventId }) => {
      last = last.then(() => take(JSON.parse(data), lastEventId));
    });
  };
  const take = async (news, id) => {
    if (id) [given.built, given.at] = id.split(".");
    if (news.reload) {
      line.close();
      location.reload();
    } else if (news.swap) {
      line.close();
      await swap();
    } else if (news.patch) await patch(news.patch);
    else if (news.notice) notice(news.notice);
  };
  document.addEventListener("visibilitychange", connect);
  connect();
}
