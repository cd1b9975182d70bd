"""The Curves page: training curves of any models in one figure."""

import streamlit as st

from digitlab.analysis import film, history
from digitlab.charts import training as charts
from digitlab.jobs import knobs
from digitlab.models import store
from digitlab.ui import boundary, choice, models, share, style
from digitlab.ui.explore import page
from digitlab.ui.train import film as film_view
from digitlab.wording import history as words
from digitlab.wording import knobs as knob_words
from digitlab.wording.language import N_
from digitlab.wording.language import gettext as _

top = page.begin(_("Training curves"), words.lead())
with choice.bar():
    chosen = models.pick_several(models.existing()[:2])
    quantity = choice.one_of(_("Show"), [N_("loss"), N_("accuracy")], default="loss", key="quantity")
    axis = choice.one_of(_("By"), [N_("epoch"), N_("seconds")], default="epoch", key="against")
    scale = choice.one_of(_("Scale"), [N_("linear"), N_("log")], default="log", key="scale")
if not chosen:
    st.info(_("Choose one model or more."))
    st.stop()

histories, families, changes, stored = {}, {}, {}, {}
for name in chosen:
    with boundary.in_place(st.warning):
        stored[name] = store.read(name)
        run = stored[name].run
        histories[name], families[name], changes[name] = history.read(run), run["family"], knobs.changes_of(run)
if not histories:
    st.stop()
figure = charts.curves(histories, families, quantity, by_seconds=axis == "seconds", log=scale == "log", changes=changes)
alt = _("{quantity} of {models} on training and on validation digits, by {axis}")
with st.container(key="chart_and_words"):
    with st.container(key="curves_chart"):
        style.chart(
            figure, key="curves", alt=alt.format(quantity=_(quantity), models=", ".join(histories), axis=_(axis)),
            how=words.how_to_read(histories, quantity, log=scale == "log"),
        )  # fmt: skip
        st.caption(_("Dotted: training digits. Solid: validation digits. Star: the epoch whose weights were kept."))
    with st.container(key="curves_words"):
        for name, read in histories.items():
            st.markdown(f"**{name}.** {words.explain(read)}")
            if changes[name]:
                st.markdown(knob_words.history(name, changes[name]))
films = {name: of for name in histories if (of := film.of_model(stored[name])) is not None}
page.part(knob_words.films())
if films:
    shown = choice.one_of(knob_words.film(), list(films), default=next(iter(films)), key="film")
    film_view.show(films[shown], shown, families[shown], "model")
for name in [name for name in histories if name not in films]:
    st.caption(knob_words.no_film(name))
with top:
    share.copy_link()
