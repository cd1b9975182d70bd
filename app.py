"""digitlab: `streamlit run app.py`. Page configuration and navigation, nothing else."""

import functools

import streamlit as st
from starlette.middleware import Middleware

from digitlab import audience, monitoring, settings
from digitlab.access.gate import Gate
from digitlab.access.languages import Languages
from digitlab.access.limits import Limits
from digitlab.access.uploads import Uploads
from digitlab.ui import boundary, glossary, languages, presenter, server, streamlit_inside, streamlits, style
from digitlab.ui.draw import live
from digitlab.ui.learn import companion
from digitlab.ui.lecture import routes as lecture
from digitlab.wording.language import gettext as _


def main() -> None:
    draw = functools.partial(st.Page, "pages/draw/draw.py", title=_("Draw"))
    embedding_map = functools.partial(st.Page, "pages/explore/embedding_map.py", title=_("Map"))
    page = st.navigation(
        [  # one list, no menus: every page is one click away; streamlit_inside.css names the groups
            draw(url_path="home", default=True),
            # Streamlit serves the default page only at /; a link to /draw should lead there as well.
            draw(url_path="draw", visibility="hidden"),
            st.Page("pages/learn/learn.py", title=_("Learn"), url_path="learn"),
            st.Page("pages/learn/glossary.py", title=_("Glossary"), url_path="glossary"),
            st.Page("pages/explore/confusion.py", title=_("Confusion"), url_path="confusion"),
            st.Page("pages/explore/mistakes.py", title=_("Mistakes"), url_path="mistakes"),
            embedding_map(url_path="embedding-map"),
            embedding_map(url_path="atlas", visibility="hidden"),  # for older links
            st.Page("pages/explore/calibration.py", title=_("Calibration"), url_path="calibration"),
            st.Page("pages/explore/robustness.py", title=_("Robustness"), url_path="robustness"),
            st.Page("pages/explore/dataset.py", title=_("Dataset"), url_path="dataset"),
            st.Page("pages/explore/curves.py", title=_("Curves"), url_path="curves"),
            st.Page("pages/train/retrain.py", title=_("Retrain"), url_path="retrain"),
            st.Page("pages/train/sweep.py", title=_("Sweep"), url_path="sweep"),
            st.Page("pages/train/models.py", title=_("Models"), url_path="models"),
            st.Page("pages/present/present.py", title=_("Present"), url_path="present"),
            st.Page("pages/present/collection.py", title=_("Collection"), url_path="collection"),
        ],
        position="top",
        expanded=True,
    )
    st.set_page_config(page_title=f"{page.title} · digitlab", page_icon=style.ICON, layout="wide")
    style.apply()
    with boundary.or_stop():
        settings.load()
    companion.accompany(page.url_path)
    try:
        page.run()
    except streamlit_inside.Stopped:
        foot(page.url_path)
        raise
    foot(page.url_path)


def foot(path: str) -> None:
    """What every page has, after what it is about, which should be seen first."""
    languages.foot()
    streamlits.translate()
    glossary.explain(path)


if __name__ == "__main__":  # every session runs this file as its script
    main()
else:  # `streamlit run` imports it once, when the server starts
    app = st.App(
        __file__, lifespan=server.lifespan, on_script_error=boundary.heed,
        routes=[*audience.routes(), *live.routes(), *lecture.routes(), *monitoring.routes(), *presenter.routes()],
        middleware=[
            Middleware(Gate, rules=server.rules),
            Middleware(Languages),
            Middleware(Limits),
            Middleware(Uploads, stored=streamlit_inside.stored_uploads, drop=streamlit_inside.drop_uploads),
        ],
    )  # fmt: skip
