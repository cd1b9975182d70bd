// The rounds: one is chosen and begun, the phones play it, and the hall sees how it goes and who has won.
import { paintPixels } from "./pixels.js";

const KINDS = ["draw", "fool", "guess"], NETWORKS = ["dnn", "cnn"], TICK_MS = 200, SURE_MS = 4000;
let chosen = { kind: "draw", digit: 7 }, place = null, room = null, shown = "", parts = {}, until = null, timer = 0, asked = 0;

const view = {
  name: "rounds",
  keys: [
    ["b", "rounds_go", () => go()],
    ["d", "rounds_draw", () => choose("draw")],
    ["m", "rounds_fool", () => choose("fool")],
    ["g", "rounds_guess", () => choose("guess")],
    ["+", "rounds_more", () => choose("draw", 1)],
    ["-", "rounds_less", () => choose("draw", -1)],
    ["x", "rounds_end", () => { const { round } = told(); if (round) room.act("round_end", { round: round.number }); }],
    ["n", "rounds_clear", () => clear()],
  ],

  open(section, given) {
    [place, room, shown] = [section, given, ""];
    timer = setInterval(tick, TICK_MS);
    this.turn(room);
  },

  turn() {
    const [kind, digit] = room.argument.split(/\s+/);
    if (KINDS.includes(kind)) chosen = { kind, digit: /^\d$/.test(digit ?? "") ? +digit : kind === "draw" && digit !== undefined ? null : chosen.digit };
    shown = "";
    this.show(room.state, room);
  },

  show() {
    const { round, leaders } = told(), isRunning = round && round.phase !== "result";
    const key = JSON.stringify([round?.number, round?.phase, room.isPresenter, ...(isRunning ? [] : [leaders, round ? round.best : chosen])]);
    until = round && round.left !== null ? performance.now() + 1000 * round.left : null;
    if (key !== shown) {
      shown = key;
      parts = {};
      place.dataset.screen = round?.phase === "result" ? "result" : round ? "playing" : "choosing";
      place.replaceChildren(...(round ? (round.phase === "result" ? result(round) : playing(round)) : choosing()));
    }
    if (round) update(round);
    tick();
  },

  close() { clearInterval(timer); parts = {}; },
};
export default view;

const told = () => room?.state.rounds ?? {};
const said = (name, given = {}) => Object.entries(given).reduce((text, [key, value]) => text.replace(`{${key}}`, value), room.words.of_rounds[name]);
const make = (name, className, textContent = "", ...inside) => room.element(name, { className, textContent }, ...inside);
const title = (kind, digit = chosen.digit) => said(kind, { digit: digit ?? "?" });

function go() {
  const { round } = told();
  if (!round) room.act("round_begin", chosen);
  else if (round.phase === "result") room.act("round_end", { round: round.number });
  else room.act("round_next", { round: round.number, phase: round.phase_number });
}

function choose(kind, by = 0) {
  if (told().round) return;
  chosen = { kind, digit: by ? ((chosen.digit ?? 0) + by + 10) % 10 : chosen.digit };
  view.show();
}

function clear() { // asks first, since nothing brings it back
  if (Date.now() - asked < SURE_MS) { asked = 0; room.act("round_clear"); return; }
  asked = Date.now();
  room.say(said("forget"));
}

const act = (className, text, action) => Object.assign(make("button", className, text), { onclick: action });

const goButton = (name) => Object.assign(make("button", "go", "", `${said(name)}\u00a0`, room.element("kbd", { textContent: "B" })), { onclick: go });

// ---- the screens

function choosing() {
  const others = make("nav", "kinds");
  for (const kind of KINDS) {
    const one = act("", title(kind), () => choose(kind));
    if (kind === chosen.kind) one.setAttribute("aria-current", "true");
    others.append(one);
  }
  const start = room.isPresenter ? goButton("begin") : make("p", "quiet", said("waits"));
  return [make("div", "about", "", make("h2", "", title(chosen.kind)), make("p", "", said(`${chosen.kind}_rule`)), start, others), leaderboard()];
}

function playing(round) {
  parts.clock = make("b", "clock");
  parts.clock.setAttribute("role", "timer");
  parts.line = make("p", "line");
  const side = [make("h2", "", round.task), parts.clock, parts.line];
  if (round.kind === "draw") return [make("div", "about", "", ...side), bars(round)];
  if (round.kind === "guess") return [make("div", "about", "", ...side), picture(round.picture, "one")];
  parts.progress = make("i", "");
  return [make("div", "about wide", "", ...side, ...(round.phase === "judge" ? [make("span", "progress", "", parts.progress), make("p", "quiet", said("judging"))] : [make("p", "quiet", said("fool_hint"))]))];
}

