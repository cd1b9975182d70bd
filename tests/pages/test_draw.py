"""The Draw page without a browser; the canvas is injected through the session, as a drawing kept from before."""

import base64
import io
import json
import re
import shutil
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from streamlit.testing.v1 import AppTest

from digitlab import collection, ink, settings
from digitlab.models import store
from digitlab.ui.draw import part, pictures
from tests import drawings
from tests.command_line import hostile
from tests.damage import damage
from tests.patience import PATIENCE_S


def draw(drawing: np.ndarray | None = None, **query: str) -> AppTest:
    app = AppTest.from_file(str(settings.REPOSITORY / "app.py"), default_timeout=PATIENCE_S)
    if drawing is not None:
        app.session_state["drawing"] = drawings.png(drawing)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def texts(elements) -> list[str]:
    return [element.value for element in elements]


@pytest.mark.parametrize("digit", range(10))
def test_clear_digits_get_two_right_answers(digit):
    page = html(draw(drawings.canvas(digit)))
    assert f"Both say {digit}" in page
    assert f"dnn answers {digit}" in page
    assert f"cnn answers {digit}" in page
    assert page.count("<li") == 20


def test_empty_canvas_is_a_friendly_prompt():
    page = html(draw())
    assert "Draw a digit from 0 to 9" in page
    assert not re.search(r"\banswers \d", page)
    assert page.count("is waiting") == 2


def test_a_dot_is_refused_in_words():
    dot = drawings.rasterise([np.array([[140.0, 140.0]])], 280, 20)
    app = draw(dot)
    assert texts(app.warning) == ["This is only a dot. Draw one digit, large and with a clear stroke."]
    assert html(app).count("is waiting") == 2


def test_two_digits_are_read_one_by_one():
    app = draw(drawings.row(4, 2))
    page = html(app)
    assert "Both read 42" in page
    assert page.count('class="digits"') == 2
    assert page.count("as 28 by 28 pixels") == 2
    assert "The drawing, 2 digits" in page


def test_a_letter_is_doubted_and_the_best_guess_is_shown():
    cross = drawings.rasterise([np.array([[80.0, 80], [200, 200]]), np.array([[200.0, 80], [80, 200]])], 280, 20)
    page = html(draw(cross))
    assert "This does not look like one digit" in page
    assert page.count("if it were a digit: ") == 2
    assert "%<" not in page  # nothing that reads as certainty
    assert page.count("if it were one: ") == 2  # heard by a screen reader
    assert page.count("card dnn doubtful") == page.count("card cnn doubtful") == 1


def test_one_model_may_doubt_alone(models_dir):
    run_file = models_dir / "cnn" / store.RUN
    run = json.loads(run_file.read_text())
    run["rejection"]["bias"] -= 1000
    run_file.write_text(json.dumps(run))
    page = html(draw(drawings.canvas(3)))
    assert "≠ 3? CNN doubts it <small>It is unlike any digit the CNN knows.</small>" in page
    assert page.count(" doubtful") == 1


def test_clear_removes_the_answers():
    app = draw(drawings.canvas(3))
    assert "Both say 3" in html(app)
    app.button(key="clear").click().run()
    assert "Both say" not in html(app)
    assert app.session_state["drawing"] is None


def test_models_are_chosen_by_link():
    app = draw(drawings.canvas(3), left="cnn", right="cnn")
    assert html(app).count("cnn answers 3") == 2
    assert "✓ Both say 3" in html(app)
    assert app.selectbox(key="left").value == "cnn"


@pytest.mark.parametrize("name", ["nobody", "../dnn", "<b>7</b>"])
def test_unknown_model_in_a_link_is_the_default(name):
    app = draw(drawings.canvas(3), left=name)
    assert app.selectbox(key="left").value == "dnn"
    assert name not in html(app)
    assert [one.value.count("which is not on this machine. Shown instead: dnn.") for one in app.warning] == [1]


def test_unknown_source_in_a_link_is_the_canvas():
    assert "Draw a digit from 0 to 9" in html(draw(source="telepathy"))


