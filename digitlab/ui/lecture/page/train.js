// One network learns: its accuracy as a curve, and in the end the challenger beside the model in service.
const WIDE = 1000, HIGH = 560, SVG = "http://www.w3.org/2000/svg";
let parts = null, isConfirming = false, asked = null, isStarting = false;

const network = (room) => room.argument || room.words.train_network;
const challenger = (room) => room.state.training?.challenger;

const train = {
  name: "train",
  keys: [
    ["s", "train_start", start],
    ["d", "train_discard", (room) => room.act("train_discard")],
    ["p", "train_promote", promote],
    ["k", "train_keep", (room) => decide(room, "train_keep")],
    ["b", "train_roll_back", (room) => decide(room, "train_roll_back", { previous: room.state.training?.previous ?? null })],
  ],

  open(place, room) {
    const { element, words } = room;
    const [headline, now, left, said, keys] = ["headline", "now", "left", "said", "keys"].map((className) => element("p", { className }));
    headline.setAttribute("role", "status");
    const chart = document.createElementNS(SVG, "svg");
    chart.setAttribute("viewBox", `0 0 ${WIDE} ${HIGH}`);
    chart.setAttribute("preserveAspectRatio", "none");
    chart.setAttribute("role", "img");
    chart.setAttribute("aria-label", `${words.in_training}, ${words.on_validation}`); // the words beside it say how much
    const legend = element("ul", { className: "legend" }, ...["in_training", "on_validation", "in_service"].map((name) => element("li", { className: name, textContent: words[name] })));
    const axes = element("div", { className: "axes", ariaHidden: "true" }), changes = element("ul", { className: "changes" });
    parts = { place, room, headline, now, left, said, keys, chart, axes, changes, drawn: "" };
    place.append(headline, element("div", { className: "chart" }, chart, axes, changes, legend), element("aside", {}, now, left), said, keys);
  },

  show({ training, presenter }, room) {
    if (!training) return;
    const { words } = room, { headline, now, left, said, keys, place } = parts, { job, hindrance, problem, previous } = training;
    const waits = challenger(room);
    if (waits?.name !== asked) isConfirming = false;
    if (job?.active) isStarting = false;
    const invite = (presenter ? words.invite : words.ready_to_learn).replace("{network}", network(room).replace(/^(dnn|cnn)$/, (name) => name.toUpperCase())).replace("{seconds}", words.train_seconds);
    headline.textContent = problem ?? (isStarting ? words.starting : job?.headline ?? hindrance ?? invite);
    now.textContent = job?.now ?? "";
    left.textContent = job?.left ?? "";
    said.replaceChildren(...(isConfirming ? [waits.means] : waits?.said ?? []).map((text) => room.element("span", { textContent: text })));
    const again = job && !job.active && !hindrance ? invite : "";
    keys.textContent = !presenter ? "" : isConfirming ? words.decide_really : waits ? words.decide : previous ? words.undo_promotion : again;
    place.classList.toggle("learning", !!job);
    place.classList.toggle("confirming", isConfirming);
    if (job) paint(job);
  },

  escape(room) {
    if (!isConfirming) return false;
    isConfirming = false;
    this.show(room.state, room);
    return true;
  },

  close() {
    parts = null;
    isConfirming = false;
  },
};
export default train;

async function start(room) {
  isStarting = true;
  parts.headline.textContent = room.words.starting;
  await room.act("train_start", { network: network(room) });
  isStarting = false;
}

function promote(room) {
  if (!challenger(room) || isConfirming) { decide(room, "train_promote"); return; }
  asked = challenger(room).name;
  isConfirming = true; // the second time it is done; before, the view says what it means
  train.show(room.state, room);
}

// What is decided about is named, so that it is no other, which nobody has seen.
async function decide(room, act, about = { name: challenger(room)?.name ?? null }) {
  isConfirming = false;
  const { said } = await room.act(act, about);
  if (said) room.say(said);
}

// ---- the curve

function paint(job) {
  const text = JSON.stringify([job.curve, job.validation, job.marks, job.service, job.epochs, innerWidth, parts.changes.offsetHeight]);
  if (text === parts.drawn) return;
  parts.drawn = text;
  const points = [...job.curve, ...job.validation];
  const low = Math.min(0.9, Math.floor(10 * Math.min(1, ...points.map(([, accuracy]) => accuracy))) / 10);
  const x = (epoch) => (WIDE * epoch) / job.epochs, y = (accuracy) => HIGH * (1 - (accuracy - low) / (1 - low));
  const shape = (name, given) => {
    const made = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(given)) made.setAttribute(key, value);
    return made;
  };
  const line = (of) => of.map(([epoch, accuracy]) => `${x(epoch)},${y(accuracy)}`).join(" ");
  const steps = [low, (low + 1) / 2, 1];
  parts.chart.replaceChildren(
    ...steps.map((at) => shape("line", { class: "grid", x1: 0, x2: WIDE, y1: y(at), y2: y(at) })),
    ...(job.service ? [shape("line", { class: "in_service", x1: 0, x2: WIDE, y1: y(job.service), y2: y(job.service) })] : []),
    ...job.marks.map(([at]) => shape("line", { class: "change", x1: x(at), x2: x(at), y1: 0, y2: HIGH })),
    shape("polyline", { class: "in_training", points: line(job.curve) }),
    shape("polyline", { class: "on_validation", points: line(job.validation) }),
  );
  const { element, words } = parts.room, per = new Intl.NumberFormat(document.documentElement.lang, { style: "percent", maximumFractionDigits: 3 }).format;
  const label = (textContent, left, top, className) => {
    const made = element("span", { textContent, className });
    made.style.cssText = `left: ${left}%; top: ${top}%`;
    return made;
  };
  parts.axes.replaceChildren(
    ...steps.map((at) => label(per(at), 0, (100 * y(at)) / HIGH, "share")),
    ...Array.from({ length: Math.min(job.epochs, 10) }, (_, at) => {
      const epoch = Math.ceil(((at + 1) * job.epochs) / Math.min(job.epochs, 10));
      return label(at ? epoch : `${words.epoch} ${epoch}`, (100 * x(epoch)) / WIDE, 100, "epoch");
    }),
    ...job.validation.map(([epoch, accuracy]) => label("", (100 * x(epoch)) / WIDE, (100 * y(accuracy)) / HIGH, "point")),
  );
  tell(job.marks.map(([at, said]) => [x(at) / WIDE, said]));
}

// What was changed, each beside its line: the newest as low as it can stand, since the curves are mostly above, and older
// ones over those that they would cover. For what does not fit into the lower half, the line must do.
function tell(marks) {
  const told = [];
  parts.changes.replaceChildren();
  for (const [at, textContent] of [...marks].reverse()) {
    const one = parts.room.element("li", { textContent });
    const [side, share] = at > 0.5 ? ["right", at] : ["left", 1 - at];
    one.style.cssText = `${side}: ${100 - 100 * share}%; max-width: ${100 * share}%; text-align: ${side}; border-${side}: 0.8vh solid`;
    parts.changes.append(one);
    const { left, right, height } = one.getBoundingClientRect();
    const beside = told.filter((other) => left < other.right && other.left < right);
    const isFree = (low) => beside.every((other) => low + height <= other.low || other.low + other.height <= low);
    const low = [0, ...beside.map((other) => other.low + other.height)].sort((a, b) => a - b).find(isFree);
    if (low + height > parts.changes.offsetHeight / 2) one.remove();
    else {
      one.style.bottom = `${low}px`;
      told.push({ left, right, height, low });
    }
  }
}
