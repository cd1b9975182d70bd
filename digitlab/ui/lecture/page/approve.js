// On the presenter's phone: whether drawings wait for approval, and those that do.
import { paintPixels } from "./pixels.js";

let parts = null, mark = "", isAsking = false, seen = 0, queue = [];

export async function approve(place, room) {
  const { element, words, state } = room;
  if (parts?.place !== place) {
    const toggle = element("button", { onclick: () => room.act("approval", () => ({ on: !room.state.approval })) });
    const all = element("button", { textContent: words.approve_all, onclick: () => decide(room, "approve", queue) });
    const list = element("ul", { className: "queue" });
    parts = { place, toggle, all, list };
    place.className = "waiting";
    toggle.textContent = words.needs_approval;
    mark = "";
    place.replaceChildren(toggle, all, list);
  }
  parts.toggle.setAttribute("aria-pressed", !!state.approval);
  if (!state.waiting) {
    mark = "";
    queue = [];
    parts.list.replaceChildren();
  }
  parts.all.hidden = !state.waiting;
  if (isAsking || !state.waiting) return;
  isAsking = true;
  const told = await room.ask("lecture/act", { act: "waiting", mark });
  isAsking = false;
  if (told.problem) { room.say(told.problem); return; }
  mark = told.mark;
  seen = told.seen;
  if (told.drawings) list(room, told.drawings);
}

function list(room, drawings) {
  const { element, words } = room;
  queue = drawings.map(({ number }) => number);
  parts.list.replaceChildren(...drawings.map((one) => {
    const picture = element("canvas", { width: 28, height: 28 });
    paintPixels(picture, one.pixels);
    const button = (act) => element("button", { textContent: words[act], ariaLabel: `${words[act]}: ${one.said}`, onclick: () => decide(room, act, [one.number]) });
    return element("li", {}, picture, element("p", { textContent: one.said }), button("approve"), button("reject"));
  }));
}

function decide(room, act, numbers) { // only what this list shows, as it shows it
  return act === "approve" ? room.act("approve", { numbers, seen }) : room.act("reject", { number: numbers[0] });
}
