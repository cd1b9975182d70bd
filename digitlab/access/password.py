"""The presenter's password: made if none is set, compared in constant time, and guesses that wait for their turn."""

from __future__ import annotations

import asyncio
import hmac
import secrets
import time
from collections import Counter, OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TypeVar

from digitlab.access.network import one_client
from digitlab.errors import NotAllowed
from digitlab.language import N_

_Value = TypeVar("_Value")

# Without signs that look alike on a screen: 0 and o, 1, i and l.
_SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _LENGTH = 3, 4  # 31 ** 12, 59 bits
SHORT = 12  # own passwords with fewer signs can be guessed
EVERY_S = 0.2  # between two guesses that are looked at, of all visitors together
BURST = 40  # guesses that are looked at without a pause after a quiet time
MOST_WAITING, LONGEST_S = 64, 20.0
MEMORY_S, MOST_REMEMBERED = 60.0, 1000  # how long a wrong guess counts; pages and addresses that are remembered


def make() -> str:
    """A new password that is easy to read off a screen and type: three groups of four signs."""
    return "-".join("".join(secrets.choice(_SIGNS) for _ in range(_LENGTH)) for _ in range(_GROUPS))


def is_short(password: str | None) -> bool:
    """Whether somebody who may guess for some weeks can find this password; False if there is none."""
    return bool(password) and len(str(password)) < SHORT


def matches(given: str, password: str) -> bool:
    """Whether a guess is right; the time this takes does not reveal how much of it is right."""
    return hmac.compare_digest(given.strip().encode(errors="surrogatepass"), password.encode(errors="surrogatepass"))


@dataclass(eq=False)
class _Guess:
    client: str
    page: str
    opened: float
    turn: asyncio.Future[None] = field(default_factory=lambda: asyncio.get_running_loop().create_future())


class Guesses:
    """Lets guesses wait instead of refusing them, so that nobody can lock out whoever has the password.

    Guesses from pages that were wrong less often lately come first; among these, those from the address that has waited
    longest; among these, the page that was opened first. Who wants to be first again and again must open a new page for
    each guess, from addresses of their own. Belongs to one event loop.
    """

    def __init__(self, every_s: float = EVERY_S, clock: Callable[[], float] = time.monotonic) -> None:
        """Start with nobody waiting; `clock` returns seconds."""
        self._every_s, self._clock = every_s, clock
        self._waiting: list[_Guess] = []
        self._caller: asyncio.Task[None] | None = None
        self._left, self._counted_at = float(BURST), clock()
        self._wrong: OrderedDict[str, tuple[int, float]] = OrderedDict()  # by page: how often, and when last
        self._served: OrderedDict[str, float] = OrderedDict()  # by client: when last

    async def take(self, address: str, page: str, opened: float) -> None:
        """Wait for the turn of a guess; a page's guess takes the place of the one before.

        Args:
            address: where it comes from.
            page: identifies the page on which it was given.
            opened: when that page was opened, in seconds.

        Raises:
            NotAllowed: too many wait, and others come first.
        """
        mine = _Guess(one_client(address), page, opened)
        for other in [one for one in self._waiting if one.page == page]:
            self._drop(other)
        self._waiting.append(mine)
        if len(self._waiting) > MOST_WAITING:
            count = Counter(one.client for one in self._waiting)
            self._drop(max(self._waiting, key=lambda one: (count[one.client], self._rank(one))))
        if self._caller is None:
            self._caller = asyncio.create_task(self._call())
        try:
            async with asyncio.timeout(LONGEST_S):
                await mine.turn
        except (TimeoutError, _Dropped):
            raise NotAllowed(N_("Too many people are giving passwords just now. Try again.")) from None
        finally:
            with suppress(ValueError):
                self._waiting.remove(mine)

    def missed(self, page: str) -> None:
        """Note that a page's guess was wrong."""
        _remember(self._wrong, page, (self._wrong_of(page) + 1, self._clock()))

    async def _call(self) -> None:
        try:
            while self._waiting:
                now = self._clock()
                self._left = min(float(BURST), self._left + (now - self._counted_at) / self._every_s)
                self._counted_at = now
                if self._left < 1:
                    await asyncio.sleep((1 - self._left) * self._every_s)
                    continue
                self._left -= 1
                first = min(self._waiting, key=self._rank)
                self._waiting.remove(first)
                _remember(self._served, first.client, now)
                first.turn.set_result(None)
        finally:
            self._caller = None

    def _drop(self, guess: _Guess) -> None:
        self._waiting.remove(guess)
        guess.turn.set_exception(_Dropped())

    def _rank(self, guess: _Guess) -> tuple[int, float, float]:
        return self._wrong_of(guess.page), self._served.get(guess.client, float("-inf")), guess.opened

    def _wrong_of(self, page: str) -> int:
        count, last = self._wrong.get(page, (0, 0.0))
        return count if self._clock() - last < MEMORY_S else 0


class _Dropped(Exception):
    pass


def _remember(memory: OrderedDict[str, _Value], name: str, value: _Value) -> None:
    memory[name] = value
    memory.move_to_end(name)
    if len(memory) > MOST_REMEMBERED:
        memory.popitem(last=False)
