"""The registry of networks."""

import pytest

from digitlab import networks
from digitlab.errors import UnknownNetwork


def test_unknown_network():
    with pytest.raises(UnknownNetwork, match="Known: dnn, cnn"):
        networks.get("nobody")
