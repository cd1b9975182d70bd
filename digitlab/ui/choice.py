"""A choice of one of several options that is always made, and that the URL keeps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import streamlit as st


def one_of(label: str, options: Iterable[Any], *, default: Any, key: str, **more: Any) -> Any:
    """Show the options side by side and return the chosen one.

    Args:
        label: of the control.
        options: to choose from.
        default: the option that is chosen at first, and where the URL has the key without a value.
        key: of the control, and of its value in the URL.
        more: passed on to `st.segmented_control`.
    """
    chosen = st.segmented_control(
        label, list(options), default=default, key=key, required=True, bind="query-params", **more
    )
    return default if chosen is None else chosen