def test_disagreement_is_said():
    blot = drawings.canvas(5, 100, 100, size=60, brush=34)  # networks that know MNIST alone take it for a 3
    for left in store.names():
        page = html(draw(blot, left=left, right="cnn"))
        said = [int(digit) for digit in re.findall(r'class="digit">(\d)<', page)]
        if said[0] != said[1] and " doubtful" not in page:
            assert f"They disagree <small>{left.upper()} says {said[0]}, CNN says {said[1]}" in page
            return
    pytest.fail("every model read the blot alike: draw another")


def test_damaged_model_shows_its_notice_and_the_other_answers(models_dir):
    damage(models_dir / "cnn")
    app = draw(drawings.canvas(5))
    assert "dnn answers 5" in html(app)
    assert "cnn" in texts(app.error)[0]
    assert "damaged" in texts(app.error)[0]


def test_previous_model_answers_for_a_damaged_one(models_dir):
    (models_dir / ".previous").mkdir()
    (models_dir / "cnn").rename(models_dir / ".previous" / "cnn")
    page = html(draw(drawings.canvas(5)))
    assert "Both say 5" in page
    assert "version before it answers" in page


def test_no_models_says_how_to_train_one(monkeypatch, tmp_path):
    monkeypatch.setenv("DIGITLAB_MODELS", str(tmp_path))
    app = draw()
    assert len(app.error) == 2
    assert all("python -m digitlab train cnn" in text for text in texts(app.error))


def test_missing_flagship_is_not_replaced_by_another_model_in_silence(models_dir):
    shutil.rmtree(models_dir / "cnn")
    app = draw(drawings.canvas(4))
    assert html(app).count("dnn answers 4") == 1
    assert texts(app.error) == ["There is no model 'cnn'. Models there are: dnn."]


def test_setting_out_of_range_is_told_on_the_page(monkeypatch):
    monkeypatch.setenv("DIGITLAB_PICTURE_MB", "ten")
    assert "DIGITLAB_PICTURE_MB must be a positive number" in texts(draw().error)[0]


def test_steps_stay_folded_until_asked_for():
    assert "Stroke width of MNIST" not in html(draw(drawings.canvas(8)))


def test_a_picture_from_before_can_be_removed():
    app = AppTest.from_file(str(settings.REPOSITORY / "app.py"), default_timeout=PATIENCE_S)
    app.session_state["upload_picture"] = pictures.Kept(drawings.png(drawings.canvas(6)))
    app.query_params["source"] = "Upload"
    app.run()
    assert "Both say 6" in html(app)
    next(one for one in app.button if one.label == "Remove the picture from before").click().run()
    assert "Both say" not in html(app)


def test_the_oldest_pictures_make_room_for_the_newest(monkeypatch):
    monkeypatch.setattr(pictures, "MOST_BYTES", 10_000)
    monkeypatch.setattr(pictures, "_all", [])
    kept = [pictures.Kept(bytes(4_000)) for _ in range(4)]
    for one in kept:
        pictures._make_room(one)
    assert [one.data is None for one in kept] == [True, True, False, False]
    pictures._make_room(larger := pictures.Kept(bytes(50_000)))
    assert [one.problem for one in kept] == [pictures.DROPPED] * 4
    assert larger.data is not None
    app = AppTest.from_file(str(settings.REPOSITORY / "app.py"), default_timeout=PATIENCE_S)
    app.session_state["upload_picture"] = kept[0]
    app.query_params["source"] = "Upload"
    app.run()
    assert [one.value for one in app.warning] == [pictures.DROPPED]


def test_a_picture_is_read_once_for_all_clicks_on_the_page(monkeypatch):
    read, asked = ink.read, []
    monkeypatch.setattr(ink, "read", lambda *given: asked.append(1) or read(*given))
    app = uploaded(drawings.row(7, 2))
    for _ in range(3):
        app.run()
    assert len(asked) == 1


