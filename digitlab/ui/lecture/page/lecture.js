// The presenter's shell: which view is shown, one set of keys for all of them, and the state of the room, which it polls.
import { acts, ask, element, inTurn, pause, words } from "./asking.js";
import join from "./join.js";
import reveal from "./reveal.js";
import rounds from "./rounds.js";
import stage from "./stage.js";
import train from "./train.js";
import wall from "./wall.js";

const VIEWS = [join, stage, wall, rounds, train, reveal];
const POLL_MS = 500, TOLD_MS = 6000;
const at = (id) => document.getElementById(id);
let view = null, key = "", moves = null, telling = 0;
const room = {
  state: {}, words, argument: "", wall: null, element, ask,
  get isPresenter() { return !!room.state.presenter; },

  async act(act, fields) {
    const told = await inTurn(room, act, fields);
    if (told.problem) room.say(told.problem);
    Promise.resolve(polling).then(poll);
    return told;
  },

  say(text) {
    at("told").textContent = text;
    clearTimeout(telling);
    telling = setTimeout(() => { at("told").textContent = ""; }, TOLD_MS);
  },
};

// ---- keys, of which each means one thing on every view

const GLOBAL = [
  ["ArrowRight", "on", () => move(1)],
  ["ArrowLeft", "back", () => move(-1)],
  ["1", "go_to", () => show("join")],
  ["z", "freeze", () => room.act("freeze", () => ({ on: !room.state.frozen }))],
  ["f", "full", () => (document.fullscreenElement ? document.exitFullscreen() : document.documentElement.requestFullscreen())],
  ["l", "unlock", () => unlock()],
  ["?", "keys", () => help()],
  ["Escape", "leave", () => { location.href = "./"; }],
];
const SAME = { PageDown: "ArrowRight", PageUp: "ArrowLeft", " ": "ArrowRight" }; // what a clicker sends, and the space bar
const SHOWN = { ArrowRight: "→", ArrowLeft: "←", Escape: "Esc", 1: "1–6" };

addEventListener("keydown", (event) => {
  const isTyping = event.target.closest?.("input, textarea, select")?.checkVisibility(); // a closed lock's has the focus for a moment
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping || at("lock").open) return;
  const pressed = SAME[event.key] ?? (event.key.length === 1 ? event.key.toLowerCase() : event.key);
  if (event.key === " " && event.target.closest?.("button, a")) return; // presses it
  const found = run(pressed);
  if (found) event.preventDefault();
});

function run(pressed) {
  if (pressed === "Escape") {
    if (at("help").open) { at("help").close(); return true; }
    if (view?.escape?.(room)) return true;
  }
  if (VIEWS[+pressed - 1]) { show(VIEWS[+pressed - 1].name); return true; }
  const action = GLOBAL.find(([name]) => name === pressed) ?? (view?.keys ?? []).find(([name]) => name === pressed);
  action?.[2](room);
  return !!action;
}

function help() {
  if (at("help").open) return at("help").close();
  const list = element("dl", { tabIndex: -1, autofocus: true }); // else a link has the focus, and takes the space bar
  for (const [name, does] of [...(view?.keys ?? []), ...GLOBAL]) {
    const shown = SHOWN[name] ?? name.toUpperCase();
    list.append(element("dt", {}, element("kbd", { textContent: shown })), element("dd", { textContent: words[does] ?? does }));
  }
  const languages = element("nav", { ariaLabel: words.language });
  for (const [lang, name] of Object.entries(words.languages)) {
    const isSpoken = lang === document.documentElement.lang;
    const made = element(isSpoken ? "b" : "a", { lang, textContent: name });
    if (isSpoken) made.setAttribute("aria-current", "true");
    else made.href = `?lang=${lang}${location.hash}`; // opens the same view
    languages.append(made);
  }
  at("help").replaceChildren(list, languages);
  at("help").show();
}

// ---- where the lecture is

function move(by) { // the presenter moves all windows, everybody else this one
  if (room.isPresenter) return room.act("move", { by }).then(moved);
  if (!room.state.place) return;
  const { steps } = room.state.place;
  const step = Math.min(Math.max(0, (local.view === null || by > 0 ? by : 0) + local.at), steps.length - 1);
  follow({ ...room.state.place, at: step, view: null });
}

