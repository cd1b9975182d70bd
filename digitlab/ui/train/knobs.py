"""What can be changed while a network learns: sliders, one epoch more, slow motion, and the batch that it shows."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np
import streamlit as st

from digitlab import jobs
from digitlab.jobs import Knobs, Seen, Status
from digitlab.jobs.knobs import MOMENTUM, RANGES, SLOW_S
from digitlab.ui import presenter, tiles
from digitlab.ui.train import number_fields
from digitlab.wording import digits
from digitlab.wording import knobs as words
from digitlab.wording.language import N_

RATES = [step * 10.0**power for power in range(-5, 0) for step in (1, 2, 5)] + [1.0]
REPEATED_S = 3.0
FULL, STEP = "full", "step"  # paces to choose, beside each of `SLOW_S`


def show(status: Status) -> None:
    """Show the controls, folded away; they act only while the network learns."""
    recipe, knobs = status.recipe, jobs.asked(status.id)[1]
    can = status.takes_changes
    with st.expander(words.title(), icon=":material/tune:"):
        first, second, third, fourth = st.columns(4, gap="medium")
        schedule, optimizer = str(recipe["schedule"]), str(recipe["optimizer"])
        rate = recipe["learning_rate"] if knobs.learning_rate is None else knobs.learning_rate
        with first:
            key, first_rate = _control("learning_rate", rate)
            st.select_slider(
                words.learning_rate(schedule), sorted({*RATES, recipe["learning_rate"], rate}), first_rate,
                key=key, format_func=number_fields.shown, disabled=not can, help=words.learning_rate_help(schedule),
                on_change=_turn, args=(status.id, "learning_rate", key),
            )  # fmt: skip
        usual = MOMENTUM.get(optimizer, 0.0) if knobs.momentum is None else knobs.momentum
        for place, knob, label, value, step, form, help_ in (
            (second, "momentum", words.momentum(), usual, 0.01, "%.2f", words.momentum_help(optimizer)),
            (third, "noise", words.noise(), knobs.noise, 0.05, "%.2f", words.noise_help()),
            (fourth, "rotation", words.rotation(), knobs.rotation, 5.0, "±%d°", words.rotation_help()),
        ):
            key, first_value = _control(knob, value)
            with place:
                st.slider(
                    label, 0.0, float(RANGES[knob].most or 1), first_value, step=step, format=form, key=key, help=help_,
                    disabled=not can or (knob == "momentum" and optimizer not in MOMENTUM),
                    on_change=_turn, args=(status.id, knob, key),
                )  # fmt: skip
        with st.container(horizontal=True, vertical_alignment="bottom"):
            key, first_pace = _control("pace", _pace(knobs))
            st.segmented_control(
                words.speed(), [FULL, *SLOW_S, STEP], default=first_pace, key=key, required=True, wrap=True,
                format_func=words.pace, disabled=not can, on_change=_set_pace, args=(status.id, key),
            )  # fmt: skip
            if knobs.pace == STEP:
                st.button(
                    words.step(), icon=":material/skip_next:", key="step", disabled=not can, on_click=do,
                    args=(N_("change a training"), partial(jobs.step, status.id)),
                )  # fmt: skip


def one_more(status: Status) -> None:
    """Show the button for another epoch."""
    st.button(
        words.one_more(), icon=":material/add:", key="one_more", disabled=not status.takes_changes,
        help=words.one_more_help(), on_click=do, args=(N_("change a training"), partial(jobs.add_epoch, status.id)),
    )  # fmt: skip


def batch(seen: Seen) -> None:
    """Show the first digits of a batch in slow motion, and what the network said of them."""
    pairs = list(zip(seen.answers, seen.labels, strict=True))
    captions = [digits.caption(*pair) if pair[1] >= 0 else words.no_digit(pair[0]) for pair in pairs]
    marks = ["right" if answer == label else "" if label < 0 else "wrong" for answer, label in pairs]
    st.markdown(words.seen(seen))
    st.html(tiles.tiles(np.asarray(seen.images()), captions, marks))


def do(action: str, change: Callable[[], None]) -> None:
    """Do what a control says to a running job, or have `tell` show why that is not possible: what a callback itself
    shows would take the place of the page's style sheets."""
    st.session_state["_not_done"] = presenter.attempt(action, change)


def tell() -> None:
    """Show why the last act was not possible, once."""
    if problem := st.session_state.pop("_not_done", None):
        st.toast(problem)


def _pace(knobs: Knobs) -> str | float:
    return knobs.rest_s if knobs.pace == "slow" else knobs.pace


def _control(knob: str, value: Any) -> tuple[str, Any]:
    """Key and first value of a control that shows what is asked of the training now.

    Where somebody else has changed that, another control takes its place. Browsers then repeat for a moment what the
    former one showed, which must not change it back.
    """
    number, first, former, since = st.session_state.get(f"_knob_{knob}", (0, value, None, 0.0))
    shown = st.session_state.get(f"knob_{knob}_{number}", first)
    if shown != value:
        number, first, former, since = number + 1, value, shown, time.monotonic()
    st.session_state[f"_knob_{knob}"] = number, first, former, since
    return f"knob_{knob}_{number}", first


def _is_repeated(knob: str, value: Any) -> bool:
    *_, former, since = st.session_state[f"_knob_{knob}"]
    return value == former and time.monotonic() - since < REPEATED_S


def _turn(job: str, knob: str, key: str) -> None:
    value = st.session_state[key]
    if not _is_repeated(knob, value):
        do(N_("change a training"), lambda: jobs.turn(job, **{knob: value}))


def _set_pace(job: str, key: str) -> None:
    pace = st.session_state[key]
    if _is_repeated("pace", pace):
        return
    asked = {"pace": pace} if pace in (FULL, STEP) else {"pace": "slow", "rest_s": pace}
    do(N_("change a training"), lambda: jobs.turn(job, **asked))
