"""Monitoring: what a load balancer and Prometheus ask a server about itself; it says nothing about who uses it.

Lives here: whether the server can answer (`/healthz`), whether it is warm (`/healthz/ready`), its numbers (`/metrics`).
Door: `routes` for the server; `answered`, `failed` and `watch` for rooms that have something to count; `ready`.
May import: serving, models, collection, database, access, settings and errors.
"""

from digitlab.monitoring.metrics import answered, failed, watch
from digitlab.monitoring.routes import ready, routes

__all__ = ["answered", "failed", "ready", "routes", "watch"]
