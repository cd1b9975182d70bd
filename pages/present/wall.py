"""The Wall page: what the room draws, as soon as it is drawn."""

import streamlit as st

from digitlab.ui import presenter
from digitlab.ui.present import wall

st.title("Wall")
presenter.door()
wall.show()
