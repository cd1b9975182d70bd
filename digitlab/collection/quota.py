"""How many drawings an address and all addresses together may have kept within a minute."""

from __future__ import annotations

import threading
import time
from collections import defaultdict

A_MINUTE = 4_000  # different drawings of one address: 200 phones in a hall with one address, a drawing every 3 s each
ALL_A_MINUTE = 8_000  # of all addresses
MINUTE_S = 60.0


class Quota:
    """Counts different drawings by address, and forgets all addresses after a minute."""

    def __init__(self) -> None:
        """Begin with nothing counted."""
        self._lock = threading.Lock()
        self._since = 0.0
        self._tokens: defaultdict[str, set[str]] = defaultdict(set)
        self._count = 0

    def allows(self, client: str, token: str) -> bool:
        """Whether this drawing is within the quota; a further state of one that was counted costs nothing.

        Args:
            client: the author's address.
            token: of the drawing.
        """
        with self._lock:
            if time.monotonic() - self._since > MINUTE_S:
                self._since, self._count = time.monotonic(), 0
                self._tokens.clear()
            if token in self._tokens.get(client, ()):
                return True
            if self._count >= ALL_A_MINUTE or len(self._tokens.get(client, ())) >= A_MINUTE:
                return False
            self._tokens[client].add(token)
            self._count += 1
            return True
