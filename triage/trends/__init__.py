"""Trends that unmask nobody: frozen releases of small tables, and the gate before them."""
