"""A judge for recipes: digits and writers that had no part in choosing them.

    python -m benchmarks.judge --unipen FILE                          # the models in service
    python -m benchmarks.judge --unipen FILE dnn "" augment_end=0.5   # recipes of a network, each a list of changes

FILE is described in `benchmarks.strangers`: people who had no part in making digitlab. They judge and are not trained
on. `--strokes FILE` adds 27 people with a pen, by whom earlier recipes were chosen (`benchmarks.drawings`).

Recipes are trained on 40,000 of the training digits and judged by the other 15,000, by a third of these tilted by 30
degrees to either side before ink reads them, and by the people of these files.
Writers are split into five folds; only means over folds are shown, with the interval of 95% that so many folds allow.
With several recipes, each fold is also judged by the recipe that the other four would choose: what choosing is worth on
writers who did not choose. No test digit is looked at, no drawing is trained on. A teacher in models/ has learned the
15,000 digits: judge a recipe that has one by the drawings alone, or give teacher= as a change.
"""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Callable

import numpy as np
from scipy import ndimage, stats

from benchmarks import drawings, strangers, strokes
from digitlab import ink, networks, serving
from digitlab.analysis import evaluation
from digitlab.data import mnist
from digitlab.data.mnist import Split
from digitlab.models import store
from digitlab.networks import Recipe
from digitlab.serving import quiet, softmax

FOLDS, HELD_OUT, EPOCHS, SEEDS = 5, 15_000, 8, 2
TILTS_DEG, TILTED_EVERY = (-30, 30), 3
SHOWN = ("typical", "anywhere", "small", "thin brush", "thick brush", "tilted -30", "tilted 30")
Images = dict[str, np.ndarray]  # by condition


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--unipen", metavar="FILE", help="recorded characters with their writers, JSON or gzipped")
    parser.add_argument("--strokes", metavar="FILE", help="recorded strokes, JSON")
    parser.add_argument("--epochs", type=int, default=EPOCHS, help=f"of every recipe; {EPOCHS} unless given")
    parser.add_argument("network", nargs="?", help="a network of the registry; the models in service unless given")
    parser.add_argument("changes", nargs="*", help="of its recipe, such as augment_end=0.5,ema=0.99")
    options = parser.parse_args()
    if not (options.unipen or options.strokes):
        parser.error("give --unipen FILE, --strokes FILE or both")
    if options.network is not None:
        recipes(options)
        return
    if options.unipen:
        print(strangers.table(options.unipen), flush=True)
    if options.strokes:
        recorded, labels, folds = by_writer(options.strokes)
        print(f"{len(labels)} drawings in {FOLDS} folds of writers, {SEEDS} times each", flush=True)
        print(in_service(recorded, labels, folds))


@dataclasses.dataclass(frozen=True)
class Judges:
    """Pictures of people's digits, (n, 28, 28) by condition; their labels, (n,); and their writers' folds, (n,)."""

    pictures: dict[str, np.ndarray]
    labels: np.ndarray
    folds: np.ndarray

    def by_fold(self, answer: Callable[[np.ndarray], np.ndarray]) -> dict[str, np.ndarray]:
        """By condition, (FOLDS,) shares of the pictures that are read right, given images to logits."""
        return {
            condition: _by_fold(answer(images).argmax(axis=1) == self.labels, self.folds)
            for condition, images in self.pictures.items()
        }


def _people(options: argparse.Namespace) -> list[Judges]:
    people = []
    if options.unipen:
        characters = strangers.load(options.unipen)
        read = zip(characters, strangers.read(characters), strict=True)
        known = [(character, drawing) for character, drawing in read if drawing is not None]
        _, who = np.unique([character.writer for character, _ in known], return_inverse=True)
        pictures = np.stack([drawing.pixels for _, drawing in known])
        labels = np.array([int(character.label) for character, _ in known])
        people.append(Judges({"strangers": pictures}, labels, _shuffled(who)))
    if options.strokes:
        recorded, labels, folds = by_writer(options.strokes)
        people.append(Judges(_images(recorded, drawings.from_strokes), np.tile(labels, SEEDS), np.tile(folds, SEEDS)))
    return people


def by_writer(file: str) -> tuple[list, np.ndarray, np.ndarray]:
    """Recorded digits, their labels, and the fold of each one's writer.

    The file lists the same writers in the same order under each digit, as Chars74K does.
    """
    recorded = strokes.load(file)
    labels = np.array([int(label) for label, _ in recorded])
    writers = np.concatenate([np.arange(np.sum(labels == digit)) for digit in range(10)])
    return recorded, labels, _shuffled(writers)


def _shuffled(writers: np.ndarray) -> np.ndarray:
    """The folds of writers, who are numbered from 0."""
    return np.random.default_rng(0).permutation(writers.max() + 1)[writers] % FOLDS


def in_service(recorded: list, labels: np.ndarray, folds: np.ndarray) -> str:
    """Accuracy and doubts of the two flagships, from strokes and from pixels, as a table."""
    with quiet():
        models = {name: serving.load(name) for name in store.FLAGSHIPS}
    columns = [f"{name} {what}" for name in models for what in ("right", "doubted")]
    lines = ["| drawn | " + " | ".join(columns) + " |", "|---|" + "---|" * len(columns)]
    for way, read in (("strokes", drawings.from_strokes), ("pixels", drawings.from_pixels)):
        for condition, images in _images(recorded, read).items():
            cells = []
            for model in models.values():
                answers = model.answer(images)
                right = answers.probabilities.argmax(axis=1) == np.tile(labels, SEEDS)
                cells += [_interval(_by_fold(hits, np.tile(folds, SEEDS))) for hits in (right, answers.scores < 0)]
            lines.append(f"| {condition}, from {way} | {' | '.join(cells)} |")
    return "\n".join(lines)


