"""The pages for a room: the wall, the collection, and the stage."""
