"""What the classifier says of one text."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol

LABELS = (
    "threatening",
    "aggressive",
    "offensive",
    "otherwise_inappropriate",
    "welfare",
)
"""In this order everywhere. The first four are breaches of conduct; the last is none."""

CONDUCT_LABELS = LABELS[:4]


class Band(StrEnum):
    """How strongly the model speaks. People see this, never a two-digit probability."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Unread(StrEnum):
    """Why the model could not read a text: people look at it."""

    EMPTY = "empty"
    NOT_TEXT = "not_text"
    LANGUAGE = "language"


class Route(StrEnum):
    """Which of the two ways a flagged text goes; it may go both."""

    CONDUCT = "conduct"
    WELFARE = "welfare"


@dataclass(frozen=True, slots=True)
class Signal:
    """A phrase that mattered: ``text[start:end]`` of the given text, for one label."""

    start: int
    end: int
    label: str
    weight: float
    """Share of the label's evidence, above 0; the largest first."""


@dataclass(frozen=True, slots=True)
class Assessment:
    """What the model makes of one text. A suggestion: only a person decides (P-MSG-3)."""

    scores: dict[str, float]
    """Label -> probability in [0, 1]; one for each of ``LABELS``."""
    concern: float
    """Probability that any of the four conduct labels holds."""
    unread: Unread | None
    flagged: bool
    """Concern over its threshold, or welfare over its own, or unread."""
    routes: frozenset[Route]
    band: Band
    signals: list[Signal] = field(default_factory=list)
    model_version: str = ""


class Scorer(Protocol):
    """Anything that scores texts: the shipped model, or ``Unscored`` where there is none."""

    labels: tuple[str, ...]
    model_version: str

    def score(self, texts: Sequence[str]) -> list[Assessment]:
        """One assessment a text, in the same order."""
