"""The server's numbers for Prometheus: times and counts by kind, but no addresses, tokens or drawings."""

from __future__ import annotations

import time
from collections.abc import Callable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, generate_latest

BUCKETS_S = (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)

_registry = CollectorRegistry()
_answers = Histogram(
    "digitlab_answer_seconds",
    "Time on the server from a request to its answers: draw (a pen-up on the Draw page), live, timeline, play",
    ["kind"],
    buckets=BUCKETS_S,
    registry=_registry,
)
_errors = Counter("digitlab_errors", "Errors by the name of their class", ["kind"], registry=_registry)
_watched: dict[str, Gauge] = {}
ProcessCollector(registry=_registry)  # memory and processor time of this process


def answered(kind: str, began: float) -> None:
    """Count an answer and the time that it took.

    Args:
        kind: "draw", "live", "timeline", "play" or "photo".
        began: when the work for it began, by `time.perf_counter`.
    """
    _answers.labels(kind).observe(time.perf_counter() - began)


def failed(error: BaseException) -> None:
    """Count an error by its class; its message is not published."""
    _errors.labels(type(error).__name__).inc()


def watch(name: str, meaning: str, read: Callable[[], float]) -> None:
    """Publish a number that is read whenever somebody asks; it is NaN while it cannot be read.

    Args:
        name: of the number, such as "sessions".
        meaning: of the number, in words.
        read: returns the number; called in any thread.
    """

    def safely() -> float:
        try:
            return float(read())
        except Exception as error:  # so that the other numbers are still published
            failed(error)
            return float("nan")

    if name not in _watched:
        _watched[name] = Gauge(f"digitlab_{name}", meaning, registry=_registry)
    _watched[name].set_function(safely)


def text() -> bytes:
    """All numbers in Prometheus's text format."""
    return generate_latest(_registry)
