"""Components of our own: a few dozen lines of script each, in the `.js` file beside the module that shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st


def component(module: str, css_class: str) -> Any:
    """Register the component whose script stands beside a module; to be called once, when that is imported.

    Args:
        module: its `__file__`.
        css_class: of the element it fills.
    """
    script = Path(module).with_suffix(".js")
    return st.components.v2.component(
        f"digitlab_{script.stem}",
        html=f'<div class="{css_class}"></div>',
        js=script.read_text(encoding="utf-8"),
        isolate_styles=False,  # its rules stand in style.css with all others
    )
