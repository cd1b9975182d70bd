"""What Streamlit offers to nobody, and digitlab needs: one function for each of its internals.

`streamlit_inside.css` and `.js` have the page elements that Streamlit alone names. The tests `test_streamlit_inside.py`
and `test_insides.py` say which of all these an upgrade has changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from streamlit import get_option, rerun, session_state
from streamlit.components.v2.bidi_component import serialization
from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import get_instance
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.scriptrunner import StopException, get_script_run_ctx
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.runtime.state import SessionState
from streamlit.runtime.state.query_params import _coerce_value_for_query_url
from streamlit.runtime.uploaded_file_manager import DeletedFile
from streamlit.watcher.polling_path_watcher import PollingPathWatcher

SCRIPT = Path(__file__).with_suffix(".js")  # names page elements for the scripts of components
Stopped = StopException  # what `st.stop` raises
# What a page of digitlab asks of its session. Streamlit would do more for whoever forges a message: empty everybody's
# caches, tell of the repository that the app lies in, or write files beside it.
ASKED = {"rerun_script", "stop_script", "app_heartbeat", "file_urls_request", "deferred_file", "dataframe_chunk"}
MOST_FILES = 10  # that one message may announce; a page takes one file at a time


def ignore_pages_folder() -> None:
    """Make a link to any page work as the very first request.

    A folder named pages/ makes Streamlit look for pages there until `st.navigation` is first called, and until then a
    link to any page but the default one is answered with "page not found".
    """
    PagesManager.uses_pages_directory = False


def poll_no_files() -> None:
    """Let Streamlit look no longer, five times a second, whether its settings have changed; a server that watches no
    files has no use for it."""
    if get_option("server.fileWatcherType") == "none":
        watchers: Any = PollingPathWatcher
        watchers._schedule = lambda watcher: None


def name_start_page() -> None:
    """Make links to the start page lead there in a new tab as well.

    Streamlit gives that page no path, so that such a link would have the address of the page on which it stands.
    """
    places: Any = DeltaGenerator
    inner = places._enqueue

    def heeding(place: DeltaGenerator, kind: str, element: Any, *given: Any, **more: Any) -> Any:
        if kind == "page_link":
            element.page = element.page or "./"
        return inner(place, kind, element, *given, **more)

    places._enqueue = heeding


def open_windows() -> int:
    """How many windows of browsers are connected."""
    return get_instance()._session_mgr.num_active_sessions()


def stored_uploads() -> int:
    """How many bytes of uploaded files Streamlit keeps, of all sessions."""
    return _uploads()._total_bytes


def drop_uploads(session: str) -> None:
    """Make Streamlit forget the files that a session has uploaded; it would keep them until the session ends."""
    _uploads().remove_session_files(session)


def take_upload(key: str) -> tuple[str, bytes] | None:
    """The id and the content of the file that a widget has, which Streamlit then forgets; None if there is none.

    Afterwards, the widget's own value is one that `was_taken`.
    """
    file, run = session_state[key], get_script_run_ctx()
    if file is None or was_taken(file) or run is None:
        return None
    _uploads().remove_file(run.session_id, file.file_id)
    return file.file_id, file.getvalue()


def was_taken(file: Any) -> bool:
    """Whether the value of a widget for files is one that Streamlit has forgotten."""
    return isinstance(file, DeletedFile)


def _uploads() -> Any:
    return get_instance()._uploaded_file_mgr


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


def absent_controls() -> list[tuple[str, list[str]]]:
    """The controls that are bound to the page's address, and what it means if the address does not have them.

    Returns:
        Key and values, as they would stand in the address.
    """
    run, found = get_script_run_ctx(), []
    if run is None:
        return []
    state = run.session_state._state
    shown = None if run.fragment_ids_this_run else run.shared.widget_ids_this_run.snapshot()
    for key, binding in state.query_params._bindings_by_param.items():
        if shown is not None and binding.widget_id not in shown:
            continue  # it was on the page before
        control = state._new_widget_state.widget_metadata[binding.widget_id]
        # Where the address has it, it would only leave it out once the control is as at first again.
        value = control.deserializer(None) if state.query_params.has_param(key) else state[key]
        text = _coerce_value_for_query_url(control.serializer(value), control.value_type)
        found.append((key, text if isinstance(text, list) else [text]))
    return found


def is_shown(key: str) -> bool:
    """Whether the page has shown a control in this run; for fragments, whether it is on the page."""
    run = get_script_run_ctx()
    if run is None or run.fragment_ids_this_run:
        return key in session_state
    id_of = run.session_state._state._key_id_mapper.get_id_from_key(key, None)
    return id_of in run.shared.widget_ids_this_run.snapshot()


def correct_address(**values: str) -> None:
    """Write other values into the page's address, of controls as well, and run the page as if it had been opened so."""
    run = get_script_run_ctx()
    if run is None:
        return
    params = run.session_state._state.query_params
    for key, value in values.items():
        params._set_item_internal(key, value)
    params._send_query_param_msg()
    rerun()


def before_runs(turn: Callable[[], AbstractContextManager[None]], told: Callable[[str], None]) -> None:
    """Make every script run, also that of a fragment, take a `turn`, and first call `told` with its query string, in
    its own thread and before the callbacks of controls."""
    runners: Any = ScriptRunner
    inner = runners._run_script

    def heeding(runner: ScriptRunner, data: Any) -> None:
        with turn():
            told(data.query_string)
            inner(runner, data)

    runners._run_script = heeding


def heed_callbacks(told: Callable[[Exception], None]) -> None:
    """Make a control's callback that fails call `told`; the page then runs, which Streamlit leaves out."""
    states: Any = SessionState
    inner = states._run_callback_and_record_rerun

    def heeding(state: SessionState, votes: Any, run: Callable[[], None]) -> None:
        def safely() -> None:
            try:
                run()
            except Exception as error:
                told(error)

        inner(state, votes, safely)

    states._run_callback_and_record_rerun = heeding


def heed_downloads(told: Callable[[Exception], None]) -> None:
    """Make a download that fails when it is made, after the click, call `told`; Streamlit says so below the button."""
    files: Any = MediaFileManager
    inner = files.execute_deferred

    def heeding(manager: MediaFileManager, file_id: str) -> str:
        try:
            return inner(manager, file_id)
        except Exception as error:
            told(error)
            raise

    files.execute_deferred = heeding


def refuse_messages(told: Callable[[BaseException], str]) -> None:
    """Make sessions ignore what no page of digitlab sends; a message that fails is answered with the sentence of `told`
    instead of an exception."""
    sessions: Any = AppSession
    inner = sessions.handle_backmsg

    def heeding(session: AppSession, message: BackMsg) -> None:
        kind: str | None = message.WhichOneof("type")
        if kind == "backend_operation_request":
            kind = message.backend_operation_request.WhichOneof("payload")
        if kind in ASKED and len(message.file_urls_request.file_names) <= MOST_FILES:
            inner(session, message)

    def sentence(_: AppSession, error: BaseException) -> ForwardMsg:
        answer = ForwardMsg()
        alert = answer.delta.new_element.alert
        alert.body, alert.format = told(error), Alert.ERROR
        return answer

    sessions.handle_backmsg = heeding
    sessions._create_exception_message = sentence
