// A product, a step at a time. Every number and sentence shown here is read from the element's own tables: from the dot
// products, and from the steps with their running sums. Attributes say what is shown: entry (a row of those tables) and
// step (absent: all of its steps). Each change is news: a "fp-step" event with the words that are announced.
const lines = (table) => [...table.tBodies[0].rows].map((row) => [...row.cells].filter((cell) => cell.localName === "td"));

class Product extends HTMLElement {
  static observedAttributes = ["entry", "step"];

  static define(tag = "fp-product", registry = customElements) {
    registry.define(tag, this);
  }

  connectedCallback() {
    if (this.output) return;
    const tables = [...this.querySelectorAll(".fp-equation table")];
    this.result = tables.pop();
    [this.left, this.right, this.bias] = tables;
    this.sums = [...this.querySelector(".fp-product").tBodies[0].rows];
    this.steps = this.querySelector(".fp-steps");
    this.controls();
    this.grid();
    this.show();
  }

  disconnectedCallback() {
    this.pause();
  }

  attributeChangedCallback() {
    if (this.output) this.show();
  }

  // What is shown ----------------------------------------------------------------------------------------------------

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
    const { entry, step } = this;
    for (const marked of this.querySelectorAll(".fp-on, .fp-now")) marked.classList.remove("fp-on", "fp-now");
    this.entries.forEach((cell, at) => (cell.ariaSelected = String(at === entry)));
    this.stage.replaceChildren();
    const row = this.sums[entry];
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
    next.ariaDisabled = String(entry === this.sums.length - 1 && this.hasAttribute("step") && step >= this.last);
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
    this.entries.forEach((cell, at) => (cell.tabIndex = at ? -1 : 0));
    const go = (cell) => {
      this.entries.forEach((other) => (other.tabIndex = other === cell ? 0 : -1));
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
      event.preventDefault();
      const cell = to();
      if (cell) go(cell);
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
    this.timer = setInterval(() => this.forward() || this.pause(), 1400);
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
    const does = { Back: () => this.back(), Step: () => this.forward(), Play: () => this.play(), Reset: () => this.choose() };
    this.buttons = Object.entries(does).map(([word, act]) => {
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: word });
      button.addEventListener("click", () => {
        if (word !== "Play") this.pause();
        act();
      });
      return button;
    });
    bar.append(...this.buttons);
    live.append(this.stage, bar, this.output);
  }
}
Product.define();
