"""Telling people that something waits for them, and nothing of what it is (P-ALR-1, P-CON-2)."""
