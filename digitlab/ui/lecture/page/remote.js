// The presenter's phone: on, back, freeze, hide, and the drawings that wait for approval.
import { approve } from "./approve.js";
import { acts, ask, element, inTurn, pause, words } from "./asking.js";

const POLL_MS = 700;
const main = document.getElementById("remote");
const room = {
  state: {}, words, element, ask,

  async act(act, fields) {
    const told = await inTurn(room, act, fields);
    room.say(told.problem ?? "");
    await look();
    return told;
  },

  say(text) { status.textContent = text; },
};

const status = element("p", { className: "quiet" });
status.setAttribute("role", "status");
const where = element("p", { className: "quiet" }), said = element("p", { className: "said" });
const back = element("button", { textContent: words.previous, onclick: () => room.act("move", { by: -1 }) });
const next = element("button", { className: "main", textContent: words.next, onclick: () => room.act("move", { by: 1 }) });
const freeze = element("button", { onclick: () => room.act("freeze", () => ({ on: !room.state.frozen })) });
const hide = element("button", { textContent: words.hide_newest, onclick: () => room.act("hide_newest") });
const queue = element("section");
const control = element("section", { className: "control", hidden: true },
  element("div", { className: "row" }, back, next), element("div", { className: "row even" }, freeze, hide), queue);
const password = element("input", { type: "password", autocomplete: "current-password", required: true });
const form = element("form", { hidden: true }, element("label", {}, words.password, password), element("button", { className: "main", textContent: words.give }));
form.onsubmit = async (event) => {
  event.preventDefault();
  const told = await room.ask(words.unlocking, { page: words.page, password: password.value });
  room.say(told.problem ?? "");
  if (told.problem) password.select();
  await look();
};
main.append(element("h1", { textContent: words.remote }), where, said, form, control, status);

let looks = 0;
async function look() {
  const before = acts, mine = ++looks;
  const state = await room.ask("lecture/state");
  if (acts !== before || mine < looks) return; // a newer look is on its way
  if (state.problem) { room.say(state.problem); return; }
  if (status.textContent === words.lost) room.say("");
  room.state = state;
  const { at, view, steps } = state.place, [of, , text] = steps[at];
  where.textContent = `${at + 1} / ${steps.length} · ${words[view ?? of]}`;
  said.textContent = view === null ? text : "";
  control.hidden = !state.presenter;
  form.hidden = state.presenter || !words.has_password;
  if (!state.presenter && !words.has_password) room.say(words.public);
  freeze.textContent = state.frozen ? words.unfreeze : words.freeze_wall;
  freeze.setAttribute("aria-pressed", !!state.frozen);
  if (state.presenter) approve(queue, room);
}

(async () => { for (;;) { await look(); await pause(POLL_MS); } })();
