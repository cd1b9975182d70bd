"""Finding a browser: only one that starts counts; one that hangs is ended, and the next test has another."""

import re
import threading
from pathlib import Path

import pytest

from tests.browser import chromium, conftest


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "chromium"
    path.write_text("#!/bin/sh\necho 'install me from the store'\nexit 1\n")
    path.chmod(0o755)
    monkeypatch.delenv("DIGITLAB_CHROMIUM", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(chromium, "_playwrights", lambda: [str(tmp_path / "none")])
    return path


def test_stub_is_no_browser(stub):
    assert chromium.find() is None


def test_without_a_browser_only_ci_fails(stub, monkeypatch, capsys):
    monkeypatch.setattr(chromium, "install", lambda: None)
    monkeypatch.setenv("CI", "")
    assert chromium.main() == 0
    assert "browser tests are skipped" in capsys.readouterr().out
    monkeypatch.setenv("CI", "true")
    assert chromium.main() == 1


def test_browser_that_starts_is_found(stub):
    stub.write_text("#!/bin/sh\necho Chromium 1\n")
    assert chromium.find() == str(stub)


@pytest.mark.browser
def test_a_browser_that_hangs_is_ended_and_the_next_test_has_another(living):
    page = living().new_page()
    threading.Timer(0.5, chromium.end).start()
    with pytest.raises(Exception, match=re.compile("closed", re.I)) as failed:
        page.evaluate("() => new Promise(() => {})")
    assert any(name in failed.exconly() for name in conftest.DEAD)
    page.context.close()
    assert living().new_page().evaluate("1 + 1") == 2
