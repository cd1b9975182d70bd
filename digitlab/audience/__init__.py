"""Audience: what a room draws on its phones, read at once and hung on the wall.

Lives here: the audience's page, one file of HTML and two requests, and the wall, the latest drawings: in memory, or in
PostgreSQL for several servers.
No Streamlit: two hundred phones would be two hundred of its sessions.
Door: `routes` for the server, `taking` for other routes that take JSON, `wall` for the page that shows it.
May import: monitoring, serving, collection, database, ink and errors.
"""

from digitlab.audience.chosen import wall
from digitlab.audience.routes import answers, routes, taking
from digitlab.audience.wall import SHOWN, Entry, Wall

__all__ = ["SHOWN", "Entry", "Wall", "answers", "routes", "taking", "wall"]
