"""What models answer and doubt, in words."""

import numpy as np
import pytest

from digitlab.collection import Fate
from digitlab.ink import Box
from digitlab.serving import Digit, Doubt, Reading, Verdict
from digitlab.wording import answers, doubts, phone
from digitlab.wording.answers import Outcome

FLAT, SEVERAL = Doubt("flat"), Doubt("several", segments=2)
UNLIKE, UNLIKE_CNN = Doubt("unlike", models=("dnn", "cnn")), Doubt("unlike", models=("cnn",))
LIKE = "like a minus sign or a line of print."
GAP = "If these are several digits, leave a gap between them."


def verdict(digit: int, doubt: Doubt | None = None, confidence: float = 0.9) -> Verdict:
    probabilities = np.full(10, (1 - confidence) / 9)
    probabilities[digit] = confidence
    return Verdict(digit, probabilities, doubt, 0.001)


def reading(dnn: Verdict, cnn: Verdict, *separate: tuple[Verdict, Verdict]) -> Reading:
    whole = {"dnn": dnn, "cnn": cnn}
    each = [{"dnn": one, "cnn": other} for one, other in separate] or [whole]
    return Reading(whole, tuple(Digit(Box(0, 0, 1, 1), verdicts) for verdicts in each))


@pytest.mark.parametrize(
    ("doubt", "words", "below"),
    [
        (FLAT, f"it lies flat, {LIKE}", f"It lies flat, {LIKE}"),
        (SEVERAL, "there are 2 separate ones.", "There are 2 separate ones."),
        (UNLIKE, "it is unlike any digit the models know.", "It is unlike any digit the models know."),
        (UNLIKE_CNN, "it is unlike any digit the CNN knows.", "It is unlike any digit the CNN knows."),
    ],
)  # fmt: skip
def test_a_doubt_says_why_and_what_helps(doubt, words, below):
    assert doubts.reason(doubt) == f"This does not look like one digit: {words}"
    assert doubts.reason_below_headline(doubt) == below
    if doubt.kind == "unlike":  # a gap helps only what is as wide as several digits
        assert doubts.reason(doubt, is_wide=True).endswith(f" {GAP}")
        assert doubts.reason_below_headline(doubt, is_wide=True) == f"{below} {GAP}"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (reading(verdict(4), verdict(4)), Outcome("✓", "Both say 4", "")),
        (reading(verdict(4), verdict(9)), Outcome("≠", "They disagree", "DNN says 4, CNN says 9")),
        (
            reading(verdict(4), verdict(9, UNLIKE_CNN)),
            Outcome("≠", "4? CNN doubts it", "It is unlike any digit the CNN knows."),
        ),
        (
            reading(verdict(4, FLAT), verdict(9, FLAT)),
            Outcome(
                "✗", "This does not look like one digit", "It lies flat, like a minus sign or a line of print."
            ),
        ),
        (
            reading(verdict(4, SEVERAL), verdict(4, SEVERAL), (verdict(4), verdict(4)), (verdict(2), verdict(2))),
            Outcome("✓", "Both read 42", "2 separate digits, one by one"),
        ),
        (
            reading(verdict(4, SEVERAL), verdict(4, SEVERAL), (verdict(4), verdict(9)), (verdict(2), verdict(2))),
            Outcome("≠", "They disagree", "DNN reads 42, CNN reads 92. 2 separate digits, one by one"),
        ),
        (
            reading(verdict(4, SEVERAL), verdict(4, SEVERAL), (verdict(4, FLAT),) * 2, (verdict(2), verdict(2))),
            Outcome(
                "✗", "Both read 4?2",
                f"2 separate digits, one by one. This does not look like one digit: it lies flat, {LIKE}",
            ),
        ),
    ],
)  # fmt: skip
def test_the_outcome_of_two_models(found, expected):
    assert answers.outcome(found, ["dnn", "cnn"]) == expected


def test_the_outcome_of_one_model():
    assert answers.outcome(reading(verdict(4), verdict(9)), ["cnn"]).headline == "CNN says 9"
    both = (verdict(4), verdict(9))
    assert answers.outcome(reading(*both, both, both), ["cnn"]).headline == "CNN reads 99"
    assert answers.outcome(reading(*both), ["cnn", "cnn"]).headline == "Both say 9"


def test_no_confidence_beside_a_doubted_digit():
    assert answers.card("dnn", verdict(4, confidence=0.973)).beside == "97.3%"
    assert answers.card("dnn", verdict(4, UNLIKE)).beside == "if it were a digit: 4"
    assert answers.in_full(4, 0.9999, is_digit=True) == "4 (> 99.9%)"
    assert answers.in_full(4, 0.9999, is_digit=False) == "4? (doubted)"
    close = Verdict(4, np.array([0, 0, 0, 0, 0.8, 0, 0, 0, 0, 0.2]), None, 0.0)
    assert answers.card("dnn", close).runner_up == "or 9: 20.0%"
    assert answers.card("dnn", Verdict(4, close.probabilities, UNLIKE, 0.0)).runner_up == "or 9"
    assert answers.card("dnn", verdict(4)).runner_up == ""


@pytest.mark.parametrize(
    ("dnn", "cnn", "label", "words"),
    [
        (verdict(4), verdict(4), 4, "Both were right."),
        (verdict(4), verdict(9), 9, "CNN was right."),
        (verdict(4), verdict(9, UNLIKE_CNN), 9, "CNN was right."),
        (verdict(4), verdict(9), 7, "You fooled both!"),
    ],
)
def test_a_phone_is_told_who_was_right(dnn, cnn, label, words):
    assert phone.who_was_right(reading(dnn, cnn), label) == words


def test_a_phone_is_told_that_its_drawing_is_kept():
    found = reading(verdict(4), verdict(4))
    assert phone.answer(found, None) == phone.answer(found, Fate.OFF) == "Both say 4."
    assert phone.answer(found, Fate.KEPT) == "Both say 4. Kept."
    assert phone.answer(found, Fate.WAITS) == "Both say 4. It will be kept as soon as the database answers."
