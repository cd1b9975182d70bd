"""Lessons: their files, the conditions that notice what a reader does, and one way through a lesson."""

import dataclasses
import re

import numpy as np
import pytest

from digitlab import ink, serving, settings
from digitlab.analysis import held_out
from digitlab.errors import UnreadableLesson
from digitlab.explain import curves
from digitlab.jobs import Job, Status
from digitlab.language import LANGUAGES, gettext, speaking
from digitlab.networks import Recipe
from digitlab.ui.learn import checks, facts, lesson, library
from digitlab.ui.learn.facts import Answer, Drawing
from digitlab.ui.learn.lesson import PAGES
from digitlab.ui.learn.walk import Walk
from tests import drawings

HEAD = "---\ntitle: Twos\nminutes: 5\nabout: Of twos.\n---\n"
STEP = (
    "## Draw a 2\npage: draw?left=dnn\ndone: reads digit=2\n\nDraw it.\n\n### Done\n{left_model}: {left_confidence}\n"
)


@pytest.mark.parametrize("name", library.SHIPPED)
def test_shipped_lessons_can_be_read_and_carried_by_a_link(name):
    read = library.read(name)
    assert 5 <= len(read.steps) <= 9
    assert read.steps[-1].choices
    assert all((settings.APP / PAGES[step.page]).exists() for step in read.steps if step.page)
    source = library.file(name)
    carried = library.carried(library.dropped(source.read_bytes(), source.name))
    assert carried.steps == read.steps
    assert carried.name.startswith(library.CARRIED)


TRANSLATED = [path for path in sorted(library.FOLDER.glob("*/*.md")) if path.parent.name != library.FIRST]


@pytest.mark.parametrize("language", sorted({path.parent.name for path in TRANSLATED}))
def test_a_language_has_all_lessons_that_ship(language):
    assert language in LANGUAGES
    assert {path.stem for path in TRANSLATED if path.parent.name == language} == set(library.SHIPPED)


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_translated_lesson_has_the_steps_of_the_english_one(path):
    english, translated = library.read(path.stem, library.FIRST), library.read(path.stem, path.parent.name)
    assert shape(translated) == shape(english)
    assert translated.title != english.title
    with speaking(path.parent.name):
        library.dropped(path.read_bytes(), path.name)


