"""Whose script runs next."""

import threading
import time
from contextlib import contextmanager

import pytest
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.testing.v1 import AppTest

from digitlab.ui import streamlit_inside
from digitlab.ui.runs import Line
from tests.patience import PATIENCE_S, until


@pytest.fixture
def began():
    """What began, in this order."""
    return []


def _run(line: Line, client: str, began: list[str], ended: threading.Event) -> threading.Thread:
    """A run that waits in the line, says that it has begun, and takes until it is to end; it waits by now."""

    def work() -> None:
        with line.turn(client):
            began.append(client)
            ended.wait()

    thread = threading.Thread(target=work)
    waiting = sum(map(len, line._waiting.values())) + len(began)
    thread.start()
    until(lambda: sum(map(len, line._waiting.values())) + len(began) > waiting)
    return thread


def test_clients_come_in_turn_and_one_at_a_time(began):
    line, end = Line(turn_s=60), threading.Event()
    clients = ["stranger", "stranger", "stranger", "guest", "stranger"]
    threads = [_run(line, client, began, end) for client in clients]
    assert began == ["stranger"]
    end.set()
    for thread in threads:
        thread.join()
    assert began == ["stranger", "stranger", "guest", "stranger", "stranger"]


def test_what_takes_long_does_not_hold_the_others(began):
    line, end = Line(turn_s=0.1), threading.Event()
    threads = [_run(line, client, began, end) for client in ("slow", "other", "another")]
    until(lambda: len(began) == 3)
    assert not end.is_set()
    end.set()
    for thread in threads:
        thread.join()
    with line.turn("next"):  # nobody is thought to run still
        began.append("next")
    assert began[-1] == "next"


def test_a_run_that_fails_gives_its_turn_back():
    line = Line(turn_s=60)
    with pytest.raises(ZeroDivisionError), line.turn("one"):
        raise ZeroDivisionError
    start = time.monotonic()
    with line.turn("another"):
        assert time.monotonic() - start < 30


def test_a_script_runs_within_its_turn(monkeypatch, began):
    @contextmanager
    def turn():
        began.append("turn")
        yield
        began.append("end")

    def page() -> None:
        import streamlit as st

        st.session_state["began"].append("script")

    monkeypatch.setattr(ScriptRunner, "_run_script", ScriptRunner._run_script)
    streamlit_inside.before_runs(turn, lambda query: began.append("told"))
    app = AppTest.from_function(page, default_timeout=PATIENCE_S)
    app.session_state["began"] = began
    app.run()
    assert began[:3] == ["turn", "told", "script"]
    until(lambda: began[-1] == "end")
