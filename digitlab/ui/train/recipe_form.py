"""The form of the Retrain page: a network, a preset, and all hyperparameters for those who want them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import numpy as np
import streamlit as st

from digitlab import jobs, networks
from digitlab.data import mnist
from digitlab.errors import DigitlabError
from digitlab.jobs import presets, preview, processes, speed
from digitlab.models import store
from digitlab.networks import AUGMENTATIONS, DEVIATION, MEAN, OPTIMIZERS, SCALINGS, SCHEDULES, Network, Recipe
from digitlab.ui import presenter, tiles
from digitlab.ui.train.number_fields import NumberFields
from digitlab.wording.parts import duration

BATCHES = (16, 32, 64, 128, 256, 512, 1024)
DEFAULT_NETWORK = "cnn-32-64"
START_S = 6.0  # assumed for TensorFlow's start until it has been measured


@dataclasses.dataclass(frozen=True)
class Digits:
    """The digits to train on: their `source`, "full" or "packaged", and how many there are to `train` on."""

    source: str
    train: int

    @property
    def everything(self) -> bool:
        """Whether this is all of MNIST; if not, a training may find more digits than there are now."""
        return self.source == "full"


def digits() -> Digits:
    """The digits at hand; a training itself also tries to fetch full MNIST."""
    data = mnist.load_or_packaged(download=False)
    return Digits(data.source, len(data.train))


def choose(there: Digits) -> tuple[Network, Recipe, str | None]:
    """Show the form; return the chosen network and recipe, and what is wrong with the fields, or None.

    Where something is wrong, the recipe has the preset's value in its place and must not be used.
    """
    network = choose_network()
    preset = st.segmented_control(
        "Preset", [presets.DEMO, presets.PUBLISHED, presets.BEST], default=presets.DEMO, required=True, key="preset",
        bind="query-params",
    )  # fmt: skip
    recipe = {
        presets.DEMO: lambda: presets.demo(
            known_speed(network, presets.demo_kind()), there.train, everything=there.everything
        ),
        presets.PUBLISHED: lambda: network.recipe,
        presets.BEST: lambda: presets.best(network.recipe),
    }[preset]()
    with st.expander("Hyperparameters", icon=":material/tune:"):
        recipe, problems = _fields(network, recipe, there, f"{network.name} {preset}")
    return network, recipe, " ".join(problems) or None


def choose_network() -> Network:
    """Let people choose a network of the registry."""
    names = list(networks.NETWORKS)
    start = names.index(DEFAULT_NETWORK)
    return networks.get(st.selectbox("Network", names, index=start, key="network", bind="query-params"))


def _fields(network: Network, preset: Recipe, there: Digits, key: str) -> tuple[Recipe, list[str]]:
    """Show one widget per hyperparameter, with the preset's value until the user changes it."""
    fields = NumberFields()

    def whole(label: str, field: str, least: int, most: int, **options: Any) -> int:
        value = options.pop("value", getattr(preset, field))
        return fields.whole(label, least, most, value, key=f"{key} {field} {value}", **options)

    def number(label: str, field: str, least: float, most: float, **options: Any) -> float:
        value = options.pop("value", getattr(preset, field))
        return fields.number(label, least, most, value, key=f"{key} {field} {value}", **options)

    def choice(label: str, field: str, among: tuple, **options: Any) -> Any:
        value = getattr(preset, field)
        return st.selectbox(label, among, index=among.index(value), key=f"{key} {field}", **options)

    left, right = st.columns(2)
    with left:
        epochs = whole("Epochs", "epochs", 1, 500)
        examples = whole(
            "Training digits", "examples", 10, there.train, value=preset.examples or there.train,
            help="If not all, then equally many of each digit",
        )  # fmt: skip
        batch_size = choice("Batch size", "batch_size", BATCHES)
        rate = number("Learning rate", "learning_rate", 1e-8, 10.0)
        schedule = choice("Learning-rate schedule", "schedule", SCHEDULES)
        scaling = choice(
            "Input scaling", "scaling", SCALINGS,
            help="unit: pixels divided by 255, so from 0 to 1. standardised: besides, minus the mean of the training "
            f"pixels ({MEAN}) and divided by their standard deviation ({DEVIATION})",
        )  # fmt: skip
    with right:
        optimizer = choice("Optimizer", "optimizer", OPTIMIZERS)
        dropout = None
        if network.dropout:
            dropout = number("Dropout", "dropout", 0.0, 0.95, value=preset.dropout or network.dropout)
        augment = choice("Distortion", "augment", AUGMENTATIONS)
        augment_end = preset.augment_end
        if augment != "none":
            augment_end = number("Distortion at the end", "augment_end", 0.0, 1.0,
                                 help="Its strength in the last step; it falls from 1 in the second half")  # fmt: skip
        written = number("Other forms of digits", "written", 0.0, 0.3,
                         help="Share of digits in forms from other countries, such as a crossed 7; it falls with the "
                         "distortion, to a half at most")  # fmt: skip
        non_digits = number("Non-digits", "non_digits", 0.0, 0.3,
                            help="Share of letters and scribbles, which should look like no digit; it falls with the "
                            "distortion, to a half at most")  # fmt: skip
        corrupted = number("Corrupted pictures", "corrupted", 0.0, 0.5,
                           help="Share of pictures with another background, less contrast, noise, lines or missing "
                           "patches; it falls with the distortion, to a half at most")  # fmt: skip
        ema = number("Weight averaging (EMA)", "ema", 0.0, 0.99999,
                     help="Momentum of the weights' moving average; 0 for none")  # fmt: skip
        patience = whole("Early stopping after", "patience", 0, 500, value=preset.patience or 0,
                          help="Epochs without a better validation loss; 0 for never")  # fmt: skip
        teachers = tuple(dict.fromkeys(["", preset.teacher, *store.names()]))
        teacher = choice("Teacher", "teacher", teachers, format_func=lambda name: name or "none",
                         help="A model whose answers are learned instead of the labels (distillation)")  # fmt: skip
        seed = whole("Seed", "seed", 0, 2**31 - 1)
    recipe = Recipe(
        epochs=epochs, batch_size=batch_size, learning_rate=rate, optimizer=optimizer, schedule=schedule,
        dropout=None if dropout == network.dropout else dropout, augment=augment, augment_end=augment_end,
        written=written, non_digits=non_digits, corrupted=corrupted, ema=ema,
        examples=None if there.everything and examples == there.train else examples,
        teacher=teacher, patience=patience or None, scaling=scaling, seed=seed,
    )  # fmt: skip
    return recipe, fields.problems


