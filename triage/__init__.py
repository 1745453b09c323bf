"""Triage of threatening and abusive messages, and case management for a code of conduct."""

__version__ = "0.1.0"
