const at = (id) => document.getElementById(id), paper = at("paper"), context = paper.getContext("2d");
const RETRY_MS = 1500, NEXT_MS = 1200, AGAIN_MS = 4000, POST_MS = 20000, PHOTO_MS = 120000, MOST_PX = 1600, NOBODY = -1;
const words = JSON.parse(at("words").textContent), { side, brush } = paper.dataset, pen = new Pen(+side);
const { lang } = document.documentElement; // in which the page is answered
let token, labelled = null, version = 0, shown = null, busy = Promise.resolve();
let keep = { yes: true, no: false }[localStorage.getItem("keep")] ?? null;
let news = {}, until = null; // what the server has told, and when the phase ends
let label = null, said = null; // what its author says of a drawing that is to fool; what was said of the drawing that is judged
let choosing = null; // what a digit that is tapped is for
let votes = 0; // sent so far

const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (one) => one.toString(16).padStart(2, "0")).join("");
const phone = localStorage.getItem("phone") ?? fresh(); // known to nobody else; what was won belongs to it
localStorage.setItem("phone", phone);

function order() { // grows with every message, so that the server can tell which is newer
  const next = 1 + Number(localStorage.getItem("order") ?? 0);
  localStorage.setItem("order", next);
  return next;
}

const say = (text) => { if (at("say").textContent !== text) at("say").textContent = text; };

// ---- the paper

function fit() {
  paper.width = paper.height = paper.clientWidth * (devicePixelRatio || 1);
  context.scale(paper.width / side, paper.height / side);
  context.strokeStyle = "#111";
  pen.box = paper.getBoundingClientRect();
  pen.paint(context);
}

// A stroke that ends in a flick would otherwise count as a fling of the page, and the browser takes the next tap, on
// a button, for the finger that stops it.
paper.addEventListener("touchstart", (event) => event.preventDefault(), { passive: false });
paper.onpointerdown = (event) => {
  if (pen.isDown) return; // ignores a second finger
  if (token === labelled) clear(); // the last drawing has its label, so this is a new one
  paper.setPointerCapture(event.pointerId);
  pen.down(event, paper.getBoundingClientRect(), +brush);
  drawn(true);
  pen.paint(context);
};
paper.onpointermove = (event) => {
  if (event.pointerId !== pen.pointer) return;
  for (const part of event.getCoalescedEvents?.() ?? [event]) pen.move(part);
  pen.paint(context);
};
paper.onpointerup = paper.onpointercancel = (event) => pen.up(event) && read();

function picture(base64) { // 28 x 28, in the place of the paper; none hides it
  at("shown").hidden = !base64;
  if (!base64 || at("shown").dataset.is === base64) return;
  at("shown").dataset.is = base64;
  paintPixels(at("shown"), base64, true);
}

// ---- what is sent

async function post(path, body, isWanted = () => true, photo = null) { // repeated until it has arrived, so that nothing is lost to a lost connection
  const sent = photo
    ? [`${path}?lang=${lang}&asked=${encodeURIComponent(JSON.stringify(body))}`, { "Content-Type": photo.type || "image/jpeg" }, photo]
    : [`${path}?lang=${lang}`, { "Content-Type": "application/json" }, JSON.stringify(body)];
  for (;;) {
    try {
      const reply = await fetch(sent[0], { method: "POST", headers: sent[1], body: sent[2], signal: AbortSignal.timeout?.(photo ? PHOTO_MS : POST_MS) });
      if (reply.status < 500) return await reply.json();
      say((await reply.json()).problem);
    } catch { say(words.lost); }
    await new Promise((then) => setTimeout(then, RETRY_MS));
    if (!isWanted()) return null;
  }
}

const playing = (...phases) => (phases.includes(news.round?.phase) ? news.round : null);
const inRound = () => {
  const round = playing("draw");
  return round ? { phone, round: round.number, order: order(), label: round.kind === "fool" ? label : null } : {};
};

function read(photo = null) {
  if (playing("draw")?.kind === "fool" && label === null) { choose("label"); return; }
  const mine = ++version, isWanted = () => mine === version; // else a newer state is on its way
  const body = { token, ...inRound(), ...(photo ? {} : { ...pen.json(), keep }) };
  drawn(true);
  at("clear").hidden = false;
  at("photo").hidden = true;
  busy = busy.then(() => (isWanted() ? post(photo ? "play/photo" : "play/drawing", body, isWanted, photo) : null)).then((found) => {
    if (!found || !isWanted()) return;
    if (found.picture) picture(found.picture);
    show(found.problem ? null : found);
    say(found.problem ?? found.said);
  });
}

