// A table of buttons: a click, Enter or Space chooses a cell; the arrow keys move around. Hover and focus show its words.
export default function ({ data, parentElement, setTriggerValue }) {
  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const head = make("tr", {}, make("th", { className: "corner", textContent: data.corner }));
  data.cells[0].forEach((_, digit) => head.append(make("th", { scope: "col", textContent: digit })));
  const buttons = [];
  const body = data.cells.map((row, y) => {
    const line = make("tr", {}, make("th", { scope: "row", textContent: y }));
    buttons.push([]);
    row.forEach(([text, words, shade, side], x) => {
      const chosen = data.chosen && data.chosen[0] === y && data.chosen[1] === x;
      const button = make("button", { type: "button", textContent: text, ariaLabel: words });
      button.style.setProperty("--shade", shade);
      button.dataset.words = words;
      button.className = [side, shade > 0.5 ? "strong" : "", y === x ? "right" : "", chosen ? "chosen" : ""].join(" ");
      button.tabIndex = chosen || (!data.chosen && x + y === 0) ? 0 : -1;
      button.onclick = () => setTriggerValue("cell", [y, x]);
      button.onkeydown = (event) => {
        const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
        const next = step && buttons[y + step[0]]?.[x + step[1]];
        if (!next) return;
        button.tabIndex = -1;
        next.tabIndex = 0;
        next.focus();
        event.preventDefault();
      };
      buttons[y].push(button);
      line.append(make("td", {}, button));
    });
    return line;
  });
  const table = make("table", { className: "matrix", ariaLabel: data.label }, ...[make("thead", {}, head), make("tbody", {}, ...body)]);
  // A redraw must not take the focus away from people who use the keyboard.
  const focused = parentElement.querySelector("button:focus");
  const root = parentElement.querySelector(".matrix-frame") ?? parentElement;
  root.replaceChildren(table);
  if (focused && data.chosen) buttons[data.chosen[0]][data.chosen[1]].focus();
}
