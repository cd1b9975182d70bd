"""Access: who may do what when others can reach the server.

Lives here: the gate before Streamlit, what is known of a visitor, the presenter's password, the rule and its log, the
server's start, the address for the audience and its QR code. No Streamlit: `ui/presenter.py` tells this room who asks.
Door: `Guard` with `require` and `unlock`, `Visitor`, `run`, `present`; the modules `invitation`, `network` and
`password`; and `gate` and `unlocking`, which only the server imports, since commands need no Starlette.
May import: settings and errors.
"""

from digitlab.access import invitation, network, password
from digitlab.access.guard import Guard
from digitlab.access.present import PLAY, present
from digitlab.access.server import run
from digitlab.access.visitor import Visitor

__all__ = [
    "PLAY",
    "Guard",
    "Visitor",
    "invitation",
    "network",
    "password",
    "present",
    "run",
]
