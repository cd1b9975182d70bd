"""What each step of the flagships' recipes and of the ink is worth: writes `docs/accuracy.md`.

    python -m benchmarks.ablation --unipen FILE --strokes FILE [--only SECTION]...

Every row adds one thing to the row before it. Trainings are shorter than in the recipes, so that the whole table takes
under an hour; the models in `models/` follow below it, and only they are tested on test digits. Results are kept in
`models/.job/`, so that an interrupted run goes on where it was.
"""

from __future__ import annotations

import argparse
import dataclasses
import functools
import json
import platform
import re
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from PIL import Image
from scipy import ndimage

from benchmarks import corruptions, drawings, forms, judge, small_pictures, strangers, strokes
from digitlab import ink, networks, serving, settings
from digitlab.analysis import evaluation
from digitlab.data import drawn, mnist
from digitlab.ink import foreground, picture
from digitlab.models import store
from digitlab.networks import Network, Recipe
from digitlab.serving import quiet

OUTPUT = settings.REPOSITORY / "docs" / "accuracy.md"
EPOCHS = {"dnn": 8, "cnn": 6}
SEEDS = {"dnn": 1, "cnn": 1}  # trainings of each row, so that the whole takes under an hour
SHOWN = ("typical", "anywhere", "small", "thick brush", "tilted -30", "tilted 30")
DRAWN_SEEDS = 3


def steps(name: str) -> Iterator[tuple[str, Network, Recipe, bool]]:
    """The recipe built up step by step: title, network, recipe, and whether it answers with the mean of three views."""
    final = networks.get(name)
    network, recipe = dataclasses.replace(final, deslanted=False), Recipe(epochs=EPOCHS[name])
    for title, changes in _changes(final.recipe):
        recipe = recipe.with_changes(**changes)
        yield title, network, recipe, False
    if final.deslanted:
        yield "deslanted by its first layers", final, recipe, False
    if final.recipe.teacher:
        recipe = recipe.with_changes(teacher=final.recipe.teacher)
        yield f"{recipe.teacher} as teacher", final, recipe, False
    if final.views:
        yield "mean of three views", final, recipe, True


def _changes(final: Recipe) -> Iterator[tuple[str, dict[str, Any]]]:
    yield "Adam at a constant 0.001", {"batch_size": final.batch_size}
    yield (
        f"warm-up to {final.learning_rate:g}, cosine decay, averaged weights",
        {"learning_rate": final.learning_rate, "schedule": final.schedule, "ema": final.ema},
    )
    yield "gentle distortions", {"augment": "gentle"}
    yield "tilted and small digits", {"augment": final.augment}
    yield f"distortion falls to {final.augment_end:g} in the second half", {"augment_end": final.augment_end}
    yield "other forms of the digits", {"written": final.written}
    yield "non-digits", {"non_digits": final.non_digits}
    yield "corrupted pictures", {"corrupted": final.corrupted}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--unipen", metavar="FILE", help="recorded characters with their writers, for Strangers")
    parser.add_argument("--strokes", metavar="FILE", help="recorded strokes, for Recipes, Writers and Ink")
    parser.add_argument("--only", action="append", choices=list(SECTIONS), help="this section; can be repeated")
    options = parser.parse_args()
    chosen = options.only or list(SECTIONS)
    for section, file in (("Strangers", "unipen"), ("Recipes", "strokes"), ("Writers", "strokes"), ("Ink", "strokes")):
        if section in chosen and getattr(options, file) is None:
            parser.error(f"the section {section} needs --{file} FILE")
    kept = _sections(OUTPUT.read_text(encoding="utf-8"))
    for section in chosen:
        kept[section] = SECTIONS[section](options).strip()
        text = "\n\n".join(f"## {title}\n\n{kept[title]}" for title in SECTIONS if title in kept)
        OUTPUT.write_text(f"{HEAD}\n{text}\n", encoding="utf-8")
        print(f"wrote {section} of {OUTPUT.relative_to(settings.REPOSITORY)}", flush=True)


def _sections(page: str) -> dict[str, str]:
    """The sections of the page by their titles."""
    parts = re.split(r"^## (.+)\n", page, flags=re.MULTILINE)[1:]
    return {title: text.strip() for title, text in zip(parts[::2], parts[1::2], strict=True)}


