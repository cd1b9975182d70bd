"""The pages for a room: the wall, the collection, and what is on stage."""
