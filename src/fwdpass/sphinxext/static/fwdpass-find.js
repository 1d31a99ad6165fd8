// Whoever comes to a page by a link or a search finds the place open: panels and tabs around it show what is in them.
(() => {
  const show = (element) => {
    for (let at = element; at; at = at.parentElement) {
      if (at.localName === "details") at.open = true;
      if (at.matches(".sd-tab-content")) at.previousElementSibling.previousElementSibling.checked = true;
    }
  };
  const target = () => {
    const id = decodeURIComponent(location.hash.slice(1));
    const found = id && document.getElementById(id);
    if (!found || found.checkVisibility()) return;
    show(found);
    found.scrollIntoView();
  };
  target();
  addEventListener("hashchange", target);

  // Sphinx marks the words that were searched for a moment after the page is there.
  const article = document.querySelector("article");
  if (!article) return;
  let first = true;
  const observer = new MutationObserver(() => {
    const marks = article.querySelectorAll("span.highlighted");
    marks.forEach(show);
    if (first && marks.length && !location.hash) marks[0].scrollIntoView({ block: "center" });
    first &&= !marks.length;
  });
  observer.observe(article, { childList: true, subtree: true });
  setTimeout(() => observer.disconnect(), 1000);
})();
