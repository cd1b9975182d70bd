// Listens to the canvas and shows answers while the pen still moves, and afterwards the timeline of the drawing. `Pen`
// is in ink/pen.js.
const PLACES = {
  outcome: ".st-key-agreement .told",
  seen: ".st-key-seen .told",
  left: ".st-key-answer_left .told",
  right: ".st-key-answer_right .told",
};
const THIN_PX = 1.5; // least distance between two points that are sent while a stroke grows
const CANVAS_THIN_PX = 0.4; // the same, as the canvas itself uses it when a stroke is done
// The pause from an answer to the next question: at least; as a multiple of the time that the server took; at most,
// since one slow answer says little about the next.
const REST_MS = 200, REST_SHARE = 3, MOST_REST_MS = 1000;
const BUSY_MS = 400, TIMELINE_MS = 300, TRIES = 5;
const KEPT = "digitlab drawing"; // where the browser keeps the drawing while the page is loaded again
const REACH_PX = 4; // how far beside a stroke the eraser still touches it
const UNDO = ".st-key-undo button", PATIENCE_MS = 2000; // how long an undo waits for a report at most

export default function ({ data, parentElement, setTriggerValue }) {
  const root = parentElement.querySelector(".live") ?? parentElement;
  root.live ??= start(root, setTriggerValue);
  root.live(data);
}

