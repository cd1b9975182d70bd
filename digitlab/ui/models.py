"""What all exploring pages share: choosing models and a split, and the models' answers, which are read once."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import streamlit as st

from digitlab import collection
from digitlab.analysis import held_out
from digitlab.analysis.held_out import HeldOut
from digitlab.data import mnist
from digitlab.models import store
from digitlab.ui import boundary, choice, fetch, share, streamlit_inside
from digitlab.wording import links
from digitlab.wording.language import NP_, pgettext
from digitlab.wording.language import gettext as _

WIDTH_PX = 132  # width of a select box
NONE = NP_("model", "none")
NAMED = ("digit", "selected")  # what else of a link's address belongs to one split


def existing() -> list[str]:
    """The models' names; if there is no model, the page says so and ends here."""
    names = store.names()
    if not names:
        st.info(_("There are no models yet. Train one: `python -m digitlab train cnn`"))
        st.stop()
    return names


def pick_two() -> list[str]:
    """Let people choose a model and perhaps a second one to compare it with; return their names, one or two."""
    left = pick(_("Model A"), "dnn", "left") or ""
    right = pick(_("Model B"), "cnn", "right", none=NONE)
    return [left] if right is None or right == left else [left, right]


def pick(label: str, default: str, key: str, *, none: str | None = None) -> str | None:
    """Show a select box of the models; the URL keeps the choice under `key`.

    Args:
        label: of the box.
        default: what is chosen at first, a model or `none`; if there is no such model, it is the first choice.
        key: of the widget, and in the URL.
        none: an additional choice for no model, which is returned as None.
    """
    names = [none, *store.names()] if none else existing()
    index = names.index(default) if default in names else 0
    share.tell_missing_models(key, names, [names[index]])
    name = choice.from_list(
        label, names, default=names[index], key=key,
        shown=lambda name: pgettext("model", name) if name == none else name,
        formerly={"nothing": NONE}, width=WIDTH_PX,
    )  # fmt: skip
    return None if name == none else name


def pick_several(default: Sequence[str], key: str = "models") -> list[str]:
    """Let people choose any number of models; the URL keeps the choice under `key`."""
    names = existing()
    share.tell_missing_models(key, names, default)
    return st.multiselect(_("Models"), names, default=default, key=key, bind="query-params", width=2 * WIDTH_PX)


def split() -> str:
    """Let people choose the split to look at; the URL keeps the choice under `split`.

    A link that names digits but no split is about theirs, or about test digits: it never opens others where those are
    not.
    """
    fetch.is_full_or_stop()
    there, state, asked = held_out.splits(), st.session_state, st.query_params.get("split")
    _complete(asked, there[0])
    is_room = held_out.ROOM in (*there, asked, state.get("split"))
    options = [*held_out.SPLITS, held_out.ROOM] if is_room else held_out.SPLITS
    if asked and asked not in options:
        st.warning(links.no_split(asked))
    return choice.one_of(
        _("Digits"), options, default=there[0], key="split",
        help=_("The 10,000 test digits, which no model was chosen by; the 5,000 validation digits, which models are "
               "chosen by; or what this room has drawn"),
    )  # fmt: skip


def _complete(asked: str | None, at_first: str) -> None:
    """Complete the address of the page, if its digits lack their split or it lacks theirs."""
    missing: dict[str, str] = {}
    for key in NAMED:
        text = st.query_params.get(key)
        if not text or st.session_state.get("_completed") == text:
            continue
        split = held_out.named(text)[0]
        if split is None:
            split = asked or held_out.SPLITS[0]
            text = missing[key] = f"{split}-{text}"
        if asked is None and split != at_first:
            missing["split"] = split
        st.session_state["_completed"] = text  # so that people may choose another split afterwards
    if missing:
        if "split" in missing:
            st.session_state.pop("split", None)
        streamlit_inside.correct_address(**missing)


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


def read_or_stop(split: str, *names: str) -> HeldOut:
    """As `read`; where that fails, the page says why and ends here. Call it after all controls of the page."""
    if split == "test" and split not in held_out.splits():
        fetch.note(links.no_digits(split))
        st.stop()
    fetch.note()
    with boundary.or_stop():
        return read(split, *names)


def read(split: str, *names: str) -> HeldOut:
    """`held_out.read`, cached until a model or the collection changes. All sessions share the arrays: never write."""
    mark = collection.mark() if split == held_out.ROOM else ()
    with st.spinner(_("Asking the models about every digit …")):
        return _read(split, tuple((name, store.folder(), store.fingerprint(name)) for name in names), mark)


@st.cache_resource(max_entries=20, show_spinner=False)
def _read(split: str, models: tuple[tuple, ...], mark: tuple) -> HeldOut:
    return held_out.read(split, [name for name, *_ in models])
