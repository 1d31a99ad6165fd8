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
