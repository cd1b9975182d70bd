"""Puts drawings into the collection, finds and deletes them. Changes are on disk when a function returns."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, func, select, update
from sqlalchemy import delete as sql_delete
from sqlalchemy.dialects import postgresql, sqlite

from digitlab.database import is_there, session
from digitlab.database.tables import DrawingRow, OptionRow
from digitlab.errors import InvalidValue

TOKEN_SIGNS, TOKEN_LENGTH = frozenset("0123456789abcdef"), 32
TEACHABLE = 20  # how many labelled drawings it takes to teach a model
ASIDE = 4  # one drawing in four is never taught, so that models can be compared on it
_KEEPING = "keeping"


@dataclass(frozen=True)
class Drawing:
    """A kept drawing.

    Attributes:
        id: the drawing's number in the collection.
        drawn_at: when the pen was last lifted, in UTC.
        strokes: as `ink.parse_strokes` reads them: width, height, brush and strokes in px.
        pixels: (28, 28) uint8, what the models saw; white ink on black.
        answers: by model name: `digit`, `confidence` in [0, 1] and `is_digit`, as given when it was drawn.
        label: which digit it really is, in 0..9, according to its author or a presenter; None if nobody has said.
    """

    id: int
    drawn_at: datetime
    strokes: dict[str, Any]
    pixels: np.ndarray
    answers: dict[str, dict[str, Any]]
    label: int | None


def is_keeping() -> bool:
    """Whether drawings are kept at all; the presenter may switch that off."""
    if not is_there():
        return True
    with session() as opened:
        row = opened.get(OptionRow, _KEEPING)
        return row is None or row.value == "yes"


def set_keeping(on: bool) -> None:
    """Switch keeping on or off for everybody; drawings that were kept before stay."""
    with session() as opened:
        opened.merge(OptionRow(name=_KEEPING, value="yes" if on else "no"))


def keep(token: str, strokes: dict[str, Any], pixels: np.ndarray, answers: dict[str, dict[str, Any]]) -> int | None:
    """Keep a new drawing, or the newest state of one that is kept; that loses its label, since it may be another digit.

    Args:
        token: 32 hexadecimal digits, made up by the author's browser.
        strokes, answers: see `Drawing`.
        pixels: (28, 28) uint8.

    Returns:
        The drawing's number; None if keeping is switched off.

    Raises:
        InvalidValue: the token has another form.
        DatabaseUnavailable: see `database.session`.
    """
    check_token(token)
    if not is_keeping():
        return None
    now = datetime.now(UTC)
    values = {
        "drawn_at": now, "changed_at": now, "strokes": strokes, "pixels": pixels.astype(np.uint8).tobytes(),
        "answers": answers, "label": None,
    }  # fmt: skip
    with session() as opened:  # one statement: two reports of one drawing may arrive at once
        insert = postgresql.insert if opened.get_bind().dialect.name == "postgresql" else sqlite.insert
        change = insert(DrawingRow).values(token=token, **values)
        change = change.on_conflict_do_update(index_elements=["token"], set_=values)
        return int(opened.execute(change.returning(DrawingRow.id)).scalar_one())


def label_of(token: str, digit: int) -> bool:
    """Label a drawing on behalf of its author; return whether the drawing, and so the label, is kept."""
    check_token(token)
    return _label(DrawingRow.token == token, digit)


def label(number: int, digit: int | None) -> bool:
    """Label the drawing with this number, or remove its label with None; return whether there is such a drawing."""
    return _label(DrawingRow.id == number, digit)


def forget(token: str) -> bool:
    """Delete a drawing at its author's wish; return whether it was kept."""
    check_token(token)
    return is_there() and _delete(DrawingRow.token == token) > 0


def delete(numbers: Sequence[int]) -> int:
    """Delete drawings by their numbers; return how many were deleted."""
    return _delete(DrawingRow.id.in_(list(numbers)))


def search(*, labelled: bool | None = None, newest: int | None = None) -> list[Drawing]:
    """Kept drawings in the order of their numbers, the oldest first.

    Args:
        labelled: True for only those with a label, False for only those without; None for all.
        newest: at most this many, the latest ones; None for all.
    """
    if not is_there():
        return []
    query = select(DrawingRow).order_by(DrawingRow.id.desc())
    if labelled is not None:
        query = query.where(DrawingRow.label.is_not(None) if labelled else DrawingRow.label.is_(None))
    with session() as opened:
        return [_drawing(row) for row in opened.scalars(query.limit(newest))][::-1]


def count() -> tuple[int, int]:
    """How many drawings are kept, and how many of them have a label; no drawing is read."""
    if not is_there():
        return 0, 0
    with session() as opened:
        kept, labelled = opened.execute(select(func.count(DrawingRow.id), func.count(DrawingRow.label))).one()
        return int(kept), int(labelled)


def digits() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The labelled drawings, sorted by number: (n,) int numbers, (n, 28, 28) uint8 images, (n,) uint8 labels."""
    if not is_there():
        rows: list[Any] = []
    else:
        query = select(DrawingRow.id, DrawingRow.pixels, DrawingRow.label).where(DrawingRow.label.is_not(None))
        with session() as opened:
            rows = list(opened.execute(query.order_by(DrawingRow.id)))
    numbers = np.array([row.id for row in rows], dtype=np.int64)
    images = np.frombuffer(b"".join(row.pixels for row in rows), np.uint8).reshape(-1, 28, 28)
    return numbers, images, np.array([row.label for row in rows], dtype=np.uint8)


def is_aside(numbers: np.ndarray) -> np.ndarray:
    """(n,) bool: which drawings are set aside and never taught; the number alone decides, so this never changes."""
    return numbers % ASIDE == 0


def mark() -> tuple[object, ...]:
    """A value that changes whenever the collection does; costs one query."""
    if not is_there():
        return (0, None)
    with session() as opened:
        return tuple(opened.execute(select(func.count(), func.max(DrawingRow.changed_at))).one())


def check_token(token: str) -> None:
    """Refuse anything that is not a token.

    Raises:
        InvalidValue: it has another length or contains other signs.
    """
    if not isinstance(token, str) or len(token) != TOKEN_LENGTH or not set(token) <= TOKEN_SIGNS:
        raise InvalidValue(f"A drawing's token is {TOKEN_LENGTH} hexadecimal digits.")


def _label(which: ColumnElement[bool], digit: int | None) -> bool:
    if digit is not None and (isinstance(digit, bool) or not isinstance(digit, int) or not 0 <= digit <= 9):
        raise InvalidValue(f"A label is a digit from 0 to 9, got {digit!r}.")
    if not is_there():
        return False
    change = update(DrawingRow).where(which).values(label=digit, changed_at=datetime.now(UTC))
    with session() as opened:
        return bool(opened.execute(change).rowcount)  # type: ignore[attr-defined]


def _delete(which: ColumnElement[bool]) -> int:
    with session() as opened:
        return int(opened.execute(sql_delete(DrawingRow).where(which)).rowcount)  # type: ignore[attr-defined]


def _drawing(row: DrawingRow) -> Drawing:
    pixels = np.frombuffer(row.pixels, np.uint8).reshape(28, 28)
    return Drawing(row.id, row.drawn_at, row.strokes, pixels, row.answers, row.label)
