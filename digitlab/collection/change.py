"""What an author wants of the collection, as a value that can wait in a file, and what has become of it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any

import numpy as np

from digitlab.errors import InvalidValue
from digitlab.language import N_
from digitlab.pixels import to_base64

NOT_A_DIGIT = -1  # the label of what is no digit, also in JSON and in the database
TOKEN_SIGNS, TOKEN_LENGTH = frozenset("0123456789abcdef"), 32


class Fate(StrEnum):
    """What has become of a change."""

    KEPT = "kept"  # it is in the database
    WAITS = "waits"  # it is on this server's disk, and will be stored once the database answers
    NOTHING = "nothing"  # the drawing is not in the collection, so that there is nothing to label, or nothing any more
    OFF = "off"  # the presenter has switched keeping off
    FULL = "full"  # a quota is used up
    LOST = "lost"  # neither the database nor the disk takes it


@dataclass(frozen=True)
class Change:
    """A drawing to be kept, labelled or forgotten.

    Attributes:
        token: 32 hexadecimal digits, made up by the author's browser.
        at: when the author asked for it, in UTC. What was asked for later is never undone.
        drawing: what to keep, as `drawn` makes it; None to change only the label, or to forget.
        label: in 0..9 or `NOT_A_DIGIT`; None if nobody has said.
        forget: whether to delete the drawing.
    """

    token: str
    at: datetime
    drawing: dict[str, Any] | None = None
    label: int | None = None
    forget: bool = False

    def after(self, before: Change | None) -> Change:
        """This change and one to the same drawing that still waits, as a single one."""
        is_only_label = self.drawing is None and not self.forget
        if before is None or not is_only_label or (before.drawing is None and not before.forget):
            return self
        return before if before.forget else replace(before, label=self.label)

    def as_json(self) -> str:
        """The change as text, for `from_json`."""
        return json.dumps({**vars(self), "at": self.at.isoformat()})


def from_json(text: str) -> Change:
    """The change that `Change.as_json` wrote."""
    fields = json.loads(text)
    return Change(**{**fields, "at": datetime.fromisoformat(fields["at"])})


def keep(
    token: str,
    strokes: dict[str, Any],
    pixels: np.ndarray,
    answers: dict[str, dict[str, Any]],
    label: int | None = None,
) -> Change:
    """A drawing to be kept, or the newest state of one that is kept.

    Args:
        token, label: see `Change`. Without a label, it loses the one that it had, since it may be another digit now.
        strokes, answers: see `Drawing`.
        pixels: (28, 28) uint8.

    Raises:
        InvalidValue: the token or the label has another form.
    """
    drawing = {
        "strokes": strokes,
        "pixels": to_base64(pixels.astype(np.uint8)),
        "answers": answers,
    }
    return Change(check_token(token), datetime.now(UTC), drawing, None if label is None else check_label(label))


def relabel(token: str, label: int) -> Change:
    """A new label; raises InvalidValue as `keep`."""
    return Change(check_token(token), datetime.now(UTC), label=check_label(label))


def forget(token: str) -> Change:
    """The author's wish that a drawing be deleted; raises InvalidValue as `keep`."""
    return Change(check_token(token), datetime.now(UTC), forget=True)


def check_token(token: object) -> str:
    """Refuse anything that is not a token.

    Raises:
        InvalidValue: it has another length or contains other signs.
    """
    if not isinstance(token, str) or len(token) != TOKEN_LENGTH or not set(token) <= TOKEN_SIGNS:
        raise InvalidValue(N_("A drawing's token is {length} hexadecimal digits."), length=TOKEN_LENGTH)
    return token


def check_label(label: object) -> int:
    """Refuse anything that is neither a digit nor `NOT_A_DIGIT`.

    Raises:
        InvalidValue: it is no int from -1 to 9.
    """
    if isinstance(label, bool) or not isinstance(label, int) or not NOT_A_DIGIT <= label <= 9:
        raise InvalidValue(
            N_("A label is a digit from 0 to 9, or {none} for what is no digit; got {label!r}."),
            none=NOT_A_DIGIT,
            label=label,
        )
    return label


def is_right(answer: Mapping[str, Any], label: int) -> bool:
    """Whether a model's stored answer is right: the digit, or, of what is no digit, that it is not taken for one.

    Args:
        answer: `digit` and `is_digit`.
        label: in 0..9 or `NOT_A_DIGIT`.
    """
    return bool(not answer["is_digit"] if label == NOT_A_DIGIT else answer["digit"] == label)
