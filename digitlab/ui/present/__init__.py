"""The parts of the Collection page."""
