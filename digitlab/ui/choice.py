"""The controls above a page's content: one bar of them, and choices that are always made and that the URL keeps."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from digitlab.ui import streamlit_inside


def bar() -> DeltaGenerator:
    """The place of a page's controls, in this order: models, digits, what is shown of them, filters."""
    return st.container(horizontal=True, vertical_alignment="bottom", key="bar")


def one_of(
    label: str,
    options: Iterable[Any],
    *,
    default: Any,
    key: str,
    formerly: Mapping[str, str] | None = None,
    **more: Any,
) -> Any:
    """Show the options side by side and return the chosen one.

    Args:
        label: of the control.
        options: to choose from.
        default: the option that is chosen at first, and where the URL has the key without a value.
        key: of the control, and of its value in the URL.
        formerly: options by what older links call them.
        more: passed on to `st.segmented_control`.
    """
    renamed(key, formerly or {})
    chosen = st.segmented_control(
        label,
        list(options),
        default=default,
        key=key,
        required=True,
        bind="query-params",
        wrap=True,
        **more,
    )
    return default if chosen is None else chosen


def renamed(key: str, names: Mapping[str, str]) -> None:
    """Correct what an older link calls by another name than the control does, which follows.

    Args:
        key: of the control, and in the link.
        names: the options, by their former names.
    """
    asked = st.query_params.get(key, "")
    if asked in names:
        streamlit_inside.correct_address(**{key: names[asked]})
