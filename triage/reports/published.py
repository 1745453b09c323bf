"""What the desk publishes for the form: the team to pick from, who is on duty, events.

The desk writes one of these under its key (``service.publish``); the form reads what it knows,
and a value that it cannot read counts as none: an old desk never stops a report.
"""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from triage.core.text import read_json

TEAM = "team"
ON_DUTY = "on_duty"
EVENTS = "events"
KEYS = (TEAM, ON_DUTY, EVENTS)


@dataclass(frozen=True, slots=True)
class Member:
    """Somebody of the team, as they may be picked (P-REC-2)."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event that takes reports by its code (P-TIM-2)."""

    code: str
    name: str
    line: str
    """Whom to call on site, and the number: the deployer's own words."""


@dataclass(frozen=True, slots=True)
class Published:
    """All of it, as the form shows it."""

    team: tuple[Member, ...] = ()
    on_duty_until: datetime | None = None
    """Until when somebody is on duty without a gap; ``None``: nobody is at this moment."""
    on_duty_said: bool = False
    """Whether the desk said anything about it at all."""
    events: tuple[Event, ...] = ()

    def nobody_on_duty(self, now: datetime) -> bool:
        """Whether the form must say that nobody is on duty."""
        return self.on_duty_said and (self.on_duty_until is None or self.on_duty_until <= now)

    def event(self, code: str) -> Event | None:
        """The event of a code; case and blanks count for nothing."""
        wanted = "".join(code.split()).casefold()
        return next((one for one in self.events if one.code.casefold() == wanted), None)


def team_value(team: tuple[Member, ...]) -> list[dict[str, str]]:
    """What to publish under ``TEAM``."""
    return [asdict(one) for one in team]


def duty_value(until: datetime | None) -> dict[str, str | None]:
    """What to publish under ``ON_DUTY``: until when somebody is; ``None`` for nobody."""
    return {"until": until.isoformat() if until is not None else None}


def events_value(events: tuple[Event, ...]) -> list[dict[str, str]]:
    """What to publish under ``EVENTS``."""
    return [asdict(one) for one in events]


def read(values: dict[str, str]) -> Published:
    """The published values, by key, as JSON texts."""
    until, said = _duty(_value(values, ON_DUTY))
    return Published(
        team=tuple(Member(*one) for one in _texts(_value(values, TEAM), "id", "name")),
        on_duty_until=until,
        on_duty_said=said,
        events=tuple(Event(*one) for one in _texts(_value(values, EVENTS), "code", "name", "line")),
    )


def _duty(value: Any) -> tuple[datetime | None, bool]:
    if not isinstance(value, dict) or "until" not in value:
        return None, False
    if value["until"] is None:
        return None, True
    try:
        until = datetime.fromisoformat(str(value["until"]))
    except ValueError:
        return None, False
    return (until, True) if until.tzinfo is not None else (None, False)


def _texts(value: Any, *names: str) -> list[tuple[str, ...]]:
    if not isinstance(value, list):
        return []
    return [
        tuple(one[name] for name in names)
        for one in value
        if isinstance(one, dict) and all(isinstance(one.get(name), str) for name in names)
    ]


def _value(values: dict[str, str], key: str) -> Any:
    try:
        return read_json(values.get(key, "null"))
    except ValueError:
        return None
