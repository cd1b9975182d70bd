"""The Draw page and another one: for the test that leaves and comes back."""

import streamlit as st

from digitlab.settings import REPOSITORY
from digitlab.ui import server, style


def elsewhere() -> None:
    st.title("Elsewhere")


if __name__ == "__main__":
    st.set_page_config(layout="wide")
    style.apply()
    st.navigation(
        [
            st.Page(REPOSITORY / "pages" / "draw" / "draw.py", title="Draw", url_path="draw", default=True),
            st.Page(elsewhere, title="Elsewhere", url_path="elsewhere"),
        ],
        position="top",
    ).run()
else:
    app = st.App(__file__, lifespan=server.lifespan)
