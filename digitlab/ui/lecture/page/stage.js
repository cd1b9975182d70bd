// A canvas as large as the screen allows, and beside it what the two networks say or, in the same place, why.
import { Pen } from "./pen.js";

const REST_MS = 200, MOST_REST_MS = 1000, BUSY_MS = 400; // between an answer and the next question; when the server is busy
const pen = new Pen(280);
const models = ["dnn", "cnn"];
let parts = {}, version = 0, sent = 0, busy = false, timer = 0, isWhy = false, found = null;

export default {
  name: "stage",
  keys: [
    ["c", "clear", () => { pen.strokes = []; changed(); }],
    ["u", "undo", () => { pen.strokes.pop(); changed(); }],
    ["s", "swap", () => { models.reverse(); changed(); }],
    ["e", "explain", () => explain(!isWhy)],
  ],

  open(place, room) {
    const { element, words } = room;
    const paper = element("canvas", { ariaLabel: words.canvas, tabIndex: 0 });
    const [verdict, left, right, said, maps] = ["verdict", "left", "right", "reason", "maps"].map((className) => element("div", { className }));
    parts = { paper, verdict, left, right, said, maps, place, room };
    verdict.setAttribute("role", "status");
    said.setAttribute("role", "status");
    place.append(element("div", { className: "paper" }, paper), element("div", { className: "answers" }, verdict, said, left, right, maps));
    // After a flick, Chromium would swallow the next tap, as the end of a scroll.
    paper.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
    paper.onpointerdown = (event) => {
      if (pen.isDown || event.button > 0) return;
      paper.setPointerCapture(event.pointerId);
      explain(false);
      pen.down(event, paper.getBoundingClientRect(), words.brush);
      changed();
    };
    paper.onpointermove = (event) => {
      if (event.pointerId !== pen.pointer) return;
      for (const part of event.getCoalescedEvents?.() ?? [event]) pen.move(part);
      changed();
    };
    paper.onpointerup = paper.onpointercancel = (event) => { if (pen.up(event)) changed(); };
    parts.fit = () => {
      paper.width = paper.height = paper.clientWidth * devicePixelRatio;
      const context = paper.getContext("2d");
      context.scale(paper.width / words.side, paper.height / words.side);
      context.strokeStyle = "#111";
      pen.paint(context);
    };
    addEventListener("resize", parts.fit);
    parts.fit();
    paint();
    this.turn(room);
  },

  turn(room) { explain(room.argument === "why"); },

  close() {
    removeEventListener("resize", parts.fit);
    clearTimeout(timer);
    timer = 0;
    pen.pointer = null;
    parts = {};
  },
};

function changed() {
  if (!parts.paper) return;
  pen.paint(parts.paper.getContext("2d"));
  version += 1;
  if (!pen.strokes.length) {
    found = null;
    isWhy = false;
    paint();
  } else if (!pen.isDown || !timer) {
    clearTimeout(timer);
    timer = 0;
    ask();
  }
}

const asked = (final) => ({ ...pen.json(final ? 0 : 1.5), models, final, share: 1 });

async function ask() { // one question at a time, always about the newest state
  if (busy || sent === version || !pen.strokes.length || !parts.room) return;
  busy = true;
  sent = version;
  const mine = version, final = !pen.isDown, { room } = parts;
  const told = await room.ask("live/answer", asked(final));
  busy = false;
  if (pen.strokes.length && !told.problem && (mine === version || !final)) {
    found = told;
    paint();
  }
  const isAgain = told.isLost || told.isBusy;
  if (isAgain && mine === version) sent = -1;
  clearTimeout(timer);
  timer = 0;
  if (told.problem && final && !isAgain) {
    if (mine === version) room.say(told.problem);
    return;
  }
  const rest = told.problem ? BUSY_MS : Math.min(MOST_REST_MS, Math.max(REST_MS, 3 * told.took_ms));
  timer = setTimeout(() => { timer = 0; ask(); }, pen.isDown || told.problem ? rest : 0);
}

function paint() {
  const { place, verdict, left, right, said, maps, room } = parts;
  if (!place) return;
  place.classList.toggle("explaining", isWhy);
  for (const part of [verdict, left, right]) part.hidden = isWhy;
  for (const part of [said, maps]) part.hidden = !isWhy;
  parts.fit();
  if (found) {
    Object.assign(verdict, { innerHTML: found.outcome });
    Object.assign(left, { innerHTML: found.left });
    Object.assign(right, { innerHTML: found.right });
  } else {
    verdict.replaceChildren(room.element("p", { className: "agreement", textContent: room.words.prompt }));
    const cards = models.map((name) => room.element("section", { className: `card ${name} empty` },
      room.element("header", {}, room.element("b", { textContent: name.toUpperCase() }))));
    left.replaceChildren(cards[0]);
    right.replaceChildren(cards[1]);
  }
}

async function explain(on) {
  const { room, said, maps } = parts;
  if (!room) return;
  isWhy = on && pen.strokes.length > 0;
  if (on && !isWhy) room.say(room.words.nothing_to_explain);
  paint();
  if (!isWhy) return;
  said.replaceChildren(room.element("p", { className: "why", textContent: room.words.explaining }));
  maps.replaceChildren();
  const mine = version, told = await room.ask("lecture/why", asked(true));
  if (mine !== version || !isWhy || !parts.room) return;
  if (told.problem) {
    isWhy = false;
    paint();
    room.say(told.problem);
    return;
  }
  said.innerHTML = told.said;
  maps.innerHTML = told.figures;
}
