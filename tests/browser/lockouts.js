// What axe-core finds on this page, or within some elements of it, a line for each element. Contrast is four fifths of its
// time, on pages of thousands of words in a dozen colours: it is asked about one text of each kind, the longest, since it
// passes over single characters.
async ([asked, within]) => {
  const places = within ? [...document.querySelectorAll(within)] : [document.body];
  if (!places.length) throw new Error(`nothing on this page is ${within}`); // asked about nothing, axe would look at everything
  const kind = (element) => {
    const { color, fontSize, fontWeight } = getComputedStyle(element);
    const behind = [];
    for (let e = element; e; e = e.parentElement) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(e);
      behind.push(...[backgroundColor, backgroundImage, opacity].filter((value) => !["rgba(0, 0, 0, 0)", "none", "1"].includes(value)));
    }
    return [color, fontSize, fontWeight, ...behind].join();
  };
  const longest = new Map();
  for (const place of places) {
    const texts = document.createTreeWalker(place, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const { data, parentElement: holder } = texts.currentNode;
      if (!data.trim() || !holder.checkVisibility({ visibilityProperty: true })) continue;
      const key = kind(holder);
      if (data.trim().length > (longest.get(key)?.length ?? 0)) longest.set(key, { holder, length: data.trim().length });
    }
  }
  const include = [...longest.values()].map(({ holder }) => holder);
  const all = await axe.run(within ? { include: places } : document, { ...asked, rules: { ...asked.rules, "color-contrast": { enabled: false } } });
  // Of what stands on a gradient, as in a box that scrolls, axe-core knows no contrast, and says nothing of it.
  const flat = Object.assign(document.createElement("style"), { textContent: "* { background-image: none !important }" });
  document.head.append(flat);
  const contrast = include.length ? await axe.run({ include }, { ...asked, runOnly: ["color-contrast"] }) : { violations: [] };
  flat.remove();
  return [...all.violations, ...contrast.violations].flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}
