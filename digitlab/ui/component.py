"""Components of our own: each is a short script in the `.js` file beside the module that shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st


def component(module: str, css_class: str) -> Any:
    """Register the component whose script lies beside a module; call this once, when the module is imported.

    Args:
        module: the module's `__file__`.
        css_class: of the element that the component fills.
    """
    script = Path(module).with_suffix(".js")
    return st.components.v2.component(
        f"digitlab_{script.stem}",
        html=f'<div class="{css_class}"></div>',
        js=script.read_text(encoding="utf-8"),
        isolate_styles=False,  # its rules are in style.css with all others
    )
