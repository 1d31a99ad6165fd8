// The page follows its reader: touch a pixel, and every place of the page says what it says of that picture. What stands where was made by Python, from a
// reading of the page; here it is put in its place, and taken away again. Nothing is computed or formatted.
(() => {
  const control = document.querySelector(".fp-follow");
  const article = control?.closest("article, [role=main], main");
  if (!article) return;
  const { put, mark, unmark } = globalThis.fwdpassPlaces(article);

  // The patches of the page come with a script, since a page on disk may fetch nothing else.
  const DIGITS = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
  const unpacked = ({ pictures, which, common, variants, places }, picture) => {
    const at = pictures.indexOf(picture);
    const patch = {};
    const next = [0, 0]; // of what all variants of a place have, and of that in which they differ: these stand there by turns
    for (const [place, name, codes] of places) {
      const variant = DIGITS.indexOf(name[at]);
      const said = codes.map((code, turn) => {
        const number = code ? code - 1 : next[turn % 2]++;
        if (!(turn % 2)) return common[number];
        const [kind, ...texts] = variants[number];
        return texts[DIGITS.indexOf(which[kind][variant])];
      });
      if (variant >= 0) patch[place] = said.join("");
    }
    return patch;
  };
  let loading;
  const load = () =>
    (loading ??= new Promise((resolve, reject) => {
      globalThis.fwdpassPatches = resolve;
      fetched(control.getAttribute("src")).catch((error) => {
        loading = undefined; // to be tried again
        reject(error);
      });
    }));

  // What is shown, and the address, which says so from page to page: a picture, and numbers. Code that was changed is not in the address.
  const pixels = [...control.querySelectorAll("[aria-pressed]")];
  const back = control.querySelector(".fp-back");
  const status = control.querySelector("[role=status]");
  const BOOK = pixels.map((pixel) => (pixel.ariaPressed === "true" ? "1" : "0")).join("");
  const AS_BUILT = { picture: BOOK, numbers: {} };
  const NUMBER = /^([A-Za-z_]\w*(?:\.\d+)+)=([^&=]{1,20})$/;
  const stated = (hash) => {
    const state = { picture: BOOK, numbers: {} };
    const anchor = [];
    for (const part of hash.replace(/^#/, "").split("&").filter(Boolean)) {
      const picture = /^x=([01]+)$/.exec(part)?.[1];
      const number = NUMBER.exec(part);
      if (picture?.length === BOOK.length) state.picture = picture;
      else if (number && control.dataset.numbers) state.numbers[number[1]] = number[2];
      else if (!picture) anchor.push(part);
    }
    return [state, anchor.join("&")];
  };
  const parts = ({ picture, numbers }) => [
    ...(picture === BOOK ? [] : [`x=${picture}`]),
    ...Object.keys(numbers).sort().map((key) => `${key}=${numbers[key]}`),
  ];
  const anchored = (hash, state) => {
    const said = [stated(hash)[1], ...parts(state)].filter(Boolean).join("&");
    return said && `#${said}`;
  };
  const pictureOnly = (state) => !Object.keys(state.numbers).length && !state.script && !Object.keys(state.cells ?? {}).length;
  const isBook = (state) => pictureOnly(state) && state.picture === BOOK;
  const named = (state) => (pictureOnly(state) ? state.picture : [state.picture, ...parts({ ...state, picture: BOOK })].join("&"));
  let asked = AS_BUILT;
  let shown = AS_BUILT;
  let place;
  let placed;
  const press = (state) => {
    pixels.forEach((pixel, at) => (pixel.ariaPressed = String(state.picture[at] === "1")));
    back.hidden = isBook(state);
  };
  const fetched = (source) =>
    new Promise((resolve, reject) => {
      const script = Object.assign(document.createElement("script"), { src: source });
      script.addEventListener("error", () => reject(new Error(source)));
      script.addEventListener("load", () => (script.remove(), resolve()));
      document.head.append(script);
    });

  // Numbers other than those of the picture, and code, are for Python, which a reader starts (numbers.js).
  let numbers;
  const python = () => (numbers ??= fetched(control.dataset.numbers).then(() => globalThis.fwdpassNumbers(host)));
  const made = async (state) => {
    if (isBook(state)) return { patch: {}, said: status.dataset.book };
    if (!pictureOnly(state)) return (await python()).changed(state);
    const patches = await load();
    return { patch: unpacked(patches, state.picture), said: patches.said[patches.pictures.indexOf(state.picture)] };
  };
  const address = (state) => history.replaceState(history.state, "", anchored(location.hash, state) || location.href.split("#")[0]);
  const tell = () => article.dispatchEvent(new CustomEvent("fwdpass:changed", { bubbles: true }));
  const show = async (state) => {
    if (JSON.stringify(state) === JSON.stringify(asked)) return;
    asked = state;
    press(state);
    let answer;
    try {
      answer = await made(state);
    } catch {
      numbers = undefined; // to be tried again
      answer = { fault: "The changes could not be fetched, so the page is as it was.", lost: true };
    }
    if (state !== asked) return; // something else was chosen meanwhile
    if (answer.fault) {
      status.textContent = answer.fault;
      if (!answer.lost) return;
      asked = shown;
      press(shown);
      address(shown);
      return;
    }
    unmark();
    const before = placed?.shown ?? [];
    place = isBook(state) ? undefined : () => put(answer.patch, answer);
    if (!place) placed?.undo();
    placed = place?.();
    mark(placed?.shown ?? before.filter((each) => each.isConnected));
    shown = state;
    status.textContent = answer.said;
    control.dataset.now = named(state);
    tell();
  };
  // On paper stands the page as it was built.
  addEventListener("beforeprint", () => ((placed = placed?.undo()), tell()));
  addEventListener("afterprint", () => ((placed ??= place?.()), tell()));
  const choose = (state) => {
    address(state);
    return show(state);
  };
  const again = () => {
    const state = asked;
    asked = shown;
    return show(state);
  };
  const host = { control, article, status, choose, again, get state() { return asked; }, get shown() { return shown; }, book: AS_BUILT };
  pixels.forEach((pixel, at) =>
    pixel.addEventListener("click", () => {
      const bits = [...asked.picture];
      bits[at] = bits[at] === "1" ? "0" : "1";
      choose({ ...asked, picture: bits.join("") });
    }),
  );
  back.addEventListener("click", () => {
    pixels[0].focus({ preventScroll: true }); // the button is about to go
    choose(AS_BUILT);
  });
  const opener = control.querySelector(".fp-change-open");
  opener?.addEventListener("click", () =>
    python().then(
      (panel) => panel.open(),
      () => ((numbers = undefined), (status.textContent = "The numbers could not be fetched, so the page is as it was.")),
    ),
  );

  // A link within the book takes the picture along; after it was followed, it is what it was.
  const carry = (event) => {
    const link = event.target.closest?.("a[href]");
    if (!link || isBook(asked)) return;
    const to = new URL(link.href);
    if (to.protocol !== location.protocol || to.host !== location.host || !/(\.html|\/)$/.test(to.pathname)) return;
    const href = link.getAttribute("href");
    link.href = to.href.replace(/#.*$/, "") + anchored(to.hash, asked);
    setTimeout(() => link.setAttribute("href", href));
  };
  document.addEventListener("click", carry, true);
  document.addEventListener("auxclick", carry, true);
  const arrive = () => {
    const [state, anchor] = stated(location.hash);
    const there = () => anchor && !isBook(state) && document.getElementById(decodeURIComponent(anchor))?.scrollIntoView();
    there();
    show({ ...state, script: asked.script, cells: asked.cells }).then(there);
  };
  addEventListener("hashchange", arrive);
  control.hidden = false;
  arrive();
})();
