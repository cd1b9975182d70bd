"""A room plays all three rounds: `python -m benchmarks.rounds [--phones 50] [--lost 10]`.

Some phones lose the network in the middle of each round and come back; what they could not send, they send then, and
everything that is sent arrives twice. In the end, everybody's points are compared with what the rules give.
"""

from __future__ import annotations

import argparse
import base64
import http.client
import json
import random
import secrets
import tempfile
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from digitlab import ink
from digitlab.audience.rounds import GRACE_S
from digitlab.collection import NOT_A_DIGIT
from digitlab.pixels import to_bytes
from tests import drawings
from tests.browser.server import serve

PATIENCE_S = 30.0
# By the digit that is drawn: what its author and other people say that it is. The networks say what is drawn.
FOOLING = {1: (7, 7), 4: (4, 4), 0: (0, NOT_A_DIGIT), 6: (8, 8)}
Act = Callable[[str, dict[str, Any]], dict[str, Any]]


class Phone:
    """A phone, seen from its page; `news` is what it was told last."""

    def __init__(self, url: str) -> None:
        self.secret, self.news, self.order, self.points = secrets.token_hex(16), {}, 0, 0
        self._place = urlsplit(url).netloc
        self._line: http.client.HTTPConnection | None = None

    def connect(self) -> None:
        """Hear the news from now on."""
        self._line = http.client.HTTPConnection(self._place, timeout=PATIENCE_S)
        self._line.request("GET", f"/play/news?phone={self.secret}")
        threading.Thread(target=self._hear, args=(self._line, self._line.getresponse()), daemon=True).start()

    def lose(self) -> None:
        """Lose the network."""
        assert self._line is not None
        line, self._line, self.news = self._line, None, {}
        if line.sock is not None:
            line.sock.shutdown(2)

    def _hear(self, line: http.client.HTTPConnection, reply: http.client.HTTPResponse) -> None:
        try:
            for told in iter(reply.readline, b""):
                if told.startswith(b"data: ") and self._line is line:
                    self.news = json.loads(told[6:])
        except (OSError, http.client.HTTPException, ValueError, AttributeError):
            pass  # its own connection, which it has closed

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        """Ask as the page does; the answer."""
        connection = http.client.HTTPConnection(self._place, timeout=PATIENCE_S)
        try:
            connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
            reply = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        assert "problem" not in reply, reply["problem"]
        return reply

    def in_round(self) -> dict[str, Any]:
        """What is sent with everything that belongs to a round."""
        self.order += 1
        return {"phone": self.secret, "round": self.news["round"]["number"], "order": self.order}

    def draw(self, digit: int, **more: Any) -> dict[str, Any]:
        """Draw a digit; it arrives twice."""
        body = {"token": secrets.token_hex(16), "keep": None, **drawings.sent(digit), **self.in_round(), **more}
        self.post("/play/drawing", **body)
        return self.post("/play/drawing", **body)

    def until(self, is_so: Callable[[dict[str, Any]], Any]) -> None:
        """Wait for news.

        Raises:
            AssertionError: they do not come.
        """
        until = time.monotonic() + PATIENCE_S
        while not is_so(self.news):
            assert time.monotonic() < until, self.news
            time.sleep(0.02)

    def until_phase(self, name: str | None) -> None:
        """Wait until the room is in a phase; None for no round."""
        self.until(lambda news: "round" in news and (news["round"] and news["round"]["phase"]) == name)


class Room:
    """Phones that play; some of them lose the network for a while in every round."""

    def __init__(self, url: str, phones: int, lost: int) -> None:
        self.everybody, self._lost = [Phone(url) for _ in range(phones)], lost
        self._chance, self._pool = random.Random(0), ThreadPoolExecutor(16)

    def all_do(self, what: Callable[[Phone], Any], who: list[Phone] | None = None) -> None:
        """Let phones do something at once."""
        list(self._pool.map(what, self.everybody if who is None else who))

    def away(self) -> list[Phone]:
        """Let some lose the network; which ones."""
        gone = self._chance.sample(self.everybody[1:], self._lost)
        self.all_do(Phone.lose, gone)
        return gone

    def others(self, gone: list[Phone]) -> list[Phone]:
        """Those that are not gone."""
        return [one for one in self.everybody if one not in gone]

    def back(self, gone: list[Phone], phase: str) -> None:
        """Let them come back, and everybody hear of the phase."""
        self.all_do(Phone.connect, gone)
        self.all_do(lambda one: one.until_phase(phase))


