"""What people whose writing had no part in making digitlab's models draw: digits, letters and symbols, by writer.

`python -m benchmarks.judge --unipen FILE` shows the table. FILE is the pen recordings of UNIPEN (train_r01_v07, The
International Unipen Foundation, doi 10.5281/zenodo.1195803) as {"digits": {"0": [{"writer": "apb017", "strokes":
[[[x, y], ...], ...]}, ...]}, "others": {"A": ...}}, perhaps gzipped. Each character is drawn once on the app's canvas,
60 to 200 px large, read by `ink.read` and answered by `serving.read`, so that a digit that is taken for several counts
as wrong. Nothing is trained on these people.
"""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks import strokes
from benchmarks.strokes import Drawing, OnCanvas
from digitlab import ink, serving
from digitlab.errors import InkError
from digitlab.ink import BRUSH_PX, CANVAS_PX
from digitlab.models import store
from digitlab.serving import quiet

# Of these contributors, recordings lack strokes or hold strokes of other characters.
DAMAGED = ("cea", "ceb", "pri", "tos", "lou", "ibm")
# Letters and symbols that nobody takes for a digit, whoever wrote them. B may be an 8, "/" a 1, "~" a fallen 2.
UNLIKE_DIGITS = "AEFHKMNPRTWXadehkmnrtuwx#$%&@*+="
SIZE_PX = 60, 200
LETTERS = 60  # of each letter or symbol
RESAMPLES = 2000


@dataclass(frozen=True)
class Character:
    """One character as somebody wrote it: what it is, a mark of the writer, and the strokes."""

    label: str
    writer: str
    drawing: Drawing


@dataclass(frozen=True)
class Judged:
    """How a model answered characters, (n,) each: whether it was right and whether it doubted; and their writers."""

    right: np.ndarray
    doubted: np.ndarray
    writers: np.ndarray


def load(file: str | Path, kind: str = "digits", most: int | None = None) -> list[Character]:
    """The characters of a file without those of `DAMAGED`; of each label at most so many, chosen at random."""
    data = Path(file).read_bytes()
    stored = json.loads(gzip.decompress(data) if data[:2] == b"\x1f\x8b" else data)[kind]
    generator, characters = np.random.default_rng(0), []
    for label, written in stored.items():
        kept = [record for record in written if record["writer"][:3] not in DAMAGED]
        order = generator.permutation(len(kept))[:most] if most is not None else range(len(kept))
        for record in (kept[at] for at in order):
            drawing = [np.asarray(stroke, dtype=float).reshape(-1, 2) for stroke in record["strokes"] if stroke]
            characters.append(Character(label, record["writer"], drawing))
    return characters


def read(characters: list[Character]) -> list[ink.Ink | None]:
    """Each character drawn on the canvas and read; None where there is only a dot or nothing."""
    generator = np.random.default_rng(0)

    def drawn(character: Character) -> ink.Ink | None:
        size_px = generator.uniform(*SIZE_PX)
        placed = strokes.place(character.drawing, size_px, CANVAS_PX, BRUSH_PX, generator)
        try:
            return ink.read(OnCanvas(placed, CANVAS_PX, BRUSH_PX).strokes)
        except InkError:
            return None

    return [drawn(character) for character in characters]


def judge(characters: list[Character], drawings: list[ink.Ink | None], model: serving.Classifier) -> Judged:
    """A model's answers, each on its own; a digit that is read as several is wrong, and nothing at all is doubted."""
    right, doubted = [], []
    for character, drawing in zip(characters, drawings, strict=True):
        if drawing is None:
            right.append(False)
            doubted.append(True)
            continue
        reading = serving.read(drawing, [model])
        verdicts = [digit.verdicts[model.name] for digit in reading.digits]
        right.append(not reading.is_several and str(verdicts[0].digit) == character.label)
        doubted.append(not all(verdict.is_digit for verdict in verdicts))
    return Judged(np.array(right), np.array(doubted), np.array([character.writer for character in characters]))


def table(file: str | Path, letters: int = LETTERS) -> str:
    """Both flagships on the digits, on the ones alone, and on letters and symbols, as a table."""
    with quiet():
        models = [serving.load(name) for name in store.FLAGSHIPS]
    digits = load(file)
    others = [sign for sign in load(file, "others", letters) if sign.label in UNLIKE_DIGITS]
    drawn, drawn_others = read(digits), read(others)
    lines = ["| | " + " | ".join(models_name.name for models_name in models) + " |", "|---|" + "---|" * len(models)]
    judged = {model.name: judge(digits, drawn, model) for model in models}
    refused = {model.name: judge(others, drawn_others, model) for model in models}

    def row(what: str, cells: list[str]) -> None:
        lines.append(f"| {what} | " + " | ".join(cells) + " |")

    row(f"{len(digits):,} digits: right", [with_interval(result.right, result.writers) for result in judged.values()])
    row("doubted", [with_interval(result.doubted, result.writers) for result in judged.values()])
    row(
        "wrong and believed",
        [with_interval(~result.right & ~result.doubted, result.writers) for result in judged.values()],
    )
    for digit in range(10):
        of = np.array([character.label == str(digit) for character in digits])
        row(
            f"{of.sum()} {digit}s: right",
            [with_interval(result.right[of], result.writers[of]) for result in judged.values()],
        )
    row(
        f"{len(others):,} letters and symbols unlike digits: refused",
        [with_interval(result.doubted, result.writers) for result in refused.values()],
    )
    writers = len({character.writer for character in digits})
    return f"{writers} writers\n\n" + "\n".join(lines)


def with_interval(hits: np.ndarray, writers: np.ndarray) -> str:
    """The share of hits, with the interval of 95% that so many writers allow: writers are drawn again, with all they
    wrote (Efron and Tibshirani, "An introduction to the bootstrap", 1993)."""
    drawn = _resampled(writers)
    shares = (drawn @ _sums(hits, writers)) / (drawn @ _sums(np.ones(len(hits)), writers))
    low, high = np.quantile(shares, [0.025, 0.975])
    return f"{hits.mean():.2%} ({low:.1%}-{high:.1%})"


def _sums(values: np.ndarray, writers: np.ndarray) -> np.ndarray:
    _, who = np.unique(writers, return_inverse=True)
    return np.bincount(who, values)


def _resampled(writers: np.ndarray) -> np.ndarray:
    """(RESAMPLES, writers): how often each writer is drawn; the same every time."""
    count = len(np.unique(writers))
    return np.random.default_rng(0).multinomial(count, np.full(count, 1 / count), RESAMPLES)
