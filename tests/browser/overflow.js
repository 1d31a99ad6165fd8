// What a reader cannot see, because it sticks out: one line for each finding, an empty list where all is well.
() => {
  const findings = [];
  const root = document.documentElement;
  const say = (what, element, text) =>
    findings.push(`${what}: <${element.localName} class="${element.getAttribute("class") ?? ""}"> ${text.trim().slice(0, 60)}`);
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const overflowX = (element) => getComputedStyle(element).overflowX;
  const ancestors = function* (element) {
    for (let e = element; e && e !== root; e = e.parentElement) yield e;
  };
  // Text for screen readers alone is one clipped pixel; what is folded away, or off the canvas until asked for, is not lost.
  const meantToHide = (element) =>
    [...ancestors(element)].some((e) => (e.clientWidth <= 1 && e.clientHeight <= 1 && getComputedStyle(e).position === "absolute") || e.matches("dialog:not([open]), .skip-link"));

  if (root.scrollWidth > root.clientWidth) findings.push(`the page scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const text = texts.currentNode;
    const parent = text.parentElement;
    if (!text.data.trim() || !parent || parent.closest("script, style, noscript") || !shown(parent) || meantToHide(parent)) continue;
    const range = document.createRange();
    range.selectNodeContents(text);
    const box = range.getBoundingClientRect();
    if (!box.width) continue;
    const sticksOut = (limits) => box.right > limits.right + 1 || box.left < limits.left - 1;
    const scroller = [...ancestors(parent)].find((e) => ["auto", "scroll"].includes(overflowX(e)));
    const inside = [...ancestors(parent)].filter((e) => !(e instanceof SVGElement) && (!scroller || (scroller !== e && scroller.contains(e))));
    const cut = inside.find((e) => ["hidden", "clip"].includes(overflowX(e)) && sticksOut(e.getBoundingClientRect()));
    const picture = parent.closest("svg")?.getBoundingClientRect();
    if (cut) say("clipped", cut, text.data);
    else if (picture && (sticksOut(picture) || box.top < picture.top - 1 || box.bottom > picture.bottom + 1)) say("cut off by its picture", parent, text.data);
    else if (scroller) continue; // whatever sticks out can be scrolled to
    else if (sticksOut({ left: 0, right: root.clientWidth })) say("off the page", parent, text.data);
    else if (!parent.closest("math, svg")) {
      const block = [...ancestors(parent)].find((e) => !["inline", "contents"].includes(getComputedStyle(e).display));
      if (sticksOut(block.getBoundingClientRect())) say("out of its box", block, text.data);
    }
  }

  const focusable = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])";
  for (const element of document.querySelectorAll("article *")) {
    if (!shown(element) || !["auto", "scroll"].includes(overflowX(element)) || element.scrollWidth <= element.clientWidth + 1) continue;
    if (!element.matches(focusable) && !element.querySelector(focusable)) say("no key scrolls it", element, element.textContent);
  }
  return findings;
}
