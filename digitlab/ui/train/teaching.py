"""The part of the Retrain page that teaches a model in service the handwriting of this room."""

from __future__ import annotations

import streamlit as st

from digitlab import collection, jobs
from digitlab.data import mnist
from digitlab.errors import DamagedModel, UnknownModel
from digitlab.jobs import presets
from digitlab.models import store
from digitlab.networks import Network
from digitlab.ui import boundary
from digitlab.ui.train import recipe_form
from digitlab.wording import trainings as words


def show(network: Network, digits: int) -> None:
    """Show a button, and a sentence on what it does or why it cannot be pressed.

    Args:
        network: the network that is chosen on the page.
        digits: how many of MNIST's digits there are to train on.
    """
    st.markdown("**This room's handwriting**")
    hindrance, labelled = None, 0
    try:
        _, labelled = collection.count()
        if store.read(network.name).run["data"]["source"] == "packaged":  # then it is taught with the same digits
            digits = len(mnist.packaged_splits().train)
    except (UnknownModel, DamagedModel):
        hindrance = words.nothing_to_teach(network.name)
    except boundary.EXPECTED as error:
        hindrance = boundary.sentence(error)
    recipe_form.start_button(
        f"Teach {network.name} this room's handwriting", ":material/school:", "teach", "teach a model",
        lambda: jobs.start(jobs.Job("train", network.name, presets.teach(network.name, network.recipe, digits))),
        disabled=hindrance is not None or labelled < collection.TEACHABLE,
    )  # fmt: skip
    st.caption(hindrance or words.teaching(labelled))
