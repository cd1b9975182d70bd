"""Pictures of digits from a file or the camera; like the drawing, they are kept in the session."""

from __future__ import annotations

import streamlit as st

from digitlab import ink, settings
from digitlab.ui.draw import part

# What the file picker offers and names: each format's first ending, then the others, then whatever else is a picture,
# which `ink` refuses by its name.
TYPES = [
    *(endings[0] for endings in ink.EXTENSIONS.values()),
    *(ending for endings in ink.EXTENSIONS.values() for ending in endings[1:]),
    "image",
]


def upload() -> bytes | None:
    """Show the file uploader; return the bytes of the chosen file, or None."""
    st.file_uploader(
        "A picture of one digit",
        type=TYPES,
        max_upload_size=max(1, settings.load().picture_bytes // 10**6),
        key="upload",
        on_change=_keep,
        args=("upload",),
    )
    return _kept("upload")


def camera() -> bytes | None:
    """Show the camera; return the bytes of the photo, or None."""
    st.camera_input("A photo of one digit", key="camera", on_change=_keep, args=("camera",))
    return _kept("camera")


def _keep(key: str) -> None:
    """Store a picture in the session; called when the user chooses or removes one, but not when the page is left."""
    file = st.session_state[key]
    st.session_state[f"{key}_picture"] = None if file is None else file.getvalue()
    part.forget(key)


def _kept(key: str) -> bytes | None:
    data = st.session_state.get(f"{key}_picture")
    if data is not None and st.session_state.get(key) is None:
        st.button("Remove the picture from before", icon=":material/close:", on_click=_forget, args=(key,))
    return data


def _forget(key: str) -> None:
    st.session_state[f"{key}_picture"] = None
    part.forget(key)
