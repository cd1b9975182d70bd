"""What the models answer, as HTML: large enough for the last row, one element each so that it paints at once."""

from __future__ import annotations

import base64
import io
from html import escape

import numpy as np
from PIL import Image

from digitlab.classifier import Classifier
from digitlab.ink import Stage
from digitlab.words import per_cent

CLOSE = 0.10  # a runner-up with at least this probability is worth a mention


def answer(model: Classifier, probabilities: np.ndarray, elapsed_s: float | None) -> str:
    """The card of one model: digit, confidence, runner-up if close, ten bars, time.

    Args:
        model: who answered.
        probabilities: (10,) summing to 1.
        elapsed_s: seconds the network took; None where it answered long ago.
    """
    first, second = np.argsort(probabilities)[::-1][:2]
    runner_up = ""
    if probabilities[second] >= CLOSE:
        runner_up = f'<span class="runner-up">or {second}: {per_cent(probabilities[second])}</span>'
    bars = "".join(
        f'<li{" class=top" if digit == first else ""} style="--share:{share:.2%}">{digit}<i></i>'
        f"<span>{per_cent(share)}</span></li>"
        for digit, share in enumerate(probabilities)
    )
    notice = f'<p class="notice" role="status">{escape(model.notice)}</p>' if model.notice else ""
    label = f"{model.name} answers {first}, {per_cent(probabilities[first])} sure"
    return (
        f'<section class="card {_family(model)}" aria-label="{escape(label)}">'
        f"<header><b>{escape(model.name.upper())}</b><span>{_time(elapsed_s)}</span></header>"
        f'<div class="verdict"><span class="digit">{first}</span>'
        f'<span class="confidence">{per_cent(probabilities[first])}{runner_up}</span></div>'
        f'<ol aria-label="Probability of each digit">{bars}</ol>{notice}</section>'
    )


def waiting(model: Classifier) -> str:
    """The card of a model that has nothing to answer yet."""
    notice = f'<p class="notice" role="status">{escape(model.notice)}</p>' if model.notice else ""
    return (
        f'<section class="card empty {_family(model)}" aria-label="{escape(model.name)} is waiting">'
        f"<header><b>{escape(model.name.upper())}</b><span>{model.run['parameters']:,} parameters</span></header>"
        f'<div class="verdict"><span class="digit" aria-hidden="true">?</span></div>{notice}</section>'
    )


def agreement(left: tuple[str, int], right: tuple[str, int]) -> str:
    """The line above the cards: whether both (name, digit) agree."""
    (left_name, left_digit), (right_name, right_digit) = left, right
    if left_digit == right_digit:
        return _status(f"✓ Both say {left_digit}")
    names = escape(left_name.upper()), escape(right_name.upper())
    return _status(f"≠ They disagree <small>{names[0]} says {left_digit}, {names[1]} says {right_digit}</small>")


def prompt(text: str) -> str:
    """The line above the cards while there is nothing to answer."""
    return _status(f"<small>{escape(text)}</small>")


def seen(pixels: np.ndarray | None) -> str:
    """The picture the models get.

    Args:
        pixels: (28, 28) float32 in [0, 1], or None before there is one.
    """
    source = _png(np.zeros((28, 28)) if pixels is None else pixels)
    alt = "The drawing as 28 by 28 pixels" if pixels is not None else "Empty"
    return (
        f'<figure class="seen"><img class="pixels" src="{source}" alt="{alt}">'
        "<figcaption>What the models see: 28\u00a0×\u00a028\u00a0pixels</figcaption></figure>"
    )


def picture(step: Stage) -> str:
    """The picture as it arrived."""
    return (
        f'<figure class="seen"><img src="{_png(step.image)}" alt="The picture as it arrived">'
        "<figcaption>The picture</figcaption></figure>"
    )


def stages(steps: tuple[Stage, ...]) -> str:
    """Every step from the drawing to the 28 x 28 picture, side by side."""
    figures = "".join(
        f'<figure><img src="{_png(step.image)}" alt="{escape(step.name)}">'
        f"<figcaption>{number}. {escape(step.name)}</figcaption></figure>"
        for number, step in enumerate(steps, 1)
    )
    return f'<div class="stages">{figures}</div>'


def _status(html: str) -> str:
    return f'<p class="agreement" role="status" aria-live="polite">{html}</p>'


def _family(model: Classifier) -> str:
    return "cnn" if model.run["family"] == "CNN" else "dnn"


def _time(elapsed_s: float | None) -> str:
    return "" if elapsed_s is None else f"{elapsed_s * 1e3:.2f} ms"


def _png(image: np.ndarray) -> str:
    """An (h, w) float in [0, 1] or (h, w, 3) uint8 image as a data URI."""
    if image.dtype != np.uint8:
        image = np.round(np.clip(image, 0, 1) * 255).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG", compress_level=1)
    return f"data:image/png;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
