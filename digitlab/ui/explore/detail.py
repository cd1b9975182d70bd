"""One digit, large: the models' probabilities for it, its nearest training digits, and a button to the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from digitlab import serving
from digitlab.analysis.held_out import CONTESTED, ROOM, HeldOut
from digitlab.data import mnist
from digitlab.errors import DigitlabError
from digitlab.pixels import to_shares
from digitlab.ui import models, tiles
from digitlab.ui.draw import canvas, cards
from digitlab.wording.parts import inert


def open_digit(index: int) -> None:
    """Make the next `show` open this digit; the URL keeps it."""
    st.query_params["digit"] = str(index)


def _close() -> None:
    st.query_params.pop("digit", None)


def show(held_out: HeldOut, names: Sequence[str], *, as_stored: bool = True) -> None:
    """Show the digit that is open, if one is and `held_out` has it.

    Args:
        held_out: the digits and their answers.
        names: of the models to show.
        as_stored: whether these digits are undistorted; for distorted ones, no nearest digits are stored.
    """
    asked = st.query_params.get("digit")
    if asked is None:
        return
    is_index = asked.isdecimal() and len(asked) <= mnist.LONGEST_INDEX
    places = np.flatnonzero(held_out.indices == (int(asked) if is_index else -1))
    if not len(places):
        st.warning(
            f"There is no {held_out.split} digit {inert(repr(asked))} here. They are numbered up to "
            f"{held_out.indices.max():,}."
        )
        return
    title = f"{held_out.split.capitalize()} digit {asked}, labelled {held_out.labels[places[0]]}"
    st.dialog(title, width="large", on_dismiss=_close)(_body)(held_out, int(places[0]), names, as_stored=as_stored)


def _body(held_out: HeldOut, at: int, names: Sequence[str], *, as_stored: bool) -> None:
    picture, *columns = st.columns([1, *[1] * len(names)])
    with picture:
        st.html(cards.seen(to_shares(held_out.images[at])))
        if st.button("Open in Draw", icon=":material/draw:", help="Change it with the pen: when does the answer flip?"):
            canvas.put(held_out.images[at])
            _close()
            # Streamlit refuses without `query_params`, since the URL holds the state of this page's widgets.
            st.switch_page("pages/draw/draw.py", query_params={})
    for column, name in zip(columns, names, strict=True):
        with column:
            st.html(card(name, held_out.images[at], held_out.probabilities[name][at]))
            if as_stored:
                _neighbours(held_out, at, name)
    if held_out.split == "test" and int(held_out.indices[at]) in CONTESTED:
        given, guess, for_given, for_guess, neither = CONTESTED[int(held_out.indices[at])]
        st.info(
            f"Is the label wrong? Of five human raters, {for_given} saw a {given}, {for_guess} a {guess}, {neither} "
            "neither (Northcutt, Athalye and Mueller 2021, labelerrors.com).",
            icon=":material/flag:",
        )


def card(name: str, image: np.ndarray, stored: np.ndarray | None = None) -> str:
    """A model's answer to one digit, as HTML.

    Args:
        name: of the model.
        image: (28, 28) uint8.
        stored: (10,) probabilities that are kept for it; None to take the model's answer of now.

    Raises:
        UnknownModel, DamagedModel: as `serving.load`.
    """
    model = serving.load(name)
    # Whether it doubts is not among the answers that are kept: it is asked about this one digit.
    verdict = serving.verdict(model, to_shares(image))
    if stored is not None:
        verdict = replace(verdict, digit=int(stored.argmax()), probabilities=stored)
    return cards.answer(model, verdict, timed=False)


def _neighbours(held_out: HeldOut, at: int, name: str) -> None:
    """Show the training digits that the model's last hidden layer puts nearest."""
    if held_out.split == ROOM:
        return  # training stored neighbours for MNIST's digits only
    source, arrays = models.stored(name)
    neighbours = arrays.get(f"{held_out.split}_neighbours")
    if neighbours is None:
        st.caption(
            f"Which training digits are nearest in **{name}** is found within minutes after a long training, or by "
            f"`python -m digitlab map {name}`."
        )
        return
    nearest = neighbours[np.searchsorted(mnist.rows(held_out.split, source), held_out.indices[at])]
    try:
        data = mnist.of_source(source)
    except DigitlabError:
        st.caption(f"The training digits nearest to it in **{name}** are part of full MNIST, which is not here.")
        return
    labels = data.train.labels[nearest]
    st.markdown(f"Nearest training digits as **{name}** sees them")
    st.html(tiles.tiles(data.train.images[nearest], [f"a {label}" for label in labels]))
