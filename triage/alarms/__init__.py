"""Alarms: one person at a time is told that something cannot wait, until somebody has it."""
