"""Evidence: whose it is, where it came from, that it is whole, and what is made of it."""

import hashlib
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from sqlalchemy import select, update
from support.cases import begun, came_in, found_in, give, inquired, row, staffed, subject_of, take
from support.desk import Desk

from triage.cases.inquiry.queries import measures_now
from triage.cases.inquiry.rules import (
    Bearing,
    Custody,
    ItemKind,
    MeasureKind,
    Source,
    Weighed,
    check_balance,
)
from triage.cases.inquiry.service import evidence, guards, handing_out, interims, parties, weighing
from triage.cases.inquiry.sniffing import sniffed
from triage.cases.inquiry.tables import CaseEvidence
from triage.cases.rules import PartyKind
from triage.cases.service import handling
from triage.cases.service.stepping import load
from triage.cases.tables import CaseDeclaration
from triage.conduct.kinds import Disposition, Severity
from triage.core.access import SYSTEM
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.exclusions import ExclusionKind, exclude, is_excluded
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.messages.rules import State as MessageState
from triage.messages.service.children import close_actioned
from triage.messages.tables import Original
from triage.reports.tables import ReportFile
from triage.staff.processes import Part

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(60))


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(desk)


def witness(desk: Desk, case_id: str, **fields: Any) -> str:
    added = desk.do(
        desk.ivo, parties.add_party,
        case_id=case_id, version=row(desk, case_id).version, kind=PartyKind.WITNESS,
        **{"name": "Wilhelmina Tarn", **fields},
    )  # fmt: skip
    return added.party_id


def statement(desk: Desk, case_id: str, text: str = "I saw it from the stairs.") -> str:
    return desk.do(
        desk.ivo, evidence.add_statement,
        case_id=case_id, party_id=witness(desk, case_id), text=text,
        made_at=desk.now - timedelta(days=2), origin="By telephone",
    )  # fmt: skip


def document(desk: Desk, case_id: str, data: bytes = PNG, **fields: Any) -> str:
    given: dict[str, Any] = {
        "title": "The door", "file_name": "door.png", "made_at": desk.now, "origin": "Sent by mail",
        "source": Source.WITNESS,
    } | fields  # fmt: skip
    return desk.do(desk.ivo, evidence.add_document, case_id=case_id, data=data, **given)


def only(desk: Desk, case_id: str) -> Any:
    (one,) = found_in(desk, case_id).items
    return one


def ready(desk: Desk, case_id: str) -> None:
    def ask(tx: Tx) -> None:
        guards.check_ready_to_recommend(tx, load(tx, case_id))

    desk.triage.runner.run(desk.ivo, ask)


def test_p_inv_1_a_statement_is_dated_attributed_and_kept_out_of_what_the_subject_gets(
    cases: Desk,
) -> None:
    case_id = inquired(cases)
    item_id = statement(cases, case_id)
    one = only(cases, case_id)
    assert one.made_at == cases.now - timedelta(days=2)
    assert one.title == "Statement of Wilhelmina Tarn"
    assert (one.source, one.origin, one.added_by) == (Source.WITNESS, "By telephone", "Ivo")
    assert one.party_id == subject_of(cases, case_id, PartyKind.WITNESS)
    assert one.hidden
    assert cases.do(cases.ivo, handing_out.export_for_subject, case_id=case_id) == ()
    cases.do(cases.hal, handing_out.look_at, item_id=item_id)
    cases.do(cases.hal, weighing.hide, item_id=item_id, hidden=False)
    (given,) = cases.do(cases.ivo, handing_out.export_for_subject, case_id=case_id)
    assert given.data == b"I saw it from the stairs."


def test_p_inv_1_a_statement_that_somebody_asked_to_be_kept_among_few_stays_hidden(
    cases: Desk,
) -> None:
    case_id = inquired(cases)
    item_id = cases.do(
        cases.ivo, evidence.add_statement,
        case_id=case_id, party_id=witness(cases, case_id), text="Please keep this to you.",
        made_at=cases.now, origin="By telephone", confidential=True, hidden=False,
    )  # fmt: skip
    assert only(cases, case_id).hidden
    with pytest.raises(Invalid):
        cases.do(cases.ivo, weighing.hide, item_id=item_id, hidden=False)


def test_p_inv_1_a_statement_without_a_day_or_of_times_to_come_is_none(cases: Desk) -> None:
    case_id = inquired(cases)
    party_id = witness(cases, case_id)
    for made_at in (None, cases.now + timedelta(hours=1)):
        with pytest.raises(Invalid):
            cases.do(
                cases.ivo, evidence.add_statement,
                case_id=case_id, party_id=party_id, text="words", made_at=made_at, origin="here",
            )  # fmt: skip


