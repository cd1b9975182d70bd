"""One digit, large: the models' probabilities for it, its nearest training digits, and a button to the canvas."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import streamlit as st

from digitlab import serving
from digitlab.analysis.held_out import CONTESTED, ROOM, HeldOut, named
from digitlab.data import mnist
from digitlab.errors import DigitlabError
from digitlab.pixels import to_shares
from digitlab.ui import models, share, tiles
from digitlab.ui.draw import canvas, cards, looked_at
from digitlab.wording import digits as words
from digitlab.wording import links
from digitlab.wording.language import gettext as _


def open_digit(split: str, index: int) -> None:
    """Make the next `show` open this digit; the URL keeps it."""
    st.query_params["digit"] = f"{split}-{index}"


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
    split, numbers = named(asked)
    number = "-".join(numbers)
    is_index = number.isdecimal() and len(number) <= mnist.LONGEST_INDEX and split in (held_out.split, None)
    places = np.flatnonzero(held_out.indices == (int(number) if is_index else -1))
    if not len(places):
        st.warning(links.no_digit(number, split or held_out.split, int(held_out.indices.max())))
        return
    at = int(places[0])
    title = words.title(held_out, at)
    st.dialog(title, width="large", on_dismiss=_close)(_body)(held_out, at, names, title, as_stored=as_stored)


def _body(held_out: HeldOut, at: int, names: Sequence[str], title: str, *, as_stored: bool) -> None:
    pixels = to_shares(held_out.images[at])
    if held_out.split == "test" and int(held_out.indices[at]) in CONTESTED:
        st.info(words.contested_by(*CONTESTED[int(held_out.indices[at])]), icon=":material/flag:")
    with st.container(key="detail"):
        for name in names:
            with st.container(key=f"detail_of_{name}"):
                st.html(card(name, held_out.images[at], held_out.probabilities[name][at]))
                st.html(looked_at.figures(pixels, [serving.load(name)]))
                if as_stored:
                    _neighbours(held_out, at, name)
        with st.container(key="detail_digit"):
            st.html(cards.seen(pixels))
            number = f"{held_out.split}-{held_out.indices[at]}"
            canvas.offer(number, held_out.images[at], title)
            st.page_link(
                "pages/draw/draw.py", label=_("Open in Draw"), icon=":material/draw:", query_params={"digit": number},
                help=_("Change it with the pen: when does the answer flip?"),
            )  # fmt: skip
            share.copy_link("copy_link_to_digit")


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
        st.caption(words.no_neighbours(name))
        return
    nearest = neighbours[np.searchsorted(mnist.rows(held_out.split, source), held_out.indices[at])]
    try:
        data = mnist.of_source(source)
    except DigitlabError:
        st.caption(words.neighbours_elsewhere(name))
        return
    labels = data.train.labels[nearest]
    st.markdown(words.neighbours(name))
    st.html(tiles.tiles(data.train.images[nearest], [words.one(label) for label in labels]))
