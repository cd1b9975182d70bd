"""A running training: its progress, two curves, and digits whose answers change. It reruns by itself once a second."""

from __future__ import annotations

import functools
import importlib
import threading
import time

import msgspec
import streamlit as st

from digitlab import jobs, networks
from digitlab.analysis import film
from digitlab.analysis import hints as rules
from digitlab.analysis.history import usual_rate
from digitlab.charts import training as charts
from digitlab.data import mnist
from digitlab.jobs import Status
from digitlab.models import versions
from digitlab.ui import boundary, choice, hints, style, tiles
from digitlab.ui.train import film as film_view
from digitlab.ui.train import knobs
from digitlab.ui.train.knobs import do
from digitlab.wording import knobs as knob_words
from digitlab.wording import trainings as words
from digitlab.wording.language import N_, NP_
from digitlab.wording.language import gettext as _
from digitlab.wording.parts import inert

STEPS = (
    NP_("phase", "Starting"),
    NP_("phase", "Training"),
    NP_("phase", "Exporting"),
    NP_("phase", "Evaluating"),
    NP_("phase", "Ready"),
)  # as the phases of `produce` are called
# How often the page looks; at a batch in slow motion; and once the last epoch is over.
EVERY_S, BATCH_S, SOON_S = 1.0, 0.5, 0.1
NEWS_S = 900.0  # how long the page says how a training ended


@st.fragment(run_every=EVERY_S)
def watch(job: str) -> None:
    """Show the running job; once it has ended, the whole page reruns."""
    _prepare()
    status = look(job)
    if status is None:
        return
    if status.state == "queued":
        queued(status)
        return
    _headline(status)
    _controls(status)
    if status.study is None:
        knobs.show(status)
    if status.seen is not None:
        _slowly(job)
    curves(status)
    film_of(status)
    _gallery(status)
    if status.state == "finishing":
        _look_soon(job)  # somebody waits to promote it


@st.fragment(run_every=BATCH_S)
def _slowly(job: str) -> None:
    status = look(job)
    if status is not None and status.seen is not None:
        knobs.batch(msgspec.convert(status.seen, jobs.Seen))


def film_of(status: Status) -> None:
    """Show the film of the running training so far, folded away. It has its place before the first epoch is done, so
    that nothing moves when it begins."""
    taken = film.unpacked(status.film)
    if taken is None and (status.study is not None or status.recipe["epochs"] > film.MOST):
        return
    with st.expander(knob_words.film_title(inert(status.network)), icon=":material/movie:"):
        if taken is None:
            st.caption(_("Once the first epoch is done"))
        else:
            film_view.show(taken, status.network, networks.get(status.network).family, "live")


@st.fragment(run_every=SOON_S)
def _look_soon(job: str) -> None:
    look(job)


@st.cache_resource(show_spinner=False)
def _prepare() -> None:
    """Import in the meantime what a comparison takes two seconds to import."""
    for module in ("sklearn.metrics", "scipy.stats"):
        threading.Thread(target=importlib.import_module, args=(module,), daemon=True).start()


def look(job: str) -> Status | None:
    """The status of a running or queued job; once it has ended, the whole page reruns.

    Where the database with the status does not answer, the page says why, and None is returned; callers look again by
    themselves.
    """
    knobs.tell()
    try:
        status = jobs.status()
    except boundary.EXPECTED as error:
        st.error(boundary.sentence(error))
        return None
    if status is None or status.id != job or not status.active:
        st.rerun()
    return status


def queued(status: Status) -> None:
    """Show a job that waits for a machine, with a button to cancel it."""
    st.markdown(words.queued(status))
    if jobs.waits_for_machine():
        st.warning(_("No machine that trains is connected: start `python -m digitlab worker` on one."))
    st.button(_("Cancel"), icon=":material/close:", key="cancel", on_click=do,
              args=(N_("discard a training"), functools.partial(jobs.stop, keep=False)))  # fmt: skip