function show(found) {
  shown = found;
  document.querySelectorAll("#answers section").forEach((card, n) => {
    const one = found?.answers[n];
    card.querySelector("b").textContent = one?.digit ?? "";
    card.querySelector("i").textContent = one?.beside ?? "";
    card.classList.toggle("doubted", !!one && !one.is_digit);
  });
  buttons();
}

function buttons() {
  const isFooling = playing("draw")?.kind === "fool", isDone = token === labelled;
  at("right").textContent = isFooling ? words.mine.replace("{digit}", label ?? "…") : shown?.offer ?? words.right;
  at("right").disabled = !isFooling && (!shown || isDone || shown.guess === null); // nothing is offered that nobody says
  at("wrong").disabled = !shown || isDone || shown.digits > 1;
  at("wrong").hidden = isFooling;
}

async function confirm(digit) {
  const mine = token, who = shown.who_was_right.at(digit);
  labelled = mine;
  choose(null);
  await busy; // a label that overtook the last stroke would be taken off by it
  const found = await post("play/label", { token: mine, label: digit });
  if (token !== mine) return;
  const told = found.kept ? words.thanks : found.waits && keep ? words.waits : "";
  say(found.problem ?? `${who} ${told}`.trim());
  setTimeout(() => token === mine && clear(), NEXT_MS);
}

const drawn = (is) => document.body.classList.toggle("drawn", is);

function clear() {
  pen.strokes = []; pen.pointer = null; token = fresh(); version++;
  picture(null);
  show(null); choose(null); pen.paint(context);
  drawn(false);
  at("clear").hidden = true;
  at("photo").hidden = false;
  say(words.prompt);
}

// ---- which digit it is: of an own drawing, before one that is to fool, of somebody else's, or what a network will say

function choose(what) {
  const isNew = what !== choosing, had = at("digits").contains(document.activeElement);
  choosing = what;
  at("digits").hidden = !what || what === "wait";
  at("ask").hidden = at("keep").hidden = !!what;
  const isLeft = what === "mine" || (what === "label" && label !== null);
  at("digits").querySelector(".back").classList.toggle("away", !isLeft);
  at("digits").querySelector(".none").classList.toggle("away", what === "label");
  document.body.classList.toggle("asked", ["judge", "guess", "wait"].includes(what));
  for (const one of at("digits").children) one.classList.toggle("said", !!what && +one.value === { label, guess: news.voted }[what]);
  if (isNew && !at("digits").hidden && what !== "guess") at("digits").querySelector("button").focus({ preventScroll: true });
  else if (!what && had) (at("wrong").disabled || at("wrong").hidden ? at("right") : at("wrong")).focus({ preventScroll: true });
  buttons();
}

function chosen(digit) {
  if (choosing === "mine") return confirm(digit);
  if (choosing === "label") {
    label = digit;
    choose(null);
    say(words.fool_now.replace("{digit}", digit));
    if (pen.strokes.length && !pen.isDown) read();
    return null;
  }
  return vote(digit, choosing === "judge" ? news.judge.about : "");
}

async function vote(choice, about) {
  const { number, phase } = news.round, mine = ++votes; // else an older answer could replace a newer one
  const isWanted = () => mine === votes && news.round?.number === number && news.round.phase === phase;
  said = about || null;
  if (about) { picture(null); choose("wait"); say(words.counted); }
  else { news.voted = choice; choose("guess"); }
  const told = await post("play/vote", { phone, round: number, order: order(), choice, about }, isWanted);
  if (!told || !isWanted()) return;
  if (told.problem) say(told.problem);
  else { Object.assign(news, { judge: null }, told); said = null; play(); }
}

function back() {
  if (choosing === "mine" || (choosing === "label" && label !== null)) choose(null);
}

// ---- what the server tells: rounds, points, and what is true of the whole room

function hear(told) {
  const before = news.round;
  news = told;
  until = told.left === undefined ? null : performance.now() + 1000 * told.left;
  if (told.round?.number !== before?.number || told.round?.phase !== before?.phase) begin(before);
  play();
}

function begin(before) { // another round, or another phase of it
  const { round } = news, isNew = round?.number !== before?.number;
  if (isNew) { label = news.label ?? null; said = null; }
  if (round && (round.phase !== "result" || before)) {
    if (isNew || round.phase !== "result" || choosing || !at("shown").hidden) clear();
    if (round.phase === "draw" && navigator.vibrate) navigator.vibrate(80);
  } else if (!round && (choosing === "judge" || choosing === "guess" || choosing === "wait" || choosing === "label")) clear();
}

