// A result says in its address which words were searched. Sphinx leaves them in the browser's memory for the one page
// that is opened next: a second one, in a tab, would mark nothing, and a page that is opened later, some old word.
(() => {
  const results = document.getElementById("search-results");
  if (!results) return;
  const MEMORY = "sphinx_highlight_terms";
  let words = "";
  new MutationObserver(() => {
    words = localStorage.getItem(MEMORY) || words;
    localStorage.removeItem(MEMORY);
    for (const link of results.querySelectorAll("li > a")) {
      const address = new URL(link.href);
      if (!words || address.searchParams.has("highlight")) continue;
      address.searchParams.set("highlight", words);
      link.href = address;
    }
  }).observe(results, { childList: true, subtree: true });
})();
