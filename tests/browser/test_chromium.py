"""Finding a browser: only one that starts counts."""

from pathlib import Path

import pytest

from tests.browser import chromium


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
