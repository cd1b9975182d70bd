"""digitlab: draw a digit; a DNN and a CNN read it side by side.

The core, which knows no screen and no TensorFlow:
    errors      the exception tree
    settings    paths and limits from the environment
    mnist       MNIST as three splits
    picture     a picture file or canvas, checked and decoded
    foreground  a picture to the ink on it
    several     which strokes make one digit
    ink         ink to MNIST's 28 x 28, stage by stage
    store       the models in models/, read and verified
    versions    promote, roll back: the only code that changes models/
    classifier  LiteRT inference
    rejection   whether a model should answer at all
    reading     what models make of a drawing: one digit, several or none
    drawn       drawings that ship: digits as people draw them, and non-digits
    evaluation  how good stored answers are
    calibration what its confidence is worth
    confusion   which digit is taken for which
    mistakes    which held-out digits to look at, in which order
    held_out    held-out digits with what models answered
    landscape   a model's learned space, laid out flat
    slices      saved selections
    exports     selections and reports as files
    dataset     MNIST in numbers
    comparison  a challenger against the model in service
    recipe      the hyperparameters of a training
    presets     ready-made recipes
    speed       how long a training takes here
    preview     what a network will see in training
    jobs        the one training that may run: start, watch, pause, stop
    processes   what TensorFlow has to do, in processes of their own
    history     what a training's history says
    charts      arrays to figures; charts_calibration and charts_dataset for those pages
    files       writing what others may be reading
    words       what is said in more than one place
    quiet       silence for chatty libraries
    __main__    the command line

The rooms beside it:
    training    TensorFlow's: networks, augmentation, fitting, export
    ui          Streamlit's: what pages are made of
"""
