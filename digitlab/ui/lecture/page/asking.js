// What the lecture's page and the remote control share: their words, making elements, and asking the server.
const ROOT = new URL("../../", import.meta.url); // the folder below which the app is
export const words = JSON.parse(document.getElementById("words").textContent);

export const pause = (ms) => new Promise((then) => setTimeout(then, ms));

export function element(name, given = {}, ...inside) {
  const made = Object.assign(document.createElement(name), given);
  made.append(...inside);
  return made;
}

// To JSON: a `problem` in words if there is one, `isLost` without a connection, `isBusy` if it may be asked again.
export async function ask(path, asked) {
  const sent = asked && {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(asked),
  };
  try {
    const url = new URL(path, ROOT);
    url.searchParams.set("lang", document.documentElement.lang); // in which the page is answered
    const reply = await fetch(url, sent), told = await reply.json();
    return told.problem ? { ...told, isBusy: reply.status === 503 } : told;
  } catch {
    return { problem: words.lost, isLost: true };
  }
}
