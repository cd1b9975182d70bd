"""The Calibration page: whether confidence can be trusted, and what it helps to let a model say "not sure"."""

import streamlit as st

from digitlab.analysis import calibration, evaluation
from digitlab.charts import calibration as charts
from digitlab.errors import DigitlabError
from digitlab.ui import fetch, models, style

HOW_TO_READ = """\
- **How sure, how often right.** All answers with about the same confidence make one point. On the dashed line, the
  model is right as often as it says; below the line it claims too much, above it too little. Larger symbols stand for
  more answers. The bars are 95% intervals: with few answers, chance can move a point far.
- **Expected calibration error.** The distance of the points from that line, in percentage points, weighted by how
  many answers each stands for. Nearly all answers are surer than 99%, so it is small for every good model: look at the
  points as well.
- **How many are how sure.** One step on the scale is ten times as many answers. Good confidence keeps the wrong
  answers away from the right end.
- **“Not sure”.** Refusing the least sure answers trades answers for accuracy; the best curve lies furthest up and to
  the right. The figures hold for these digits, on which the limit was also chosen; on new digits, expect a little less.
"""

st.title("Calibration")
st.html('<p class="lead">When a model says 90%, is it right nine times in ten? And what if it may say “not sure”?</p>')
fetch.note()

with st.container(horizontal=True, vertical_alignment="bottom"):
    names = list(dict.fromkeys([models.pick("Model", "dnn", "left"), models.pick("Beside it", "cnn", "right")]))
    split = models.split()
    by = st.segmented_control(
        "Bins of confidence", calibration.BINNINGS, default=calibration.EQUAL_WIDTH, required=True, key="bins",
        bind="query-params", help="Equal width: 15 from 0 to 100%, as usual. 90 to 100%: a close look at where nearly "
        "all answers are. Equal count: the same number of answers in each bin.",
    )  # fmt: skip
try:
    held_out = models.read(split, *names)
    families = {name: models.family(name) for name in names}
except DigitlabError as error:
    st.error(str(error))
    st.stop()

verdicts = {name: calibration.explain(held_out.probabilities[name], held_out.labels) for name in names}

errors = {name: evaluation.calibration_error(held_out.probabilities[name], held_out.labels) for name in names}
left, right = st.columns(2)
with left:
    st.subheader("How sure, how often right")
    found = {name: calibration.reliability(held_out.probabilities[name], held_out.labels, by=by) for name in names}
    st.plotly_chart(
        style.themed(charts.reliability_diagram(found, errors, families, by)), key="reliability",
        alt="Accuracy against confidence. " + " ".join(f"{name}: {verdicts[name]}" for name in names),
    )  # fmt: skip
with right:
    st.subheader("How many are how sure")
    edges = calibration.HISTOGRAM_EDGES[by]
    counts = {
        name: calibration.confidence_histogram(held_out.probabilities[name], held_out.labels, edges) for name in names
    }
    st.plotly_chart(
        style.themed(charts.histograms(counts, families, by)), key="histograms",
        alt="Right and wrong answers by confidence, on log scales. "
        + " ".join(f"{name}: {charts.describe(edges, *counts[name])}" for name in names),
    )  # fmt: skip
if by == calibration.CLOSE_UP:
    missing = {name: len(held_out.labels) - found[name].count.sum() for name in names}
    told = " and ".join(f"{count:,} answers of {name}" for name, count in missing.items())
    st.caption(f"Less than 90% sure and not in these two charts: {told}.")
for name, place in zip(names, st.columns(len(names)), strict=True):
    place.markdown(f"**{name}: expected calibration error {100 * errors[name]:.2f} points.** {verdicts[name]}")


@st.fragment  # so that the slider does not rerun the charts above
def not_sure() -> None:
    st.subheader("If it may say “not sure”")
    words, chart = st.columns([2, 3], gap="medium")
    curves = {name: calibration.selective(held_out.probabilities[name], held_out.labels) for name in names}
    with words:
        least = st.select_slider(
            "Answer only if at least … % sure", calibration.STEPS, value=95, key="sure", bind="query-params"
        )
        choices = {name: curve.at(least / 100) for name, curve in curves.items()}
        for name, choice in choices.items():
            with st.container(horizontal=True):
                st.metric(f"{name} answers", f"{choice.share:.2%}")
                st.metric("right among these", f"{choice.accuracy:.2%}" if choice.answered else "–")
            st.markdown(f"{calibration.outcome(choice)} {calibration.price(curves[name])}")
    with chart:
        st.plotly_chart(
            style.themed(charts.trade(curves, choices, families)), key="trade",
            alt="Accuracy against the share answered. "
            + " ".join(f"{name}: {calibration.price(curve)}" for name, curve in curves.items()),
        )  # fmt: skip


not_sure()
with st.expander("How to read this"):
    st.markdown(HOW_TO_READ)
