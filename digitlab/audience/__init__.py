"""Audience: reads what people in a room draw on their phones, and hangs it on the wall.

Lives here: the audience's page, which is one file of HTML and makes two kinds of requests, the turns in which questions
are answered, and the wall with the latest drawings, in memory or, for several servers, in PostgreSQL.
No Streamlit: two hundred phones would need two hundred of its sessions.
Door: `routes` for the server, `taking` for other routes that take JSON, `wall` for the page that shows it.
May import: wording, monitoring, serving, models, access, collection, database, ink, pixels and errors.
"""

from digitlab.audience.chosen import wall
from digitlab.audience.questions import taking
from digitlab.audience.routes import answers, routes
from digitlab.audience.wall import SHOWN, Entry, Sight, Wall

__all__ = ["SHOWN", "Entry", "Sight", "Wall", "answers", "routes", "taking", "wall"]
