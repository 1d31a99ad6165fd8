// A product, a step at a time. Every number and sentence shown here is read from the element's own tables: from the dot
// products, and from the steps with their running sums. Attributes say what is shown: entry (a row of those tables) and
// step (absent: all of its steps). Each change is news: a "fp-step" event with the words that are announced.
const lines = (table) => [...table.tBodies[0].rows].map((row) => [...row.cells].filter((cell) => cell.localName === "td"));

class Product extends HTMLElement {
  static observedAttributes = ["entry", "step"];

  static define(tag = "fp-product", registry = customElements) {
    if (!registry.get?.(tag)) registry.define(tag, this); // each figure of a notebook brings this script
  }

  connectedCallback() {
    const later = globalThis.fpLater ?? ((_, act) => act()); // a book's page has many, and lets them wait
    later(this, () => this.output || this.ready());
  }

  ready() {
    const tables = [...this.querySelectorAll(".fp-equation table")];
    this.result = tables.pop();
    [this.left, this.right, this.bias] = tables;
    this.controls();
    this.grid();
    this.answers();
    this.keys();
    this.show();
  }

  // What the result is stays veiled until the steps have reached it, or its reader asks: there is something to predict.
  known = new Set();

  veil() {
    const hide = (cell, at) => cell.classList.toggle("fp-veiled", !this.known.has(at));
    this.entries.forEach(hide);
    const sums = this.querySelector(".fp-product")?.tBodies[0].rows ?? [];
    [...sums].forEach((row, at) => hide(row.lastElementChild, at));
    this.buttons.at(-1).ariaDisabled = String(this.entries.every((_, at) => this.known.has(at)));
  }

  reveal() {
    this.entries.forEach((_, at) => this.known.add(at));
    for (const at of this.querySelector(".fp-product") ? this.sums.keys() : []) this.known.add(at);
    this.veil();
  }

  reset() {
    this.known.clear();
    this.choose();
  }

  disconnectedCallback() {
    if (this.output) this.pause();
  }

  attributeChangedCallback() {
    if (this.output) this.show();
  }

  // What is shown ----------------------------------------------------------------------------------------------------

  // The tables are text until they are wanted, where a page keeps what is folded so.
  table(name) {
    if (!this.querySelector(name)) globalThis.fpUnfold?.(this);
    return this.querySelector(name);
  }

  get sums() {
    return [...this.table(".fp-product").tBodies[0].rows];
  }

  get steps() {
    return this.table(".fp-steps");
  }

  get entry() {
    return this.hasAttribute("entry") ? Number(this.getAttribute("entry")) : -1;
  }

  get step() {
    return this.hasAttribute("step") ? Number(this.getAttribute("step")) : this.last;
  }

  get last() {
    return this.steps.tHead.rows[0].cells.length - 2;
  }

  choose(entry, step) {
    this.quiet = true; // both attributes first, then once
    for (const [name, value] of [["entry", entry], ["step", step]])
      if (value === undefined) this.removeAttribute(name);
      else this.setAttribute(name, value);
    this.quiet = false;
    this.show();
  }

  show() {
    if (this.quiet) return;
    const { entry } = this;
    const step = entry < 0 ? 0 : this.step;
    for (const marked of this.querySelectorAll(".fp-on, .fp-now")) marked.classList.remove("fp-on", "fp-now");
    this.entries.forEach((cell, at) => (cell.ariaSelected = String(at === entry)));
    this.stage.replaceChildren();
    const row = entry < 0 ? undefined : this.sums[entry];
    if (row && (!this.hasAttribute("step") || step >= this.last)) this.known.add(entry);
    this.veil();
    let said = "Choose an entry of the result, or take a step.";
    if (row) {
      const pairs = this.pairs(entry);
      pairs.flat().forEach((cell) => cell.classList.add("fp-on"));
      row.classList.add("fp-on");
      if (this.hasAttribute("step")) pairs[step]?.forEach((cell) => cell.classList.add("fp-now"));
      said = this.write(row, this.steps.tBodies[0].rows[entry], step);
      if (this.hasAttribute("step")) this.move(pairs[step]);
    }
    this.output.value = said;
    const [back, next, , reset] = this.buttons;
    // Said, not done: a button that is disabled would lose the focus.
    back.ariaDisabled = reset.ariaDisabled = String(!row);
    next.ariaDisabled = String(entry >= 0 && entry === this.sums.length - 1 && this.hasAttribute("step") && step >= this.last);
    this.dispatchEvent(new CustomEvent("fp-step", { bubbles: true, detail: { entry, step, said } }));
  }

