"""What Streamlit offers to nobody, and digitlab needs: one function for each of its internals.

`streamlit_inside.css` has the rules for page elements that Streamlit alone names. The tests `test_streamlit_inside.py`
and `test_insides.py` say which of all these an upgrade has changed.
"""

from __future__ import annotations

import json
from typing import Any

from streamlit.components.v2.bidi_component import serialization
from streamlit.runtime import get_instance
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import get_script_run_ctx


def ignore_pages_folder() -> None:
    """Make a link to any page work as the very first request.

    A folder named pages/ makes Streamlit look for pages there until `st.navigation` is first called, and until then a
    link to any page but the default one is answered with "page not found".
    """
    PagesManager.uses_pages_directory = False


def open_windows() -> int:
    """How many windows of browsers are connected."""
    return get_instance()._session_mgr.num_active_sessions()


def spare_pandas() -> None:
    """Make Streamlit accept lists and dicts as a component's data without asking pandas.

    Streamlit asks pandas whether a component's data is a data frame. That imports pandas and pyarrow: 65 MB that a page
    with a canvas has no other use for.
    """
    asked: Any = serialization
    is_dataframe_like = asked.is_dataframe_like
    asked.is_dataframe_like = lambda given: not isinstance(given, list | dict) and is_dataframe_like(given)


def unseen_state(key: str) -> Any:
    """What the browser sends as the state of a component that this session has not shown yet; None if nothing.

    With the first run, Streamlit sends the state of all components, but `st.session_state` has each of them only once
    it is shown.
    """
    run = get_script_run_ctx()
    for widget in run.session_state.get_widget_states() if run else []:
        if widget.id.endswith(f"-{key}") and widget.WhichOneof("value") == "json_value":
            try:
                return json.loads(widget.json_value)
            except ValueError:
                return None
    return None
