"""The rule: what only a presenter may do, and who is one."""

from __future__ import annotations

import logging
from collections import OrderedDict

from digitlab.access import password
from digitlab.access.network import is_loopback
from digitlab.access.visitor import Visitor
from digitlab.errors import NotAllowed

_log = logging.getLogger("digitlab.access")
MOST_PRESENTERS = 100  # open windows that have given the password; beyond, the oldest must give it again


class Guard:
    """Decides at every presenter-only action, on the server. One for all sessions.

    With a password, a presenter is whoever has given it in this session. Without one, everybody is as long as the
    server listens on this machine alone and the visitor sits at it; anyone else may look, and nobody may change.
    """

    def __init__(self, secret: str | None, listens_on: str | None) -> None:
        """Make the rule.

        Args:
            secret: the password; None where none is set.
            listens_on: address that the server listens on; None for all of them.
        """
        self._secret, self._listens_on = secret or None, listens_on
        self._presenters: OrderedDict[str, None] = OrderedDict()
        self._limit = password.Limit()

    @property
    def has_password(self) -> bool:
        """Whether a password makes a presenter."""
        return self._secret is not None

    def is_presenter(self, visitor: Visitor) -> bool:
        """Whether this visitor may do what only presenters may."""
        if self.has_password:
            return visitor.session in self._presenters
        return is_loopback(self._listens_on) and visitor.is_here

    def require(self, visitor: Visitor, action: str) -> None:
        """To be called on the server right before a presenter-only action.

        Args:
            visitor: who asks.
            action: in the infinitive, such as "retrain", for the message and the log.

        Raises:
            NotAllowed: says what to do about it.
        """
        if self.is_presenter(visitor):
            _log.info("%s: allowed to %s", visitor.address, action)
            return
        _log.warning("%s: refused to %s", visitor.address, action)
        raise NotAllowed(f"Only the presenter may {action}. {self.remedy()}")

    def remedy(self) -> str:
        """What makes a presenter, in a sentence."""
        if self.has_password:
            return "Give the presenter's password first."
        return "The server can be reached from elsewhere and has no password: set DIGITLAB_PASSWORD and start it again."

    def unlock(self, visitor: Visitor, given: str) -> bool:
        """Make a presenter of who knows the password; whether it was right.

        Raises:
            NotAllowed: too many wrong guesses lately, or there is no password to give.
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
        """Make the visitor an ordinary one again."""
        self._presenters.pop(visitor.session, None)
