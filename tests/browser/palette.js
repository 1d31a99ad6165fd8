// The colours of words on what is behind them, as the style sheets of this page resolve them: {pair: contrast ratio}.
([inks, papers]) => {
  const probe = document.body.appendChild(document.createElement("span"));
  const luminance = (name) => {
    probe.style.color = `var(${name})`;
    const [r, g, b] = getComputedStyle(probe).color.match(/[\d.]+/g).map(Number);
    const linear = (c) => (c / 255 <= 0.04045 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4);
    return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  };
  const ratios = {};
  for (const ink of inks)
    for (const paper of papers) {
      const [low, high] = [luminance(ink), luminance(paper)].sort((a, b) => a - b);
      ratios[`${ink} on ${paper}`] = (high + 0.05) / (low + 0.05);
    }
  probe.remove();
  return ratios;
}
