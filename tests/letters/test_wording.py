"""What letters say: in our words, in the second person, and with what nobody may leave out."""

import re
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import Environment, meta

import triage.letters
from triage.core.errors import Invalid
from triage.core.settings import Settings
from triage.letters.rules import LetterKind, check_filled
from triage.letters.wording import (
    CHOICES,
    MEASURES,
    SHAPES,
    Value,
    day,
    draft_text,
    measure_line,
    tidy,
)
from triage.senders.standing.rules import Measure

TEMPLATES = Path(str(triage.letters.__file__)).parent / "templates"
SET = Settings(appeal_address="appeals@example.org")
ROUTES = (SET.route_complaint, SET.route_data, SET.route_access, SET.route_emergency)
GIVEN: dict[str, Value] = {
    "measures": ("We will not answer what you write to us.", "You cannot use FixMyStreet."),
    "sentence": "What you wrote to our support team was an insult.",
    "since": date(2026, 3, 3),
    "until": date(2026, 10, 1),
    "review_date": date(2026, 9, 3),
    "appeal_code": "7KQ2-9XMA",
    "event": "the spring workshop",
    "ended_on": date(2026, 4, 1),
    "how": "lifted",
    "outcome": "upheld",
    "finding": "not_upheld",
    "action_taken": True,
    "reply_by": date(2026, 3, 17),
    "kept_until": date(2028, 3, 3),
    "kept_for": "730 days",
}


def facts(kind: LetterKind, *, optional: bool = False, **changes: Value) -> dict[str, Value]:
    wanted = SHAPES[kind].facts | (SHAPES[kind].may if optional else frozenset())
    return {name: (GIVEN | changes)[name] for name in wanted}


def filled(kind: LetterKind, given: Mapping[str, Value]) -> str:
    """The text with each mark replaced, as a person would."""
    _, text = draft_text(kind, given, SET)
    return re.sub(r"\[[^\]]*\]", "something in plain words", text)


@pytest.mark.parametrize("kind", LetterKind)
@pytest.mark.parametrize("optional", [True, False])
def test_every_kind_is_written_with_all_its_facts_and_once_filled_in_it_may_go(
    kind: LetterKind, optional: bool
) -> None:
    subject, text = draft_text(kind, facts(kind, optional=optional), SET)
    assert text.startswith("Hello,")
    assert text.endswith("\n\nThe conduct team")
    assert "\n\n\n" not in text
    assert "None" not in text
    check_filled(re.sub(r"\[[^\]]*\]", "x", subject), filled(kind, facts(kind, optional=optional)))


@pytest.mark.parametrize("kind", LetterKind)
def test_what_people_write_stands_in_brackets_until_they_have(kind: LetterKind) -> None:
    subject, text = draft_text(kind, facts(kind), SET)
    for _, hint in SHAPES[kind].marks:
        assert f"[{hint}]" in f"{subject}\n{text}"
    written: dict[str, Value] = {name: "in plain words" for name, _ in SHAPES[kind].marks}
    check_filled(*draft_text(kind, facts(kind) | written, SET))


@pytest.mark.parametrize(
    ("kind", "fact"), [(kind, one) for kind in LetterKind for one in sorted(SHAPES[kind].facts)]
)
def test_without_a_fact_that_it_must_say_there_is_no_letter(kind: LetterKind, fact: str) -> None:
    given_ = facts(kind)
    del given_[fact]
    with pytest.raises(Invalid, match=fact):
        draft_text(kind, given_, SET)


@pytest.mark.parametrize("kind", LetterKind)
def test_nothing_else_gets_into_a_letter_whatever_a_caller_holds(kind: LetterKind) -> None:
    with pytest.raises(Invalid, match="internal_reason"):
        draft_text(kind, facts(kind) | {"internal_reason": "she is afraid of him"}, SET)


@pytest.mark.parametrize("kind", set(LetterKind) - {LetterKind.FREE})
def test_every_letter_but_a_free_one_names_the_ways_that_stay_open(kind: LetterKind) -> None:
    _, text = draft_text(kind, facts(kind), SET)
    for route in ROUTES:
        assert f"- {route}" in text


def test_a_notice_says_what_for_how_long_when_it_is_looked_at_and_how_to_appeal() -> None:
    kind = LetterKind.NOTICE_OF_RESTRICTION
    _, text = draft_text(kind, facts(kind, optional=True), SET)
    for one in (
        "- We will not answer what you write to us.",
        "- You cannot use FixMyStreet.",
        "What you wrote to our support team was an insult.",
        "from 3 March 2026 to 1 October 2026",
        "by 3 September 2026",
        "Write to appeals@example.org and give this code: 7KQ2-9XMA",
        "also while what we decided is in force",
    ):
        assert one in text, one