function start(root, tell) {
  const status = Object.assign(document.createElement("p"), { className: "live-status" });
  status.setAttribute("role", "status");
  const along = document.createElement("div");
  along.className = "along";
  root.replaceChildren(status, along);

  let data = {}, revision = -1;
  const pen = new Pen(); // its strokes are what is on the canvas, with null for anything that was not drawn
  let version = 0, sent = 0, busy = false, timer = 0; // newest state; the state asked about; whether a question is open
  let newest = null; // the last answer, with its number of strokes
  let scrub = null; // the share of the drawing that the replay shows

  const say = (html) => { // to screen readers, and only once an answer is final
    const words = fragment(html).textContent.trim().replace(/\s+/g, " ");
    if (status.textContent !== words) status.textContent = words;
  };

  // ---- the pen

  // The canvas listens to mouse events, which know whole pixels only, and to touch events, which know parts of them.
  const asSeen = ({ pointerId, pointerType, clientX, clientY }) => (
    pointerType === "touch" ? { pointerId, clientX, clientY }
      : { pointerId, clientX: Math.floor(clientX), clientY: Math.floor(clientY) }
  );

  const down = (event) => {
    const paper = canvasOf(event, data.paper);
    if (paper && data.erases) return startErasing(event, paper);
    // With strokes on the canvas that this script never saw, only the script run can answer.
    if (!paper || pen.isDown || event.button > 0 || !data.strokes || data.count > pen.strokes.length) return;
    pen.down(asSeen(event), paper.getBoundingClientRect(), data.brush);
    scrub = null;
    replay();
    along.classList.add("old");
    say("");
    changed();
  };
  const move = (event) => erase(event) || (pen.move(asSeen(event)) && changed());
  const up = (event) => stopErasing(event) || (pen.up(event) && changed(true));
  const isReadable = () => pen.strokes.length > 0 && pen.strokes.every(Boolean);

  // ---- the eraser: strokes that it touches go when it is lifted

  let eraser = null; // its pointer, the place of the canvas, and the numbers of the strokes it has touched
  const startErasing = (event, paper) => {
    if (event.button > 0) return;
    eraser = { pointer: event.pointerId, box: paper.getBoundingClientRect(), touched: new Set() };
    erase(event);
  };
  const erase = ({ pointerId, clientX, clientY }) => {
    if (eraser?.pointer !== pointerId) return false;
    const { x, y, width } = eraser.box, scale = pen.side / width;
    const at = [(clientX - x) * scale, (clientY - y) * scale];
    pen.strokes.forEach((stroke, number) => {
      if (stroke && distance(at, stroke.points) <= stroke.brush / 2 + REACH_PX) eraser.touched.add(number);
    });
    return true;
  };
  const stopErasing = ({ pointerId }) => {
    if (eraser?.pointer !== pointerId) return false;
    // A digit of MNIST fills the canvas: it goes where no stroke was touched.
    const numbers = eraser.touched.size ? [...eraser.touched] : pen.strokes.flatMap((stroke, at) => stroke ? [] : [at]);
    eraser = null;
    if (numbers.length) tell("erased", numbers);
    return true;
  };
  let chosen = null; // by keyboard, the number of the stroke that Enter erases
  const choose = (event) => {
    const count = pen.strokes.length, step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
    if (!data.erases || !count || !event.target.matches?.(".st-key-canvas_frame")) return;
    if (step) {
      chosen = chosen === null ? (step > 0 ? 0 : count - 1) : (chosen + step + count) % count;
      replay();
      say(data.chosen.replace("{number}", chosen + 1).replace("{count}", count));
    } else if (event.key === "Enter" && chosen !== null) {
      tell("erased", [chosen]);
    } else return;
    event.preventDefault();
  };
  const withhold = (event) => { // from the canvas, which would draw
    if (data.erases && canvasOf(event, data.paper)) { event.stopImmediatePropagation(); event.preventDefault(); }
  };

  // ---- one question at a time, always about the newest state

  const changed = (now = false) => {
    version += 1;
    if (now) { clearTimeout(timer); timer = 0; }
    if (!timer) ask();
  };

  const later = (ms) => {
    clearTimeout(timer);
    timer = setTimeout(() => { timer = 0; ask(); }, ms);
  };

  const ask = async () => {
    if (busy || sent === version || !isReadable() || !root.isConnected) return;
    const mine = { revision, count: pen.strokes.length, final: !pen.isDown && scrub === null };
    busy = true;
    sent = version;
    const found = await post(data.paths[0], body(mine.final));
    busy = false;
    if (mine.revision === revision && found?.outcome && !(mine.final && pen.isDown)) show({ ...found, ...mine });
    if (found === null && mine.final) { // the script run has answered, or will in a moment
      planReported();
      return;
    }
    if (found === null) sent = -1; // refused, so ask again, even if the pen does not move
    const rest = found === null ? BUSY_MS : Math.max(REST_MS, REST_SHARE * (found.took_ms ?? 0));
    if (!pen.isDown && scrub === null) ask(); // the question at pen-up does not wait
    else later(Math.min(rest, MOST_REST_MS));
  };

  const body = (final) => ({
    ...pen.json(final ? CANVAS_THIN_PX : THIN_PX), models: data.models, final, share: scrub ?? 1,
  });

  const show = (found) => {
    newest = found;
    for (const name of Object.keys(PLACES)) paint(name);
    if (!found.final) return;
    say(found.outcome);
    plan(found.is_one);
  };

  const paint = (name) => {
    const place = document.querySelector(PLACES[name]);
    if (!place || !newest[name] || +place.dataset.revision !== newest.revision) return; // cleared or undone meanwhile
    const isLate = !newest.final && !pen.isDown && scrub === null && +place.dataset.count >= newest.count;
    if (isLate) return; // the script run has already answered the whole stroke
    const fresh = fragment(newest[name]);
    fresh.firstElementChild.classList.toggle("moving", !newest.final);
    morph(place, fresh);
    place.painted = newest;
  };

  // A script run that began before the last stroke writes an older answer, which is painted over before anyone sees it.
  const guard = new MutationObserver(() => {
    if (!root.isConnected) return stop();
    if (newest?.revision !== revision) return;
    for (const [name, selector] of Object.entries(PLACES)) {
      const place = document.querySelector(selector), of = place?.dataset;
      const isOlder = place && +of.revision === revision && +of.count < newest.count;
      if (isOlder && place.painted !== newest) paint(name);
    }
    guard.takeRecords();
  });

  // ---- undo

  // If an undo overtook the canvas's report of the last stroke, it would take back the stroke before it. So it is held
  // back until the script run knows all strokes that are finished.
  let undos = 0, patience = 0, isReleased = false;
  const isReported = () => !data.strokes || data.count >= pen.finished;
  const hold = (event) => {
    if (!isUndo(event) || isReleased || isReported()) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    undos += 1;
    clearTimeout(patience);
    patience = setTimeout(release, PATIENCE_MS);
  };
  const release = () => { // one; after its script run the next
    clearTimeout(patience);
    if (!undos) return;
    undos -= 1;
    isReleased = true;
    document.querySelector(UNDO)?.click();
    isReleased = false;
  };

  // ---- the timeline

  let planned = 0, asked = -1; // the state of the drawing whose timeline is on its way
  const plan = (isOne, tries = TRIES) => {
    clearTimeout(planned);
    if (!isOne || !isReadable()) { along.replaceChildren(); return; }
    const mine = version;
    if (asked === mine) return;
    planned = setTimeout(async () => {
      if (mine !== version || pen.isDown || !root.isConnected) return;
      asked = mine;
      const found = await post(data.paths[1], body(true));
      if (asked === mine) asked = -1;
      if (mine !== version) return;
      if (found?.html) draw(found.html);
      else if (tries > 1) plan(isOne, tries - 1);
    }, TIMELINE_MS * (TRIES + 1 - tries));
  };

  // For a drawing that only the script run has answered; another answer that is on its way plans its own timeline.
  const planReported = () => {
    if (!busy && !pen.isDown && pen.strokes.length === data.count) plan(data.is_one);
  };

  const draw = (html) => {
    along.classList.remove("old");
    along.replaceChildren(fragment(html));
    const slider = along.querySelector("input");
    const mark = along.querySelector("line");
    slider.onpointerup = () => slider.blur(); // otherwise it would swallow the keys of the page
    slider.oninput = () => {
      const share = slider.value / 100;
      mark.setAttribute("x1", 100 * share);
      mark.setAttribute("x2", 100 * share);
      slider.ariaValueText = slider.dataset.said.replace("{share}", `${slider.value}%`);
      scrub = share < 1 ? share : null;
      replay();
      changed(scrub === null);
    };
  };

  // Over the canvas, the part of the drawing that the slider shows, or the stroke that is chosen.
  let film = null;
  const replay = () => {
    const frame = document.querySelector(".st-key-canvas_frame > :first-child");
    if ((scrub === null && chosen === null) || !frame) { film?.remove(); return; }
    film ??= Object.assign(document.createElement("canvas"), { className: "film", width: pen.side, height: pen.side });
    film.ariaHidden = "true";
    frame.append(film);
    const part = new Pen(pen.side), isChosen = scrub === null;
    film.classList.toggle("chosen", isChosen);
    part.strokes = isChosen ? [pen.strokes[chosen]].filter(Boolean) : cut(pen.strokes, scrub);
    part.paint(Object.assign(film.getContext("2d"), { strokeStyle: isChosen ? "#c2459a" : "#111" }));
  };

  // ---- while the page is loaded again

  const isAgain = ["reload", "back_forward"].includes(performance.getEntriesByType("navigation")[0]?.type);
  let isFirst = !window.digitlabDrawing; // of this page
  window.digitlabDrawing = true;
  const keep = () => {
    if (data.link === null) return;
    const kept = stored();
    if (isFirst && isAgain && kept !== null && kept !== data.link) {
      isFirst = false;
      tell("kept", kept);
      return;
    }
    isFirst = false;
    stored(data.link);
    const url = new URL(location.href), linked = url.searchParams.get("drawing");
    if (linked === null || linked === data.link || !data.revision) return;
    url.searchParams.delete("drawing"); // the address no longer names what is on the canvas
    history.replaceState(history.state, "", url);
  };

  const forget = () => {
    newest = scrub = chosen = null;
    replay();
    clearTimeout(planned);
    along.replaceChildren();
  };

  const events = {
    pointerdown: down, pointermove: move, pointerup: up, pointercancel: up, click: hold,
    keydown: (event) => { hold(event); choose(event); },
    mousedown: withhold, touchstart: withhold,
  };
  for (const [name, listener] of Object.entries(events)) {
    addEventListener(name, listener, { capture: true, passive: false });
  }
  guard.observe(document.body, { childList: true, subtree: true });
  const stop = () => {
    for (const [name, listener] of Object.entries(events)) removeEventListener(name, listener, true);
    guard.disconnect();
  };

  return (told) => { // after every script run
    const drawing = pen.isDown ? [pen.strokes.at(-1)] : []; // a stroke that is being drawn stays
    const others = String(told.models) !== String(data.models);
    data = told;
    keep();
    if (data.revision !== revision || !data.strokes) {
      revision = data.revision;
      pen.side = data.side;
      pen.strokes = [...(data.strokes ?? []), ...drawing];
      version += 1;
      sent = version;
      forget();
      if (drawing.length) changed(); // even if the pen rests
    }
    if (others || !newest) planReported();
    if (!isReported()) return;
    if (undos) setTimeout(release);
    if (!pen.isDown) say(data.said);
  };
}

