"""The constants of a `.tflite` file, its weights among them, and where they are in it."""

from __future__ import annotations

from contextlib import suppress

import numpy as np


def constants(tflite: bytes) -> dict[int, np.ndarray]:
    """The float32 constants with at least two axes, by their offset in bytes.

    A convolution's kernel is (filters, h, w, channels) and a dense layer's (units, inputs). The converter may have
    multiplied their rows by a factor each, such as that of a batch normalisation.
    """
    from digitlab.serving.interpreter import Interpreter  # takes 50 ms to import, so only where a model answers

    interpreter = Interpreter(model_content=tflite, num_threads=1)
    found = {}
    for tensor in interpreter.get_tensor_details():
        if tensor["dtype"] is np.float32 and len(tensor["shape"]) > 1:
            with suppress(ValueError):  # without memory: what the network computes
                values = interpreter.get_tensor(tensor["index"])
                found[tflite.find(values.tobytes())] = values
    return found