def test_p_act_3_an_exclusion_from_an_event_says_that_nothing_is_refunded() -> None:
    kind = LetterKind.NOTICE_OF_RESTRICTION
    _, text = draft_text(kind, facts(kind, optional=True), SET)
    assert "the spring workshop. What was paid for it is not refunded." in text
    _, without = draft_text(kind, facts(kind), SET)
    assert "refunded" not in without


@pytest.mark.parametrize("kind", [LetterKind.NOTICE_OF_RESTRICTION])
def test_without_an_address_for_appeals_nobody_is_told_of_a_restriction(kind: LetterKind) -> None:
    with pytest.raises(Invalid, match="appeal_address"):
        draft_text(kind, facts(kind), Settings())


@pytest.mark.parametrize(
    ("kind", "name", "value"),
    [
        (kind, name, value)
        for kind in LetterKind
        for name, values in CHOICES.items()
        if name in SHAPES[kind].facts
        for value in values
    ],
)
def test_each_outcome_has_words_of_its_own(kind: LetterKind, name: str, value: str) -> None:
    others = [one for one in CHOICES[name] if one != value]
    mine = draft_text(kind, facts(kind, **{name: value}), SET)
    for other in others:
        assert draft_text(kind, facts(kind, **{name: other}), SET) != mine
    with pytest.raises(Invalid):
        draft_text(kind, facts(kind, **{name: "guilty"}), SET)


@given(st.text(max_size=80))
def test_what_is_put_in_is_text_and_never_a_template(words: str) -> None:
    kind = LetterKind.NOTICE_OF_RESTRICTION
    code = "{{ 7 * 7 }}{% for x in y %}"
    _, text = draft_text(kind, facts(kind, sentence=f"{words} {code}"), SET)
    assert code in text
    with pytest.raises(Invalid):
        check_filled("", text)


@given(st.text(max_size=300))
def test_a_tidy_text_stays_as_it_is(text: str) -> None:
    once = tidy(text)
    assert tidy(once) == once
    assert all(one == "\n" or one.isprintable() for one in once)


def test_words_stay_apart_where_a_line_or_a_wide_space_parted_them() -> None:
    assert tidy("a\r\nb\rc\u2028d\u00a0e\tf  ") == "a\nb\nc\nd e f"


def test_the_reporter_is_told_no_more_than_may_be_said() -> None:
    kind = LetterKind.REPORTER_OUTCOME
    assert SHAPES[kind].facts == {"finding", "action_taken"}
    assert not SHAPES[kind].may
    assert not SHAPES[kind].marks


def test_a_day_is_one_of_london() -> None:
    from datetime import UTC, datetime

    assert day(datetime(2026, 7, 3, 23, 30, tzinfo=UTC)) == "4 July 2026"
    assert day(date(2026, 7, 3)) == "3 July 2026"


def test_a_measure_says_where_it_applies() -> None:
    assert measure_line(Measure.SERVICE_BLOCK, "FixMyStreet") == "You cannot use FixMyStreet."
    for measure in MEASURES:
        if measure is Measure.CEASE_CONTACT:
            assert "answer" in measure_line(measure)
        else:
            with pytest.raises(Invalid):
                measure_line(measure)


def test_every_template_is_a_kind_and_uses_what_its_shape_names() -> None:
    ours = {"signed_as", "ladder", "routes", "appeal_address"}
    for kind in LetterKind:
        used: set[Any] = set()
        todo = [f"{kind.value}.txt"]
        while todo:
            reader = Environment()
            reader.filters["day"] = day
            tree = reader.parse((TEMPLATES / todo.pop()).read_text("utf-8"))
            used |= meta.find_undeclared_variables(tree)
            todo += [str(one) for one in meta.find_referenced_templates(tree)]
        shape = SHAPES[kind]
        named = shape.facts | shape.may | {name for name, _ in shape.marks}
        assert used - ours <= named | {"appeal_code"}, kind
        assert named <= used, kind
    files = {one.stem for one in TEMPLATES.glob("*.txt") if not one.name.startswith("_")}
    assert files == {kind.value for kind in LetterKind}


def test_the_doctor_says_what_letters_lack() -> None:
    from triage.doctor.people import letters

    role = {"letter_from": "team@charity.example.org"}
    assert letters(Settings()).found == "copied out by hand"
    assert "TRIAGE_APPEAL_ADDRESS" in letters(Settings(**role)).advice
    good = letters(Settings(**role, appeal_address="appeals@example.org"))
    assert (good.level.value, good.advice) == ("good", "")
