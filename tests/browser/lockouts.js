// What axe-core finds on this page, a line for each element. Contrast is four fifths of its time, on pages of thousands of
// words in a dozen colours: it is asked about one word of each kind.
async (asked) => {
  const kinds = new Map();
  const words = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (words.nextNode()) {
    const holder = words.currentNode.parentElement;
    if (!words.currentNode.data.trim() || !holder.checkVisibility({ visibilityProperty: true })) continue;
    let [kind, { color, fontSize, fontWeight }] = ["", getComputedStyle(holder)];
    for (let e = holder; e; e = e.parentElement) {
      const { backgroundColor, backgroundImage, opacity } = getComputedStyle(e);
      if (backgroundColor !== "rgba(0, 0, 0, 0)" || backgroundImage !== "none" || opacity !== "1") kind += backgroundColor + backgroundImage + opacity;
    }
    kind += color + fontSize + fontWeight;
    if (!kinds.has(kind)) kinds.set(kind, holder);
  }
  const all = await axe.run(document, { ...asked, rules: { ...asked.rules, "color-contrast": { enabled: false } } });
  const some = await axe.run({ include: [...kinds.values()] }, { ...asked, runOnly: ["color-contrast"] });
  return [...all.violations, ...some.violations].flatMap(({ id, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${id}: ${help}: ${html.slice(0, 160)} ${failureSummary}`),
  );
}
