"""TensorFlow's own TFLite interpreter, for platforms without a LiteRT wheel."""

import tensorflow as tf

Interpreter = tf.lite.Interpreter
