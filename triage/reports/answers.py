"""What a report says, question by question. Only what happened is needed (P-INT-1)."""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from enum import StrEnum
from typing import Any

from triage.conduct.incidents import (
    Activity,
    Ground,
    Medium,
    Party,
    PoliceWish,
    Setting,
    Standing,
    TeamAnswer,
    ViolationKind,
    Wish,
)
from triage.core.errors import Invalid
from triage.core.ids import is_id
from triage.core.text import is_address, read_json, storable

LONGEST_ACCOUNT = 20_000
"""Characters of an account or a message."""
LONGEST_NOTE = 4_000
LONGEST_LINE = 300
MOST_PEOPLE = 20

LONGEST: dict[str, int] = {
    "description": LONGEST_ACCOUNT,
    "affected": LONGEST_NOTE,
    "risk_note": LONGEST_NOTE,
    "support": LONGEST_NOTE,
}
"""Of the texts that are longer than a line."""


NOT_TOLD = frozenset({"name", "email", "phone", "taken_by"})
"""Texts of the answers that tell nothing of what happened: who reported it, who took it down."""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody named in a report: whatever the reporter knows of them."""

    name: str = ""
    role: str = ""
    """What they do, how to tell who they are."""
    party: Party | None = None
    contact: str = ""


@dataclass(frozen=True, slots=True)
class Answers:
    """A report. An empty text, ``None`` or nothing chosen is a question left open."""

    description: str = ""
    service_too: bool = False
    """Whether it is also about how a service works: a part to split off (P-RTE-1)."""
    standing: Standing | None = None
    reporter_party: Party | None = None
    kinds: tuple[ViolationKind, ...] = ()
    other_kind: str = ""
    grounds: tuple[Ground, ...] = ()
    happened: str = ""
    """When, in the reporter's words."""
    happening_now: bool = False
    place: str = ""
    setting: Setting | None = None
    activity: Activity | None = None
    other_activity: str = ""
    medium: Medium | None = None
    other_medium: str = ""
    event: str = ""
    affected: str = ""
    """Who was affected, where it is not the reporter (P-INT-3)."""
    subjects: tuple[Person, ...] = ()
    witnesses: tuple[Person, ...] = ()
    team: TeamAnswer | None = None
    team_members: tuple[str, ...] = ()
    """Ids out of the published list (P-REC-2)."""
    risk: bool | None = None
    """Whether telling the person reported could put anyone at risk (P-SUB-1)."""
    risk_note: str = ""
    permission_given: bool | None = None
    """Whether who was filmed or photographed had agreed (P-TAX-2)."""
    support: str = ""
    wish: Wish = Wish.NONE
    police_wish: PoliceWish = PoliceWish.NOT_SAID
    name: str = ""
    email: str = ""
    phone: str = ""
    taken_by: str = ""
    """Id of the colleague who entered it for somebody (P-INT-2)."""

    def to_json(self) -> str:
        """As text, in ASCII."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Answers":
        """The answers again. Keys that are not known are left out: a later version wrote them.

        ``Invalid``, with the field, where a value is of another type or too long.
        """
        try:
            held = read_json(text)
        except ValueError as error:
            raise Invalid("These answers cannot be read.") from error
        if not isinstance(held, dict):
            raise Invalid("These answers cannot be read.")
        known = {one.name for one in fields(cls)}
        read = {name: _read(name, value) for name, value in held.items() if name in known}
        return cls(**read)


@dataclass(frozen=True, slots=True)
class Reach:
    """How a reporter may be reached, as they say later (kind ``contact`` on the thread)."""

    name: str = ""
    email: str = ""
    phone: str = ""
    wish: Wish = field(default=Wish.NONE)


def reach_of(answers: Answers) -> Reach:
    """What the report itself says."""
    return Reach(answers.name, answers.email, answers.phone, answers.wish)


def reach_to_json(reach: Reach) -> str:
    """Contact and wish as the text of a message in the thread."""
    return json.dumps(asdict(reach))


def reach_from_json(text: str) -> Reach:
    """They again; ``Invalid`` for what is none."""
    found = Answers.from_json(text)
    return Reach(found.name, found.email, found.phone, found.wish)


def with_reach(answers: Answers, reach: Reach) -> Answers:
    """The answers as they would be with this contact and wish."""
    return replace(answers, name=reach.name, email=reach.email, phone=reach.phone, wish=reach.wish)


def tidied(answers: Answers) -> Answers:
    """As it may be stored: no blanks around a text, no NUL, nobody without a word about them."""
    changed: dict[str, Any] = {}
    for one in fields(answers):
        value = getattr(answers, one.name)
        if isinstance(value, str) and not isinstance(value, StrEnum):
            changed[one.name] = tidy(value)
    for several in ("subjects", "witnesses"):
        changed[several] = tuple(
            person
            for given in getattr(answers, several)
            if (person := tidied_person(given)) != Person()
        )
    return replace(answers, **changed)


def tidied_person(person: Person) -> Person:
    """A person, without blanks around what is said of them."""
    return Person(tidy(person.name), tidy(person.role), person.party, tidy(person.contact))


def tidy(text: str) -> str:
    """One text: lines end alike, no blanks around it, nothing that a database refuses."""
    return storable(text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def told(answers: Answers) -> Iterator[str]:
    """Every text of a report, whatever was asked there: all but who the reporter is and what the
    person reported is called. A question that is added is in it."""
    for one in fields(answers):
        value = getattr(answers, one.name)
        if isinstance(value, str) and not isinstance(value, StrEnum):
            if one.name not in NOT_TOLD:
                yield value
        elif one.name in {"subjects", "witnesses"}:
            for person in value:
                known = "" if one.name == "subjects" else person.name
                yield from (known, person.role, person.contact)


def faults(answers: Answers) -> Iterator[tuple[str, str]]:
    """What is wrong, as (field, sentence); nothing for answers that may be sent."""
    if not answers.description.strip():
        yield "description", "Tell us what happened."
    for one in fields(answers):
        value = getattr(answers, one.name)
        if isinstance(value, str) and len(value) > longest(one.name):
            yield one.name, f"This can be at most {longest(one.name):,} characters long."
    for kind, word, said in (
        (ViolationKind.OTHER in answers.kinds, "other_kind", "Say in a word what it was."),
        (
            answers.activity is Activity.OTHER,
            "other_activity",
            "Say in a word what it was part of.",
        ),
        (answers.medium is Medium.OTHER, "other_medium", "Say in a word in what way."),
    ):
        if kind and not getattr(answers, word).strip():
            yield word, said
    for several in ("subjects", "witnesses"):
        people = getattr(answers, several)
        if len(people) > MOST_PEOPLE:
            yield several, f"At most {MOST_PEOPLE} people; name more in your account."
        for person in people:
            if max(map(len, (person.name, person.role, person.contact))) > LONGEST_LINE:
                yield several, f"This can be at most {LONGEST_LINE} characters long."
    if len(answers.team_members) > MOST_PEOPLE or not all(map(is_id, answers.team_members)):
        yield "team_members", "Choose from the list."
    if answers.email.strip() and not is_address(answers.email.strip()):
        yield "email", "Enter an email address like name@example.com."
    if answers.wish is Wish.BY_CONTACT and not (answers.email.strip() or answers.phone.strip()):
        yield "email", "Enter an email address or a phone number, or choose to look here."
    if answers.taken_by and not is_id(answers.taken_by):
        yield "taken_by", "Say who entered this."


def check(answers: Answers) -> None:
    """``Invalid``, with the field, for the first thing that is wrong."""
    for name, said in faults(answers):
        raise Invalid(said, field=name)


def longest(name: str) -> int:
    """How many characters a text of this name may have."""
    return LONGEST.get(name, LONGEST_LINE)


def _read(name: str, value: Any) -> Any:
    if name in _ENUMS:
        return None if value is None and name in _OPTIONAL else _chosen(name, _ENUMS[name], value)
    if name in _SEVERAL:
        return tuple(_chosen(name, _SEVERAL[name], one) for one in _list(name, value))
    if name in {"subjects", "witnesses"}:
        return tuple(_person(name, one) for one in _list(name, value))
    if name == "team_members":
        return tuple(_text(name, one) for one in _list(name, value))
    if name in {"service_too", "happening_now", "risk", "permission_given"}:
        if isinstance(value, bool) or (value is None and name in _OPTIONAL):
            return value
        raise Invalid("This is neither yes nor no.", field=name)
    return _text(name, value)


_ENUMS: dict[str, type[StrEnum]] = {
    "standing": Standing,
    "reporter_party": Party,
    "setting": Setting,
    "activity": Activity,
    "medium": Medium,
    "team": TeamAnswer,
    "wish": Wish,
    "police_wish": PoliceWish,
}
_OPTIONAL = set(_ENUMS) - {"wish", "police_wish"} | {"risk", "permission_given"}
_SEVERAL: dict[str, type[StrEnum]] = {"kinds": ViolationKind, "grounds": Ground}


def _chosen(name: str, kind: type[StrEnum], value: object) -> StrEnum:
    try:
        return kind(_text(name, value))
    except ValueError as error:
        raise Invalid("This cannot be chosen here.", field=name) from error


def _person(name: str, value: object) -> Person:
    if not isinstance(value, dict):
        raise Invalid("This is nobody.", field=name)
    said = {part: _text(name, value.get(part, "")) for part in ("name", "role", "contact")}
    if any(len(text) > LONGEST_LINE for text in said.values()):
        raise Invalid("This is too long.", field=name)
    party = value.get("party")
    return Person(**said, party=None if party is None else Party(_chosen(name, Party, party)))


def _list(name: str, value: object) -> list[object]:
    if not isinstance(value, list) or len(value) > MOST_PEOPLE:
        raise Invalid("This is no list, or too long a one.", field=name)
    return value


def _text(name: str, value: object) -> str:
    if not isinstance(value, str) or len(value) > longest(name):
        raise Invalid("This is no text, or too long a one.", field=name)
    return value
