"""The lesson that is open accompanies the reader from page to page. Without one, nothing of it is loaded."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

import streamlit as st

from digitlab.ui import addresses, boundary

if TYPE_CHECKING:
    from digitlab.ui.learn.walk import Walk

_COOKIE = "digitlab_lesson"  # as `bookmark.OPEN`, which is not loaded for it


def accompany(page: str) -> None:
    """Show the step of the lesson that is open, if one is; call this before the page.

    Args:
        page: the address of the page, without a slash.
    """
    state = st.session_state
    if "_lesson" not in state:
        state["_lesson"] = None
        if name := st.context.cookies.get(_COOKIE):
            from digitlab.ui.learn import bookmark

            bookmark.resume(str(name))
    walk: Walk | None = state["_lesson"]
    if walk is None and "_lesson_was_open" not in state:
        return
    from digitlab.ui.learn import panel

    if walk is not None:
        _translate(walk)
        page = addresses.name(page)
        if walk.seen.get("page", page) != page:
            state["_lesson_shown"] = False  # the reader has gone there to see that page
        walk.notice("page", page)
    panel.show()


def _translate(walk: Walk) -> None:
    """Go on in the reader's language, if that has changed and the lesson is there in it."""
    from digitlab.ui.learn import library

    with suppress(*boundary.EXPECTED):
        found = library.read(walk.lesson.name)
        if found is not None and len(found.steps) == len(walk.lesson.steps):
            walk.lesson = found


def saw(kind: str, *given: Any, **more: Any) -> None:
    """Tell the lesson that is open, if one is, what a page shows; the whole page runs again if a step is done by it.

    Args:
        kind: of fact, the name of a function in `facts`.
        given, more: for that function.
    """
    walk: Walk | None = st.session_state.get("_lesson")
    if walk is None:
        return
    from digitlab.ui.learn import facts

    fact = None
    with suppress(*boundary.EXPECTED):
        fact = getattr(facts, kind)(*given, **more)
    if fact is not None and walk.notice(kind, fact):
        st.rerun()
