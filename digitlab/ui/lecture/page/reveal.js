// The end of a lecture: DNN against CNN, the leaderboard, and the best fooling drawings.
import { gallery, leaderboard } from "./rounds.js";

let place = null, room = null, shown = "";
const save = () => {
  if (!room.isPresenter) return room.say(room.words.of_rounds.only_presenters);
  room.say(room.words.of_rounds.saved);
  room.element("a", { href: "lecture/summary.html", download: "" }).click();
};

const view = {
  name: "reveal",
  keys: [["s", "reveal_save", save]],

  open(section, given) {
    [place, room, shown] = [section, given, ""];
  },

  show({ rounds }) {
    const key = JSON.stringify([rounds?.score, rounds?.leaders, rounds?.best.map(({ who }) => who), room.isPresenter]);
    if (!rounds || key === shown) return;
    shown = key;
    const { element, words: { of_rounds: words } } = room, { score, best } = rounds;
    const duel = element("div", { className: "duel" });
    for (const name of ["dnn", "cnn"]) {
      const share = score.of ? (score[name] ?? 0) / score.of : 0, others = name === "dnn" ? score.cnn : score.dnn;
      const wins = score.of && (score[name] ?? 0) > (others ?? 0) ? " ★" : "";
      const fill = element("i", {});
      fill.style.width = `${100 * share}%`;
      duel.append(element("b", { className: name, textContent: name.toUpperCase() + wins }), element("div", { className: `track ${name}` }, fill),
        element("strong", { className: name, textContent: score[name] ?? 0 }));
    }
    duel.append(element("p", { textContent: score.of ? words.score_of.replace("{of}", score.of) : words.no_score }));
    const fools = best.length ? gallery(best, 4, 4, room) : element("p", { className: "quiet", textContent: words.no_fools });
    place.replaceChildren(
      element("div", { className: "found" }, element("h2", { textContent: words.score }), duel, element("h3", { textContent: words.best }), fools),
      leaderboard(10, room),
    );
  },
};
export default view;
