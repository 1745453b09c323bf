"""Reads on requests by people about what is held of them: each takes the viewer."""
