// A traced script under the finger: one line open at a time, arrows from line to line, steps in the order of the run, links to lines,
// and numbers that can be followed. All that is shown stands in the page; which number was made from which is data, written by Python.
(() => {
  const still = matchMedia("(prefers-reduced-motion: reduce)");
  // What the window tells of is passed on to every trace that somebody still has: in a page that follows its reader they come and go.
  const traces = new Set();
  const tell = ({ type }) =>
    traces.forEach((one) => {
      const trace = one.deref();
      if (trace) trace.hears[type]();
      else traces.delete(one);
    });
  ["hashchange", "beforeprint", "afterprint"].forEach((event) => addEventListener(event, tell));
  still.addEventListener("change", tell);
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };

  const start = (trace) => {
    const code = trace.querySelector(".fp-code");
    const lines = [...code.querySelectorAll(".fp-stmt")];
    if (!lines.length) return;
    const { order, from } = JSON.parse(trace.querySelector("script").textContent);
    const summaryOf = (line) => line.firstElementChild;
    const unfold = globalThis.fpUnfold ?? (() => {}); // a page may keep states as text until they are wanted
    const stateOf = (line) => {
      unfold(line);
      return line.lastElementChild;
    };
    const number = (line) => line.querySelector(".fp-no").textContent;
    const lineOf = new Map(lines.map((line) => [number(line), line]));

    // The bar: step through the run, and say aloud where it is.
    const said = make("p", { className: "fp-said" }, "Choose a line, or step through the run.");
    said.setAttribute("aria-live", "polite");
    const button = (label, act, className = "") => {
      const made = make("button", { type: "button", className }, label);
      made.addEventListener("click", act);
      return made;
    };
    const back = button("Step back", () => step(-1));
    const on = button("Step", () => step(1));
    const play = button("Play", () => (timer ? pause() : run()), "fp-play");
    play.ariaPressed = "false";
    const speed = make("select", { className: "fp-play", ariaLabel: "Speed of play" });
    for (const [word, by] of [["slow", 0.5], ["normal", 1], ["fast", 2.5]]) speed.add(new Option(word, by, by === 1, by === 1));
    speed.addEventListener("change", () => timer && (pause(), run()));
    const bar = trace.querySelector(".fp-bar");
    Object.assign(bar, { role: "group", ariaLabel: "Step through the run" }).append(back, on, play, speed, said);

    let chosen = lines.find((line) => line.open) ?? lines[0];
    let at = -1; // the stop that was stepped to; where a line was chosen, its first
    let touched = chosen.open && chosen.querySelector(".fp-failure"); // what its author opened is no place to go on from
    let timer = 0;

    const stops = order.split(" ").filter(Boolean).map((stop) => stop.split("."));
    const here = () => (at < 0 && touched && chosen.open ? stops.findIndex(([first]) => first === number(chosen)) : at);
    const bound = () => {
      back.ariaDisabled = String(!stops[here() - 1]); // and not disabled: who is on it stays on it
      on.ariaDisabled = String(!stops[here() + 1]);
    };
    const choose = (line, { focus = false, near = true, stop = -1 } = {}) => {
      const before = summaryOf(line).getBoundingClientRect().top;
      chosen = line;
      at = stop;
      touched = true;
      lines.forEach((each) => {
        each.open = each === line;
        summaryOf(each).tabIndex = each === line ? 0 : -1;
      });
      prepare(line);
      bound();
      if (focus) summaryOf(line).focus({ preventScroll: true });
      // What a line was worth comes into sight as well; where there is no room for both, the line is what stays.
      if (near) [line.querySelector(".fp-state"), summaryOf(line)].forEach((one) => one.scrollIntoView({ block: "nearest" }));
      else scrollBy({ top: summaryOf(line).getBoundingClientRect().top - before, behavior: "instant" }); // one closed above it
    };
    const remember = () => {
      const id = chosen.querySelector("[id]").id;
      if (location.hash !== `#${id}`) history.replaceState(null, "", `#${id}`);
    };

    code.addEventListener("click", (event) => {
      const line = event.target.closest(".fp-stmt > summary")?.parentElement;
      if (!line) return;
      event.preventDefault();
      pause();
      if (line.open && !getSelection().isCollapsed) return;
      if (line.open) {
        line.open = false;
        at = -1;
        return bound();
      }
      choose(line, { focus: true, near: false });
      remember();
    });

    // Steps, in the order of the run.
    const step = (by, playing = false) => {
      if (!playing) pause();
      const stop = here() + by;
      if (!stops[stop]) return pause();
      const [first, moment] = stops[stop];
      const line = lineOf.get(first);
      const moments = [...stateOf(line).querySelectorAll(":scope > .fp-moment")];
      if (moments.length > 1) moments.forEach((each, i) => (each.open = i === +moment));
      choose(line, { stop });
      const now = moments[+moment]?.querySelector(".fp-now, .fp-run, .fp-failure");
      said.textContent = `Line ${first}${now ? `: ${now.textContent}` : ""}`;
      if (!stops[stop + 1]) pause();
    };
    const run = () => {
      if (still.matches) return;
      if (!stops[here() + 1]) chosen.open = !(at = -1); // once more, from the start
      timer = setInterval(step, 1600 / speed.value, 1, true);
      play.ariaPressed = "true";
      step(1, true);
    };
    const pause = () => {
      clearInterval(timer);
      timer = 0;
      play.ariaPressed = "false";
    };
    // Numbers: a button in each, which are one stop of the keyboard together.
    const [idOf, cellOf] = [new Map(), new Map()];
    const number_all = () => {
      if (idOf.size) return;
      unfold(trace);
      for (const group of trace.querySelectorAll("[data-g]"))
        group.querySelectorAll(".fp-v").forEach((cell, i) => {
          const id = `${group.dataset.g}.${i}`;
          idOf.set(cell, id);
          cellOf.set(id, cell);
        });
    };
    const prepared = new Set();
    const prepare = (line) => {
      if (prepared.has(line)) return;
      prepared.add(line);
      stateOf(line).querySelectorAll(".fp-v").forEach((cell, i) => {
        const pick = make("button", { type: "button", className: "fp-pick", ariaPressed: "false", tabIndex: i ? -1 : 0 });
        cell.append(pick);
        pick.append(pick.previousSibling);
      });
    };
    const picksOf = (line) => [...stateOf(line).querySelectorAll(".fp-pick")].filter((pick) => pick.checkVisibility());

    // "7.4" is the fifth number of group 7, and "7.0-6/3" are its first, fourth and seventh: a column of three.
    const spread = (written) => {
      const [key, places] = written.split(".");
      const [first, last, by] = places.split(/[-/]/).map(Number);
      const found = [];
      for (let at = first; at <= (last ?? first); at += by ?? 1) found.push(`${key}.${at}`);
      return found;
    };
    const madeFrom = (id) => {
      const [key, i] = id.split(".");
      const known = from[key];
      if (known === undefined) return [];
      return Array.isArray(known) ? (known[i] ?? "").split(" ").filter(Boolean).flatMap(spread) : [`${known}.${i}`];
    };
    let users;
    const madeOf = (id) => {
      if (!users) {
        users = new Map();
        for (const each of idOf.values()) for (const source of madeFrom(each)) users.set(source, [...(users.get(source) ?? []), each]);
      }
      return users.get(id) ?? [];
    };
    const mark = (id, next, name, of) => {
      const seen = new Set([id]);
      let far = false;
      for (let edge = next(id); edge.length; far = true) {
        const news = [...new Set(edge)].filter((each) => !seen.has(each));
        for (const each of news) {
          seen.add(each);
          const cell = cellOf.get(each);
          cell?.classList.add(name, ...(far ? ["fp-far"] : []));
          cell?.closest(".fp-stmt").classList.add(of);
        }
        edge = news.flatMap(next);
      }
      return lines.filter((line) => line.classList.contains(of)).map(number);
    };
    const clear = () => {
      trace.querySelectorAll(".fp-picked, .fp-from, .fp-into, .fp-gave, .fp-took").forEach((marked) =>
        marked.classList.remove("fp-picked", "fp-from", "fp-into", "fp-far", "fp-gave", "fp-took"),
      );
      trace.querySelectorAll(".fp-pick[aria-pressed=true]").forEach((pick) => (pick.ariaPressed = "false"));
    };
    const on_lines = (numbers) => `line${numbers.length > 1 ? "s" : ""} ${numbers.join(", ")}`;
    const follow = (pick) => {
      const again = pick.ariaPressed === "true";
      clear();
      said.textContent = "";
      if (again) return;
      number_all();
      const cell = pick.parentElement;
      const id = idOf.get(cell);
      pick.ariaPressed = "true";
      cell.classList.add("fp-picked");
      const before = mark(id, madeFrom, "fp-from", "fp-gave");
      const after = mark(id, madeOf, "fp-into", "fp-took");
      const told = [
        before.length ? `made from what is marked on ${on_lines(before)}` : "stated here",
        after.length ? `used on ${on_lines(after)}` : "used no further",
      ];
      said.textContent = `${pick.textContent}: ${told.join("; ")}`;
    };
    code.addEventListener("click", (event) => {
      const pick = event.target.closest(".fp-pick");
      if (pick) follow(pick);
    });

    // Keys: up and down, Home and End go from line to line; left and right from number to number.
    trace.addEventListener("keydown", (event) => {
      if (event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
      const { target, key } = event;
      const pick = target.closest(".fp-pick");
      const i = lines.indexOf(target.closest(".fp-stmt"));
      const next = { ArrowUp: lines[i - 1], ArrowDown: lines[i + 1], Home: lines[0], End: lines.at(-1) }[key];
      if (key === "Escape") clear();
      else if (i >= 0 && next && (pick || target.parentElement === lines[i])) {
        pause();
        choose(next, { focus: true });
        remember();
      } else if (pick && ["ArrowLeft", "ArrowRight"].includes(key)) {
        const picks = picksOf(lines[i]);
        const other = picks[picks.indexOf(pick) + (key === "ArrowLeft" ? -1 : 1)];
        if (!other) return;
        pick.tabIndex = -1;
        other.tabIndex = 0;
        other.focus();
      } else return;
      event.preventDefault();
    });

    // A link to a line opens it.
    const visit = () => {
      const target = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
      const line = target && code.contains(target) && target.closest(".fp-stmt");
      if (!line) return;
      choose(line, { focus: true });
      summaryOf(line).scrollIntoView({ block: "center" });
    };

    // What something else opens, as the browser's own search does, is the line that is open.
    let printing = false;
    code.addEventListener("toggle", ({ target }) => target.open && !printing && target !== chosen && lines.includes(target) && choose(target), true);
    const spread_out = () => {
      printing = true;
      lines.forEach((line) => (line.open = true));
    };
    const drawn_in = () => {
      printing = false;
      choose(chosen, { near: false });
    };
    trace.hears = { hashchange: visit, beforeprint: spread_out, afterprint: drawn_in, change: pause };
    traces.add(new WeakRef(trace));

    lines.forEach((line) => (summaryOf(line).tabIndex = line === chosen ? 0 : -1));
    if (chosen.open) prepare(chosen);
    bound();
    visit();
    if (document.readyState !== "complete") addEventListener("load", visit, { once: true }); // once more, since the browser takes the focus away when it comes to the target itself
  };
  class FpTrace extends HTMLElement {
    connectedCallback() {
      const later = globalThis.fpLater ?? ((_, act) => act()); // a page that is all trace has nothing to wait for
      later(this, () => this.querySelector(".fp-bar:empty") && start(this));
    }
    disconnectedCallback() {
      this.hears?.change();
    }
  }
  if (!customElements.get("fp-trace")) customElements.define("fp-trace", FpTrace); // each panel of a notebook brings this script
})();
