"""The list of lessons on the Learn page, and the way to a lesson of one's own."""

from __future__ import annotations

from html import escape

import streamlit as st

from digitlab.errors import UnreadableLesson
from digitlab.ui import boundary, streamlit_inside
from digitlab.ui.learn import bookmark, lesson, library
from digitlab.ui.learn.lesson import Lesson
from digitlab.wording import lessons as words
from digitlab.wording.language import gettext as _


def open_linked() -> None:
    """Open the lesson that the link names or carries, once."""
    packed, name = st.query_params.get("carried", ""), st.query_params.get("lesson", "")
    asked = packed or name
    if not asked or st.session_state.get("_lesson_asked") == asked:
        return
    st.session_state["_lesson_asked"] = asked
    with boundary.in_place():
        found = library.carried(packed) if packed else library.read(name)
        if found is None:
            st.warning(words.unknown_lesson(name))
        else:
            _open(found)
            st.rerun()


def opened() -> dict[str, str]:
    """What a link to the lesson that is open names, unless it carries the lesson."""
    walk = bookmark.walk()
    if walk is None or walk.lesson.name.startswith(library.CARRIED):
        return {}
    return {"lesson": walk.lesson.name}


def show() -> None:
    """Show all lessons, each with how far it is."""
    with st.container(key="lessons"):
        for name in library.names():
            with st.container(border=True), boundary.in_place():
                if (found := library.read(name)) is None:
                    raise UnreadableLesson(words.bad_name(f"{name}.md"))
                _card(found)


def _card(found: Lesson) -> None:
    steps, done = len(found.steps), bookmark.progress(found.name)
    st.html(
        f'<h2 class="lesson-card">{escape(found.title)}</h2><p>{escape(found.about)}</p>'
        f'<p class="lesson-at">{escape(words.minutes(found.minutes))} · {escape(words.progress(done, steps))}</p>'
    )
    with st.container(horizontal=True, gap="small"):
        if 0 < done < steps:
            st.button(_("Continue"), key=f"continue_{found.name}", on_click=_open, args=(found,), type="primary")
        st.button(
            _("Start again") if done else _("Start"), key=f"start_{found.name}", on_click=bookmark.begin, args=(found,),
            type="secondary" if done else "primary",
        )  # fmt: skip


def _open(found: Lesson) -> None:
    """Go on with a lesson where it was left."""
    at = bookmark.progress(found.name)
    bookmark.begin(found, at if at < len(found.steps) else 0)


def own() -> None:
    """Show how to make a lesson, and take the file of one, which then stands in the address of the page."""
    with st.expander(_("Make a lesson of your own"), icon=":material/edit_note:"):
        st.markdown(words.how_to_make())
        example = library.file(library.SHIPPED[0])
        if example is not None:
            st.download_button(
                _("Download a lesson as an example"), example.read_bytes(), file_name=example.name,
                mime="text/markdown", icon=":material/download:",
            )  # fmt: skip
        st.file_uploader(_("Your lesson"), type=["md"], max_upload_size=1, key="own_lesson", on_change=_take)
        if (data := st.session_state.get("_own_lesson")) is not None:
            with boundary.in_place():
                packed = library.dropped(data, words.your_file())
                del st.session_state["_own_lesson"]
                st.session_state.pop("_lesson_asked", None)  # the same file may be dropped again
                st.query_params.from_dict({"carried": packed})
                st.rerun()


def _take() -> None:
    """Note the file that was dropped; as many bytes of it as a lesson may have."""
    taken = streamlit_inside.take_upload("own_lesson")
    st.session_state["_own_lesson"] = None if taken is None else taken[1][: 4 * lesson.MOST_SIGNS + 1]