def recipes(options: argparse.Namespace) -> None:
    """Variants of one network's recipe, side by side; then what the other folds' choice is worth."""
    digits = mnist.load()
    order = np.random.default_rng(0).permutation(len(digits.train))
    judges, learned = (
        Split(digits.train.images[some], digits.train.labels[some]) for some in (order[:HELD_OUT], order[HELD_OUT:])
    )
    data = dataclasses.replace(digits, train=learned, test=None)
    people = _people(options)
    turned = {tilt: np.stack([tilted(image, tilt) for image in judges.scaled()[::TILTED_EVERY]]) for tilt in TILTS_DEG}
    by_recipe = {}
    for changes in options.changes or [""]:
        answer = _trained(options.network, _changed(options, changes), data)
        probabilities = softmax(answer(judges.scaled()))
        chosen = np.maximum(probabilities[np.arange(HELD_OUT), judges.labels].astype(float), 1e-12)
        loss, spread = -np.log(chosen).mean(), 1.96 * np.log(chosen).std() / np.sqrt(HELD_OUT)
        right = _share(probabilities.argmax(axis=1) == judges.labels)
        leaning = ", ".join(
            f"tilted {tilt}: {_share(answer(some).argmax(axis=1) == judges.labels[::TILTED_EVERY])}"
            for tilt, some in turned.items()
        )
        shares = {name: share for some in people for name, share in some.by_fold(answer).items()}
        by_recipe[changes] = np.mean(list(shares.values()), axis=0)
        print(f"\n{options.network} {changes or 'as it is'}: of {HELD_OUT:,} digits {right} right, "
              f"loss {loss:.4f} ± {spread:.4f}; {leaning}")  # fmt: skip
        print("  " + "; ".join(f"{name} {_interval(each)}" for name, each in shares.items()), flush=True)
    if len(by_recipe) > 1:
        table = np.array(list(by_recipe.values()))  # (recipes, folds)
        others = (table.sum(axis=1, keepdims=True) - table) / (FOLDS - 1)
        crossed = table[others.argmax(axis=0), np.arange(FOLDS)]
        print(f"\nchosen by the other folds, over all conditions: {_interval(crossed)}")


def tilted(image: np.ndarray, tilt_deg: float) -> np.ndarray:
    """A digit turned by so much, clockwise, and read by ink, as if it had been drawn so; (28, 28) float32 in [0, 1]."""
    enlarged = ink.enlarge(image)
    return ink.normalise(np.clip(ndimage.rotate(np.pad(enlarged, len(enlarged) // 8), -tilt_deg, order=1), 0, 1))


def _changed(options: argparse.Namespace, changes: str) -> Recipe:
    """The network's recipe with changes such as "ema=0.99,augment=gentle"."""
    values: dict[str, object] = {"epochs": options.epochs}
    for change in filter(None, changes.split(",")):
        name, _, value = change.partition("=")
        if name not in networks.HYPERPARAMETERS:
            raise SystemExit(f"There is no hyperparameter {name!r}. Known: {', '.join(networks.HYPERPARAMETERS)}.")
        values[name] = networks.HYPERPARAMETERS[name].parse(value)
    return networks.get(options.network).recipe.with_changes(**values)


def _trained(name: str, recipe: Recipe, data: mnist.Mnist) -> Callable[[np.ndarray], np.ndarray]:
    """Images to logits, by a network trained for this."""
    with quiet():
        from digitlab.training import fit

        model = fit.train(networks.get(name), recipe, data).model
    return lambda images: model.predict(images, batch_size=500, verbose=0)


def _images(recorded: list, read: Callable) -> Images:
    return {
        condition.name: drawings.pictures(drawings.draw(condition, recorded, SEEDS), read)
        for condition in drawings.CONDITIONS
        if condition.name in SHOWN
    }


def _by_fold(hits: np.ndarray, folds: np.ndarray) -> np.ndarray:
    """(FOLDS,): the share of hits among the drawings of each fold's writers."""
    return np.array([hits[folds == fold].mean() for fold in range(FOLDS)])


def _share(hits: np.ndarray) -> str:
    return with_interval(float(hits.mean()), len(hits), places=2)


def with_interval(share: float, count: int, places: int = 1) -> str:
    """A share of so many, with its interval of 95% (Wilson's) to so many places."""
    low, high = evaluation.wilson(np.array([share * count]), np.array([count]))
    return f"{share:.2%} ({low[0]:.{places}%}-{high[0]:.{places}%})"


def _interval(by_fold: np.ndarray) -> str:
    """The mean over folds, and half the width of Student's interval of 95%."""
    half = stats.t.ppf(0.975, FOLDS - 1) * by_fold.std(ddof=1) / np.sqrt(FOLDS)
    return f"{by_fold.mean():.2%} ± {half:.2%}"


if __name__ == "__main__":
    main()