@pytest.mark.parametrize(
    "name", ["hairline.png", "thin.png", "transparent.png", "bomb.png", "empty.png", "anything.png"]
)
def test_an_odd_picture_is_read_or_refused_in_words(name, tmp_path):
    file = next(file for file in hostile.make(tmp_path, 60) if file.endswith(f" {name}"))
    app = AppTest.from_file(str(settings.REPOSITORY / "app.py"), default_timeout=30)
    app.session_state["upload_picture"] = pictures.Kept(Path(file).read_bytes())
    app.query_params["source"] = "Upload"
    app.run()
    assert not app.exception
    assert app.warning or "doubts that this is" in html(app) or "say" in html(app)


def test_the_camera_is_asked_for():
    assert "Take a photo" in html(draw(source="Camera"))


def paths(lines, brush: float = 20) -> list[dict]:
    """Strokes as the canvas lists them: along curves past each point to the middle between it and the next."""
    objects = []
    for line in lines:
        curves = [["Q", *point, *(point + after) / 2] for point, after in pairwise(np.float64(line))]
        path = [["M", *line[0]], *curves, ["L", *line[-1]]]
        objects.append({"type": "Path", "path": [[name, *map(float, at)] for name, *at in path], "strokeWidth": brush})
    return objects


def draw_small(objects: list[dict]) -> AppTest:
    """An 8 so small that its loops are filled, with what the canvas says of its strokes."""
    app = AppTest.from_file(str(settings.REPOSITORY / "app.py"), default_timeout=PATIENCE_S)
    app.session_state["drawing"] = drawings.png(drawings.canvas(8, 120, 120, size=35, brush=30))
    app.session_state["drawing_strokes"] = objects
    app.session_state["steps"] = True
    app.run()
    assert not app.exception
    return app


def test_a_small_drawing_is_read_from_its_strokes():
    page = html(draw_small(paths(drawings.strokes(8, 120, 120, size=35), brush=30)))
    assert "Both say 8" in page


@pytest.mark.parametrize(
    "objects",
    [
        [{"type": "image", "src": ""}],
        [{"type": "Path", "path": [["A", 1, 2]], "strokeWidth": 20}],
        [{"type": "Path", "path": [["M", 1]], "strokeWidth": 20}],
        [{"type": "Path", "path": [["Q", 1, 2, 3, 4]], "strokeWidth": 20}],
        [{"type": "Path", "path": [["M", 1, 2]]}],
        [{"type": "Path", "path": [], "strokeWidth": 20}],
        [{"type": "Path", "path": [["M", 1, None], ["L", 200, 200]], "strokeWidth": 20}],
        [{"type": "Path", "path": [["M", 1, 1e308], ["L", 200, -1e308]], "strokeWidth": 20}],
        [{"type": "Path", "path": [["M", 70, 50], ["L", 200, 200]], "strokeWidth": float("nan")}],
        [{"type": "Path", "path": [["M", 70, 50], ["L", 200, 200]], "strokeWidth": 1e9}],
        [*paths(drawings.strokes(8)), {"type": "rect"}],
    ],
)
def test_a_canvas_with_anything_else_on_it_is_read_from_its_pixels(objects):
    page = html(draw_small(objects))
    assert "answers" in page.replace("the answers come", "") or "doubts that this is a digit" in page


def on_canvas(digit: int) -> AppTest:
    """The page with strokes of the pen, the author's yes given."""
    app = AppTest.from_file(str(settings.REPOSITORY / "app.py"), default_timeout=PATIENCE_S)
    app.session_state["drawing"] = drawings.png(drawings.canvas(digit))
    app.session_state["drawing_strokes"] = paths(drawings.strokes(digit))
    return app.run()


def test_a_drawing_is_kept_when_its_author_says_so_and_taken_back():
    app = on_canvas(4)
    assert app.button(key="kept_right").disabled  # nothing is kept that was not asked for
    assert collection.search() == []
    app.toggle(key="keep_mine").set_value(True).run()
    assert collection.search() == []
    app.button(key="kept_right").click().run()
    (kept,) = collection.search()
    assert (kept.label, set(kept.answers)) == (4, {"dnn", "cnn"})
    assert "Kept as a 4, thank you." in texts(app.caption)
    ink.parse_strokes(json.dumps(kept.strokes).encode())
    app.button(key="kept_9").click().run()
    assert [one.label for one in collection.search()] == [9]  # the same drawing
    app.toggle(key="keep_mine").set_value(False).run()
    assert collection.search() == []


