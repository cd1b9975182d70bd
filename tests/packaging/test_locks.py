"""The lock files at the top of the repository: all that is installed, each in one version, each file by its hash."""

import re
import shlex
import subprocess

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from digitlab.settings import REPOSITORY

LOCKS = {
    "requirements.txt": ("app", "train"),
    "requirements-cluster.txt": ("app", "cluster"),
    "requirements-dev.txt": ("app", "train", "cluster", "dev"),
    "requirements-audit.txt": ("audit",),
}


def direct(part: str) -> list[Requirement]:
    lines = (REPOSITORY / "requirements" / f"{part}.txt").read_text(encoding="utf-8").splitlines()
    return [Requirement(line.split("  #")[0]) for line in lines if not line.startswith("#")]


def entries(lock: str) -> dict[tuple[str, str], list[str]]:
    """By name and version, the hashes of the files."""
    text = re.sub(r"^ *#.*\n", "", (REPOSITORY / lock).read_text(encoding="utf-8"), flags=re.MULTILINE)
    found = {}
    for entry in text.replace("\\\n", " ").splitlines():
        said, *hashes = re.split(r"\s+--hash=", entry.strip())
        found[pinned(Requirement(said))] = hashes
    return found


def pinned(one: Requirement) -> tuple[str, str]:
    (version,) = one.specifier
    assert (version.operator, one.url) == ("==", None)
    return canonicalize_name(one.name), version.version


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_holds_what_is_asked_for(lock):
    asked = {pinned(one) for part in LOCKS[lock] for one in direct(part)}
    assert asked <= entries(lock).keys(), "run `make lock`"


@pytest.mark.parametrize("lock", LOCKS)
def test_every_entry_has_hashes_and_comes_from_nowhere_in_particular(lock):
    for hashes in entries(lock).values():
        assert hashes
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", each) for each in hashes)
    assert "://" not in (REPOSITORY / lock).read_text(encoding="utf-8")


@pytest.mark.parametrize("lock", ["requirements.txt", "requirements-cluster.txt"])
def test_developers_test_what_others_run(lock):
    assert entries(lock).items() <= entries("requirements-dev.txt").items()


def test_running_and_training_need_no_cluster():
    names = {name for name, _ in entries("requirements.txt")}
    assert not names & {"dask", "distributed", "s3fs", "aiobotocore", "pytest", "uv"}


def test_the_makefile_takes_pip_and_uv_with_their_hashes_from_the_lock():
    makefile = (REPOSITORY / "Makefile").read_text(encoding="utf-8")
    command = re.search(r"sed -n .+? requirements-dev.txt", makefile)[0].replace("$$", "$")
    taken = subprocess.run(shlex.split(command), cwd=REPOSITORY, capture_output=True, text=True, check=True).stdout
    locked = {name: hashes for (name, _), hashes in entries("requirements-dev.txt").items()}
    assert re.findall(r"^(\S+)==", taken, re.MULTILINE) == ["pip", "uv"]
    assert re.findall(r"--hash=(\S+)", taken) == locked["pip"] + locked["uv"]
