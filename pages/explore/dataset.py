"""The Dataset page: MNIST's splits, examples, averages, and one digit down to its numbers."""

import random
from pathlib import Path

import numpy as np
import streamlit as st

from digitlab.analysis import dataset
from digitlab.charts import dataset as charts
from digitlab.data import mnist
from digitlab.models import store
from digitlab.ui import boundary, choice, fetch, models, share, style, tiles
from digitlab.ui.explore import dataset as parts
from digitlab.ui.explore import detail, page
from digitlab.ui.learn import companion
from digitlab.wording import dataset as words
from digitlab.wording import links
from digitlab.wording.language import N_, NP_
from digitlab.wording.language import gettext as _

SAMPLES, SHARES = 9999, (1, 2.6)
NO_MODEL = NP_("model", "no model")
SHEET = Path(page.__file__).with_name("dataset.css")


def summary(split: str) -> dataset.Summary:
    with st.spinner(_("Counting …")):
        return _summary(split)


@st.cache_data(show_spinner=False)  # by name, since a split always has the same digits
def _summary(split: str) -> dataset.Summary:
    return dataset.summarise(digits[split])


def choose_split() -> str:
    return choice.one_of(_("Digits"), dataset.SPLITS, default="validation", key="split")


def here_or_stop(split: str) -> mnist.Split:
    """The digits of a split; if they are not here, the page says so and ends. Call it after all controls."""
    fetch.note("" if split in digits else links.no_digits(split))
    if split not in digits:
        st.stop()
    return digits[split]


def number(label: str, key: str, last: int, button: str) -> int:
    if st.session_state.get(key, 0) > last:  # it was chosen in a larger split
        st.session_state[key] = last
    value = st.number_input(label, 0, last, key=key, bind="query-params", width=140)
    st.button(
        button, icon=":material/shuffle:", key=f"draw_{key}",
        on_click=lambda: st.session_state.update({key: random.randint(0, last)}),
    )  # fmt: skip
    return value


def splits() -> None:
    fetch.note()
    summaries = {name: summary(name) for name in digits}
    st.container(key="splits").table(words.overview(summaries), hide_index=True, alt=_("The three splits"))
    left, right = st.columns(2, gap="medium")
    classes, pixels = words.classes(summaries), words.pixels(summaries)
    with left:
        page.part(words.digits_by_class())
        st.markdown(classes)
        style.chart(charts.classes(summaries), key="classes", alt=classes, how=words.how_to_read_classes(summaries))
    with right:
        page.part(words.pixels_by_value())
        st.markdown(pixels)
        style.chart(charts.pixels(summaries), key="pixels", alt=pixels, how=words.how_to_read_pixels(summaries))


def examples() -> None:
    with bar:
        name = models.pick(_("Model"), "cnn", "model", none=NO_MODEL)
        split = choose_split()
        digit = choice.from_list(
            _("True digit"), [NP_("digit", "any"), *"0123456789"], default="any", key="digit",
            shown=choice.within("digit"), width=models.WIDTH_PX,
        )  # fmt: skip
        index = number(_("Sample"), "sheet", SAMPLES, _("Shuffle"))
    held = here_or_stop(split)
    chosen = dataset.sample(held.labels, None if digit == "any" else int(digit), index)
    images, labels = held.images[chosen], held.labels[chosen]
    html = tiles.tiles(images, [str(label) for label in labels])
    if name is not None:
        with boundary.in_place(st.warning):
            answered = dataset.answers(name, images)
            known = dataset.may_know(name, split)
            st.markdown(words.score(name, int((answered == labels).sum()), len(labels), may_know=known))
            html = tiles.graded(images, answered, labels)
    st.container(key="sheet_of_digits").html(html)


def averages() -> None:
    with bar:
        split = choose_split()
    held = here_or_stop(split)
    pictures = summary(split).pictures(held.images)
    with st.container(key="averages"):
        for row, (title, meaning, captions) in zip(pictures, words.averages(summary(split)), strict=True):
            page.part(title)
            st.html(f'<p class="row">{meaning}</p>{tiles.tiles(row, captions)}')


def one_digit() -> None:
    with bar:
        names = models.pick_several([name for name in store.FLAGSHIPS if name in store.names()], "readers")
        split = choose_split()
        last = dataset.SPLITS[split] - 1
        index = number(_("Digit, 0 to {last:,}").format(last=last), "index", last, _("Another"))
    held = here_or_stop(split)
    image, label = held.images[index], held.labels[index]
    controls, place = st.columns(SHARES, gap="medium")
    with controls:
        row = st.slider(_("Row"), 0, dataset.SIDE - 1, 13, key="row", bind="query-params")
        st.markdown(words.flattening(label, row))
    with place:
        alt = _("The digit {label}; below it, its 28 rows laid end to end").format(label=label)
        st.html(parts.flattening(image, row, alt))
        answers(names, image, split)
    scale = choice.one_of(_("Numbers"), ["0–255", "0–1"], default="0–255", key="scale")
    st.html(parts.numbers(image, unit=scale == "0–1", row=row))


def answers(names: list[str], image: np.ndarray, split: str) -> None:
    """Show the models' answers to one digit."""
    shown, known = [], []
    for name in names:
        with boundary.in_place(st.warning):
            shown.append(detail.card(name, image))
            if dataset.may_know(name, split):
                known.append(name)
    if known:
        st.caption(words.may_know(known))
    st.html(f'<div class="answers">{"".join(shown)}</div>')


SECTIONS = {
    N_("Splits"): splits, N_("Examples"): examples, N_("Averages"): averages, N_("One digit"): one_digit,
}  # fmt: skip
st.html(SHEET)
top = page.begin(_("Dataset"), _("MNIST: 70,000 digits written by hand, each a picture of 28 × 28 grey values."))
fetch.is_full_or_stop()
digits = dataset.splits()
bar = choice.bar()
with bar:
    section = choice.one_of(_("Show"), SECTIONS, default="Splits", key="section")
st.html(f'<p class="section">{words.leads()[section]}</p>')
SECTIONS[section]()
with top:
    share.copy_link()
shown = digits.get(st.session_state.get("split", "validation")) if section == "One digit" else None
at = st.session_state.get("index", 0)
companion.saw("section", section, *(() if shown is None else (shown.images[at], shown.labels[at])))
