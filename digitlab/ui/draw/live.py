"""Answers while the pen still moves, without a script run.

While strokes grow, `live.js` sends them to a route of the server and paints the HTML that comes back. It paints it in
the same places where the page's script run, a quarter of a second after pen-up, writes the same HTML. Afterwards a
timeline shows from when on along the drawing each model gave its answer, and a slider replays the drawing.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from html import escape
from typing import Any

import numpy as np
import streamlit as st
from starlette.routing import BaseRoute, Route

from digitlab import audience, ink, language, monitoring, serving
from digitlab.errors import InkError, InvalidValue, UnreadablePicture
from digitlab.serving import Classifier
from digitlab.ui.component import component
from digitlab.ui.draw import canvas, canvas_inside, cards
from digitlab.wording import answers as of_answers
from digitlab.wording import parts
from digitlab.wording import timeline as words
from digitlab.wording.language import N_

STEPS = 10  # of a timeline
_ANSWER, _TIMELINE = "live/answer", "live/timeline"

_component = component(__file__, "live", ink.PEN)


def routes() -> list[BaseRoute]:
    """The server's two routes for `live.js`; both take JSON."""
    return [
        Route(f"/{_ANSWER}", audience.taking(answer, lambda asked: not asked.get("final"), "live"), methods=["POST"]),
        Route(f"/{_TIMELINE}", audience.taking(timeline, lambda _: True, "timeline"), methods=["POST"]),
    ]


def marked(html: str) -> str:
    """HTML marked with the state of the canvas that it belongs to, so that `live.js` can tell which is newer."""
    revision, count = canvas.version()
    return f'<div class="told" data-revision="{revision}" data-count="{count}">{html}</div>'


def answered(began: float) -> None:
    """Tell `monitoring` how long the script run took to answer, once for each pen-up.

    Args:
        began: when the script run began, by `time.perf_counter`.
    """
    version = canvas.version()
    if st.session_state.get("_answered") != version:
        st.session_state["_answered"] = version
        monitoring.answered("draw", began)


def show(names: Sequence[str], said: str, *, is_one: bool, draws: bool) -> None:
    """Make `live.js` listen to the canvas and read answers out to screen readers; show the timeline.

    Args:
        names: of the models, from the left.
        said: the answer in words, as HTML; empty while there is none.
        is_one: whether the drawing is read as one digit, which has a timeline.
        draws: whether the page shows a canvas.
    """
    revision, count = canvas.version()
    _component(
        key="live",
        on_erased_change=_erase,
        on_kept_change=_show_kept,
        data={
            "revision": revision,
            "count": count,
            "strokes": canvas.as_shown() if draws else None,
            "link": canvas.as_link() if draws else None,
            "erases": canvas.erases(),
            "brush": st.session_state.get("brush", ink.BRUSH_PX),
            "side": ink.CANVAS_PX,
            "paper": canvas_inside.PAPER,
            "models": list(names),
            "said": said,
            "chosen": of_answers.chosen_stroke(),
            "is_one": is_one,
            "paths": [
                f"{path}?lang={language.current()}" for path in (_ANSWER, _TIMELINE)
            ],  # as seen from the page, since a host may serve it below a path of its own
        },
    )


def _erase() -> None:
    canvas.erase(st.session_state["live"].erased)


def _show_kept() -> None:
    """Show what the browser kept of a page that was loaded again."""
    kept = st.session_state["live"].kept
    if isinstance(kept, str):
        canvas.restore(kept)


def answer(asked: dict[str, Any], client: str = "") -> dict[str, Any]:
    """What the page shows of a drawing.

    Args:
        asked: a drawing as `ink.strokes_from_json` takes it; `models`, one or two names; and optionally `share`, the
            share of the drawing that is asked about.
        client: who asks, which the answer does not depend on.

    Returns:
        HTML for each place on the page: `outcome`, `seen`, `left`, `right`; also `is_one`, whether the drawing is read
        as one digit, and `took_ms`. Or only `problem`, a sentence, where the drawing has no readable ink; the script
        run shows it on the page.

    Raises:
        InvalidValue, UnreadablePicture: the models, the share or the strokes are missing or wrong.
        DigitlabError: a model cannot be loaded.
    """
    began = time.perf_counter()
    chosen = models(asked)
    try:
        seen, reading = serving.readers.read(asked, chosen, _share(asked))
    except UnreadablePicture:
        raise
    except InkError as error:
        return {"problem": str(error)}
    places = dict(zip(("left", "right"), (cards.card(model, reading) for model in chosen), strict=False))
    return {
        **places,
        "outcome": cards.outcome(reading, [model.name for model in chosen]),
        "seen": cards.what_they_see(seen, reading),
        "is_one": not reading.is_several,
        "took_ms": (time.perf_counter() - began) * 1e3,  # so that `live.js` asks a busy server less often
    }


def timeline(asked: dict[str, Any], client: str = "") -> dict[str, Any]:
    """How sure each model was, along a drawing, of the digit that it says in the end.

    Args:
        asked, client: as for `answer`.

    Returns:
        `html`, the timeline: for each model a line, the probability of the digit that it says in the end after each of
        `STEPS` equal parts of the path, and a sentence; and a slider.

    Raises:
        As `answer`.
    """
    chosen = models(asked)
    found = serving.readers.read_along(asked, chosen, STEPS)
    shares = {model.name.upper(): along[:, along[-1].argmax()] for model, (along, _) in zip(chosen, found, strict=True)}
    lines, sentences = zip(*(_along(model, *along) for model, along in zip(chosen, found, strict=True)), strict=True)
    return {
        "html": f"<figure><figcaption>{words.caption()}</figcaption>"
        f'<svg viewBox="0 0 100 42" preserveAspectRatio="none" aria-hidden="true">{"".join(lines)}'
        '<line x1="100" x2="100" y1="0" y2="42"/></svg><input type="range" min="5" max="100" value="100" '
        f'aria-label="{words.slider()}" data-said="{words.place()}"><ul>{"".join(sentences)}</ul>'
        f"<details><summary>{parts.how_to_read()}</summary><p>{words.how_to_read(shares)}</p></details></figure>"
    }


def _along(model: Classifier, probabilities: np.ndarray, is_digit: bool) -> tuple[str, str]:
    """A model's line on the timeline, and from which share of the path on it gave its answer."""
    said = probabilities.argmax(axis=1)
    digit = int(said[-1])
    other = np.flatnonzero(said != digit)
    knew = (int(other[-1]) + 2 if len(other) else 1) / STEPS
    family = model.run["family"].lower()
    shares = probabilities[:, digit].astype(float)
    places = " ".join(f"{100 * at / STEPS:g},{40 - 38 * share:.2f}" for at, share in enumerate(shares, 1))
    name = f"<b>{escape(model.name.upper())}</b>"
    return (
        f'<polyline class="{family}" points="0,40 {places}"/>',
        f'<li class="{family}">{words.knew(name, digit, knew if is_digit else None)}</li>',
    )


def models(asked: dict[str, Any]) -> list[Classifier]:
    """The models that a question names.

    Raises:
        As `answer`.
    """
    names = asked.get("models")
    if not isinstance(names, list) or not 1 <= len(names) <= 2 or not all(isinstance(name, str) for name in names):
        raise InvalidValue(N_("Expected models: one name or two."))
    return [serving.load(name) for name in names]


def _share(asked: dict[str, Any]) -> float:
    share = asked.get("share", 1)
    if isinstance(share, bool) or not isinstance(share, int | float) or not 0 < share <= 1:
        raise InvalidValue(N_("Expected a share of the drawing, above 0 and up to 1."))
    return float(share)
