"""Kept drawings, in SQLite and in a real PostgreSQL."""

import csv
import io
import json
import os
import subprocess
import sys
import threading
import zipfile

import numpy as np
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from PIL import Image

from digitlab import collection, database, ink
from digitlab.database import connection
from digitlab.database.tables import Base
from digitlab.errors import DatabaseUnavailable, InvalidValue
from tests import drawings
from tests.patience import PATIENCE_S

STROKES = {"width": 280, "height": 280, "brush": 20, "strokes": [s.tolist() for s in drawings.strokes(4)]}
ANSWERS = {
    "dnn": {"digit": 9, "confidence": 0.6, "is_digit": True},
    "cnn": {"digit": 4, "confidence": 0.9, "is_digit": True},
}


def delete_all() -> None:
    collection.delete([drawing.id for drawing in collection.search()])


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def empty(request, monkeypatch, tmp_path) -> None:
    """An empty collection, in either database."""
    if request.param == "sqlite":
        monkeypatch.setenv("DIGITLAB_DATABASE", f"sqlite:///{tmp_path}/deep/collection.sqlite")
        return
    monkeypatch.setenv("DIGITLAB_DATABASE", request.getfixturevalue("postgresql"))
    delete_all()
    collection.set_keeping(True)


def keep(number: int, pixels: np.ndarray | None = None) -> int | None:
    shown = np.full((28, 28), number, np.uint8) if pixels is None else pixels
    return collection.keep(f"{number:032x}", STROKES, shown, ANSWERS)


def test_a_drawing_comes_back_as_it_was(empty):
    picture = np.random.default_rng(0).integers(0, 256, (28, 28), np.uint8)
    number = keep(1, picture)
    (kept,) = collection.search()
    assert (kept.id, kept.label, kept.answers, kept.strokes) == (number, None, ANSWERS, STROKES)
    assert kept.drawn_at.tzinfo is not None
    np.testing.assert_array_equal(kept.pixels, picture)
    ink.parse_strokes(json.dumps(kept.strokes).encode())


def test_a_further_stroke_is_the_same_drawing_and_its_label_is_no_longer_known(empty):
    first = keep(1)
    assert collection.label_of(f"{1:032x}", 4)
    assert keep(1, np.zeros((28, 28), np.uint8)) == first
    (kept,) = collection.search()
    assert (kept.label, kept.pixels.max()) == (None, 0)


def test_labels_splits_and_deletion(empty):
    numbers = [keep(at) for at in range(1, 6)]
    assert collection.label_of(f"{2:032x}", 7)
    assert collection.label(numbers[3], 0)
    assert not collection.label_of("f" * 32, 7)
    assert not collection.label(10**6, 7)
    ids, images, labels = collection.digits()
    assert (ids.tolist(), labels.tolist(), images[:, 0, 0].tolist()) == ([numbers[1], numbers[3]], [7, 0], [2, 4])
    assert [drawing.id for drawing in collection.search(labelled=False)] == [numbers[at] for at in (0, 2, 4)]
    assert [drawing.id for drawing in collection.search(newest=2)] == numbers[3:]
    assert collection.label(numbers[3], None)
    assert len(collection.digits()[0]) == 1
    assert collection.forget(f"{2:032x}")
    assert not collection.forget(f"{2:032x}")
    assert collection.delete(numbers) == 4
    assert collection.digits()[1].shape == (0, 28, 28)


def test_no_number_is_given_twice(empty):
    numbers = [keep(at) for at in range(1, 4)]
    delete_all()
    assert keep(4) > max(numbers)


def test_drawings_of_before_keep_their_numbers(monkeypatch, tmp_path):
    address = f"sqlite:///{tmp_path}/collection.sqlite"
    engine = sa.create_engine(address)
    connection.migrate(engine, "0003")
    values = "token, drawn_at, changed_at, strokes, pixels, answers, label"
    date, said = "'2026-01-01 00:00:00'", '\'{"cnn": {"digit": 9}}\''
    row = f"'{1:032x}', {date}, {date}, '{{}}', zeroblob(784), {said}, 7"
    with engine.begin() as opened:
        opened.exec_driver_sql(f"INSERT INTO drawings (id, {values}) VALUES (41, {row})")
    monkeypatch.setenv("DIGITLAB_DATABASE", address)
    (drawing,) = collection.search()
    assert (drawing.id, drawing.label) == (41, 7)
    assert not drawing.checked
    assert collection.find(wrong=True) == [41]  # although nobody had written down yet what a model said
    collection.label(41, collection.NOT_A_DIGIT)
    assert collection.find(wrong=True) == [41]  # the model took it for a 9
    delete_all()
    assert keep(2) == 42


