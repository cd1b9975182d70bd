"""The rule: what only a presenter may do, and who is one."""

from __future__ import annotations

import logging
from collections import OrderedDict

from digitlab.access import password
from digitlab.access.network import is_loopback
from digitlab.access.visitor import Visitor
from digitlab.errors import NotAllowed

_log = logging.getLogger("digitlab.access")
MOST_PRESENTERS = 100  # how many sessions stay unlocked; beyond that, the oldest must give the password again


class Guard:
    """Decides on the server, at every presenter-only action, whether it is allowed. All sessions share one guard.

    With a password, a session that has given it is a presenter. Without a password, a visitor is a presenter if they
    sit at this machine and the server listens on this machine only; otherwise everybody may look and nobody may change
    anything.
    """

    def __init__(self, secret: str | None, listens_on: str | None) -> None:
        """Set up the rule.

        Args:
            secret: the password; None if none is set.
            listens_on: the address that the server listens on; None if it listens on all.
        """
        self._secret, self._listens_on = secret or None, listens_on
        # Needs no lock: to other threads, each look-up, addition and removal below is one step.
        self._presenters: OrderedDict[str, None] = OrderedDict()
        self._limit = password.Limit()

    @property
    def has_password(self) -> bool:
        """Whether a password is set; whoever gives it becomes a presenter."""
        return self._secret is not None

    def is_presenter(self, visitor: Visitor) -> bool:
        """Whether this visitor may do what only presenters may."""
        if self.has_password:
            return visitor.session in self._presenters
        return is_loopback(self._listens_on) and visitor.is_here

    def require(self, visitor: Visitor, action: str) -> None:
        """Refuse a presenter-only action to everybody else; call this on the server right before the action.

        Args:
            visitor: who asks.
            action: in the infinitive, such as "retrain", for the message and the log.

        Raises:
            NotAllowed: the visitor is not a presenter; the message says what to do about it.
        """
        if self.is_presenter(visitor):
            _log.info("%s: allowed to %s", visitor.address, action)
            return
        _log.warning("%s: refused to %s", visitor.address, action)
        raise NotAllowed(f"Only the presenter may {action}. {self.remedy()}")

    def remedy(self) -> str:
        """How to become a presenter, in a sentence."""
        if self.has_password:
            return "Give the presenter's password first."
        return "This server is public and has no password: set DIGITLAB_PASSWORD and start it again."

    def unlock(self, visitor: Visitor, given: str) -> bool:
        """Make the visitor a presenter if the password is right; return whether it was.

        Raises:
            NotAllowed: there were too many wrong guesses lately, or no password is set.
        """
        secret = self._secret
        if secret is None:
            raise NotAllowed(self.remedy())
        address = visitor.address or "unknown"
        try:
            right = self._limit.guess(address, lambda: password.matches(given, secret), here=visitor.is_here)
        except NotAllowed:
            _log.warning("%s: password not looked at, too many wrong ones", address)
            raise
        _log.warning("%s: %s password", address, "right" if right else "wrong")
        if right:
            self._presenters[visitor.session] = None
            while len(self._presenters) > MOST_PRESENTERS:
                self._presenters.popitem(last=False)
        return right

    def lock(self, visitor: Visitor) -> None:
        """Take the presenter's rights from the visitor again."""
        self._presenters.pop(visitor.session, None)
