"""Incident reports: opened, handled, investigated, decided; who may know of one, and who may not.

A case is closed to all but its members from the moment somebody has it (core.closed). Whoever is
named in it, or might be, never had it. ``cases.inquiry`` finds out; ``cases.verdict`` decides.
"""
