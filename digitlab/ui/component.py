"""Components of our own: a few dozen lines of script each, in the `.js` file of its name beside this one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st


def component(name: str, css_class: str) -> Any:
    """Register the component whose script is `NAME.js`; to be called once, when its module is imported.

    Args:
        name: of the script.
        css_class: of the element it fills.
    """
    return st.components.v2.component(
        f"digitlab_{name}",
        html=f'<div class="{css_class}"></div>',
        js=Path(__file__).with_name(f"{name}.js").read_text(encoding="utf-8"),
        isolate_styles=False,  # its rules stand in style.css with all others
    )