def test_an_author_is_told_that_a_drawing_waits_and_is_taken_back_later(monkeypatch):
    monkeypatch.setenv("DIGITLAB_DATABASE", "postgresql://me@127.0.0.1:1/none")
    app = on_canvas(4)
    app.toggle(key="keep_mine").set_value(True).run()
    app.button(key="kept_right").click().run()
    assert "It will be kept as soon as the database answers." in texts(app.caption)
    app.toggle(key="keep_mine").set_value(False).run()
    assert "It will be deleted as soon as the database answers." in texts(app.toast)
    ((_, waits),) = collection.journal.Journal(collection.journal.place()).first(9)
    assert waits.forget


def test_a_kept_drawing_is_read_as_the_canvas_was():
    curves = [["Q", 70, 50, 70, 95], ["Q", 70, 140, 105, 145], ["Q", 140, 150, 170, 150]]
    objects = [
        {"type": "Path", "path": [["M", 69.98, 50], *curves, ["L", 200, 150]], "strokeWidth": 12},
        {"type": "Path", "path": [["M", 150, 100], ["L", 140, 240]], "strokeWidth": 30},
    ]
    share = np.linspace(0, 1, 6)[:, None]  # as many points as `ink` takes of a curve
    ends = np.array([[69.98, 50], *([x, y] for _, _, _, x, y in curves)])
    corners = np.array([[x, y] for _, x, y, *_ in curves])
    along = (1 - share) ** 2 * ends[:-1, None] + 2 * share * (1 - share) * corners[:, None] + share**2 * ends[1:, None]
    lines = (np.concatenate([*along, [[200, 150]]]), np.array([[150.0, 100.0], [140.0, 240.0]]))
    painted = ink.read(ink.Strokes(280, 280, lines, (12.0, 30.0)))
    app = AppTest.from_file(str(settings.REPOSITORY / "app.py"), default_timeout=PATIENCE_S)
    app.session_state["drawing"], app.session_state["drawing_strokes"] = drawings.png(drawings.canvas(4)), objects
    app.run()
    app.toggle(key="keep_mine").set_value(True).run()
    app.button(key="kept_4").click().run()
    (kept,) = collection.search()
    read = ink.parse_strokes(json.dumps(kept.strokes).encode())
    assert read.brushes == (12, 30)
    assert len(kept.strokes["strokes"][0]) == 5  # the pen's reports, not the curves through them
    assert np.abs(ink.read(read).pixels - painted.pixels).max() < 0.02


def undo(app: AppTest, *reported: list[dict]) -> None:
    """Press Undo; what the canvas reports comes together with the press."""
    for objects in reported:
        picture = base64.b64encode(repr(objects).encode()).decode()
        app.session_state["canvas"] = {
            "drawing": {"raw": {"objects": objects}, "data": f"data:image/png;base64,{picture}"}
        }
    app.button(key="undo").click().run()
    assert not app.exception


def test_undo_takes_back_the_stroke_that_is_reported_together_with_it():
    app, objects = on_canvas(4), paths(drawings.strokes(4))
    assert app.session_state["drawing_strokes"] == objects
    more = [*objects, *paths([np.array([[20.0, 20.0], [40.0, 250.0]])])]
    undo(app, more)
    assert app.session_state["drawing_strokes"] == objects
    assert app.session_state["_canvas_initial"]["objects"] == objects
    undo(app)  # the canvas has not yet reported what it shows since
    assert app.session_state["drawing_strokes"] == objects[:1]
    undo(app, objects[:1])
    assert app.session_state["drawing"] is None
    undo(app)
    assert app.session_state["drawing_strokes"] == []


def test_a_presenter_may_switch_keeping_off():
    collection.set_keeping(False)
    app = on_canvas(4)
    app.toggle(key="keep_mine").set_value(True).run()
    app.button(key="kept_right").click().run()
    assert collection.search() == []
    assert "Keeping is switched off by the presenter." in texts(app.caption)


