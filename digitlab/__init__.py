"""digitlab: draw a digit; a DNN and a CNN read it side by side.

The core, which knows no screen and no TensorFlow:
    errors      the exception tree
    settings    paths and limits from the environment
    mnist       MNIST as three splits
    picture     a picture file or canvas, checked and decoded
    foreground  a picture to the ink on it
    ink         ink to MNIST's 28 x 28, stage by stage
    store       the only code that touches models/
    classifier  LiteRT inference
    evaluation  how good stored answers are
    recipe      the hyperparameters of a training
    history     what a training's history says
    charts      arrays to Plotly figures
    words       what is said in more than one place
    quiet       silence for chatty libraries
    __main__    the command line

The rooms beside it:
    training    TensorFlow's: networks, augmentation, fitting, export
    ui          Streamlit's: what pages are made of
"""
