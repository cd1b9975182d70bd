"""The Learn page, and the lesson beside every page, without a browser."""

from streamlit.runtime.state.query_params import process_query_params
from streamlit.testing.v1 import AppTest

from digitlab.settings import REPOSITORY
from digitlab.ui.learn import lesson, library, walk
from tests import drawings
from tests.pages.test_draw import html


def open_app(**state) -> AppTest:
    app = AppTest.from_file(str(REPOSITORY / "app.py"), default_timeout=180)
    for key, value in state.items():
        app.session_state[key] = value
    return app


def test_the_list_opens_a_lesson_which_accompanies_the_reader():
    app = AppTest.from_file(str(REPOSITORY / "pages/learn/learn.py"), default_timeout=180).run()
    assert not app.exception
    assert html(app).count('class="lesson-card"') == len(library.SHIPPED)
    app.button(key="start_see").click().run()
    opened = app.session_state["_lesson"]
    assert (opened.lesson.name, opened.at) == ("see", 0)

    app = open_app(_lesson=walk.Walk(opened.lesson, 0)).run()
    assert not app.exception
    assert "Step 1 of 7" in html(app)
    assert 'class="lesson-noticed"' not in html(app)
    app.session_state["drawing"] = drawings.png(drawings.canvas(3))
    app.run()
    assert 'class="lesson-noticed"' in html(app)
    assert any("sure that it is a 3" in element.value for element in app.markdown)
    app.button(key="lesson_next").click().run()
    assert app.session_state["_lesson"].at == 1
    app.button(key="lesson_close").click().run()
    assert 'class="lesson-step"' not in html(app)
    assert "max-age=0" in html(app)


def test_without_a_lesson_nothing_of_it_is_there():
    app = open_app().run()
    assert not app.exception
    assert 'class="lesson' not in html(app)
    assert not [button for button in app.button if button.key.startswith("lesson")]


def test_a_link_opens_a_lesson_or_says_that_there_is_none():
    page = str(REPOSITORY / "pages/learn/learn.py")
    app = AppTest.from_file(page, default_timeout=180)
    app.query_params["lesson"] = "sure"
    app.run()
    assert app.session_state["_lesson"].lesson.name == "sure"
    app = AppTest.from_file(page, default_timeout=180)
    app.query_params["lesson"] = "<b>x"
    app.run()
    assert "There is no lesson called" in app.warning[0].value
    app = AppTest.from_file(page, default_timeout=180)
    app.query_params["carried"] = "nonsense"
    app.run()
    assert "cannot be read" in app.error[0].value


def test_a_lesson_that_was_closed_opens_when_its_file_is_dropped_again():
    app = AppTest.from_file(str(REPOSITORY / "pages/learn/learn.py"), default_timeout=180)
    for _ in range(2):
        app.session_state["_own_lesson"] = b"---\ntitle: Own\nminutes: 3\nabout: x\n---\n## A\ntext\n"
        app.run()
        assert app.session_state["_lesson"].lesson.title == "Own"
        app.session_state["_lesson"] = None


def test_the_link_of_a_step_names_each_value_of_a_list(monkeypatch):
    def page() -> None:
        from digitlab.ui.learn import panel

        panel.show()

    asked = []
    monkeypatch.setattr("streamlit.page_link", lambda *_, query_params, **__: asked.append(query_params))
    head = "---\ntitle: Own\nminutes: 3\nabout: x\n---\n## A\n"
    own = lesson.parse(f"{head}page: embedding-map?only=4&only=9\ntext\n", "own")
    app = AppTest.from_function(page, default_timeout=180)
    app.session_state["_lesson"] = walk.Walk(own, 0)
    app.run()
    assert process_query_params(asked[0]) == "only=4&only=9"
