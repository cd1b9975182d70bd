"""The boundary for errors: whatever fails becomes a sentence in its place, and no visitor's message harms others."""

import asyncio
import contextlib
import errno
import functools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest
import streamlit as st
from streamlit.proto.BackMsg_pb2 import BackendOperationRequest, BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.app_session import AppSession
from streamlit.runtime.media_file_manager import MediaFileManager
from streamlit.runtime.scriptrunner import ScriptRunner
from streamlit.runtime.state import SessionState
from streamlit.testing.v1 import AppTest

from digitlab import monitoring
from digitlab.errors import DamagedModel
from digitlab.ui import boundary, streamlit_inside
from digitlab.wording import failures
from tests.browser.server import serve
from tests.patience import PATIENCE_S

websockets = pytest.importorskip("websockets")
NO_ROOM = OSError(errno.ENOSPC, "No space left on device", "/srv/models/.slices.json")


@pytest.fixture
def as_on_the_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """With all that `server.lifespan` and `st.App` do about errors."""
    for owner, names in (
        (SessionState, ["_run_callback_and_record_rerun"]),
        (AppSession, ["handle_backmsg", "_create_exception_message"]),
        (MediaFileManager, ["execute_deferred"]),
    ):
        for name in names:
            monkeypatch.setattr(owner, name, getattr(owner, name))  # so that it is put back
    streamlit_inside.refuse_messages(boundary.sentence)
    streamlit_inside.heed_callbacks(boundary.heed_callback)
    streamlit_inside.heed_downloads(monitoring.failed)
    inner = functools.partialmethod(ScriptRunner.__init__, on_script_error=boundary.heed)
    monkeypatch.setattr(ScriptRunner, "__init__", inner)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (NO_ROOM, "disk is full, so .slices.json could not be written"),
        (PermissionError(errno.EACCES, "Permission denied", "/srv/models/cnn"), "may not read or write cnn"),
        (OSError(errno.EROFS, "Read-only file system", "/srv/x.json"), "folder is read-only"),
        (OSError("something with /srv in it"), "could not read or write a file"),
        (MemoryError(), "not enough memory"),
        (DamagedModel("The model cnn lacks its file model.keras."), "The model cnn lacks its file model.keras."),
        (KeyError("secret"), "Something went wrong on the server"),
    ],
)
def test_an_error_is_a_sentence_without_a_path_of_the_server(error, said):
    sentence = failures.said(error)
    assert said in sentence
    assert "/srv" not in sentence
    assert "secret" not in sentence


def _page(error: Exception) -> None:
    import streamlit as st

    def fail() -> None:
        raise error

    @st.fragment
    def part() -> None:
        st.button("in the part", on_click=fail)
        if st.toggle("part"):
            fail()

    st.markdown("before")
    st.button("press", on_click=fail)
    part()
    if st.toggle("page"):
        fail()
    st.markdown("after")


@pytest.mark.usefixtures("as_on_the_server")
@pytest.mark.parametrize("error", [NO_ROOM, KeyError("secret"), st.errors.StreamlitAPIException("secret")])
def test_what_a_page_raises_is_told_in_its_place(error):
    app = AppTest.from_function(_page, kwargs={"error": error}).run()
    assert not app.error
    app.toggle[1].set_value(True).run()
    assert not app.exception
    assert [element.value for element in app.error] == [failures.said(error)]
    assert [element.value for element in app.markdown] == ["before"]
    app.toggle[1].set_value(False).run()
    app.toggle[0].set_value(True).run()
    assert not app.exception
    assert len(app.error) == 1


@pytest.mark.usefixtures("as_on_the_server")
@pytest.mark.parametrize("number", [0, 1])
@pytest.mark.parametrize("error", [NO_ROOM, KeyError("secret")])
def test_after_a_button_that_fails_the_page_is_as_before(error, number):
    app = AppTest.from_function(_page, kwargs={"error": error}).run()
    app.button[number].click().run()
    assert not app.exception
    assert [element.value for element in app.toast] == [failures.said(error)]
    assert [element.value for element in app.markdown] == ["before", "after"]


def test_a_download_that_cannot_be_made_is_told(as_on_the_server):
    told = []
    streamlit_inside.heed_downloads(told.append)
    manager = SimpleNamespace(_lock=contextlib.nullcontext(), _deferred_callables={})
    with pytest.raises(Exception, match="not found"):
        MediaFileManager.execute_deferred(manager, "gone")
    assert len(told) == 1


