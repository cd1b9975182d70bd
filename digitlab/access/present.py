"""`python -m digitlab present`: the app on the local network, with a password, an address and its QR code."""

from __future__ import annotations

from digitlab import settings
from digitlab.access import invitation, network, password, server

PLAY = "/play"  # the path of the page on which the audience draws


def present(port: int) -> int:
    """Serve on the local network until interrupted; return the server's exit status.

    Args:
        port: the port to listen on.

    Raises:
        PortTaken: as `server.run`.
    """
    server.refuse_taken(network.EVERYWHERE, port)
    secret = settings.load().password
    own = secret or password.make()
    host = network.own_address()
    url = f"http://{host or '127.0.0.1'}:{port}"
    print(_welcome(url, None if secret else own, alone=host is None), flush=True)
    return server.serve(
        network.EVERYWHERE, port, "--server.headless", "true", DIGITLAB_PASSWORD=own, DIGITLAB_ROOM_URL=url
    )


def _welcome(url: str, made: str | None, *, alone: bool) -> str:
    """What the presenter reads in the terminal; it shows the password only if that was made for this run."""
    lines = [
        invitation.text(url + PLAY),
        f"The audience draws on   {url}{PLAY}",
        f"You present on          {url}/lecture",
    ]
    if made:
        lines.append(f"Presenter's password    {made}   (made for this run; DIGITLAB_PASSWORD sets your own)")
    else:
        lines.append("Presenter's password    the one in DIGITLAB_PASSWORD")
    if alone:
        lines.append("This machine is not on a network: nobody else can reach it. Connect it and start again.")
    return "\n".join(lines)