def test_p_inv_2_a_file_has_its_hash_and_goes_out_as_it_came_in(cases: Desk) -> None:
    case_id = inquired(cases)
    item_id = document(cases, case_id)
    out = cases.do(cases.ivo, handing_out.export_item, item_id=item_id)
    assert out.whole
    assert out.data == PNG
    assert out.sha256 == hashlib.sha256(PNG).hexdigest() == only(cases, case_id).sha256
    assert (out.media, out.file_name) == ("image/png", "door.png")


def test_p_inv_2_with_one_byte_changed_it_does_not_go_out_and_that_is_noted(cases: Desk) -> None:
    case_id = inquired(cases)
    item_id = document(cases, case_id)

    def change(session: Any) -> None:
        data = session.scalar(select(CaseEvidence.data).where(CaseEvidence.id == item_id))
        wrong = data[:-1] + bytes([data[-1] ^ 1])
        session.execute(update(CaseEvidence).where(CaseEvidence.id == item_id).values(data=wrong))

    cases.triage.database.write(change)
    out = cases.do(cases.ivo, handing_out.export_item, item_id=item_id)
    assert not out.whole
    assert out.data is None
    assert only(cases, case_id).custody[-1].act is Custody.FAILED
    assert cases.events("evidence_failed", case_id)


def test_p_inv_2_who_put_it_in_who_looked_and_who_took_it_away_stands_in_its_custody(
    cases: Desk,
) -> None:
    case_id = inquired(cases)
    item_id = document(cases, case_id)
    cases.do(cases.dee, handing_out.look_at, item_id=item_id)
    cases.do(cases.hal, handing_out.export_item, item_id=item_id)
    with pytest.raises(NotAllowed):
        cases.do(cases.dee, handing_out.export_item, item_id=item_id)
    said = [(one.who, one.act) for one in only(cases, case_id).custody]
    assert said == [("Ivo", Custody.ADDED), ("Dee", Custody.LOOKED), ("Hal", Custody.EXPORTED)]
    codes = [one.code for one in cases.events(matter_id=case_id)]
    assert codes[-3:-1] == ["evidence_looked", "evidence_exported"]


def test_what_a_file_is_its_content_says_and_programs_are_none(cases: Desk) -> None:
    case_id = inquired(cases)
    document(cases, case_id, b"<html><script>alert(1)</script>", file_name="photo.png")
    assert only(cases, case_id).media == "text/plain"
    for data in (b"MZ" + bytes(50), b"\x7fELF" + bytes(50), b"#!/bin/sh\n", b""):
        with pytest.raises(Invalid):
            document(cases, case_id, data)
    with pytest.raises(Invalid):
        document(cases, case_id, PNG + bytes(10 * 2**20))


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (b"%PDF-1.7 and so on", "application/pdf"),
        (b"\xff\xd8\xff\xe0", "image/jpeg"),
        (b"RIFF....WEBPVP8", "image/webp"),
        ("na\u00efve caf\u00e9".encode(), "text/plain"),
        (b"\x00\x01\x02\x03", "application/octet-stream"),
        (b"PK\x03\x04 word/vbaProject.bin", None),
    ],
)
def test_a_file_is_told_by_how_it_begins(data: bytes, media: str | None) -> None:
    assert sniffed(data) == media


def test_p_inv_3_no_recommendation_while_nothing_is_marked_and_no_reason_is_given(
    cases: Desk,
) -> None:
    case_id = begun(cases)
    item_id = statement(cases, case_id)
    with pytest.raises(Conflict, match="rests on"):
        ready(cases, case_id)
    given = {"item_id": item_id, "bearing": Bearing.SUPPORTS}
    cases.do(cases.ivo, weighing.weigh, carries=True, **given)
    with pytest.raises(Conflict, match="not tested"):
        ready(cases, case_id)
    cases.do(cases.ivo, weighing.tested, item_id=item_id, done=True, how="Read out to him")
    ready(cases, case_id)


def test_p_inv_3_a_reason_for_one_piece_or_for_the_whole_will_do(cases: Desk) -> None:
    case_id = begun(cases)
    item_id = statement(cases, case_id)
    cases.do(cases.ivo, weighing.weigh, item_id=item_id, bearing=Bearing.SUPPORTS, carries=True)
    cases.do(cases.ivo, weighing.tested, item_id=item_id, done=False, how="He did not answer")
    ready(cases, case_id)
    other = begun(cases)
    with pytest.raises(Conflict):
        ready(cases, other)
    with pytest.raises(Invalid):
        cases.do(cases.ivo, weighing.say_why_not_balanced, case_id=other, reason=" ")
    cases.do(cases.ivo, weighing.say_why_not_balanced, case_id=other, reason="Nobody was there")
    ready(cases, other)
    assert found_in(cases, other).unbalanced == ("Nobody was there",)


