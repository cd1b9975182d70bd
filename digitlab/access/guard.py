"""The rule: what only a presenter may do, and who is one."""

from __future__ import annotations

import hmac
import logging
import secrets
import time
from collections import OrderedDict

from digitlab.access import password
from digitlab.access.network import is_loopback
from digitlab.access.visitor import Visitor, digest, new_secret
from digitlab.errors import NotAllowed
from digitlab.language import N_
from digitlab.language import gettext as _

_log = logging.getLogger("digitlab.access")
MOST_PRESENTERS = 100  # how many browsers stay unlocked; beyond that, the oldest must give the password again


class Guard:
    """Decides on the server, at every presenter-only action, whether it is allowed. All visitors share one guard.

    With a password, a browser that has given it is a presenter's, as long as it has the cookie that it got in return.
    Without a password, a visitor is a presenter if they sit at this machine and the server listens on this machine
    only; otherwise everybody may look and nobody may change anything.
    """

    def __init__(self, secret: str | None, listens_on: str | None) -> None:
        """Set up the rule.

        Args:
            secret: the password; None if none is set.
            listens_on: the address that the server listens on; None if it listens on all.
        """
        self._secret, self._listens_on = secret or None, listens_on
        # Digests of secrets. Needs no lock: to other threads, each look-up, addition and removal below is one step.
        self._presenters: OrderedDict[str, None] = OrderedDict()
        self._guesses = password.Guesses()
        self._seal = secrets.token_bytes(32)

    @property
    def has_password(self) -> bool:
        """Whether a password is set; whoever gives it becomes a presenter."""
        return self._secret is not None

    def is_presenter(self, visitor: Visitor) -> bool:
        """Whether this visitor may do what only presenters may."""
        if self.has_password:
            return any(one in self._presenters for one in visitor.key.split())
        return is_loopback(self._listens_on) and visitor.is_here

    def require(self, visitor: Visitor, action: str) -> None:
        """Refuse a presenter-only action to everybody else; call this on the server right before the action.

        Args:
            visitor: who asks.
            action: in the infinitive, such as "retrain", marked for translators; for the message and the log.

        Raises:
            NotAllowed: the visitor is not a presenter; the message says what to do about it.
        """
        if self.is_presenter(visitor):
            _log.info("%s: allowed to %s", visitor.address, action)
            return
        _log.warning("%s: refused to %s", visitor.address, action)
        raise NotAllowed(N_("Only the presenter may {action}. {remedy}"), action=_(action), remedy=self.remedy())

    def remedy(self) -> str:
        """How to become a presenter, in a sentence."""
        if self.has_password:
            return _("Give the presenter's password first.")
        return _("This server is public and has no password: set DIGITLAB_PASSWORD and start it again.")

    def new_page(self) -> str:
        """What a page on which the password can be given must know to be listened to; nobody else can make one up."""
        opened = f"{time.monotonic():.3f} {secrets.token_hex(8)}"
        return f"{opened} {self._sealed(opened)}"

    async def unlock(self, visitor: Visitor, page: str, given: str) -> str | None:
        """Make a browser a presenter's if the password is right; this waits for its turn.

        Args:
            visitor: who gives the password.
            page: what `new_page` gave to the page on which that happens.
            given: the password.

        Returns:
            The secret for the browser's cookie; None if the password is wrong.

        Raises:
            NotAllowed: too many are guessing, the page is of another server, or no password is set.
        """
        if self._secret is None:
            raise NotAllowed(self.remedy())
        opened, _space, seal = page.rpartition(" ")
        if not hmac.compare_digest(seal.encode(errors="surrogatepass"), self._sealed(opened).encode()):
            raise NotAllowed(N_("The server was started anew since this page was opened. Load it again."))
        address = visitor.address or "unknown"
        await self._guesses.take(address, page, float(opened.partition(" ")[0]))
        right = password.matches(given, self._secret)
        _log.warning("%s: %s password", address, "right" if right else "wrong")
        if not right:
            self._guesses.missed(page)
            return None
        # Always a new secret: whatever was in the browser before, somebody else could have put there.
        self.lock(visitor)
        secret = new_secret()
        self._presenters[digest(secret)] = None
        while len(self._presenters) > MOST_PRESENTERS:
            self._presenters.popitem(last=False)
        return secret

    def lock(self, visitor: Visitor) -> None:
        """Take the presenter's rights from the visitor's browser again, in all its windows."""
        for one in visitor.key.split():
            self._presenters.pop(one, None)

    def _sealed(self, opened: str) -> str:
        return hmac.new(self._seal, opened.encode(errors="surrogatepass"), "sha256").hexdigest()
