"""The form of the Retrain page: a network, a preset, and all hyperparameters for those who want them."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from html import escape
from typing import Any

import numpy as np
import streamlit as st

from digitlab import jobs, networks
from digitlab.data import mnist
from digitlab.errors import DigitlabError
from digitlab.jobs import presets, preview, processes, speed
from digitlab.models import store
from digitlab.networks import Hyperparameter, Network, Recipe
from digitlab.ui import boundary, choice, presenter, tiles
from digitlab.ui.train.number_fields import NumberFields
from digitlab.wording import models
from digitlab.wording import trainings as words
from digitlab.wording.language import gettext as _
from digitlab.wording.parts import duration

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
    preset = choice.one_of(
        _("Preset"), [presets.DEMO, presets.PUBLISHED, presets.BEST], default=presets.DEMO, key="preset",
    )  # fmt: skip
    recipe = {
        presets.DEMO: lambda: presets.demo(
            known_speed(network, presets.demo_kind()), there.train, everything=there.everything
        ),
        presets.PUBLISHED: lambda: network.recipe,
        presets.BEST: lambda: presets.best(network.recipe),
    }[preset]()
    with st.expander(_("Hyperparameters"), icon=":material/tune:"):
        recipe, problems = _fields(network, recipe, there, f"{network.name} {preset}")
    return network, recipe, " ".join(problems) or None


def choose_network() -> Network:
    """Let people choose a network of the registry."""
    names = list(networks.NETWORKS)
    start = names.index(DEFAULT_NETWORK)
    return networks.get(st.selectbox(_("Network"), names, index=start, key="network", bind="query-params"))


def _fields(network: Network, preset: Recipe, there: Digits, key: str) -> tuple[Recipe, list[str]]:
    """Show one widget per hyperparameter, with the preset's value until the user changes it."""
    fields = NumberFields()
    in_form = [hyperparameter for hyperparameter in networks.HYPERPARAMETERS.values() if hyperparameter.is_in_form]
    middle = len(in_form) // 2
    instead_of_none = {"examples": there.train, "dropout": network.dropout}  # what a number field shows; otherwise 0
    values: dict[str, Any] = {}
    for column, half in zip(st.columns(2), (in_form[:middle], in_form[middle:]), strict=True):
        for hyperparameter in half:
            name, value = hyperparameter.name, getattr(preset, hyperparameter.name)
            if (name == "dropout" and not network.dropout) or (name == "augment_end" and values["augment"] == "none"):
                continue
            with column:
                if hyperparameter.offered or hyperparameter.kind is str:
                    values[name] = _choice(hyperparameter, value, f"{key} {name}")
                else:
                    most = there.train if name == "examples" else None
                    none = instead_of_none.get(name, 0) if hyperparameter.none else None
                    value = none if value is None else value
                    values[name] = number(fields, name, value, key=f"{key} {name}", most=most, none=none)
    if not there.everything:
        values["examples"] = values["examples"] or there.train
    return preset.with_changes(**values), fields.problems


def _choice(hyperparameter: Hyperparameter, value: Any, key: str) -> Any:
    """Let people choose a value, or for a text without choices the name of a model."""
    among = list(dict.fromkeys([*(hyperparameter.offered or hyperparameter.choices or ("", *store.names())), value]))
    return st.selectbox(
        _(hyperparameter.title), among, index=among.index(value), key=key, help=_(hyperparameter.description),
        format_func=lambda choice: models.value(hyperparameter.name, choice), persist_state="session",
    )  # fmt: skip


def number(
    fields: NumberFields, name: str, value: Any, *, key: str, most: float | None = None, none: float | None = None
) -> Any:  # fmt: skip
    """Let people type a number of a recipe.

    Args:
        fields: of the form.
        name, value: of the hyperparameter.
        key: of the field.
        most: the largest number, if not that of the hyperparameter.
        none: the number that stands for None, if there is one.
    """
    about = networks.HYPERPARAMETERS[name]
    least: Any = about.least if none is None else min(about.least or 0, none)
    largest: Any = about.most if most is None else most
    help = _(about.zero if none == 0 and about.zero else about.description)
    typed = fields.number(_(about.title), about.kind, least, largest, value, key=key, help=help)
    return None if typed == none else typed


def where() -> None:
    """Say what training from here still needs or where it runs, if it does not simply run on this machine."""
    if (problem := jobs.hindrance()) is not None:
        st.warning(problem)
    elif jobs.waits_for_machine():
        st.warning(
            _("No machine that trains is connected: a training waits until `python -m digitlab worker` runs on one.")
        )
    elif not processes.can_train():
        st.caption(_("Training runs on another machine."))


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

    Where the visitor who pressed it is no presenter, or `start` fails, it says so below the button.
    """
    disabled = problem is not None or options.pop("disabled", False) or jobs.hindrance() is not None
    is_pressed = st.button(label, icon=icon, key=key, disabled=disabled, **options)
    if problem is not None:
        st.error(problem)
    if is_pressed and not disabled:  # it may be pressed in the moment in which it is disabled
        with boundary.in_place():
            with st.spinner(_("Starting …")):
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
        st.markdown(words.takes_about(about, is_trained=network.name in store.names()))
    else:
        said = _("Can be promoted after **about {about}**, as measured on this machine.")
        st.markdown(said.format(about=about))
    after = _("Its embedding map and its figures on test and training digits follow, within about {follows}.")
    st.caption(after.format(follows=follows))


def _measuring(name: str, recipe: Recipe, about: str) -> None:
    if presenter.is_presenter() and processes.measure(name, recipe):
        st.markdown(_("Can be promoted after about {about}; measuring this machine …").format(about=about))
    elif speed.recall(name, recipe) is not None:
        st.rerun()  # since the demo's number of digits depends on the speed
    else:
        said = words.takes_about(about, is_trained=name in store.names())
        st.markdown(" ".join([said, _("This machine could not be measured.")]))


def preview_of(recipe: Recipe) -> None:
    """Show what the network will see: the same ten digits, distorted differently in each frame."""
    shown = preview.frames(recipe.augment)
    if shown is None:
        if processes.can_train():
            st.caption(_("The distorted digits appear here in a few seconds …"))
        return
    alt, caption = words.preview(distorted=len(shown) > 1)
    st.html(f'<figure class="strip">{tiles.strip(shown, alt)}<figcaption>{escape(caption)}</figcaption></figure>')


def layer_table(network: Network, recipe: Recipe) -> None:
    """Show the network's layers with output shapes and numbers of parameters."""
    layers = networks.layer_table(network, recipe.dropout, recipe.scaling)
    total = sum(layer.parameters for layer in layers)
    st.markdown(words.network(network, total))
    st.dataframe(
        {
            _("Layer"): [layer.kind for layer in layers],
            _("Output shape"): [" × ".join(map(str, layer.shape)) for layer in layers],
            _("Parameters"): np.array([layer.parameters for layer in layers]),
        },
        hide_index=True, height="content",
        column_config={_("Parameters"): st.column_config.NumberColumn(format="localized")},
    )  # fmt: skip
