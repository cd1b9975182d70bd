"""Tells `access` who is asking, and shows the slim line where the presenter gives the password."""

from __future__ import annotations

import functools
from collections.abc import Callable

import streamlit as st
from starlette.routing import BaseRoute

from digitlab import language, settings
from digitlab.access import Guard, Visitor, unlocking
from digitlab.access.gate import STAMP
from digitlab.errors import DigitlabError
from digitlab.ui.component import component
from digitlab.wording import failures
from digitlab.wording.language import gettext as _

_unlocking = component(__file__, "unlocking")


def routes() -> list[BaseRoute]:
    """The server's route for the presenter's password."""
    return unlocking.routes(guard)


def require(action: str) -> None:
    """Refuse a presenter-only action to others; call this right before it. What is refused and allowed is logged.

    Args:
        action: in the infinitive, such as "retrain", marked by `N_`.

    Raises:
        NotAllowed: whoever asks is no presenter.
    """
    guard().require(visitor(), action)


def later(action: str) -> Callable[[], None]:
    """`require`, to be called when whoever looks at this page asks for it, in a thread that does not know who asks."""
    return functools.partial(guard().require, visitor(), action)


def attempt(action: str, change: Callable[[], object]) -> str | None:
    """Do something that only presenters may do; return None, or in words why it was not done.

    Args:
        action: as `require`.
        change: what to do.
    """
    try:
        require(action)
        change()
    except (DigitlabError, OSError) as error:
        return failures.said(error)
    return None


def is_presenter() -> bool:
    """Whether whoever looks at this page may do what only presenters may."""
    return guard().is_presenter(visitor())


def visitor() -> Visitor:
    """Who looks at this page, according to the request that opened the connection it has now; a session may have had
    others before."""
    headers = {name: st.context.headers[name] for name in st.context.headers}
    # Streamlit's address is None for this machine, but also once the connection is gone; then headers are missing, too.
    address = st.context.ip_address or ("127.0.0.1" if headers else None)
    return Visitor(st.context.headers.get(STAMP, "").partition(" ")[2], address, headers)


def public_notice() -> str | None:
    """What a visitor should know if nobody at all may change anything here; None if somebody may."""
    if guard().has_password or is_presenter():
        return None
    if visitor().is_here:
        return _(
            "**This server is public and read-only.** Everybody may draw and explore; nobody can retrain or change "
            "anything until it is started with a password (DIGITLAB_PASSWORD) or for this machine alone (python -m "
            "digitlab run)."
        )
    return _(
        "**This server is public and read-only.** Everybody may draw and explore; nobody can retrain or change "
        "anything until it is started with a password (DIGITLAB_PASSWORD)."
    )


def door() -> None:
    """Show one slim line on pages where something can be changed: why this visitor may not, and where to give the
    password; a presenter sees a button that locks again."""
    if is_presenter():
        if guard().has_password:
            st.button(
                _("Lock again"), icon=":material/lock_open:", type="tertiary", on_click=_lock, key="presenter_lock"
            )
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small", key="presenter_door"):
        locked = _("Everybody may draw and explore; the presenter can unlock the rest.")
        st.caption(public_notice() or locked, width="content")
        if guard().has_password:
            page = st.session_state.setdefault("_presenter_page", guard().new_page())
            with st.popover(_("Presenter"), icon=":material/lock:", type="tertiary"):
                _unlocking(
                    key="unlocking",
                    data={"page": page, "path": f"{unlocking.PATH}?lang={language.current()}", "words": _words()},
                )


def _words() -> dict[str, str]:
    """What `presenter.js` says, by its names there."""
    return {
        "password": _("Password"),
        "unlock": _("Unlock"),
        "wait": _("Waiting for the server …"),
        "failed": _("The server does not answer. Try again."),
        "apart": _(
            "The presenter's browser must keep a cookie, which it does not do here, for example inside another site's "
            "page."
        ),
        "open": _("Open digitlab in a window of its own"),
    }


def _lock() -> None:
    guard().lock(visitor())


def guard() -> Guard:
    """The server's guard."""
    return _guard_of(settings.load().password, st.get_option("server.address"))


@functools.lru_cache(maxsize=4)
def _guard_of(secret: str | None, listens_on: str | None) -> Guard:
    return Guard(secret, listens_on)
