"""A connection to PostgreSQL that gives up on a server that does not answer, such as one that was stopped: its own
timeouts do not help then, and those of TCP neither, since its machine goes on to acknowledge."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import psycopg


class Timed(psycopg.Connection[Any]):
    """A connection that is closed once the server has not answered in time.

    Attributes:
        patience: returns how long to wait for a statement, in seconds; None for any time.
        gave_up: called when the connection was closed for that reason.
    """

    patience: Callable[[], float | None] = staticmethod(lambda: None)
    gave_up: Callable[[], None] = staticmethod(lambda: None)

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """As psycopg's.

        Raises:
            psycopg.OperationalError: the server does not answer in time.
        """
        if timeout is not None:  # psycopg's own, who knows what it is for
            return super().wait(gen, interval, timeout)
        began, most = time.monotonic(), self.patience()
        try:
            return super().wait(gen, interval, most)
        except psycopg.OperationalError as error:
            if error.sqlstate is not None or most is None or time.monotonic() - began < most:
                raise
            self.close()  # what the server would say now belongs to no question any more
            self.gave_up()
            raise psycopg.OperationalError(f"it has not answered for {most:g} s") from error
