"""Every model side by side."""

import streamlit as st

from digitlab import charts, store
from digitlab.errors import DigitlabError
from digitlab.ui import table

st.title("Models")
st.html('<p class="lead">Every network trained here: what it costs and what it reaches. Click a column to sort.</p>')

rows = table.rows()
if not rows:
    st.info("There are no models yet. Train one: `python -m digitlab train cnn`")
    st.stop()
table.show(rows)
st.subheader("Accuracy against size")
st.plotly_chart(
    charts.accuracy_against_parameters(rows), key="size", alt="Accuracy of every model against its number of parameters"
)

st.subheader("One model")
name = st.selectbox("Model", [row["name"] for row in rows], key="model", bind="query-params")
stored = store.read(name)
run = stored.run
st.markdown(
    f"**{run['summary']}.** {run['parameters']:,} parameters, trained in {run['duration_s']:.0f} s on "
    f"{run['data']['train']:,} digits ({run['machine']}), seed {run['seed']}, {run['trained_at'][:10]}."
)
with st.container(horizontal=True):
    for file, what in ((store.KERAS, "weights and architecture"), (store.TFLITE, "what this app runs")):
        st.download_button(
            file,
            lambda file=file: store.read_file(name, file),
            file_name=f"{name}.{file.split('.')[1]}",
            icon=":material/download:",
            help=what,
        )
    if st.button("Roll back", icon=":material/history:", disabled=not store.has_previous(name),
                 help="Swap this model with the version before it"):  # fmt: skip
        try:
            store.roll_back(name)
        except DigitlabError as error:
            st.error(str(error))
        else:
            st.rerun()
st.code(table.usage(name), language="python")
