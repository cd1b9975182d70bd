"""The Calibration page: whether confidence can be trusted, and what it helps to let a model say "not sure"."""

import streamlit as st

from digitlab.analysis import calibration, evaluation
from digitlab.charts import calibration as charts
from digitlab.ui import boundary, choice, fetch, models, style
from digitlab.wording import calibration as words

st.title("Calibration")
st.html('<p class="lead">When a model says 90%, is it right nine times in ten? And what if it may say “not sure”?</p>')
fetch.note()

with st.container(horizontal=True, vertical_alignment="bottom"):
    names = list(dict.fromkeys([models.pick("Model", "dnn", "left"), models.pick("Beside it", "cnn", "right")]))
    split = models.split()
    by = choice.one_of(
        "Bins of confidence", calibration.BINNINGS, default=calibration.EQUAL_WIDTH, key="bins",
        help="Equal width: 15 from 0 to 100%, as usual. 90 to 100%: a close look at where nearly all answers are. "
        "Equal count: the same number of answers in each bin.",
    )  # fmt: skip
with boundary.or_stop():
    held_out = models.read(split, *names)
    families = {name: models.family(name) for name in names}

verdicts = {name: words.balance(calibration.balance(held_out.probabilities[name], held_out.labels)) for name in names}

errors = {name: evaluation.calibration_error(held_out.probabilities[name], held_out.labels) for name in names}
left, right = st.columns(2)
with left:
    st.header("How sure, how often right")
    found = {name: calibration.reliability(held_out.probabilities[name], held_out.labels, by=by) for name in names}
    st.plotly_chart(
        style.themed(charts.reliability_diagram(found, errors, families, by)), key="reliability",
        alt="Accuracy against confidence. " + " ".join(f"{name}: {verdicts[name]}" for name in names),
    )  # fmt: skip
with right:
    st.header("How many are how sure")
    edges = calibration.HISTOGRAM_EDGES[by]
    counts = {
        name: calibration.confidence_histogram(held_out.probabilities[name], held_out.labels, edges) for name in names
    }
    st.plotly_chart(
        style.themed(charts.histograms(counts, families, by)), key="histograms",
        alt="Right and wrong answers by confidence, on log scales. "
        + " ".join(f"{name}: {words.surest(edges, *counts[name])}" for name in names),
    )  # fmt: skip
if by == calibration.CLOSE_UP:
    counts = {name: len(held_out.labels) - int(found[name].count.sum()) for name in names}
    st.caption(words.left_out(counts))
for name, place in zip(names, st.columns(len(names)), strict=True):
    place.markdown(f"**{name}: expected calibration error {100 * errors[name]:.2f} points.** {verdicts[name]}")


@st.fragment  # so that the slider does not rerun the charts above
def not_sure() -> None:
    st.header("If it may say “not sure”")
    figures, chart = st.columns([2, 3], gap="medium")
    curves = {name: calibration.selective(held_out.probabilities[name], held_out.labels) for name in names}
    with figures:
        least = st.select_slider(
            "Answer only if at least … % sure", calibration.STEPS, value=95, key="sure", bind="query-params"
        )
        choices = {name: curve.at(least / 100) for name, curve in curves.items()}
        for name, choice in choices.items():
            with st.container(horizontal=True):
                st.metric(f"{name} answers", f"{choice.share:.2%}")
                st.metric("right among these", f"{choice.accuracy:.2%}" if choice.answered else "–")
            st.markdown(f"{words.outcome(choice)} {words.price(curves[name])}")
    with chart:
        st.plotly_chart(
            style.themed(charts.trade(curves, choices, families)), key="trade",
            alt="Accuracy against the share answered. "
            + " ".join(f"{name}: {words.price(curve)}" for name, curve in curves.items()),
        )  # fmt: skip


not_sure()
with st.expander("How to read this"):
    st.markdown(words.how_to_read())
