"""How many wrong labels are found before a model is taught, how many right ones are questioned in vain, and what a few
wrong ones cost a model that learns them.

    python -m benchmarks.labels FILE [--most N]     # which rule finds them: FILE as for `benchmarks.strangers`
    python -m benchmarks.labels FILE --teach [NAME]  # teach 64 drawings: labelled right, with 4 wrong labels, checked

Each digit that somebody wrote is judged under its own label, under another one at random, and each letter or symbol
that nobody takes for a digit under any. One label in sixteen is wrong in the mean, half of these name no digit at all.
Of the rules, writers of other folds choose the one with the highest F1. UNIPEN's own labels are wrong in about 0.4% of
all cases, which count as questioned in vain.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Callable

import numpy as np

from benchmarks import strangers
from digitlab import collection, networks, serving
from digitlab.data import mnist
from digitlab.explain import index, labels
from digitlab.explain.labels import NEAREST
from digitlab.jobs import presets
from digitlab.models import store
from digitlab.pixels import to_bytes

WRONG = 1 / 16  # of the labels
FOLDS = 5
TAUGHT, MISLABELLED = 64, 4
Rule = Callable[[np.ndarray, np.ndarray, np.ndarray, np.ndarray], np.ndarray]
# By the labels (n,), answers (models, n), shares of the nearest digits with the label (models, n), and whether a model
# takes the drawing for a digit (models, n). The first is the one of `labels.check`.
RULES: dict[str, Rule] = {
    "each says another digit, fewer than half; or none takes it for a digit": lambda of, said, near, taken: (
        ((said != of).all(0) & (near < 0.5).all(0)) | ~taken.any(0)
    ),
    "each says another digit, fewer than half": lambda of, said, near, _: (said != of).all(0) & (near < 0.5).all(0),
    "each says another digit, none": lambda of, said, near, _: (said != of).all(0) & (near == 0).all(0),
    "each says another digit": lambda of, said, *_: (said != of).all(0),
    "both say the same other digit, fewer than half": lambda of, said, near, _: (
        (said != of).all(0) & (said == said[0]).all(0) & (near < 0.5).all(0)
    ),
    "both say the same other digit": lambda of, said, *_: (said != of).all(0) & (said == said[0]).all(0),
}


class Drawings:
    """Drawings of strangers, with what the flagships say of them.

    Attributes:
        labels: (n,) int, -1 for no digit.
        writers: (n,) str.
        pixels: (n, 28, 28) uint8.
    """

    def __init__(self, characters: list[strangers.Character], *, full: bool) -> None:
        """Read drawings and let the flagships answer.

        Args:
            characters: what was written.
            full: whether all training digits are asked, as soon as they are prepared, or those that ship.
        """
        read = [(one, seen) for one, seen in zip(characters, strangers.read(characters), strict=True) if seen]
        self.labels = np.array([int(one.label) if one.label.isdigit() else -1 for one, _ in read])
        self.writers = np.array([one.writer for one, _ in read])
        self.pixels = to_bytes(np.stack([seen.pixels for _, seen in read]))
        self._said, self._near, self._taken = [], [], []
        for model in map(serving.load, store.FLAGSHIPS):
            known = labels.at_hand(model) if full else index.make(model, "validation", mnist.packaged(), 50)
            self.asked = len(known)
            answered = labels.answers(model, self.pixels)
            self._said.append(answered.probabilities.argmax(axis=1))
            self._near.append(known.labels_near(answered.embedding, NEAREST))
            self._taken.append(answered.scores >= 0)

    def questioned(self, rule: Rule, under: np.ndarray) -> np.ndarray:
        """(n,) bool: which drawings a rule questions under these labels."""
        near = (np.stack(self._near) == under[:, None]).mean(axis=2)
        return rule(under, np.stack(self._said), near, np.stack(self._taken))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("file")
    parser.add_argument("--most", type=int, default=240, help="of each digit (%(default)s)")
    parser.add_argument("--packaged", action="store_true", help="ask only the training digits that ship")
    parser.add_argument("--teach", metavar="NAME", nargs="?", const="cnn", help="teach this model instead")
    options = parser.parse_args()
    if options.teach:
        teach(options.file, options.teach)
    else:
        compare(options.file, options.most, full=not options.packaged)


def compare(file: str, most: int, *, full: bool) -> None:
    """Print a table of the rules, and which one the folds choose."""
    others = [one for one in strangers.load(file, "others", most // 15) if one.label in strangers.UNLIKE_DIGITS]
    drawings = Drawings([*strangers.load(file, most=most), *others], full=full)
    generator, count = np.random.default_rng(0), len(drawings.labels)
    is_digit = drawings.labels >= 0
    wrong = (
        np.where(is_digit, drawings.labels + generator.integers(1, 10, count), generator.integers(0, 10, count)) % 10
    )
    in_vain = {name: drawings.questioned(rule, drawings.labels)[is_digit] for name, rule in RULES.items()}
    found = {name: drawings.questioned(rule, wrong) for name, rule in RULES.items()}
    writers = drawings.writers
    print(f"{is_digit.sum():,} digits and {(~is_digit).sum():,} others of {len(np.unique(writers))} writers; "
          f"{drawings.asked:,} training digits asked\n")  # fmt: skip
    print("| rule | another digit: found | no digit: found | right: questioned in vain | F1 |\n|---|---|---|---|---|")
    for name in RULES:
        cells = [
            strangers.with_interval(hits, whose)
            for hits, whose in (
                (found[name][is_digit], writers[is_digit]), (found[name][~is_digit], writers[~is_digit]),
                (in_vain[name], writers[is_digit]),
            )
        ]  # fmt: skip
        score = f1(found[name][is_digit], found[name][~is_digit], in_vain[name])
        print(f"| {name} | {' | '.join(cells)} | {score:.3f} |")
    who, fold = np.unique(writers, return_inverse=True)
    fold = generator.permutation(len(who))[fold] % FOLDS
    for at in range(FOLDS):

        def of(name: str, part: np.ndarray) -> float:
            digits, letters = part & is_digit, part & ~is_digit
            return f1(found[name][digits], found[name][letters], in_vain[name][part[is_digit]])

        best = max(RULES, key=lambda name, at=at: of(name, fold != at))
        print(f"fold {at}: {best!r} is chosen by the others; F1 here {of(best, fold == at):.3f}")


def f1(digits: np.ndarray, letters: np.ndarray, in_vain: np.ndarray) -> float:
    """F1 of finding wrong labels where `WRONG` of all are."""
    hits = WRONG * (digits.mean() + letters.mean()) / 2
    return float(2 * hits / (hits + WRONG + (1 - WRONG) * in_vain.mean()))


def teach(file: str, name: str) -> None:
    """Teach a model 64 drawings three times, and print what it reads right before and after."""
    from digitlab.training import lesson  # noqa: F401 - TensorFlow, only here
    from digitlab.training.produce import produce

    drawings = Drawings(strangers.load(file, most=200), full=True)
    generator = np.random.default_rng(0)
    order = generator.permutation(len(drawings.labels))
    room, rest = order[:TAUGHT], order[TAUGHT:]
    right = drawings.labels[room]
    wrong = right.copy()
    wrong[:MISLABELLED] = (right[:MISLABELLED] + generator.integers(1, 10, MISLABELLED)) % 10
    data, network = mnist.load_or_packaged(download=False), networks.get(name)
    recipe = presets.teach(name, network.recipe, len(data.train))
    print(f"{name}: right of {len(data.validation):,} validation digits and of {len(rest):,} drawings of others")
    print(_score("in service", store.read(name), data, drawings, rest))
    for what, given in (("taught right labels", right), ("4 wrong labels", wrong), ("4 wrong labels, checked", wrong)):
        with tempfile.TemporaryDirectory() as folder:
            os.environ["DIGITLAB_DATABASE"] = f"sqlite:///{folder}/collection.sqlite"
            for at, label in zip(room, given, strict=True):
                token = f"{at:032x}"
                collection.keep(token, {}, drawings.pixels[at], {})
                collection.label_of(token, int(label))
            left_out = labels.of_room().numbers if "checked" in what else ()
            stored = produce(network, recipe, data, left_out=left_out)
        print(_score(f"{what} ({len(left_out)} left out)", stored, data, drawings, rest), flush=True)


def _score(what: str, stored: store.StoredModel, data: mnist.Mnist, drawings: Drawings, rest: np.ndarray) -> str:
    model = serving.Classifier(stored)
    rights = [
        int((labels.answers(model, images).probabilities.argmax(axis=1) == of).sum())
        for images, of in (
            (data.validation.images, data.validation.labels),
            (drawings.pixels[rest], drawings.labels[rest]),
        )
    ]
    return f"{what}: {rights[0]:,} and {rights[1]:,}"


if __name__ == "__main__":
    main()
