"""The audience's page and the requests it makes."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from digitlab import collection, ink, language, monitoring, serving
from digitlab.access import languages
from digitlab.audience import news, part, photos
from digitlab.audience.chosen import wall
from digitlab.audience.questions import taking, waiting
from digitlab.errors import InkError, UnreadablePicture
from digitlab.models import store
from digitlab.pixels import to_base64, to_bytes
from digitlab.serving import Reading
from digitlab.wording import phone
from digitlab.wording.answers import card

PAGE = Path(__file__).with_name("page")
# The page is one file: it may load nothing else, and no other page may put it in a frame.
_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; connect-src 'self'; img-src data:; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
)


def routes() -> list[BaseRoute]:
    """The server's routes beside Streamlit: the page `/play`, and what it asks below it."""
    monitoring.watch("waiting", "Questions that wait for a thread", waiting)
    monitoring.watch("phones", "Phones connected to this server", news.here)
    monitoring.watch("unkept", "Drawings and labels that wait for the database", collection.journal.waiting)
    return [
        Route("/play", _show),
        Route("/play/news", news.news),
        Route("/play/drawing", taking(read_drawing, kind="play"), methods=["POST"]),
        Route("/play/photo", taking(read_photo, kind="photo", body=photos.body), methods=["POST"]),
        Route("/play/label", taking(take_label), methods=["POST"]),
        Route("/play/vote", taking(part.vote), methods=["POST"]),
        Route("/play/name", taking(part.name), methods=["POST"]),
    ]


async def _show(_: Request) -> Response:  # a new response each time, since the server's compression changes it
    headers = {"Content-Security-Policy": _POLICY, "Cache-Control": "no-cache"}
    return HTMLResponse(_page(language.current()), headers=headers)


@functools.cache
def _page(spoken: str) -> str:
    """The page in a language, which is the one of whoever asks."""
    html, style, script = (PAGE.joinpath(f"phone.{kind}").read_text(encoding="utf-8") for kind in ("html", "css", "js"))
    values = {name: escape(words) for name, words in phone.page().items()}
    # In a script element, only "<" could end it.
    said = json.dumps(phone.script()).replace("<", "\\u003c")
    pen, pixels = (file.read_text(encoding="utf-8") for file in (ink.PEN, ink.PIXELS))
    values |= {"style": style, "pen": pen, "pixels": pixels, "script": script, "words": said, "language": spoken}
    values["languages"] = languages.links({})
    values |= {"side": str(ink.CANVAS_PX), "brush": str(ink.BRUSH_PX)}
    return re.sub(r"{{(\w+)}}", lambda name: values[name[1]], html)


def read_drawing(asked: dict[str, Any], client: str = "") -> dict[str, Any] | Callable[[], dict[str, Any]]:
    """Read a drawing, hang it on the wall, and keep it if its author allows.

    Args:
        asked: `token`, `keep` (bool), a drawing as `ink.strokes_from_json` takes it and, in a round, what `part.drawn`
            takes.
        client: its address.

    Returns:
        What `reply` gives, once it is known whether the drawing is kept; or only a `problem` in words, where it has no
        readable ink.

    Raises:
        InvalidValue, UnreadablePicture: the token or the strokes are missing or wrong.
    """
    token = collection.check_token(asked.get("token"))
    fields = {name: asked.get(name) for name in ("width", "height", "brush", "strokes")}
    try:
        seen, reading = serving.readers.read(fields, [serving.load(name) for name in store.FLAGSHIPS])
    except UnreadablePicture:
        raise
    except InkError as error:
        return {"problem": str(error)}
    pixels, number = _hung(token, seen, reading, asked)
    change = None
    if asked.get("keep") is True:
        change = collection.change.keep(token, ink.thinned(fields), pixels, answers(reading))
    elif asked.get("keep") is False:
        change = collection.change.forget(token)
    if change is None:
        return reply(reading, number, None)
    wish = change

    def told() -> dict[str, Any]:
        fate = collection.keeper.ask(wish, client)
        return reply(reading, number, None if wish.forget else fate)

    return told


