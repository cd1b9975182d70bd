"""What a balancer and Prometheus are told, and who is told."""

import re
import threading
import time

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digitlab import audience, monitoring
from digitlab.models import replica, store
from digitlab.monitoring import health, metrics
from tests import drawings
from tests.audience.test_audience import TOKEN, drawn
from tests.damage import damage
from tests.pages.test_draw import draw
from tests.patience import PATIENCE_S

HERE = {"base_url": "http://127.0.0.1:8501", "client": ("127.0.0.1", 50000)}


@pytest.fixture(autouse=True)
def nothing_is_fresh_and_nobody_hurries(monkeypatch):
    monkeypatch.setattr(health, "_last", None)
    monkeypatch.setattr(health, "WAIT_S", PATIENCE_S)


@pytest.fixture
def client() -> TestClient:
    return TestClient(Starlette(routes=[*audience.routes(), *monitoring.routes()]), **HERE)


def number(client: TestClient, name: str) -> float:
    line = re.search(rf"^{re.escape(name)} (\S+)$", client.get("/metrics").text, re.MULTILINE)
    return float(line[1]) if line else 0.0


def test_a_server_that_can_answer_says_with_what(client):
    reply = client.get("/healthz")
    state = reply.json()
    assert (reply.status_code, state["status"], state["database"]) == (200, "ok", {"reachable": True})
    assert state["collection"] == {"waiting": 0}
    assert {name: model["version"] for name, model in state["models"].items()} == {
        name: store.read(name).run["sha256"][store.TFLITE][:16] for name in ("dnn", "cnn")
    }
    assert "store" not in state


def test_without_a_flagship_it_is_down(client, models_dir):
    damage(models_dir / "cnn")
    reply = client.get("/healthz")
    state = reply.json()
    assert (reply.status_code, state["status"]) == (503, "down")
    assert "cnn is damaged" in state["models"]["cnn"]["problem"]
    assert "version" in state["models"]["dnn"]


def test_without_a_database_it_goes_on_and_names_no_address(client, monkeypatch):
    monkeypatch.setenv("DIGITLAB_DATABASE", "postgresql://me:secret@127.0.0.1:1/none")
    reply = client.get("/healthz")
    assert (reply.status_code, reply.json()["status"]) == (200, "degraded")
    assert reply.json()["database"] == {"reachable": False}
    assert "127.0.0.1" not in reply.text


def test_a_database_that_hangs_holds_up_no_balancer(client, monkeypatch):
    answers = threading.Event()
    monkeypatch.setattr(health, "WAIT_S", 0.05)
    monkeypatch.setattr(health.database, "is_there", lambda: answers.wait(PATIENCE_S) and False)
    assert client.get("/healthz").json()["database"] == {"reachable": False}
    answers.set()
    monkeypatch.setattr(health, "WAIT_S", PATIENCE_S)
    monkeypatch.setattr(health, "_last", None)
    assert client.get("/healthz").json()["database"] == {"reachable": True}


def test_while_drawings_wait_for_the_database_it_is_degraded_and_says_how_many(client, monkeypatch):
    monkeypatch.setenv("DIGITLAB_DATABASE", "postgresql://me@127.0.0.1:1/none")
    for token in (f"{at:032x}" for at in (1, 2, 2)):
        assert client.post("/play/drawing", json=drawn(token=token)).json()["waits"]
    state = client.get("/healthz").json()
    assert (state["status"], state["collection"]) == ("degraded", {"waiting": 2})
    assert number(client, "digitlab_unkept") == 2


def test_a_shared_store_that_cannot_be_reached_is_told(client, models_dir, tmp_path, monkeypatch):
    monkeypatch.setenv("DIGITLAB_MODELS", f"file://{tmp_path}/file/models")
    monkeypatch.setenv("DIGITLAB_COPY", str(models_dir))
    monkeypatch.setattr(replica, "this", replica.Replica())
    (tmp_path / "file").write_text("no folder")
    replica.this.look()
    reply = client.get("/healthz")
    assert (reply.status_code, reply.json()["status"]) == (200, "degraded")
    assert reply.json()["store"] == {"reachable": False, "in_order": False}


