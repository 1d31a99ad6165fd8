// A network, touched: a neuron that is chosen shows its sum and where its value goes, and a pixel that is flipped shows
// another picture, which Python has executed and drawn. What differs from picture to picture stands in the element, and
// is put where it belongs; nothing is computed or formatted here. Attributes say what is shown: picture (its pixels) and
// neuron (its name). Each change is news: a "fp-show" event with the words that are announced.
const key = (row) => row.cells[0].textContent.replaceAll(" ", "");
const layerOf = (name) => name.replace(/\d+$/, "");

class Network extends HTMLElement {
  static observedAttributes = ["picture", "neuron"];

  static define(tag = "fp-network", registry = customElements) {
    if (!registry.get?.(tag)) registry.define(tag, this); // each figure of a notebook brings this script
  }

  connectedCallback() {
    const later = globalThis.fpLater ?? ((_, act) => act()); // a book's page has many, and lets them wait
    later(this, () => this.output || this.ready());
  }

  ready() {
    this.data = JSON.parse(this.querySelector("script")?.textContent ?? "null");
    this.marked = [...this.querySelectorAll("[data-at]")];
    for (const svg of this.querySelectorAll("svg[role]")) svg.setAttribute("role", "group"); // there is something in it to press
    this.live();
    this.neurons();
    this.pixels();
    this.keys();
    this.show();
  }

  attributeChangedCallback(name, before, after) {
    if (!this.output || before === after) return;
    if (name === "picture") {
      // No such picture was drawn, so the last one stays.
      if (!this.pictures.some((row) => key(row) === after)) return this.setAttribute(name, before);
      this.draw();
    }
    this.show(name);
  }

  // The picture that Python drew of these pixels: each element as it looks in it, and in a text that has holes the words
  // from the table of all pictures, or from the looks.
  draw() {
    const rows = this.pictures;
    const at = rows.findIndex((row) => key(row) === this.getAttribute("picture"));
    const { looks, cases } = this.data;
    const state = (values, which) => values[cases[which].charCodeAt(at) - 48];
    const word = (_, look, which) => (which ? state(looks[look][""], which) : rows[at].cells[look].textContent);
    for (const element of this.marked)
      for (const [look, which] of element.dataset.at.split(" ").map((mark) => mark.split(".")))
        for (const [name, values] of Object.entries(looks[look])) {
          const value = which ? state(values, which) : values.replace(/{(\d+)\.?(\d*)}/g, word);
          if (!name) element.textContent = value;
          else if (value === null) element.removeAttribute(name);
          else element.setAttribute(name, value);
        }
  }

  get pictures() {
    return [...this.querySelectorAll(".fp-every tbody tr")];
  }

  // The picture that flipping a pixel of this one would give; of a large image there are only those that are near.
  flipped(at) {
    const pixels = [...this.getAttribute("picture")];
    pixels[at] = pixels[at] === "1" ? "0" : "1";
    return pixels.join("");
  }

  show(changed) {
    const name = this.getAttribute("neuron");
    for (const element of this.querySelectorAll("[data-on]")) element.removeAttribute("data-on");
    for (const node of this.nodes) node.ariaPressed = String(node.dataset.node === name);
    const keys = new Set(this.pictures.map(key));
    this.switches.forEach((pixel, at) => {
      pixel.ariaChecked = String(this.getAttribute("picture")[at] === "1");
      if (keys.has(this.flipped(at))) pixel.removeAttribute("aria-disabled");
      else pixel.ariaDisabled = "true";
    });
    this.name();
    this.stage.replaceChildren();
    const said = changed === "picture" ? [this.verdict()] : [];
    const mark = (element) => element.setAttribute("data-on", "");
    if (name) {
      this.querySelectorAll("[data-edge]").forEach((line) => line.dataset.edge.split(" ").includes(name) && mark(line));
      const own = this.row(name);
      if (own) {
        mark(own);
        const [head, sum, value] = own.cells;
        said.push(this.line([...head.childNodes, ": ", ...sum.childNodes, ...(value ? [" = ", ...value.childNodes] : [])]));
      }
      const names = this.nodes.map(({ dataset: { node } }) => node);
      const layers = [...new Set(names.map(layerOf))];
      const peers = names.filter((other) => layerOf(other) === layerOf(name));
      const onward = layers[layers.indexOf(layerOf(name)) + 1];
      const rows = this.rows.filter((row) => layerOf(row.dataset.of) === onward && row.querySelector(".fp-term:not(.fp-bias)"));
      const parts = rows.flatMap((row, at) => {
        const term = row.querySelectorAll(".fp-term")[peers.indexOf(name)];
        mark(term);
        return [at ? ", " : "", ...row.cells[0].childNodes, " gets ", ...term.childNodes];
      });
      if (parts.length) said.push(this.line(parts));
    }
    const words = said.join(". ") || (this.data ? "Choose a neuron, or invert a pixel." : "Choose a neuron.");
    this.output.value = words;
    this.output.classList.toggle("fp-sr", said.length > 0); // the eye has it from the picture
    this.dispatchEvent(new CustomEvent("fp-show", { bubbles: true, detail: { picture: this.getAttribute("picture"), neuron: name, said: words } }));
  }

