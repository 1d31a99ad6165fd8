// What waits for a reader. A figure is made ready for the finger when it comes near; from the first sign of a reader on, all of them are, one after the other,
// each in a moment of its own, so that a slow phone is never held up for long. Whoever gives no sign, as who has a page read aloud, finds them ready a little later.
(() => {
  const waiting = new Map();
  const ready = (element) => {
    if (element.isConnected ?? true) waiting.get(element)?.(); // what has left the page comes again if it comes back
    waiting.delete(element);
  };
  const near = new IntersectionObserver((seen) => seen.forEach(({ isIntersecting, target }) => isIntersecting && ready(target)), { rootMargin: "50% 0px" });
  const idle = globalThis.requestIdleCallback ?? setTimeout;
  const next = () => {
    if (!waiting.size) return;
    ready(waiting.keys().next().value);
    idle(next);
  };
  let soon = () => {}; // until there is a reader
  const start = () => {
    for (const sign of signs) removeEventListener(sign, start, true);
    soon = () => idle(next);
    soon();
  };
  const signs = ["pointermove", "pointerdown", "wheel", "scroll", "keydown", "focusin", "hashchange"];
  for (const sign of signs) addEventListener(sign, start, { capture: true, passive: true });
  setTimeout(start, 10_000);
  if (location.hash) start();

  // `element` is what has to come near, or any name for what is no element.
  globalThis.fpLater = (element, act) => {
    waiting.set(element, act);
    if (element.localName) near.observe(element);
    soon();
  };
})();
