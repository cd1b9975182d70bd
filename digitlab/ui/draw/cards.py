"""The models' answers as HTML: large enough for the last row, one element per model, so that each paints at once."""

from __future__ import annotations

from html import escape

import numpy as np

from digitlab.ink import Ink, Step
from digitlab.pixels import to_bytes
from digitlab.serving import Classifier, Reading, Verdict, per_cent
from digitlab.ui import tiles

CLOSE = 0.10  # a runner-up with at least this probability is worth a mention


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
    probabilities, first = verdict.probabilities, verdict.digit
    second = int(np.argsort(probabilities)[-2])
    runner_up = f"or {second}: {per_cent(probabilities[second])}" if probabilities[second] >= CLOSE else ""
    beside, label = per_cent(verdict.confidence), f"{model.name} answers {first}, {per_cent(verdict.confidence)} sure"
    shares = [per_cent(share) for share in probabilities]
    if not verdict.is_digit:
        runner_up = f"or {second}" if runner_up else ""
        beside, shares = f"if it were a digit: {first}", [""] * len(probabilities)
        label = f"{model.name} takes this for no digit; if it were one: {first}"
    if runner_up:
        beside += f'<span class="runner-up">{runner_up}</span>'
    bars = "".join(
        f'<li{" class=top" if digit == first else ""} style="--share:{probability:.2%}">{digit}<i></i>'
        f"<span>{share}</span></li>"
        for digit, (probability, share) in enumerate(zip(probabilities, shares, strict=True))
    )
    return _card(
        model,
        label,
        _time(verdict.elapsed_s) if timed else "",
        f'<div class="verdict"><span class="digit">{first}</span><span class="confidence">{beside}</span></div>'
        f'<ol aria-label="{"Probability of each digit" if verdict.is_digit else "If it were a digit"}">{bars}</ol>',
        "" if verdict.is_digit else " doubtful",
    )


def digit_row(model: Classifier, verdicts: list[Verdict]) -> str:
    """The card of one model for several digits, each with its confidence or the word "doubted"."""
    digits = "".join(
        f'<li class="{"" if verdict.is_digit else "doubtful"}"><b>{verdict.said}</b>'
        f"<span>{per_cent(verdict.confidence) if verdict.is_digit else 'doubted'}</span></li>"
        for verdict in verdicts
    )
    return _card(
        model,
        f"{model.name} reads {' '.join(verdict.said for verdict in verdicts)}",
        _time(sum(verdict.elapsed_s for verdict in verdicts)),
        f'<ol class="digits" style="--count:{len(verdicts)}" aria-label="Digits in reading order">{digits}</ol>',
    )


def waiting(model: Classifier) -> str:
    """The card of a model that has nothing to answer yet."""
    body = '<div class="verdict"><span class="digit" aria-hidden="true">?</span></div>'
    return _card(model, f"{model.name} is waiting", f"{model.run['parameters']:,} parameters", body, " empty")


def _card(model: Classifier, label: str, aside: str, body: str, kind: str = "") -> str:
    notice = f'<p class="notice" role="status">{escape(model.notice)}</p>' if model.notice else ""
    family = "cnn" if model.run["family"] == "CNN" else "dnn"
    return (
        f'<section class="card {family}{kind}" aria-label="{escape(label)}">'
        f"<header><b>{escape(model.name.upper())}</b><span>{aside}</span></header>{body}{notice}</section>"
    )


def outcome(reading: Reading, names: list[str]) -> str:
    """The line above the cards: whether the models agree, on what, and whether it is a digit at all.

    Args:
        reading: of the drawing.
        names: of the cards' models, from the left; both cards may belong to the same model.
    """
    if reading.is_several:
        note, doubt = f"{len(reading.digits)} separate digits, one by one", reading.doubt()
        if doubt:
            note += f". {doubt}"
        return _agreement([(name, reading.number(name)) for name in names], "read", note, sure=doubt is None)
    verdicts = [(name, reading.whole[name]) for name in names]
    doubters = [(name, verdict.reason or "") for name, verdict in verdicts if not verdict.is_digit]
    if not doubters:
        return _agreement([(name, str(verdict.digit)) for name, verdict in verdicts], "say", "", sure=True)
    doubter, reason = doubters[-1]
    what, _, why = reason.partition(": ")
    because = f"<small>{escape(why[:1].upper() + why[1:])}</small>"
    if len(doubters) < len(names):
        (sure,) = (verdict.digit for name, verdict in verdicts if name != doubter)
        return _status(f"≠ {sure}? {escape(doubter.upper())} doubts it {because}")
    return _status(f"✗ {escape(what)} {because}")


def _agreement(said: list[tuple[str, str]], verb: str, note: str, *, sure: bool) -> str:
    if len({what for _, what in said}) > 1:
        each = ", ".join(f"{name.upper()} {verb}s {what}" for name, what in said)
        return _status(f"≠ They disagree <small>{escape('. '.join(filter(None, (each, note))))}</small>")
    mark, subject = "✓" if sure else "✗", f"Both {verb}" if len(said) > 1 else f"{said[0][0].upper()} {verb}s"
    return _status(f"{mark} {escape(subject)} {said[0][1]} <small>{escape(note)}</small>")


def prompt(text: str) -> str:
    """The line above the cards while there is nothing to answer."""
    return _status(f"<small>{escape(text)}</small>")


def what_they_see(digit: Ink | None, reading: Reading | None) -> str:
    """The picture the models get; for several digits, the drawing and one picture per digit."""
    if digit is not None and reading is not None and reading.is_several:
        return boxes(digit)
    return seen(None if digit is None else digit.pixels)


def seen(pixels: np.ndarray | None) -> str:
    """The picture the models get.

    Args:
        pixels: (28, 28) float32 in [0, 1], or None before there is one.
    """
    source = data_uri(np.zeros((28, 28)) if pixels is None else pixels)
    alt = "The drawing as 28 by 28 pixels" if pixels is not None else "Empty"
    return (
        f'<figure class="seen"><img class="pixels" src="{source}" alt="{alt}">'
        "<figcaption>What the models see: 28\u00a0×\u00a028\u00a0pixels</figcaption></figure>"
    )


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
        f'<img class="pixels" src="{data_uri(digit.pixels)}" alt="Digit {number} as 28 by 28 pixels">'
        for number, digit in enumerate(digits, 1)
    )
    drawing = data_uri(ink.steps[0].image)
    return (
        f'<figure class="seen boxes"><div><img src="{drawing}" alt="The drawing, {len(digits)} digits">'
        f"{frames}</div><div>{tiles}</div>"
        "<figcaption>What the models see, one by one</figcaption></figure>"
    )


def steps(taken: tuple[Step, ...]) -> str:
    """Every step from the drawing to the 28 x 28 picture, side by side."""
    figures = "".join(
        f'<figure><img src="{data_uri(step.image)}" alt="{escape(step.name)}">'
        f"<figcaption>{number}. {escape(step.name)}</figcaption></figure>"
        for number, step in enumerate(taken, 1)
    )
    return f'<div class="steps">{figures}</div>'


def _status(html: str) -> str:
    return f'<p class="agreement">{html}</p>'  # `live.js` reads it out to screen readers


def _time(elapsed_s: float) -> str:
    return f"{elapsed_s * 1e3:.2f} ms"


def data_uri(image: np.ndarray) -> str:
    """An (h, w) float in [0, 1] or (h, w, 3) uint8 image as a data URI."""
    if image.dtype != np.uint8:
        image = to_bytes(np.clip(image, 0, 1))
    return tiles.data_uri(image)
