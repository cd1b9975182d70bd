"""Audience: reads what people in a room draw on their phones, and hangs it on the wall.

Lives here: the audience's page, which is served as one file, what it asks and what it is told without asking (`news`),
the turns in which questions are answered, the wall with the latest drawings, and the rounds; both are in memory or, for
several servers, in PostgreSQL.
No Streamlit: two hundred phones would need two hundred of its sessions.
Door: `routes` for the server, `taking` for other routes that take JSON, `wall` and `board` for views,
the `Event`s and `PHASES` of rounds, `phones` for how many are connected.
May import: wording, monitoring, serving, models, access, collection, database, ink, pixels and errors.
"""

from digitlab.audience.board import board
from digitlab.audience.chosen import wall
from digitlab.audience.news import phones
from digitlab.audience.questions import taking
from digitlab.audience.rounds import PHASES, Drawing, Event, Round, State, digits_said
from digitlab.audience.routes import answers, routes
from digitlab.audience.wall import SHOWN, Entry, Sight, Wall

__all__ = [
    "PHASES",
    "SHOWN",
    "Drawing",
    "Entry",
    "Event",
    "Round",
    "Sight",
    "State",
    "Wall",
    "answers",
    "board",
    "digits_said",
    "phones",
    "routes",
    "taking",
    "wall",
]
