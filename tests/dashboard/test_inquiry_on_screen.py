"""Finding out on the page of a report, and the page for a measure on site: each act by a press."""

import threading
from collections.abc import Callable
from datetime import time, timedelta
from typing import Any

import pytest
from sqlalchemy import update
from streamlit.testing.v1 import AppTest
from support.cases import (
    CONCERN,
    came_in,
    found_in,
    give,
    inquired,
    notified,
    row,
    staffed,
    state,
    subject_of,
    take,
)
from support.desk import Desk
from support.screens import html_of, press, words_of

from dashboard import files, gate, session
from triage.cases.inquiry.rules import (
    Bearing,
    Custody,
    ItemKind,
    MeasureKind,
    NoticeState,
    Source,
    Withheld,
)
from triage.cases.inquiry.service import evidence, interims, meetings, notices, parties
from triage.cases.inquiry.service.jobs import run_inquiries
from triage.cases.inquiry.tables import CaseEvidence
from triage.cases.rules import PartyKind, State
from triage.cases.service import entering, handling
from triage.cases.tables import Case
from triage.conduct.incidents import TeamAnswer
from triage.core.access import Actor
from triage.core.exclusions import is_excluded
from triage.core.roles import Role
from triage.reports.answers import Person
from triage.reports.queries import thread
from triage.reports.tables import Report
from triage.staff.processes import Part

