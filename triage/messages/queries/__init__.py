"""Reads of messages: each takes the viewer, and joins what the viewer may know of."""
