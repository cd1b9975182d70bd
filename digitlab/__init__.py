"""digitlab: draw a digit; a DNN and a CNN read it side by side.

The rooms, each with an `__init__.py` that names its door and what it may import:
    access      who may do what, and the audience's address
    collection  kept drawings of the room, with their labels
    database    SQLite or PostgreSQL: tables, sessions and locks
    ink         turns a drawing or a picture into MNIST's 28 x 28
    data        the digits to train on and to look at
    networks    what can be trained, and how
    serving     runs the stored models
    analysis    what can be learned from models' answers
    explain     why a model answers as it does
    jobs        one training, seen from outside its process
    sweeps      many trainings of one network, and what was learned from them
    audience    what people in the room draw on their phones, and the wall
    monitoring  health and metrics of one server, for a balancer and Prometheus
    doctor      whether everything that a live demo needs is there
    charts      turns numbers into figures and files
    training    the room that uses TensorFlow: trains and exports networks
    ui          the room that uses Streamlit: the parts of pages

What every room may use:
    errors      the exception tree
    files       writing files that others may be reading
    folders     where this account may keep files
    settings    paths and limits from the environment

    __main__    the command line

docs/architecture.md says who may import whom; `make check` enforces it.
"""

__version__ = "0.2.0"  # also in each model's run.json
