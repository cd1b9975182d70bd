"""What a training stores in English is recognised, so that it can be read in other languages."""

import re

import pytest

from digitlab import language
from digitlab.settings import PACKAGE
from digitlab.wording import stored

WRITTEN = "\n".join(
    re.sub(r'"\s*\n\s*f?"', "", file.read_text(encoding="utf-8"))  # strings over several lines
    for room in ("training", "jobs")
    for file in (PACKAGE / room).rglob("*.py")
)


@pytest.fixture
def shouted(monkeypatch):
    """A language in capital letters."""

    class Loud:
        @staticmethod
        def gettext(sentence):
            return "".join(part if part.startswith("{") else part.upper() for part in re.split(r"(\{\w+\})", sentence))

    monkeypatch.setattr(language, "_catalogue", lambda _: Loud)
    with language.speaking("de"):
        yield


@pytest.mark.parametrize("sentence", stored.SENTENCES)
def test_every_sentence_is_one_that_trainings_write(sentence):
    # Phases are written with a full stop that is added.
    fixed = [part for part in re.split(r"\{\w+\}|(?=;)", sentence) if len(part) > 3]
    assert all(part in WRITTEN or part.rstrip(".") in WRITTEN for part in fixed), fixed


@pytest.mark.parametrize(("text", "wanted"), [
    ("Stopped early after 7 of 20 epochs: validation loss got no better. It waits as a challenger beside the model in "
     "service.",
     "STOPPED EARLY AFTER 7 OF 20 EPOCHS: VALIDATION LOSS GOT NO BETTER. IT WAITS AS A CHALLENGER BESIDE THE MODEL IN "
     "SERVICE."),
    ("The loss became NaN in epoch 3, so training ended there: learning_rate 0.5 is too large. Try 0.05.",
     "THE LOSS BECAME NAN IN EPOCH 3, SO TRAINING ENDED THERE: LEARNING_RATE 0,5 IS TOO LARGE. TRY 0,05."),
    ("3 of 30 trials; lowest validation loss 0.0312, trial 2",
     "3 OF 30 TRIALS; LOWEST VALIDATION LOSS 0,0312, TRIAL 2"),
    ("No space left on device. Nothing was replaced.", "No space left on device. NOTHING WAS REPLACED."),
    ("something else", "something else"),
])  # fmt: skip
def test_known_sentences_are_translated_and_others_stay(text, wanted, shouted):
    assert stored.translated(text) == wanted
    with language.speaking("en"):
        assert stored.translated(text) == text
