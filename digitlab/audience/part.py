"""What a phone contributes to the rounds: drawings, votes and a name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from digitlab import collection, language
from digitlab.audience import names, news
from digitlab.audience.board import board
from digitlab.audience.rounds import CHOICES, Event, digits_said, who
from digitlab.errors import InvalidValue
from digitlab.language import N_
from digitlab.pixels import to_base64
from digitlab.wording import rounds as words


def drawn(asked: Mapping[str, Any], pixels: np.ndarray, answers: Mapping[str, Mapping[str, Any]]) -> None:
    """Let a drawing count in the round for which it was sent, if it was.

    Args:
        asked: `phone`, a secret of the form of a token; `round`, its number; `order`, which grows with each of the
            phone's messages; and `label`, what its author says it is, where the round asks for that.
        pixels: (28, 28) uint8.
        answers: as `routes.answers` gives them.

    Raises:
        InvalidValue: one of them is missing or wrong.
        DatabaseUnavailable: it could not be counted.
    """
    if asked.get("round") is None:
        return
    label = collection.NOT_A_DIGIT if asked.get("label") is None else _number(asked, "label", CHOICES)
    board().record(Event("drawn", **_mine(asked), value=label, pixels=to_base64(pixels), said=digits_said(answers)))


def vote(asked: dict[str, Any], client: str = "") -> dict[str, Any]:
    """Say what a drawing is, or what a network will say.

    Args:
        asked: as of `drawn`; and `choice`, a digit or -1 for none, and `about`, whose drawing it is, if that was told.
        client: who asks.

    Returns:
        As `news.told`, so that the phone has its next drawing at once.

    Raises:
        As `drawn`.
    """
    about = asked.get("about") or ""
    if not isinstance(about, str) or len(about) > len(who("")):
        raise InvalidValue(N_("Expected about: whose drawing this is."))
    board().record(Event("voted", **_mine(asked), value=_number(asked, "choice", CHOICES), about=about))
    return news.told(asked["phone"])


def name(asked: dict[str, Any], client: str = "") -> dict[str, Any]:
    """Choose a nickname.

    Args:
        asked: `phone` and `name`.
        client: who asks.

    Returns:
        As `news.told`.

    Raises:
        InvalidValue: the name is refused, or somebody has one like it.
        DatabaseUnavailable: it could not be taken.
    """
    phone = collection.check_token(asked.get("phone"))
    chosen = names.clean(asked.get("name"))
    board().record(Event("named", who=who(phone), name=chosen, language=language.current()))
    told = news.told(phone)
    if told["name"] != chosen:
        raise InvalidValue(words.name_taken())
    return told


def _mine(asked: Mapping[str, Any]) -> dict[str, Any]:
    phone = collection.check_token(asked.get("phone"))
    most = range(1, 2**31)
    return {
        "who": who(phone), "round": _number(asked, "round", most), "order": _number(asked, "order", most),
        "language": language.current(),
    }  # fmt: skip


def _number(asked: Mapping[str, Any], name: str, within: range) -> int:
    found = asked.get(name)
    if isinstance(found, bool) or not isinstance(found, int) or found not in within:
        raise InvalidValue(
            N_("Expected {name}: a number from {least} to {most}."), name=name, least=within[0], most=within[-1]
        )
    return found