  // The sum so far, each term above the running sum after it; terms to come have their place already.
  write(row, steps, step) {
    const terms = [...row.cells[1].childNodes].map((node) => node.cloneNode(true));
    let at = -1;
    for (const node of terms) {
      if (node.nodeType === 1) {
        at += 1;
        const [term, sum] = ["span", "small"].map((tag) => document.createElement(tag));
        term.append(...node.childNodes);
        sum.append(steps.cells[at + 1].lastElementChild.textContent);
        node.append(term, sum);
        node.classList.toggle("fp-now", at === step && this.hasAttribute("step"));
        node.classList.toggle("fp-coming", at > step);
      } else if (at >= step) node.textContent = "\u00a0\u00a0\u00a0"; // as wide as the sign
    }
    const { cells } = steps;
    const name = cells[0].textContent;
    const sum = cells[step + 1].lastElementChild.textContent;
    const head = document.createElement("span");
    head.append(...[...cells[0].childNodes].map((node) => node.cloneNode(true)), ":");
    const value = document.createElement("span");
    value.append("= ", sum);
    this.stage.append(head, " ", ...terms, " ", value);
    if (!this.hasAttribute("step")) return `${name}: ${row.cells[1].textContent} = ${sum}`;
    const [which, how] = [this.steps.tHead.rows[0], steps].map((r) => r.cells[step + 1].firstElementChild.textContent);
    return `${name}, ${which}: ${how}, running sum ${sum}`;
  }

  // The cells that meet in each step: of a row on the left and a column on the right, and at the end the bias.
  pairs(entry) {
    const columns = lines(this.result);
    const at = columns.flat().indexOf(this.entries[entry]);
    const width = columns[0].length;
    // An entry that the table has no room for is in the last column, which stands for all of those.
    const [r, c] = at < 0 ? [0, width - 1] : [Math.floor(at / width), at % width];
    const [left, right] = [this.left, this.right].map(lines);
    const [tall, wide] = [this.left, this.right].map((table) => table.tBodies[0].rows[0].cells[0].localName === "th");
    const row = left[tall ? (wide ? r : c) : 0];
    const column = wide ? right.map((line) => line[c]) : right[0];
    const meetings = row.map((cell, k) => [cell, column[k]]);
    return this.bias ? [...meetings, [lines(this.bias)[0][c]]] : meetings;
  }

  // A number of the row goes to meet its weight, where motion is welcome.
  move(pair) {
    if (pair?.length !== 2 || matchMedia("(prefers-reduced-motion: reduce)").matches) return;
    const [from, to] = pair.map((cell) => cell.getBoundingClientRect());
    const ghost = document.createElement("span");
    ghost.className = "fp-ghost";
    ghost.ariaHidden = "true";
    ghost.append(pair[0].textContent);
    const home = this.getBoundingClientRect();
    ghost.style.left = `${from.left - home.left}px`;
    ghost.style.top = `${from.top - home.top}px`;
    ghost.style.minWidth = `${from.width}px`;
    this.append(ghost);
    const there = `translate(${to.left - from.left}px, ${to.top - from.top}px)`;
    const flight = ghost.animate([{ transform: "none" }, { transform: there, offset: 0.8 }, { transform: there, opacity: 0 }], { duration: 600, easing: "ease-in-out" });
    flight.onfinish = flight.oncancel = () => ghost.remove();
  }

  // The keyboard, the finger, the buttons ------------------------------------------------------------------------------

  // The result is a grid: one stop of the tab key, arrows between its entries.
  grid() {
    const rows = lines(this.result).map((line) => line.filter((cell) => /\d/.test(cell.textContent))).filter((line) => line.length);
    this.entries = rows.flat();
    this.result.role = "grid";
    this.entries.forEach((cell) => (cell.tabIndex = -1));
    const go = (cell) => {
      cell.focus();
      this.choose(this.entries.indexOf(cell));
    };
    this.result.addEventListener("click", ({ target }) => {
      if (this.entries.includes(target)) go(target);
    });
    this.result.addEventListener("keydown", (event) => {
      if (event.altKey || event.metaKey) return;
      const r = rows.findIndex((line) => line.includes(event.target));
      const c = rows[r]?.indexOf(event.target);
      if (c === undefined) return;
      const to = {
        ArrowLeft: () => rows[r][c - 1],
        ArrowRight: () => rows[r][c + 1],
        ArrowUp: () => rows[r - 1]?.[c],
        ArrowDown: () => rows[r + 1]?.[c],
        Home: () => (event.ctrlKey ? this.entries[0] : rows[r][0]),
        End: () => (event.ctrlKey ? this.entries : rows[r]).at(-1),
        Enter: () => event.target,
        " ": () => event.target,
      }[event.key];
      if (!to) return;
      const cell = to();
      if (!cell && event.key === "ArrowDown") return; // to the buttons
      event.preventDefault();
      if (cell) go(cell);
    });
  }

