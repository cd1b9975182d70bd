// A gallery whose tiles are buttons: a click, Enter or Space opens one; the arrow keys move along.
export default function ({ data, parentElement, setTriggerValue }) {
  const grid = document.createElement("div");
  grid.className = "tiles";
  const root = parentElement.querySelector(".gallery") ?? parentElement;
  // Each tile's style holds the address of the sheet: a short one, since that of a thousand long ones takes seconds.
  const bytes = Uint8Array.from(atob(data.sheet.split(",")[1]), (one) => one.charCodeAt(0));
  URL.revokeObjectURL(root._sheet);
  root._sheet = URL.createObjectURL(new Blob([bytes], { type: "image/png" }));
  grid.style.setProperty("--sheet", `url(${root._sheet})`);
  grid.style.setProperty("--columns", data.columns);
  data.tiles.forEach(([id, caption, mark, label], at) => {
    const tile = document.createElement("button");
    tile.type = "button";
    tile.className = `tile ${mark}`;
    tile.dataset.id = id;
    tile.title = tile.ariaLabel = label;
    const picture = document.createElement("i");
    picture.style.setProperty("--column", at % data.columns);
    picture.style.setProperty("--row", Math.floor(at / data.columns));
    const text = document.createElement("span");
    text.textContent = caption;
    tile.append(picture, text);
    grid.append(tile);
  });
  grid.onclick = (event) => {
    const tile = event.target.closest("button");
    if (tile) setTriggerValue("opened", Number(tile.dataset.id));
  };
  grid.onkeydown = (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    const tile = event.target.closest("button");
    if (!step || !tile) return;
    const next = step > 0 ? tile.nextElementSibling : tile.previousElementSibling;
    if (next) next.focus();
    event.preventDefault();
  };
  root.replaceChildren(grid);
}
