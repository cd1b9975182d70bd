"""What most people would write: `cnn-32-64` trained for three epochs by a plain Keras script, evaluated and saved."""

import sys
from pathlib import Path

import keras

from digitlab.data import mnist

data = mnist.load()
model = keras.Sequential(
    [
        keras.Input((28, 28)),
        keras.layers.Reshape((28, 28, 1)),
        keras.layers.Conv2D(32, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Conv2D(64, 3, activation="relu"),
        keras.layers.MaxPooling2D(),
        keras.layers.Flatten(),
        keras.layers.Dense(128, activation="relu"),
        keras.layers.Dropout(0.5),
        keras.layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(
    data.train.scaled(), data.train.labels, epochs=3, batch_size=128, verbose=0,
    validation_data=(data.validation.scaled(), data.validation.labels),
)  # fmt: skip
_, accuracy = model.evaluate(data.test.scaled(), data.test.labels, verbose=0)
model.save(Path(sys.argv[1]) / "plain.keras")
print(f"plain Keras script: test accuracy {accuracy:.2%}")