@pytest.mark.parametrize("path", TRANSLATED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_a_translated_lesson_calls_things_as_the_app_does_in_its_language(path):
    text = path.read_text(encoding="utf-8")
    english = path.parents[1].joinpath(library.FIRST, path.name).read_text(encoding="utf-8")
    with speaking(path.parent.name):
        shown = {name: gettext(name) for name in re.findall(r"\*\*?([A-Z][^*{}]+)\*\*?", english)}
    assert not {name: word for name, word in shown.items() if word != name and word not in text}
    for typed in re.findall(r"\*\*(0\.\d+)\*\*", english):  # fields take no decimal comma
        assert f"**{typed}**" in text


def shape(of: lesson.Lesson) -> list:
    """What a lesson has in common with its translations."""
    return [of.minutes] + [
        (
            step.page, step.view, step.done, placeholders(step.title + step.text), placeholders(step.skipped),
            bool(step.skipped), [choice.is_right for choice in step.choices],
            [(outcome.condition, placeholders(outcome.text)) for outcome in step.outcomes],
        )
        for step in of.steps
    ]  # fmt: skip


def placeholders(text: str) -> set[str]:
    """The names in braces."""
    return set(re.findall(r"{([a-z_]+)}", text))


def test_documentation_has_every_condition_and_argument():
    text = (settings.REPOSITORY / "docs" / "lessons.md").read_text(encoding="utf-8").partition("## Conditions")[2]
    told = set(re.findall(r"\w+", " ".join(re.findall("`([^`]+)`", text))))
    for name, check in checks.CHECKS.items():
        assert {name, *check.arguments} <= told


MISTAKES = {
    "": (1, "expected “---”"),
    "---\ntitle: A\nminutes: 5\n---\n": (4, "expected “about: …”"),
    HEAD.replace("5", "ten") + STEP: (3, "expected a number after “minutes:”"),
    HEAD.replace("about", "On"): (4, "expected one of “title:”, “minutes:”, “about:”"),
    HEAD: (5, "a lesson has 1 to 20 steps"),
    HEAD + "Text.\n" + STEP: (6, "expected a step"),
    HEAD + STEP.replace("page: draw", "page: paint"): (7, "“paint” is no page. There are: draw, confusion"),
    HEAD + STEP.replace("?left=dnn", "?left"): (7, "expected what an address has after “?”"),
    HEAD + STEP.replace("reads digit=2", "sees digit=2"): (8, "“sees digit=2” is no condition. There are: reads"),
    HEAD + STEP.replace("reads digit=2", "reads digit=12"): (8, "“digit=12” is no argument of reads"),
    HEAD + STEP.replace("done: reads digit=2", "done:"): (8, "followed by a value"),
    HEAD + STEP.replace("done:", "when:"): (8, "expected one of “page:”, “done:”"),
    HEAD + STEP.replace("### Done", "### Then"): (12, "expected “### Done”"),
    HEAD + STEP.partition("###")[0]: (6, "expected “### Done”"),
    HEAD + STEP.replace("### Done", "### Done if trained"): (12, "about the same as “done:”"),
    HEAD + STEP.replace("{left_model}", "{secret}"): (13, "“{secret}” is no placeholder here. There are: changed"),
    HEAD + STEP.replace("Draw it.", "{left_model}"): (10, "“{left_model}” is no placeholder here"),
    HEAD + STEP.replace("{left_model}", "{left_model.__class__}"): (13, "expected a placeholder"),
    HEAD + STEP.replace("Draw it.", "<b>Draw</b> it."): (10, "without HTML"),
    HEAD + STEP.replace("Draw it.", "![it](https://example.org)"): (10, "without HTML"),
    HEAD + STEP.replace("Draw it.", ""): (6, "expected text below this heading"),
    HEAD + "## Q\nWhich?\n- [x] One.\n  Yes.\n": (8, "at least two answers"),
    HEAD + "## Q\nWhich?\n- [x] One.\n- [ ] Two.\n  No.\n": (8, "why it is right"),
    HEAD + STEP + 40_000 * "x": (1, "40,000 at most"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "told"), MISTAKES.items(), ids=[told for _, told in MISTAKES.values()])
def test_a_mistake_is_named_with_its_line_and_what_was_expected(text, told):
    with pytest.raises(UnreadableLesson) as caught:
        lesson.parse(text, "twos")
    assert str(caught.value).startswith(f"twos.md, line {told[0]}: ")
    assert told[1] in str(caught.value)


def test_a_link_may_hold_anything():
    for linked in (
        "[it](https://example.org)", "[it]: //example.org", "https&#58;//example.org", "www&period;example.org",
        r"https:\//example.org", "it@example.org",
    ):  # fmt: skip
        with pytest.raises(UnreadableLesson, match="has no links of its own"):
            library.dropped((HEAD + STEP.replace("it.", f"{linked}.")).encode(), "twos.md")
    with pytest.raises(UnreadableLesson, match=r"twos.md, line 2: expected text in UTF-8"):
        library.dropped(HEAD.encode("utf-8")[:4] + b"\xff", "twos.md")
    noise = "".join(map(chr, np.random.default_rng(1).integers(97, 123, 30_000)))
    with pytest.raises(UnreadableLesson, match="too long for a link of 6,000 characters"):
        library.dropped((HEAD + STEP.replace("Draw it.", noise)).encode(), "twos.md")
    whole = library.dropped((HEAD + STEP).encode(), "twos.md")
    for bad in ("", "x", "ä", "eJwD", whole[:-9], whole + "x", whole * 99):
        with pytest.raises(UnreadableLesson):
            library.carried(bad)


def test_ones_own_folder_goes_first_and_falls_back_to_english(monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITLAB_LESSONS", str(tmp_path))
    (tmp_path / "twos.md").write_text(HEAD + STEP, encoding="utf-8")
    (tmp_path / "see.md").write_text(HEAD + STEP, encoding="utf-8")
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "twos.md").write_text(HEAD.replace("Twos", "Zweien") + STEP, encoding="utf-8")
    assert library.names() == [*library.SHIPPED, "twos"]
    assert [library.read("twos", language).title for language in ("de", "es", "en")] == ["Zweien", "Twos", "Twos"]
    assert (library.read("see").title, library.read("good", "de").minutes) == ("Twos", 10)
    for stranger in ("../see", "en/see", "", "none"):
        assert library.read(stranger) is None
    (tmp_path / "twos.md").write_text(HEAD, encoding="utf-8")
    with pytest.raises(UnreadableLesson, match=r"twos.md, line 5"):
        library.read("twos")


# ---- conditions


def drawing(*answers: tuple[int, float, bool], box=(10, 10, 100, 100), pixels: int = 1, **more) -> Drawing:
    said = [
        Answer(name, digit, sure, 9, 1 - sure, believed)
        for name, (digit, sure, believed) in zip("ab", answers, strict=False)
    ]
    return Drawing(tuple(said), tuple(str(one.digit) for one in said), more.pop("count", 1), ink.Box(*box), 1,
                   bytes([pixels] * 784), **more)  # fmt: skip


THREE = drawing((3, 0.999, True), (3, 0.95, True))
MOVED = drawing((3, 0.99, True), (3, 0.9, True), box=(150, 10, 60, 60), pixels=2)
SPLIT = drawing((3, 0.7, True), (5, 0.8, True), pixels=3)
HOUSE = drawing((3, 0.7, False), (5, 0.8, False), pixels=3)
TRAINED = facts.Training(
    "1", "done", "dnn", 100.0, 0.002, 500, ({"accuracy": 1.0, "val_accuracy": 0.87, "val_loss": 0.4},)
)
CELL = facts.Cell("dnn", 4, 9, 3, 500)
NINE = facts.Digit("test-1", 4, (Answer("dnn", 9, 0.9, 4, 0.1), Answer("cnn", 4, 0.8, 9, 0.2)))
TAUGHT = facts.Compared("dnn", 0.99, 0.98, 1, 2, 0.5, 0.75)


@pytest.mark.parametrize(
    ("condition", "now", "then", "holds"),
    [
        ("reads", THREE, None, True),
        ("reads digit=3", THREE, None, True),
        ("reads digit=4", THREE, None, False),
        ("reads", THREE, THREE, False),
        ("reads", SPLIT, None, False),
        ("reads", drawing((3, 0.9, False), (3, 0.9, True)), None, False),
        ("reads", dataclasses.replace(THREE, count=2), None, False),
        ("moved px=50", MOVED, THREE, True),
        ("moved px=150", MOVED, THREE, False),
        ("moved px=50", MOVED, None, False),
        ("moved px=50", MOVED, SPLIT, True),
        ("moved px=50", MOVED, drawing((4, 0.9, True)), False),
        ("sure least=95", THREE, None, True),
        ("sure least=96", THREE, None, False),
        ("unsure most=95", THREE, None, True),
        ("unsure most=90", THREE, None, False),
        ("unsure most=90", HOUSE, None, False),
        ("fooled most=90", SPLIT, None, True),
        ("fooled most=90", HOUSE, None, True),
        ("fooled most=90", THREE, None, False),
        ("fooled most=90", SPLIT, SPLIT, False),
        ("doubted", HOUSE, THREE, True),
        ("doubted", SPLIT, THREE, False),
        ("several count=2", dataclasses.replace(THREE, count=2), None, True),
        ("several count=3", dataclasses.replace(THREE, count=2), None, False),
        ("drawn", SPLIT, THREE, True),
        ("drawn", SPLIT, SPLIT, False),
        ("steps", dataclasses.replace(THREE, steps=True), THREE, True),
        ("steps", THREE, None, False),
        ("kept", dataclasses.replace(THREE, kept=3), THREE, True),
        ("kept wrong=yes", dataclasses.replace(THREE, kept=3), THREE, False),
        ("kept wrong=yes", dataclasses.replace(THREE, kept=8), THREE, True),
        ("kept", THREE, None, False),
        ("agree", THREE, None, True),
        ("agree wanted=no", SPLIT, None, True),
        ("reason part='Distort it'", facts.Reason("Distort it", THREE.answers, (None,)), None, True),
        ("reason part=Inside", facts.Reason("Distort it", THREE.answers), None, False),
        ("cell", CELL, None, True),
        ("cell wrong=yes", CELL, CELL, False),
        ("cell wrong=yes", facts.Cell("dnn", 4, 4, 3, 500), CELL, False),
        ("digit", NINE, NINE, True),
        ("digit wrong=one sure=90", NINE, None, True),
        ("digit wrong=one sure=95", NINE, None, False),
        ("digit wrong=all", NINE, None, False),
        ("split name=test group='both wrong'", facts.Split("test", 9, ("a",), (1,), 1, 0, "both wrong"), None, True),
        ("split group=all", facts.Split("test", 9, ("a",), (1,), 1, 0, "both wrong"), None, False),
        ("calibration", facts.Calibration((), (), 95, (), (), (), ()), None, True),
        ("calibration least=99", facts.Calibration((), (), 95, (), (), (), ()), None, False),
        ("section name=Splits", facts.Section("Splits"), None, True),
        ("page name=models", "models", None, True),
        ("page name=models", "curves", None, False),
        ("trained", TRAINED, 99.0, True),
        ("trained", TRAINED, 101.0, False),
        ("trained", dataclasses.replace(TRAINED, state="training"), 99.0, False),
        ("trained rate_from=0.3", TRAINED, 99.0, False),
        ("trained rate_to=0.00001", TRAINED, 99.0, False),
        ("trained digits_to=500 epochs_from=1 gap_from=5", TRAINED, 99.0, True),
        ("trained epochs_from=2", TRAINED, 99.0, False),
        ("trained accuracy_to=50", TRAINED, 99.0, False),
        ("trained failed=yes", dataclasses.replace(TRAINED, state="failed", history=()), 99.0, True),
        ("trained taught=yes", TRAINED, 99.0, False),
        ("compared", TAUGHT, None, True),
        ("compared taught=yes better=yes", TAUGHT, None, True),
        ("compared taught=yes better=no", TAUGHT, None, False),
        ("compared taught=yes", facts.Compared("dnn", 0.99, 0.98, 1, 2), None, False),
        ("collected labelled=20", facts.Collected(30, 20), None, True),
        ("collected labelled=21", facts.Collected(30, 20), None, False),
    ],
)
def test_conditions(condition, now, then, holds):
    assert checks.parse(condition).holds(now, then) is holds
    assert checks.parse(condition).holds(None, then) is False


# ---- facts of real answers, and what texts say of them


def said(kind: str, fact, then=None) -> dict[str, str]:
    return {name: say(fact, then) for name, say in facts.PLACEHOLDERS[kind].items()}


def test_a_drawings_numbers_are_those_of_the_models():
    models = [serving.load(name) for name in ("dnn", "cnn")]
    first, second = (ink.read(drawings.canvas(3, **where)) for where in ({}, {"left": 10, "top": 10, "size": 90}))
    then, now = (
        facts.drawing(serving.read(seen, models), seen, ("dnn", "cnn"), 1, steps=True, kept=3)
        for seen in (first, second)
    )
    assert checks.parse("moved px=60").holds(now, then)
    told, verdict = said("drawing", now, then), serving.read(second, models).whole["cnn"]
    assert (told["left_model"], told["right_answer"], told["kept"], told["doubters"]) == ("DNN", "3", "3", "–")
    assert told["right_confidence"] in (f"{verdict.confidence:.1%}", "> 99.9%")
    assert (told["width"], told["inked"]) == (f"{second.box.width}", f"{(np.round(second.pixels * 255) > 0).sum()}")
    assert 60 < int(told["moved"]) < 150
    assert said("drawing", now)["moved"] == "–"
    two = ink.read(drawings.row(4, 2))
    several = facts.drawing(serving.read(two, models), two, ("dnn", "dnn"), 3, steps=False, kept=None)
    assert (said("drawing", several)["right_number"], several.count, len(several.answers)) == ("42", 2, 1)


def test_a_reasons_shifts_are_where_the_curves_flip():
    model, pixels = serving.load("dnn"), ink.read(drawings.canvas(4)).pixels
    told = said("reason", facts.reason("Distort it", pixels, [model], curves.measure))
    curve = curves.measure(model, pixels)["shift"]
    flips = [flip.value for flip in curve.flips if flip.value > 0]
    assert told["left_shift"] == (f"{flips[0]:g} px" if flips else "more than 8 px")
    assert said("reason", facts.reason("Inside", pixels, [model], curves.measure))["left_shift"] == "–"


def test_held_out_digits_numbers(no_mnist):
    held = held_out.read("validation", ["dnn", "cnn"])
    wrong = held.answers("dnn") != held.labels
    told = said("split", facts.split(held, ["dnn", "cnn"], "all"))
    assert (told["left_wrong"], told["digits"]) == (f"{wrong.sum()}", f"{len(wrong):,}")
    assert told["left_accuracy"] == f"{1 - wrong.mean():.2%}"
    told = said("calibration", facts.calibration(held, ["dnn"], 99))
    sure = held.probabilities["dnn"].max(axis=1) >= 0.99
    assert (told["left_wrong"], told["left_wrong_before"]) == (f"{(wrong & sure).sum()}", f"{wrong.sum()}")
    assert told["right_answered"] == f"{sure.mean():.2%}"
    index = int(held.indices[wrong.argmax()])
    opened = facts.digit(held, ["dnn"], f"validation-{index}")
    assert said("digit", opened)["label"] == str(held.labels[wrong.argmax()])
    for stranger in (None, "", "test-1", "validation-x", "validation-999999"):
        assert facts.digit(held, ["dnn"], stranger) is None


def test_a_trainings_numbers_are_those_of_its_status():
    status = Status.of(Job("train", "dnn-100", Recipe(learning_rate=0.5, examples=500)), 1, state="done", train=500)
    told = said("training", facts.training(status))
    assert (told["network"], told["learning_rate"], told["accuracy"], told["epochs"]) == ("dnn-100", "0.5", "–", "0")
    epochs = [{"loss": 2.0, "accuracy": 0.5, "val_loss": 1.0, "val_accuracy": 0.25},
              {"loss": 1.0, "accuracy": 0.75, "val_loss": 0.5, "val_accuracy": 0.5}]  # fmt: skip
    told = said("training", facts.training(dataclasses.replace(status, history=epochs)))
    assert {"25.00%", "50.00%", "75.00%"} <= {
        told[name] for name in ("first_accuracy", "accuracy", "training_accuracy")
    }
    assert (told["gap"], told["first_loss"], told["loss"]) == ("25.00", "1", "0.5")
    assert facts.training(None) is None


def test_stored_figures_are_those_of_the_models():
    run = serving.load("dnn").run
    assert facts.stored("dnn_accuracy") == f"{run['metrics']['validation']['accuracy']:.2%}"
    assert facts.stored("dnn_parameters") == f"{run['parameters']:,}"
    for name in facts.STORED:
        assert facts.stored(name)


# ---- a reader's way


def test_a_walk_notices_explains_asks_and_ends():
    two = STEP.replace("### Done", "### Done if sure least=99\nSurely a {left_answer}.\n\n### Done")
    question = "## Q\nWhich?\n- [x] One.\n  Yes.\n- [ ] Two.\n  No.\n"
    walk = Walk(lesson.parse(f"{HEAD}{two}\n### Skipped\n{{dnn_digits}}\n\n{question}", "twos"))
    assert (walk.text(), walk.may_go_on) == ("Draw it.", False)
    assert not walk.notice("page", "draw")
    assert not walk.notice("drawing", THREE)
    assert walk.notice("drawing", drawing((2, 0.97, True)))
    assert (walk.told, walk.may_go_on) == ("A: 97\\.0%", True)
    assert not walk.notice("drawing", drawing((2, 0.97, True)))
    assert walk.notice("drawing", drawing((2, 0.995, True)))
    assert walk.told == "Surely a 2."
    walk.go_to(1)
    assert (walk.told, walk.may_go_on, walk.is_finished) == (None, False, False)
    walk.choose(1)
    assert walk.may_go_on
    walk.go_to(2)
    assert walk.is_finished
    walk.go_to(0)
    walk.skip()
    assert (walk.told, walk.may_go_on, walk.is_skipped) == (facts.stored("dnn_digits"), True, True)
    walk.skip()
    assert walk.at == 1


def test_a_page_that_is_open_already_is_noticed_at_once():
    step = "## Look\npage: models\ndone: page name=models\n\nLook.\n\n### Done\nSeen.\n"
    walk = Walk(lesson.parse(HEAD + step + step, "twos"))
    assert walk.notice("page", "models")
    walk.go_to(1)
    assert walk.told == "Seen."
