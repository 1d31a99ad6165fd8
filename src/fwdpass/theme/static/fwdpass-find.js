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

  // Sphinx marks the words that were searched about when the page is there: before this, or a moment later.
  const article = document.querySelector("article");
  const came = performance.getEntriesByType("navigation")[0]?.name ?? location.href; // Sphinx takes the words away at once
  if (!article || !/[?&]highlight=/.test(came)) return; // to look for marks at each change costs a slow phone its time
  let first = true;
  const open = () => {
    const marks = article.querySelectorAll("span.highlighted");
    marks.forEach(show);
    if (first && marks.length && !location.hash) marks[0].scrollIntoView({ block: "center" });
    first &&= !marks.length;
  };
  open();
  const observer = new MutationObserver(open);
  observer.observe(article, { childList: true, subtree: true });
  addEventListener("load", () => setTimeout(() => observer.disconnect(), 1000));
})();
