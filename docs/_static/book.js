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
