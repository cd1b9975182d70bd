"""The boundary for errors: whatever is raised for a page becomes a sentence in its place, and the rest goes on.

Pages name what they expect to fail (`or_stop`, `in_place`); `heed` and `heed_callback` get everything else.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import streamlit as st

from digitlab import monitoring
from digitlab.errors import DigitlabError
from digitlab.wording import failures

EXPECTED = (DigitlabError, OSError)
_log = logging.getLogger("digitlab.errors")


@contextmanager
def or_stop() -> Iterator[None]:
    """Where the block fails, show why in its place, and end the page here."""
    try:
        yield
    except EXPECTED as error:
        show(error)
        st.stop()


@contextmanager
def in_place(say: Callable[[str], object] = st.error) -> Iterator[None]:
    """Where the block fails, show why in its place, and go on.

    Args:
        say: shows a sentence as Markdown.
    """
    try:
        yield
    except EXPECTED as error:
        say(sentence(error))


def show(error: Exception) -> None:
    """Show why something failed."""
    st.error(sentence(error), icon=":material/error:")


def sentence(error: BaseException) -> str:
    """What to say of an error, which is counted."""
    monitoring.failed(error)
    return failures.said(error)


def heed(error: Exception) -> bool:
    """Show what nobody expected in a page or a fragment, in the place of the rest of it; for `st.App`, which has
    written the traceback to the log."""
    show(error)
    return True


def heed_callback(error: Exception) -> None:
    """Show what nobody expected in what a button or another control calls; the page then runs as usual."""
    _log.error("A control's callback failed", exc_info=error)
    st.toast(sentence(error), icon=":material/error:")
