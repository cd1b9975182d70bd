"""Choosing models and a split, the same on every page that explores, and what they answered, read once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from digitlab import collection
from digitlab.analysis import held_out
from digitlab.analysis.held_out import HeldOut
from digitlab.data import mnist
from digitlab.serving import store

WIDTH_PX = 150  # of a select box


def pick(label: str, default: str, key: str, *, none: str | None = None) -> str | None:
    """A select box of the models; the choice stands in the URL under `key`.

    Args:
        label: of the box.
        default: the model chosen at first, or the first there is; where `none` is given, may be it.
        key: of the widget, and in the URL.
        none: text of a choice for no model at all, which is returned as None.
    """
    names = [*([none] if none else []), *store.names()]
    if not names:
        st.info("There are no models yet. Train one: `python -m digitlab train cnn`")
        st.stop()
    index = names.index(default) if default in names else 0
    name = st.selectbox(label, names, index=index, key=key, bind="query-params", width=WIDTH_PX)
    return None if name == none else name


def split() -> str:
    """The split to look at; the choice stands in the URL under `split`."""
    there = held_out.splits()
    if len(there) == 1:
        return there[0]
    return st.segmented_control(
        "Digits", there, default=there[0], required=True, key="split", bind="query-params",
        help="10,000 test digits that only report, the 5,000 validation digits models are chosen by, or what this room "
        "has drawn",
    )  # fmt: skip


def family(name: str) -> str:
    """ "DNN" or "CNN"."""
    return store.read(name).run["family"]


def stored(name: str) -> tuple[str, dict[str, np.ndarray]]:
    """The source of the digits a model was trained on and `store.read_evaluation`'s arrays, kept until it changes.

    Raises:
        UnknownModel, DamagedModel: as `store.read`.
    """
    return _stored(name, store.folder(), store.fingerprint(name))


@st.cache_resource(max_entries=20, show_spinner=False)
def _stored(name: str, folder: Path, fingerprint: tuple) -> tuple[str, dict[str, np.ndarray]]:
    model = store.read(name)
    return model.run["data"]["source"], store.read_evaluation(model)


def map_places(held_out: HeldOut, name: str) -> np.ndarray | None:
    """(n, 2) float16 in [0, 1]: where a model's stored embedding map has the held-out digits; None if it has none."""
    source, arrays = stored(name)
    places = arrays.get(f"{held_out.split}_map")
    return None if places is None else places[np.searchsorted(mnist.rows(held_out.split, source), held_out.indices)]


def read(split: str, *names: str) -> HeldOut:
    """`held_out.read`, kept until a model or the collection changes; shared by all sessions: read, never write."""
    mark = collection.mark() if split == held_out.ROOM else ()
    return _read(split, tuple((name, store.folder(), store.fingerprint(name)) for name in names), mark)


@st.cache_resource(max_entries=20, show_spinner=False)
def _read(split: str, models: tuple[tuple, ...], mark: tuple) -> HeldOut:
    return held_out.read(split, [name for name, *_ in models])
