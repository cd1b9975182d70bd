"""For servers without full MNIST: a note that says which digits a page works on, and a button that fetches the rest."""

from __future__ import annotations

import time
from typing import Any

import streamlit as st

from digitlab import settings
from digitlab.data import mnist
from digitlab.errors import MnistDamaged
from digitlab.ui import boundary, presenter
from digitlab.wording import links
from digitlab.wording.language import N_
from digitlab.wording.language import gettext as _

MEGABYTES = 11  # approximate size of the file
_SHORTEST_UPDATE_S = 0.1  # pooch reports every kilobyte


def note(text: str = "") -> None:
    """Say that the page works on the 5,000 packaged digits, with a button for the rest; show nothing with full MNIST.

    Call this where the note should appear, before anything that needs digits.

    Args:
        text: what to say instead.
    """
    if not is_full_or_stop():
        _offer(_("Fetch full MNIST ({megabytes} MB)"), text or links.packaged_digits())


def is_full_or_stop() -> bool:
    """Whether full MNIST is here. Where the copy is damaged or unreadable, the page says so and ends here."""
    try:
        return mnist.load_or_packaged(download=False).source == "full"
    except MnistDamaged as error:
        boundary.show(error)
        if settings.load().mnist_path is None:  # the damaged copy is digitlab's own, so it may be replaced
            _offer(_("Fetch it again ({megabytes} MB)"))
        st.stop()
    except boundary.EXPECTED as error:
        boundary.show(error)
        st.stop()


def _offer(label: str, note: str = "") -> None:
    """Show one slim line: a note and the button; once that is pressed, the download and its progress. A success reruns
    the page."""
    # All slots are there from the beginning, so that nothing below moves when one is filled.
    with st.container(key="fetch_line", gap=None):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            if note:
                st.caption(note, width="content")
            pressed = st.button(
                label.format(megabytes=MEGABYTES), key="fetch", icon=":material/download:", type="tertiary"
            )
            cancel = st.empty()
        below = st.empty()
    if not pressed:
        return
    bar = below.progress(0.0, text=_("Connecting …"))
    # Any click on the page ends this run at the bar's next step, and pooch then removes the incomplete file.
    cancel.button(_("Cancel"), key="cancel_fetch", icon=":material/close:")
    try:
        presenter.require(N_("fetch data"))
        mnist.fetch(_Progress(bar))
    except boundary.EXPECTED as error:
        cancel.empty()
        below.error(boundary.sentence(error), icon=":material/error:")
    else:
        st.toast(_("Full MNIST is here: 70,000 digits."), icon=":material/check_circle:")
        st.rerun()


class _Progress:
    """A progress bar with the interface that pooch expects, drawn by Streamlit.

    Attributes:
        total: size of the file in bytes, set by pooch; 0 where the server does not say.
    """

    def __init__(self, bar: Any) -> None:
        self.total = 0
        self._bar, self._done, self._began, self._shown = bar, 0, time.monotonic(), 0.0

    def update(self, count: int) -> None:
        """Note that `count` more bytes have arrived."""
        self._done += count
        now = time.monotonic()
        if now - self._shown < _SHORTEST_UPDATE_S:
            return
        self._shown = now
        share = min(self._done / self.total, 1.0) if self.total else 0.0
        self._bar.progress(share, text=self._text(share, now - self._began))

    def reset(self) -> None:
        """Start counting from 0 again: at the end, pooch resets the bar and reports the whole size at once."""
        self._done = 0

    def close(self) -> None:
        """Note that everything has arrived, and only the hash remains to be checked."""
        self._bar.progress(1.0, text=_("Checking the file …"))

    def _text(self, share: float, elapsed_s: float) -> str:
        if not share:
            return _("{megabytes:.1f} MB").format(megabytes=self._done / 1e6)
        return _("{done:.1f} of {total:.1f} MB · about {seconds:.0f} s left").format(
            done=share * self.total / 1e6, total=self.total / 1e6, seconds=elapsed_s * (1 - share) / share
        )
