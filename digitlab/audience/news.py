"""What phones are told without asking: an event stream for each, on which only the newest state is sent."""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from contextlib import suppress
from typing import Any

from anyio import to_thread
from starlette.requests import Request
from starlette.types import Receive, Scope, Send

from digitlab import collection, language, monitoring
from digitlab.access import network, uvicorn_inside
from digitlab.audience.board import board
from digitlab.audience.chosen import wall
from digitlab.audience.questions import problem
from digitlab.audience.rounds import Phase, Round, State, who
from digitlab.errors import InvalidValue
from digitlab.wording import rounds as words

TICK_S = 0.5  # between two looks at what has changed
BEAT_S = 15.0  # after which a stream says that it is still there
PATIENCE_S = 30.0  # for a phone that does not take what it is sent
RETRY_MS = 2000
WINDOWS = 3  # of one phone; the oldest is closed
EACH, IN_ALL = 700, 1200  # phones of one client, since a hall may share one address, and of all
_HEADERS = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),  # or nginx would keep the news until it has 4 kB of them
]
_log = logging.getLogger("digitlab.audience")


class Line:
    """An open stream: what it has been told, and what it is to be told next."""

    def __init__(self, phone: str, client: str) -> None:
        self.phone, self.client, self.who, self.language = phone, client, who(phone), language.current()
        self.told: tuple[Any, ...] | None = None
        self.text: str | None = None  # replaced by newer news while the phone takes the last ones
        self.is_over = False
        self.wakes = asyncio.Event()

    def end(self) -> None:
        """Close the stream soon."""
        self.is_over = True
        self.wakes.set()


class Hub:
    """All streams of this server. Only the event loop changes it."""

    def __init__(self) -> None:
        self._lines: dict[str, list[Line]] = {}  # by phone, the oldest first
        self._clients: Counter[str] = Counter()
        self._ticking: asyncio.Task[None] | None = None
        self.to_judge: dict[str, tuple[int, str]] = {}  # by phone: which drawing of which round it is shown

    def __len__(self) -> int:
        """How many phones are connected."""
        return len(self._lines)

    def has_room(self, phone: str, client: str) -> bool:
        """Whether a phone may open a stream."""
        return phone in self._lines or (self._clients[client] < EACH and self._clients.total() < IN_ALL)

    def open(self, phone: str, client: str) -> Line:
        """Begin to tell a phone what is new."""
        line = Line(phone, client)
        windows = self._lines.setdefault(phone, [])
        windows.append(line)
        self._clients[client] += 1
        if len(windows) > WINDOWS:
            windows[0].end()
        if self._ticking is None or self._ticking.done() or self._ticking.get_loop() is not asyncio.get_running_loop():
            self._ticking = asyncio.create_task(self._tick())
        return line

    def close(self, line: Line) -> None:
        """Forget a stream that has ended."""
        self._lines[line.phone].remove(line)
        if not self._lines[line.phone]:
            del self._lines[line.phone]
            self.to_judge.pop(line.who, None)
        self._clients[line.client] -= 1
        self._clients += Counter()  # forgets clients with none

    async def _tick(self) -> None:
        while self._lines:
            lines = [line for windows in self._lines.values() for line in windows]
            if uvicorn_inside.is_stopping():
                for line in lines:
                    line.end()
                return
            try:
                for line, text in await to_thread.run_sync(self._news, lines):
                    line.text = text
                    line.wakes.set()
            except Exception as error:  # the next look may succeed
                monitoring.failed(error)
                _log.error("The news could not be written.", exc_info=error)
            await asyncio.sleep(TICK_S)

    def _news(self, lines: list[Line]) -> list[tuple[Line, str]]:
        """For each stream that has to be told something, what."""
        hung = wall().look()
        news = []
        with board().look() as (state, now):
            phase = None if state.round is None else state.round.phase(now)
            left = "" if phase is None or phase.ends is None else f', "left": {max(0.0, phase.ends - now):.2f}'
            for spoken in {line.language for line in lines}:
                with language.speaking(spoken):
                    common = {
                        "frozen": words.frozen() if hung.is_frozen else "",
                        "approval": words.approval() if hung.approval else "",
                        "round": about_round(state.round, phase),
                    }
                    written = json.dumps(common)[1:-1]
                    for line in lines:
                        if line.language != spoken:
                            continue
                        own = about_phone(state, now, line.who, self.to_judge)
                        if line.told != (common, own):
                            line.told = (common, own)
                            news.append((line, f"data: {{{written}{left}, {json.dumps(own)[1:-1]}}}\n\n"))
        return news


_hub = Hub()


def here() -> int:
    """How many phones are connected to this server."""
    return len(_hub)