def play(url: str, act: Act, state: Callable[[], dict[str, Any]], phones: int = 50, lost: int = 10) -> list[str]:
    """Play all three rounds.

    Args:
        url: of the server.
        act: does what a presenter does.
        state: what the lecture shows of the rounds.
        phones, lost: how many play, and how many of them lose the network for a while.

    Returns:
        What is wrong with anybody's points; empty if nothing is.
    """
    room = Room(url, phones, lost)
    room.all_do(Phone.connect, room.everybody[: phones // 2])  # the others come late
    draw_seven(room, act, state)
    wrong = fool_them(room, act, state)
    guess_first(room, act, state)
    ranked = sorted((one.points for one in room.everybody), reverse=True)

    def check(one: Phone) -> None:
        points = "1 point" if one.points == 1 else f"{one.points} points"
        due = f"Place {ranked.index(one.points) + 1}, {points}" if one.points else ""
        try:
            one.until(lambda news: news.get("standing") == due)
        except AssertionError:
            wrong.append(f"expected {due!r}, got {one.news.get('standing')!r}")

    room.all_do(check)
    room.all_do(Phone.lose)
    return wrong


def draw_seven(room: Room, act: Act, state: Callable[[], dict[str, Any]]) -> None:
    """Play "Draw a 7": two thirds draw one."""
    act("round_begin", {"kind": "draw", "digit": 7})
    room.back(room.everybody[len(room.everybody) // 2 :], "draw")
    gone = room.away()
    digits = {id(one): (7, 7, 1)[at % 3] for at, one in enumerate(room.everybody)}

    def draw(one: Phone) -> None:
        reply = one.draw(digits[id(one)])
        one.points += sum(said["digit"] == 7 and said["is_digit"] for said in reply["answers"])

    room.all_do(draw, room.others(gone))
    room.back(gone, "draw")
    room.all_do(draw, gone)
    on(act, state, "result")
    end(act, state)


def fool_them(room: Room, act: Act, state: Callable[[], dict[str, Any]]) -> list[str]:
    """Play "Fool them"; what is wrong with who was judged."""
    act("round_begin", {"kind": "fool"})
    room.all_do(lambda one: one.until(lambda news: news["round"] and news["round"]["kind"] == "fool"))
    drawn = {id(one): list(FOOLING)[at % len(FOOLING)] for at, one in enumerate(room.everybody)}
    seen = {pixels_of(digit): people for digit, (_, people) in FOOLING.items()}

    def fool(one: Phone) -> None:
        label, people = FOOLING[drawn[id(one)]]
        reply = one.draw(drawn[id(one)], label=label)
        fooled = sum(not said["is_digit"] or said["digit"] != label for said in reply["answers"])
        one.points += fooled * (label == people)

    def judge(one: Phone) -> None:
        for _ in range(5):
            told = one.news.get("judge")
            if told is None:
                return
            body = one.in_round() | {"choice": seen[told["picture"]], "about": told["about"]}
            one.post("/play/vote", **body)
            one.news["judge"] = one.post("/play/vote", **body).get("judge")

    room.all_do(fool)
    gone = room.away()
    on(act, state, "judge")
    room.back(gone, "judge")
    room.all_do(judge, gone)
    room.all_do(judge, room.others(gone))
    judged = state()["round"]
    on(act, state, "result")
    end(act, state)
    return [] if judged["judged"] == judged["drawings"] == len(room.everybody) else [f"judged: {judged}"]


def guess_first(room: Room, act: Act, state: Callable[[], dict[str, Any]]) -> None:
    """Play "Guess first"."""
    act("round_begin", {"kind": "guess"})
    room.all_do(lambda one: one.until_phase("vote"))
    room.back(room.away(), "vote")
    votes = {id(one): at % 10 for at, one in enumerate(room.everybody)}
    room.all_do(lambda one: one.post("/play/vote", **one.in_round(), choice=votes[id(one)]))
    on(act, state, "result")
    said = state()["round"]["said"]
    for one in room.everybody:
        one.points += votes[id(one)] == said
    end(act, state)


def on(act: Act, state: Callable[[], dict[str, Any]], phase: str) -> None:
    """End the present phase, and wait for the next one."""
    current = state()["round"]
    act("round_next", {"round": current["number"], "phase": current["phase_number"]})
    until = time.monotonic() + GRACE_S + PATIENCE_S
    while state()["round"]["phase"] != phase:
        assert time.monotonic() < until, state()
        time.sleep(0.02)


def end(act: Act, state: Callable[[], dict[str, Any]]) -> None:
    """End the round whose result is shown."""
    act("round_end", {"round": state()["round"]["number"]})


def pixels_of(digit: int) -> str:
    """What the judges are shown of a drawing."""
    seen = ink.read(ink.strokes_from_json(drawings.sent(digit)))
    return base64.b64encode(to_bytes(seen.pixels).tobytes()).decode()


def ask(url: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
    """What the lecture's page asks."""
    connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=PATIENCE_S)
    if body is None:
        connection.request("GET", path)
    else:
        connection.request("POST", path, json.dumps(body), {"Content-Type": "application/json"})
    reply = json.loads(connection.getresponse().read())
    connection.close()
    assert "problem" not in reply, reply["problem"]
    return reply


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--phones", type=int, default=50)
    parser.add_argument("--lost", type=int, default=10)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, serve(Path(folder) / "log") as server:
        began = time.monotonic()
        wrong = play(
            server.url,
            lambda name, fields: ask(server.url, "/lecture/act", {"act": name, **fields}),
            lambda: ask(server.url, "/lecture/state")["rounds"],
            options.phones,
            options.lost,
        )
        took = time.monotonic() - began
        print(f"three rounds, {options.phones} phones, {options.lost} of them lost and back, in {took:.0f} s")
        print("\n".join(wrong) or "everybody's points are right")


if __name__ == "__main__":
    main()
