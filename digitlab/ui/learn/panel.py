"""The step of the open lesson: beside the page on a wide screen, a bar below it that opens on a narrow one."""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import streamlit as st

from digitlab import jobs
from digitlab.ui import presenter
from digitlab.ui.learn import bookmark
from digitlab.ui.learn.lesson import PAGES, Step
from digitlab.ui.learn.walk import Walk
from digitlab.wording import lessons as words
from digitlab.wording.language import gettext as _

SHEET = Path(__file__).with_name("learn.css")


def show() -> None:
    """Show the panel of the lesson that is open; if it has been closed, only make the browser forget it."""
    if bookmark.walk() is None:
        _write()
        return
    st.html(SHEET)
    with st.container(key="lesson"):
        _panel()


@st.fragment  # so that going on reruns only this
def _panel() -> None:
    walk = bookmark.walk()
    if walk is None:
        st.rerun()
    steps, number = len(walk.lesson.steps), min(walk.at + 1, len(walk.lesson.steps))
    _write()
    st.button(
        words.bar(walk.step.title, number, steps, is_done=walk.noticed is not None), key="lesson_bar", on_click=_fold,
        icon=":material/expand_more:" if _is_shown() else ":material/expand_less:",
    )  # fmt: skip
    with st.container(key="lesson_shown" if _is_shown() else "lesson_folded"):
        st.html(
            f'<p class="lesson-title">{escape(walk.lesson.title)}</p>'
            f'<p class="lesson-at">{escape(words.at(number, steps))}</p>'
            f'<progress value="{walk.at}" max="{steps}" aria-label="{escape(words.at(number, steps))}"></progress>'
        )
        if walk.is_finished:
            _end(walk)
        else:
            _step(walk)


def _step(walk: Walk) -> None:
    step = walk.step
    st.html(f'<p class="lesson-step">{escape(step.title)}</p>')
    st.markdown(walk.text())
    for at, choice in enumerate(step.choices):
        st.button(
            choice.text, key=f"lesson_choice_{at}", on_click=walk.choose, args=(at,), width="stretch",
            type="primary" if walk.chosen == at else "secondary",
        )  # fmt: skip
        if walk.chosen == at:
            st.html(f'<p class="lesson-noticed" role="status">{escape(words.verdict(right=choice.is_right))}</p>')
            st.markdown(choice.why)
    if step.page:
        st.page_link(PAGES[step.page], icon=":material/arrow_forward:", query_params=step.view)
    told = walk.told
    if told is not None:
        if not walk.is_skipped:
            st.html(f'<p class="lesson-noticed" role="status">✓ {escape(words.noticed())}</p>')
        st.markdown(told)
    elif step.done is not None:
        st.caption(_waiting(step))
    with st.container(horizontal=True, gap="small", key="lesson_buttons"):
        if walk.may_go_on:
            _button(_("Next"), "next", walk.go_to, walk.at + 1, type="primary")
        else:
            _button(_("Skip this step"), "skip", walk.skip)
        if walk.at:
            _button(_("Back"), "back", walk.go_to, walk.at - 1, type="tertiary")
        _button(_("Close lesson"), "close", bookmark.close, type="tertiary")


def _waiting(step: Step) -> str:
    if step.done is not None and step.done.kind == "training":
        if not presenter.is_presenter():
            return words.training_refused()
        if (why := jobs.hindrance()) is not None:
            return words.training_hindered(why)
    return words.waits()


def _end(walk: Walk) -> None:
    st.markdown(words.finished(walk.lesson.title))
    st.page_link("pages/learn/learn.py", icon=":material/school:")
    with st.container(horizontal=True, gap="small", key="lesson_buttons"):
        _button(_("Start again"), "again", walk.go_to, 0)
        _button(_("Close lesson"), "close", bookmark.close, type="tertiary")


def _button(label: str, name: str, do: Callable[..., None], *given: Any, **more: Any) -> None:
    st.button(label, key=f"lesson_{name}", on_click=do, args=given, **more)


def _is_shown() -> bool:
    return bool(st.session_state.get("_lesson_shown"))


def _fold() -> None:
    st.session_state["_lesson_shown"] = not _is_shown()


def _write() -> None:
    st.html(f"<script>{bookmark.written(bookmark.walk())}</script>", unsafe_allow_javascript=True)