def _kinds() -> dict[str, BackMsg]:
    """Every kind of message that a browser can send, or somebody can forge."""
    kinds = {}
    for field in BackMsg.DESCRIPTOR.oneofs_by_name["type"].fields:
        message = BackMsg()
        if field.message_type is not None:
            getattr(message, field.name).SetInParent()
        else:
            setattr(message, field.name, "x" if field.type == field.TYPE_STRING else True)
        kinds[field.name] = message
    del kinds["backend_operation_request"]
    for field in BackendOperationRequest.DESCRIPTOR.oneofs_by_name["payload"].fields:
        message = BackMsg()
        getattr(message.backend_operation_request, field.name).SetInParent()
        kinds[field.name] = message
    return kinds


@pytest.mark.usefixtures("as_on_the_server")
def test_of_all_messages_only_those_of_a_page_are_heeded():
    refused = {
        "clear_cache", "set_run_on_save", "load_git_info", "debug_disconnect_websocket", "debug_shutdown_runtime",
        "install_skills", "dismiss_skills_nudge",
    }  # fmt: skip
    assert _kinds().keys() - streamlit_inside.ASKED == refused, (
        "Streamlit knows other messages than `streamlit_inside.ASKED` was chosen from: are the new ones harmless?"
    )

    for kind, message in _kinds().items():
        done: list[str] = []

        class Session:
            def __init__(self, done: list[str] = done) -> None:
                self._background_tasks: set = set()
                self.done = done

            def __getattr__(self, name: str) -> Callable:
                return lambda *_: self.done.append(name)

        async def handle(message: BackMsg = message, session: Session = Session()) -> None:  # noqa: B008
            with contextlib.suppress(TypeError):  # of the task that the stand-in does not make
                AppSession.handle_backmsg(session, message)

        asyncio.run(handle())
        heeded = [name for name in done if name.startswith("_handle")]
        assert bool(heeded) == (kind in streamlit_inside.ASKED), kind


@pytest.mark.usefixtures("as_on_the_server")
def test_a_visitor_does_not_empty_the_caches_of_all():
    made = []

    @st.cache_data
    def make() -> int:
        made.append(1)
        return 1

    make()
    session = SimpleNamespace(_session_state=SimpleNamespace(clear=lambda: None))
    session._handle_clear_cache_request = functools.partial(AppSession._handle_clear_cache_request, session)
    AppSession.handle_backmsg(session, BackMsg(clear_cache=True))
    make()
    assert len(made) == 1


@pytest.mark.usefixtures("as_on_the_server")
def test_a_message_that_fails_is_answered_with_a_sentence():
    answer = AppSession._create_exception_message(SimpleNamespace(), KeyError("secret"))
    assert answer.delta.new_element.WhichOneof("type") == "alert"
    assert answer.delta.new_element.alert.body == failures.said(KeyError())


def test_forged_values_and_messages_are_answered_with_sentences(tmp_path):
    """On a real server: an option that no control has, texts instead of numbers, messages that no page sends."""
    with serve(tmp_path / "log") as server, ThreadPoolExecutor() as threads:
        said, kinds = threads.submit(asyncio.run, _forge(server.url)).result()
        log = server.log.read_text()
    assert "exception" not in kinds
    assert any("Something went wrong" in sentence for sentence in said)
    assert "Traceback" in log  # details are for whoever runs the server


async def _forge(url: str) -> tuple[list[str], set[str]]:
    """Forge the values of all controls of the Dataset page; what the page then says, and its kinds of elements."""
    said, kinds, ids = [], set(), {}
    address = f"{url.replace('http', 'ws')}/_stcore/stream"
    async with websockets.connect(address, subprotocols=["streamlit"], max_size=None) as to:

        async def run(**forged: object) -> None:
            message = BackMsg()
            message.rerun_script.page_name = "dataset"
            message.rerun_script.query_string = "section=One digit"
            for name, value in forged.items():
                for one in ids.values() if name != "trigger_value" else []:
                    widget = message.rerun_script.widget_states.widgets.add(id=one)
                    field = getattr(widget, name, None)
                    if hasattr(field, "data"):
                        field.data.extend(value)
                    else:
                        setattr(widget, name, value)
            await to.send(message.SerializeToString())
            while True:
                got = ForwardMsg.FromString(await asyncio.wait_for(to.recv(), PATIENCE_S))
                if got.HasField("delta"):
                    element = got.delta.new_element
                    kind = element.WhichOneof("type")
                    kinds.add(kind or "block")
                    if kind == "alert":
                        said.append(element.alert.body)
                    if kind is not None and hasattr(getattr(element, kind), "id"):
                        ids[kind] = getattr(element, kind).id
                if got.HasField("script_finished"):
                    break

        await run()
        for message in _kinds().values():
            if message.WhichOneof("type") not in {"rerun_script", "stop_script"}:
                await to.send(message.SerializeToString())
        await run(int_array_value=[99, -1])
        await run(string_value="x" * 1000)
        await run(double_array_value=[float("nan"), 1e300])
        await run(string_array_value=["<b>", ""])
        await run(int_value=-(2**53))
    return said, kinds
