"""The parts of the Sweep page: the form that starts a sweep, its progress, and what it has found."""

from __future__ import annotations

import functools
import importlib.util

import streamlit as st

from digitlab import jobs
from digitlab.analysis import hints as rules
from digitlab.charts import trials as charts
from digitlab.sweeps import study
from digitlab.sweeps.study import Study, Sweep
from digitlab.ui import boundary, choice, hints, style
from digitlab.ui.train import progress, recipe_form
from digitlab.ui.train.knobs import do
from digitlab.ui.train.number_fields import NumberFields
from digitlab.wording import sweeps as words
from digitlab.wording import trainings
from digitlab.wording.language import N_
from digitlab.wording.language import gettext as _
from digitlab.wording.parts import inert

EVERY_S = 2.0
TRIALS, MINUTES = 30, 30
VIEWS = (N_("Choices"), N_("Curves"), N_("Importance"), N_("Table"))


def form() -> None:
    """Show the form: network, number of trials, time, and a button that starts the sweep in a process of its own."""
    there = recipe_form.digits()
    network = recipe_form.choose_network()
    fields = NumberFields()
    left, right = st.columns(2)
    with left:
        trials = fields.number(
            _("Trials"), int, 1, 1000, TRIALS, key="trials", help=_("Those of an earlier run count.")
        )
        epochs = recipe_form.number(fields, "epochs", network.recipe.epochs, key=f"epochs of {network.name}")
    with right:
        minutes = fields.number(_("Minutes at most"), int, 1, 10_000, MINUTES, key="minutes")
        digits = recipe_form.number(fields, "examples", there.train, most=there.train, key="digits")
    anew = st.toggle(
        _("Start over"), key="anew", persist_state="session",
        help=_("If off, an earlier sweep with the same settings continues."),
    )  # fmt: skip
    recipe_form.where()
    everything = there.everything and digits == there.train
    recipe = network.recipe.with_changes(epochs=epochs, examples=None if everything else digits)
    job = jobs.Job("sweep", network.name, recipe, trials=trials, budget_s=60 * minutes, anew=anew)
    recipe_form.start_button(
        _("Start sweep"), ":material/play_arrow:", "start_sweep", N_("retrain"),
        lambda: jobs.start(job), problem=" ".join(fields.problems) or None,
        type="primary",
    )  # fmt: skip
    st.caption(
        _(
            "The published settings are the first trial. The validation digits alone decide; the best settings are "
            "then trained as a challenger, for you to promote on Retrain."
        )
    )


@st.fragment(run_every=EVERY_S)
def watch(job: str) -> None:
    """Show the progress of the running job, which may be any training; once it has ended, the whole page reruns."""
    status = progress.look(job)
    if status is None:
        return
    if status.state == "queued":
        progress.queued(status)
        return
    if status.study is None:
        st.caption(trainings.running(status))
        st.page_link("pages/train/retrain.py", label=_("Watch or stop it on Retrain"), icon=":material/show_chart:")
        return
    st.markdown(f"**{inert(status.network)}**: {inert(trainings.message(status))}")
    st.button(_("Stop"), icon=":material/stop:", on_click=do, key="stop_sweep",
              args=(N_("stop a training"), functools.partial(jobs.stop, keep=False)),
              help=_("Finished trials are kept, and the same sweep continues from there."))  # fmt: skip


def results(running: str | None) -> None:
    """Show what the running sweep has found, kept up to date; without one, an earlier sweep, at first the latest.

    Args:
        running: name of the running sweep's study, or None.

    Raises:
        StudyUnavailable, TrainingUnavailable: as `study.known`.
    """
    if importlib.util.find_spec("optuna") is None:
        return  # without Optuna no study can be read; the form says what to install
    if running is not None:
        _live(running)
        return
    known = {sweep.name: sweep for sweep in study.known()}
    if not known:
        st.info(_("No sweep has been run yet. Choose a network and start one: its trials appear here as they go."))
        return
    name = next(iter(known))
    if len(known) > 1:
        name = st.selectbox(_("Sweep"), list(known), key="study", bind="query-params")
    found(known[name], is_running=False)


@st.fragment(run_every=EVERY_S)
def _live(running: str) -> None:
    with boundary.in_place():  # the page's own boundary does not see errors of a fragment's rerun
        status = jobs.status()  # the study's name may change once the sweep knows which digits there are
        running = status.study if status is not None and status.study is not None else running
        sweep = next((known for known in study.known() if known.name == running), None)
        if sweep is None:
            st.info(_("The first trial is about to begin."))
        else:
            found(sweep, is_running=True)


def found(sweep: Sweep, *, is_running: bool) -> None:
    """Show what a sweep has found, so far or in the end."""
    opened = Study(sweep)
    trials = opened.trials()
    st.markdown(f"{words.verdict(trials)} {words.ended(trials)}")
    hints.show([rules.prunes_everything([trial.state for trial in trials])])
    view = choice.one_of(_("View"), VIEWS, default=VIEWS[0], key="view", label_visibility="collapsed")
    if not any(trial.losses for trial in trials):
        st.info(
            _("The first epoch is not done yet.") if is_running
            else _("No trial of this sweep has finished an epoch, and it is not running now.")
        )  # fmt: skip
    elif view == "Choices":
        alt = _("Each trial is a line through its settings to its validation loss")
        with st.container(key="choices_frame"):  # phones can scroll it, since eight axes need their width
            style.chart(
                charts.choices(trials, sweep.space), key="choices", alt=alt, how=words.how_to_read_choices(trials)
            )
        st.caption(_("Each line is a trial; the better ones are green. Drag along an axis to see only those trials."))
    elif view == "Curves":
        alt = _("Validation loss by epoch, one line per trial")
        style.chart(  # the view "Table" has all trials
            charts.curves(trials), key="curves", alt=alt, how=words.how_to_read_curves(trials), has_table=False
        )
        st.caption(_("Dotted: pruned, since their loss fell behind that of other trials at the same epoch."))
    elif view == "Importance":
        _importance(opened)
    else:
        st.dataframe(charts.table(trials, sweep.space), hide_index=True, key="table")


def _importance(opened: Study) -> None:
    shares = study.importance(opened)
    if not shares:
        st.info(_("Importance can be told once four trials have finished."))
        return
    style.chart(
        charts.importance(shares), key="importance", alt=_("Share of the difference by hyperparameter"),
        how=words.how_to_read_importance(shares),
    )  # fmt: skip
    st.caption(_("How much of the difference between finished trials each setting explains (fANOVA)."))
