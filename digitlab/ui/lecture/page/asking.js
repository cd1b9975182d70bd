// What the lecture's page and the remote control share: their words, making elements, and asking the server.
const ROOT = new URL("../../", import.meta.url); // the folder below which the app is
export const words = JSON.parse(document.getElementById("words").textContent);

export const pause = (ms) => new Promise((then) => setTimeout(then, ms));

export function element(name, given = {}, ...inside) {
  const made = Object.assign(document.createElement(name), given);
  made.append(...inside);
  return made;
}

// A connection that has silently gone is waited for no longer than this: to start a training takes some seconds.
const LOOK_MS = 8000, ACT_MS = 60000;
const within = (ms) => AbortSignal.timeout?.(ms);

// To JSON: a `problem` in words if there is one, `isLost` without a connection, `isBusy` if it may be asked again.
export async function ask(path, asked) {
  const sent = asked
    ? { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked), signal: within(ACT_MS) }
    : { signal: within(LOOK_MS) };
  try {
    const url = new URL(path, ROOT);
    url.searchParams.set("lang", document.documentElement.lang); // in which the page is answered
    const reply = await fetch(url, sent), told = await reply.json();
    return told.problem ? { ...told, isBusy: reply.status === 503 } : told;
  } catch {
    return { problem: words.lost, isLost: true };
  }
}

// What only presenters may do: one after another, since quick requests overtake each other; but a training takes seconds
// to start, for which nothing else waits. `fields`, or what gives them once it is their turn.
const turns = { training: Promise.resolve(), rest: Promise.resolve() };
export let acts = 0; // done so far: what was asked before the last of them is out of date
export function inTurn(room, act, fields = {}) {
  const kind = act.startsWith("train_") ? "training" : "rest";
  turns[kind] = turns[kind].then(async () => {
    const told = await room.ask("lecture/act", { act, ...(typeof fields === "function" ? fields() : fields) });
    acts += 1;
    for (const name of ["frozen", "approval"]) if (name in told) room.state[name] = told[name]; // for the next one
    return told;
  });
  return turns[kind];
}