def where() -> None:
    """Say what training from here still needs or where it runs, if it does not simply run on this machine."""
    if (problem := jobs.hindrance()) is not None:
        st.warning(problem)
    elif jobs.waits_for_machine():
        st.warning(
            "No machine that trains is connected: a training waits until `python -m digitlab worker` runs on one."
        )
    elif not processes.can_train():
        st.caption("Training runs on another machine.")


def start_button(
    label: str,
    icon: str,
    key: str,
    action: str,
    start: Callable[[], object],
    *,
    problem: str | None = None,
    **options: Any,
) -> None:
    """Show a button with which presenters start a job; it is disabled where nothing can be trained.

    Args:
        label, icon, key, options: of the button.
        action: in words, for the refusal of a visitor who is not a presenter.
        start: starts the job.
        problem: what is wrong with the form; the button is disabled, and this is shown below it.

    Raises:
        NotAllowed: the visitor who pressed it is not a presenter.
        DigitlabError: as `start`.
    """
    disabled = problem is not None or options.pop("disabled", False) or jobs.hindrance() is not None
    is_pressed = st.button(label, icon=icon, key=key, disabled=disabled, **options)
    if problem is not None:
        st.error(problem)
    if is_pressed and not disabled:  # it may be pressed in the moment in which it is disabled
        with st.spinner("Starting …"):
            presenter.require(action)
            start()
        st.rerun()


def known_speed(network: Network, recipe: Recipe) -> speed.Speed:
    """The speed measured on this machine, or else that of the stored model's training, on whatever machine that ran."""
    measured = speed.recall(network.name, recipe)
    if measured is not None:
        return measured
    try:
        run = store.read(network.name).run
        epochs, train = len(run["history"]), run["recipe"].get("examples") or run["data"]["train"]
        return speed.Speed(START_S, run["duration_s"] / (epochs * train), 0.0)
    except (DigitlabError, KeyError, TypeError, ZeroDivisionError):
        return speed.Speed(START_S, 1 / 2000, 1.0)


def time_needed(network: Network, recipe: Recipe, examples: int) -> None:
    """Say how long a training will take. The first time, the speed is measured in the background, so that the page need
    not wait."""
    if not processes.can_train():
        return  # another machine's speed is not known here
    measured = speed.recall(network.name, recipe)
    about = duration((measured or known_speed(network, recipe)).total_s(recipe, examples))
    follows = duration(speed.completion_s(network.name, recipe))
    if (measured is None or preview.frames(recipe.augment) is None) and presenter.is_presenter():
        st.fragment(_measuring, run_every=1.0)(network.name, recipe, about)
    elif measured is None:  # only a presenter may start a measurement
        st.markdown(f"Can be promoted after about {about}, {_judged_by(network.name)}.")
    else:
        st.markdown(f"Can be promoted after **about {about}**, as measured on this machine.")
    st.caption(f"Its embedding map and its figures on test and training digits follow, within about {follows}.")


def _measuring(name: str, recipe: Recipe, about: str) -> None:
    if presenter.is_presenter() and processes.measure(name, recipe):
        st.markdown(f"Can be promoted after about {about}; measuring this machine …")
    elif speed.recall(name, recipe) is not None:
        st.rerun()  # since the demo's number of digits depends on the speed
    else:
        st.markdown(f"Can be promoted after about {about}, {_judged_by(name)}. This machine could not be measured.")


def _judged_by(name: str) -> str:
    return "judging by an earlier training" if name in store.names() else "at a guess"


def preview_of(recipe: Recipe) -> None:
    """Show what the network will see: the same ten digits, distorted anew in each frame."""
    shown = preview.frames(recipe.augment)
    if shown is None:
        if processes.can_train():
            st.caption("The distorted digits appear here in a few seconds …")
        return
    what = "distorted anew in every epoch" if len(shown) > 1 else "undistorted"
    st.html(
        f'<figure class="strip"><img src="{tiles.strip(shown)}" alt="Ten digits, {what}">'
        f"<figcaption>MNIST's digits as the network will see them: {what}</figcaption></figure>"
    )


def layer_table(network: Network, recipe: Recipe) -> None:
    """Show the network's layers with output shapes and numbers of parameters."""
    layers = networks.layer_table(network, recipe.dropout, recipe.scaling)
    total = sum(layer.parameters for layer in layers)
    st.markdown(f"**{network.name}**, a {network.family} of {total:,} parameters: {network.summary}")
    st.dataframe(
        {
            "Layer": [layer.kind for layer in layers],
            "Output shape": [" × ".join(map(str, layer.shape)) for layer in layers],
            "Parameters": np.array([layer.parameters for layer in layers]),
        },
        hide_index=True, height="content",
        column_config={"Parameters": st.column_config.NumberColumn(format="localized")},
    )  # fmt: skip
