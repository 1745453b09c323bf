"""Two worlds that are equal but for one matter: the same ids, the same time, the same chances."""

import random
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from triage.core import ids


class SeededIds:
    """Random ids from streams with names: what happens in one does not move the others."""

    def __init__(self) -> None:
        self._streams: dict[str, random.Random] = {}
        self._now = "common"

    def choice(self, alphabet: str) -> str:
        """In the place of ``secrets.choice``."""
        stream = self._streams.setdefault(self._now, random.Random(self._now))
        return stream.choice(alphabet)

    @contextmanager
    def of(self, name: str) -> Iterator[None]:
        """Ids of this stream meanwhile."""
        before, self._now = self._now, name
        try:
            yield
        finally:
            self._now = before


def seeded_ids(patch: pytest.MonkeyPatch) -> SeededIds:
    """Put a new set of streams in the place of the real chance."""
    made = SeededIds()
    patch.setattr(ids, "secrets", made)
    return made
