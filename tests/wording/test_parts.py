import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from digitlab.wording.parts import inert
from tests.damage import LURE


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("The model cnn-32-64 lacks its file model.keras.", None),
        ("Try `python -m digitlab train cnn`: it takes 3 s.", None),
        ("learning_rate 0.1 is too large, got 1e-3!", None),
        ("*a* _b_ <b> $x$ a|b", r"\*a\* \_b\_ \<b\> \$x\$ a\|b"),
        ("# no heading", r"\# no heading"),
        ("1. no list", r"1\. no list"),
        ("two\n\nlines", "two lines"),
        (":red[x]", r"\:red\[x\]"),
    ],
)
def test_texts_are_shown_as_they_are(text, shown):
    assert inert(text) == (shown or text)


@example("`\\\\```[x]`")
@given(
    st.lists(st.sampled_from(["`", "``", "!", "[x]", "(http://e.test)", "\\", "<img>", "\n", "a", LURE])).map("".join)
)
def test_nothing_becomes_a_picture_a_link_or_html(text):
    outside = re.sub(r"\\[\\`]|(`+)(?!`).+?(?<!`)\1(?!`)", "", inert(text))  # without escapes and code
    assert not re.search(r"(?<!\\)[\[\]<>]|http:/|https:/", outside)
