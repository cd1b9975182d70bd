"""Phones that draw, are told what becomes of their drawings, and remember it; and whether it was true."""

from __future__ import annotations

import http.client
import json
import secrets
import threading
import time
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from sqlalchemy import select

from digitlab import database
from digitlab.database.tables import DrawingRow
from tests import drawings
from tests.browser.server import Server

PATIENCE_S = 20.0


@dataclass
class Told:
    """What phones were told.

    Attributes:
        labels: of drawings that were told to be kept or to wait, by token; None if their label was not.
        took_s: from each request to its answer.
        failed: requests without an answer, or with an error.
    """

    labels: dict[str, int | None] = field(default_factory=dict)
    took_s: list[float] = field(default_factory=list)
    failed: int = 0


class Phones:
    """Phones that go on drawing until they are told to stop, or the server does not answer any more."""

    def __init__(self, url: str, count: int, every_s: float, told: Told) -> None:
        self._address, self._every_s, self._told = urlsplit(url), every_s, told
        self._done = threading.Event()
        self._threads = [threading.Thread(target=self._draw, args=(number,)) for number in range(count)]

    def __enter__(self) -> Phones:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        for thread in self._threads:
            thread.join()

    def _draw(self, number: int) -> None:
        self._done.wait(self._every_s * number / len(self._threads))
        while not self._done.is_set():
            began, token, digit = time.monotonic(), secrets.token_hex(16), secrets.randbelow(10)
            body = {"token": token, "keep": True, **drawings.sent(digit, left=20 + secrets.randbelow(60))}
            found = self._post("/play/drawing", body)
            if found is not None and (found["kept"] or found["waits"]):
                self._told.labels[token] = None
                found = self._post("/play/label", {"token": token, "label": digit})
                if found is not None and (found["kept"] or found["waits"]):
                    self._told.labels[token] = digit
            self._done.wait(max(0.0, began + self._every_s - time.monotonic()))

    def _post(self, path: str, body: dict) -> dict | None:
        began = time.perf_counter()
        to = http.client.HTTPConnection(self._address.hostname, self._address.port, timeout=PATIENCE_S)
        try:
            to.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            reply = to.getresponse()
            found = json.loads(reply.read())
        except (OSError, http.client.HTTPException, ValueError):
            self._told.failed += 1
            self._done.wait(0.1)
            return None
        finally:
            to.close()
        self._told.took_s.append(time.perf_counter() - began)
        if reply.status != 200:
            self._told.failed += 1
            return None
        return found


def waiting(server: Server) -> int | None:
    """How many drawings wait to be stored."""
    with urllib.request.urlopen(f"{server.url}/healthz", timeout=20) as reply:
        return json.load(reply)["collection"]["waiting"]


def is_settled(server: Server) -> bool:
    """Whether everything that waited is stored."""
    time.sleep(0.5)
    return waiting(server) == 0


def expect_all_kept(address: str, told: Told) -> None:
    """In the database at this address is all that phones were told."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("DIGITLAB_DATABASE", address)
        with database.session() as opened:
            stored = dict(opened.execute(select(DrawingRow.token, DrawingRow.label)).all())
    lost = [token for token in told.labels if token not in stored]
    assert not lost, f"{len(lost)} of {len(told.labels)} drawings are lost"
    wrong = [token for token, label in told.labels.items() if label is not None and stored[token] != label]
    assert not wrong, f"{len(wrong)} of {len(told.labels)} labels are lost"