@pytest.mark.parametrize("reasoned", [True, False])
@pytest.mark.parametrize("tested", [True, False])
def test_p_inv_3_one_untested_piece_among_many_stops_it(tested: bool, reasoned: bool) -> None:
    items = [
        Weighed(True, True, True),
        Weighed(True, tested, reasoned),
        Weighed(False, False, False),
    ]
    if tested or reasoned:
        check_balance(items, reasoned=False)
    else:
        with pytest.raises(Conflict):
            check_balance(items, reasoned=False)
    check_balance(items, reasoned=True)


def test_only_what_is_not_the_reporters_own_counts_as_independent(cases: Desk) -> None:
    case_id = begun(cases)

    def independent() -> bool:
        def ask(tx: Tx) -> bool:
            return guards.has_independent_item(tx, load(tx, case_id))

        return cases.triage.runner.run(cases.ivo, ask)

    own = cases.do(cases.ivo, evidence.add_from_report, case_id=case_id, title="What was reported")
    mark = partial(cases.do, cases.ivo, weighing.weigh, carries=False)
    mark(item_id=own, bearing=Bearing.SUPPORTS)
    assert not independent()
    other = statement(cases, case_id)
    mark(item_id=other, bearing=Bearing.CONTRADICTS)
    assert not independent()
    mark(item_id=other, bearing=Bearing.SUPPORTS)
    assert independent()


def test_a_message_to_us_becomes_evidence_and_who_has_no_part_in_it_has_none_in_the_case(
    cases: Desk,
) -> None:
    cases.add("rhea", Role.REVIEWER, Role.INVESTIGATOR)
    case_id = begun(cases)
    give(cases, case_id, Part.INVESTIGATOR, cases.rhea)
    message_id = cases.arrive("[high] I will wait by the door", recipients=())
    other_id = cases.arrive(
        "[high] and for you too", recipients=("hal@charity.example.org",),
    )  # fmt: skip
    version = cases.open(cases.rhea, message_id)
    cases.uncover(cases.rhea, message_id)
    given: dict[str, Any] = {"case_id": case_id, "title": "A message"}
    labels = {"labels": (Disposition.THREATENING,), "severity": Severity.HIGH}
    with pytest.raises(NotAllowed):
        cases.do(cases.ivo, evidence.add_message, message_id=message_id, **given)
    cases.do(
        cases.rhea, evidence.add_message, message_id=message_id, message_version=version,
        **given, **labels,
    )  # fmt: skip
    assert cases.state(message_id) is MessageState.LINKED_TO_CASE
    assert only(cases, case_id).kind is ItemKind.MESSAGE
    out = cases.do(cases.rhea, handing_out.export_item, item_id=only(cases, case_id).id)
    assert out.data == cases.read(lambda session: session.get_one(Original, message_id).raw)
    with cases.triage.database.read() as session:
        hidden = is_excluded(session, matter_id=other_id, person_id=cases.hal.person_id)
    assert hidden, "it was sent to him"
    cases.do(cases.rhea, evidence.add_message, message_id=other_id, **given)
    with pytest.raises(NotFound):
        found_in(cases, case_id, cases.hal)


def test_a_message_closes_once_the_case_in_which_it_is_evidence_has_ended(cases: Desk) -> None:
    cases.add("rhea", Role.REVIEWER, Role.HANDLER)
    case_id = take(cases, came_in(cases), cases.rhea)
    message_id = cases.arrive("[high] I will wait by the door")
    version = cases.open(cases.rhea, message_id)
    cases.uncover(cases.rhea, message_id)
    cases.do(
        cases.rhea, evidence.add_message,
        case_id=case_id, title="A message", message_id=message_id, message_version=version,
        labels=(Disposition.THREATENING,), severity=Severity.HIGH,
    )  # fmt: skip

    def close() -> None:
        version = cases.version(message_id)
        cases.do(cases.rhea, close_actioned, message_id=message_id, version=version)

    with pytest.raises(Invalid):
        close()
    version = row(cases, case_id).version
    given = {"case_id": case_id, "version": version, "service": "wdtk"}
    cases.do(cases.rhea, handling.route_out, reason="a matter of the site", **given)
    close()
    assert cases.state(message_id) is MessageState.ACTIONED_CLOSED


