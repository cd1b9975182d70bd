"""pen.js, which draws on the Draw page and on phones, in a real Chromium."""

import pytest

from digitlab import ink

pytest.importorskip("playwright.sync_api")

pytestmark = pytest.mark.browser


def run(page, script: str) -> object:
    """What a script makes of `Pen` and `thin`."""
    source = ink.PEN.read_text(encoding="utf-8")
    return page.evaluate(
        "async ([source, script]) => { const { Pen, thin } = await import('data:text/javascript,' + "
        "encodeURIComponent(source)); return new Function('Pen', 'thin', script)(Pen, thin); }",
        [source, script],
    )


EVENT = "const event = (pointerId, clientX, clientY) => ({ pointerId, clientX, clientY });"


def test_points_are_counted_in_px_of_the_canvas_and_become_the_json_that_ink_reads(page):
    drawn = run(
        page,
        EVENT
        + """
        const pen = new Pen(280), box = { x: 10, y: 20, width: 140, height: 140 };
        pen.down(event(7, 80, 90), box, 20);
        const other = pen.move(event(8, 0, 0)) || pen.up(event(8, 0, 0));
        pen.move(event(7, 80.111, 125));
        const during = [pen.isDown, pen.finished];
        pen.up(event(7, 0, 0));
        pen.down(event(9, 20, 20), box, 6);
        pen.up(event(9, 0, 0));
        return { json: pen.json(), other, during, after: [pen.isDown, pen.finished] };
        """,
    )
    assert drawn["json"] == {
        "width": 280, "height": 280, "brush": [20, 6], "strokes": [[[140, 140], [140.22, 210]], [[20, 0]]],
    }  # fmt: skip
    assert not drawn["other"]
    assert (drawn["during"], drawn["after"]) == ([True, 0], [False, 2])
    strokes = ink.strokes_from_json(drawn["json"])
    assert strokes.brushes == (20, 6)
    assert strokes.lines[0].tolist() == [[140, 140], [140.22, 210]]


@pytest.mark.parametrize(
    ("points", "px", "kept"),
    [
        ([[0, 0], [0, 0.1]], 1, [[0, 0], [0, 0.1]]),
        ([[0, 0], [5, 0], [9, 0]], 1, [[0, 0], [9, 0]]),  # the last but one
        ([[0, 0], [0.5, 0], [1.5, 0], [2, 0], [3, 0], [4, 0]], 1, [[0, 0], [1.5, 0], [4, 0]]),
        ([[0, 0], [0.5, 0], [1.5, 0], [4, 0]], 0, [[0, 0], [0.5, 0], [1.5, 0], [4, 0]]),
    ],
)
def test_strokes_are_thinned_as_the_canvas_thins_them(page, points, px, kept):
    assert run(page, f"return thin({points}, {px});") == kept


def test_what_is_painted_is_what_ink_sees(page):
    painted = run(
        page,
        EVENT
        + """
        const paper = Object.assign(document.createElement("canvas"), { width: 280, height: 280 });
        const context = paper.getContext("2d"), pen = new Pen(280), box = { x: 0, y: 0, width: 280, height: 280 };
        pen.down(event(1, 60, 60), box, 20);
        for (const [x, y] of [[120, 60], [180, 70], [220, 120], [220, 180], [160, 220]]) pen.move(event(1, x, y));
        pen.paint(context);
        const { data } = context.getImageData(0, 0, 280, 280);
        return { json: pen.json(), ink: Array.from({ length: 280 * 280 }, (_, at) => data[4 * at + 3] / 255) };
        """,
    )
    seen = ink.as_drawn(ink.strokes_from_json(painted["json"])).ravel()
    wrong = sum(abs(float(one) - other) > 0.5 for one, other in zip(seen, painted["ink"], strict=True))
    assert wrong < 0.02 * sum(painted["ink"])
