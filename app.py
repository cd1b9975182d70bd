"""digitlab: `streamlit run app.py`. Page configuration and navigation, nothing else."""

import streamlit as st

from digitlab.ui import style

st.set_page_config(page_title="digitlab", page_icon=style.ICON, layout="wide")
style.apply()

page = st.navigation(
    {"Draw": [st.Page("pages/draw/draw.py", title="Draw", icon=":material/draw:", url_path="draw", default=True)]},
    position="top",
)
page.run()