def phones() -> int:
    """How many phones are connected, on all servers."""
    return board().phones(len(_hub))


def told(phone: str) -> dict[str, Any]:
    """What a phone, by its secret, would be told now beside what everybody is told."""
    with board().look() as (state, now):
        return about_phone(state, now, who(phone), _hub.to_judge)


def about_round(current: Round | None, phase: Phase | None) -> dict[str, Any] | None:
    """What every phone is told of a round."""
    if current is None or phase is None:
        return None
    told = {
        "number": current.number, "kind": current.kind, "phase": phase.name,
        "task": words.task(current.kind, phase.name, current.digit, current.network),
        "lasts": None if phase.ends is None else round(phase.ends - phase.begins, 1),
    }  # fmt: skip
    return told | ({"picture": current.begun.pixels} if current.kind == "guess" else {})


def about_phone(state: State, now: float, phone: str, to_judge: dict[str, tuple[int, str]]) -> dict[str, Any]:
    """What one phone is told.

    Args:
        state, now: of the rounds.
        phone: as `rounds.who` gives it.
        to_judge: by phone, round and author of the drawing that it is shown; brought up to date.
    """
    points, place = state.standing(phone, now)
    told: dict[str, Any] = {"name": state.name(phone, language.current()), "standing": words.standing(points, place)}
    current = state.round
    if current is None:
        return told
    phase = current.phase(now)
    if phase.name == "draw" and phone in current.drawings:
        told["label"] = current.drawings[phone].label
    elif phase.name == "judge":
        told["judge"] = _shown(current, phone, to_judge)
    elif phase.name == "vote":
        told["voted"] = current.votes.get("", {}).get(phone, (0, None))[1]
    elif phase.name == "result":
        told["outcome"] = _outcome(current, phone)
    return told


def _shown(current: Round, judge: str, to_judge: dict[str, tuple[int, str]]) -> dict[str, str] | None:
    """The drawing that a phone judges, which stays the same until it has said something."""
    number, author = to_judge.get(judge, (0, ""))
    if number != current.number or judge in current.votes.get(author, ()):
        drawing = current.to_judge(judge)
        if drawing is None:
            return None
        author = drawing.who
        to_judge[judge] = (current.number, author)
    return {"about": author, "picture": current.drawings[author].pixels}


def _outcome(current: Round, phone: str) -> str:
    if current.kind == "draw":
        right = [name for name, authors in current.right.items() if phone in authors]
        return words.outcome_draw(current.digit, right, has_drawn=phone in current.drew)
    if current.kind == "guess":
        voted = current.votes.get("", {}).get(phone, (0, None))[1]
        return words.outcome_guess(current.network, current.begun.said[current.network], voted)
    drawing = current.drawings.get(phone)
    if drawing is None:
        return words.over()
    judges, is_confirmed = len(current.votes.get(phone, ())), current.confirmed(phone)
    return words.outcome_fool(drawing.label, drawing.fooled, judges, is_confirmed=is_confirmed)


async def news(request: Request) -> Any:
    """`/play/news?phone=`: an event stream, or why there is none.

    Each event is a JSON object: `frozen` and `approval`, sentences or empty; `round`, null or `number`, `kind`,
    `phase`, `task`, `lasts` in seconds, and `picture`, 784 bytes in base64; `left`, seconds until the phase ends;
    `name` and `standing` of the phone; and by phase `label`, `judge` (`about` and `picture`), `voted` or `outcome`.
    """
    try:
        phone = collection.check_token(request.query_params.get("phone"))
    except InvalidValue as error:
        return problem(400, str(error))
    client = network.one_client(request.client.host if request.client else "")
    if not _hub.has_room(phone, client):
        return problem(503, words.full())

    async def stream(_: Scope, receive: Receive, send: Send) -> None:
        line = _hub.open(phone, client)
        gone = asyncio.create_task(_gone(receive))
        gone.add_done_callback(lambda _: line.end())
        try:
            await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
            text: str | None = f"retry: {RETRY_MS}\n\n"
            while not line.is_over:
                body = {"type": "http.response.body", "body": (text or ":\n\n").encode(), "more_body": True}
                await asyncio.wait_for(send(body), PATIENCE_S)
                if line.text is None:
                    line.wakes.clear()
                    with suppress(TimeoutError):
                        await asyncio.wait_for(line.wakes.wait(), BEAT_S)
                text, line.text = line.text, None
            await send({"type": "http.response.body", "body": b""})
        except TimeoutError:
            _log.info("%s: a phone does not take its news", client)
        finally:
            gone.cancel()
            _hub.close(line)

    return stream


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
