"""The Calibration page: whether confidence can be trusted, and what it helps to let a model say "not sure"."""

import streamlit as st

from digitlab.analysis import calibration, evaluation
from digitlab.analysis import hints as rules
from digitlab.charts import calibration as charts
from digitlab.ui import boundary, choice, hints, models, share, style
from digitlab.ui.explore import page
from digitlab.ui.learn import companion
from digitlab.wording import calibration as words
from digitlab.wording.language import gettext as _
from digitlab.wording.language import numeral

top = page.begin(
    _("Calibration"), _("When a model says 90%, is it right nine times in ten? And may it say “not sure”?")
)
with choice.bar():
    names = models.pick_two()
    split = models.split()
    by = choice.one_of(
        _("Bins of confidence"), calibration.BINNINGS, default=calibration.EQUAL_WIDTH, key="bins",
        help=_("Equal width: 15 from 0 to 100%, as usual. 90 to 100%: a close look at where nearly all answers are. "
               "Equal count: the same number of answers in each bin."),
    )  # fmt: skip
held_out = models.read_or_stop(split, *names)
with boundary.or_stop():
    families = {name: models.family(name) for name in names}

verdicts = {name: words.balance(calibration.balance(held_out.probabilities[name], held_out.labels)) for name in names}

errors = {name: evaluation.calibration_error(held_out.probabilities[name], held_out.labels) for name in names}
left, right = st.columns(2)
with left:
    page.part(words.reliability())
    found = {name: calibration.reliability(held_out.probabilities[name], held_out.labels, by=by) for name in names}
    style.chart(
        charts.reliability_diagram(found, errors, families, by), key="reliability",
        how=words.how_to_read_reliability(found),
        alt=" ".join([_("Accuracy against confidence."), *(f"{name}: {verdicts[name]}" for name in names)]),
    )  # fmt: skip
with right:
    page.part(words.histogram())
    edges = calibration.HISTOGRAM_EDGES[by]
    counts = {
        name: calibration.confidence_histogram(held_out.probabilities[name], held_out.labels, edges) for name in names
    }
    style.chart(
        charts.histograms(counts, families, by), key="histograms",
        how=words.how_to_read_histogram(edges, counts),
        alt=" ".join([
            _("Right and wrong answers by confidence, on log scales."),
            *(f"{name}: {words.surest(edges, *counts[name])}" for name in names),
        ]),
    )  # fmt: skip
if by == calibration.CLOSE_UP:
    counts = {name: len(held_out.labels) - int(found[name].count.sum()) for name in names}
    st.caption(words.left_out(counts))
for name, place in zip(names, st.columns(len(names)), strict=True):
    error = _("**{model}: expected calibration error {points:.2f} points.**")
    place.markdown(f"{error.format(model=name, points=100 * errors[name])} {verdicts[name]}")
    with place:
        hints.show([rules.too_few(int((held_out.answers(name) == held_out.labels).sum()), len(held_out.labels))])


@st.fragment  # so that the slider does not rerun the charts above
def not_sure() -> None:
    page.part(words.not_sure())
    figures, chart = st.columns([2, 3], gap="medium")
    curves = {name: calibration.selective(held_out.probabilities[name], held_out.labels) for name in names}
    with figures:
        least = st.select_slider(
            _("Answer only if at least this sure, %"),
            calibration.STEPS,
            value=95,
            key="sure",
            bind="query-params",
        )
        choices = {name: curve.at(least / 100) for name, curve in curves.items()}
        for name, choice in choices.items():
            with st.container(horizontal=True):
                st.metric(_("{model} answers").format(model=name), numeral(choice.share, ".2%"))
                st.metric(_("right among these"), numeral(choice.accuracy, ".2%") if choice.answered else "–")
            st.markdown(f"{words.outcome(choice)} {words.price(curves[name])}")
            hints.show([rules.never_wrong(curves[name])])
    with chart:
        style.chart(
            charts.trade(curves, choices, families), key="trade",
            how=words.how_to_read_trade(curves, choices),
            alt=" ".join([
                _("Accuracy against the share answered."),
                *(f"{name}: {words.price(curve)}" for name, curve in curves.items()),
            ]),
        )  # fmt: skip
    companion.saw("calibration", held_out, names, least)


not_sure()
with top:
    share.copy_link()
