"""What runs a `.tflite` file: LiteRT, or TensorFlow's own copy of it on platforms without a LiteRT wheel."""

try:
    from ai_edge_litert.interpreter import Interpreter
except ImportError:
    # The one place outside training/ that may load TensorFlow: slow, but without it the app could not answer at all.
    from tensorflow.lite import Interpreter  # noqa: TID251

__all__ = ["Interpreter"]
