"""The glossary: complete, found in texts by one rule, and no word explained by another that it lacks."""

import re

import pytest

from digitlab import settings
from digitlab.wording import glossary

TERMS = glossary.terms()
# What nobody may use on a page without saying what it means.
JARGON = (
    "DNN", "CNN", "epoch", "loss", "nats", "hidden layer", "embedding", "embedding map", "t-SNE", "margin",
    "macro average", "McNemar", "pruned", "challenger", ".tflite", "batch", "learning rate", "momentum", "dropout",
    "parameters", "weights", "activation", "units", "feature maps", "filters", "convolutions", "attribution",
    "counterfactual", "confidence", "calibration", "temperature", "precision", "recall", "F1", "confusion matrix",
    "contested label", "doubts", "recipe", "sweep", "study", "trial", "preset", "seed", "augmentation",
    "early stopping", "teacher", "distillation", "PNG", "overfitting", "validation digits", "softmax", "fANOVA",
)  # fmt: skip


def found(text: str, page: str = "draw") -> list[str]:
    return glossary.occurring(text, glossary.on_page(page))


@pytest.mark.parametrize("word", JARGON)
def test_words_of_the_field_are_in_the_glossary(word):
    assert len(glossary.occurring(f"({word}).", TERMS)) == 1


def test_every_term_is_one_of_its_own_with_a_meaning_of_one_or_two_sentences():
    ids, forms = ([*each] for each in zip(*((term.id, term.forms) for term in TERMS), strict=True))
    assert len(set(ids)) == len(ids)
    flat = [form.lower() for some in forms for form in some]
    assert len(set(flat)) == len(flat), "a form means one thing, or nobody can be told which"
    titles = glossary.page_titles()
    for term in TERMS:
        assert re.fullmatch("[a-z0-9-]+", term.id)
        assert term.meaning.endswith((".", ")."))
        assert len(re.findall(r"[.?!](?= [A-Z]|$)", term.meaning)) <= 3, term.id
        assert len(term.meaning) < 260, term.id
        assert term.pages, term.id
        assert set(term.pages) <= set(titles)


def test_forms_are_found_as_whole_words():
    assert found("A DNN and CNNs read epochs of losses in nats.") == ["dnn", "cnn", "epoch", "loss", "nats"]
    assert found("dnn-100, cnn-32-64, glossary, nationality, my_loss, lossy") == []
    assert found("validation losses") == ["validation-digits", "loss"]
    assert found("Test digits, by t-SNE; the .tflite file (F1).") == ["test-digits", "t-sne", "tflite", "f1"]
    assert found("Verluste über die Größe der Épochs und Lossés") == []


def test_a_word_with_two_meanings_is_explained_where_it_has_the_one():
    assert found("3 × 3 filters", "draw") == ["filter"]
    assert found("Filters", "mistakes") == []


def test_the_pattern_is_read_alike_by_javascript():
    """It has only what both know; `tests/browser/test_accessible.py` compares what both find on every page."""
    plain = re.sub(r"\(\?<!\[[^]]*\]\)|\(\?!\[[^]]*\]\)|\(\?:", "", glossary.pattern(TERMS))
    assert re.sub(r"\\[.^$*+?()\[\]{}|\\/]", "", plain).count("(") == 0
    assert "(?P" not in plain


def test_they_stand_in_alphabetical_order_whatever_sign_they_begin_with():
    names = [term.name for term in TERMS]
    assert names.index("temperature") < names.index(".tflite") < names.index("trial") < names.index("t-SNE")
    letters = [glossary.letter(term) for term in TERMS]
    assert letters == sorted(letters)
    assert letters[0] == "0–9"


def test_developers_and_readers_call_things_by_the_same_words():
    """What both glossaries list, means the same in both: the shorter list's words stand in the longer one's rows."""
    rows = dict(re.findall(r"^\| ([^|]+) \| ([^|]+) \|$", (settings.REPOSITORY / "docs/glossary.md").read_text(), re.M))
    meanings = {term.name: term.meaning for term in TERMS}
    shared = set(rows) & set(meanings)
    assert {"challenger", "recipe", "embedding", "activation", "unit", "doubt", "embedding map"} <= shared
    for same in (("challenger", "waits"), ("recipe", "hyperparameters"), ("embedding", "last hidden layer")):
        assert same[1] in rows[same[0]]
        assert same[1] in meanings[same[0]]
