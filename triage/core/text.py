"""Text that any of our databases will store, and find again."""

import re
import unicodedata

_BETWEEN_WORDS = re.compile(r"[\W_]+")


def storable(text: str) -> str:
    """Without NUL, and with lone surrogates replaced: PostgreSQL refuses both."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def searchable(text: str) -> str:
    """Words alone, without case or accents, a space between them.

    What is kept to be searched and what is searched for both go through here, so that the
    databases, which split addresses, links and numbers each in their own way, find the same.
    """
    plain = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return _BETWEEN_WORDS.sub(" ", bare).strip()
