"""What the server does once when it starts, so that the first visitor is served as fast as every other."""

from __future__ import annotations

import functools
import gc
import importlib
import logging
import sys
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import numpy as np
import streamlit as st

from digitlab import collection, ink, jobs, monitoring, serving, settings
from digitlab.access import gate, limits, network, password, uvicorn_inside
from digitlab.errors import DigitlabError
from digitlab.models import replica, shared, shipped, store
from digitlab.ui import boundary, languages, memory, runs, streamlit_inside

_SHORT = (
    f"DIGITLAB_PASSWORD has fewer than {password.SHORT} signs, and anybody who reaches this server may guess. "
    "Set a longer one, or none: python -m digitlab present makes one."
)
# How long a thread that computes may keep each of the others waiting, in seconds; Python's own 5 ms add up.
SWITCH_S = 0.0001


@asynccontextmanager
async def lifespan(app: st.App) -> AsyncIterator[None]:
    """Prepare Streamlit and the models; for `st.App`."""
    streamlit_inside.ignore_pages_folder()
    streamlit_inside.poll_no_files()
    streamlit_inside.name_start_page()
    _log_access()
    limits.allow_many_files()
    uvicorn_inside.bound_connections()
    monitoring.watch("sessions", "Open windows", streamlit_inside.open_windows)
    monitoring.watch("trainings", "Trainings that run", jobs.is_running)
    _check_settings()
    memory.keep_small()
    streamlit_inside.spare_pandas()
    streamlit_inside.refuse_messages(boundary.sentence)
    streamlit_inside.before_runs(runs.turn, languages.begin_run)
    streamlit_inside.heed_callbacks(boundary.heed_callback)
    streamlit_inside.heed_downloads(monitoring.failed)
    ink.share_memory(memory.left)
    threading.Thread(target=warm_up, daemon=True).start()
    yield
    replica.this.end()


@functools.cache
def rules() -> gate.Rules:
    """What the gate before Streamlit lets pass, by the settings with which the server was started."""
    chosen = settings.load()
    return gate.Rules(
        is_for_this_machine=network.is_loopback(st.get_option("server.address")),
        any_origin=not st.get_option("server.enableCORS"),
        open_metrics=chosen.metrics,
        frames=chosen.frames,
        room_name=network.name_in(chosen.room_url),
    )


def _log_access() -> None:
    """Write to the server's output what was allowed and refused, with the time."""
    log = logging.getLogger("digitlab.access")
    if not log.handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s access: %(message)s"))
        log.addHandler(handler)
        log.setLevel(logging.INFO)
        log.propagate = False


def _check_settings() -> None:
    """Bring the models that ship to where they are read, which `streamlit run app.py` has not done before, and say what
    whoever starts the server should know."""
    try:
        shipped.bring()
        told = [settings.displaced(), _SHORT if password.is_short(settings.load().password) else None]
    except DigitlabError as error:
        told = [str(error)]
    for words in filter(None, told):
        print(f"digitlab: {words}", file=sys.stderr, flush=True)


def warm_up() -> None:
    """Load everything that the first stroke would otherwise have to wait for."""
    if shared.is_named():
        replica.this.begin()
    # Takes half a second to import; it registers itself with Streamlit's runtime, which exists by now.
    importlib.import_module("streamlit_drawable_canvas")
    stroke = np.full((64, 64, 4), 255, np.uint8)
    stroke[8:56, 28:36, :3] = 0
    pixels = ink.read(stroke).pixels[None]
    for name in store.FLAGSHIPS:
        with suppress(DigitlabError):  # the page will report it, to somebody who can do something about it
            serving.load(name).answer(pixels)
    with suppress(DigitlabError):
        if collection.journal.place().exists():
            collection.keeper.begin()
    # Everything loaded so far stays for good, so exclude it from garbage collection, which takes 75 ms (`memory`).
    gc.collect()
    gc.freeze()
    sys.setswitchinterval(SWITCH_S)  # not before: loading would go on more slowly, and the first page waits for it
    monitoring.ready()
