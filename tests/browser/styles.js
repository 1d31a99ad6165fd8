// Every style of the elements of a page, and of what stands before and after each, as one number each. Of elements that
// are called the same, in elements that are called the same, the first two and the last stand for all, on this page and on
// those before it, of which `known` has the names. Of ids, those count that some style sheet asks for, and of properties those
// that one declares, or that are short for one: all others are the browser's own.
async ([known, ids, declared]) => {
  const asked = new Set(ids);
  // That it is for paper is told in the next frame, upon which what is folded is made; it is on the screen, too, so that what is in it is opened as well.
  await new Promise(requestAnimationFrame);
  globalThis.fpUnfold?.();
  // Whoever hears of it, as a panel does, adds what it adds; then fonts come that formulas are as wide as.
  const heard = (one) => new Promise((done) => {
    one.addEventListener("toggle", done, { once: true });
    one.open = true;
  });
  await Promise.all([...document.querySelectorAll("details:not([open])")].map(heard));
  for (let settled = 0; settled < 3; settled = document.fonts.status === "loaded" ? settled + 1 : 0) {
    await new Promise(requestAnimationFrame);
    document.body.getBoundingClientRect(); // what is laid out asks for its fonts
    await document.fonts.ready;
  }
  // Chromium sets a matrix some pixels wider or narrower, depending on what it was before: now all are set anew.
  document.body.style.display = "none";
  document.body.getBoundingClientRect();
  document.body.style.removeProperty("display");
  // Which link of the contents is marked follows the scrolling, and depends on when a computer was asked: here the first.
  document.querySelectorAll("#book-page-toc a").forEach((link, at) => {
    if (at) link.removeAttribute("aria-current");
    else link.setAttribute("aria-current", "true");
  });
  // What has just changed, as that mark did, is on its way from one colour to another.
  for (const one of document.getAnimations()) {
    if (one.effect.getComputedTiming().endTime < Infinity) one.finish();
  }
  const hash = (text) => {
    let sum = 5381;
    for (let i = 0; i < text.length; i++) sum = ((sum * 33) ^ text.charCodeAt(i)) >>> 0;
    return sum;
  };
  const said = new Set(declared.flatMap((name) => name.split("-").map((_, at, parts) => parts.slice(0, at + 1).join("-"))));
  const properties = [...getComputedStyle(document.body)].filter((name) => !name.startsWith("--") && said.has(name));
  const of = (element, pseudo) => {
    const style = getComputedStyle(element, pseudo);
    if (pseudo && style.content === "none") return 0;
    const said = properties.map((name) => style.getPropertyValue(name)).join(";");
    return hash(said.replace(/url\("[^"]*\/_static\//g, 'url("'));
  };
  const name = (e) => `${e.localName}${asked.has(e.id) ? `#${e.id}` : ""}.${e.getAttribute("class") ?? ""}`;
  const same = Map.groupBy(document.querySelectorAll("body, body *"), (e) => {
    const names = [];
    for (let at = e; at && names.length < 4; at = at.parentElement) names.push(name(at).replace(/\d+/g, ""));
    return names.join(" ");
  });
  for (const one of known) same.delete(one);
  const chosen = [...same.values()].flatMap((all) => (all.length > 3 ? [all[0], all[1], all.at(-1)] : all));
  return [[...same.keys()], chosen.map((e) => [name(e), of(e), of(e, "::before"), of(e, "::after")])];
}
