"""The three addresses that a server offers for monitoring."""

from __future__ import annotations

import threading

from anyio import CapacityLimiter, to_thread
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from digitlab import settings
from digitlab.access import gate
from digitlab.monitoring import health, metrics

_ready = threading.Event()
_one_at_a_time = CapacityLimiter(1)  # so that a database that hangs holds up only one thread


def ready() -> None:
    """Note that the server is warm, so that the next visitor does not have to wait for anything to load."""
    _ready.set()


def routes() -> list[BaseRoute]:
    """`/healthz` and `/healthz/ready` for a balancer, `/metrics` for Prometheus."""
    return [Route("/healthz", _health), Route("/healthz/ready", _readiness), Route("/metrics", _metrics)]


async def _health(_: Request) -> Response:
    can_answer, state = await to_thread.run_sync(health.examine, limiter=_one_at_a_time)
    return JSONResponse(state, 200 if can_answer else 503, {"Cache-Control": "no-store"})


async def _readiness(_: Request) -> Response:
    is_ready = _ready.is_set()
    return JSONResponse({"ready": is_ready}, 200 if is_ready else 503, {"Cache-Control": "no-store"})


async def _metrics(request: Request) -> Response:
    refused = gate.refused_metrics(request.scope, is_open=settings.load().metrics)
    if refused is not None:
        return PlainTextResponse(f"{refused[1]}\n", refused[0])
    return Response(await to_thread.run_sync(metrics.text), media_type=CONTENT_TYPE_LATEST)
