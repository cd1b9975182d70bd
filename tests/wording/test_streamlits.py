"""Streamlit's own words: each that is translated is one that this version of Streamlit says."""

from pathlib import Path

import pytest
import streamlit

from digitlab import language
from digitlab.wording import streamlits

SCRIPTS = [
    file.read_text(encoding="utf-8") for file in (Path(streamlit.__file__).parent / "static/static/js").glob("*.js")
]


@pytest.mark.parametrize("phrase", streamlits.PHRASES)
def test_streamlit_says_it(phrase):
    parts = [part for part in phrase.split("{it}") if part]
    assert any(all(part in script for part in parts) for script in SCRIPTS)


def test_pages_in_english_are_left_alone_and_others_translated():
    assert streamlits.phrases()["Clear all"] == "Clear all"
    with language.speaking("de"):
        assert streamlits.phrases()["Remove {it}"] == "{it} entfernen"
