// The menu of colours: light, dark, or as the reader's system says, which the style sheets follow by themselves.
(() => {
  const menu = document.getElementById("book-colours");
  if (!menu) return;
  const root = document.documentElement;
  menu.value = root.dataset.mode;
  menu.addEventListener("change", () => {
    root.dataset.mode = root.dataset.theme = menu.value;
    localStorage.setItem("mode", menu.value);
    localStorage.setItem("theme", menu.value);
  });
})();
// The sidebars and the search, as the theme's markup has them. The theme's own script, which this book does without, measures
// the page again after each thing that it sets.
(() => {
  const shut = ({ currentTarget: dialog, clientX: x, clientY: y }) => {
    const { left, right, top, bottom } = dialog.getBoundingClientRect();
    if (x < left || right < x || y < top || bottom < y) dialog.close(); // a click beside it
  };
  const move = (from, to) => {
    to.append(...from.childNodes);
    to.className = from.className;
    from.className = "";
  };
  const desk = matchMedia("(min-width: 992px)");
  for (const which of ["primary", "secondary"]) {
    const [button, sidebar, drawer] = ["", "#pst-X-sidebar", "#pst-X-sidebar-modal"].map((name) =>
      document.querySelector((name || ".X-toggle").replace("X", which)),
    );
    if (!button || !sidebar || !drawer) continue;
    button.addEventListener("click", () => {
      if (which === "primary" && desk.matches) return sidebar.classList.toggle("pst-sidebar-hidden");
      move(sidebar, drawer);
      drawer.showModal();
    });
    drawer.addEventListener("keydown", ({ key }) => key === "Escape" && drawer.close()); // not every browser does when its content has moved
    drawer.addEventListener("close", () => move(drawer, sidebar));
    drawer.addEventListener("click", shut);
  }

  const dialog = document.getElementById("pst-search-dialog");
  const field = document.querySelector(":not(dialog) > form.bd-search input"); // of the search page
  const search = () => {
    if (field) field.select();
    else if (dialog.open) dialog.close();
    else dialog.showModal();
  };
  if (!dialog) return;
  dialog.addEventListener("click", shut);
  for (const button of document.querySelectorAll(".search-button__button")) button.addEventListener("click", search);
  const apple = /^(Mac|iP)/.test(navigator.platform);
  if (apple) for (const key of document.querySelectorAll(".kbd-shortcut__modifier")) if (key.textContent === "Ctrl") key.textContent = "⌘";
  addEventListener(
    "keydown",
    (event) => {
      if (event.key.toLowerCase() !== "k" || event.shiftKey || event.altKey || event.metaKey !== apple || event.ctrlKey === apple) return;
      event.preventDefault();
      search();
    },
    true,
  );
})();
// Code that is wider than its place is a stop of the tab key, for browsers in which keys scroll nothing else. Asked when the
// page is laid out, so that nothing has to be laid out for the question.
(() => {
  const observer = new ResizeObserver((seen) => {
    const wide = seen.map(({ target }) => target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight);
    seen.forEach(({ target }, at) => (wide[at] ? (target.tabIndex = 0) : target.removeAttribute("tabindex")));
  });
  const boxes = "article :is(pre, .cell_output > .output, .pst-scrollable-table-container)";
  const look = () => {
    observer.disconnect(); // or else it says nothing of a box that it knows
    document.querySelectorAll(boxes).forEach((box) => observer.observe(box));
  };
  look();
  document.addEventListener("fwdpass:changed", look);
  document.fonts.addEventListener("loadingdone", look); // with another font, more may be wide
})();
// To print a page, with answers or without: the address says which, and the style sheet follows it, as it does without this script.
for (const link of document.querySelectorAll("#with-answers, #without-answers"))
  link.addEventListener("click", (event) => {
    event.preventDefault();
    location.hash = link.hash;
    print();
  });
// The contents beside a page say which section is read, however one came there: by a link, the wheel, or a key.
(() => {
  const links = new Map([...document.querySelectorAll("#book-page-toc a")].map((link) => [link.hash.slice(1), link]));
  const sections = [...document.querySelectorAll("article section[id]")].filter((section) => links.has(section.id));
  const read = new Set();
  // A section is read while it covers a line a fifth of the window below its top; those in it come after it.
  const observer = new IntersectionObserver(
    (changes) => {
      for (const { target, isIntersecting } of changes) read[isIntersecting ? "add" : "delete"](target);
      const now = sections.findLast((section) => read.has(section));
      if (!now) return;
      for (const [id, link] of links)
        if (id === now.id) link.setAttribute("aria-current", "true");
        else link.removeAttribute("aria-current");
    },
    { rootMargin: "-20% 0px -79% 0px" },
  );
  for (const section of sections) observer.observe(section);
})();
// The style sheet lets sections that are out of sight wait. From the first sign of a reader on they are laid out, one after the
// other, whenever there is nothing else to do; several together where they take no time. Who comes to a place in the page, or
// back to it, has them all at once, since what is above the place has to be as tall as it is.
(() => {
  const waiting = [...document.querySelectorAll("article section > section")];
  const show = (many) => waiting.splice(0, many).forEach((section) => (section.style.contentVisibility = "visible"));
  const all = () => show(waiting.length);
  if (location.hash || performance.getEntriesByType("navigation")[0]?.type !== "navigate") return all();
  addEventListener("hashchange", all);
  addEventListener("keydown", ({ key }) => key === "End" && all());
  const idle = globalThis.requestIdleCallback ?? setTimeout;
  const next = (many) => {
    const before = performance.now();
    show(many);
    if (waiting.length) requestAnimationFrame(() => idle(() => next(performance.now() - before < 40 ? 2 * many : 1)));
  };
  const signs = ["pointermove", "pointerdown", "wheel", "scroll", "keydown", "focusin"];
  const start = () => {
    for (const sign of signs) removeEventListener(sign, start);
    if (scrollY > innerHeight) all(); // a jump, as a search makes it
    else idle(() => next(1));
  };
  for (const sign of signs) addEventListener(sign, start, { passive: true });
})();