def uploaded(picture: np.ndarray | bytes, **chosen: object) -> AppTest:
    app = AppTest.from_file(str(settings.REPOSITORY / "app.py"), default_timeout=PATIENCE_S)
    app.session_state["upload_picture"] = pictures.Kept(
        picture if isinstance(picture, bytes) else drawings.png(picture)
    )
    if chosen:
        app.session_state["upload_part"] = part.Part(**chosen)
    app.query_params["source"] = "Upload"
    app.run()
    assert not app.exception
    return app


def shown(app: AppTest) -> dict:
    """What the component that shows the picture was given."""
    (component,) = (one for one in app.get("bidi_component") if one.proto.component_name.endswith("part"))
    return json.loads(component.proto.json)


def press(app: AppTest, key: str) -> None:
    app.button(key=key).click().run()
    assert not app.exception


def test_what_was_read_is_outlined_on_the_picture():
    data = shown(uploaded(np.kron(drawings.row(4, 2), np.ones((4, 4, 1), np.uint8))))
    assert data["size"] == [1120, 1120]
    assert data["picture"].startswith("data:image/jpeg;base64,")
    assert data["chosen"] is None
    assert [width > 150 and height > 200 for _, _, width, height in data["outlines"]] == [True, True]
    assert data["outlines"][0][0] < data["outlines"][1][0]


def test_only_the_chosen_part_is_read_until_it_is_taken_away():
    app = uploaded(drawings.row(4, 2), box=ink.Box(100, 80, 100, 120))
    assert "Both say 2" in html(app)
    data = shown(app)
    assert data["chosen"] == [100, 80, 100, 120]
    assert data["outlines"][0][0] > 100
    press(app, "upload_whole")
    assert "Both read 42" in html(app)
    for at, value in enumerate((5, 80, 90, 120)):
        app.number_input[at].set_value(value)
    press(app, "upload_part_read")
    assert "Both say 4" in html(app)


def test_a_part_without_ink_can_be_given_up():
    app = uploaded(drawings.canvas(6), box=ink.Box(0, 0, 30, 30))
    assert "There is no ink" in app.warning[0].value
    assert shown(app)["outlines"] == []
    press(app, "upload_whole")
    assert "Both say 6" in html(app)


def test_a_picture_on_its_side_is_offered_the_turn_that_helps():
    app = uploaded(np.rot90(drawings.canvas(4)))
    assert "It may be turned: to the right, both models would read 4." in texts(app.caption)
    assert app.button(key="upload_turn_90").label == "Turn it to the right"
    press(app, "upload_turn_90")
    assert "Both say 4" in html(app)
    assert not any("may be turned" in text for text in texts(app.caption))
    press(app, "upload_turn_180")
    assert "It may be turned: upside down, both models would read 4." in texts(app.caption)


def test_the_part_turns_with_the_picture():
    page = np.pad(drawings.canvas(7), ((0, 100), (0, 0), (0, 0)), constant_values=255)
    app = uploaded(page, box=ink.Box(60, 40, 200, 230))
    assert "Both say 7" in html(app)
    press(app, "upload_turn_90")
    assert shown(app)["chosen"] == [110, 60, 230, 200]
    press(app, "upload_turn_270")
    assert shown(app)["chosen"] == [60, 40, 200, 230]
    assert "Both say 7" in html(app)


def test_of_several_pictures_in_a_file_it_says_which_was_read():
    buffer = io.BytesIO()
    blank = Image.new("L", (280, 280), 255)
    blank.save(buffer, "TIFF", save_all=True, append_images=[Image.fromarray(drawings.canvas(7)[..., 0])])
    app = uploaded(buffer.getvalue())
    assert "Picture 2 of 2 in the file: the first with ink." in texts(app.caption)
    assert "Both say 7" in html(app)


@pytest.mark.parametrize("sent", [[1, 2, 3], ["a", 0, 1, 1], [float("nan"), 0, 1, 1], 7, [-50, -50, 1e9, 1e9]])
def test_a_browser_may_send_any_box(sent):
    state = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(part.st, "session_state", state)
        part._keep("upload", part.Part(), (280, 200), sent)
    assert state in ({}, {"upload_part": part.Part(ink.Box(0, 0, 280, 200))})
