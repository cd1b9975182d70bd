"""Puts drawings into the collection, finds and deletes them. Changes are on disk when a function returns."""

from __future__ import annotations

import base64
import functools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np
from sqlalchemy import URL, ColumnElement, and_, case, func, literal, or_, select, update
from sqlalchemy import delete as sql_delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session, defer

from digitlab.collection import change
from digitlab.collection.change import NOT_A_DIGIT, Change, Fate, check_label, check_token
from digitlab.database import is_there, session
from digitlab.database.tables import TAKEN_FOR_A_DIGIT, DrawingRow, OptionRow

TEACHABLE = 20  # how many labelled drawings it takes to teach a model
ASIDE = 4  # one drawing in four is never taught, so that models can be compared on it
MOST = 20_000  # drawings that are kept in all; pages that explore them read all of them
AT_ONCE = 200  # drawings that are read at once
_KEEPING = "keeping"
_soon = functools.partial(session, patient=False)  # where somebody waits for it


@dataclass(frozen=True)
class Drawing:
    """A kept drawing.

    Attributes:
        id: the drawing's number in the collection.
        drawn_at: when the pen was last lifted, in UTC.
        strokes: as `ink.parse_strokes` reads them: width, height, brush and strokes in px. Empty if they were not read.
        pixels: (28, 28) uint8, what the models saw; white ink on black.
        answers: by model name: `digit`, `confidence` in [0, 1] and `is_digit`, as given when it was drawn.
        label: which digit it really is, in 0..9, or `NOT_A_DIGIT`, according to its author or a presenter; None if
            nobody has said.
        checked: whether a presenter has confirmed or given the label.
    """

    id: int
    drawn_at: datetime
    strokes: dict[str, Any]
    pixels: np.ndarray
    answers: dict[str, dict[str, Any]]
    label: int | None
    checked: bool = False


def is_keeping() -> bool:
    """Whether drawings are kept at all; the presenter may switch that off."""
    if not is_there():
        return True
    with _soon() as opened:
        return _is_on(opened)


def set_keeping(on: bool) -> None:
    """Switch keeping on or off for everybody; drawings that were kept before stay."""
    with _soon() as opened:
        opened.merge(OptionRow(name=_KEEPING, value="yes" if on else "no"))


def keep(token: str, strokes: dict[str, Any], pixels: np.ndarray, answers: dict[str, dict[str, Any]]) -> int | None:
    """Keep a drawing now, however many there are; `keeper` is for authors, who must not wait.

    Args:
        token, strokes, pixels, answers: as `change.keep`.

    Returns:
        The drawing's number; None if keeping is switched off.

    Raises:
        InvalidValue: the token has another form.
        DatabaseUnavailable: see `database.session`.
    """
    wanted = change.keep(token, strokes, pixels, answers)
    with _soon() as opened:
        return _put(opened, wanted) if _is_on(opened) else None


def store(changes: Sequence[Change], url: URL, *, most: int | None = MOST) -> list[Fate]:
    """Make changes, all of them or none.

    Args:
        changes: in the order in which they are made.
        url: of the database.
        most: how many drawings may be kept in all; None for any number.

    Returns:
        What has become of each: `KEPT`, `NOTHING`, `OFF` or `FULL`.

    Raises:
        DatabaseUnavailable: see `database.session`.
    """
    with _soon(url) as opened:
        is_on = _is_on(opened)
        return [_make(opened, one, most, is_on) for one in changes]


def label_of(token: str, digit: int) -> bool:
    """Label a drawing on behalf of its author; return whether the drawing, and so the label, is kept.

    Raises:
        InvalidValue: the token or the label (in 0..9 or `NOT_A_DIGIT`) has another form.
    """
    check_token(token)
    return _label(DrawingRow.token == token, digit, is_checked=False)


def label(number: int, digit: int | None) -> bool:
    """Label the drawing with this number as a presenter, or remove its label with None.

    Returns:
        Whether there is such a drawing.

    Raises:
        InvalidValue: the label is neither in 0..9 nor `NOT_A_DIGIT`.
    """
    return _label(DrawingRow.id == number, digit, is_checked=digit is not None)


def forget(token: str) -> bool:
    """Delete a drawing at its author's wish; return whether it was kept."""
    check_token(token)
    return is_there() and _delete(DrawingRow.token == token) > 0


def delete(numbers: Sequence[int]) -> int:
    """Delete drawings by their numbers; return how many were deleted."""
    return _delete(DrawingRow.id.in_(list(numbers)))


def find(*, labelled: bool | None = None, wrong: bool = False, digit: int | None = None) -> list[int]:
    """The numbers of kept drawings, the newest first; no drawing is read.

    Args:
        labelled: True for only those with a label, False for only those without; None for all.
        wrong: only labelled ones that a model read wrong, or that it took for a digit although they are none.
        digit: only those with this label, in 0..9 or `NOT_A_DIGIT`; None for all.
    """
    if not is_there():
        return []
    query = select(DrawingRow.id)
    if labelled is not None:
        query = query.where(DrawingRow.label.is_not(None) if labelled else DrawingRow.label.is_(None))
    if digit is not None:
        query = query.where(DrawingRow.label == digit)
    if wrong:
        said, right = DrawingRow.said.bitwise_and(TAKEN_FOR_A_DIGIT - 1), literal(1).bitwise_lshift(DrawingRow.label)
        misread = and_(DrawingRow.label >= 0, said != 0, said != right)
        taken = and_(DrawingRow.label == NOT_A_DIGIT, DrawingRow.said >= TAKEN_FOR_A_DIGIT)
        query = query.where(or_(misread, taken))
    with _soon() as opened:
        return sorted(opened.scalars(query), reverse=True)  # sorted here, so that the database reads only its index