function play() {
  const { round } = news, phase = round?.phase;
  document.body.classList.toggle("playing", !!round);
  const hall = [news.frozen, news.approval].filter(Boolean).join(" ");
  const task = round ? round.task || [news.outcome, news.standing].filter(Boolean).join(" ") : hall || news.standing || "";
  if (at("task").textContent !== task) at("task").textContent = task;
  at("me").hidden = !news.name || !!round;
  at("me").textContent = news.name ?? "";
  if (phase === "draw" && round.kind === "fool") {
    label ??= news.label ?? null;
    if (label === null && choosing !== "label") { choose("label"); say(words.fool_first); } else buttons();
  } else if (phase === "judge" && said === null) {
    picture(news.judge?.picture);
    choose(news.judge ? "judge" : "wait");
    say(news.judge ? words.judge : words.no_more);
  } else if (phase === "vote") {
    picture(round.picture);
    choose("guess");
    say(news.voted === null ? words.vote : words.voted.replace("{answer}", news.voted === NOBODY ? words.none : news.voted));
  } else if (choosing !== "mine") buttons();
  tick();
}

function tick() {
  const left = until === null ? null : Math.max(0, Math.ceil((until - performance.now()) / 1000));
  at("left").hidden = left === null;
  at("left").textContent = left ?? "";
  at("left").classList.toggle("short", left !== null && left <= 5);
}

let source = null, timer = 0;
function connect() {
  clearTimeout(timer);
  source?.close();
  source = null;
  if (document.hidden) return; // told anew once it is seen again
  source = new EventSource(`play/news?lang=${lang}&phone=${phone}`);
  source.onmessage = (event) => hear(JSON.parse(event.data));
  source.onerror = () => { // it tries again by itself unless it was refused
    if (source?.readyState === EventSource.CLOSED) timer = setTimeout(connect, AGAIN_MS * (0.5 + Math.random()));
  };
}

// ---- photos and names

at("photo").onclick = () => at("file").click();
at("file").onchange = async () => {
  const [file] = at("file").files;
  at("file").value = "";
  if (!file) return;
  say(words.reading);
  token = token === labelled ? fresh() : token;
  read(await small(file));
};

async function small(file) { // at most `MOST_PX` wide and high; a kind that this browser cannot open is sent as it is
  try {
    const image = await createImageBitmap(file), scale = Math.min(1, MOST_PX / Math.max(image.width, image.height));
    const sheet = Object.assign(document.createElement("canvas"), { width: image.width * scale, height: image.height * scale });
    sheet.getContext("2d").drawImage(image, 0, 0, sheet.width, sheet.height);
    return await new Promise((then) => sheet.toBlob((made) => then(made ?? file), "image/jpeg", 0.85));
  } catch { return file; }
}

at("me").onclick = () => { at("name").value = news.name; at("naming_hint").textContent = words.name_hint; at("naming").showModal(); at("name").select(); };
at("leave").onclick = () => at("naming").close();
at("naming").querySelector("form").onsubmit = async (event) => {
  event.preventDefault();
  const told = await post("play/name", { phone, name: at("name").value }, () => at("naming").open);
  if (!told) return;
  if (told.problem) { at("naming_hint").textContent = told.problem; at("name").select(); return; }
  Object.assign(news, told);
  at("naming").close();
  play();
};

// ---- buttons

function allow(answer) {
  keep = answer;
  localStorage.setItem("keep", answer ? "yes" : "no");
  pressed();
  if (pen.strokes.length && !pen.isDown) read(); // a drawing that is on the paper is now kept, or forgotten
}

function pressed() {
  at("yes").setAttribute("aria-pressed", keep === true);
  at("no").setAttribute("aria-pressed", keep === false);
}

function button(value, text, className = "word") {
  const made = Object.assign(document.createElement("button"), { value, textContent: text, className });
  made.onclick = () => (className.includes("back") ? back() : chosen(+value));
  return made;
}

const digits = Array.from({ length: 10 }, (_, digit) => button(digit, digit, ""));
at("digits").append(...digits.slice(0, 5), button(NOBODY, words.none, "word none"), ...digits.slice(5), button("", words.back, "word back"));
at("right").onclick = () => (playing("draw")?.kind === "fool" ? choose("label") : confirm(shown.guess));
at("wrong").onclick = () => choose("mine");
at("clear").onclick = clear;
at("yes").onclick = () => allow(true);
at("no").onclick = () => allow(false);
addEventListener("keydown", (event) => { if (event.key === "Escape" && !at("naming").open) back(); });
addEventListener("resize", fit);
document.addEventListener("visibilitychange", connect);
addEventListener("online", connect);
addEventListener("pageshow", (event) => event.persisted && connect());
setInterval(tick, 250);
pressed(); clear(); fit(); connect();
