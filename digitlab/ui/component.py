"""Components of our own: each is a short script in the `.js` file beside the module that shows it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import streamlit as st


def component(module: str, css_class: str, *before: Path) -> Any:
    """Register the component whose script lies beside a module; call this once, when the module is imported.

    Args:
        module: the module's `__file__`.
        css_class: of the element that the component fills.
        before: further scripts, whose names the component's script may use.
    """
    script = Path(module).with_suffix(".js")
    return st.components.v2.component(
        f"digitlab_{script.stem}",
        html=f'<div class="{css_class}"></div>',
        js="\n".join(_lean(part.read_text(encoding="utf-8")) for part in (*before, script)),
        isolate_styles=False,  # its rules are in style.css with all others
    )


def _lean(script: str) -> str:
    """A script without what only its readers need, since Streamlit sends it in every script run."""
    lines = (line.strip() for line in script.splitlines())
    return "\n".join(line for line in lines if line and not line.startswith("//"))
