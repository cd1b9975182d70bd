"""Moves versions of a model until it is killed, again and again: `python -m tests.attacks.kills COUNT SEED`.

One warm process makes a child for each kill, since starting Python takes longer than everything that may be hit. The
folder of the models is that in `DIGITLAB_MODELS`. It prints how many kills hit a change while it was being made.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from typing import NamedTuple

from digitlab.errors import DamagedModel, DigitlabError
from digitlab.models import lock, store, versions
from tests.models.test_store import challenge, write

NAME = "cnn"
LONGEST_S = 0.04


class State(NamedTuple):
    """What each version of the model holds; None where there is none."""

    current: str | None
    previous: str | None
    challenger: str | None


def now() -> State:
    def content(kind: str) -> str | None:
        place = getattr(store.places(NAME), kind)
        return store.contents(place, store.read_run(place))[store.TFLITE].decode() if store.is_whole(place) else None

    return State(*map(content, State._fields))


def change(what: str, made: str) -> None:
    match what:
        case "train":
            challenge(NAME, made.encode())
        case "promote":
            versions.promote(NAME)
        case "roll back":
            versions.roll_back(NAME)
        case "dismiss":
            versions.dismiss(NAME)
        case "amend":
            versions.amend(NAME, dict(store.read(NAME).run), {store.EVALUATION: made.encode()})


AFTER: dict[str, Callable[[State, str], State]] = {
    "train": lambda state, made: state._replace(challenger=made),
    "promote": lambda state, _: State(state.challenger, state.current, None),
    "roll back": lambda state, _: State(state.previous, state.current, state.challenger),
    "dismiss": lambda state, _: state._replace(challenger=None),
    "amend": lambda state, _: state,
}


def work(out: int, seed: int) -> None:
    """Change versions for good, and write before and after each change what is to be and what is."""
    chance = random.Random(seed)
    while True:
        state = now()
        possible = [what for what in AFTER if what not in {"promote", "dismiss"} or state.challenger]
        what, made = chance.choice(possible), f"{chance.randrange(10**9)}"
        os.write(out, (json.dumps([state, AFTER[what](state, made), what]) + "\n").encode())
        change(what, made)
        os.write(out, b"done\n")


def kill_once(chance: random.Random) -> bool:
    """Kill one process; return whether that hit a change."""
    read, out = os.pipe()
    child = os.fork()
    if not child:
        with suppress(BaseException):
            work(out, chance.randrange(10**9))
        os._exit(1)
    os.close(out)
    with os.fdopen(read, "rb") as told:
        lines = [told.readline()]  # it has begun
        time.sleep(chance.uniform(0, LONGEST_S))
        os.kill(child, signal.SIGKILL)
        lines += told.read().splitlines(keepends=True)
    _, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL, "it ended by itself"
    whole = [line for line in lines if line.endswith(b"\n")]
    before, after, what = json.loads([line for line in whole if line != b"done\n"][-1])
    is_hit = whole[-1] != b"done\n"

    answers = store.read(NAME).tflite.decode()  # before anybody has cleaned up
    assert answers in {before[0], after[0]}, (what, answers, before, after)
    began = time.monotonic()
    versions.sweep()
    assert time.monotonic() - began < lock.LOCK_S, "a dead process still holds the lock"
    found = now()
    assert list(found) in ([before, after] if is_hit else [after]), (what, found, before, after)
    assert found.current == answers, (what, found, answers)
    change("train", "next")  # nothing is stuck
    versions.promote(NAME)
    with suppress(DamagedModel):
        versions.roll_back(NAME)
    return is_hit


def main() -> None:
    count, chance = int(sys.argv[1]), random.Random(int(sys.argv[2]))
    for content in ("one", "two"):
        write(NAME, content.encode())
    hit = 0
    for at in range(count):
        try:
            hit += kill_once(chance)
        except (AssertionError, DigitlabError) as error:
            sys.exit(f"kill {at}: {error}")
    print(hit)


if __name__ == "__main__":
    main()
