// The wall: the room's drawings, newest first, in tiles as large as their number allows.
import { paintPixels } from "./pixels.js";

const NAMES = ["dnn", "cnn"], SIDE = 28;
const ASPECT = 1.62, GAP = 0.06; // of a tile: its width, and the space around it, by its height
const LEAST_PX = 34; // height of a tile whose signs can still be read on the screen itself
const HOLD_MS = 1200; // while the pointer moves, nothing slips away from under it
const CLEAR_MS = 6000;

const drawings = new Map(); // by number, whatever the server has told
let numbers = [], told = {}; // those that hang, newest first; the score
let parts = null, pointed = null, open = null, moved = -HOLD_MS, clearing = -CLEAR_MS, holding = 0;

export default {
  name: "wall",
  keys: [
    ["h", "hide", (room) => hide(room, open ?? pointed ?? parts.field.querySelector(".tile:focus-within")?.dataset.number)],
    ["u", "unhide", (room) => room.act("unhide")],
    ["a", "approval", (room) => room.act("approval", () => ({ on: !room.state.approval }))],
    ["c", "clear_wall", clear],
  ],

  open(place, room) {
    const { element, words } = room;
    const score = element("p", { className: "score", ariaLabel: words.score });
    // Stands as the answers do on each tile.
    const legend = element("ul", { className: "legend" }, element("li", { textContent: words.author }),
      ...NAMES.map((name) => element("li", { className: name, textContent: name.toUpperCase() })));
    const counts = element("ol", { className: "histogram", ariaLabel: words.histogram });
    const news = element("p", { className: "news" });
    const empty = element("p", { className: "nothing", textContent: words.reach ? `${words.reach.said} ${words.reach.command}` : words.empty_wall });
    const field = element("div", { className: "field" });
    news.setAttribute("role", "status");
    parts = { place, room, score, counts, news, empty, field, tiles: new Map(), said: "" };
    place.append(element("header", {}, score, legend, counts, news), empty, field);
    parts.watch = new ResizeObserver(() => arrange());
    parts.watch.observe(field);
    field.onpointermove = () => { moved = performance.now(); };
    field.onpointerover = (event) => { pointed = event.target.closest?.(".tile")?.dataset.number ?? null; };
    field.onpointerleave = () => { pointed = null; moved = -HOLD_MS; arrange(); };
  },

  show(state, room) {
    this.hear(state, room);
    const { words } = room, { place, news, empty } = parts;
    place.classList.toggle("frozen", !!state.frozen);
    place.classList.toggle("presenter", !!state.presenter);
    const waits = state.waits || (state.approval ? words.needs_approval : "");
    const said = [state.frozen ? words.frozen_wall : "", waits, state.stale ?? ""];
    if (said.join() !== parts.said) {
      parts.said = said.join();
      const shown = said.map((textContent, at) => textContent && room.element(at ? "span" : "strong", { textContent }));
      news.replaceChildren(...shown.filter(Boolean));
    }
    empty.hidden = numbers.length > 0;
    arrange();
  },

  hear({ wall }, room) {
    if (!wall) return;
    if (wall.whole) drawings.clear();
    for (const one of wall.changed) drawings.set(String(one.number), one);
    numbers = wall.numbers.map(String);
    const hung = new Set(numbers);
    if (numbers.some((number) => !drawings.has(number))) room.wall = 0; // then the next look gets the whole wall
    for (const number of drawings.keys()) if (!hung.has(number)) drawings.delete(number);
    told = wall;
    if (parts) count();
  },

  escape() {
    if (open === null) return false;
    shut();
    return true;
  },

  close() {
    parts.watch.disconnect();
    clearTimeout(holding);
    parts = pointed = open = null;
  },
};

// ---- the tiles

// The columns with which tiles are as high as possible, and how high; beyond what can be read, the oldest fall off.
export function fit(count, width, height) {
  let best = { high: 0 };
  for (let columns = 1; columns <= count; columns += 1) {
    const rows = Math.ceil(count / columns), high = Math.min(height / rows, width / columns / ASPECT);
    if (high > best.high) best = { columns, high };
  }
  if (best.high >= LEAST_PX || count < 2) return { ...best, count };
  const columns = Math.max(1, Math.floor(width / ASPECT / LEAST_PX)), rows = Math.max(1, Math.floor(height / LEAST_PX));
  return columns * rows < count ? fit(columns * rows, width, height) : { ...best, count };
}

function arrange() {
  if (!parts) return;
  clearTimeout(holding);
  const { field, tiles } = parts, still = moved + HOLD_MS - performance.now();
  for (const [number, tile] of tiles) if (!numbers.includes(number)) { tile.remove(); tiles.delete(number); } // at once
  for (const [number, tile] of tiles) fill(tile, drawings.get(number));
  if (open !== null && !numbers.includes(open)) shut();
  count();
  if (still > 0 && pointed !== null) { holding = setTimeout(arrange, still); return; }
  const there = numbers.filter((number) => drawings.has(number));
  const { clientWidth: width, clientHeight: height } = field;
  if (!there.length || !width || !height) return;
  const { columns, high, count: shown } = fit(there.length, width, height), wide = high * ASPECT;
  const rows = Math.ceil(shown / columns), left = (width - columns * wide) / 2, top = (height - rows * high) / 2;
  field.style.setProperty("--high", `${high * (1 - GAP)}px`);
  for (const [number, tile] of tiles) if (there.indexOf(number) >= shown) { tile.remove(); tiles.delete(number); }
  let before = null;
  for (const [at, number] of there.slice(0, shown).entries()) {
    let tile = tiles.get(number);
    const row = Math.floor(at / columns), isNew = !tile;
    if (isNew) { tile = make(number); tiles.set(number, tile); }
    // Whoever goes on to another row would fly across the whole wall; it appears there instead.
    if (isNew || tile.dataset.row !== String(row)) { tile.classList.remove("in"); tile.style.transition = "none"; }
    tile.style.translate = `${left + (at % columns) * wide + (high * GAP) / 2}px ${top + row * high + (high * GAP) / 2}px`;
    tile.dataset.row = row;
    const after = before ? before.nextElementSibling : field.firstElementChild;
    if (after !== tile) field.insertBefore(tile, after); // for Tab
    before = tile;
  }
  const late = [...field.querySelectorAll(".tile:not(.in)")];
  if (late.length) field.offsetWidth; // so that what is set above holds before it changes
  for (const tile of late) { tile.style.transition = ""; tile.classList.add("in"); }
}

