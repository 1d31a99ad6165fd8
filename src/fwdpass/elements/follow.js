// The page follows its reader: touch a pixel, and every place of the page says what it says of that picture. What stands where was made by Python, from a
// reading of the page; here it is put in its place, and taken away again. Nothing is computed or formatted.
(() => {
  const control = document.querySelector(".fp-follow");
  const article = control?.closest("article, [role=main], main");
  if (!article) return;
  const { put, mark, unmark } = globalThis.fwdpassPlaces(article);

  // The patches of the page come with a script, since a page on disk may fetch nothing else.
  const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const unpacked = ({ pictures, places }, picture) => {
    const at = pictures.indexOf(picture);
    const patch = {};
    for (const [place, [which, pieces]] of Object.entries(places)) {
      const variant = DIGITS.indexOf(which[at]);
      if (variant < 0) continue;
      patch[place] = pieces.map((piece) => (Array.isArray(piece) ? piece[1 + DIGITS.indexOf(piece[0][variant])] : piece)).join("");
    }
    return patch;
  };
  let loading;
  const load = () =>
    (loading ??= new Promise((resolve, reject) => {
      globalThis.fwdpassPatches = resolve;
      const script = Object.assign(document.createElement("script"), { src: control.getAttribute("src") });
      script.addEventListener("error", () => {
        loading = undefined; // to be tried again
        reject(new Error(script.src));
      });
      script.addEventListener("load", () => script.remove());
      document.head.append(script);
    }));

  // The picture that is shown, and the address, which says so from page to page.
  const pixels = [...control.querySelectorAll("[aria-pressed]")];
  const back = control.querySelector(".fp-back");
  const status = control.querySelector("[role=status]");
  const BOOK = pixels.map((pixel) => (pixel.ariaPressed === "true" ? "1" : "0")).join("");
  const STATE = /(^|[#&])x=([01]+)/;
  const stated = (hash) => {
    const [, , picture] = STATE.exec(hash) ?? [];
    return picture?.length === BOOK.length ? picture : BOOK;
  };
  const anchored = (hash, picture) => {
    const anchor = hash.replace(/^#/, "").replace(STATE, "");
    const said = [anchor, picture === BOOK ? "" : `x=${picture}`].filter(Boolean).join("&");
    return said && `#${said}`;
  };
  let shown = BOOK;
  let placed;
  const press = (picture) => {
    pixels.forEach((pixel, at) => (pixel.ariaPressed = String(picture[at] === "1")));
    back.hidden = picture === BOOK;
  };
  const show = async (picture) => {
    if (picture === shown) return;
    shown = picture;
    press(picture);
    let patches;
    try {
      patches = await load();
    } catch {
      shown = BOOK;
      press(BOOK);
      status.textContent = "The changes could not be fetched, so the page is as it was.";
      return;
    }
    if (picture !== shown) return; // another one was chosen meanwhile
    unmark();
    const before = placed?.shown ?? [];
    placed?.undo();
    placed = picture === BOOK ? undefined : put(unpacked(patches, picture));
    mark(placed?.shown ?? before.filter((each) => each.isConnected));
    status.textContent = picture === BOOK ? status.dataset.book : patches.said[patches.pictures.indexOf(picture)];
    control.dataset.now = picture;
    article.dispatchEvent(new CustomEvent("fwdpass:changed", { bubbles: true }));
  };
  const choose = (picture) => {
    history.replaceState(history.state, "", anchored(location.hash, picture) || location.pathname + location.search);
    show(picture);
  };
  pixels.forEach((pixel, at) =>
    pixel.addEventListener("click", () => {
      const bits = [...shown];
      bits[at] = bits[at] === "1" ? "0" : "1";
      choose(bits.join(""));
    }),
  );
  back.addEventListener("click", () => {
    pixels[0].focus({ preventScroll: true }); // the button is about to go
    choose(BOOK);
  });

  // A link within the book takes the picture along; after it was followed, it is what it was.
  const carry = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || shown === BOOK) return;
    const to = new URL(link.href);
    if (to.protocol !== location.protocol || to.host !== location.host || !/(\.html|\/)$/.test(to.pathname)) return;
    const href = link.getAttribute("href");
    link.href = to.href.replace(/#.*$/, "") + anchored(to.hash, shown);
    setTimeout(() => link.setAttribute("href", href));
  };
  document.addEventListener("click", carry, true);
  document.addEventListener("auxclick", carry, true);
  const arrive = () => {
    const picture = stated(location.hash);
    const anchor = location.hash.replace(/^#/, "").replace(STATE, "");
    const there = () => anchor && picture !== BOOK && document.getElementById(decodeURIComponent(anchor))?.scrollIntoView();
    there();
    show(picture).then(there);
  };
  addEventListener("hashchange", arrive);
  control.hidden = false;
  arrive();
})();
