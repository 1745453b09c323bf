"""Nobody else stands in what somebody is given: whoever, wherever, in whatever kind of item."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.attaching import read_with
from support.cases import TOLD, inquired, notified, subject_of
from support.desk import Desk
from support.restricting import approve, propose
from support.subjects import (
    agreed,
    decide,
    give_all,
    held_in,
    items,
    join,
    made,
    reviewed,
    searched,
    sent_letter,
    shown,
    staffed,
    text_of,
    whole_way,
)

from triage.cases.inquiry.service import notices
from triage.core.errors import Conflict, Invalid
from triage.core.roles import Role
from triage.letters.leaks import Protected
from triage.messages.service.flags import add_note
from triage.retention.subject.redaction import HIDDEN, hide, left, without
from triage.retention.subject.rules import Decision
from triage.retention.subject.terms import read_terms, why_in
from triage.staff.processes import Part

OWN = read_terms(["Pat Example", "pat@example.org", "020 7946 0958", "@patty"])
SAID = "yesterday we went there again because nobody had come to look at the broken lamp"
FILLER = SAID.split()
HARD, SOFT = st.sampled_from("bdgkvz"), st.sampled_from("aou")
SYLLABLE = st.builds(lambda a, b, c: a + b + c, HARD, SOFT, HARD)
REPORT = """
he stood in the door of the small room and laughed while nobody else was near enough to hear
"""
WORD = st.lists(SYLLABLE, min_size=2, max_size=3).map("".join)


@settings(max_examples=60, deadline=None)
@given(
    first=WORD, last=WORD, digits=st.integers(100, 199),
    places=st.lists(st.integers(0, 14), min_size=6, max_size=6),
    upper=st.booleans(), between=st.sampled_from([" ", "\n", ", ", "-"]), strangers=st.booleans(),
)  # fmt: skip
def test_p_nam_1_a_third_party_is_hidden_in_whatever_form_and_place(
    first: str,
    last: str,
    digits: int,
    places: list[int],
    upper: bool,
    between: str,
    strangers: bool,
) -> None:
    phone = f"020 7946 0{digits}"
    email, handle = f"{first}.{last}@example.net", f"@{first}_{last}"
    forms = [
        f"{first.title()}{between}{last.title()}", last.upper() if upper else last.title(),
        first.title(), email, phone.replace(" ", "") if upper else phone, handle,
    ]  # fmt: skip
    words = list(FILLER)
    for place, form in zip(places, forms, strict=True):
        words.insert(place, form)
    text = " ".join([*words, "said Pat Example, pat@example.org, 020 7946 0958, to us."])
    others = Protected(
        names=(f"{first} {last}",), emails=(email,), phones=(phone,), handles=(handle,)
    )
    out = hide(text, others, OWN, strangers=strangers)
    plain = out.text.casefold()
    assert first not in plain
    assert last not in plain
    assert f"79460{digits}" not in plain.replace(" ", "")
    assert out.places
    assert left(out.text, others, OWN) == ()
    assert hide(out.text, others, OWN, strangers=strangers).text == out.text
    assert "Pat Example, pat@example.org, 020 7946 0958" in out.text
    assert all(one in plain for one in FILLER)


@settings(max_examples=60, deadline=None)
@given(start=st.integers(0, 9), length=st.integers(6, 12), cut=st.integers(0, 3))
def test_p_nam_1_six_words_in_a_row_of_anothers_report_are_hidden_and_five_are_not(
    start: int, length: int, cut: int
) -> None:
    report = REPORT.split()
    run = report[start : start + length]
    text = f"Norbert says that {' '.join(run)} is untrue. {' '.join(report[: 5 - cut])}."
    others = Protected(sources=(" ".join(report),))
    out = hide(text, others, OWN, strangers=False)
    assert " ".join(run) not in out.text
    assert left(out.text, others, OWN) == ()


def test_in_what_others_wrote_every_address_number_and_handle_goes() -> None:
    text = "Ask Mo at mo@example.com, 07700 900456, @momo or SW1A 1AA, or pat@example.org."
    out = hide(text, Protected(), OWN, strangers=True)
    assert out.text == f"Ask Mo at {HIDDEN}, {HIDDEN}, {HIDDEN} or {HIDDEN}, or pat@example.org."
    assert hide(text, Protected(), OWN, strangers=False).text == text


def test_a_colleague_of_the_same_first_name_is_hidden_and_the_persons_own_name_is_not() -> None:
    others = without(Protected(names=("Pat Smith", "Pat Example")), OWN)
    out = hide("Pat Example wrote to Pat Smith; Pat rang.", others, OWN, strangers=False)
    assert out.text == f"Pat Example wrote to {HIDDEN} rang."


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("It was PAT EXAMPLE.", {"name"}),
        ("example, pat", {"name"}),
        ("Pátrick Example", set()),
        ("patient examples", set()),
        ("write to Pat@Example.org.", {"address", "name"}),
        ("write to notpat@example.org", set()),
        ("ring +44 20 7946 0958 now", {"phone"}),
        ("ring (020) 7946-0958", {"phone"}),
        ("she is @Patty on there", {"handle"}),
        ("a patty with cheese", set()),
    ],
)  # fmt: skip
def test_somebody_is_found_as_people_write_them_and_not_in_other_words(
    text: str, found: set[str]
) -> None:
    assert {one.value for one in why_in(text, OWN)} == found


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_can_be_looked_through(text: str) -> None:
    why_in(text, OWN)
    out = hide(text, Protected(names=("Vodagu Kabud",)), OWN, strangers=True)
    assert left(out.text, Protected(names=("Vodagu Kabud",)), OWN) == ()


# -- in each kind of item, whole

COLLEAGUE = "Vodagu Kabud"
STRANGER = "Zokuva Bagudo"


def canaries(text: str) -> list[str]:
    """What of somebody else is in a text."""
    plain = text.casefold()
    all_of_them = [
        COLLEAGUE,
        STRANGER,
        "Rosalind Quince",
        "vodagu@",
        "zokuva@",
        "r.quince",
        "7946 0123",
    ]
    return [one for name in all_of_them for one in name.casefold().split() if one in plain] + [
        one for one in ("ana@", "ben@") if one in plain
    ]


@pytest.fixture
def filled(desk: Desk) -> tuple[Desk, str]:
    """Everything there can be of Norbert Vale, with somebody else in each; and his request."""
    staffed(desk)
    desk.add("vodagu kabud", Role.REVIEWER)
    desk.add("mia", Role.CUSTODIAN, Role.HANDLER)
    norbert: dict[str, Any] = {
        "from_name": "Norbert Vale", "from_address": "norbert@example.net",
    }  # fmt: skip
    attached = read_with((f"{COLLEAGUE}.txt", "application/x-note", b"abc"))
    theirs = desk.arrive(
        f"[high] {COLLEAGUE} is a fool, tell vodagu@charity.example.org. My own number is "
        "07700 900111, and I mean it.", subject=f"About {COLLEAGUE}",
        attachments=attached.attachments, raw=attached.raw, **norbert,
    )  # fmt: skip
    desk.arrive(
        f"I am {STRANGER}. Norbert Vale shouted at me. Ring me on 020 7946 0123, not him.\n"
        "This is a secret of mine.", from_name=STRANGER, from_address="zokuva@example.com",
    )  # fmt: skip
    desk.do(desk.ana, add_note, message_id=theirs, text=f"{COLLEAGUE} spoke to him of this.")
    case_id = inquired(desk)
    notified(desk, case_id)
    desk.do(
        desk.ivo, notices.record_account, party_id=subject_of(desk, case_id), made_at=desk.now,
        origin="by phone", text=f"I never did. {COLLEAGUE} and Rosalind Quince know.",
    )  # fmt: skip
    join(desk, case_id, desk.mia, Part.HANDLER)
    sent_letter(desk, theirs, f"Dear Norbert, {COLLEAGUE} asks you to stop.")
    restriction = propose(desk, desk.ana, theirs, reason=f"{COLLEAGUE} is afraid of him.")
    approve(desk, desk.dora, restriction)
    request_id = searched(desk, by=desk.mia, who="Norbert Vale", contact="norbert@example.net")
    return desk, request_id


def test_no_third_party_is_in_any_kind_of_item_that_goes(filled: tuple[Desk, str]) -> None:
    desk, request_id = filled
    there = {one.kind for one in items(desk, request_id, desk.mia)}
    assert there == {
        "message", "file", "mention", "note", "case", "statement", "restriction", "letter",
    }  # fmt: skip
    give_all(desk, request_id, desk.mia)
    reviewed(desk, request_id, desk.mia)
    assert shown(desk, request_id, desk.mia).leaks == 0
    join(desk, case_of(desk, request_id), desk.cole, Part.DECIDER)
    agreed(desk, request_id)
    data = made(desk, request_id, desk.mia)
    said = text_of(data)
    assert canaries(said) == []
    assert len(held_in(data)) == len(items(desk, request_id, desk.mia))
    for own in ("My own number is 07700 900111, and I mean it.", "Norbert Vale shouted at me.",
                "I never did.", "Dear Norbert"):  # fmt: skip
        assert own in said, own
    assert "a secret of mine" not in said
    assert TOLD[:40] not in said


@pytest.mark.parametrize(
    "summary",
    [
        "Rosalind Quince reported you.", "She is at r.quince@example.org.",
        "It says: blocked the door of the small room twice.", f"{COLLEAGUE} took it down.",
    ],
)  # fmt: skip
def test_p_nam_1_a_summary_that_tells_who_reported_goes_only_if_a_second_person_says_why(
    filled: tuple[Desk, str], summary: str
) -> None:
    desk, request_id = filled
    give_all(desk, request_id, desk.mia)
    [case] = [one for one in items(desk, request_id, desk.mia) if one.kind == "case"]
    decide(desk, case, desk.mia, decision=Decision.SUMMARY, said=summary)
    reviewed(desk, request_id, desk.mia)
    join(desk, case_of(desk, request_id), desk.cole, Part.DECIDER)
    assert shown(desk, request_id, desk.cole).leaks
    with pytest.raises(Invalid, match="tells of somebody else"):
        agreed(desk, request_id)
    with pytest.raises(Conflict, match="second person"):
        made(desk, request_id, desk.mia)
    agreed(desk, request_id, override="she said that he may know")
    assert summary in text_of(made(desk, request_id, desk.mia))
    assert "true" in desk.events("subject_second_agrees", request_id)[0].details


def test_what_goes_whole_needs_a_second_persons_word(desk: Desk) -> None:
    staffed(desk)
    desk.arrive("[low] Ana told me so.")
    request_id = searched(desk)
    [one] = items(desk, request_id)
    decide(desk, one, decision=Decision.DISCLOSE, whole=True)
    reviewed(desk, request_id)
    with pytest.raises(Invalid, match="tells of somebody else"):
        agreed(desk, request_id)
    agreed(desk, request_id, override="they wrote the name themselves")
    assert "Ana told me so." in text_of(made(desk, request_id))


def test_further_words_are_hidden_where_somebody_says_so(desk: Desk) -> None:
    staffed(desk)
    desk.arrive("[low] The woman from the bus stop saw it, and so did the milkman.")
    request_id = searched(desk)
    [one] = items(desk, request_id)
    decide(desk, one, decision=Decision.DISCLOSE, hide="woman from the bus stop\nMILKMAN")
    agreed(desk, reviewed(desk, request_id))
    assert f"The {HIDDEN} saw it, and so did the {HIDDEN}." in text_of(made(desk, request_id))


def test_the_persons_own_words_and_contact_stay_as_they_wrote_them(desk: Desk) -> None:
    staffed(desk)
    said = "You lot are thieves! Ring me: 07700 900222, or pat.other@example.com, at SW1A 1AA."
    desk.arrive(f"[high] {said}")
    assert said in text_of(whole_way(desk)[1])


def case_of(desk: Desk, request_id: str) -> str:
    """The case among the items."""
    return next(one.matter_id for one in items(desk, request_id, desk.mia) if one.kind == "case")
