"""Asks a real server without a browser, as anybody can: by request, and by a Streamlit session over a socket."""

from __future__ import annotations

import http.client
import json
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import InvalidStatus
from websockets.sync.client import ClientConnection, connect

from tests import drawings
from tests.patience import PATIENCE_S

SEVEN = {"width": 280, "height": 280, "brush": 20, "strokes": [stroke.tolist() for stroke in drawings.strokes(7)]}


@dataclass
class Asking:
    """Somebody who asks a server.

    Attributes:
        url: of the server.
        host: by which name; None for the one in the URL.
        headers: that they add.
        session: whose id they name, to resume it; None for a session of their own.
        frame: the site that shows them the server's pages in a frame, if one does.
    """

    url: str
    host: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    session: str | None = None
    frame: str | None = None

    def request(self, method: str, path: str, body: bytes | None = None, **more: str) -> http.client.HTTPResponse:
        """The answer to a request."""
        place = urlsplit(self.url)
        connection = http.client.HTTPConnection(place.hostname, place.port, timeout=PATIENCE_S)
        headers = {"Host": self.host or place.netloc, **self.headers, **more}
        connection.request(method, path, body, headers)
        return connection.getresponse()

    def post(self, path: str, asked: object) -> http.client.HTTPResponse:
        """The answer to JSON."""
        return self.request("POST", path, json.dumps(asked).encode(), **{"Content-Type": "application/json"})

    @contextmanager
    def page(self, name: str) -> Iterator[Page]:
        """A page of the app, in a session.

        Raises:
            InvalidStatus: the server opens no socket.
        """
        place = urlsplit(self.url)
        names = ["streamlit", "none", self.session] if self.session else ["streamlit"]
        with connect(
            f"ws://{self.host or place.netloc}/_stcore/stream",
            sock=socket.create_connection((place.hostname, place.port), PATIENCE_S),
            additional_headers=dict(self.headers), subprotocols=names, max_size=None, proxy=None,
            open_timeout=PATIENCE_S,
        ) as connection:  # fmt: skip
            page = Page(connection, name)
            page.run()
            yield page

    def can_open(self) -> bool:
        """Whether the server opens a session."""
        try:
            with self.page("collection"):
                return True
        except InvalidStatus as refused:
            if refused.response.status_code != 403:
                raise
            return False


class Page:
    """A page in a session, with the buttons that it shows.

    Attributes:
        session: its id.
        buttons: ids by label.
        toasts: what it has said of the last press.
        unlocking: what the server wants to know of a page on which the password is given.
    """

    def __init__(self, connection: ClientConnection, name: str) -> None:
        self._socket, self._name = connection, name
        self.session = ""
        self.buttons: dict[str, str] = {}
        self.toasts: list[str] = []
        self.unlocking = ""

    def run(self, pressed: str | None = None) -> None:
        """Run the page's script, with a button pressed."""
        message = BackMsg()
        message.rerun_script.page_name = self._name
        if pressed:
            message.rerun_script.widget_states.widgets.add(id=self.buttons[pressed], trigger_value=True)
        self._socket.send(message.SerializeToString())
        self.buttons, self.toasts = {}, []
        while True:
            received = self._socket.recv(PATIENCE_S)
            got = ForwardMsg.FromString(received)
            if found := re.search(rb'"page": ?"([^"]+)"', received):
                self.unlocking = found[1].decode()
            if got.HasField("new_session"):
                self.session = got.new_session.initialize.session_id
            element = got.delta.new_element if got.HasField("delta") else None
            if element is not None and element.HasField("button"):
                self.buttons[element.button.label] = element.button.id
            if element is not None and element.HasField("toast"):
                self.toasts.append(element.toast.body)
            if got.HasField("script_finished"):
                return
