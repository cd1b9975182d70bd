"""The models' answers as HTML: large enough for the last row, one element per model, so that each paints at once."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape

import numpy as np

from digitlab.ink import Ink, Step
from digitlab.pixels import to_bytes
from digitlab.serving import Classifier, Reading, Verdict
from digitlab.ui import tiles
from digitlab.wording import answers
from digitlab.wording.language import gettext as _
from digitlab.wording.language import numeral


def card(model: Classifier, reading: Reading | None) -> str:
    """The card of one model: its answer to a drawing of one digit or several, or a note that it waits for a drawing."""
    if reading is None:
        return waiting(model)
    if reading.is_several:
        return digit_row(model, [digit.verdicts[model.name] for digit in reading.digits])
    return answer(model, reading.whole[model.name])


def answer(model: Classifier, verdict: Verdict, *, timed: bool = True) -> str:
    """The card of one model: digit, confidence, runner-up if close, ten bars, time.

    If the model doubts that this is a digit, the card says what it would be if it were one: with pale bars, and without
    a confidence, which people would take for certainty.

    Args:
        model: the model that answered.
        verdict: its answer.
        timed: whether to say how long it took.
    """
    words = answers.card(model.name, verdict)
    beside = words.beside + (f'<span class="runner-up">{words.runner_up}</span>' if words.runner_up else "")
    shares = [answers.per_cent(share) if verdict.is_digit else "" for share in verdict.probabilities]
    bars = "".join(
        f'<li{" class=top" if digit == verdict.digit else ""} style="--share:{probability:.2%}">{digit}<i></i>'
        f"<span>{share}</span></li>"
        for digit, (probability, share) in enumerate(zip(verdict.probabilities, shares, strict=True))
    )
    return _card(
        model,
        words.label,
        _time(verdict.elapsed_s) if timed else "",
        f'<div class="verdict"><span class="digit">{verdict.digit}</span><span class="confidence">{beside}</span></div>'
        f'<ol aria-label="{words.bars}">{bars}</ol>',
        "" if verdict.is_digit else " doubtful",
    )


def digit_row(model: Classifier, verdicts: list[Verdict]) -> str:
    """The card of one model for several digits, each with its confidence or the word "doubted"."""
    digits = "".join(
        f'<li class="{"" if verdict.is_digit else "doubtful"}"><b>{answers.number([verdict])}</b>'
        f"<span>{answers.below(verdict)}</span></li>"
        for verdict in verdicts
    )
    return _card(
        model,
        answers.card_of_several(model.name, verdicts),
        _time(sum(verdict.elapsed_s for verdict in verdicts)),
        f'<ol class="digits" style="--count:{len(verdicts)}" aria-label="{answers.reading_order()}">{digits}</ol>',
    )


def waiting(model: Classifier) -> str:
    """The card of a model that has nothing to answer yet."""
    body = '<div class="verdict"><span class="digit" aria-hidden="true">?</span></div>'
    return _card(model, answers.waiting(model.name), answers.size(model.run["parameters"]), body, " empty")


def _card(model: Classifier, label: str, aside: str, body: str, kind: str = "") -> str:
    notice = f'<p class="notice" role="status">{escape(str(model.notice))}</p>' if model.notice else ""
    family = model.run["family"].lower()
    return (
        f'<section class="card {family}{kind}" aria-label="{escape(label)}">'
        f"<header><b>{escape(model.name.upper())}</b><span>{aside}</span></header>{body}{notice}</section>"
    )


def models(described: Mapping[str, str]) -> str:
    """What the models to choose from are, by name."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{escape(words)}</dd>" for name, words in described.items())
    label = _("The models")
    return f'<div class="offer" role="region" aria-label="{escape(label)}" tabindex="0"><dl>{rows}</dl></div>'


def outcome(reading: Reading, names: list[str]) -> str:
    """The line above the cards: whether the models agree, on what, and whether it is a digit at all.

    Args:
        reading: of the drawing.
        names: of the cards' models, from the left; both cards may belong to the same model.
    """
    sign, headline, note = answers.outcome(reading, names)
    return _status(f"{sign} {escape(headline)} <small>{escape(note)}</small>")


def prompt(text: str) -> str:
    """The line above the cards while there is nothing to answer."""
    return _status(f"<small>{escape(text)}</small>")


def what_they_see(ink: Ink | None, reading: Reading | None) -> str:
    """The picture the models get; for several digits, the drawing and one picture per digit."""
    if ink is not None and reading is not None and reading.is_several:
        return boxes(ink)
    return seen(None if ink is None else ink.pixels)


def seen(pixels: np.ndarray | None) -> str:
    """The picture the models get, or where it will appear.

    Args:
        pixels: (28, 28) float32 in [0, 1], or None before there is one.
    """
    picture = f'<div class="awaited">{answers.awaited()}</div>'
    if pixels is not None:
        picture = f'<img class="pixels" src="{data_uri(pixels)}" alt="{escape(answers.as_pixels())}">'
    return f'<figure class="seen">{picture}<figcaption>{answers.seen()}</figcaption></figure>'


def boxes(ink: Ink) -> str:
    """The drawing with a box around every digit on it, and what the models see of each."""
    width, height = ink.size
    digits = ink.segments
    frames = "".join(
        f'<i style="left:{box.left / width:.2%};top:{box.top / height:.2%};'
        f'width:{box.width / width:.2%};height:{box.height / height:.2%}"></i>'
        for box in (digit.box for digit in digits)
    )
    tiles = "".join(
        f'<img class="pixels" src="{data_uri(digit.pixels)}" alt="{escape(answers.digit_as_pixels(number))}">'
        for number, digit in enumerate(digits, 1)
    )
    drawing = data_uri(ink.steps[0].image)
    return (
        f'<figure class="seen boxes"><div><img src="{drawing}" alt="{escape(answers.drawing_of(len(digits)))}">'
        f"{frames}</div><div>{tiles}</div>"
        f"<figcaption>{answers.seen_one_by_one()}</figcaption></figure>"
    )


def steps(taken: tuple[Step, ...]) -> str:
    """Every step from the drawing to the 28 x 28 picture, side by side."""
    figures = "".join(
        f'<figure><img src="{data_uri(step.image)}" alt="{escape(_(step.name))}">'
        f"<figcaption>{number}. {escape(_(step.name))}</figcaption></figure>"
        for number, step in enumerate(taken, 1)
    )
    return f'<div class="steps">{figures}</div>'


def _status(html: str) -> str:
    return f'<p class="agreement">{html}</p>'  # `live.js` reads it out to screen readers


def _time(elapsed_s: float) -> str:
    return f"{numeral(elapsed_s * 1e3, '.2f')} ms"


def data_uri(image: np.ndarray) -> str:
    """An (h, w) float in [0, 1] or (h, w, 3) uint8 image as a data URI."""
    if image.dtype != np.uint8:
        image = to_bytes(np.clip(image, 0, 1))
    return tiles.data_uri(image)
