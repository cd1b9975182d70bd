"""The Dataset page: MNIST's splits, examples, averages, and one digit down to its numbers."""

import random
from pathlib import Path

import numpy as np
import streamlit as st

from digitlab.analysis import dataset
from digitlab.charts import dataset as charts
from digitlab.errors import DigitlabError
from digitlab.models import store
from digitlab.ui import fetch, models, style, tiles
from digitlab.ui.explore import detail

BOUND = {"required": True, "bind": "query-params"}
SHEETS, SHARES = 9999, (1, 2.6)
SHEET = Path(style.__file__).parent / "explore" / "dataset.css"


@st.cache_data(show_spinner="Counting …")  # by name, since a split always has the same digits
def summary(split: str) -> dataset.Summary:
    return dataset.summarise(digits[split])


def choose_split() -> str:
    if len(digits) == 1:
        return "validation"
    return st.segmented_control("Split", digits, default="test", key="split", wrap=True, **BOUND)


def number(label: str, key: str, last: int, button: str) -> int:
    if st.session_state.get(key, 0) > last:  # it was chosen in a larger split
        st.session_state[key] = last
    with st.container(horizontal=True, vertical_alignment="bottom"):
        value = st.number_input(label, 0, last, key=key, bind="query-params", width=140)
        st.button(
            button, icon=":material/shuffle:", key=f"draw_{key}",
            on_click=lambda: st.session_state.update({key: random.randint(0, last)}),
        )  # fmt: skip
    return value


def splits() -> None:
    found = {name: summary(name) for name in digits}
    st.container(key="splits").table(dataset.overview(found), hide_index=True, alt="The three splits")
    left, right = st.columns(2, gap="medium")
    classes, pixels = dataset.classes_in_words(found), dataset.pixels_in_words(found)
    left.markdown(f"**How often each digit occurs.** {classes}")
    left.plotly_chart(style.themed(charts.classes(found)), key="classes", alt=classes)
    right.markdown(f"**How often each pixel value occurs.** {pixels}")
    right.plotly_chart(style.themed(charts.pixels(found)), key="pixels", alt=pixels)


def examples() -> None:
    controls, place = st.columns(SHARES, gap="medium")
    with controls:
        split = choose_split()
        digit = st.pills("Digit", ["any", *"0123456789"], default="any", key="digit", wrap=True, **BOUND)
        name = models.pick("Read by", "cnn", "model", none="no model")
        index = number("Sheet", "sheet", SHEETS, "Shuffle")
    chosen = dataset.sample(digits[split].labels, None if digit == "any" else int(digit), index)
    images, labels = digits[split].images[chosen], digits[split].labels[chosen]
    captions, marks = [str(label) for label in labels], None
    if name is not None:
        try:
            captions, marks = dataset.verdicts(name, images, labels)
            caution = (
                " It may know these from its training: judge it by others." if dataset.may_know(name, split) else ""
            )
            controls.markdown(f"**{name}** reads **{marks.count('right')} of {len(marks)}** right.{caution}")
        except DigitlabError as error:
            controls.warning(str(error))
    place.container(key="sheet_of_digits").html(tiles.tiles(images, captions, marks))


def answers(image: np.ndarray, split: str) -> str:
    """Let people choose models; return their answers to one digit as HTML."""
    flagships = [name for name in store.FLAGSHIPS if name in store.names()]
    names = st.multiselect("Read by", store.names(), default=flagships, key="readers", bind="query-params")
    shown, known = [], []
    for name in names:
        try:
            shown.append(detail.card(name, image))
            if dataset.may_know(name, split):
                known.append(name)
        except DigitlabError as error:
            st.warning(str(error))
    if known:
        st.caption(f"{' and '.join(known)} may know this digit from training: judge by others.")
    return f'<div class="answers">{"".join(shown)}</div>'


def averages() -> None:
    split = choose_split()
    with st.container(key="averages"):
        for title, meaning, pictures, captions in dataset.averages(summary(split), digits[split].images):
            st.html(f'<p class="row"><b>{title}.</b> {meaning}</p>{tiles.tiles(pictures, captions)}')


def one_digit() -> None:
    controls, place = st.columns(SHARES, gap="medium")
    with controls:
        split = choose_split()
        last = len(digits[split]) - 1
        index = number(f"Which, 0 to {last:,}", "index", last, "Another")
        row = st.slider("Row", 0, dataset.SIDE - 1, 13, key="row", bind="query-params")
        image, label = digits[split].images[index], digits[split].labels[index]
        st.markdown(f"Labelled **{label}**. {dataset.flattening_in_words(row)}")
        answered = answers(image, split)
    place.html(charts.flattening(image, row, f"The digit {label}; below it, its 28 rows laid end to end") + answered)
    scale = st.segmented_control("Its numbers", ["0–255", "0–1"], default="0–255", key="scale", **BOUND)
    st.html(charts.numbers(image, unit=scale == "0–1", row=row))


SECTIONS = {"Splits": splits, "Examples": examples, "Averages": averages, "One digit": one_digit}
st.html(SHEET)
st.title("Dataset")
st.html('<p class="lead">MNIST: 70,000 digits written by hand, each a picture of 28 × 28 grey values.</p>')
fetch.note()
digits = dataset.splits()
section = st.segmented_control("Show", SECTIONS, default="Splits", key="section", label_visibility="collapsed", **BOUND)
st.html(f'<p class="section">{dataset.LEADS[section]}</p>')
SECTIONS[section]()
