"""Which lesson is open in a session, and how far each is; the browser keeps both in cookies.

Session state:
    _lesson: the `walk.Walk` through the lesson that is open, or None.
    _lesson_was_open: whether one has been closed, so that the browser forgets it.
    _lesson_progress: how many steps of lessons that are closed are behind the reader, by name.
    _lesson_shown: whether the panel is unfolded on a narrow screen.
"""

from __future__ import annotations

from contextlib import suppress

import streamlit as st

from digitlab.ui import boundary
from digitlab.ui.learn import library
from digitlab.ui.learn.lesson import Lesson
from digitlab.ui.learn.walk import Walk

OPEN = "digitlab_lesson"  # the cookie with the name of the lesson that is open
_KEPT_S = 180 * 24 * 3600  # how long the browser remembers


def walk() -> Walk | None:
    """The way through the lesson that is open; None if none is."""
    return st.session_state.get("_lesson")


def begin(lesson: Lesson, at: int = 0) -> None:
    """Open a lesson at a step."""
    st.session_state.update(_lesson=Walk(lesson, at), _lesson_shown=True)


def close() -> None:
    """Close the lesson; how far it is stays known."""
    if (opened := walk()) is not None:
        st.session_state.setdefault("_lesson_progress", {})[opened.lesson.name] = opened.at
    st.session_state.update(_lesson=None, _lesson_was_open=True)


def progress(name: str) -> int:
    """How many steps of a lesson are behind this reader."""
    opened, known = walk(), st.session_state.get("_lesson_progress", {})
    if opened is not None and opened.lesson.name == name:
        return opened.at
    if name in known:
        return known[name]
    at, _, of = str(st.context.cookies.get(_cookie(name), "")).partition(".")
    return int(at) if of == name and at.isdecimal() and len(at) < 3 else 0


def resume(name: str) -> None:
    """Open the lesson that the browser says is open, where it was left, if it is still there."""
    with suppress(*boundary.EXPECTED):
        if (lesson := library.read(name)) is not None:
            begin(lesson, min(progress(name), len(lesson.steps)))
            st.session_state["_lesson_shown"] = False


def written(opened: Walk | None) -> str:
    """The script that makes the browser keep which lesson is open and how far it is, or forget that one is.

    Names of lessons have only letters, digits and hyphens.
    """
    kept = f"path=/; samesite=strict; max-age={_KEPT_S}"
    if opened is None:
        return f'document.cookie = "{OPEN}=; path=/; samesite=strict; max-age=0";'
    name = opened.lesson.name
    return f'document.cookie = "{OPEN}={name}; {kept}"; document.cookie = "{_cookie(name)}={opened.at}.{name}; {kept}";'


def _cookie(name: str) -> str:
    """The cookie with how far a lesson is. All lessons in links share one."""
    return f"{OPEN}_{'link' if name.startswith(library.CARRIED) else name}"
