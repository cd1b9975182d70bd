"""The Models page: all models side by side, and one in detail."""

import streamlit as st

from digitlab.charts import training as charts
from digitlab.models import store
from digitlab.ui import boundary, presenter, share, style
from digitlab.ui.train import challenger, table
from digitlab.wording import models as words
from digitlab.wording.language import gettext as _

top = share.heading(_("Models"), _("Every stored model: what it costs and what it reaches. Click a column to sort."))
presenter.door()

rows = table.rows()
if not rows:
    none = _("There are no models yet. Train one: `python -m digitlab train cnn`")
    if store.names():
        none = _("None of the models can be read. Train one anew: `python -m digitlab train cnn`")
    st.info(none)
    st.stop()
with st.container(key="models_beside"):
    with st.container(key="models_table"):
        table.show(rows)
    with st.container(key="models_chart"):
        st.header(_("Accuracy against size"))
        style.chart(
            charts.accuracy_against_parameters(table.points(rows)), key="size", has_table=False,
            how=words.how_to_read(table.points(rows)),
            alt=_("Accuracy of every model against its number of parameters"),
        )  # fmt: skip

st.header(_("One model"))
name = st.selectbox(_("Model"), [row["name"] for row in rows], key="model", bind="query-params", width=300)
with boundary.or_stop():
    stored = store.read(name)
challenger.done()
st.markdown(f"{words.summary(stored.run)} {words.in_service(name, stored.run)}")
with st.container(horizontal=True):
    table.downloads(name)
    challenger.roll_back(name)
table.versions_of(name)
table.about(stored)
with boundary.in_place(st.warning):
    st.code(table.usage(name, stored.run["temperature"]), language="python")
with top:
    share.copy_link()
