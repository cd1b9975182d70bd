"""The controls above a page's content: one bar of them, and choices that are always made and that the URL keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator


def bar() -> DeltaGenerator:
    """The place of a page's controls, in this order: models, digits, what is shown of them, filters."""
    return st.container(horizontal=True, vertical_alignment="bottom", key="bar")


def one_of(
    label: str,
    options: Iterable[Any],
    *,
    default: Any,
    key: str,
    formerly: Mapping[str | None, Any] | None = None,
    **more: Any,
) -> Any:
    """Show the options side by side and return the chosen one.

    Args:
        label: of the control.
        options: to choose from.
        default: the option that is chosen at first, and where the URL has the key without a value.
        key: of the control, and of its value in the URL.
        formerly: the options by what older links call them; None stands for a link without the key.
        more: passed on to `st.segmented_control`.
    """
    preset = renamed(key, formerly or {})
    chosen = st.segmented_control(
        label, list(options), default=None if preset else default, key=key, required=not preset, bind="query-params",
        **more,
    )  # fmt: skip
    return default if chosen is None else chosen


def renamed(key: str, names: Mapping[str | None, Any]) -> bool:
    """Choose what a link calls by another name than the control does; whether it does so. The control, which follows,
    must then have no default: Streamlit warns of two.

    Args:
        key: of the control, and in the link.
        names: the options, by their names in links; None stands for a link without the key.
    """
    asked = st.query_params.get(key)
    if asked not in names or key in st.session_state:
        return False
    st.session_state[key] = names[asked]
    return True
