"""The tables as SQLAlchemy models; `migrations/` creates them in the database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Double,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    TypeDecorator,
    false,
    true,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

TAKEN_FOR_A_DIGIT = 1 << 10  # in `DrawingRow.said`


class Utc(TypeDecorator[datetime]):
    """A point in time, stored and read as UTC, since SQLite knows no time zones."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        return value if value is None or value.tzinfo else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """The base class of all tables."""


class DrawingRow(Base):
    """One drawing; nothing in it says who drew it."""

    __tablename__ = "drawings"

    id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(32), unique=True)  # known only to its author, and allows labelling it
    drawn_at: Mapped[datetime] = mapped_column(Utc)
    changed_at: Mapped[datetime] = mapped_column(Utc, index=True)
    strokes: Mapped[dict[str, Any]] = mapped_column(JSON)
    pixels: Mapped[bytes] = mapped_column(LargeBinary)  # 784 bytes, row by row
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    label: Mapped[int | None] = mapped_column(SmallInteger)  # -1 is no digit
    # Bit d is set if a model's answer was digit d, and `TAKEN_FOR_A_DIGIT` if one took the drawing for a digit.
    said: Mapped[int] = mapped_column(SmallInteger, server_default="0")
    checked: Mapped[bool] = mapped_column(server_default=false())  # whether a presenter has confirmed the label
    __table_args__ = (Index("ix_drawings_label_said", "label", "said"),)  # finds drawings without reading their strokes


class OptionRow(Base):
    """A setting of the presenter's that outlives the server."""

    __tablename__ = "options"

    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[str] = mapped_column(String(200))


class JobRow(Base):
    """One training or sweep, where several machines share the database."""

    __tablename__ = "jobs"

    number: Mapped[int] = mapped_column(primary_key=True)  # in the order of the requests
    id: Mapped[str] = mapped_column(String(32), unique=True)
    state: Mapped[str] = mapped_column(String(12), index=True)
    status: Mapped[dict[str, Any]] = mapped_column(JSON)
    want: Mapped[str] = mapped_column(String(12))  # asked of its worker: "train", "pause", "stop" or "discard"
    # What a queued job is to do, as `jobs.Job.as_data` gives it.
    job: Mapped[dict[str, Any] | None] = mapped_column("arguments", JSON(none_as_null=True))
    knobs: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))  # how it is to go on: `jobs.Knobs`
    taken_at: Mapped[datetime | None] = mapped_column(Utc)  # when a machine last took it, by the database's clock


class WallRow(Base):
    """A drawing on the wall that several servers share. A hidden one stays, so that its author cannot bring it back."""

    __tablename__ = "wall"

    token: Mapped[str] = mapped_column(String(64), primary_key=True)
    number: Mapped[int] = mapped_column(unique=True)
    revision: Mapped[int] = mapped_column(BigInteger, index=True)  # the wall's revision when this row last changed
    pixels: Mapped[bytes] = mapped_column(LargeBinary)  # 784 bytes, row by row
    answers: Mapped[dict[str, Any]] = mapped_column(JSON)
    label: Mapped[int | None] = mapped_column(SmallInteger)
    hidden: Mapped[bool]
    approved: Mapped[bool] = mapped_column(server_default=true())  # whether it may be shown


class WallStateRow(Base):
    """The single row that tells whether anything on the wall has changed; every change of the wall updates it first."""

    __tablename__ = "wall_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    revision: Mapped[int] = mapped_column(BigInteger)  # counts changes
    cleared: Mapped[int]  # drawings up to this number were removed
    frozen: Mapped[int | None]  # the newest drawing's number when the wall was frozen; None if it is not
    approval: Mapped[bool] = mapped_column(server_default=false())  # whether drawings are shown only once approved


class RoundEventRow(Base):
    """Something that has happened in a round; nothing in it leads to a phone."""

    __tablename__ = "round_events"

    id: Mapped[int] = mapped_column(BigInteger().with_variant(Integer, "sqlite"), primary_key=True)
    at: Mapped[float] = mapped_column(Double)  # the database's time in seconds
    event: Mapped[dict[str, Any]] = mapped_column(JSON)  # an `audience.rounds.Event`


class RoundServerRow(Base):
    """How many phones are connected to a server."""

    __tablename__ = "round_servers"

    server: Mapped[str] = mapped_column(String(16), primary_key=True)
    phones: Mapped[int]
    at: Mapped[float] = mapped_column(Double)  # when it told so, by the database's clock


class LecturePlaceRow(Base):
    """The single row that tells where the lecture is, as `ui.lecture.walk.Place`."""

    __tablename__ = "lecture_place"

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[int]
    view: Mapped[str | None] = mapped_column(String(12))
    moves: Mapped[int] = mapped_column(BigInteger)
