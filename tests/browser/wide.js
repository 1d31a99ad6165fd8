// What is wider than its place: a line for each thing that scrolls sideways and does not show it, that no key reaches, or whose
// caption is cut, and for each word of code that is broken although a line has room for it. An empty list where all is well.
(narrow) => {
  const findings = [];
  const say = (what, element, text) => findings.push(`${what}: <${element.localName} class="${element.getAttribute("class") ?? ""}"> ${text.trim().slice(0, 60)}`);
  for (const details of document.querySelectorAll("details")) details.open = true;
  const shown = (element) => element.checkVisibility({ visibilityProperty: true });

  for (const box of document.body.querySelectorAll("*")) {
    const style = getComputedStyle(box);
    if (!["auto", "scroll"].includes(style.overflowX) || box.scrollWidth <= box.clientWidth + 1 || box.clientWidth <= 1 || !shown(box)) continue;
    if (!style.backgroundImage.includes("gradient")) say("nothing shows that there is more", box, box.textContent);
    if (!box.querySelector("[tabindex='0'], a[href], button, summary") && box.tabIndex < 0) say("no key scrolls it", box, box.textContent);
    if (box.querySelector(".fp-scroll")) say("a box that scrolls in a box that scrolls", box, box.textContent);
    for (const at of [0, box.scrollWidth]) {
      box.scrollLeft = at;
      const { left, right } = box.getBoundingClientRect();
      for (const caption of box.querySelectorAll("caption:not(.fp-sr), figcaption")) {
        const range = document.createRange();
        range.selectNodeContents(caption);
        const text = range.getBoundingClientRect();
        if (text.left < left - 1 || text.right > right + 1) say(`a caption is cut, scrolled to ${at ? "the end" : "the start"}`, box, caption.textContent);
      }
    }
    box.scrollLeft = 0;
  }

  const texts = document.createTreeWalker(document.querySelector("main") ?? document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const { data, parentElement: holder } = texts.currentNode;
    if (!holder.closest("code") || holder.closest("pre, script, .fp-line, .fp-refusal, .fp-failure, .fp-certificate") || !shown(holder)) continue;
    let block = holder;
    while (["inline", "contents"].includes(getComputedStyle(block).display)) block = block.parentElement;
    // A cell is as wide as its table lets it be; a table may be as wide as the page, or else it scrolls.
    const cell = block.closest("td, th");
    const style = getComputedStyle(block);
    const room = cell ? narrow : block.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    for (const { 0: word, index } of data.matchAll(/\S+/g)) {
      const range = document.createRange();
      range.setStart(texts.currentNode, index);
      range.setEnd(texts.currentNode, index + word.length);
      const pieces = [...range.getClientRects()].filter(({ width }) => width);
      const lines = new Set(pieces.map(({ top }) => Math.round(top))).size;
      if (lines > 1 && pieces.reduce((sum, { width }) => sum + width, 0) <= room) say("a word of code is broken", block, word);
    }
  }
  return findings;
}
