"""digitlab: draw a digit; a DNN and a CNN read it side by side.

The rooms, each with a door in its `__init__.py` that says what may come in:
    access      who may do what, and the way into the room
    collection  what the room drew and allowed to be kept
    ink         a drawing or a picture to MNIST's 28 x 28
    data        which digits there are
    networks    what can be trained, and how
    serving     stored models answer
    analysis    what stored answers tell
    jobs        one training, seen from outside its process
    audience    what a room draws on its phones, and the wall
    monitoring  health and metrics of one server, for a balancer and Prometheus
    doctor      whether everything a live demo needs is there
    charts      numbers to figures and files
    training    TensorFlow's room: networks are trained and exported
    ui          Streamlit's room: what pages are made of

What every room may use:
    errors      the exception tree
    files       writing what others may be reading
    settings    paths and limits from the environment

    __main__    the command line

docs/architecture.md says who may import whom; `make check` enforces it.
"""