def test_what_is_no_digit_has_a_label_and_is_never_taught(empty):
    rejected = {name: {**answer, "is_digit": False} for name, answer in ANSWERS.items()}
    taken, doubted = keep(1), collection.keep(f"{2:032x}", STROKES, np.zeros((28, 28), np.uint8), rejected)
    for at in (1, 2):
        assert collection.label_of(f"{at:032x}", collection.NOT_A_DIGIT)
    assert [drawing.label for drawing in collection.search(labelled=True)] == [-1, -1]
    assert collection.find(digit=collection.NOT_A_DIGIT) == [doubted, taken]
    assert collection.find(labelled=False) == []
    assert collection.find(wrong=True) == [taken]  # the other one was not taken for a digit
    assert (collection.count(), len(collection.digits()[0])) == ((2, 0), 0)
    with np.load(io.BytesIO(collection.export.arrays(collection.search()))) as arrays:
        assert len(arrays["y"]) == 0
    with zipfile.ZipFile(io.BytesIO(collection.export.pictures(collection.search()))) as archive:
        rows = csv.DictReader(io.StringIO(archive.read("drawings.csv").decode()))
        assert [row["label"] for row in rows] == ["none", "none"]


def test_a_presenter_confirms_a_label_until_its_author_says_something_else(empty):
    number = keep(1)

    def is_checked() -> bool:
        return collection.search()[0].checked

    assert collection.label_of(f"{1:032x}", 4)
    assert not is_checked()
    for again in (lambda: collection.label_of(f"{1:032x}", 5), lambda: keep(1)):
        assert collection.label(number, 4)
        assert is_checked()
        again()
        assert not is_checked()
    collection.label(number, 4)
    change = collection.change.relabel(f"{1:032x}", 7)
    assert collection.drawings.store([change], database.address()) == [collection.Fate.KEPT]
    assert not is_checked()


def test_counting_tells_all_and_those_with_a_label(empty):
    assert collection.count() == (0, 0)
    for number in range(3):
        keep(number)
    collection.label_of(f"{1:032x}", 4)
    assert collection.count() == (3, 1) == (len(collection.search()), len(collection.digits()[0]))


def test_every_change_changes_the_mark(empty):
    marks = [collection.mark()]
    number = keep(1)
    marks.append(collection.mark())
    collection.label(number, 3)
    marks.append(collection.mark())
    collection.delete([number])
    keep(2)
    marks.append(collection.mark())
    assert len(set(marks)) == 4


def test_switched_off_nothing_is_kept_and_nothing_is_lost(empty):
    keep(1)
    collection.set_keeping(False)
    assert not collection.is_keeping()
    assert keep(2) is None
    assert len(collection.search()) == 1
    collection.set_keeping(True)
    assert keep(2) is not None


