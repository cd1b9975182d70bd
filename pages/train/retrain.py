"""The Retrain page: train a network while people watch, and put it into service."""

import streamlit as st

from digitlab import jobs
from digitlab.ui import boundary, presenter, share
from digitlab.ui.explore import page
from digitlab.ui.learn import companion
from digitlab.ui.train import challenger, progress, recipe_form, teaching
from digitlab.wording import trainings as words
from digitlab.wording.language import N_
from digitlab.wording.language import gettext as _

top = share.heading(
    _("Retrain"), _("Choose a network, watch it learn, put it to work at once, take it back with one click.")
)
st.html(page.SHEET)
presenter.door()

with boundary.or_stop():  # the database may not answer
    status = jobs.status()
if status is not None and status.active:
    st.caption(words.running(status))
    progress.watch(status.id)
    st.stop()
companion.saw("training", status)
latest = progress.ended(status)
challenger.panel(latest)
progress.last_curves(status)

form, sight = st.columns([2, 3], gap="large")
with boundary.in_place():
    with form:
        there = recipe_form.digits()
        network, recipe, problem = recipe_form.choose(there)
        st.caption(challenger.served(network.name))
        better = st.toggle(
            _("Promote if better"), key="if_better", persist_state="session",
            help=_("Put it into service unattended, if it is right on more validation digits than the model in "
                   "service, or on equally many with a lower loss"),
        )  # fmt: skip
        recipe_form.where()
        if problem is None:
            recipe_form.time_needed(network, recipe, recipe.examples or there.train)
        if there.source == "packaged":
            st.info(words.packaged_only(there.train))
        recipe_form.start_button(
            _("Start training"), ":material/play_arrow:", "start", N_("retrain"),
            lambda: jobs.start(jobs.Job("train", network.name, recipe, "if-better" if better else "never")),
            problem=problem, type="primary",
        )  # fmt: skip
        teaching.show(network, there.train)
    with sight:
        recipe_form.preview_of(recipe)
        if problem is None:
            recipe_form.layer_table(network, recipe)
with top:
    share.copy_link()
