"""The presenter's password: made if none is set, compared in constant time, with a limit on guesses."""

from __future__ import annotations

import hmac
import secrets
import threading
import time
from collections import deque
from collections.abc import Callable

from digitlab.errors import NotAllowed

# Without signs that look alike on a screen: 0 and o, 1, i and l.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _LENGTH = 3, 4  # 31 ** 12, 59 bits
GUESSES, WINDOW_S = 5, 60.0  # wrong guesses from one address within this time before it has to wait
ALL_GUESSES = 60  # the same for all other machines together, so that a lecture hall cannot guess as a team


def make() -> str:
    """A new password that is easy to read off a screen and type: three groups of four signs."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(_GROUPS))


def matches(given: str, password: str) -> bool:
    """Whether a guess is right; the time this takes does not reveal how much of it is right."""
    return hmac.compare_digest(given.strip().encode(), password.encode())


class Limit:
    """Wrong guesses of the last minute, by address; safe to share between threads."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Start without any guesses; `clock` returns seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._wrong: dict[str, deque[float]] = {}

    def guess(self, address: str, check: Callable[[], bool], *, here: bool) -> bool:
        """Let an address guess once; return whether the guess was right.

        Args:
            address: where the guess comes from.
            check: compares the passwords; not called while the address must wait, so that even a right guess reveals
                nothing then.
            here: whether the visitor sits at this machine; guesses from other machines then do not block them.

        Raises:
            NotAllowed: there were too many wrong guesses; the message says for how long to wait.
        """
        with self._lock:
            now = self._clock()
            self._forget(now - WINDOW_S)
            mine = self._wrong.get(address, deque())
            everyone = sorted(at for guesses in self._wrong.values() for at in guesses)
            if len(mine) >= GUESSES or (not here and len(everyone) >= ALL_GUESSES):
                oldest = mine[0] if len(mine) >= GUESSES else everyone[0]
                raise NotAllowed(f"Too many wrong passwords. Try again in {oldest + WINDOW_S - now:.0f} s.")
            if check():
                return True
            self._wrong.setdefault(address, mine).append(now)
            return False

    def _forget(self, before: float) -> None:
        for address, guesses in list(self._wrong.items()):
            while guesses and guesses[0] < before:
                guesses.popleft()
            if not guesses:
                del self._wrong[address]
