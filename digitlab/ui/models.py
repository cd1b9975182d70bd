"""What all exploring pages share: choosing models and a split, and the models' answers, which are read once."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import streamlit as st

from digitlab import collection
from digitlab.analysis import held_out
from digitlab.analysis.held_out import HeldOut
from digitlab.data import mnist
from digitlab.models import store
from digitlab.ui import choice

WIDTH_PX = 150  # width of a select box


def existing() -> list[str]:
    """The models' names; if there is no model, the page says so and ends here."""
    names = store.names()
    if not names:
        st.info("There are no models yet. Train one: `python -m digitlab train cnn`")
        st.stop()
    return names


def pick(label: str, default: str, key: str, *, none: str | None = None) -> str | None:
    """Show a select box of the models; the URL keeps the choice under `key`.

    Args:
        label: of the box.
        default: what is chosen at first, a model or `none`; if there is no such model, it is the first choice.
        key: of the widget, and in the URL.
        none: text of an additional choice for no model, which is returned as None.
    """
    names = [none, *store.names()] if none else existing()
    index = names.index(default) if default in names else 0
    name = st.selectbox(label, names, index=index, key=key, bind="query-params", width=WIDTH_PX)
    return None if name == none else name


def split() -> str:
    """Let people choose the split to look at; the URL keeps the choice under `split`."""
    there = held_out.splits()
    if len(there) == 1:
        return there[0]
    return choice.one_of(
        "Digits", there, default=there[0], key="split",
        help="The 10,000 test digits, which no model was chosen by; the 5,000 validation digits, which models are "
        "chosen by; or what this room has drawn",
    )  # fmt: skip


def family(name: str) -> str:
    """ "DNN" or "CNN"."""
    return store.read(name).run["family"]


def stored(name: str) -> tuple[str, dict[str, np.ndarray]]:
    """The source of a model's training digits and the arrays of `store.read_evaluation`, cached until it changes.

    Raises:
        UnknownModel, DamagedModel: as `store.read`.
    """
    return _stored(name, store.folder(), store.fingerprint(name))


@st.cache_resource(max_entries=20, show_spinner=False)
def _stored(name: str, folder: Path, fingerprint: tuple) -> tuple[str, dict[str, np.ndarray]]:
    model = store.read(name)
    return model.run["data"]["source"], store.read_evaluation(model)


def map_places(held_out: HeldOut, name: str) -> np.ndarray | None:
    """(n, 2) float16 in [0, 1]: places of the held-out digits on a model's embedding map; None if none is stored."""
    source, arrays = stored(name)
    places = arrays.get(f"{held_out.split}_map")
    return None if places is None else places[np.searchsorted(mnist.rows(held_out.split, source), held_out.indices)]


def read(split: str, *names: str) -> HeldOut:
    """`held_out.read`, cached until a model or the collection changes. All sessions share the arrays: never write."""
    mark = collection.mark() if split == held_out.ROOM else ()
    return _read(split, tuple((name, store.folder(), store.fingerprint(name)) for name in names), mark)


@st.cache_resource(max_entries=20, show_spinner="Asking the models about every digit …")
def _read(split: str, models: tuple[tuple, ...], mark: tuple) -> HeldOut:
    return held_out.read(split, [name for name, *_ in models])
