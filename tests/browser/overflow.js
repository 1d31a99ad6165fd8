// What a reader cannot see, because it sticks out of something: a line for each finding, an empty list where all is well.
() => {
  const findings = [];
  const root = document.documentElement;
  const say = (what, element, text) =>
    findings.push(`${what}: <${element.localName} class="${element.getAttribute("class") ?? ""}"> ${text.trim().slice(0, 60)}`);
  const style = (element) => getComputedStyle(element);
  const shown = (element) => element.checkVisibility({ visibilityProperty: true, opacityProperty: true });
  const scrolls = (element) => ["auto", "scroll"].includes(style(element).overflowX);
  const clips = (element) => ["hidden", "clip"].includes(style(element).overflowX);
  const around = (element) => {
    const elements = [];
    for (let e = element; e && e !== root; e = e.parentElement) elements.push(e);
    return elements;
  };
  // Text for screen readers alone is one clipped pixel; what is off the canvas until it is asked for, is not lost.
  const meantToHide = (e) =>
    (e.clientWidth <= 1 && e.clientHeight <= 1 && style(e).position === "absolute") || e.matches("dialog:not([open]), .skip-link");

  if (root.scrollWidth > root.clientWidth) findings.push(`the page scrolls sideways: ${root.scrollWidth} > ${root.clientWidth}`);

  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement: holder } = texts.currentNode;
    if (!data.trim() || holder.closest("script, style, noscript") || !shown(holder)) continue;
    const range = document.createRange();
    range.selectNodeContents(texts.currentNode);
    const box = range.getBoundingClientRect();
    const outer = around(holder);
    if (!box.width || outer.some(meantToHide)) continue;

    const sticksOut = ({ left, right }) => box.right > right + 1 || box.left < left - 1;
    const scroller = outer.findIndex(scrolls);
    const cut = outer
      .slice(0, scroller < 0 ? undefined : scroller)
      .find((e) => !(e instanceof SVGElement) && clips(e) && sticksOut(e.getBoundingClientRect()));
    const picture = holder.closest("svg")?.getBoundingClientRect();
    const block = outer.find((e) => !["inline", "contents"].includes(style(e).display));
    if (cut) say("clipped", cut, data);
    else if (picture && (sticksOut(picture) || box.top < picture.top - 1 || box.bottom > picture.bottom + 1))
      say("cut off by its picture", holder, data);
    else if (scroller >= 0) {
      // What sticks out at the end can be scrolled to; what sticks out before the start cannot.
      const { scrollLeft, clientLeft } = outer[scroller];
      if (box.left + scrollLeft < outer[scroller].getBoundingClientRect().left + clientLeft - 1) say("before where it scrolls to", outer[scroller], data);
    }
    else if (sticksOut({ left: 0, right: root.clientWidth })) say("off the page", holder, data);
    else if (!holder.closest("math, svg") && block && sticksOut(block.getBoundingClientRect())) say("out of its box", block, data);
  }

  const focusable = "a[href], button, input, select, textarea, summary, [tabindex]:not([tabindex='-1'])";
  for (const element of document.querySelectorAll("article *")) {
    if (!shown(element) || !scrolls(element) || element.scrollWidth <= element.clientWidth + 1) continue;
    if (!element.matches(focusable) && !element.querySelector(focusable)) say("no key scrolls it", element, element.textContent);
  }
  return findings;
}
