"""Commands of an inquiry, and what the room that decides asks of it (``guards``)."""