def each(numbers: Sequence[int], *, strokes: bool = True) -> Iterator[Drawing]:
    """The drawings with these numbers, in their order, one after the other; those that are gone are left out.

    Args:
        numbers: as `find` gives them.
        strokes: whether to read their strokes, too. Few drawings are in memory at once.
    """
    for start in range(0, len(numbers), AT_ONCE):
        part = numbers[start : start + AT_ONCE]
        query = select(DrawingRow).where(DrawingRow.id.in_(part))
        with _soon() as opened:
            rows = opened.scalars(query if strokes else query.options(defer(DrawingRow.strokes)))
            found = {row.id: _drawing(row, row.strokes if strokes else {}) for row in rows}
        yield from (found[number] for number in part if number in found)


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
    with _soon() as opened:
        return [_drawing(row, row.strokes) for row in opened.scalars(query.limit(newest))][::-1]


def count() -> tuple[int, int]:
    """How many drawings are kept, and how many of them have a digit as their label; no drawing is read."""
    if not is_there():
        return 0, 0
    with _soon() as opened:
        digit = case((DrawingRow.label >= 0, DrawingRow.label))
        kept, labelled = opened.execute(select(func.count(DrawingRow.id), func.count(digit))).one()
        return int(kept), int(labelled)


def digits(*, checked: bool | None = None) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The drawings labelled as digits, by number: (n,) int numbers, (n, 28, 28) uint8 images, (n,) uint8 labels.

    Args:
        checked: True for only those whose label a presenter has confirmed, False for only the others; None for all.
    """
    if not is_there():
        rows: list[Any] = []
    else:
        query = select(DrawingRow.id, DrawingRow.pixels, DrawingRow.label).where(DrawingRow.label >= 0)
        if checked is not None:
            query = query.where(DrawingRow.checked == checked)
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
    with _soon() as opened:
        return tuple(opened.execute(select(func.count(), func.max(DrawingRow.changed_at))).one())


def _is_on(opened: Session) -> bool:
    row = opened.get(OptionRow, _KEEPING)
    return row is None or row.value == "yes"


def _make(opened: Session, wanted: Change, most: int | None, is_on: bool) -> Fate:
    is_it = DrawingRow.token == wanted.token, DrawingRow.drawn_at <= wanted.at
    if wanted.forget:
        opened.execute(sql_delete(DrawingRow).where(*is_it))
        return Fate.NOTHING
    if wanted.drawing is None:
        values = {"label": wanted.label, "checked": False, "changed_at": datetime.now(UTC)}
        labelled = opened.execute(update(DrawingRow).where(*is_it).values(**values))
        return Fate.KEPT if labelled.rowcount else Fate.NOTHING  # type: ignore[attr-defined]
    if not is_on:
        return Fate.OFF
    known = select(DrawingRow.id).where(DrawingRow.token == wanted.token)
    if most is not None and _is_full(opened, most) and opened.scalar(known) is None:
        return Fate.FULL
    _put(opened, wanted)
    return Fate.KEPT


def _is_full(opened: Session, most: int) -> bool:
    latest = opened.scalar(select(func.max(DrawingRow.id))) or 0  # costs nothing, unlike counting
    return latest >= most and (opened.scalar(select(func.count(DrawingRow.id))) or 0) >= most


def _put(opened: Session, wanted: Change) -> int | None:
    """Insert a drawing or its newest state, in one statement: two reports of one drawing may arrive at once.

    Returns:
        Its number; None if a newer state of it is kept already.
    """
    drawing = wanted.drawing or {}
    said = {1 << answer["digit"] for answer in drawing["answers"].values()}
    taken = {TAKEN_FOR_A_DIGIT for answer in drawing["answers"].values() if answer["is_digit"]}
    values = {
        "drawn_at": wanted.at, "changed_at": datetime.now(UTC), "label": wanted.label, "checked": False,
        "strokes": drawing["strokes"], "pixels": base64.b64decode(drawing["pixels"]), "answers": drawing["answers"],
        "said": sum(said | taken),
    }  # fmt: skip
    insert = postgresql.insert if opened.get_bind().dialect.name == "postgresql" else sqlite.insert
    new = insert(DrawingRow).values(token=wanted.token, **values)
    new = new.on_conflict_do_update(
        index_elements=["token"], set_=values, where=DrawingRow.drawn_at <= new.excluded.drawn_at
    )
    return opened.execute(new.returning(DrawingRow.id)).scalar_one_or_none()


def _label(which: ColumnElement[bool], digit: int | None, *, is_checked: bool) -> bool:
    if digit is not None:
        check_label(digit)
    if not is_there():
        return False
    labelled = update(DrawingRow).where(which).values(label=digit, checked=is_checked, changed_at=datetime.now(UTC))
    with _soon() as opened:
        return bool(opened.execute(labelled).rowcount)  # type: ignore[attr-defined]


def _delete(which: ColumnElement[bool]) -> int:
    with _soon() as opened:
        return int(opened.execute(sql_delete(DrawingRow).where(which)).rowcount)  # type: ignore[attr-defined]


def _drawing(row: DrawingRow, strokes: dict[str, Any]) -> Drawing:
    pixels = np.frombuffer(row.pixels, np.uint8).reshape(28, 28)
    return Drawing(row.id, row.drawn_at, strokes, pixels, row.answers, row.label, row.checked)
