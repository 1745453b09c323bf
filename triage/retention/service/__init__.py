"""Erasure: what is due, what holds it, and the files afterwards."""