function result(round) {
  const on = room.isPresenter ? [goButton("other")] : [];
  const title_ = round.kind === "guess" ? round.says : round.kind === "draw" ? title("draw", round.digit) : round.best.length ? said("fooling") : said("nobody");
  const found = { draw: () => bars(round), guess: () => make("div", "guessed", "", picture(round.picture, "one"), tally(round)), fool: () => gallery(round.best, 6) }[round.kind]();
  return [make("div", "found", "", make("h2", "", title_), found), make("div", "", "", leaderboard(), ...on)];
}

function bars(round) {
  const box = make("div", "bars");
  parts.bars = {};
  for (const name of [...NETWORKS, "room"]) {
    const fill = make("i", ""), count = make("span", "count");
    parts.bars[name] = { fill, count };
    box.append(make("b", name, name === "room" ? said("room") : name.toUpperCase()), make("div", `track ${name}`, "", fill), count);
  }
  const svg = (name) => document.createElementNS("http://www.w3.org/2000/svg", name);
  parts.curve = svg("svg");
  parts.curve.setAttribute("viewBox", "0 0 100 40");
  parts.curve.setAttribute("preserveAspectRatio", "none");
  parts.curve.setAttribute("aria-hidden", "true");
  for (const name of ["axis", ...NETWORKS, "room"]) {
    const path = svg("path");
    path.setAttribute("class", name);
    parts.curve.append(path);
  }
  parts.curve.firstChild.setAttribute("d", "M0 39.5H100");
  box.append(parts.curve);
  return box;
}

function tally(round) {
  const most = Math.max(1, ...round.tally.map(([, count]) => count)), list = make("ol", "tally");
  for (const [choice, count] of round.tally) {
    const fill = make("i", "");
    fill.style.height = `${(80 * count) / most}%`;
    const is = choice === round.said;
    list.append(make("li", is ? `right ${round.network}` : "", "", make("div", "", "", make("span", "", `${is ? "✓ " : ""}${count || ""}`), fill), make("b", "", choice < 0 ? said("none") : choice)));
  }
  return list;
}

function update(round) {
  if (round.kind === "draw") {
    const lasts = round.lasts, of = Math.max(1, round.of);
    for (const [name, times] of Object.entries(round.times)) {
      parts.bars[name].fill.style.width = `${(100 * times.length) / of}%`;
      parts.bars[name].count.textContent = said("of", { count: times.length, of: round.of });
      const steps = times.map((at, n) => `H${(100 * Math.min(at, lasts)) / lasts}V${39 - (38 * (n + 1)) / of}`).join("");
      const now = round.left === null ? 100 : 100 * (1 - round.left / lasts);
      parts.curve.querySelector(`.${name}`).setAttribute("d", `M0 39${steps}H${now}`);
    }
  } else if (round.kind === "fool" && parts.line) {
    parts.line.textContent = round.phase === "judge" ? said("judged", { count: round.judged, of: round.drawings }) : said("drawings", { count: round.drawings });
    if (parts.progress) parts.progress.style.width = `${(100 * round.judged) / Math.max(1, round.drawings)}%`;
  } else if (parts.line) parts.line.textContent = said("votes", { count: round.votes });
}

function tick() {
  if (!parts.clock) return;
  const left = until === null ? 0 : Math.ceil((until - performance.now()) / 1000);
  parts.clock.textContent = left > 0 ? left : said("over");
  parts.clock.classList.toggle("over", left <= 0);
}

// ---- what Reveal shows as well

function picture(base64, className = "") {
  const made = room.element("canvas", { className, width: 28, height: 28 });
  paintPixels(made, base64, true);
  return made;
}

export function leaderboard(most = 8, from = null) {
  room = from ?? room;
  const { leaders = [] } = told(), list = make("ol", "leaders");
  for (const { place: at, name, points, who } of leaders.slice(0, most)) {
    const called = room.isPresenter ? act("name", name, () => room.act("round_unname", { who })) : make("span", "name", name);
    if (room.isPresenter) called.title = said("unname", { name });
    list.append(make("li", "", "", make("b", "", `${at}.`), called, make("span", "points", points)));
  }
  return make("div", "board", "", make("h3", "", said("leaders")), leaders.length ? list : make("p", "quiet", said("no_leaders")));
}

export function gallery(best, most, columns = 3, from = null) {
  room = from ?? room;
  const box = make("div", "fools");
  box.style.setProperty("--columns", Math.min(columns, best.length));
  for (const { who, picture: base64, label, said: answers } of best.slice(0, most)) {
    const caption = make("figcaption", "", "", make("b", "", said("people", { digit: label })), ...answers.map((one) => make("span", "", one)));
    const figure = make("figure", "", "", picture(base64), caption);
    if (room.isPresenter) figure.append(Object.assign(act("hide", "✕", () => room.act("round_hide", { who })), { ariaLabel: said("hide"), title: said("hide") }));
    box.append(figure);
  }
  return box;
}
