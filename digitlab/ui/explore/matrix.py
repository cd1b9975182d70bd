"""A confusion matrix to click on: a table of buttons, so that it works with keyboards and screen readers as well."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import streamlit as st

from digitlab.analysis import confusion
from digitlab.ui.component import component
from digitlab.wording import confusion as words
from digitlab.wording.language import numeral

_component = component(__file__, "matrix-frame")


def matrix(
    name: str, counts: np.ndarray, family: str, *, shown: str, errors_only: bool, chosen: tuple[int, int] | None,
    on_choose: Callable[[str, int, int], None], key: str,
) -> None:  # fmt: skip
    """Show one model's matrix; choosing a cell calls `on_choose(name, true, given)` before the page runs again.

    Args:
        name: of the model.
        counts: (10, 10), true digit by answer.
        family: "DNN" or "CNN", for the colour.
        shown: one of `confusion.SHOWN`.
        errors_only: whether the colours cover only the mistakes, so that the diagonal does not drown them.
        chosen: the cell that is open, if any.
        on_choose: called with the model, the true and the given digit.
        key: of the component in the page.
    """
    shares = confusion.shares(counts, shown)
    coloured = shares - np.diag(np.diag(shares)) if errors_only else shares
    shades = coloured / max(coloured.max(), 1e-12)
    cells = [
        [
            [_text(shares[t, g], shown), words.cell(counts, t, g), round(float(shades[t, g]), 3), family.lower()]
            for g in range(10)
        ]
        for t in range(10)
    ]
    _show(cells, chosen, partial(on_choose, name), key, words.name(name))


def difference(
    left: np.ndarray, right: np.ndarray, names: tuple[str, str], *, chosen: tuple[int, int] | None,
    on_choose: Callable[[str, int, int], None], key: str,
) -> None:  # fmt: skip
    """Show where two models' matrices differ: right minus left. Arguments as for `matrix`; `names` are the models'."""
    change = right - left
    largest = max(int(np.abs(change).max()), 1)
    cells = []
    for t in range(10):
        row = []
        for g in range(10):
            more = int(change[t, g])
            fixed = more > 0 if t == g else more < 0  # the right model does better in this cell
            side = "" if more == 0 else "cnn" if fixed else "dnn"
            text = "·" if more == 0 else numeral(more, "+d").replace("-", "−")
            row.append([text, words.both(names, left, right, t, g), round(abs(more) / largest, 3), side])
        cells.append(row)
    _show(cells, chosen, partial(on_choose, names[1]), key, words.difference(*names))


def _show(cells: list, chosen: tuple[int, int] | None, on_choose: Callable, key: str, label: str) -> None:
    def cell() -> None:
        value = st.session_state[key].cell
        if value is not None:
            on_choose(*value)

    data = {"cells": cells, "chosen": list(chosen) if chosen else None, "label": label, "corner": words.corner()}
    _component(key=key, data=data, on_cell_change=cell)


def _text(value: float, shown: str) -> str:
    if value == 0:
        return "·"
    return f"{value}" if shown == "counts" else numeral(100 * value, ".1f")