  // Whatever is in the product answers: a weight, an input or a bias with the step that it takes part in, a row with its sum.
  answers() {
    const sides = [this.left, this.right, this.bias].filter(Boolean);
    for (const table of sides) table.classList.add("fp-answers");
    this.addEventListener("click", ({ target }) => {
      const cell = target.closest("td, th");
      const row = cell?.closest(".fp-product tbody tr");
      const side = sides.indexOf(cell?.closest("table"));
      if (getSelection().isCollapsed === false || !cell || (!row && side < 0)) return;
      this.pause();
      if (row) return this.choose(this.sums.indexOf(row));
      const now = Math.max(this.entry, 0);
      const fits = [now, ...this.sums.keys()].find((entry) => this.pairs(entry).some((pair) => pair.includes(cell)));
      if (fits !== undefined) this.choose(fits, this.pairs(fits).findIndex((pair) => pair.includes(cell)));
    });
  }

  // One stop of the tab key: the result, and by arrows below it the buttons. Left and right go from button to button.
  keys() {
    const stops = [...this.buttons.toSpliced(3, 0, this.speed)];
    const all = () => [...this.entries, ...stops];
    this.stop = (to) => all().forEach((one) => (one.tabIndex = one === to ? 0 : -1));
    this.stop(this.entries[0]);
    this.addEventListener("focusin", ({ target }) => all().includes(target) && this.stop(target));
    this.addEventListener("keydown", (event) => {
      if (event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
      const at = stops.indexOf(event.target);
      const entry = this.entries[Math.max(this.entry, 0)];
      const on = this.entries.includes(event.target) && event.key === "ArrowDown" ? stops[1] : undefined;
      const to = at < 0 ? on : { ArrowLeft: stops[at - 1], ArrowRight: stops[at + 1], ArrowUp: event.target === this.speed ? undefined : entry, Escape: entry }[event.key];
      if (!to) return;
      event.preventDefault();
      to.focus();
    });
  }

  forward() {
    const { entry, step } = this;
    if (entry < 0) this.choose(0, 0);
    else if (!this.hasAttribute("step")) this.choose(entry, 0);
    else if (step < this.last) this.choose(entry, step + 1);
    else if (this.sums[entry + 1]) this.choose(entry + 1, 0);
    else return false;
    return true;
  }

  back() {
    const { entry, step } = this;
    if (step > 0) this.choose(entry, step - 1);
    else if (entry > 0) this.choose(entry - 1, this.last);
    else this.choose();
  }

  play() {
    if (this.timer) return this.pause();
    this.buttons[2].textContent = "Pause";
    this.timer = setInterval(() => this.forward() || this.pause(), 1400 / this.speed.value);
    if (!this.forward()) this.choose(0, 0);
  }

  pause() {
    clearInterval(this.timer);
    this.timer = 0;
    this.buttons[2].textContent = "Play";
  }

  controls() {
    const live = this.querySelector(".fp-live");
    const make = (tag, className) => Object.assign(document.createElement(tag), { className });
    this.stage = make("div", "fp-stage");
    const bar = Object.assign(make("div", "fp-buttons"), { role: "group", ariaLabel: "Steps" });
    this.output = Object.assign(make("output", "fp-said"), { ariaLive: "polite" });
    const does = {
      Back: () => this.back(),
      Step: () => this.forward(),
      Play: () => this.play(),
      Reset: () => this.reset(),
      "Show result": () => this.reveal(),
    };
    this.buttons = Object.entries(does).map(([word, act]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: word });
      button.addEventListener("click", () => {
        if (word !== "Play") this.pause();
        act();
      });
      return button;
    });
    this.speed = document.createElement("select");
    this.speed.ariaLabel = "Speed of play";
    for (const [word, speed] of [["slow", 0.5], ["normal", 1], ["fast", 2.5]]) this.speed.add(new Option(word, speed, speed === 1, speed === 1));
    this.speed.addEventListener("change", () => this.timer && (this.pause(), this.play()));
    bar.append(...this.buttons.toSpliced(3, 0, this.speed));
    live.append(this.stage, bar, this.output);
  }
}
Product.define();
