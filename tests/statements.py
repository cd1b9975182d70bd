"""What is asked of a database meanwhile."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import event

from digitlab import database


@contextmanager
def noted() -> Iterator[list[str]]:
    """The SQL statements that are executed within the block."""
    asked: list[str] = []
    engine = database.prepare()

    def note(_connection, _cursor, statement, *_) -> None:
        asked.append(statement)

    event.listen(engine, "before_cursor_execute", note)
    try:
        yield asked
    finally:
        event.remove(engine, "before_cursor_execute", note)
