"""Reads of restrictions: each takes the viewer, and joins what the viewer may know of."""
