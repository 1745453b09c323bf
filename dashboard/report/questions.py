"""The questions of the form, one a page, in order; each may be left open but the first."""

import json
from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Any

from dashboard.report.asking import Fields
from triage.conduct import incidents
from triage.conduct.incidents import Standing, ViolationKind
from triage.core.text import read_json
from triage.reports.answers import Answers, longest
from triage.reports.published import Published

YES_NO = {"yes": True, "no": False, "": None}
NOT_SAID = ("", "I do not know, or would rather not say")

Choices = list[tuple[str, str]]


class Kind(StrEnum):
    """How a field is drawn."""

    LINE = "line"
    EMAIL = "email"
    PHONE = "tel"
    AREA = "area"
    ONE = "one"
    SEVERAL = "several"
    YES_NO = "yes_no"
    TICK = "tick"


@dataclass(frozen=True)
class Field:
    """One thing to fill in: a field of ``Answers``."""

    name: str
    kind: Kind
    label: str
    hint: str = ""
    choices: "Callable[[str, Published], Choices] | None" = None

    @property
    def longest(self) -> int:
        """Characters at most."""
        return longest(self.name)


@dataclass(frozen=True)
class Question:
    """One page."""

    slug: str
    title: str
    short: str
    """What it is called where answers are checked."""
    fields: tuple[Field, ...] = ()
    hint: str = ""
    asked: Callable[[Answers], bool] = lambda _answers: True
    template: str = "question.html"


def asked(answers: Answers, questions: tuple[Question, ...]) -> list[Question]:
    """The questions that these answers lead to."""
    return [one for one in questions if one.asked(answers)]


def shown_from(question: Question, answers: Answers) -> Fields:
    """What stands in the fields of a page, from the answers so far."""
    return {one.name: _shown(one, getattr(answers, one.name)) for one in question.fields}


def _shown(one: Field, value: Any) -> list[str]:
    if one.kind is Kind.YES_NO:
        return [] if value is None else ["yes" if value else "no"]
    if one.kind is Kind.TICK:
        return ["yes"] if value else []
    if one.kind is Kind.SEVERAL:
        return [str(each) for each in value]
    return [] if value is None else [str(value)]


def answered(question: Question, answers: Answers, given: Fields) -> Answers:
    """The answers with what was typed on a page; ``Invalid`` where it can be no answer."""
    held = read_json(answers.to_json())
    for one in question.fields:
        values = given.get(one.name, [])
        held[one.name] = _taken(one, values)
    return Answers.from_json(json.dumps(held))


def _taken(one: Field, values: list[str]) -> Any:
    first = values[0] if values else ""
    if one.kind is Kind.YES_NO:
        return YES_NO.get(first)
    if one.kind is Kind.TICK:
        return first == "yes"
    if one.kind is Kind.SEVERAL:
        return values
    if one.kind is Kind.ONE:
        return first or _EMPTY[one.name]
    return first.replace("\r\n", "\n")


_EMPTY = {one.name: getattr(Answers(), one.name) for one in fields(Answers)}


def of(words: "dict[Any, str]") -> "Callable[[str, Published], Choices]":
    """Choices out of a list of words; the organisation's name stands in some."""
    return lambda us, _published: [(str(key), text.format(us=us)) for key, text in words.items()]


def or_not_said(words: "dict[Any, str]") -> "Callable[[str, Published], Choices]":
    """The same, and a way to leave it open again."""
    listed = of(words)
    return lambda us, published: [*listed(us, published), NOT_SAID]


def affects_another(answers: Answers) -> bool:
    """Whether somebody else than the reporter was affected."""
    return answers.standing not in (None, Standing.AFFECTED)


def was_recorded(answers: Answers) -> bool:
    """Whether it is about filming or photographs."""
    return ViolationKind.RECORDING in answers.kinds


def names_somebody(answers: Answers) -> bool:
    """Whether a person is named."""
    return bool(answers.subjects)


def team(_us: str, published: Published) -> Choices:
    """The people of the team who may be picked."""
    return [(one.id, one.name) for one in published.team]


HINT_RECORDING = incidents.HINTS[ViolationKind.RECORDING]
