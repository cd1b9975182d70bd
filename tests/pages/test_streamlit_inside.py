"""Each of Streamlit's internals that digitlab uses; what fails here, an upgrade of Streamlit has changed."""

import inspect
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
from streamlit.components.v2.bidi_component import serialization
from streamlit.delta_generator import DeltaGenerator
from streamlit.proto.BidiComponent_pb2 import BidiComponent
from streamlit.proto.Common_pb2 import FileURLs
from streamlit.proto.PageLink_pb2 import PageLink
from streamlit.proto.WidgetStates_pb2 import WidgetState, WidgetStates
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.pages_manager import PagesManager
from streamlit.runtime.state import SafeSessionState, SessionState
from streamlit.runtime.uploaded_file_manager import DeletedFile, UploadedFile, UploadedFileRec
from streamlit.runtime.websocket_session_manager import WebsocketSessionManager
from streamlit.watcher import polling_path_watcher
from streamlit.watcher.polling_path_watcher import PollingPathWatcher

from digitlab.settings import REPOSITORY
from digitlab.ui import streamlit_inside


def test_the_folder_of_pages_is_ignored(monkeypatch):
    monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
    PagesManager(str(REPOSITORY / "app.py"))
    assert PagesManager.uses_pages_directory, "Streamlit no longer looks for pages/: drop `ignore_pages_folder`."
    monkeypatch.setattr(PagesManager, "uses_pages_directory", None)
    streamlit_inside.ignore_pages_folder()
    PagesManager(str(REPOSITORY / "app.py"))
    assert not PagesManager.uses_pages_directory, "Streamlit looks for pages/ again, against `ignore_pages_folder`."


@pytest.mark.parametrize("watches", ["none", "poll"])
def test_the_settings_are_not_polled_where_no_file_is_watched(monkeypatch, tmp_path, watches):
    looked = []
    monkeypatch.setattr(PollingPathWatcher, "_schedule", PollingPathWatcher._schedule)  # put back afterwards
    monkeypatch.setattr(polling_path_watcher, "_POLLING_PERIOD_SECS", 0)
    monkeypatch.setattr(PollingPathWatcher, "_executor", ThreadPoolExecutor(1))
    monkeypatch.setattr(polling_path_watcher.util, "calc_hash_with_blocking_retries", lambda *_, **__: "same")
    monkeypatch.setattr(polling_path_watcher.util, "path_modification_time", lambda *_: looked.append(1) or 0.0)
    monkeypatch.setattr(streamlit_inside, "get_option", lambda name: watches)
    began = PollingPathWatcher(str(tmp_path / "config.toml"), lambda path: None, allow_nonexistent=True)
    streamlit_inside.poll_no_files()
    time.sleep(0.2)
    began._active = False
    PollingPathWatcher._executor.shutdown()
    assert (len(looked) > 9) == (watches == "poll"), "Streamlit polls in another way than `poll_no_files` expects."


def test_a_link_to_the_start_page_has_its_address(monkeypatch):
    sent = []
    monkeypatch.setattr(DeltaGenerator, "_enqueue", lambda place, kind, link, **_: sent.append((kind, link.page)))
    streamlit_inside.name_start_page()
    DeltaGenerator().page_link("pages/draw/draw.py")
    DeltaGenerator._enqueue(DeltaGenerator(), "page_link", PageLink(page="mistakes"))
    expected = [("page_link", "./"), ("page_link", "mistakes")]
    assert sent == expected, "Streamlit makes links to pages in another way than `name_start_page` expects."


def test_open_windows_can_be_counted():
    counts = "self._session_mgr =" in inspect.getsource(Runtime) and hasattr(
        WebsocketSessionManager, "num_active_sessions"
    )
    assert counts, "Streamlit counts its sessions in another way than `open_windows` does."


def test_lists_and_dicts_are_no_data_frames_and_need_no_pandas(monkeypatch):
    asked, number = [], 1
    monkeypatch.setattr(serialization, "is_dataframe_like", lambda value: asked.append(value) and False)
    streamlit_inside.spare_pandas()
    serialization.serialize_mixed_data({"list": [1], "dict": {}, "number": number}, BidiComponent())
    assert asked == [number], (
        "Streamlit asks pandas about a component's data in another way than `spare_pandas` expects."
    )


def test_the_state_of_a_component_is_read_before_it_is_shown(monkeypatch):
    session = SessionState()
    states = [WidgetState(id="$$ID-1-canvas", json_value='{"drawing": 1}'), WidgetState(id="$$ID-2-brush", int_value=6)]
    session.set_widgets_from_proto(WidgetStates(widgets=states))
    run = SimpleNamespace(session_state=SafeSessionState(session, lambda: None))
    monkeypatch.setattr(streamlit_inside, "get_script_run_ctx", lambda: run)
    state = streamlit_inside.unseen_state("canvas")
    assert state == {"drawing": 1}, "Streamlit keeps the browser's states elsewhere than `unseen_state` looks for them."
    assert streamlit_inside.unseen_state("brush") is None
    assert streamlit_inside.unseen_state("upload") is None


def test_uploaded_files_are_counted_taken_and_dropped(monkeypatch):
    manager = MemoryUploadedFileManager("/upload")
    for session, name in (("mine", "one"), ("mine", "two"), ("yours", "three")):
        manager.add_file(session, UploadedFileRec(name, "a.png", "image/png", b"12345"))
    monkeypatch.setattr(streamlit_inside, "_uploads", lambda: manager)
    run = SimpleNamespace(session_id="mine", uploaded_file_mgr=manager)
    monkeypatch.setattr(streamlit_inside, "get_script_run_ctx", lambda: run)
    assert "self._uploaded_file_mgr =" in inspect.getsource(Runtime), (
        "Streamlit keeps uploads elsewhere than `_uploads`."
    )
    assert streamlit_inside.stored_uploads() == 15, (
        "Streamlit counts uploads in another way than `stored_uploads` does."
    )
    (record,) = manager.get_files("mine", ["one"])
    monkeypatch.setattr(streamlit_inside, "session_state", {"key": UploadedFile(record, FileURLs())})
    assert streamlit_inside.take_upload("key") == ("one", b"12345")
    assert streamlit_inside.stored_uploads() == 10
    streamlit_inside.drop_uploads("mine")
    assert streamlit_inside.stored_uploads() == 5
    streamlit_inside.drop_uploads("mine")  # of nobody, there is nothing to drop
    for value in (None, DeletedFile("one")):
        monkeypatch.setattr(streamlit_inside, "session_state", {"key": value})
        assert streamlit_inside.take_upload("key") is None
        assert streamlit_inside.was_taken(value) is (value is not None)
