"""Reads of the trends: what a release is made of, and what was released."""