def test_many_authors_at_once(empty, monkeypatch):
    monkeypatch.setattr(connection, "BUSY_S", PATIENCE_S)
    monkeypatch.setattr(connection, "ANSWER_S", PATIENCE_S)
    threads = [threading.Thread(target=lambda at=at: [keep(at % 20) for _ in range(3)]) for at in range(1, 41)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(collection.search()) == 20


@pytest.mark.parametrize("token", ["", "1", "g" * 32, "A" * 32, "0" * 33, None, 5])
def test_other_tokens_are_refused(empty, token):
    with pytest.raises(InvalidValue):
        collection.keep(token, STROKES, np.zeros((28, 28), np.uint8), ANSWERS)


@pytest.mark.parametrize("digit", [-2, 10, True, "4", 4.0])
def test_other_labels_are_refused(empty, digit):
    with pytest.raises(InvalidValue):
        collection.label_of("0" * 32, digit)


def test_migrations_make_the_tables_that_the_code_knows(empty):
    with database.prepare().connect() as opened:
        assert compare_metadata(MigrationContext.configure(opened), Base.metadata) == []


def test_reading_makes_no_file(monkeypatch, tmp_path):
    monkeypatch.delenv("DIGITLAB_DATABASE")
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    assert collection.search() == []
    assert collection.is_keeping()
    assert not collection.forget("0" * 32)
    assert collection.mark() == (0, None)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("address", ["nonsense", "oracle7://x", "postgresql"])
def test_what_is_no_address_is_told_without_its_password(monkeypatch, address):
    monkeypatch.setenv("DIGITLAB_DATABASE", address)
    with pytest.raises(InvalidValue, match="DIGITLAB_DATABASE must be an address"):
        collection.search()


def test_a_database_that_is_not_there_is_told_without_its_password(monkeypatch):
    monkeypatch.setenv("DIGITLAB_DATABASE", "postgresql://me:secret@127.0.0.1:1/none")
    with pytest.raises(DatabaseUnavailable) as error:
        collection.search()
    assert "secret" not in str(error.value)
    assert "doctor" in str(error.value)


def test_a_damaged_file_is_told(monkeypatch, tmp_path):
    (tmp_path / "broken").write_text("this is no database, " * 100)
    monkeypatch.setenv("DIGITLAB_DATABASE", f"sqlite:///{tmp_path}/broken")
    with pytest.raises(DatabaseUnavailable, match="not a database"):
        collection.search()


def test_a_kill_loses_nothing_that_was_returned_from(tmp_path):
    """A process that keeps drawings is killed in the middle; every number it has printed is there."""
    script = (
        "import numpy as np, sys\nfrom digitlab import collection\n"
        "for at in range(100000):\n"
        "    print(collection.keep(f'{at:032x}', {}, np.zeros((28, 28), np.uint8), {}), flush=True)\n"
    )
    environment = {**os.environ, "DIGITLAB_DATABASE": f"sqlite:///{tmp_path}/c.sqlite"}
    process = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment, text=True)
    printed = [int(process.stdout.readline()) for _ in range(50)]
    process.kill()
    printed += [int(line) for line in process.stdout.read().splitlines(keepends=True) if line.endswith("\n")]
    process.wait()
    engine = sa.create_engine(environment["DIGITLAB_DATABASE"])
    with engine.connect() as opened:
        stored = {row[0] for row in opened.execute(sa.text("select id from drawings"))}
    assert set(printed) <= stored


def test_exports(empty):
    for at in (1, 2):
        keep(at)
    collection.label_of(f"{2:032x}", 4)
    kept = collection.search()
    with zipfile.ZipFile(io.BytesIO(collection.export.pictures(kept))) as archive:
        rows = list(csv.DictReader(io.StringIO(archive.read("drawings.csv").decode())))
        assert [row["label"] for row in rows] == ["", "4"]
        assert (rows[1]["dnn_answer"], rows[1]["cnn_confidence"]) == ("9", "0.9")
        picture = np.asarray(Image.open(io.BytesIO(archive.read(rows[1]["picture"]))))
        np.testing.assert_array_equal(picture, kept[1].pixels)
        ink.read(ink.parse_strokes(archive.read(rows[1]["strokes"])))
    with np.load(io.BytesIO(collection.export.arrays(kept))) as arrays:
        assert arrays["x"].shape == (1, 28, 28)
        assert (arrays["x"].dtype, arrays["y"].tolist()) == (np.uint8, [4])
    with np.load(io.BytesIO(collection.export.arrays([]))) as arrays:
        assert arrays["x"].shape == (0, 28, 28)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such rights")
@pytest.mark.parametrize(("before", "after"), [(None, 0o600), (0o644, 0o640), (0o660, 0o660)])
def test_nobody_else_on_the_machine_reads_the_drawings(monkeypatch, tmp_path, before, after):
    file = tmp_path / "private.sqlite"
    if before is not None:
        file.touch()
        file.chmod(before)
    monkeypatch.setenv("DIGITLAB_DATABASE", f"sqlite:///{file}")
    assert keep(1) is not None
    assert file.stat().st_mode & 0o777 == after


LOADING = """
import sys, threading, time
from digitlab import collection, database
sys.setswitchinterval(1e-5)
problems = []
def load(module, name, delay_s):
    time.sleep(delay_s)
    try:
        getattr(module, name)
    except Exception as error:
        problems.append(error)
later_s = float(sys.argv[1])
wanted = (collection, "keeper", 0), (database, "is_there", later_s), (collection, "count", later_s)
threads = [threading.Thread(target=load, args=each) for each in wanted]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
sys.exit(repr(problems) if problems else 0)
"""


@pytest.mark.parametrize("delay_s", ["0.01", "0.04", "0.1"])
def test_threads_may_load_the_database_at_the_same_time(delay_s):
    done = subprocess.run(
        [sys.executable, "-c", LOADING, delay_s], capture_output=True, text=True, check=False, timeout=PATIENCE_S
    )
    assert done.returncode == 0, done.stderr