function canvasOf(event, paper) {
  const frame = document.querySelector(".st-key-canvas_frame");
  return frame?.contains(event.target) ? event.composedPath().find((element) => element.matches?.(paper)) : null;
}

// How far a point is from a line, in px.
function distance([x, y], line) {
  let least = Infinity;
  line.forEach(([toX, toY], at) => {
    const [fromX, fromY] = line[Math.max(0, at - 1)], [across, down] = [toX - fromX, toY - fromY];
    const along = ((x - fromX) * across + (y - fromY) * down) / (across ** 2 + down ** 2 || 1);
    const share = Math.min(1, Math.max(0, along));
    least = Math.min(least, Math.hypot(x - fromX - share * across, y - fromY - share * down));
  });
  return least;
}

// The first part of strokes, by the length of their lines.
function cut(strokes, share) {
  const steps = ({ points }) => points.slice(1).map(([x, y], at) => Math.hypot(x - points[at][0], y - points[at][1]));
  let left = share * strokes.flatMap(steps).reduce((sum, step) => sum + step, 0);
  return strokes.flatMap((stroke) => {
    if (left <= 0) return [];
    const points = stroke.points.slice(0, 1);
    for (const [at, step] of steps(stroke).entries()) {
      if (left <= 0) break;
      points.push(stroke.points[at + 1]);
      left -= step;
    }
    return [{ ...stroke, points }];
  });
}