def _headline(status: Status) -> None:
    epochs, done = status.recipe["epochs"], len(status.history)
    share = (done + status.batch / max(status.batches, 1)) / epochs
    st.progress(min(share, 1.0), text=words.progress(status))
    at = {"preparing": STEPS[0], "finishing": status.message.rstrip(".")}.get(status.state, STEPS[1])
    shown = choice.within("phase")
    st.caption(" → ".join(f"**{shown(step)}**" if step == at else shown(step) for step in STEPS))


def _controls(status: Status) -> None:
    done = len(status.history)
    training = status.state in ("training", "paused")
    with st.container(horizontal=True):
        if status.state == "paused":
            st.button(
                _("Resume"),
                icon=":material/play_arrow:",
                on_click=do,
                args=(N_("resume a training"), jobs.resume),
                key="resume",
            )
        else:
            st.button(_("Pause"), icon=":material/pause:", on_click=do, args=(N_("pause a training"), jobs.pause),
                      disabled=not training, key="pause")  # fmt: skip
        st.button(
            _("Stop and keep the best epoch"), icon=":material/stop:", on_click=do, key="keep",
            args=(N_("stop a training"), functools.partial(jobs.stop, keep=True)),
            disabled=not (training and done), help=None if done else _("Once the first epoch is done"),
        )  # fmt: skip
        if status.study is None:
            knobs.one_more(status)
        st.button(_("Discard"), icon=":material/delete:", on_click=do, key="discard",
                  args=(N_("discard a training"), functools.partial(jobs.stop, keep=False)))  # fmt: skip


def ended(status: Status | None) -> str | None:
    """Say how the last training ended, while that is recent; return the name of its network."""
    if status is None:
        return None
    if _is_news(status):
        # A training that made a challenger has only ended; whether that is a success, the comparison says.
        say = st.success if status.promoted else st.info if status.state in ("done", "discarded") else st.error
        say(f"**{inert(status.network)}**: {inert(words.message(status))}")
    return status.network


def last_curves(status: Status | None) -> None:
    """Show the curves of the last training, folded away."""
    if status is not None and status.history and _is_news(status):
        with st.expander(
            _("How {network} learned").format(network=inert(status.network)), icon=":material/show_chart:"
        ):
            curves(status)


def _is_news(status: Status) -> bool:
    # A sweep that trained no challenger has no history; its end is news for a while, like a failure.
    if status.state == "done" and status.history and not status.promoted:
        return status.network in versions.challengers()  # until the challenger is promoted or dismissed by hand
    return time.time() - status.updated_at < NEWS_S


def curves(status: Status) -> None:
    """Show loss and accuracy, by batch and by epoch."""
    for place, quantity in zip(st.columns(2), ("loss", "accuracy"), strict=True):
        data, specification = charts.live(
            status.curve, status.history, quantity, status.recipe["epochs"], networks.get(status.network).family,
            msgspec.convert(status.changes, list[jobs.Change]),
        )  # fmt: skip
        with place.container(height=310, border=False):  # a fixed height, so that nothing moves while a chart loads
            st.vega_lite_chart(
                data, style.themed_vega(specification), key=f"live_{quantity}", alt=words.curve(status, quantity)
            )
    style.table(words.epochs(status), key="live", alt=words.curve(status, "accuracy"))
    style.how_to_read(words.how_to_read(status.history, status.recipe["epochs"]), key="live")
    rate = status.recipe.get("learning_rate")
    # As high with a hint as without, so that the digits below it stay where they are.
    with st.container(key="live_hints", gap=None):
        st.html("<i></i>")  # Streamlit leaves an empty container out
        if rate is not None:
            hints.show(rules.of_training(status.history, rate, usual_rate(status.network, status.recipe)))


def _gallery(status: Status) -> None:
    if status.gallery is None:
        return
    digits, chosen = mnist.packaged(), status.gallery["indices"]
    labels = digits.labels[chosen]
    answers = status.gallery["answers"]
    right = sum(int(answer) == int(label) for answer, label in zip(answers, labels, strict=True))
    st.markdown(words.right_now(right, len(labels)))
    st.html(tiles.graded(digits.images[chosen], answers, labels))
