"""Text that any of our databases will store, and find again."""

import json
import re
import unicodedata
from typing import Any

from triage.core.errors import Invalid

_BETWEEN_WORDS = re.compile(r"[\W_]+")
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9][A-Za-z0-9.-]*")
LONGEST_REASON = 4000
"""Characters of what a colleague says about a decision."""


def storable(text: str) -> str:
    """Without NUL, and with lone surrogates replaced: PostgreSQL refuses both."""
    return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")


def searchable(text: str) -> str:
    """Words alone, without case or accents, a space between them.

    What is kept to be searched and what is searched for both go through here, so that the
    databases, which split addresses, links and numbers each in their own way, find the same.
    """
    # Folded once more in between: a fancy capital is a capital only when it is plain.
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", text).casefold())
    bare = "".join(char for char in plain if not unicodedata.combining(char))
    return _BETWEEN_WORDS.sub(" ", bare).strip()


def read_json(text: str | bytes) -> Any:
    """JSON from anywhere. ``ValueError`` for what is none, or nests deeper than anybody means: the
    library gives up at that with an error of its own, which who reads a file does not expect."""
    try:
        return json.loads(text)
    except RecursionError as error:
        raise ValueError("brackets within brackets without end") from error


def needed(text: str, *, field: str, ask: str, longest: int = LONGEST_REASON) -> str:
    """A text that must be there and is not too long, without blanks around it.

    ``Invalid``, with the field, says ``ask`` where there is none.
    """
    text = text.strip()
    if not text:
        raise Invalid(ask, field=field)
    return short_enough(text, field=field, longest=longest)


def short_enough(text: str, *, field: str, longest: int = LONGEST_REASON) -> str:
    """A text that may be left out but is not too long, without blanks around it."""
    text = text.strip()
    if len(text) > longest:
        raise Invalid(f"At most {longest:,} characters.", field=field)
    return text


def is_address(text: str) -> bool:
    """Whether a text is one plain mail address: ASCII, no name, no comment, no second one."""
    return len(text) <= 254 and _ADDRESS.fullmatch(text) is not None