// What the browser keeps for this window, if it keeps anything.
function stored(text) {
  try {
    return text === undefined ? sessionStorage.getItem(KEPT) : sessionStorage.setItem(KEPT, text);
  } catch {
    return null;
  }
}

function isUndo({ type, target, ctrlKey, metaKey, shiftKey, key }) {
  if (type === "click") return target.closest?.(UNDO);
  return (ctrlKey || metaKey) && !shiftKey && key === "z" && !target.closest?.("input, textarea");
}

async function post(path, asked) {
  try {
    const reply = await fetch(path, {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked),
    });
    return reply.ok ? await reply.json() : null;
  } catch {
    return null; // no connection, which Streamlit itself shows
  }
}

function fragment(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// Changes only what differs and leaves the rest in place, so that bars glide.
function morph(old, fresh) {
  if (old.nodeType === Node.TEXT_NODE) {
    if (old.data !== fresh.data) old.data = fresh.data;
    return;
  }
  if (fresh.nodeType === Node.ELEMENT_NODE) {
    for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
    for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  }
  const pieces = [...old.childNodes];
  [...fresh.childNodes].forEach((piece, at) => {
    const before = pieces[at];
    if (!before) old.append(piece);
    else if (before.nodeType !== piece.nodeType || before.nodeName !== piece.nodeName) before.replaceWith(piece);
    else morph(before, piece);
  });
  pieces.slice(fresh.childNodes.length).forEach((piece) => piece.remove());
}