def test_a_message_nobody_has_read_is_linked_to_no_case(cases: Desk) -> None:
    cases.add("rhea", Role.REVIEWER, Role.HANDLER)
    case_id = take(cases, came_in(cases), cases.rhea)
    message_id = cases.arrive("[high] I will wait by the door")
    version = cases.open(cases.rhea, message_id)
    given: dict[str, Any] = {
        "case_id": case_id, "title": "A message", "message_id": message_id,
        "message_version": version, "severity": Severity.HIGH,
    }  # fmt: skip
    with pytest.raises(Invalid):
        cases.do(cases.rhea, evidence.add_message, labels=(Disposition.THREATENING,), **given)
    cases.uncover(cases.rhea, message_id)
    with pytest.raises(Invalid):
        cases.do(cases.rhea, evidence.add_message, labels=(), **given)
    assert found_in(cases, case_id, cases.rhea).items == ()


def test_who_has_no_part_finds_no_evidence_and_no_inquiry(cases: Desk) -> None:
    case_id = inquired(cases)
    item_id = statement(cases, case_id)
    for actor in (cases.hope, cases.ines, cases.dan):
        with pytest.raises(NotFound):
            found_in(cases, case_id, actor)
        for command in (handing_out.look_at, handing_out.export_item):
            with pytest.raises(NotFound):
                cases.do(actor, command, item_id=item_id)
        with pytest.raises(NotFound):
            cases.do(actor, weighing.hide, item_id=item_id, hidden=False)


def test_who_may_take_a_report_reads_no_inquiry_of_it(cases: Desk) -> None:
    case_id = came_in(cases)
    cases.do(SYSTEM, declared, case_id=case_id, person_id=cases.hope.person_id)
    with pytest.raises(NotFound):
        found_in(cases, case_id, cases.hope)


def declared(tx: Tx, *, case_id: str, person_id: str) -> None:
    """Somebody has said that they have no conflict, and has not taken the report."""
    tx.session.add(CaseDeclaration(case_id=case_id, person_id=person_id, ties=[], at=tx.now))


def test_whoever_is_kept_away_reads_nothing_though_a_part_was_left_to_them(cases: Desk) -> None:
    case_id = inquired(cases)
    give(cases, case_id, Part.INTERIM_AUTHOR, cases.otto)
    cases.do(
        cases.otto, interims.set_interim,
        case_id=case_id, who="Norbert Vale", kind=MeasureKind.STAY_AWAY, why="why", place="here",
    )  # fmt: skip
    item_id = statement(cases, case_id)

    def keep_away(tx: Tx) -> None:
        exclude(
            tx.session, matter_id=case_id, person_id=cases.dee.person_id,
            kind=ExclusionKind.SUBJECT, at=tx.now,
        )  # fmt: skip

    assert cases.read(measures_now, viewer=cases.dee, at=cases.now)
    cases.do(SYSTEM, keep_away)
    with pytest.raises(NotFound):
        found_in(cases, case_id, cases.dee)
    with pytest.raises(NotFound):
        cases.do(cases.dee, handing_out.look_at, item_id=item_id)
    assert cases.read(measures_now, viewer=cases.dee, at=cases.now) == ()


def test_p_inv_2_a_file_of_the_report_that_was_changed_under_its_key_does_not_go_out(
    cases: Desk,
) -> None:
    case_id = inquired(cases)
    report_id = row(cases, case_id).report_id
    file_id = new_id()

    def send(tx: Tx, data: bytes = PNG) -> None:
        place: dict[str, Any] = {"owner_id": report_id, "table": "report_files", "row_id": file_id}

        def seal(column: str, given: bytes) -> bytes:
            return tx.vault.seal_bytes(tx.session, column=column, data=given, at=tx.now, **place)

        found = tx.session.get(ReportFile, file_id)
        if found is not None:
            found.data = seal("data", data)
            return
        tx.session.add(
            ReportFile(
                id=file_id, report_id=report_id, at=tx.now, name=seal("name", b"door.png"),
                kind="image/png", size=len(data), sha256=seal("sha256", b"0" * 64),
                data=seal("data", data),
            )
        )  # fmt: skip

    cases.do(SYSTEM, send)
    item_id = cases.do(
        cases.ivo, evidence.add_from_report, case_id=case_id, title="The door", file_id=file_id
    )
    assert cases.do(cases.ivo, handing_out.export_item, item_id=item_id).data == PNG
    cases.do(SYSTEM, partial(send, data=PNG + b"x"))
    assert not cases.do(cases.ivo, handing_out.export_item, item_id=item_id).whole
    other = inquired(cases)
    with pytest.raises(NotFound):
        cases.do(
            cases.ivo, evidence.add_from_report, case_id=other, title="Not his", file_id=file_id
        )


