"""Networks: what can be trained, and how; described without TensorFlow.

Lives here: the registry and every network in it, the hyperparameters of a training, the layers of a network as a table.
Door: `get` and `NETWORKS` for a `Network`, `Recipe` for the hyperparameters and `HYPERPARAMETERS` for
what is known of each, `layer_table`.
May import: errors.
"""

from digitlab.networks import architectures  # importing it fills the registry
from digitlab.networks.layers import layer_table
from digitlab.networks.recipe import (
    DEVIATION,
    HYPERPARAMETERS,
    MEAN,
    TEACHER_TEMPERATURE,
    Hyperparameter,
    Recipe,
    short,
)
from digitlab.networks.registry import CLASSES, NETWORKS, Network, get, network

__all__ = [
    "CLASSES",
    "DEVIATION",
    "HYPERPARAMETERS",
    "MEAN",
    "NETWORKS",
    "TEACHER_TEMPERATURE",
    "Hyperparameter",
    "Network",
    "Recipe",
    "architectures",
    "get",
    "layer_table",
    "network",
    "short",
]
