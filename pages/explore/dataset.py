"""The Dataset page: MNIST's splits, examples, averages, and one digit down to its numbers."""

import random
from pathlib import Path

import numpy as np
import streamlit as st

from digitlab.analysis import dataset
from digitlab.charts import dataset as charts
from digitlab.models import store
from digitlab.ui import boundary, choice, fetch, models, style, tiles
from digitlab.ui.explore import dataset as parts
from digitlab.ui.explore import detail
from digitlab.wording import dataset as words

SHEETS, SHARES = 9999, (1, 2.6)
SHEET = Path(style.__file__).parent / "explore" / "dataset.css"


@st.cache_data(show_spinner="Counting …")  # by name, since a split always has the same digits
def summary(split: str) -> dataset.Summary:
    return dataset.summarise(digits[split])


def choose_split() -> str:
    if len(digits) == 1:
        return "validation"
    return choice.one_of("Split", digits, default="test", key="split", wrap=True)


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
    summaries = {name: summary(name) for name in digits}
    st.container(key="splits").table(words.overview(summaries), hide_index=True, alt="The three splits")
    left, right = st.columns(2, gap="medium")
    classes, pixels = words.classes(summaries), words.pixels(summaries)
    left.markdown(f"**How often each digit occurs.** {classes}")
    left.plotly_chart(style.themed(charts.classes(summaries)), key="classes", alt=classes)
    right.markdown(f"**How often each pixel value occurs.** {pixels}")
    right.plotly_chart(style.themed(charts.pixels(summaries)), key="pixels", alt=pixels)


def examples() -> None:
    controls, place = st.columns(SHARES, gap="medium")
    with controls:
        split = choose_split()
        digit = st.pills(
            "Digit", ["any", *"0123456789"], default="any", key="digit", wrap=True, required=True, bind="query-params"
        )
        name = models.pick("Read by", "cnn", "model", none="no model")
        index = number("Sheet", "sheet", SHEETS, "Shuffle")
    chosen = dataset.sample(digits[split].labels, None if digit in {None, "any"} else int(digit), index)
    images, labels = digits[split].images[chosen], digits[split].labels[chosen]
    html = tiles.tiles(images, [str(label) for label in labels])
    if name is not None:
        with boundary.in_place(controls.warning):
            answered = dataset.answers(name, images)
            known = dataset.may_know(name, split)
            controls.markdown(words.score(name, int((answered == labels).sum()), len(labels), may_know=known))
            html = tiles.graded(images, answered, labels)
    place.container(key="sheet_of_digits").html(html)


def answers(image: np.ndarray, split: str) -> str:
    """Let people choose models; return their answers to one digit as HTML."""
    flagships = [name for name in store.FLAGSHIPS if name in store.names()]
    names = st.multiselect("Read by", store.names(), default=flagships, key="readers", bind="query-params")
    shown, known = [], []
    for name in names:
        with boundary.in_place(st.warning):
            shown.append(detail.card(name, image))
            if dataset.may_know(name, split):
                known.append(name)
    if known:
        st.caption(words.may_know(known))
    return f'<div class="answers">{"".join(shown)}</div>'


def averages() -> None:
    split = choose_split()
    pictures = summary(split).pictures(digits[split].images)
    with st.container(key="averages"):
        for row, (title, meaning, captions) in zip(pictures, words.averages(summary(split)), strict=True):
            st.html(f'<p class="row"><b>{title}.</b> {meaning}</p>{tiles.tiles(row, captions)}')


def one_digit() -> None:
    controls, place = st.columns(SHARES, gap="medium")
    with controls:
        split = choose_split()
        last = len(digits[split]) - 1
        index = number(f"Which, 0 to {last:,}", "index", last, "Another")
        row = st.slider("Row", 0, dataset.SIDE - 1, 13, key="row", bind="query-params")
        image, label = digits[split].images[index], digits[split].labels[index]
        st.markdown(words.flattening(label, row))
        answered = answers(image, split)
    place.html(parts.flattening(image, row, f"The digit {label}; below it, its 28 rows laid end to end") + answered)
    scale = choice.one_of("Its numbers", ["0–255", "0–1"], default="0–255", key="scale")
    st.html(parts.numbers(image, unit=scale == "0–1", row=row))


SECTIONS = {"Splits": splits, "Examples": examples, "Averages": averages, "One digit": one_digit}
st.html(SHEET)
st.title("Dataset")
st.html('<p class="lead">MNIST: 70,000 digits written by hand, each a picture of 28 × 28 grey values.</p>')
fetch.note()
digits = dataset.splits()
section = choice.one_of("Show", SECTIONS, default="Splits", key="section", label_visibility="collapsed")
st.html(f'<p class="section">{words.leads()[section]}</p>')
SECTIONS[section]()