function make(number) {
  const { element, words } = parts.room;
  const picture = element("canvas", { width: SIDE, height: SIDE });
  const answers = NAMES.map((name) => element("span", { className: name }));
  const label = element("span", { className: "label" });
  const shown = element("button", { className: "shown", onclick: () => enlarge(number) }, picture, label, ...answers);
  const tile = element("div", { className: "tile" }, shown);
  const cross = { className: "hide", textContent: "✕", tabIndex: -1, ariaLabel: words.hide_one.replace("{number}", number) };
  tile.append(element("button", { ...cross, onclick: () => hide(parts.room, number) }));
  tile.dataset.number = number;
  fill(tile, drawings.get(number));
  return tile;
}

function fill(tile, one) {
  if (!one || tile.drawing === one) return;
  tile.drawing = one;
  const [picture, label, ...answers] = tile.firstElementChild.children;
  paintPixels(picture, one.pixels);
  tile.firstElementChild.ariaLabel = one.said;
  label.textContent = one.label === null ? "" : one.label < 0 ? "∅" : one.label;
  for (const [at, span] of answers.entries()) mark(span, one.answers[at][0], one.answers[at][1]);
}

function mark(place, answer, sign) {
  place.classList.toggle("right", sign === "✓");
  place.classList.toggle("wrong", sign === "✗");
  place.replaceChildren(parts.room.element("b", { textContent: answer }), sign);
}

// ---- the score

function count() {
  if (!told.score || parts.told === told) return;
  parts.told = told;
  const { score, counts, room: { element } } = parts;
  const [dnn, cnn] = NAMES.map((name, at) => [element("span", { className: name, textContent: name.toUpperCase() }), element("b", { className: name, textContent: told.score[at] })]);
  score.replaceChildren(...dnn, ":", ...cnn.reverse(), element("small", { textContent: told.scored }));
  const top = Math.max(1, ...told.counts);
  counts.replaceChildren(...told.counts.map((number, digit) => {
    const bar = element("li", { ariaLabel: told.counted[digit] }, element("i"), String(digit));
    bar.style.setProperty("--share", number / top);
    return bar;
  }));
}

// ---- what only presenters may do

function hide(room, number) {
  if (number === null || number === undefined) { room.say(room.words.choose_first); return; }
  room.act("hide", { number: Number(number) }).then(({ problem }) => {
    if (problem) return;
    numbers = numbers.filter((one) => one !== number);
    moved = -HOLD_MS;
    if (pointed === number) pointed = null;
    arrange();
  });
}

function clear(room) {
  if (performance.now() - clearing < CLEAR_MS) { clearing = -CLEAR_MS; room.act("clear"); return; }
  clearing = performance.now();
  room.say(room.words.clear_really);
}

// ---- one drawing, large

async function enlarge(number) {
  const { room, place } = parts, { element, words } = room, one = drawings.get(number);
  if (!one) return;
  shut();
  open = number;
  const picture = element("canvas", { width: SIDE, height: SIDE });
  paintPixels(picture, one.pixels);
  const answers = NAMES.map((name, at) => {
    const [, sign, full] = one.answers[at], said = element("p", { className: name }, element("span", { textContent: name.toUpperCase() }));
    const answer = element("b");
    mark(answer, full, sign);
    said.append(answer);
    return said;
  });
  const reason = element("div", { className: "reason" }, element("p", { className: "why", textContent: words.explaining }));
  const maps = element("div", { className: "maps" });
  const buttons = element("p", { className: "buttons" }, element("button", { textContent: words.close, onclick: shut }));
  if (room.isPresenter) buttons.append(element("button", { textContent: words.hide_one.replace("{number}", number), onclick: () => hide(room, number) }));
  const opened = element("section", { className: "opened", role: "dialog", ariaLabel: one.said, tabIndex: -1 },
    element("div", { className: "who" }, picture, element("div", {}, element("p", { className: "says", textContent: one.says }), ...answers)), reason, maps, buttons);
  place.append(opened);
  parts.opened = opened;
  opened.focus();
  const found = await room.ask("lecture/why", { number: Number(number) });
  if (parts?.opened !== opened) return;
  if (found.problem) { reason.firstElementChild.textContent = found.problem; return; }
  reason.innerHTML = found.said; // made by the server, without a word of whoever drew
  if (!reason.textContent.trim()) reason.replaceChildren(element("p", { className: "why", textContent: words.no_reason }));
  maps.innerHTML = found.figures;
}

function shut() {
  parts.opened?.remove();
  parts.opened = null;
  parts.tiles.get(open)?.firstElementChild.focus({ preventScroll: true });
  open = null;
}
