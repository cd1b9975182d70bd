"""The Draw page: the canvas, pictures from elsewhere, and the answers."""
