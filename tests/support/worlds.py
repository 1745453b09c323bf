"""Two worlds that are equal but for one matter: the same ids, the same time, the same chances."""

import random
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from support.desk import Desk
from support.mail import START
from triage.core import ids
from triage.core.errors import TriageError

World = dict[str, str]
"""What somebody reads, each thing by a name of its own."""


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


def both_worlds(
    live: Callable[..., World],
    make_desk: Callable[..., Desk],
    patch: pytest.MonkeyPatch,
    clock: Any,
    backend: str,
    **given: Any,
) -> tuple[World, World]:
    """With X and without it, lived and written out."""
    seen = []
    for number, with_x in enumerate((True, False)):
        clock.move(START - clock.now())
        desk = make_desk(f"{backend} apart" if number else backend, **given)
        seen.append(live(desk, seeded_ids(patch), with_x=with_x))
    return seen[0], seen[1]


def said(act: Callable[[], object]) -> str:
    """What somebody gets, or how they are refused."""
    try:
        return repr(act())
    except TriageError as error:
        plain = {k: v for k, v in vars(error).items() if k not in {"refused_matter", "matter_id"}}
        return f"{type(error).__name__}: {error} {plain}"


def differing(one: World, other: World) -> set[str]:
    """The names of what is not the same."""
    assert one.keys() == other.keys()
    return {name for name in one if one[name] != other[name]}