@functools.cache
def _drawn(file: str) -> tuple[dict[str, list[strokes.OnCanvas]], np.ndarray]:
    """Recorded digits, drawn in every way of `SHOWN`, and their labels."""
    recorded = strokes.load(file)
    canvases = {
        condition.name: drawings.draw(condition, recorded, DRAWN_SEEDS)
        for condition in drawings.CONDITIONS
        if condition.name in SHOWN
    }
    return canvases, np.tile([int(label) for label, _ in recorded], DRAWN_SEEDS)


def _recipes(canvases: dict[str, list[strokes.OnCanvas]], labels: np.ndarray) -> str:
    pictures = {name: drawings.pictures(some, drawings.from_strokes) for name, some in canvases.items()}
    data = mnist.load()
    sections = []
    for name in store.FLAGSHIPS:
        rows = []
        for step, network, recipe, looks_thrice in steps(name):
            results = [
                _trained(network, recipe.with_changes(seed=seed + 1), looks_thrice, data, pictures, labels)
                for seed in range(SEEDS[name])
            ]
            rows.append(_row(step, results, len(data.validation), len(labels) // DRAWN_SEEDS))
            print(name, rows[-1], flush=True)
        title = f"### {name}, {EPOCHS[name]} epochs, {SEEDS[name]} seed{'s' * (SEEDS[name] > 1)}"
        sections.append(f"{title}\n\n{_head('step, each on top of the ones before')}" + "\n".join(rows))
    return "\n\n".join(sections)


def _trained(
    network: Network,
    recipe: Recipe,
    looks_thrice: bool,
    data: mnist.Mnist,
    pictures: dict[str, np.ndarray],
    labels: np.ndarray,
) -> dict[str, float]:
    """Accuracies of one training, and its validation loss with half the width of its interval."""
    cache = settings.load().job_dir / "ablation" / f"{network.name}-{_mark(network, recipe, looks_thrice):x}.json"
    if cache.is_file():
        return json.loads(cache.read_text())
    from digitlab.training import views

    with quiet():
        model = _model(network, recipe)
        if looks_thrice:
            model = views.averaged(model)
        answers = {what: model.predict(images, verbose=0).argmax(axis=1) for what, images in pictures.items()}
        logits = model.predict(data.validation.scaled(), verbose=0)
    result = _on_validation(logits, data.validation.labels)
    result |= {what: float(np.mean(given == labels)) for what, given in answers.items()}
    cache.parent.mkdir(parents=True, exist_ok=True)
    cache.write_text(json.dumps(result))
    return result


def _on_validation(logits: np.ndarray, right: np.ndarray) -> dict[str, float]:
    """Accuracy, and the loss after temperature scaling, which every model of digitlab has."""
    logits = logits / evaluation.fit_temperature(logits, right)
    losses = -np.log(serving.softmax(logits)[np.arange(len(right)), right])
    return {
        "validation": float(np.mean(logits.argmax(axis=1) == right)),
        "loss": float(losses.mean()),
        "loss_interval": float(1.96 * losses.std() / np.sqrt(len(right))),
    }


def _validation_cells(results: list[dict[str, float]], count: int) -> list[str]:
    """Means over the seeds."""
    share, loss, interval = (
        float(np.mean([result[what] for result in results])) for what in ("validation", "loss", "loss_interval")
    )
    return [judge.with_interval(share, count), f"{loss:.4f} ± {interval:.4f}"]


@functools.lru_cache(maxsize=4)  # the last two rows share trainings, with one view and with three
def _model(network: Network, recipe: Recipe) -> Any:
    from digitlab.training import fit

    return fit.train(network, recipe, mnist.load()).model


def _mark(network: Network, recipe: Recipe, looks_thrice: bool) -> int:
    """A hash of network, recipe, views, code, drawings and teacher that is the same in every process."""
    parts = [json.dumps(recipe.as_dict(), sort_keys=True).encode(), drawn.FILE.read_bytes()]
    parts.append(bytes([network.deslanted, looks_thrice]))
    parts += [file.read_bytes() for file in sorted((settings.REPOSITORY / "digitlab" / "training").rglob("*.py"))]
    if recipe.teacher:
        parts.append(store.read(recipe.teacher).tflite)
    return zlib.crc32(b"".join(parts))


def _row(step: str, results: list[dict[str, float]], validation: int, drawn: int) -> str:
    """A row of the table: means over the seeds, with intervals for the number of different digits."""
    cells = _validation_cells(results, validation)
    cells += [judge.with_interval(np.mean([result[what] for result in results]), drawn) for what in SHOWN]
    return f"| {step} | " + " | ".join(cells) + " |"


def _head(first: str, columns: tuple[str, ...] = ("validation", "validation loss", *SHOWN)) -> str:
    return f"| {first} | " + " | ".join(columns) + " |\n|---|" + "---|" * len(columns) + "\n"


# The ink, step by step, and two ideas that were tried and rejected.


def _to_box(drawn: np.ndarray) -> np.ndarray:
    """Cropped to the ink, the longer side 20 px, the box in the middle."""
    scaled = _scaled(drawn)
    frame = np.zeros((28, 28), np.float32)
    top, left = (28 - scaled.shape[0]) // 2, (28 - scaled.shape[1]) // 2
    frame[top : top + scaled.shape[0], left : left + scaled.shape[1]] = scaled
    return frame


def _scaled(drawn: np.ndarray) -> np.ndarray:
    rows, columns = (np.flatnonzero((drawn >= 0.5).any(axis=axis)) for axis in (1, 0))
    crop = Image.fromarray(drawn[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1])
    factor = ink.DIGIT_SIDE / max(crop.size)
    size = [max(1, round(side * factor)) for side in crop.size]
    return np.asarray(crop.resize(size, Image.Resampling.BOX))


def _by_mass(drawn: np.ndarray) -> np.ndarray:
    """The same, with the centre of mass in the middle."""
    frame = _to_box(drawn)
    y, x = ndimage.center_of_mass(frame)
    return np.clip(ndimage.shift(frame, (13.5 - y, 13.5 - x), order=1), 0, 1).astype(np.float32)


def _upright(drawn: np.ndarray) -> np.ndarray:
    """As digitlab does it, but after the slant was taken out by second moments."""
    shape = np.pad(ink.enlarge(drawn), 80)
    y, x = np.mgrid[: shape.shape[0], : shape.shape[1]] - np.array(ndimage.center_of_mass(shape))[:, None, None]
    slant = (shape * x * y).sum() / (shape * y * y).sum()
    middle = ndimage.center_of_mass(shape)[0]
    matrix = np.array([[1, 0], [slant, 1]])
    return ink.normalise(ndimage.affine_transform(shape, matrix, (0, -slant * middle), order=1).astype(np.float32))


def _smoothed(drawn: np.ndarray) -> np.ndarray:
    """As digitlab does it, but after a blur took the tremor out of the strokes."""
    return ink.normalise(np.clip(ndimage.gaussian_filter(np.pad(ink.enlarge(drawn), 10), 4), 0, 1))


INKS: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "cropped to the ink, box in the middle": _to_box,
    "centre of mass in the middle": _by_mass,
    "**stroke width of MNIST: what digitlab does with a picture**": ink.normalise,
    "and the slant taken out": _upright,
    "and the strokes smoothed": _smoothed,
}


def _ink(canvases: dict[str, list[strokes.OnCanvas]], labels: np.ndarray) -> str:
    """Tables of both flagships' accuracy for every way of reading the same drawings."""
    ways: dict[str, Callable] = {"whole canvas resized": drawings.whole_canvas}
    ways |= {title: _on_canvas(way) for title, way in INKS.items()}
    ways["**redrawn from its strokes: what digitlab does with the canvas**"] = drawings.from_strokes
    models = {name: serving.load(name) for name in store.FLAGSHIPS}
    rows: dict[str, list[str]] = {name: [] for name in models}
    for title, way in ways.items():
        images = {what: drawings.pictures(canvases[what], way) for what in SHOWN}
        for name, model in models.items():
            shares = [np.mean(model.answer(images[what]).probabilities.argmax(axis=1) == labels) for what in SHOWN]
            cells = [judge.with_interval(float(share), len(labels) // DRAWN_SEEDS) for share in shares]
            rows[name].append(f"| {title} | " + " | ".join(cells) + " |")
            print(name, rows[name][-1], flush=True)
    return "\n\n".join(f"### {name}\n\n{_head('ink', SHOWN)}" + "\n".join(lines) for name, lines in rows.items())


def _on_canvas(way: Callable[[np.ndarray], np.ndarray]) -> Callable[[strokes.OnCanvas], np.ndarray]:
    return lambda canvas: way(foreground.find_ink(picture.from_canvas(canvas.pixels).pixels).ink)


HEAD = f"""# Accuracy, by strangers and step by step

Written by `python -m benchmarks.ablation`, one section or all ({platform.machine()}). In brackets: intervals of 95%.
No step was chosen by MNIST's test digits or by strangers.
"""


def _about_strangers(options: argparse.Namespace) -> str:
    return f"""
People of UNIPEN who had no part in making digitlab, each character drawn once on the app's canvas
(`python -m benchmarks.judge --unipen FILE`). *Wrong and believed* is what a visitor would be misled by. The intervals
come from drawing writers again, with all they wrote. About 0.4% of the labels are wrong. We looked at what was wrong on
a sheet and asked which form of a digit was missing; other people's digits will therefore be read a little worse.

{strangers.table(options.unipen)}
"""


def _about_recipes(options: argparse.Namespace) -> str:
    canvases, labels = _drawn(options.strokes)
    return f"""
"Validation" is the 5,000 validation digits, its loss the cross-entropy after temperature scaling; the other columns are
{len(labels) // DRAWN_SEEDS} digits drawn with a pen by people whose strokes are no part of digitlab, each drawn
{DRAWN_SEEDS} times as `python -m benchmarks.drawings` does, with Wilson's intervals for so many different digits.

{_recipes(canvases, labels)}
"""


def _about_writers(options: argparse.Namespace) -> str:
    return f"""
27 people with a pen, in {judge.FOLDS} folds, each drawing {judge.SEEDS} times: means over the folds, with Student's
intervals (`python -m benchmarks.judge --strokes FILE`). No drawing was trained on. But these writers have judged
earlier recipes, so that other people's digits will be read worse. What a recipe is worth is therefore judged by 15,000
training digits set aside and by folds of strangers: `python -m benchmarks.judge --unipen FILE NETWORK CHANGES...`.

{judge.in_service(*judge.by_writer(options.strokes))}
"""


def _about_forms(options: argparse.Namespace) -> str:
    return f"""
{forms.COUNT} hands a form, made by the generator that made a seventh of the training digits, with other seeds
(`python -m benchmarks.forms`): what is read right and, in brackets, what is doubted. A 1 with an upstroke, tilted to
the right, has the shape of a 7 and is read so. Letters and small pictures should be doubted. Tilted ones are doubted
less often: digits are tilted in training, letters are not.

{chr(10).join(forms.table())}
"""


def _about_ink(options: argparse.Namespace) -> str:
    return f"""
The digits of the 27 people, read in other ways and answered by the models in service. Each of the first four rows adds
one thing to the row before it; the next two add theirs to what digitlab does with a picture, and were left out. The
last one does not read pixels.

{_ink(*_drawn(options.strokes))}
"""


def _about_corruptions(options: argparse.Namespace) -> str:
    return f"""
What exported models make of bare 28 x 28 pictures that are damaged, without digitlab's ink
(`python -m benchmarks.corruptions`).

{chr(10).join(corruptions.table())}
"""


def _about_small_pictures(options: argparse.Namespace) -> str:
    return f"""
Read as the app reads uploads (`python -m benchmarks.small_pictures`).

{chr(10).join(small_pictures.table())}
"""


def _in_service() -> str:
    from digitlab.training import fit, views

    digits = mnist.load().validation
    rows = []
    for name in store.FLAGSHIPS:
        run = store.read(name).run
        test = run["metrics"]["test"]
        logits = serving.load(name).answer(digits.scaled()).logits
        cells = _validation_cells([_on_validation(logits, digits.labels)], len(digits))
        rows.append(
            f"| {name} | {run['recipe']['epochs']} | {run['duration_s'] / 60:.0f} min on {run['machine']} | "
            f"{' | '.join(cells)} | {judge.with_interval(test['accuracy'], test['count'])} | "
            f"{run['metrics']['validation']['calibration_error']:.2%} / {test['calibration_error']:.2%} |"
        )
        if networks.get(name).views:
            with quiet():
                logits = views.single(fit.load(name)).predict(digits.scaled(), verbose=0)
            cells = _validation_cells([_on_validation(logits, digits.labels)], len(digits))
            rows.append(f"| {name}, one view | | | {' | '.join(cells)} | | |")
    columns = ("epochs", "training", "validation", "validation loss", "test", "calibration error, validation / test")
    return _head("model", columns) + "\n".join(rows)


SECTIONS: dict[str, Callable[[argparse.Namespace], str]] = {
    "Strangers": _about_strangers,
    "Small pictures": _about_small_pictures,
    "Corruptions": _about_corruptions,
    "Models in service": lambda options: _in_service(),
    "Other forms of the digits": _about_forms,
    "Writers": _about_writers,
    "Ink": _about_ink,
    "Recipes": _about_recipes,
}


if __name__ == "__main__":
    main()
