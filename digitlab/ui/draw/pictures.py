"""Pictures of digits from a file or the camera; like the drawing, they are kept for the session."""

from __future__ import annotations

import threading
import weakref
from collections import OrderedDict

import streamlit as st

from digitlab import ink, settings
from digitlab.access import uploads
from digitlab.ui import streamlit_inside
from digitlab.ui.draw import part
from digitlab.wording.language import N_
from digitlab.wording.language import gettext as _

# What the file picker offers and names: each format's first ending, then the others, then whatever else is a picture,
# which `ink` refuses by its name.
TYPES = [
    *(endings[0] for endings in ink.EXTENSIONS.values()),
    *(ending for endings in ink.EXTENSIONS.values() for ending in endings[1:]),
    "image",
]
MOST_BYTES = 60_000_000  # of all sessions' pictures; beyond, the oldest are dropped, but never the newest
MOST_READ = 8  # what was read of this many pictures is kept
DROPPED = N_("Other visitors needed the room, so your picture was dropped. Choose it again.")
BUSY = N_("The server is taking other pictures. Choose yours again in a moment.")


class Kept:
    """A session's picture, or why there is none."""

    def __init__(self, data: bytes | None, problem: str | None = None) -> None:
        self.data, self.problem = data, problem


_lock = threading.Lock()
_all: list[weakref.ref[Kept]] = []  # of all sessions that are open, the oldest first
_read: OrderedDict[tuple, ink.Ink] = OrderedDict()


def upload() -> bytes | None:
    """Show the file uploader; return the bytes of the chosen file, or None."""
    st.file_uploader(
        _("A picture of one digit or several"),
        label_visibility="collapsed",
        type=TYPES,
        max_upload_size=max(1, settings.load().picture_bytes // 10**6),
        key="upload",
        on_change=_keep,
        args=("upload",),
    )
    return _kept("upload")


def camera() -> bytes | None:
    """Show the camera; return the bytes of the photo, or None."""
    st.camera_input(
        _("A photo of one digit or several"), label_visibility="collapsed", key="camera", on_change=_keep,
        args=("camera",),
    )  # fmt: skip
    return _kept("camera")


def read(data: bytes, box: ink.Box | None, turn: int) -> ink.Ink:
    """What `ink.read` makes of a picture; not again at every click on the page.

    Raises:
        DigitlabError: as `ink.read`.
    """
    key = hash(data), len(data), box, turn
    with _lock:
        seen = _read.get(key)
    if seen is None:
        seen = ink.read(data, box, turn)
    with _lock:
        _read[key] = seen
        _read.move_to_end(key)
        while len(_read) > MOST_READ:
            _read.popitem(last=False)
    return seen


def _keep(key: str) -> None:
    """Keep a picture for the session; called when the user chooses or removes one, but not when the page is left."""
    taken = streamlit_inside.take_upload(key)
    if taken is None and streamlit_inside.was_taken(st.session_state[key]):
        return  # as Streamlit tells once it has forgotten the file
    part.forget(key)
    if taken is None:
        st.session_state[f"{key}_picture"] = None
    elif uploads.was_refused(taken[0]):
        st.session_state[f"{key}_picture"] = Kept(None, BUSY)
    else:
        st.session_state[f"{key}_picture"] = kept = Kept(taken[1])
        _make_room(kept)


def _make_room(newest: Kept) -> None:
    with _lock:
        there = [kept for kept in (reference() for reference in _all) if kept is not None and kept.data is not None]
        there.append(newest)
        left = sum(len(kept.data or b"") for kept in there) - MOST_BYTES
        for kept in there[:-1]:
            if left <= 0:
                break
            left -= len(kept.data or b"")
            kept.data, kept.problem = None, DROPPED
        _all[:] = [weakref.ref(kept) for kept in there if kept.data is not None]


def _kept(key: str) -> bytes | None:
    kept: Kept | None = st.session_state.get(f"{key}_picture")
    if kept is None:
        return None
    data = kept.data  # another session may drop it
    if data is None and kept.problem:
        st.warning(_(kept.problem), icon=":material/warning:")
    if st.session_state.get(key) is None:
        st.button(_("Remove the picture from before"), icon=":material/close:", on_click=_forget, args=(key,))
    return data


def _forget(key: str) -> None:
    st.session_state[f"{key}_picture"] = None
    part.forget(key)
