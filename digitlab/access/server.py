"""Starts the app's server: Streamlit with app.py, wherever that is, and the `.streamlit/config.toml` beside it."""

from __future__ import annotations

import os
import subprocess
import sys

from digitlab import settings
from digitlab.access import network
from digitlab.errors import PortTaken
from digitlab.language import N_


def run(address: str, port: int) -> int:
    """Serve until interrupted; return the server's exit status.

    Args:
        address: the address to listen on: one of this machine's, or 0.0.0.0 or :: for all of them.
        port: the port to listen on.

    Raises:
        PortTaken: something already listens there, or nothing can.
    """
    refuse_taken(address, port)
    return serve(address, port)


def refuse_taken(address: str, port: int) -> None:
    """Refuse at once a port that is taken; Streamlit would do so only after seconds.

    Raises:
        PortTaken: see `run`.
    """
    if not network.is_free(address, port):
        raise PortTaken(
            N_(
                "Nothing can listen on port {port} of {address}: it is taken, perhaps by another digitlab, "
                "or not this machine's. Stop what listens there, or choose another port with --port."
            ),
            port=port,
            address=address,
        )


def serve(address: str, port: int, *options: str, **environment: str) -> int:
    """Start Streamlit and return its exit status.

    Where the operating system allows it, Streamlit replaces this process, so that stopping the process stops the
    server.

    Args:
        address, port: as for `run`.
        options: further options of `streamlit run`.
        environment: environment variables to add.
    """
    # If it listens everywhere, Streamlit would ask a server on the internet for the address that others see.
    shown = (network.own_address() or "127.0.0.1") if address in network.ALL else address
    command = [
        sys.executable, "-m", "streamlit", "run", str(settings.APP / "app.py"), "--server.address", address,
        "--server.port", str(port), "--browser.serverAddress", shown, *options,
    ]  # fmt: skip
    variables = {**os.environ, **environment}
    if os.name != "posix":
        return subprocess.run(command, cwd=settings.WORK_IN, env=variables, check=False).returncode
    sys.stdout.flush()
    os.chdir(settings.WORK_IN or ".")
    os.execve(command[0], command, variables)
