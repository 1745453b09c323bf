"""Answers: one thing needed, everything else free; they come back as they were."""

import json
from dataclasses import fields, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.conduct import incidents
from triage.conduct.incidents import Activity, Medium, Party, TeamAnswer, ViolationKind, Wish
from triage.core.errors import Invalid
from triage.core.ids import new_id
from triage.reports.answers import (
    LONGEST_LINE,
    MOST_PEOPLE,
    Answers,
    Person,
    Reach,
    check,
    faults,
    longest,
    reach_from_json,
    reach_to_json,
    tidied,
    with_reach,
)

LINE = st.text(max_size=LONGEST_LINE)
PEOPLE = st.lists(
    st.builds(Person, LINE, LINE, st.none() | st.sampled_from(Party), LINE), max_size=4
).map(tuple)


def several(kind: type) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(st.sampled_from(kind), max_size=6, unique=True).map(tuple)


def maybe(kind: type) -> st.SearchStrategy[object]:
    return st.none() | st.sampled_from(kind)


ANSWERS = st.builds(
    Answers,
    description=st.text(min_size=1),
    service_too=st.booleans(),
    standing=maybe(incidents.Standing),
    reporter_party=maybe(Party),
    kinds=several(ViolationKind),
    other_kind=LINE,
    grounds=several(incidents.Ground),
    happened=LINE,
    happening_now=st.booleans(),
    place=LINE,
    setting=maybe(incidents.Setting),
    activity=maybe(Activity),
    other_activity=LINE,
    medium=maybe(Medium),
    other_medium=LINE,
    event=LINE,
    affected=st.text(),
    subjects=PEOPLE,
    witnesses=PEOPLE,
    team=maybe(TeamAnswer),
    team_members=st.lists(st.builds(new_id), max_size=3).map(tuple),
    risk=st.none() | st.booleans(),
    risk_note=st.text(),
    permission_given=st.none() | st.booleans(),
    support=st.text(),
    wish=st.sampled_from(Wish),
    police_wish=st.sampled_from(incidents.PoliceWish),
    name=LINE,
    email=LINE,
    phone=LINE,
    taken_by=st.just("") | st.builds(new_id),
)


@given(ANSWERS)
def test_answers_come_back_as_they_were(answers: Answers) -> None:
    assert Answers.from_json(answers.to_json()) == answers


@given(ANSWERS)
def test_tidied_answers_are_stored_and_tidying_again_changes_nothing(answers: Answers) -> None:
    once = tidied(answers)
    once.to_json().encode("utf-8")
    for one in fields(once):
        value = getattr(once, one.name)
        if isinstance(value, str):
            assert "\0" not in value
            value.encode("utf-8")
    assert tidied(once) == once
    assert Person() not in (*once.subjects, *once.witnesses)


def test_what_a_later_version_wrote_is_left_out() -> None:
    held = json.loads(Answers(description="a").to_json()) | {"mood": "new"}
    assert Answers.from_json(json.dumps(held)) == Answers(description="a")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("description", 5),
        ("description", "x" * 20_001),
        ("service_too", "yes"),
        ("service_too", None),
        ("risk", 1),
        ("standing", "someone"),
        ("wish", None),
        ("kinds", "remarks"),
        ("kinds", ["remarks", "nothing"]),
        ("subjects", [["Pat"]]),
        ("subjects", [{"name": 7}]),
        ("subjects", [{"name": "x" * 301}]),
        ("subjects", [{"party": "king"}]),
        ("subjects", [{}] * (MOST_PEOPLE + 1)),
        ("team_members", [None]),
        ("place", "x" * 301),
    ],
)
def test_a_value_of_another_type_or_too_long_is_refused_with_its_field(
    name: str, value: object
) -> None:
    with pytest.raises(Invalid) as caught:
        Answers.from_json(json.dumps({name: value}))
    assert caught.value.field == name


@pytest.mark.parametrize("text", ["", "[]", "null", "{", '"x"'])
def test_what_is_no_object_is_refused(text: str) -> None:
    with pytest.raises(Invalid):
        Answers.from_json(text)


def test_p_int_1_a_description_alone_is_a_report() -> None:
    check(Answers(description="It happened."))
    with pytest.raises(Invalid) as caught:
        check(Answers(description="  \n "))
    assert caught.value.field == "description"


def test_p_tax_0_no_ground_and_p_tax_1_no_kind_need_be_chosen() -> None:
    assert list(faults(Answers(description="a", grounds=(), kinds=()))) == []
    assert set(incidents.GROUNDS) == set(incidents.Ground)


def test_p_tax_1_there_are_ten_kinds_and_other_and_each_has_words() -> None:
    assert len(ViolationKind) == 11
    assert set(incidents.KINDS) == set(ViolationKind)
    check(Answers(description="a", kinds=tuple(ViolationKind), other_kind="glitter"))


def test_p_tax_2_the_hint_stands_at_the_kind_of_recording() -> None:
    assert set(incidents.HINTS) == {ViolationKind.RECORDING}


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"kinds": (ViolationKind.OTHER,)}, "other_kind"),
        ({"activity": Activity.OTHER}, "other_activity"),
        ({"medium": Medium.OTHER}, "other_medium"),
    ],
)
def test_p_sco_3_other_needs_a_word(given: dict[str, object], field: str) -> None:
    answers = replace(Answers(description="a"), **given)
    assert [name for name, _ in faults(answers)] == [field]
    assert list(faults(replace(answers, **{field: "juggling"}))) == []


def test_p_sco_1_and_4_parties_and_media_have_words_for_each() -> None:
    assert set(incidents.PARTIES) == set(Party)
    assert set(incidents.MEDIA) == set(Medium)
    assert set(incidents.ACTIVITIES) == set(Activity)
    assert set(incidents.SETTINGS) == set(incidents.Setting)
    assert set(incidents.STATUSES) == set(incidents.PublicStatus)


def test_p_out_1_a_wish_for_an_answer_by_contact_needs_a_contact() -> None:
    wished = Answers(description="a", wish=Wish.BY_CONTACT)
    assert [name for name, _ in faults(wished)] == ["email"]
    assert list(faults(replace(wished, phone="020 7946 0000"))) == []
    assert list(faults(replace(wished, email="pat@example.org"))) == []
    assert [name for name, _ in faults(replace(wished, email="pat"))] == ["email"]
    assert list(faults(replace(wished, wish=Wish.BY_RECEIPT))) == []


def test_texts_and_people_have_bounds() -> None:
    for one in fields(Answers):
        if isinstance(getattr(Answers(), one.name), str) and one.name not in {
            "wish",
            "police_wish",
            "email",
            "taken_by",
        }:
            long = replace(Answers(description="a"), **{one.name: "x" * (longest(one.name) + 1)})
            assert [name for name, _ in faults(long)] == [one.name]
    crowd = (Person(name="a"),) * (MOST_PEOPLE + 1)
    assert [name for name, _ in faults(Answers(description="a", subjects=crowd))] == ["subjects"]
    odd = Answers(description="a", team_members=("Ana",))
    assert [name for name, _ in faults(odd)] == ["team_members"]


def test_a_later_contact_and_wish_come_back_as_they_were() -> None:
    reach = Reach("Pat", "pat@example.org", "020 7946 0000", Wish.BY_CONTACT)
    assert reach_from_json(reach_to_json(reach)) == reach
    assert with_reach(Answers(description="a"), reach).wish is Wish.BY_CONTACT
