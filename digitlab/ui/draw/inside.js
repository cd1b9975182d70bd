// The layers of a network, each a row of buttons: hover or focus shows what a unit looks for; a click, Enter or Space
// traces it; the arrow keys move along. Beside them is the sum behind the traced unit, whose bars are buttons as well.
const make = (tag, properties, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

// A part of a sheet: one picture for all tiles of a row.
const part = (sheet, at, columns, className) => {
  const picture = make("i", { className });
  picture.style.setProperty("--sheet", `url(${sheet})`);
  picture.style.setProperty("--columns", columns);
  picture.style.setProperty("--column", at % columns);
  picture.style.setProperty("--row", Math.floor(at / columns));
  return picture;
};

// How much the traced unit passes on, and a list of all changed units; the figures that follow stand above the layers.
const surgery = ({ unit, perCent, step, factors, words, changed }, [layer, number], setTriggerValue) => {
  const group = make("div", { className: "surgery", role: "group", ariaLabel: unit ?? words.changed });
  const press = (id, textContent, onclick, disabled = false) => {
    const button = make("button", { type: "button", textContent, onclick, disabled });
    button.dataset.id = `surgery-${id}`;
    return button;
  };
  const pass = (...factor) => {
    document.querySelector(".surgery-figures")?.setAttribute("aria-busy", "true"); // until they are painted anew
    setTriggerValue("factor", factor);
  };
  if (unit) {
    const said = make("output", {});
    const slider = make("input", { type: "range", min: 0, max: step * (factors.length - 1), step, value: perCent, ariaLabel: `${unit}: ${words.passes}` });
    const tell = () => {
      said.textContent = slider.ariaValueText = factors[slider.value / step];
    };
    slider.dataset.id = "surgery-slider";
    slider.oninput = tell;
    slider.onchange = () => pass(layer, number, Number(slider.value));
    tell();
    const off = press("off", words.off, () => pass(layer, number, 0), perCent === 0);
    const normal = press("normal", words.normal, () => pass(layer, number, 100), perCent === 100);
    group.append(make("p", {}, `${words.passes} `, said), slider, off, normal);
  }
  if (changed.length) {
    const units = changed.map(([at, changedUnit, , name]) => make("li", {}, press(`${at}-${changedUnit}`, name, () => setTriggerValue("unit", [at, changedUnit]))));
    group.append(make("p", { textContent: words.changed }), make("ul", {}, ...units), press("all", words.all, () => pass()), make("p", { textContent: words.only }));
  }
  return group;
};

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".inside") ?? parentElement;
  const focused = root.querySelector(":is(button, input):focus")?.dataset.id;
  const hint = make("div", { className: "inside-hint", hidden: true });
  let pointed = null; // the button that the hint describes
  const trace = (layer, unit) => setTriggerValue("unit", [layer, unit]);
  const changed = new Map(data.surgery.changed.map(([layer, unit, perCent]) => [`${layer}-${unit}`, perCent]));
  const fed = new Map(data.trace.bars.map(([layer, unit, , , share]) => [`${layer}-${unit}`, share]));

  const tile = (row, layer, at) => {
    const [unit, caption, words] = row.units[at], id = `${layer}-${unit}`;
    const button = make("button", { type: "button", ariaLabel: words, tabIndex: at ? -1 : 0 }, part(row.sheet, at, row.columns, "unit"));
    if (row.filters) button.append(part(row.filters, at, row.columns, "unit filter"));
    if (row.kind === "answers") button.append(make("b", { textContent: unit }));
    if (row.kind !== "maps") button.append(make("span", { textContent: caption }));
    button.dataset.id = id;
    button.setAttribute("aria-pressed", id === data.chosen.join("-"));
    if (fed.has(id)) button.classList.add(fed.get(id) > 0 ? "adds" : "takes");
    if (changed.has(id)) button.classList.add(changed.get(id) ? "scaled" : "cut");
    button.onclick = () => trace(layer, unit);
    button.onfocus = () => point(button, row, at, words);
    // Not onmouseenter: if the page scrolls below a resting mouse, the hint must stay with the keyboard's focus.
    button.onmousemove = () => pointed !== button && point(button, row, at, words);
    button.onmouseleave = button.onblur = () => pointed === button && point(null);
    button.onkeydown = (event) => {
      const next = { ArrowRight: button.nextElementSibling, ArrowLeft: button.previousElementSibling }[event.key];
      if (event.key === "Escape") point(null);
      if (!next) return;
      [button.tabIndex, next.tabIndex] = [-1, 0];
      next.focus();
      event.preventDefault();
    };
    return button;
  };

  const point = (button, row, at, words) => {
    pointed = button;
    hint.hidden = !button;
    if (!button) return;
    const pictures = make("div", {}, part(row.looked ?? row.sheet, at, row.columns, "unit large"));
    if (row.kind === "maps") pictures.prepend(part(row.sheet, at, row.columns, "unit large"));
    const legend = row.kind === "maps" ? data.words.map : data.words.unit;
    hint.replaceChildren(pictures, make("strong", { textContent: words }), legend);
    const own = button.getBoundingClientRect(), all = root.getBoundingClientRect();
    hint.style.left = `${Math.max(0, Math.min(own.x - all.x, all.width - hint.offsetWidth))}px`;
    hint.style.top = `${own.bottom - all.y + 4}px`;
  };

  const rows = data.rows.map((row, layer) => {
    const units = make("div", { className: "inside-units" });
    if (row.kind === "pixels") units.append(part(row.sheet, 0, 1, "unit"));
    else units.append(...row.units.map((_, at) => tile(row, layer, at)));
    const title = make("h5", { textContent: row.title }, make("small", { textContent: row.note }));
    return make("section", { className: row.kind, ariaLabel: row.title }, title, units);
  });

  const { title, said, bars, picture, seen, fedBy } = data.trace;
  const figure = (sheet, words) => make("figure", {}, part(sheet, 0, 1, "unit large"), make("figcaption", { textContent: words }));
  const pictures = make("div", { className: "inside-pictures" }, figure(picture, data.words.looks_for));
  if (seen) pictures.append(figure(seen, data.words.finds));
  const list = make("ol", {}, ...bars.map(([layer, unit, name, amount, share], at) => {
    const bar = make("u", { className: share > 0 ? "adds" : "takes" });
    bar.style.setProperty("--share", `${Math.abs(share) * 100}%`);
    const line = make("button", { type: "button", disabled: layer === 0 }, make("span", { textContent: name }), make("em", { textContent: amount }), bar);
    if (fedBy) line.prepend(part(fedBy, at, bars.length, "unit"));
    line.dataset.id = `bar-${layer}-${unit}`;
    line.onclick = () => trace(layer, unit);
    return make("li", {}, line);
  }));
  const aside = make("aside", { ariaLive: "polite" }, make("h5", { textContent: title }), pictures, surgery(data.surgery, data.chosen, setTriggerValue), list, make("p", { textContent: said }));

  root.ariaLabel = data.label;
  root.replaceChildren(make("div", { className: "inside-rows" }, ...rows), aside, hint);
  // A redraw must not take the focus away from people who use the keyboard.
  if (focused) root.querySelector(`[data-id="${focused}"]`)?.focus();
}
