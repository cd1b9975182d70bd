"""Whether this server can do its work: models, database, shared store."""

from __future__ import annotations

import logging
import sqlite3
import threading
import time
from typing import Any

from digitlab import collection, database, serving
from digitlab.errors import DigitlabError
from digitlab.models import replica, shared, store

FRESH_S = 1.0  # how long an examination is valid for everybody who asks
WAIT_S = 2.0  # how long the database may take to answer
_log = logging.getLogger("digitlab.monitoring")
_examining = threading.Lock()

_last: tuple[float, bool, dict[str, Any]] | None = None


def examine() -> tuple[bool, dict[str, Any]]:
    """Whether the flagships answer, and the state of each part; `status` is "ok", "degraded" or "down".

    The server is "down" only if a flagship cannot answer: drawing goes on without a database and without the shared
    store, and a balancer should not take all servers out of service at once. While drawings wait for the database, it
    is "degraded". The answer names no addresses; the
    server's output does.
    """
    global _last  # noqa: PLW0603 - one answer for all who ask within a second
    with _examining:
        if _last is None or time.monotonic() - _last[0] > FRESH_S:
            _last = (time.monotonic(), *_examine())
        return _last[1:]


def _examine() -> tuple[bool, dict[str, Any]]:
    models = {name: _model(name) for name in store.FLAGSHIPS}
    parts = {"database": {"reachable": _database.answers()}}
    if shared.is_named():
        parts["store"] = {"reachable": replica.this.is_reachable(), "in_order": not replica.this.problems()}
    can_answer = not any("problem" in model for model in models.values())
    is_in_order = all(all(part.values()) for part in parts.values())
    waiting = _database.waiting  # None if that cannot be found out
    is_degraded = not is_in_order or waiting != 0 or any("notice" in model for model in models.values())
    status = "down" if not can_answer else "degraded" if is_degraded else "ok"
    return can_answer, {"status": status, "models": models, "collection": {"waiting": waiting}, **parts}


def _model(name: str) -> dict[str, str]:
    """Which version of a model answers, by its hash, or what is wrong with it."""
    try:
        model = serving.load(name)
    except DigitlabError as error:
        return {"problem": str(error)}
    notice = {"notice": str(model.notice)} if model.notice else {}
    return {"version": model.run["sha256"][store.TFLITE][:16], "trained_at": model.run["trained_at"], **notice}


class _Database:
    """Asks the database in a separate thread, since an unreachable one may not answer for long.

    Attributes:
        waiting: how many drawings and labels wait for it; None if the journal cannot be read.
    """

    def __init__(self) -> None:
        self.waiting: int | None = 0
        self._asking: threading.Thread | None = None
        self._answered = False

    def answers(self) -> bool:
        """Whether the database answers within `WAIT_S`."""
        if self._asking is None or not self._asking.is_alive():
            self._asking = threading.Thread(target=self._ask, daemon=True)
            self._asking.start()
        self._asking.join(WAIT_S)
        return self._answered and not self._asking.is_alive()

    def _ask(self) -> None:
        self._answered = False
        try:
            self.waiting = _waiting()
            if database.is_there():  # if not, nothing is wrong: the first kept drawing creates it
                from sqlalchemy import text  # takes 30 MB, which drawing alone does not need

                with database.session(patient=False) as session:
                    session.execute(text("SELECT 1"))
            self._answered = True
        except DigitlabError as error:
            _log.warning("%s", error)


def _waiting() -> int | None:
    try:
        return collection.journal.waiting()
    except (OSError, sqlite3.Error) as error:
        _log.warning("The drawings that wait for the database cannot be counted: %s", error)
        return None


_database = _Database()
