"""Whose question is answered next."""

import asyncio
import threading
from contextlib import suppress

import pytest
from starlette.applications import Starlette
from starlette.routing import Route
from starlette.testclient import TestClient

from digitlab import audience
from digitlab.audience import questions
from digitlab.audience.turns import Turns
from digitlab.errors import Busy
from tests.patience import PATIENCE_S


class Hall:
    """Clients who ask at once; a question is answered when the test says so."""

    def __init__(self, turns: Turns) -> None:
        self.turns, self.answered, self.refused = turns, [], []
        self._done: dict[str, asyncio.Event] = {}
        self._tasks: list[asyncio.Task] = []

    async def ask(self, *questions: str) -> None:
        """Ask questions such as "anna 1"; the first word is the client."""
        for question in questions:
            self._done[question] = asyncio.Event()
            self._tasks.append(asyncio.create_task(self._ask(question)))
            await rest()

    async def _ask(self, question: str) -> None:
        try:
            async with self.turns.turn(question.split(maxsplit=1)[0]):
                self.answered.append(question)
                await self._done[question].wait()
        except Busy:
            self.refused.append(question)

    async def end(self, question: str) -> None:
        self._done[question].set()
        await rest()

    async def leave(self, question: str) -> None:
        """The client of a question goes away."""
        task = self._tasks[list(self._done).index(question)]
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task
        await rest()

    async def end_all(self) -> None:
        for done in self._done.values():
            done.set()
        await asyncio.wait_for(asyncio.gather(*self._tasks, return_exceptions=True), PATIENCE_S)


async def rest() -> None:
    for _ in range(10):
        await asyncio.sleep(0)


def test_the_newest_question_of_a_client_comes_first():
    async def play() -> None:
        hall = Hall(Turns(1, 10, 10, PATIENCE_S))
        await hall.ask("anna 1", "anna 2", "anna 3")
        assert hall.answered == ["anna 1"]
        await hall.end("anna 1")
        await hall.end("anna 3")
        assert hall.answered == ["anna 1", "anna 3", "anna 2"]
        await hall.end_all()

    asyncio.run(play())


def test_clients_take_turns_however_many_questions_one_has():
    async def play() -> None:
        hall = Hall(Turns(1, 10, 20, PATIENCE_S))
        await hall.ask(*(f"mallory {number}" for number in range(8)), "anna 1", "ben 1")
        for _ in range(3):
            await hall.end(hall.answered[-1])
        assert hall.answered[:4] == ["mallory 0", "mallory 7", "anna 1", "ben 1"]
        await hall.end_all()

    asyncio.run(play())


def test_beside_others_no_client_has_all_turns():
    async def play() -> None:
        hall = Hall(Turns(2, 10, 20, PATIENCE_S))
        await hall.ask("mallory 1", "mallory 2")  # alone, it may
        assert hall.answered == ["mallory 1", "mallory 2"]
        await hall.ask("mallory 3", "anna 1")
        await hall.end("mallory 1")
        assert hall.answered[2:] == ["anna 1"]
        await hall.end("anna 1")
        assert hall.answered[3:] == []  # one turn is free for whoever else asks
        await hall.ask("ben 1")
        assert hall.answered[3:] == ["ben 1"]
        await hall.end("mallory 2")
        assert hall.answered[4:] == ["mallory 3"]
        await hall.end_all()

    asyncio.run(play())


def test_too_many_questions_of_a_client_cost_its_oldest():
    async def play() -> None:
        hall = Hall(Turns(1, 2, 10, PATIENCE_S))
        await hall.ask("anna 1", "mallory 1", "mallory 2", "mallory 3", "anna 2")
        assert hall.refused == ["mallory 1"]
        await hall.end_all()

    asyncio.run(play())


def test_too_many_questions_in_all_cost_whoever_has_the_most():
    async def play() -> None:
        hall = Hall(Turns(1, 10, 4, PATIENCE_S))
        await hall.ask("anna 1", *(f"mallory {number}" for number in range(4)), "anna 2", "ben 1")
        assert hall.refused == ["mallory 0", "mallory 1"]
        assert hall.turns.waiting == 4
        await hall.end_all()

    asyncio.run(play())


def test_no_question_waits_for_good():
    async def play() -> None:
        hall = Hall(Turns(1, 10, 10, 0.01))
        await hall.ask("anna 1", "anna 2")
        await asyncio.sleep(0.1)
        assert hall.refused == ["anna 2"]
        assert hall.turns.waiting == 0
        await hall.end_all()

    asyncio.run(play())


def test_what_waits_for_a_disk_keeps_no_turn(monkeypatch):
    monkeypatch.setattr(questions, "_turns", Turns(1, 10, 10, PATIENCE_S))
    spins, told = threading.Event(), []

    def kept(asked: dict, _: str) -> object:
        return (lambda: {"kept": spins.wait(PATIENCE_S)}) if asked["keep"] else {"kept": False}

    with TestClient(Starlette(routes=[Route("/", audience.taking(kept), methods=["POST"])])) as client:
        slow = threading.Thread(target=lambda: told.append(client.post("/", json={"keep": True}).json()))
        slow.start()
        assert client.post("/", json={"keep": False}).json() == {"kept": False}
        spins.set()
        slow.join(PATIENCE_S)
    assert told == [{"kept": True}]


@pytest.mark.parametrize("question", ["anna 1", "ben 1"])
def test_who_leaves_keeps_no_turn(question):
    async def play() -> None:
        hall = Hall(Turns(1, 10, 10, PATIENCE_S))
        await hall.ask("anna 1", "ben 1")
        await hall.leave(question)
        await hall.ask("carla 1")
        await hall.end_all()
        assert "carla 1" in hall.answered
        assert (hall.turns.waiting, hall.turns.are_taken) == (0, False)

    asyncio.run(play())
