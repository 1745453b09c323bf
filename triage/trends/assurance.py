"""Assurance about the system, and not counts of people: what was tried, and when. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

NEVER = "never"


class Check(StrEnum):
    """What somebody tries or reviews, and puts on the record."""

    ALERT_DRILL = "alert_drill"
    """An alert was sent by way of trial, and somebody said that they had it."""
    FORM_UP = "form_up"
    """The public form was opened from outside and took a trial report."""
    RESTORE = "restore"
    """A backup was restored."""
    POLICY_REVIEW = "policy_review"
    TRAINING_REVIEW = "training_review"


FALLBACK = "fallback_tried"
UNCOVERED = "rota_uncovered_hours"

SAID = {
    Check.ALERT_DRILL.value: "Alert drill acknowledged",
    FALLBACK: "Fallback outside the team tried",
    UNCOVERED: "Working hours with nobody on duty",
    Check.FORM_UP.value: "Report form tried from outside",
    Check.RESTORE.value: "Restore of a backup tried",
    Check.POLICY_REVIEW.value: "Policy reviewed",
    Check.TRAINING_REVIEW.value: "Training reviewed",
}
"""Name of a fact -> how it is said, in the order in which it is said."""


@dataclass(frozen=True, slots=True)
class Tried:
    """One check on one day."""

    check: Check
    day: date
    held: bool


def facts(
    tried: Iterable[Tried], *, fallback: date | None, uncovered: int, open_hours: int
) -> tuple[tuple[str, str], ...]:
    """What a release says of the system: the newest of each check, "never" until there is one."""
    newest: dict[Check, Tried] = {}
    for one in sorted(tried, key=lambda one: one.day):
        newest[one.check] = one
    said = {FALLBACK: NEVER if fallback is None else fallback.isoformat()}
    said[UNCOVERED] = f"{uncovered}/{open_hours}"
    for check in Check:
        last = newest.get(check)
        outcome = "" if last is None or last.held else ":failed"
        said[check.value] = NEVER if last is None else f"{last.day.isoformat()}{outcome}"
    return tuple((name, said[name]) for name in SAID)


def lines(told: Mapping[str, str]) -> list[tuple[str, str]]:
    """The same in words: what, and how it stands."""
    return [(said, _words(name, told[name])) for name, said in SAID.items() if name in told]


def _words(name: str, value: str) -> str:
    if value == NEVER:
        return "never tried" if "review" not in name else "never"
    if name == UNCOVERED:
        hours, _, of = value.partition("/")
        return f"{hours} of {of} hours"
    day, _, failed = value.partition(":")
    said = date.fromisoformat(day)
    return f"{said.day} {said:%B %Y}" + (", and it failed" if failed else "")
