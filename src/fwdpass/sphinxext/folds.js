// What is folded away is text until somebody wants it: opens it, prints it, searches for it, or comes by a link.
(() => {
const held = (within) => within.querySelectorAll("details > noscript");
const fill = (kept) => kept.replaceWith(document.createRange().createContextualFragment(kept.textContent));
const unfold = (within = document, wanted = () => true) => [...held(within)].filter((one) => wanted(one.textContent)).forEach(fill);
globalThis.fpUnfold = unfold;
const opened = ({ target }) => {
if (target.localName !== "details" || !target.open) return;
unfold(target);
const { tabIndex } = target.querySelector("summary");
target.querySelectorAll("pre").forEach((pre) => { if (pre.scrollWidth > pre.clientWidth) pre.tabIndex = tabIndex; });
};
document.addEventListener("click", ({ target }) => { const summary = target.closest?.("summary"); if (summary) unfold(summary.parentElement); }, true);
document.addEventListener("toggle", opened, true);
addEventListener("beforeprint", () => unfold());
matchMedia("print").addEventListener("change", () => unfold());
addEventListener("keydown", ({ key, ctrlKey, metaKey }) => { if ((ctrlKey || metaKey) && key === "f") unfold(); }, true);
if (new URLSearchParams(location.search).has("highlight")) unfold();
const visit = () => {
const id = decodeURIComponent(location.hash.replace("#", ""));
if (id === "with-answers") return unfold();
const kept = id && !document.getElementById(id) && [...held(document)].find((one) => one.textContent.includes(`id="${id}"`));
if (!kept) return;
fill(kept);
let at = document.getElementById(id);
for (const found = at; at; at = at.parentElement) { if (at.localName === "details") at.open = true; if (!at.parentElement) found.scrollIntoView(); }
};
visit();
addEventListener("hashchange", visit);
})();