def read_photo(asked: dict[str, Any], client: str = "") -> dict[str, Any]:
    """Read a photo and hang it on the wall; it is never kept.

    Args:
        asked: `token`, `photo` (bytes) and, in a round, what `part.drawn` takes.
        client: its address.

    Returns:
        As `read_drawing`.

    Raises:
        InvalidValue, UnreadablePicture: the token is missing or wrong, or the photo cannot be read.
    """
    token = collection.check_token(asked.get("token"))
    try:
        seen = photos.read(asked["photo"])
    except UnreadablePicture:
        raise
    except InkError as error:
        return {"problem": str(error)}
    reading = serving.read(seen, [serving.load(name) for name in store.FLAGSHIPS])
    pixels, number = _hung(token, seen, reading, asked)
    picture = {"picture": to_base64(pixels)}
    return reply(reading, number, None) | picture


def _hung(token: str, seen: ink.Ink, reading: Reading, asked: dict[str, Any]) -> tuple[np.ndarray, int | None]:
    """Hang a drawing on the wall, and let it count in a round; its pixels and its number."""
    given, pixels = answers(reading), to_bytes(seen.pixels)
    part.drawn(asked, pixels, given)
    return pixels, wall().hang(token, pixels, given)


def reply(reading: Reading, number: int | None, fate: collection.Fate | None) -> dict[str, Any]:
    """What a phone is told of its drawing.

    Args:
        reading: what the models read.
        number: of the drawing on the wall; None while the database of a shared wall does not answer.
        fate: what has become of the wish to keep it; None if there was none.

    Returns:
        `answers`, one per model (`name`, `digit`, `confidence`, `is_digit`, `shares`, and what stands `beside` the
        digit) to the drawing as one digit; how many `digits` it is read as; its `number`; whether it is
        `kept`, or `waits` to be; what is `said` of it; the digit (`guess`) of the button that confirms an answer and
        what stands on it (`offer`); and `who_was_right`, a sentence for each label from 0 to 9 and for no digit.
    """
    told = [
        {"name": name, **given, "beside": card(name, reading.whole[name]).beside}
        for name, given in answers(reading).items()
    ]
    guess, offer = phone.offer(reading)
    return {
        "answers": told, "digits": len(reading.digits), **_kept(fate), "number": number,
        "guess": guess, "offer": offer,
        "said": phone.answer(reading, fate),
        "who_was_right": [phone.who_was_right(reading, label) for label in (*range(10), collection.NOT_A_DIGIT)],
    }  # fmt: skip


def take_label(asked: dict[str, Any], client: str = "") -> Callable[[], dict[str, Any]]:
    """Store what its author says a drawing is. If the answer says `kept`, the label is in the collection; if it says
    `waits`, it will be if the drawing is kept.

    Args:
        asked: `token` and `label`, in 0..9 or `collection.NOT_A_DIGIT`.
        client: the author's address.

    Raises:
        InvalidValue: the token or the label is missing or wrong.
    """
    token, label = collection.check_token(asked.get("token")), collection.change.check_label(asked.get("label"))
    wall().label(token, label)
    return lambda: _kept(collection.keeper.ask(collection.change.relabel(token, label), client))


def _kept(fate: collection.Fate | None) -> dict[str, bool]:
    return {"kept": fate == "kept", "waits": fate == "waits"}


def answers(reading: Reading) -> dict[str, dict[str, Any]]:
    """The answers by model, in the form in which the wall and the collection store them."""
    return {
        name: {
            "digit": verdict.digit,
            "confidence": round(verdict.confidence, 6),
            "is_digit": verdict.is_digit,
            "shares": [round(float(share), 4) for share in verdict.probabilities],
        }
        for name, verdict in reading.whole.items()
    }