def test_nobody_reads_an_inquiry_before_they_have_declared(cases: Desk) -> None:
    case_id = inquired(cases)
    version = row(cases, case_id).version
    cases.do(
        cases.hal, handling.assign, case_id=case_id, version=version, part=Part.INVESTIGATOR,
        person_id=cases.ines.person_id,
    )  # fmt: skip
    with pytest.raises(Invalid):
        found_in(cases, case_id, cases.ines)


def test_p_rec_2_a_subject_added_by_hand_who_is_one_of_us_is_out_and_replaced(
    cases: Desk,
) -> None:
    case_id = begun(cases)
    give(cases, case_id, Part.INVESTIGATOR, cases.ines)
    version = row(cases, case_id).version
    given = {"case_id": case_id, "kind": PartyKind.SUBJECT}
    added = cases.do(
        cases.ines, parties.add_party, version=version, contact="hal@charity.example.org", **given
    )
    assert added.out == (cases.hal.person_id,)
    with pytest.raises(NotFound):
        found_in(cases, case_id, cases.hal)
    named = [one.staff_id for one in found_in(cases, case_id).parties]
    assert named == [cases.hal.person_id]
    version = row(cases, case_id).version
    like = cases.do(cases.ines, parties.add_party, version=version, name="Dee", **given)
    assert like.out == ()
    assert (cases.dee.person_id, "Dee") in like.might_be
    assert found_in(cases, case_id, cases.dee)
    cases.do(
        cases.ines, parties.is_one_of_us, party_id=like.party_id, person_id=cases.dee.person_id
    )
    with pytest.raises(NotFound):
        found_in(cases, case_id, cases.dee)


def test_p_acc_1_what_a_witness_needs_stands_on_the_task_of_meeting_them(cases: Desk) -> None:
    from triage.cases.inquiry.service import meetings

    case_id = inquired(cases, support="a room without steps")
    party_id = witness(cases, case_id, support="an interpreter for BSL")
    later = cases.now + timedelta(days=2)
    given = {"case_id": case_id, "at": later, "place": "The small room"}
    cases.do(cases.ivo, meetings.plan_meeting, party_id=party_id, **given)
    cases.do(cases.ivo, meetings.plan_meeting, party_id=None, **given)
    tasks = [one.support for one in found_in(cases, case_id).tasks if one.kind == "meeting"]
    assert sorted(tasks) == ["a room without steps", "an interpreter for BSL"]


def test_p_acc_1_a_talk_that_took_place_is_no_task_any_more_and_has_its_note(
    cases: Desk,
) -> None:
    from triage.cases.inquiry.service import meetings

    case_id = inquired(cases)
    party_id = witness(cases, case_id)
    given = {"case_id": case_id, "at": cases.now + timedelta(days=2), "place": "here"}
    talk = cases.do(cases.ivo, meetings.plan_meeting, party_id=party_id, **given)
    cases.move(days=2, minutes=1)
    assert [one.overdue for one in found_in(cases, case_id).tasks if one.about_id == talk] == [True]
    note = cases.do(
        cases.ivo, evidence.add_statement,
        case_id=case_id, party_id=party_id, text="words", made_at=cases.now, origin="here",
    )  # fmt: skip
    cases.do(cases.ivo, meetings.close_meeting, meeting_id=talk, held=True, item_id=note)
    assert not [one for one in found_in(cases, case_id).tasks if one.about_id == talk]
    assert found_in(cases, case_id).meetings[0].item_id == note
    with pytest.raises(Conflict):
        cases.do(cases.ivo, meetings.close_meeting, meeting_id=talk, held=False)


def test_p_sco_4_both_sides_may_be_anybody_a_user_as_well_as_one_of_the_team(
    cases: Desk,
) -> None:
    from triage.conduct.incidents import Party

    case_id = begun(cases)
    for kind, party, name in (
        (PartyKind.SUBJECT, Party.USER, "Norbert Vale"),
        (PartyKind.AFFECTED, Party.VOLUNTEER, "Ottilie Brand"),
        (PartyKind.SUBJECT, Party.EMPLOYEE, "somebody at the till"),
    ):
        version = row(cases, case_id).version
        cases.do(
            cases.ivo, parties.add_party,
            case_id=case_id, version=version, kind=kind, party=party, name=name,
        )  # fmt: skip
    found = found_in(cases, case_id).parties
    assert {one.party for one in found} == {Party.USER, Party.VOLUNTEER, Party.EMPLOYEE}
