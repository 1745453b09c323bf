"""Random public ids: they tell nothing about order, number or time."""

import secrets

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford's base 32: no I, L, O or U, so that an id can be read out over the phone."""

LENGTH = 26
"""Characters in an id: 26 x 5 = 130 random bits."""


def new_id() -> str:
    """A new random id of 26 characters."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def short_ref(identifier: str) -> str:
    """The first six characters: how people name a thing on screen. Not unique, never a key."""
    return f"{identifier[:3]}-{identifier[3:6]}"


def is_id(text: str) -> bool:
    """Whether a text (from a URL, say) has the form of an id."""
    return len(text) == LENGTH and set(text) <= set(ALPHABET)
