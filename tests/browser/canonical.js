// What an element shows, element by element: names, attributes and texts, without what only a script adds to be touched.
// Of the element itself, or of the HTML that is given.
(element, html) => {
  const holder = html === null ? element : new DOMParser().parseFromString(html, "text/html").body;
  const added = ["role", "tabindex", "aria-pressed", "aria-checked", "data-on", "data-at"];
  const root = holder.querySelector(".fp-case");
  return [...root.querySelectorAll("*")]
    .filter((e) => !e.closest(".fp-live"))
    .map((e) => {
      const touched = e.matches("circle[data-node], .fp-pixels rect");
      const attributes = [...e.attributes].filter(({ name }) => !added.includes(name) && !(touched && name === "aria-label"));
      const texts = [...e.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data);
      return [e.localName, ...attributes.map(({ name, value }) => `${name}=${value}`).sort(), ...texts].join("|");
    });
}