REFUSED = "This page is not part of your role."
PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(60))
MARK = "<b>bold</b> [x](https://example.org)"
MEASURE: dict[str, Any] = {
    "who": "Norbert Vale", "kind": MeasureKind.STAY_AWAY, "why": "He followed her to the stairs",
    "place": "The whole of the hall",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _behind_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """As under ``triage serve``, with nothing offered yet."""
    there = threading.Event()
    there.set()
    monkeypatch.setattr(gate, "in_force", there)
    monkeypatch.setattr(files, "offers", gate.Memory())
    monkeypatch.setattr(session, "chosen", gate.Memory())


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(desk)


@pytest.fixture
def page(screen: Any, cases: Desk) -> Callable[..., AppTest]:
    """The page of a report, as somebody (Ivo) sees it."""

    def draw(case_id: str, who: str = "ivo") -> AppTest:
        at: AppTest = screen("cases", getattr(cases, who), case=case_id)
        assert not at.exception, at.exception
        return at

    return draw


def act(at: AppTest, name: str, case_id: str, **fields: Any) -> AppTest:
    """Fill the form of an act in, check the answers, and do it."""
    fill(at, name, **fields)
    at = press(at, f"check_{name}_{case_id}")
    assert not at.exception, at.exception
    assert "Check your answers" in words_of(at), words_of(at)
    at = press(at, f"confirm_{name}_{case_id}")
    assert not at.exception, at.exception
    assert "There is a problem" not in words_of(at), words_of(at)
    return at


def fill(at: AppTest, name: str, **fields: Any) -> None:
    """Fields by the beginning of their label, in the form of one act alone."""
    inside = form_of(at, name)
    for begins, value in fields.items():
        label = begins.replace("_", " ")
        found = [one for one in inside if one.label.replace(",", "").startswith(label)]
        assert found, (label, [one.label for one in inside])
        found[0].set_value(value)


def form_of(at: AppTest, name: str) -> list[Any]:
    """The fields in the form whose button checks this act."""
    button = next(one for one in at.button if str(one.key).startswith(f"check_{name}_"))
    kinds = (
        "text_input", "text_area", "selectbox", "radio", "checkbox", "date_input", "time_input",
        "file_uploader",
    )  # fmt: skip
    return [one for kind in kinds for one in at.get(kind) if one.form_id == button.form_id]


def offered(at: AppTest) -> set[str]:
    """The acts whose forms stand on the page."""
    keys = [str(one.key) for one in at.button]
    return {one.removeprefix("check_").rpartition("_")[0] for one in keys if one[:6] == "check_"}


def witness(desk: Desk, case_id: str, **fields: Any) -> str:
    added = desk.do(
        desk.ivo, parties.add_party,
        case_id=case_id, version=row(desk, case_id).version, kind=PartyKind.WITNESS,
        **{"name": "Wilhelmina Tarn", **fields},
    )  # fmt: skip
    return str(added.party_id)


def note(desk: Desk, case_id: str, text: str = "She saw the door.", title: str = "A call") -> str:
    return desk.do(
        desk.ivo, evidence.add_note,
        case_id=case_id, title=title, text=text, made_at=desk.now, origin="By telephone",
    )  # fmt: skip


def document(desk: Desk, case_id: str, data: bytes = PNG) -> str:
    return desk.do(
        desk.ivo, evidence.add_document,
        case_id=case_id, title="The door", file_name=f"{MARK}.png", data=data, made_at=desk.now,
        origin="Sent by mail", source=Source.WITNESS,
    )  # fmt: skip


def measured(desk: Desk) -> tuple[str, str]:
    """A case in which Otto has set a measure; both ids."""
    case_id = inquired(desk)
    give(desk, case_id, Part.INTERIM_AUTHOR, desk.otto)
    return case_id, desk.do(desk.otto, interims.set_interim, case_id=case_id, **MEASURE)


def test_somebody_is_added_and_put_right(cases: Desk, page: Any) -> None:
    case_id = inquired(cases)
    at = act(
        page(case_id), "add_party", case_id,
        What_are_they_in_this=PartyKind.WITNESS, Name="Wilhelmina Tarn",
        What_do_they_need="A quiet room",
    )  # fmt: skip
    assert "Wilhelmina Tarn" in words_of(at)
    party = subject_of(cases, case_id, PartyKind.WITNESS)
    act(page(case_id), "amend_party", case_id, Who_is_it=party, How_they_can="w.tarn@example.org")
    (one,) = [one for one in found_in(cases, case_id).parties if one.id == party]
    assert (one.name, one.contact, one.support) == (
        "Wilhelmina Tarn", "w.tarn@example.org", "A quiet room",
    )  # fmt: skip


def test_p_rec_2_whoever_might_be_one_of_us_is_said_and_is_out_at_a_press(
    cases: Desk, page: Any
) -> None:
    case_id = inquired(cases)
    at = act(
        page(case_id), "add_party", case_id,
        What_are_they_in_this=PartyKind.WITNESS, Name="Ines Marlow",
    )  # fmt: skip
    assert "might be one of us: Ines" in words_of(at)
    party = subject_of(cases, case_id, PartyKind.WITNESS)
    ines = cases.ines.person_id
    act(page(case_id), "one_of_us", case_id, Who_is_it=party, Which_colleague=ines)
    with cases.triage.database.read() as db:
        assert is_excluded(db, matter_id=case_id, person_id=ines)


def test_p_inv_1_a_statement_is_put_in_with_its_day_and_its_origin(cases: Desk, page: Any) -> None:
    case_id = inquired(cases)
    party = witness(cases, case_id)
    fields = {
        "Whose_statement": party, "What_was_said": "I saw it from the stairs.",
        "On_which_day": cases.now.date(), "Where_does_it_come_from": "By telephone",
    }  # fmt: skip
    at = act(page(case_id), "add_statement", case_id, **fields)
    (one,) = found_in(cases, case_id).items
    assert (one.kind, one.party_id, one.hidden) == (ItemKind.STATEMENT, party, True)
    assert "Statement of Wilhelmina Tarn" in words_of(at)
    assert "from the stairs" not in words_of(at), "its words are opened, and not just there"


def test_p_inv_1_without_a_day_and_an_origin_nothing_is_put_in(cases: Desk, page: Any) -> None:
    case_id = inquired(cases)
    at = page(case_id)
    fill(at, "add_note", What_is_it="A call", The_note="x")
    at = press(at, f"check_add_note_{case_id}")
    assert "Say on which day it was said, written or taken." in words_of(at)
    assert "Say where it comes from." in words_of(at)
    assert found_in(cases, case_id).items == ()


def test_a_note_a_file_and_the_report_itself_are_put_in(cases: Desk, page: Any) -> None:
    case_id = inquired(cases)
    common = {"On_which_day": cases.now.date(), "Where_does_it_come_from": "By telephone"}
    act(
        page(case_id), "add_note", case_id,
        What_is_it="A call", The_note="She saw it.", From_whom=Source.WITNESS, Keep_it=False,
        **common,
    )  # fmt: skip
    act(
        page(case_id), "add_document", case_id,
        The_file=("door.exe.png", PNG, "text/html"), What_is_it="The door",
        From_whom=Source.WITNESS, **common,
    )  # fmt: skip
    at = page(case_id)
    fill(at, "add_from_report", What_is_it="The report", Keep_it=False)
    for step in ("check", "confirm"):
        at = press(at, f"{step}_add_from_report_{case_id}")
    assert "Somebody else than who put it in lets it out" in words_of(at)
    act(page(case_id), "add_from_report", case_id, What_is_it="The report")
    found = {one.kind: one for one in found_in(cases, case_id).items}
    assert set(found) == {ItemKind.NOTE, ItemKind.DOCUMENT, ItemKind.ACCOUNT}
    assert found[ItemKind.DOCUMENT].media == "image/png"
    assert (found[ItemKind.NOTE].hidden, found[ItemKind.ACCOUNT].hidden) == (False, True)


def test_p_nam_1_who_checks_as_the_second_is_offered_to_let_evidence_out_and_nothing_else_of_it(
    cases: Desk, page: Any
) -> None:
    case_id = inquired(cases)
    give(cases, case_id, Part.LEAK_CHECK, cases.hope)
    assert "hide" not in offered(page(case_id, "hope"))
    cases.do(cases.ivo, evidence.add_from_report, case_id=case_id, title="The report")
    at = page(case_id, "hope")
    assert "hide" in offered(at)
    assert not {"weigh", "tested", "add_note"} & set(offered(at))
    assert "PDF, pictures, sound and all else are not." in words_of(at)


def test_a_program_is_refused_in_words_and_the_rest_stands_in_the_form_again(
    cases: Desk, page: Any
) -> None:
    case_id = inquired(cases)
    at = page(case_id)
    fill(
        at, "add_document", The_file=("tool.png", b"MZ" + bytes(60), "image/png"),
        What_is_it="The door", From_whom=Source.WITNESS, On_which_day=cases.now.date(),
        Where_does_it_come_from="By mail",
    )  # fmt: skip
    at = press(at, f"check_add_document_{case_id}")
    at = press(at, f"confirm_add_document_{case_id}")
    assert "This is a program" in words_of(at)
    assert "The door" in [
        one.value for one in form_of(at, "add_document") if one.label[:4] == "What"
    ]


def test_a_message_is_put_in_by_its_reference_by_who_reviews_too(cases: Desk, page: Any) -> None:
    message_id = cases.arrive("[high] a mail")
    case_id = inquired(cases)
    assert "add_message" not in offered(page(case_id))
    cases.add("rev", Role.INVESTIGATOR, Role.REVIEWER)
    give(cases, case_id, Part.INVESTIGATOR, cases.rev)
    at = page(case_id, "rev")
    fill(at, "add_message", Reference_of="AAA-AAA", What_is_it="The mail")
    at = press(at, f"check_add_message_{case_id}")
    assert "Check your answers" not in words_of(at)
    act(at, "add_message", case_id, Reference_of=message_id[:6], What_is_it="The mail")
    assert [one.kind for one in found_in(cases, case_id).items] == [ItemKind.MESSAGE]


def test_p_inv_2_the_words_are_opened_at_a_press_that_is_noted_and_are_gone_again(
    cases: Desk, page: Any
) -> None:
    case_id = inquired(cases)
    item_id = note(cases, case_id, f"She saw {MARK}.")
    at = page(case_id)
    assert "She saw" not in words_of(at)
    at = press(at, f"open_{item_id}")
    assert f"She saw {MARK}." in words_of(at)
    assert "<b>bold" not in html_of(at)
    (one,) = found_in(cases, case_id).items
    assert [line.act for line in one.custody] == [Custody.ADDED, Custody.LOOKED]
    assert not at.get("download_button"), "what is read is not taken away"
    at.run()
    assert "She saw" not in words_of(at)
    assert len(found_in(cases, case_id).items[0].custody) == 2
    at = press(at, f"take_{item_id}")
    assert [one.label for one in at.get("download_button")] == ["Store it"]
    assert found_in(cases, case_id).items[0].custody[-1].act is Custody.EXPORTED


def test_p_inv_2_a_picture_is_not_drawn_but_offered_with_a_warning(cases: Desk, page: Any) -> None:
    case_id = inquired(cases)
    item_id = document(cases, case_id)
    at = press(page(case_id), f"open_{item_id}")
    assert not at.get("image")
    assert "somebody whom you do not know" in words_of(at)
    (button,) = at.get("download_button")
    assert button.label == "Store it"
    held = [offer for one in files.offers._held.values() for offer in one.values()]
    assert [one.matters for one in held] == [frozenset({case_id})]


def test_p_inv_2_what_is_not_what_was_put_in_does_not_go_out(cases: Desk, page: Any) -> None:
    case_id = inquired(cases)
    item_id = note(cases, case_id)
    with cases.triage.database.read() as db:
        sealed = db.get_one(CaseEvidence, item_id).text
    broken = sealed[:-1] + bytes([sealed[-1] ^ 1])
    cases.triage.database.write(lambda db: db.execute(update(CaseEvidence).values(text=broken)))
    at = press(page(case_id), f"open_{item_id}")
    assert "This is not what was put in" in words_of(at)
    assert not at.get("download_button")


def test_p_inv_3_evidence_is_weighed_tested_and_let_out(cases: Desk, page: Any) -> None:
    case_id = inquired(cases)
    note(cases, case_id)
    assert "Say what this shows: 1. A call" in words_of(page(case_id))
    act(
        page(case_id), "weigh", case_id,
        What_does_it_show=Bearing.SUPPORTS, The_finding_rests=True,
    )  # fmt: skip
    act(
        page(case_id), "tested", case_id,
        Was_it_put="It was put to them", How_was_it="He was asked on the telephone",
    )  # fmt: skip
    at = act(page(case_id), "hide", case_id, What_of_the="They may be given it")
    (one,) = found_in(cases, case_id).items
    assert (one.bearing, one.carries, one.tested, one.hidden) == (
        Bearing.SUPPORTS, True, True, False,
    )  # fmt: skip
    assert "The person reported may have it" in words_of(at)
    assert "Nothing is left" not in words_of(at)
    act(page(case_id), "unbalanced", case_id, Why_was_it_not="The only witness has moved away")
    assert found_in(cases, case_id).unbalanced == ("The only witness has moved away",)


def test_p_sub_1_the_whole_way_of_a_notice_from_the_page(cases: Desk, page: Any) -> None:
    case_id = inquired(cases)
    at = page(case_id)
    assert "Tell Norbert Vale what was reported" in words_of(at)
    assert not {"show_reporter", "skip_showing", "account", "declined"} & offered(at)
    act(at, "begin_notice", case_id, What_is_it_about=CONCERN)
    at = act(page(case_id), "show_reporter", case_id)
    report_id = row(cases, case_id).report_id
    assert CONCERN in cases.read(thread, report_id=report_id)[-2].text
    act(page(case_id), "skip_showing", case_id, Why_is_the="They said by phone that it is well")
    (one,) = found_in(cases, case_id).notices
    at = press(page(case_id), f"check_letter_{one.letter_id}")
    assert "Checked for leaks: none found." in words_of(at)
    assert f"approve_letter_{one.letter_id}" not in {each.key for each in at.button}
    assert "a second person looks at it before it goes" in words_of(at)
    at = asked(at, one.letter_id, cases.dee)
    at = agreed_to(page(case_id, "dee"), one.letter_id)
    assert "What will go:" in words_of(at)
    cases.move(days=1)
    at = page(case_id)
    clock = next(o for o in at.time_input if o.label.startswith("At what time did it go"))
    clock.set_value(cases.now.time().replace(second=0, microsecond=0))
    at = press(at, f"copied_letter_{one.letter_id}")
    assert not at.exception
    assert state(cases, case_id) is State.AWAITING_SUBJECT, words_of(at)
    assert "Norbert Vale has time to answer" in words_of(page(case_id))
    act(
        page(case_id), "account", case_id,
        What_they_say="I only held the door.", On_which_day=cases.now.date(),
        Where_does_it="By mail",
    )  # fmt: skip
    (one,) = found_in(cases, case_id).notices
    assert one.state is NoticeState.ACCOUNT_RECEIVED
    assert state(cases, case_id) is State.INVESTIGATING


def test_somebody_who_would_rather_say_nothing_is_noted(cases: Desk, page: Any) -> None:
    case_id = inquired(cases)
    notified(cases, case_id)
    act(page(case_id), "declined", case_id, How_and_when="By telephone, on Monday")
    assert found_in(cases, case_id).notices[0].state is NoticeState.DECLINED


def asked(at: Any, letter_id: str, whom: Actor) -> Any:
    """Somebody is asked to look at a letter as the second person."""
    button = next(one for one in at.button if one.key == f"ask_letter_{letter_id}")
    inside = [*at.selectbox, *at.text_input]
    person, why = (one for one in inside if one.form_id == button.form_id)
    person.select(whom.person_id)
    why.input("Does anything in it tell?")
    return button.click().run()


def agreed_to(at: Any, letter_id: str) -> Any:
    """The second person lets it go."""
    button = next(one for one in at.button if one.key == f"agree_letter_{letter_id}")
    next(one for one in at.text_input if one.form_id == button.form_id).input("Nothing does")
    return button.click().run()


def leaky(desk: Desk, case_id: str) -> str:
    """The notice as a draft in which the reporter's name stands."""
    party = subject_of(desk, case_id)
    letter_id = desk.do(desk.ivo, notices.begin_notice, party_id=party,
                        concern=f"{CONCERN}, which Rosalind saw")  # fmt: skip
    desk.do(desk.ivo, notices.skip_showing, party_id=party, reason="no receipt was ever used")
    return letter_id


def test_p_nam_1_what_could_tell_is_marked_in_the_text_and_a_second_person_settles_it(
    cases: Desk, page: Any
) -> None:
    case_id = inquired(cases)
    letter_id = leaky(cases, case_id)
    at = press(page(case_id), f"check_letter_{letter_id}")
    assert "Something in it could tell who reported this." in words_of(at)
    assert "A name, or a form of it: “Rosalind”" in words_of(at)
    assert '<mark title="a name, or a form of it">Rosalind</mark>' in html_of(at)
    assert f"approve_letter_{letter_id}" not in {one.key for one in at.button}
    button = next(one for one in at.button if one.key == f"ask_letter_{letter_id}")
    inside = [*at.selectbox, *at.text_input]
    person, why = (one for one in inside if one.form_id == button.form_id)
    person.select(cases.hope.person_id)
    why.input("Her name is everywhere already")
    at = button.click().run()
    assert "A second person looks at it." in words_of(at)
    assert f"agree_letter_{letter_id}" not in {one.key for one in at.button}
    version = row(cases, case_id).version
    cases.do(cases.hope, handling.declare, case_id=case_id, version=version, ties=())
    at = press(page(case_id, "hope"), f"where_letter_{letter_id}")
    assert "“Rosalind”" in words_of(at)
    button = next(one for one in at.button if one.key == f"agree_letter_{letter_id}")
    next(one for one in at.text_input if one.form_id == button.form_id).input("It is known")
    at = button.click().run()
    assert "A second person let it go as it stands" in words_of(at)


def test_p_nam_1_the_reporter_has_their_time_before_the_check(cases: Desk, page: Any) -> None:
    case_id = inquired(cases)
    letter_id = cases.do(cases.ivo, notices.begin_notice, party_id=subject_of(cases, case_id),
                         concern=CONCERN)  # fmt: skip
    at = press(page(case_id), f"check_letter_{letter_id}")
    assert "Show it to the reporter first" in words_of(at)


def test_p_sub_3_a_notice_is_withheld_with_ground_reason_and_day_and_given_after_all(
    cases: Desk, page: Any
) -> None:
    case_id = inquired(cases)
    day = cases.now.date() + timedelta(days=7)
    at = page(case_id)
    grounds = next(one for one in form_of(at, "withhold") if one.label == "On which ground?")
    assert len(grounds.options) == 2, "risk alone, where the trustees have adopted it"
    at = act(
        at, "withhold", case_id, On_which_ground=Withheld.TAMPERING,
        Why_can_they="He has the recording", On_which_day_is_it=day,
    )  # fmt: skip
    assert "Look again at why Norbert Vale is not told" in words_of(at)
    assert "Overdue" not in words_of(at)
    cases.move(days=8)
    assert "Overdue" in words_of(page(case_id))
    act(page(case_id), "give", case_id, What_has_changed="We have a copy")
    assert found_in(cases, case_id).notices[0].state is NoticeState.DUE


def test_whoever_cannot_be_reached_is_said_so(cases: Desk, page: Any) -> None:
    case_id = inquired(cases, subjects=(Person(name="Norbert Vale"),))
    act(page(case_id), "cannot_reach", case_id, What_was_tried="Nobody knows an address")
    assert found_in(cases, case_id).notices[0].state is NoticeState.NOT_APPLICABLE


def test_p_tim_3_a_measure_is_confirmed_or_ended_by_somebody_else(cases: Desk, page: Any) -> None:
    case_id, _ = measured(cases)
    at = page(case_id, "dee")
    assert "In force until" in words_of(at)
    assert "Not confirmed yet" in words_of(at)
    assert "Confirm the measure for Norbert Vale, or let it lapse" in words_of(at)
    act(at, "ratify", case_id, Does_it_go_on="Confirm it: it goes on", Why="It was needed")
    (one,) = found_in(cases, case_id).measures
    assert one.ratified_by == "Dee"
    assert "Confirmed by Dee." in words_of(page(case_id))
    act(page(case_id), "lift", case_id, Why_is_it="He has gone home")
    (one,) = found_in(cases, case_id).measures
    assert not one.in_force


def test_p_tim_3_whoever_set_a_measure_is_offered_no_confirmation_of_it(
    cases: Desk, page: Any
) -> None:
    case_id, _ = measured(cases)
    assert {"ratify", "lift"}.isdisjoint(offered(page(case_id, "otto")))
    assert "ratify" not in offered(page(case_id, "ivo"))


def test_after_it_lapsed_somebody_tells_the_person_by_letter_or_otherwise(
    cases: Desk, page: Any
) -> None:
    case_id, _ = measured(cases)
    cases.move(days=10)
    run_inquiries(cases.triage.runner, cases.now)
    at = page(case_id)
    assert "Tell Norbert Vale that the measure has ended" in words_of(at)
    at = act(at, "ended_letter", case_id)
    assert found_in(cases, case_id).measures[0].letter_id is not None
    assert "What will go:" in words_of(at)
    act(page(case_id), "tell_ended", case_id, How_were_they="By telephone, by Ivo")
    assert not found_in(cases, case_id).measures[0].to_tell


def test_p_acc_1_a_talk_shows_what_the_person_needs_to_take_part(cases: Desk, page: Any) -> None:
    case_id = inquired(cases)
    party = witness(cases, case_id, support="A quiet room, and breaks")
    day = cases.now.date() + timedelta(days=2)
    at = act(
        page(case_id), "plan_meeting", case_id,
        With_whom=party, On_which_day=day, At_what_time=time(14), Where_or_by_what="By telephone",
    )  # fmt: skip
    assert "What they need to take part: A quiet room, and breaks" in words_of(at)
    assert "Talk with Wilhelmina Tarn" in words_of(at)
    cases.move(days=3)
    assert "Overdue" in words_of(page(case_id))
    act(page(case_id), "close_meeting", case_id, Did_it_take_place="It took place")
    assert [one.held for one in found_in(cases, case_id).meetings] == [True]


def test_who_decides_reads_it_all_and_puts_nothing_in(cases: Desk, page: Any) -> None:
    case_id = inquired(cases)
    item_id = note(cases, case_id)
    at = page(case_id, "dee")
    assert "A call" in words_of(at)
    assert offered(at) <= {"challenge", "say", "clear"}
    assert f"take_{item_id}" not in {one.key for one in at.button}
    assert f"open_{item_id}" in {one.key for one in at.button}


@pytest.mark.parametrize("name", ["hope", "dan", "ines", "otto", "cusa"])
def test_p_con_1_whoever_has_no_part_sees_nothing_of_an_inquiry(
    cases: Desk, page: Any, name: str
) -> None:
    case_id = inquired(cases)
    item_id = note(cases, case_id)
    at = page(case_id, name)
    assert "A call" not in words_of(at)
    assert f"open_{item_id}" not in {one.key for one in at.button}
    assert "There is no such case." in words_of(at)


def test_who_stands_in_from_outside_reads_the_inquiry_and_its_letters(
    cases: Desk, page: Any
) -> None:
    case_id = came_in(cases, team=TeamAnswer.NOT_SURE, subjects=())
    take(cases, case_id, cases.tess)
    at = page(case_id, "tess")
    assert "To do in this case" in words_of(at)
    assert "add_party" in offered(at)


def on_site(at: AppTest, **fields: Any) -> AppTest:
    """The five fields, and the press."""
    button = next(one for one in at.button if one.key == "set_interim_now")
    kinds = (
        "text_input",
        "text_area",
        "selectbox",
        "radio",
        "checkbox",
        "date_input",
        "time_input",
    )
    inside = [one for kind in kinds for one in at.get(kind) if one.form_id == button.form_id]
    assert len(inside) <= 5, "a phone, in a hurry"
    for begins, value in fields.items():
        next(one for one in inside if one.label.startswith(begins.replace("_", " "))).set_value(
            value
        )
    return button.click().run()


NOW = {
    "For_whom": "Norbert Vale", "What_is_it": MeasureKind.EXPULSION, "At_which_event": "The hall",
    "Why": "He pushed somebody",
}  # fmt: skip


def test_p_tim_2_on_site_five_fields_take_the_report_down_and_set_the_measure(
    screen: Any, cases: Desk
) -> None:
    at = on_site(screen("interim", cases.otto), **NOW)
    assert not at.exception, at.exception
    assert "It is in force, until" in words_of(at)
    code = next(one.value for one in at.code)
    assert cases.count(Report) == 1
    at.run()
    assert code not in [one.value for one in at.code], "it is shown once"
    with cases.triage.database.read() as db:
        case_id = db.query(Case.id).scalar()
    take(cases, case_id)
    (one,) = found_in(cases, case_id, cases.hal).measures
    assert (one.who, one.kind, one.place, one.in_force) == (
        "Norbert Vale", MeasureKind.EXPULSION, "The hall", True,
    )  # fmt: skip


def test_p_tim_2_the_event_that_is_on_is_chosen_already(screen: Any, cases: Desk) -> None:
    cases.do(
        cases.hope, entering.add_event, name=f"Open day {MARK}", starts=cases.now,
        ends=cases.now + timedelta(days=1), on_site="The lead, 07700 900123",
    )  # fmt: skip
    given = {name: one for name, one in NOW.items() if name != "At_which_event"}
    at = on_site(screen("interim", cases.otto), **given, Until_when="event")
    assert "It is in force, until" in words_of(at)
    with cases.triage.database.read() as db:
        case_id, event_id = db.query(Case.id, Case.event_id).one()
    assert event_id is not None
    take(cases, case_id)
    (one,) = found_in(cases, case_id, cases.hal).measures
    assert one.until == cases.now + timedelta(days=1)


def test_what_is_lacking_is_said_and_what_was_typed_stands_there_again(
    screen: Any, cases: Desk
) -> None:
    at = on_site(screen("interim", cases.otto), For_whom="Norbert Vale")
    assert "Say at which event, or where." in words_of(at)
    assert cases.count(Report) == 0
    assert at.text_input[0].value == "Norbert Vale"


def test_whoever_is_meant_themselves_is_told_that_somebody_else_sets_it(
    screen: Any, cases: Desk
) -> None:
    at = on_site(screen("interim", cases.otto), **(NOW | {"For_whom": "Otto"}))
    assert "no measure is set" in words_of(at)
    assert cases.count(Report) == 1


def test_a_measure_for_a_report_that_is_here_needs_the_declaration_first(
    screen: Any, cases: Desk
) -> None:
    case_id = inquired(cases)
    give(cases, case_id, Part.INTERIM_AUTHOR, cases.otto)
    at = press(screen("interim", cases.otto), f"interim_{case_id}")
    at = on_site(at, **NOW)
    assert "It is in force." in words_of(at)
    assert not at.code, "there is no receipt to give"
    assert len(found_in(cases, case_id).measures) == 1


def test_a_case_that_they_may_not_know_of_is_not_there_by_its_address(
    screen: Any, cases: Desk
) -> None:
    case_id = inquired(cases)
    at = screen("interim", cases.otto, case=case_id)
    assert "With a new report, in one act" in words_of(at)
    assert not [one for one in at.button if str(one.key) == f"interim_{case_id}"]


@pytest.mark.parametrize("name", ["ana", "hal", "ivo", "dee", "cusa", "tess"])
def test_the_page_on_site_is_for_who_is_on_duty(screen: Any, cases: Desk, name: str) -> None:
    assert REFUSED in words_of(screen("interim", getattr(cases, name)))


def test_no_text_that_somebody_wrote_is_drawn_as_markup(cases: Desk, page: Any) -> None:
    case_id = inquired(cases)
    witness(cases, case_id, name=MARK, role=MARK, support=MARK)
    note(cases, case_id, MARK, title=MARK)
    document(cases, case_id)
    cases.do(
        cases.ivo, meetings.plan_meeting, case_id=case_id,
        party_id=subject_of(cases, case_id, PartyKind.WITNESS),
        at=cases.now + timedelta(days=1), place=MARK,
    )  # fmt: skip
    give(cases, case_id, Part.INTERIM_AUTHOR, cases.otto)
    cases.do(cases.otto, interims.set_interim, case_id=case_id,
             **(MEASURE | {"who": MARK, "why": MARK, "place": MARK}))  # fmt: skip
    leaky(cases, case_id)
    at = page(case_id)
    assert MARK in words_of(at)
    assert "<b>bold" not in html_of(at)
    drawn = [
        str(one.value) for kind in ("markdown", "title", "header", "subheader", "caption")
        for one in at.get(kind)
    ]  # fmt: skip
    labels = [one.label for kind in ("button", "expander", "checkbox", "radio", "selectbox")
              for one in at.get(kind)]  # fmt: skip
    options = [option for kind in ("radio", "selectbox") for one in at.get(kind)
               for option in one.options]  # fmt: skip
    assert not [one for one in (*drawn, *labels, *options) if "bold" in one]
