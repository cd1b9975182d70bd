"""A Chromium for the browser tests: `python -m tests.browser.chromium` finds one or installs one.

Exit status 0 where one is found or the browser tests can be skipped, 1 where there is none and CI=true.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

# Chromium without a window of its own is the same engine, and takes half the time.
SHELL = "chromium-headless-shell"
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
ARGUMENTS = ["--no-sandbox"]  # containers have no user namespaces


def find() -> str | None:
    """Path of a Chromium on this machine: `DIGITLAB_CHROMIUM`, one on the PATH, or Playwright's own."""
    candidates = [os.environ.get("DIGITLAB_CHROMIUM"), *(shutil.which(name) for name in NAMES)]
    for candidate in candidates:
        if candidate and _runs(candidate):
            return candidate
    return next((own for own in _playwrights() if _runs(own)), None)


def _runs(candidate: str) -> bool:
    """Whether this is a browser that starts: some systems ship a stub by its name, or lack its libraries."""
    try:
        done = subprocess.run([candidate, "--version"], capture_output=True, check=False, timeout=30)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0


def _playwrights() -> list[str]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        whole = playwright.chromium.executable_path
    # The other build's folder lies beside this one's, with the same number: chromium_headless_shell-1255.
    folder = next((part for part in Path(whole).parents if part.name.startswith("chromium-")), None)
    shells = folder.parent.glob(f"{folder.name.replace('-', '_headless_shell-')}/*/*headless*shell*") if folder else []
    return [*map(str, sorted(shells)), whole]


def end() -> None:
    """End each Chromium that Playwright has started in this process: what waits for one then fails, and says where."""
    import psutil

    for child in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.Error):
            command = child.cmdline()
            if "--remote-debugging-pipe" in command and not any(part.startswith("--type=") for part in command):
                child.kill()


def install() -> None:
    """Playwright's own build, or the distribution's where only that can be reached and we may install it."""
    print("No Chromium here: installing one for the browser tests ...", flush=True)
    commands = [[sys.executable, "-m", "playwright", "install", "--only-shell", "chromium"]]
    if shutil.which("apt-get") and hasattr(os, "geteuid") and os.geteuid() == 0:
        install = ["apt-get", "install", "-y", "-qq"]
        commands += [["apt-get", "update", "-qq"], [*install, SHELL], [*install, "chromium"]]
    for command in commands:
        subprocess.run(command, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=600)
        if find():
            return


def main() -> int:
    if find() is None:
        install()
    found = find()
    if found:
        print(f"Browser tests use {found}")
        return 0
    print("There is no Chromium here and none could be installed: the browser tests are skipped.")
    print("To run them, install Chromium or point DIGITLAB_CHROMIUM at one.")
    return 1 if os.environ.get("CI") == "true" else 0


if __name__ == "__main__":
    sys.exit(main())
