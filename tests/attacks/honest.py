"""An honest visitor who draws, and what beside an attacker becomes of the answers."""

from __future__ import annotations

import http.client
import json
import time
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import numpy as np

from tests import drawings

ADDRESS = "198.51.100.7"
EVERY_S = 0.15  # about as often as a page asks while somebody draws
PATIENCE_S = 30.0


@dataclass
class Visit:
    """What a visitor saw.

    Attributes:
        took_s: from each question to its answer.
        failed: how many questions were not answered.
    """

    took_s: list[float] = field(default_factory=list)
    failed: int = 0

    @property
    def p95_s(self) -> float:
        """The time within which 95 of 100 questions were answered."""
        return float(np.quantile(self.took_s, 0.95))


def draw(url: str, seconds: float) -> Visit:
    """Ask about drawings, one after the other, for some time."""
    address, visit, end = urlsplit(url), Visit(), time.monotonic() + seconds
    headers = {"Content-Type": "application/json", "X-Forwarded-For": ADDRESS}
    to = http.client.HTTPConnection(address.hostname, address.port, timeout=PATIENCE_S)
    digit = 0
    while time.monotonic() < end:
        drawn = drawings.sent(digit % 10, left=40 + digit % 37, top=30 + digit % 41)
        asked = {**drawn, "models": ["dnn", "cnn"], "final": True}
        body = json.dumps(asked).encode()
        began = time.perf_counter()
        try:
            to.request("POST", "/live/answer", body, headers)
            reply = to.getresponse()
            is_answered = b'"left"' in reply.read() and reply.status == 200
        except (OSError, http.client.HTTPException):
            to.close()
            is_answered = False
        visit.took_s.append(time.perf_counter() - began)
        visit.failed += not is_answered
        digit += 1
        time.sleep(max(0.0, EVERY_S - visit.took_s[-1]))
    return visit
