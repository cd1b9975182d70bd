"""The part of the Retrain page that teaches a model in service the handwriting of this room.

Before it starts, somebody decides about the labels that are probably wrong; without a decision, these drawings are left
out.
"""

from __future__ import annotations

import functools

import streamlit as st

from digitlab import collection, jobs
from digitlab.data import mnist
from digitlab.errors import DamagedModel, UnknownModel
from digitlab.explain import labels as disputes
from digitlab.explain.labels import Check, Disputed
from digitlab.jobs import presets
from digitlab.models import store
from digitlab.networks import Network
from digitlab.ui import boundary, tiles
from digitlab.ui.train import recipe_form
from digitlab.wording import labels, room
from digitlab.wording import trainings as words
from digitlab.wording.language import N_
from digitlab.wording.language import gettext as _

SHOWN = 20  # drawings with disputed labels
LEAVE_OUT = -2  # a choice that is no label


def show(network: Network, digits: int) -> None:
    """Show a button, and a sentence on what it does or why it cannot be pressed; then what has to be decided first.

    Args:
        network: the network that is chosen on the page.
        digits: how many of MNIST's digits there are to train on.
    """
    st.markdown(_("**This room's handwriting**"))
    hindrance, labelled = None, 0
    try:
        labelled = collection.count()[1]
        if store.read(network.name).run["data"]["source"] == "packaged":  # then it is taught with the same digits
            digits = len(mnist.packaged_splits().train)
    except (UnknownModel, DamagedModel):
        hindrance = words.nothing_to_teach(network.name)
    except boundary.EXPECTED as error:
        hindrance = boundary.sentence(error)
    recipe_form.start_button(
        _("Teach {model} this room's handwriting").format(model=network.name), ":material/school:", "teach",
        N_("teach a model"),
        lambda: _check_first(network, digits),
        disabled=hindrance is not None or labelled < collection.TEACHABLE,
    )  # fmt: skip
    st.caption(hindrance or words.teaching(labelled))
    check = st.session_state.get("_disputed")
    if check is not None:
        st.dialog(labels.before_teaching(), width="large", on_dismiss=_forget)(_decide)(
            network, digits, check, labelled
        )


def _check_first(network: Network, digits: int) -> None:
    check = disputes.of_room()
    if check.disputed:
        st.session_state["_disputed"] = check
    else:
        _start(network, digits, check)


def _decide(network: Network, digits: int, check: Check, labelled: int) -> None:
    """What is disputed, one drawing in a row, below what begins to teach."""
    shown, more = check.disputed[:SHOWN], len(check.disputed[SHOWN:])
    st.markdown(f"{labels.disputed(check)} {labels.asked(check)}")
    chosen = {one.number: st.session_state.get(_key(one.number), LEAVE_OUT) for one in shown}
    left_out = list(chosen.values()).count(LEAVE_OUT) + more
    as_said = {one.number: LEAVE_OUT if one.suggestion is None else one.suggestion for one in shown}
    with boundary.in_place(), st.container(horizontal=True):
        recipe_form.start_button(
            labels.teach(network.name, left_out), ":material/school:", "teach_decided", N_("teach a model"),
            lambda: _apply(network, digits, chosen),
            problem=labels.too_few(labelled - left_out) if labelled - left_out < collection.TEACHABLE else None,
            type="primary",
        )  # fmt: skip
        st.button(_("All as the models say"), key="as_said", on_click=_set, args=(as_said,))
        st.button(_("Leave all out"), key="leave_out", on_click=_set, args=(dict.fromkeys(chosen, LEAVE_OUT),))
    for one in shown:
        picture, said, decision = st.columns([1, 8, 3], vertical_alignment="center", gap="small")
        picture.html(tiles.tiles(one.pixels[None], [room.label(one.label)]))
        said.markdown("  \n".join(labels.contradicted(one)))
        decision.selectbox(
            labels.labelled(one.number, one.label), _options(one), key=_key(one.number),
            format_func=functools.partial(_option, one.label),
        )  # fmt: skip
    if more:
        st.caption(labels.left_out_too(more))


def _options(one: Disputed) -> list[int]:
    """The likeliest choices first."""
    said = [said.digit for said in one.against.values()]
    return list(dict.fromkeys([LEAVE_OUT, one.label, *said, collection.NOT_A_DIGIT, *range(10)]))


def _option(label: int, choice: int) -> str:
    if choice == LEAVE_OUT:
        return labels.leave_out()
    return labels.keep(label) if choice == label else labels.change(choice)


def _key(number: int) -> str:
    return f"dispute_{number}"


def _set(choices: dict[int, int]) -> None:
    st.session_state.update({_key(number): choice for number, choice in choices.items()})


def _apply(network: Network, digits: int, chosen: dict[int, int]) -> None:
    for number, choice in chosen.items():
        if choice != LEAVE_OUT:
            collection.label(number, choice)
    _start(network, digits, disputes.of_room())  # what is disputed still, or by now, is left out
    _forget()


def _start(network: Network, digits: int, check: Check) -> None:
    recipe = presets.teach(network.name, network.recipe, digits)
    jobs.start(jobs.Job("train", network.name, recipe, left_out=check.numbers))


def _forget() -> None:
    st.session_state.pop("_disputed", None)
