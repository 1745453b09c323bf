"""Ceasing contact, blocks and exclusions: proposed by one person, approved by another."""