def test_a_shared_store_that_nobody_has_looked_at_yet_does_not_pass_for_reachable(
    client, models_dir, tmp_path, monkeypatch
):
    monkeypatch.setenv("DIGITLAB_MODELS", f"file://{tmp_path}/models")
    monkeypatch.setenv("DIGITLAB_COPY", str(models_dir))
    monkeypatch.setattr(replica, "this", replica.Replica())
    reply = client.get("/healthz")
    assert (reply.status_code, reply.json()["status"]) == (200, "degraded")
    assert reply.json()["store"] == {"reachable": False, "in_order": True}


def test_it_is_ready_once_it_is_warm(client, monkeypatch):
    monkeypatch.setitem(monitoring.routes.__globals__, "_ready", threading.Event())
    assert client.get("/healthz/ready").status_code == 503
    monitoring.ready()
    assert client.get("/healthz/ready").status_code == 200


def test_answers_and_errors_are_counted_by_kind(client):
    played, refused = 'digitlab_answer_seconds_count{kind="play"}', 'digitlab_errors_total{kind="InvalidValue"}'
    before = number(client, played), number(client, refused)
    client.post("/play/drawing", json=drawn())
    client.post("/play/drawing", json=drawn(token="1"))
    assert (number(client, played), number(client, refused)) == (before[0] + 1, before[1] + 1)
    assert number(client, "digitlab_waiting") == 0
    assert number(client, "process_resident_memory_bytes") > 1e6
    assert TOKEN not in client.get("/metrics").text


def test_an_error_that_nobody_expected_is_counted_and_logged_but_not_told(caplog):
    def broken(asked: dict, client: str) -> dict:
        raise ZeroDivisionError

    app = Starlette(routes=[*monitoring.routes()])
    app.add_route("/broken", audience.taking(broken), methods=["POST"])
    client = TestClient(app, **HERE)
    counted = 'digitlab_errors_total{kind="ZeroDivisionError"}'
    before = number(client, counted)
    reply = client.post("/broken", json={})
    assert (reply.status_code, reply.json()) == (500, {"problem": "The server has made a mistake."})
    assert "ZeroDivisionError" in caplog.text
    assert number(client, counted) == before + 1


def test_a_number_that_cannot_be_read_leaves_the_others(client):
    monitoring.watch("halves", "of a test", lambda: 1 / 0)
    assert "digitlab_halves NaN" in client.get("/metrics").text
    monitoring.watch("halves", "of a test", lambda: 2)
    assert number(client, "digitlab_halves") == 2


@pytest.mark.parametrize(
    ("asker", "headers", "status"),
    [
        ("127.0.0.1", {}, 200),
        ("192.168.1.7", {}, 403),
        ("127.0.0.1", {"X-Forwarded-For": "192.168.1.7"}, 403),
        ("127.0.0.1", {"Host": "digits.example"}, 403),
    ],
)
def test_only_this_machine_reads_metrics_unless_all_may(monkeypatch, asker, headers, status):
    app = Starlette(routes=monitoring.routes())
    client = TestClient(app, base_url="http://127.0.0.1:8501", client=(asker, 50000))
    assert client.get("/metrics", headers=headers).status_code == status
    assert client.get("/healthz", headers=headers).status_code == 200
    monkeypatch.setenv("DIGITLAB_METRICS", "1")
    assert client.get("/metrics", headers=headers).status_code == 200


def test_counting_takes_no_time_that_anybody_could_notice():
    began = time.thread_time()  # not the time that others take of a busy machine
    for _ in range(100):
        metrics.answered("test", began)
    assert (time.thread_time() - began) / 100 < 1e-3  # 3 µs on an idle machine


def test_a_pen_up_on_the_draw_page_is_timed_once_and_models_that_fail_are_counted(client, models_dir):
    drawn_count, failed = 'digitlab_answer_seconds_count{kind="draw"}', 'digitlab_errors_total{kind="DamagedModel"}'
    before = number(client, drawn_count), number(client, failed)
    app = draw(drawings.canvas(4))
    assert number(client, drawn_count) == before[0] + 1
    app.run()
    assert number(client, drawn_count) == before[0] + 1
    (models_dir / "resnet").mkdir()
    (models_dir / "resnet" / store.RUN).write_text("{}")
    draw(drawings.canvas(4), right="resnet")
    assert number(client, failed) == before[1] + 1
