"""Held-out digits and the models' answers to them: as a gallery, as a report, as a cell of a matrix."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import streamlit as st

from digitlab.analysis import confusion
from digitlab.analysis.held_out import HeldOut
from digitlab.charts import exports
from digitlab.ui.explore import detail
from digitlab.ui.explore.gallery import gallery
from digitlab.wording import confusion as words
from digitlab.wording import digits as of_digits
from digitlab.wording.language import gettext as _


def cell(counts: Mapping[str, np.ndarray]) -> tuple[str, int, int]:
    """The cell whose digits are shown: that of the URL, or at first the commonest mistake of the first model.

    Args:
        counts: (10, 10) matrices, by the models' names.

    Returns:
        The model, the true digit and the model's answer.
    """
    first = next(iter(counts))
    worst = confusion.worst_pairs(counts[first], 1)
    true, given = (worst[0].true, worst[0].given) if worst else (0, 0)
    asked = st.query_params.get("cell") or "-".join(
        st.query_params.get(key, at_first)
        for key, at_first in {"of": first, "true": f"{true}", "answer": f"{given}"}.items()
    )  # older links name the three one by one
    found = re.fullmatch(r"(.*)-([0-9])-([0-9])", asked)
    return (found[1], int(found[2]), int(found[3])) if found and found[1] in counts else (first, true, given)


def open_cell(of: str, true: int, given: int) -> None:
    """Make the next `cell` return this one; the URL keeps it."""
    st.query_params["cell"] = f"{of}-{true}-{given}"


def show(held_out: HeldOut, places: np.ndarray, names: Sequence[str], key: str) -> None:
    """Show a gallery of some held-out digits, in the order given; opening one shows it large.

    Args:
        held_out: the digits and their answers.
        places: positions in `held_out`.
        names: of the models whose answers are below each digit; a tile is marked wrong if any of them is wrong.
        key: of the gallery.
    """
    wrong = np.any([held_out.answers(name)[places] != held_out.labels[places] for name in names], axis=0)
    contested = held_out.contested()[places]
    said = [
        caption + (" ⚑" if flag else "")
        for caption, flag in zip(captions(held_out, places, names), contested, strict=True)
    ]
    gallery(
        held_out.images[places], held_out.indices[places], said, [_sentence(held_out, at, names) for at in places],
        ["wrong" if is_wrong else "right" for is_wrong in wrong],
        functools.partial(detail.open_digit, held_out.split), key,
    )  # fmt: skip
    if len(places):
        st.caption(of_digits.legend(names, has_contested=contested.any()))


def captions(held_out: HeldOut, places: np.ndarray, names: Sequence[str]) -> list[str]:
    """Label and answers of each digit in a few characters, such as "4: 9✗ 4✓"."""
    labels = held_out.labels[places]
    answers = [held_out.answers(name)[places] for name in names]
    return [
        f"{label}: " + " ".join(f"{given[at]}{'✓' if given[at] == label else '✗'}" for given in answers)
        for at, label in enumerate(labels)
    ]


def _sentence(held_out: HeldOut, at: int, names: Sequence[str]) -> str:
    return of_digits.answers(held_out, at, names)


def report(held_out: HeldOut, name: str, counts: np.ndarray) -> None:
    """Show precision, recall and F1 of each digit, to sort and to download, with the worst pairs in words."""
    found = _report(held_out.labels, held_out.answers(name))
    st.markdown(words.worst(name, confusion.worst_pairs(counts, 3)))
    number = st.column_config.NumberColumn
    shown = {**found, "digit": [_(each) for each in found["digit"]]}
    st.dataframe(
        shown, hide_index=True, height="content", key=f"report_{name}",
        column_config={
            "digit": _("Digit"),
            "precision": number(
                _("Precision"), format="%.4f", help=_("Share of its answers of this digit that are right")
            ),
            "recall": number(_("Recall"), format="%.4f", help=_("Share of these digits that it reads right")),
            "f1": number(_("F1"), format="%.4f", help=_("The harmonic mean of the two")),
            "support": number(_("Digits"), format="localized"),
        },
    )  # fmt: skip
    st.download_button(
        _("Report as CSV"), exports.csv_of(found), file_name=f"{name}-{held_out.split}-report.csv", mime="text/csv",
        icon=":material/download:", key=f"csv_{name}",
    )  # fmt: skip


# Cached, since scikit-learn takes a tenth of a second, and every click on a cell reruns the page.
@st.cache_data(max_entries=40, show_spinner=False)
def _report(labels: np.ndarray, answers: np.ndarray) -> dict[str, list[Any]]:
    return confusion.report(labels, answers)
