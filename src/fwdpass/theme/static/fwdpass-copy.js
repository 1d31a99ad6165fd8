// A button on each piece of code copies it: what one would type, without line numbers, prompts and what was answered.
(() => {
  const pieces = () => [...document.querySelectorAll("article .highlight:not(.fp-copyable)")].filter((one) => !one.closest(".cell_output"));

  const typed = (piece) => {
    const copy = piece.querySelector("pre").cloneNode(true);
    copy.querySelectorAll(".linenos").forEach((one) => one.remove());
    copy.querySelectorAll(".gp").forEach((prompt) => (prompt.textContent = "\0"));
    const lines = copy.textContent.replace(/\n+$/, "").split("\n");
    const prompted = lines.filter((line) => line.startsWith("\0"));
    return (prompted.length ? prompted : lines).map((line) => line.replace("\0", "")).join("\n") + "\n";
  };

  const status = document.createElement("p");
  status.className = "fp-sr";
  status.role = "status";
  (document.querySelector("main") ?? document.body).append(status);

  const copy = async (piece, button) => {
    let said = "Copied";
    try {
      await navigator.clipboard.writeText(typed(piece));
    } catch {
      said = "Not copied: the browser does not allow it";
    }
    status.textContent = said;
    button.title = said;
    button.classList.toggle("fp-copied", said === "Copied");
    setTimeout(() => {
      status.textContent = "";
      button.title = "Copy";
      button.classList.remove("fp-copied");
    }, 2000);
  };

  const add = () =>
    pieces().forEach((piece) => {
      const button = document.createElement("button");
      Object.assign(button, { type: "button", className: "fp-copy", title: "Copy", ariaLabel: "Copy this code" });
      button.addEventListener("click", () => copy(piece, button));
      piece.classList.add("fp-copyable");
      piece.append(button);
    });
  add();
  document.addEventListener("fwdpass:changed", add); // code that a reader has changed
})();
