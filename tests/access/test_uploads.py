"""What arrives as an upload: one file of a session at a time, and no more in all than the server has room for."""

import asyncio

import pytest
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from digitlab.access import uploads
from digitlab.access.uploads import Uploads

PATH = "/below/_stcore/upload_file/{session}/{file}"


class Store:
    """Keeps files as Streamlit does."""

    def __init__(self) -> None:
        self.files: dict[str, dict[str, bytes]] = {}
        self.most_at_once = self.at_once = 0
        self.pause: asyncio.Event | None = None

    async def put(self, request: Request) -> PlainTextResponse:
        self.at_once += 1
        self.most_at_once = max(self.most_at_once, self.at_once)
        if self.pause:
            await self.pause.wait()
        async with request.form() as form:
            (file,) = [value for value in form.values() if isinstance(value, UploadFile)]
            data = await file.read()
        self.files.setdefault(request.path_params["session"], {})[request.path_params["file"]] = data
        self.at_once -= 1
        return PlainTextResponse("stored")

    def app(self) -> Uploads:
        routes = [Route(PATH, self.put, methods=["PUT"]), Route("/", lambda _: PlainTextResponse("page"))]
        return Uploads(Starlette(routes=routes), stored=self.stored, drop=lambda session: self.files.pop(session, None))

    def stored(self) -> int:
        return sum(len(data) for files in self.files.values() for data in files.values())


def put(client: TestClient, session: str, file: str, data: bytes):
    return client.put(PATH.format(session=session, file=file), files={"file": ("a.png", data)})


@pytest.fixture
def store() -> Store:
    return Store()


@pytest.fixture
def client(store, monkeypatch) -> TestClient:
    monkeypatch.setattr(uploads, "MOST_BYTES", 1_000_000)
    return TestClient(store.app())


def test_an_upload_arrives_unchanged(client, store):
    data = bytes(range(256)) * 2000
    assert put(client, "s", "one", data).text == "stored"
    assert store.files == {"s": {"one": data}}
    assert not uploads.was_refused("one")
    assert client.get("/").text == "page"


def test_a_session_has_one_file(client, store):
    for number in range(20):
        assert put(client, "s", f"file{number}", bytes(500_000)).status_code == 200
    assert list(store.files["s"]) == ["file19"]
    assert store.stored() == 500_000


def test_what_there_is_no_room_for_is_cut_off_and_the_page_is_told(client, store):
    for number in range(30):
        assert put(client, f"session{number}", f"many{number}", bytes(300_000)).text == "stored"  # to the browser
    assert store.stored() < 1_100_000
    assert [uploads.was_refused(f"many{number}") for number in (0, 1, 2, 29)] == [False, False, False, True]
    store.files.clear()  # the pages have taken theirs
    put(client, "later", "later", bytes(300_000))
    assert len(store.files["later"]["later"]) == 300_000
    assert not uploads.was_refused("later")


def test_what_no_page_takes_is_dropped_after_a_while(client, store, monkeypatch):
    put(client, "gone", "gone", bytes(900_000))
    monkeypatch.setattr(uploads, "NEEDED_S", 0.0)
    put(client, "s", "next", bytes(900_000))
    assert list(store.files) == ["s"]
    assert not uploads.was_refused("next")
    monkeypatch.setattr(uploads, "UNTAKEN_S", 0.0)
    put(client, "later", "later", bytes(10))
    assert list(store.files) == ["later"]


def test_what_is_no_form_is_refused(client, store):
    answered = client.put(PATH.format(session="s", file="one"), content=bytes(100))
    assert (answered.status_code, answered.text.count("\n")) == (429, 1)
    assert not store.files


def test_the_uploads_of_a_session_wait_for_each_other(store, monkeypatch):
    monkeypatch.setattr(uploads, "PATIENCE_S", 0.3)
    app = store.app()

    async def upload(session: str) -> int:
        body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\nabc\r\n--x--\r\n'
        scope = {
            "type": "http", "method": "PUT", "path": PATH.format(session=session, file="f"), "root_path": "",
            "query_string": b"", "headers": [(b"content-type", b"multipart/form-data; boundary=x")],
        }  # fmt: skip
        sent = []

        async def receive():
            return {"type": "http.request", "body": body, "more_body": False}

        async def send(message):
            sent.append(message)

        await app(scope, receive, send)
        return sent[0]["status"]

    async def main() -> list[int]:
        store.pause = asyncio.Event()
        tasks = [asyncio.create_task(upload("s")) for _ in range(5)]
        await asyncio.sleep(0.1)
        assert store.most_at_once == 1
        others = [asyncio.create_task(upload(f"other{number}")) for number in range(3)]
        await asyncio.sleep(0.6)
        assert store.most_at_once == 4
        store.pause.set()
        return [await task for task in tasks + others]

    assert sorted(asyncio.run(main())) == [200, 200, 200, 200, 429, 429, 429, 429]
