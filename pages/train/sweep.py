"""The Sweep page: tune a network by many trainings, each with settings chosen by the results of the earlier ones."""

import streamlit as st

from digitlab import jobs
from digitlab.ui import boundary, presenter, share
from digitlab.ui.train import progress, sweep
from digitlab.wording.language import gettext as _

top = share.heading(
    _("Sweep"),
    _(
        "Many trainings of one network: each tries settings like those that did well before, and stops early if it "
        "falls behind."
    ),
)
presenter.door()

with boundary.in_place():
    status = jobs.status()
    is_running = status is not None and status.active
    if status is not None and status.study is not None and not is_running:
        progress.ended(status)
    with st.container(key="sweep_page"):
        form, found = st.columns([1, 3], gap="large")
    with form:
        if is_running:
            sweep.watch(status.id)
        else:
            sweep.form()
    with found:
        sweep.results(status.study if is_running else None)
with top:
    share.copy_link()