function show(name) {
  if (room.isPresenter) room.act("move", { view: name }).then(moved);
  else follow({ ...room.state.place, at: local.at, view: name });
}

const moved = (place) => { if (!place.problem && place.moves >= moves) follow(place); }; // else others have moved since

let local = { at: 0, view: null };
function follow(place) {
  local = { at: place.at, view: place.view };
  moves = place.moves;
  const [of, argument, said] = place.steps[place.at];
  const name = place.view ?? of, isStep = place.view === null;
  room.argument = isStep ? argument : "";
  at("said").textContent = isStep ? said : "";
  at("views").querySelector(".step").textContent = `${place.at + 1} / ${place.steps.length}`;
  for (const link of at("views").querySelectorAll("a")) {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
  history.replaceState(null, "", `#${name}`);
  const now = `${name} ${room.argument} ${isStep ? place.at : ""}`;
  if (now === key) return;
  key = now;
  room.say("");
  const next = VIEWS.find((one) => one.name === name);
  document.body.classList.toggle("joining", next === join);
  at("help").close();
  if (next === view && view.turn) { // to another step on the same view
    view.turn(room);
    return;
  }
  view?.close?.(room);
  view = next;
  const section = element("section", { className: name });
  at("view").replaceChildren(section);
  view.open(section, room);
  view.show?.(room.state, room);
}

// ---- the state of the room

let polling = null;
function poll() {
  polling ??= look().finally(() => { polling = null; });
  return polling;
}

async function look() {
  const before = acts;
  const state = await room.ask(`lecture/state?wall=${room.wall ?? ""}`);
  if (state.problem) { room.say(state.problem); return; }
  if (at("told").textContent === words.lost) at("told").textContent = "";
  const hadState = "place" in room.state;
  if (hadState && acts !== before) return; // it may be what was before an act; the next look is on its way
  room.state = state;
  if (state.wall) room.wall = state.wall.version;
  const { place } = state;
  if (!hadState) {
    const linked = location.hash.slice(1);
    if (VIEWS.some(({ name }) => name === linked) && (place.view ?? place.steps[place.at][0]) !== linked) {
      moves = place.moves;
      if (state.presenter) show(linked);
      else follow({ ...place, view: linked });
    } else follow(place);
  } else if (place.moves !== moves) follow(place);
  if (!hadState && !state.presenter) room.say(words.has_password ? words.locked : words.public);
  view?.show?.(room.state, room);
  for (const one of VIEWS) if (one !== view) one.hear?.(room.state, room); // what a view keeps while it is not shown
}

// ---- the presenter's password

function unlock() {
  if (room.isPresenter) return;
  if (!words.has_password) { room.say(words.public); return; }
  const input = element("input", { type: "password", autocomplete: "current-password", required: true, ariaLabel: words.password });
  const form = element("form", {}, element("label", { textContent: words.password }), input, element("button", { textContent: words.give }));
  form.onsubmit = async (event) => {
    event.preventDefault();
    const told = await room.ask(words.unlocking, { page: words.page, password: input.value });
    if (told.problem) { room.say(told.problem); input.select(); return; }
    at("lock").close();
    room.say("");
    poll();
  };
  at("lock").replaceChildren(form);
  at("lock").showModal();
}

for (const { name } of VIEWS) {
  const link = element("a", { href: `#${name}`, textContent: words[name] });
  link.dataset.view = name;
  link.onclick = (event) => { event.preventDefault(); show(name); };
  at("views").append(link);
}
at("views").append(element("span", { className: "step" }));
(async () => {
  const code = at("corner").querySelector("img"), here = new URL(".", location.href).href;
  let told;
  while ((told = await room.ask(`lecture/address?at=${encodeURIComponent(here)}`)).isLost) await pause(POLL_MS);
  Object.assign(words, { address: told.shown, reach: told.reach });
  at("address").textContent = told.reach ? words.this_machine : told.shown;
  if (!told.reach) Object.assign(code, { src: told.code, alt: words.code, hidden: false });
  for (;;) { await poll(); await pause(POLL_MS); } })();
