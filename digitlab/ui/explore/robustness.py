"""The parts of the Robustness page: curves by strength of a distortion, and the digits behind each point."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from digitlab import serving
from digitlab.charts import robustness as charts
from digitlab.explain import DISTORTIONS, robustness
from digitlab.explain.robustness import Robustness
from digitlab.ui import boundary, choice, models, style
from digitlab.ui.explore import detail, digits, page
from digitlab.wording import parts
from digitlab.wording import robustness as words
from digitlab.wording.language import N_
from digitlab.wording.language import gettext as _

QUANTITIES = (N_("accuracy"), N_("confidence"))
SHOWN = 300  # most digits shown at a time
_CHART = "robustness_chart"


def measured(names: Sequence[str]) -> dict[str, Robustness] | None:
    """The robustness of those models that can be read, measured now with a progress bar where it is not known yet.

    Where it cannot be measured, an error is shown; None if that is so for all.
    """
    readable = []
    for name in names:
        with boundary.in_place():
            serving.load(name)
            readable.append(name)
    if not readable:
        return None
    names = readable
    try:
        missing = [name for name in names if robustness.known(name) is None]
        if not missing:
            return robustness.measure(names)
        text = words.measuring(missing, sum(len(robustness.values(distortion)) for distortion in DISTORTIONS))
        bar = st.progress(0.0, text=text)
        found = robustness.measure(names, lambda share: bar.progress(share, text=text))
        bar.empty()
        return found
    except boundary.EXPECTED as error:
        boundary.show(error)
        return None


def pick_point(names: Sequence[str], distortion: str) -> tuple[str, int]:
    """Let people choose a point from lists, instead of or after a click; the URL keeps the choice.

    Returns:
        The model, and the position of the point on its curve.
    """
    state, one = st.session_state, DISTORTIONS[distortion]
    measured_at = robustness.values(distortion)
    values = [one.text(value) for value in measured_at]
    furthest_first = values[::-1]  # where most digits are wrong
    if state.get("of") not in names:
        state.pop("of", None)
    of = st.selectbox(_("Model"), names, key="of", bind="query-params", width=models.WIDTH_PX)
    at = choice.from_list(
        words.distortion(one).capitalize(), furthest_first, default=furthest_first[0], key="at",
        shown=lambda text: parts.measured(one, measured_at[values.index(text)]), width=models.WIDTH_PX,
    )  # fmt: skip
    return of, values.index(at)


def chart(found: dict[str, Robustness], distortion: str, quantity: str, chosen: tuple[str, int]) -> None:
    """Show the models' curves; a click on a point opens it."""
    one, values = DISTORTIONS[distortion], robustness.values(distortion)
    shares = {name: getattr(model, quantity)(distortion) for name, model in found.items()}
    crossings = crossings_of(found, distortion) if quantity == "accuracy" else []

    def clicked() -> None:
        points = st.session_state[_CHART].selection.points
        if points and "customdata" in points[0]:
            name, at = points[0]["customdata"][:2]
            st.session_state.update(of=name, at=one.text(values[int(at)]))

    figure = charts.a_thousand(
        values, shares, {name: models.family(name) for name in found}, one,
        words.axis(quantity), crossings, chosen,
    )  # fmt: skip
    style.chart(
        figure, key=_CHART, on_select=clicked, selection_mode="points",
        how=words.how_to_read(values, shares, one, quantity, robustness.COUNT),
        alt=" ".join([
            words.title(quantity, one), *(words.curve(name, one, values, shares[name]) for name in shares),
        ]),
    )  # fmt: skip


def crossings_of(found: dict[str, Robustness], distortion: str) -> list[robustness.Crossing]:
    """Where the curves of the first two models cross."""
    if len(found) < 2:
        return []
    left, right = list(found.values())[:2]
    return robustness.crossings(left, right, distortion)


def in_words(found: dict[str, Robustness], distortion: str) -> None:
    """Show in words where the curves cross and which digits suffer most."""
    if len(found) > 1:
        left, right = list(found)[:2]
        st.markdown(words.crossings(left, right, DISTORTIONS[distortion], crossings_of(found, distortion)))
    for name, model in found.items():
        st.markdown(words.worst(name, model.worst_pairs(distortion)))


def behind(found: dict[str, Robustness], distortion: str, of: str, at: int) -> None:
    """Show the digits that a model gets wrong at one point of its curve, distorted as they are there."""
    names = [of, *(name for name in found if name != of)]
    held_out = robustness.at([found[name] for name in names], distortion, at)
    wrong = (held_out.answers(of) != held_out.labels).nonzero()[0]
    one, value = DISTORTIONS[distortion], robustness.values(distortion)[at]
    page.part(words.wrong(of, one, value, len(wrong), len(held_out.labels), SHOWN))
    digits.show(held_out, wrong[:SHOWN], names, key="robustness_digits")
    detail.show(held_out, names, as_stored=False)
