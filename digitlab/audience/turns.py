"""Whose question is answered next: a bounded queue in which nobody can push the others back.

Each client has a stack of its own, whose newest question comes first, since a drawing that grows makes older questions
worthless. Free threads go to the clients in turn. If too many wait, the oldest question of the client with the most
is refused (known from routers as longest queue drop).
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections import Counter, OrderedDict, deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from digitlab.errors import Busy
from digitlab.language import N_

RECENT_S = 10.0  # for how long after a client's last question a thread is left free for it


class Turns:
    """Hands out turns to questions, at most some at once; safe to share between threads and event loops."""

    def __init__(self, at_once: int, each: int, in_all: int, longest_s: float) -> None:
        """Make an empty queue.

        Args:
            at_once: how many questions are answered at once.
            each: how many questions of one client may wait.
            in_all: how many questions may wait.
            longest_s: how long a question may wait, in seconds.
        """
        self._at_once, self._each, self._in_all, self._longest_s = at_once, each, in_all, longest_s
        self._lock = threading.Lock()
        self._running: Counter[str] = Counter()  # questions that are being answered, by client
        self._waiting: OrderedDict[str, deque[_Turn]] = (
            OrderedDict()
        )  # by client, who comes next first; the newest last
        self._asked: OrderedDict[str, float] = OrderedDict()  # when each client last asked, the earliest first

    @property
    def are_taken(self) -> bool:
        """Whether the next question would have to wait."""
        return self._running.total() >= self._at_once

    @property
    def waiting(self) -> int:
        """How many questions wait."""
        with self._lock:
            return sum(map(len, self._waiting.values()))

    @asynccontextmanager
    async def turn(self, client: str) -> AsyncIterator[None]:
        """Wait for a turn, and hold it within the block.

        Args:
            client: who asks.

        Raises:
            Busy: too many questions wait, or this one has waited too long.
        """
        mine = _Turn(client)
        with self._lock:
            self._waiting.setdefault(client, deque()).append(mine)
            now = time.monotonic()
            self._asked[client] = now
            self._asked.move_to_end(client)
            while now - next(iter(self._asked.values())) > RECENT_S:
                self._asked.popitem(last=False)
            self._give()
            self._refuse_what_is_too_much(client)
        try:
            try:
                await asyncio.wait_for(mine.given, self._longest_s)
            except TimeoutError as error:
                if not mine.is_given:  # it may have been given at the last moment
                    raise Busy(N_("This question has waited too long.")) from error
            yield
        finally:
            with self._lock:
                if mine.is_given:
                    self._running[client] -= 1
                    self._running += Counter()  # forgets clients with none
                    self._give()
                else:
                    self._remove(mine)

    def _give(self) -> None:
        """Give free turns to those who wait."""
        while self._waiting and self._running.total() < self._at_once:
            # One client alone may have all turns; beside others, one is left for them.
            most = self._at_once if len(self._asked) < 2 else max(1, self._at_once - 1)
            client = next((client for client in self._waiting if self._running[client] < most), None)
            if client is None:
                return
            turn = self._waiting[client].pop()
            self._waiting.move_to_end(client)
            if not self._waiting[client]:
                del self._waiting[client]
            self._running[client] += 1
            turn.give()

    def _refuse_what_is_too_much(self, client: str) -> None:
        if len(self._waiting.get(client, ())) > self._each:
            self._refuse_oldest(client)
        elif sum(map(len, self._waiting.values())) > self._in_all:
            self._refuse_oldest(max(self._waiting, key=lambda name: len(self._waiting[name])))

    def _refuse_oldest(self, client: str) -> None:
        turn = self._waiting[client][0]
        self._remove(turn)
        turn.refuse()

    def _remove(self, turn: _Turn) -> None:
        waiting = self._waiting.get(turn.client)
        if waiting is not None and turn in waiting:
            waiting.remove(turn)
            if not waiting:
                del self._waiting[turn.client]


class _Turn:
    """One question's place in the queue; made in the event loop that waits for it."""

    def __init__(self, client: str) -> None:
        self.client, self.is_given = client, False
        self._loop = asyncio.get_running_loop()
        self.given: asyncio.Future[None] = self._loop.create_future()

    def give(self) -> None:
        self.is_given = True
        self._settle(lambda: self.given.set_result(None))

    def refuse(self) -> None:
        self._settle(lambda: self.given.set_exception(Busy(N_("Too many questions wait."))))

    def _settle(self, settle: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop has ended, and with it whoever asked
            self._loop.call_soon_threadsafe(lambda: None if self.given.done() else settle())