  line(nodes) {
    const line = document.createElement("p");
    line.append(...nodes.map((node) => node.cloneNode?.(true) ?? node));
    this.stage.append(line);
    return line.textContent;
  }

  // What the table under the picture says, in a sentence.
  verdict() {
    const rows = [...this.querySelector(".fp-verdict").rows].slice(1);
    return rows.map((row) => [...row.cells].map((cell) => cell.textContent).join(" ")).join("; ");
  }

  // The sums are text until they are wanted, where a page keeps what is folded so.
  get rows() {
    globalThis.fpUnfold?.(this);
    return [...this.querySelectorAll(".fp-product tbody tr")];
  }

  row(name) {
    return this.rows.find((row) => row.dataset.of === name);
  }

  live() {
    const live = this.querySelector(".fp-live");
    this.stage = Object.assign(document.createElement("div"), { className: "fp-stage" });
    this.output = Object.assign(document.createElement("output"), { className: "fp-said", ariaLive: "polite" });
    live.append(this.stage, this.output);
  }

  // One stop of the tab key for the whole figure. Arrows go up and down within a layer or a column of pixels, and left and
  // right from layer to layer; the pixels stand before the first one.
  keys() {
    this.stops = [...this.switches, ...this.nodes];
    const layers = Object.values(Object.groupBy(this.nodes, (node) => layerOf(node.dataset.node)));
    const columns = [...Map.groupBy(this.switches, (pixel) => pixel.getAttribute("x")).values(), ...layers];
    const act = (stop) => (stop.dataset.node ? this.choose(stop) : this.flip(stop));
    this.stops.forEach((stop, at) => {
      stop.setAttribute("tabindex", at ? -1 : 0);
      stop.addEventListener("click", () => {
        this.go(stop);
        act(stop);
      });
      stop.addEventListener("keydown", (event) => {
        const column = columns.findIndex((each) => each.includes(stop));
        const place = columns[column].indexOf(stop);
        const near = (stops) => stops && stops[Math.min(place, stops.length - 1)];
        const kin = stop.dataset.node ? this.nodes : this.switches;
        const to = {
          ArrowUp: columns[column][place - 1],
          ArrowDown: columns[column][place + 1],
          ArrowLeft: near(columns[column - 1]),
          ArrowRight: near(columns[column + 1]),
          Home: kin[0],
          End: kin.at(-1),
        };
        if (event.altKey || event.ctrlKey || event.metaKey) return;
        if (event.key === "Escape") this.removeAttribute("neuron");
        else if (["Enter", " "].includes(event.key)) act(stop);
        else if (event.key in to) to[event.key] && this.go(to[event.key]);
        else return;
        event.preventDefault();
      });
    });
  }

  go(stop) {
    this.stops.forEach((other) => other.setAttribute("tabindex", other === stop ? 0 : -1));
    stop.focus();
  }

  choose({ dataset: { node } }) {
    if (this.getAttribute("neuron") === node) this.removeAttribute("neuron");
    else this.setAttribute("neuron", node);
  }

  flip(pixel) {
    if (!pixel.ariaDisabled) this.setAttribute("picture", this.flipped(this.switches.indexOf(pixel)));
  }

  neurons() {
    this.nodes = [...this.querySelectorAll("[data-node]")];
    for (const node of this.nodes) node.setAttribute("role", "button");
  }

  pixels() {
    this.switches = [...this.querySelectorAll(".fp-pixels rect")];
    for (const pixel of this.switches) pixel.setAttribute("role", "switch");
  }

  // Whoever listens hears names with their values, which the picture's own name has, and those of pixels the picture.
  name() {
    const picture = this.querySelector(".fp-network svg[aria-label]")?.getAttribute("aria-label") ?? "";
    const told = new Map([...picture.matchAll(/(\S+\d) = (.+?)(?=[,.] |\.$)/g)].map(([, name, value]) => [name, value]));
    const said = (name) => (told.has(name) ? `${name} = ${told.get(name)}` : name);
    for (const node of this.nodes)
      node.setAttribute("aria-label", `${node.dataset.node[0] === "x" ? "input" : "neuron"} ${said(node.dataset.node)}`);
    this.switches.forEach((pixel, at) => pixel.setAttribute("aria-label", `pixel ${said(`x${at}`)}`));
  }
}
Network.define();
