"""Thousands of random bodies to every address that takes JSON: each is answered, or refused in words."""

import copy
import json
import random
import time
from collections import Counter

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from digitlab import audience
from digitlab.ui.draw import live
from tests import drawings

PATHS = ["/live/answer", "/live/timeline", "/play/drawing", "/play/label"]
MUTATED, RAW = 2600, 700
MOST_TIRED = 60  # how often a strained server may ask to come again
VALUES = [
    None, True, False, 0, -1, 0.5, 1, 2, 9, 10, 280, 281, 1e4, 1e7, 1e308, -1e308, 1e-308, 10**30, 10**400,
    float("nan"), float("inf"), "", "0", "dnn", "cnn", "softmax", "../../etc/passwd", "\0", "\ud800", "x" * 5000,
    [], {}, [[]], [[[]]], [[[0, 0]]], [[[0, 0], [280, 280]]], [[[1, 2, 3]]], [["1", "2"]], [None] * 50,
    [[[0, 0]] * 3000], {"a": {"b": []}}, ["dnn", "cnn"], ["dnn"], ["no such"], "0" * 32, "f" * 32,
]  # fmt: skip

pytestmark = pytest.mark.attack


def valid(chance: random.Random) -> dict:
    lines = [line.tolist() for line in drawings.strokes(chance.randrange(10))]
    return {
        "width": 280, "height": 280, "brush": 20, "strokes": lines, "models": ["dnn", "cnn"], "share": 1, "final": True,
        "token": f"{chance.getrandbits(128):032x}", "keep": chance.choice([True, False, None]), "label": 4,
    }  # fmt: skip


def mutate(value, chance: random.Random):
    """Replace, drop or double something in a JSON value, at any depth."""
    if isinstance(value, dict | list) and value and chance.random() < 0.75:
        place = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
        match chance.randrange(5):
            case 0:
                del value[place]
            case 1 if isinstance(value, list):
                value.extend(copy.deepcopy(value[place:]) * chance.randrange(1, 4))
            case _:
                value[place] = mutate(value[place], chance)
        return value
    return copy.deepcopy(chance.choice(VALUES))


def test_random_bodies():
    chance = random.Random(2025)
    statuses: Counter[int] = Counter()
    tired = 0
    app = Starlette(routes=[*audience.routes(), *live.routes()])
    headers = {"Content-Type": "application/json"}
    with TestClient(app) as client:  # an exception of the server's is raised here
        for at in range(MUTATED + RAW):
            if at < MUTATED:
                asked = valid(chance)
                for _ in range(chance.randrange(1, 4)):
                    asked = mutate(asked, chance)
                body = json.dumps(asked).encode()
            else:
                body = bytearray(json.dumps(valid(chance)).encode())
                for _ in range(chance.randrange(1, 30)):
                    body[chance.randrange(len(body))] = chance.randrange(256)
                body = bytes(body)[: chance.choice([None, chance.randrange(len(body))])]
            path = chance.choice(PATHS)
            reply = client.post(path, content=body, headers=headers)
            while reply.status_code == 503 and tired < MOST_TIRED:  # beside other attacks the machine may be strained
                tired += 1
                time.sleep(float(reply.headers["Retry-After"]))
                reply = client.post(path, content=body, headers=headers)
            statuses[reply.status_code] += 1
            assert reply.status_code in {200, 400, 404, 413}, (body[:500], reply.text)
            assert isinstance(reply.json(), dict)
    print(dict(statuses))
    assert statuses[200] > 100
    assert statuses[400] > 100
