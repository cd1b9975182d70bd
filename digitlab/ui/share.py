"""Links to what somebody sees: a page's title with a button that copies one, and what a machine lacks that opens it.

Streamlit leaves out of the address what a control shows at first. Another machine may begin with something else, so the
button names every control's value.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from digitlab.ui import choice, streamlit_inside
from digitlab.ui.component import component
from digitlab.wording import links

_component = component(__file__, "share", streamlit_inside.SCRIPT)


def heading(title: str, lead: str) -> DeltaGenerator:
    """Show a page's title with its lead; return the place for `copy_link`, which a page calls at its end."""
    with st.container(horizontal=True, vertical_alignment="bottom", key="heading"):
        st.title(title, width="content")
        st.html(f'<p class="lead">{lead}</p>', width="stretch")
        return st.container(width="content")


def copy_link(key: str = "copy_link", **more: str) -> None:
    """Show a button that copies a link to this page as it is. Call it after all controls of the page.

    Args:
        key: of the button in the page.
        more: what the link has to name beside the controls, unless the address has it already.
    """
    named = ((name, [value]) for name, value in more.items())
    absent = [*streamlit_inside.absent_controls(), *choice.absent(), *named]
    _component(key=key, data={"absent": absent, "words": links.button()})


def tell_missing_models(key: str, there: Sequence[str], instead: Sequence[str]) -> None:
    """Say so if the link that opened the page names models that this machine lacks. Call it before their control, which
    forgets what it does not offer.

    Args:
        key: of the control, and in the link.
        there: what the control offers.
        instead: the models that it shows if it knows none of the link's.
    """
    asked = st.query_params.get_all(key)
    missing = [name for name in asked if name and name not in there]
    if missing:
        st.warning(links.no_models(missing, [name for name in asked if name in there] or instead))
