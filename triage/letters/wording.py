"""Letters in our own words: a template for each kind, what it must be given, and what people
write into it. Nothing else gets in: not the internal reason, whatever a caller holds.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

from jinja2 import FileSystemLoader, StrictUndefined, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from triage.core.errors import Invalid
from triage.core.settings import Settings
from triage.core.text import storable
from triage.letters.rules import LetterKind
from triage.senders.standing.rules import Measure
from triage.staff.calendar import LONDON

Value = str | bool | date | tuple[str, ...]
SUBJECT = "Subject: "
_LINE_ENDS = re.compile(r"\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]")
_GAPS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Shape:
    """What a kind of letter says."""

    facts: frozenset[str] = frozenset()
    """Given by the room above; without one there is no letter."""
    may: frozenset[str] = frozenset()
    """Given where it is so."""
    marks: tuple[tuple[str, str], ...] = ()
    """What a person writes -> what to write there. Until then it stands in brackets, and a
    letter with brackets does not go."""


def _names(text: str) -> frozenset[str]:
    return frozenset(text.split())


_WHAT = ("what", "what they wrote or did, and when, in neutral words and without quoting it")

SHAPES: dict[LetterKind, Shape] = {
    LetterKind.WARNING: Shape(
        marks=(_WHAT, ("why", "in one sentence, why that is not acceptable")),
    ),
    LetterKind.REQUEST_TO_CEASE: Shape(
        marks=(_WHAT, ("stop", "what exactly they are to stop")),
    ),
    LetterKind.NOTICE_OF_RESTRICTION: Shape(
        facts=_names("measures sentence since review_date appeal_code"), may=_names("until event")
    ),
    LetterKind.RESTRICTION_ENDED: Shape(facts=_names("measures ended_on how")),
    LetterKind.APPEAL_OUTCOME: Shape(
        facts=_names("outcome"), may=_names("review_date"),
        marks=(("sentence", "in one or two sentences, why"),),
    ),
    LetterKind.SUBJECT_NOTICE: Shape(
        facts=_names("reply_by"),
        marks=(("concern", "what it is about, without anything that tells who said it"),),
    ),
    LetterKind.SUBJECT_OUTCOME: Shape(
        facts=_names("finding kept_until"), may=_names("kept_for appeal_code"),
        marks=(("follows", "what follows from it for them, or that nothing does"),),
    ),
    LetterKind.REPORTER_OUTCOME: Shape(facts=_names("finding action_taken")),
    LetterKind.FREE: Shape(
        marks=(("about", "what it is about"), ("words", "what you want to say")),
    ),
}  # fmt: skip

CHOICES: dict[str, tuple[str, ...]] = {
    "how": ("lifted", "expired", "lapsed", "overturned"),
    "outcome": ("upheld", "overturned"),
    "finding": ("upheld", "not_upheld", "unable_to_establish"),
}
"""Facts that are one of our own words."""

NO_APPEALS = "where an appeal reaches us. Whoever runs the desk sets it (appeal_address)"
_TEMPLATES = ImmutableSandboxedEnvironment(
    loader=FileSystemLoader(Path(__file__).parent / "templates"),
    undefined=StrictUndefined,
    autoescape=False,
    trim_blocks=True,
    lstrip_blocks=True,
)


def day(at: date | datetime) -> str:
    """A day as people write it; of a moment, the day in London."""
    if isinstance(at, datetime):
        at = at.astimezone(LONDON)
    return at.strftime("%-d %B %Y")


_TEMPLATES.filters["day"] = day


def draft_text(
    kind: LetterKind, fields: Mapping[str, Value], settings: Settings
) -> tuple[str, str]:
    """(subject, text) of a new letter. ``Invalid`` for what such a letter does not say, and for
    a fact that is missing."""
    shape = SHAPES[kind]
    marks = dict(shape.marks)
    foreign = sorted(set(fields) - shape.facts - shape.may - set(marks))
    if foreign:
        raise Invalid(f"A letter of this kind does not say this: {', '.join(foreign)}.")
    for name, value in fields.items():
        if name in CHOICES and value not in CHOICES[name]:
            raise Invalid(f"{name} is one of {', '.join(CHOICES[name])}.", field=name)
    given = {name: f"[{hint}]" for name, hint in marks.items()} | _theirs(settings) | dict(fields)
    try:
        written = _TEMPLATES.get_template(f"{kind.value}.txt").render(given)
    except UndefinedError as error:
        lacks = NO_APPEALS if "appeal_address" in str(error.message) else error.message
        raise Invalid(f"This letter lacks something it must say: {lacks}.") from None
    head, _, text = written.partition("\n")
    return tidy(head.removeprefix(SUBJECT)), _GAPS.sub("\n\n", tidy(text))


def _theirs(settings: Settings) -> dict[str, Value]:
    """What the deployer says in every letter. No address for appeals is none, not an empty one."""
    given: dict[str, Value] = {
        "signed_as": settings.signed_as,
        "ladder": settings.appeal_ladder,
        "routes": (
            settings.route_complaint,
            settings.route_data,
            settings.route_access,
            settings.route_emergency,
        ),
    }
    return given | ({"appeal_address": settings.appeal_address} if settings.appeal_address else {})


def tidy(text: str) -> str:
    """A text as it is kept, shown and sent: the same letters, one kind of line end, no control
    characters, no space at the end of a line."""
    plain = _SPACES.sub(" ", _LINE_ENDS.sub("\n", storable(text)))
    kept = "".join(one for one in plain if one == "\n" or one.isprintable())
    lines = [line.rstrip() for line in kept.split("\n")]
    return "\n".join(lines).strip()


MEASURES: dict[Measure, str] = {
    Measure.CEASE_CONTACT: "We will not answer what you write to us or say to us on the phone.",
    Measure.SERVICE_BLOCK: "You cannot use {where}.",
    Measure.CHANNEL_BLOCK: "You cannot take part in {where}.",
    Measure.EVENT_EXCLUSION: "You cannot take part in {where}.",
}


def measure_line(measure: Measure, where: str = "") -> str:
    """What a measure means for the person, as a line of a notice."""
    line = MEASURES[measure]
    if "{where}" in line and not where.strip():
        raise Invalid("Say where this applies: which service, channel or event.", field="where")
    return line.replace("{where}", where.strip())
