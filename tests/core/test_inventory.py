"""Every column says what it holds, and holds nothing else."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, select
from support.desk import Desk, address
from support.mail import inbound
from support.subjects import agreed, asked, at, decide, items, kept, known, reviewed
from support.subjects import made as made_file

from triage.alarms.service.job import run_alarms
from triage.app import tables
from triage.conduct.incidents import PublicStatus
from triage.conduct.kinds import Disposition, RoutedTo, Severity, WelfareOutcome
from triage.core.access import CONSOLE, SYSTEM
from triage.core.commands import Tx
from triage.core.database import Base
from triage.core.ids import is_id, new_id
from triage.core.inventory import Kind, kinds, problems
from triage.core.mailboxes import Mailbox
from triage.core.sealed import Sealed
from triage.intake import service as cursors
from triage.intake.inbound import Channel, Contact, ContactKind, Forward, How, Verified
from triage.intake.note import Note
from triage.intake.rules import Problem
from triage.letters.queries import letter
from triage.letters.rules import LetterKind
from triage.letters.service import checking, drafting, sending
from triage.messages.rules import Step
from triage.messages.service import recipient, review, together, welfare
from triage.messages.service.flags import add_note, flag, look_up
from triage.messages.service.handover_notes import leave_note
from triage.messages.service.holding import take_in
from triage.messages.service.linking import confirm_link, reject_link, unlink
from triage.messages.service.reveals import reveal
from triage.messages.service.taking import take_note
from triage.messages.service.together import Chosen
from triage.messages.service.writing import draft_letter
from triage.messages.stubs.service import leave_stub
from triage.messages.tables import Message
from triage.reports import form, published
from triage.reports import service as reports
from triage.reports.answers import Answers, Person
from triage.retention.subject.rules import Decision, Refusal
from triage.retention.subject.rules import How as SentBy
from triage.retention.subject.service import answering, refusing, searching
from triage.senders.rules import LinkReason
from triage.senders.standing.rules import Measure
from triage.senders.standing.service import set_standing
from triage.staff.service.duty import add_shift
from triage.staff.service.volunteers import add_volunteer, make_link
from triage.trends.assurance import Check
from triage.trends.rules import Period
from triage.trends.service import make, publish, record_check

OUTSIDE = "quixotically"
"""In everything that comes from outside."""
COLLEAGUE = "zephyrine"
"""In everything that a colleague types."""

CODE = re.compile(r"[A-Za-z0-9_.:/|+-]{0,160}")
DIGEST = re.compile(r"[0-9a-f]{64}")


@pytest.fixture
def worked(desk: Desk) -> Desk:
    """A desk on which something was written into every field there is."""

    def arrive(number: int) -> str:
        return desk.arrive(
            f"[medium] {OUTSIDE} {number}",
            subject=f"Re: {OUTSIDE}",
            from_name=OUTSIDE.title(),
            from_address=f"{OUTSIDE}@example.org",
            source=f"{OUTSIDE}.eml",
            message_id=f"<{OUTSIDE}{number}@example.org>",
            references=(f"<{OUTSIDE}{number - 1}@example.org>",),
        )

    span = {"starts": desk.now, "ends": desk.now + timedelta(hours=8)}
    desk.do(desk.ada, add_shift, person_id=desk.ben.person_id, **span)
    alarming = desk.arrive(f"[high] {OUTSIDE}", subject=OUTSIDE)
    run_alarms(desk.triage.runner, desk.now)
    desk.move(hours=1)
    run_alarms(desk.triage.runner, desk.now)
    desk.open(desk.ana, alarming)
    noted, routed, cared, asked, ticked = (arrive(number) for number in range(5))
    forward = Forward(
        OUTSIDE, f"{OUTSIDE}@example.net", Verified.NOT_VERIFIED, How.ATTACHED, f"{OUTSIDE} note",
        original="0" * 64, spellings=("0" * 64,),
    )  # fmt: skip
    held = desk.arrive(
        f"[medium] {OUTSIDE}", forward=forward, came_through=f"{OUTSIDE}@example.com",
        ticket_id=OUTSIDE, ticket_url=f"https://example.org/{OUTSIDE}",
    )  # fmt: skip
    version = desk.open(desk.ben, held)
    taken = {"message_id": held, "version": version, "colleague": desk.cleo.person_id}
    words = {"address": f"{OUTSIDE}@example.org", "reason": f"{COLLEAGUE} word"}
    desk.do(desk.ben, take_in, **taken, **words)
    listed = replace(forward, by_address="kit@charity.example.org", note=f"{OUTSIDE} again")
    desk.receive(inbound(f"[medium] {OUTSIDE}", forward=replace(listed, spellings=("1" * 64,))))
    checked = ("spf:pass", "dmarc:other")
    desk.arrive(f"{OUTSIDE}", from_address="ana@charity.example.org", authentication=checked)
    entered = Note(Channel.PHONE, desk.now, OUTSIDE, (), OUTSIDE, OUTSIDE, f"@{OUTSIDE}")
    desk.do(desk.kit, take_note, note=entered, scorer=desk.triage.scorer, urgent=True)
    desk.do(desk.kit, flag, message_id=asked, note=f"{COLLEAGUE} flag", urgent=True)
    desk.do(desk.ana, add_note, message_id=asked, text=f"{COLLEAGUE} note")
    desk.do(desk.ana, leave_note, text=f"{COLLEAGUE} handover", since=desk.now)
    desk.do(desk.ana, look_up, address=f"{OUTSIDE}@example.org")
    given = {"message_id": noted, "version": desk.open(desk.ana, noted), "token": new_id()}
    desk.do(desk.ana, reveal, message_id=noted, step=Step.FULL, reason=f"{COLLEAGUE} look")
    labels = [Disposition.THREATENING]
    words = f"{COLLEAGUE} reason"
    desk.do(desk.ana, together.reveal, message_id=ticked, beside=noted, step=Step.FULL)
    desk.move(seconds=2)
    opened, other = Chosen(noted, given["version"]), Chosen(ticked, desk.version(ticked))
    together.decide_together(
        desk.triage.runner,
        desk.ana,
        opened=opened,
        ticked=[other],
        labels=labels,
        severity=Severity.LOW,
        note=words,
        token=given["token"],
    )
    given = {"message_id": routed, "version": desk.open(desk.ana, routed)}
    desk.do(desk.ana, review.route, to=RoutedTo.SERVICE_COMPLAINT, note=words, **given)
    given = {"message_id": cared, "version": desk.open(desk.ben, cared)}
    desk.do(desk.ben, welfare.open_task, **given)
    given["version"] = desk.version(cared)
    outcome = WelfareOutcome.NOT_AT_RISK
    desk.do(desk.ben, welfare.finish, outcome=outcome, note=f"{COLLEAGUE} done", **given)
    given = {"message_id": asked, "version": desk.open(desk.ana, asked)}
    desk.do(desk.ana, review.ask_second_look, note=words, labels=labels, **given)
    link(desk, noted)
    take_reports(desk)
    own = desk.arrive(f"[low] {OUTSIDE} own", recipients=(address("kit"),))
    desk.do(desk.kit, recipient.flag_mine, message_id=own, note=f"{COLLEAGUE} own flag")
    desk.do(desk.kit, recipient.record_999, message_id=own, at=desk.now)
    vi = desk.do(CONSOLE, add_volunteer, name="Vi", email="vi@volunteers.example.org")
    desk.do(CONSOLE, make_link, volunteer_id=vi)
    read_a_mailbox(desk)
    write_letters(desk, noted)
    ask_for_data(desk)
    release_figures(desk, noted)
    return desk


def release_figures(desk: Desk, message_id: str) -> None:
    """What stays of an erased message, a release in which it is counted, and a check."""

    def leave(tx: Tx) -> None:
        leave_stub(tx, tx.session.get_one(Message, message_id))

    desk.do(CONSOLE, leave)
    desk.do(CONSOLE, record_check, kind=Check.RESTORE, day=desk.now.date(), held=False)
    desk.move(days=40)
    for code in ("2026-03", "2025-Q4"):
        made = make(desk.triage.runner, CONSOLE, period=Period.parse(code))
        desk.do(CONSOLE, publish, release_id=made.release_id)


def link(desk: Desk, message_id: str) -> None:
    """What is said of senders, and taken back; each kind of identifier is there."""
    given = {"message_id": message_id, "reason": LinkReason.KNOWN_TO_US}
    for number, command in enumerate((confirm_link, reject_link)):
        other = desk.arrive(
            f"[low] {OUTSIDE * 30} 07700 900123",
            from_address=f"{OUTSIDE}+{number}@example.org",
            contacts=(
                Contact(ContactKind.ACCOUNT, OUTSIDE),
                Contact(ContactKind.PHONE, "020 7946 0958"),
            ),
            raw=f"{number}".encode(),
        )
        other_id = desk.row(other).sender_id
        said = desk.do(desk.ana, command, other_id=other_id, note=f"{COLLEAGUE} said", **given)
    back = given | {"link_id": said, "reason": LinkReason.MISTAKE}
    desk.do(desk.ben, unlink, note=f"{COLLEAGUE} back", **back)


def take_reports(desk: Desk) -> None:
    """A report that is begun, one that is sent, both sides of a thread, and what is shown."""
    said = f"{OUTSIDE} {COLLEAGUE}"
    answers = Answers(description=said, name=said, subjects=(Person(said, said, None, said),))
    file = {"name": f"{OUTSIDE} {COLLEAGUE}.txt", "data": said.encode()}

    def outside(tx: Tx) -> None:
        given = {"now": tx.now}
        with_code = {"vault": tx.vault} | given
        for sent in (True, False):
            token = form.new_token()
            form.start_draft(tx.session, token=token, answers=answers, **given)
            form.add_draft_file(tx.session, token=token, **file, **given)
            if sent:
                code = form.submit(tx.session, token=token, **with_code)
        form.start_visit(tx.session, code=code, token=form.new_token(), **with_code)
        form.answer(tx.session, code=code, text=said, **with_code)
        form.add_file(tx.session, code=code, **file, **with_code)
        event = {"event_code": "OPEN26", "event": said, "what": said, "where": said, "who": said}
        form.submit_event(tx.session, token=form.new_token(), **event, **with_code)

    desk.do(desk.ana, outside)
    entered, _ = desk.do(desk.ana, reports.enter_for, answers=answers)
    desk.do(desk.ana, reports.open_report, report_id=entered)
    desk.do(desk.ana, reports.say, report_id=entered, text=f"{COLLEAGUE} answer")
    status = PublicStatus.BEING_LOOKED_AT
    desk.do(desk.ana, reports.set_status, report_id=entered, status=status)
    team = published.team_value((published.Member(desk.ana.person_id, "Ana"),))
    desk.do(desk.ana, reports.publish, key=published.TEAM, value=team)


def ask_for_data(desk: Desk) -> None:
    """A request by somebody for what is held of them: refused first, then answered."""
    kept(desk)
    said = f"{COLLEAGUE} data"
    given = {"who": f"{OUTSIDE} {COLLEAGUE}", "contact": f"{OUTSIDE}@example.org"}
    made = asked(desk, asked_for=said, terms=[said], **given)
    known(desk, made)
    words = {"ground": Refusal.REPEATS, "reason": said}
    desk.do(desk.cusa, refusing.ask_refusal, **at(desk, made), **words)
    desk.do(desk.cole, refusing.decline_refusal, **at(desk, made), reason=said)
    desk.do(desk.cusa, searching.search, **at(desk, made))
    for one in items(desk, made):
        text = {"said": f"{COLLEAGUE} note", "hide": f"{COLLEAGUE} hidden"}
        decide(desk, one, decision=Decision.DISCLOSE, **text)
    agreed(desk, reviewed(desk, made), override=said)
    made_file(desk, made)
    desk.do(
        desk.cusa, answering.send, **at(desk, made), how=SentBy.POST, on=desk.now.date(), note=said
    )


def read_a_mailbox(desk: Desk) -> None:
    """A mailbox with a problem, and a message in it that does not come."""
    named = {"name": OUTSIDE, "host": f"{OUTSIDE}.example.org", "user": OUTSIDE}
    place = cursors.place_of(desk.triage.keys, Mailbox.model_validate(named), OUTSIDE)
    cursor = desk.do(SYSTEM, cursors.open_folder, place=place, uidvalidity=2**32 - 1)
    desk.do(SYSTEM, cursors.advance, cursor=cursor, last_uid=2**32 - 2, left=[2**32 - 2])
    desk.do(SYSTEM, cursors.looked, place=place, problem=Problem.NO_FOLDER)


def write_letters(desk: Desk, message_id: str) -> None:
    """A letter to who sent a message, under cease contact, agreed by two and copied out."""
    sender_id = desk.row(message_id).sender_id
    measure = {"measure": Measure.CEASE_CONTACT, "source_id": new_id(), "until": None}
    desk.do(desk.dora, set_standing, sender_id=sender_id, since=desk.now, **measure)
    kind = LetterKind.REQUEST_TO_CEASE
    given = {"kind": kind, "override_reason": f"{COLLEAGUE} override"}
    made = desk.do(desk.ana, draft_letter, message_id=message_id, **given)

    def seen() -> dict[str, object]:
        found = desk.read(letter, viewer=desk.ana, letter_id=made)
        version = {"letter_id": made, "version": found.row.version}
        return version | {"previewed": found.shown.digest}

    version = {one: seen()[one] for one in ("letter_id", "version")}
    words = {"subject": f"{COLLEAGUE} letter", "text": f"{COLLEAGUE} words"}
    desk.do(desk.ana, drafting.edit, **version, **words, to_address="pat@example.com")
    desk.do(desk.ana, checking.ask_second, **seen(), reason=f"{COLLEAGUE} asks")
    desk.do(desk.ben, checking.second_agrees, **seen(), reason=f"{COLLEAGUE} agrees")
    desk.do(desk.ben, sending.mark_copied_out, **seen(), at=desk.now)


def values(desk: Desk, *wanted: Kind) -> Iterator[tuple[str, object]]:
    """Every stored value of the columns of these kinds."""
    classed = kinds()
    with desk.triage.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)).mappings():
                for name, value in row.items():
                    if classed[f"{table.name}.{name}"] in wanted and value is not None:
                        yield f"{table.name}.{name}", value


def leaves(value: object) -> Iterator[str]:
    """The texts in a value, its keys too."""
    if isinstance(value, dict):
        yield from value
        for one in value.values():
            yield from leaves(one)
    elif isinstance(value, list):
        for one in value:
            yield from leaves(one)
    elif isinstance(value, str):
        yield value


def test_every_column_of_every_table_is_classed_and_fits_its_class() -> None:
    assert list(problems(tables())) == []


def test_a_column_that_nobody_classed_is_named() -> None:
    metadata = MetaData()
    for table in tables().sorted_tables:
        table.to_metadata(metadata)
    metadata.tables["messages"].append_column(Column("mood", String))
    Table("new_room", metadata, Column("id", String, primary_key=True))
    found = " ".join(problems(metadata))
    assert "messages.mood is not classed" in found
    assert "new_room.id is not classed" in found


@pytest.mark.parametrize(
    ("name", "column", "said"),
    [
        ("message_notes.text", Column("text", String), "sealed if and only if"),
        ("messages.subject", Column("subject", Sealed), "sealed if and only if"),
        ("messages.length", Column("length", String), "cannot be count"),
        ("messages.received_at", Column("received_at", String), "cannot be time"),
        ("messages.sender_id", Column("sender_id", Integer), "cannot be public-random-id"),
        ("data_keys.desk_key_version", Column("desk_key_version", String), "cannot be count"),
    ],
)
def test_a_column_whose_type_does_not_fit_its_class_is_named(
    name: str, column: "Column[object]", said: str
) -> None:
    metadata = MetaData()
    for table in tables().sorted_tables:
        table.to_metadata(metadata)
    metadata.tables[name.split(".")[0]].append_column(column, replace_existing=True)
    assert [one for one in problems(metadata) if name in one and said in one]


def test_a_technical_column_needs_its_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("triage.core.inventory.WHY_TECHNICAL", {})
    found = list(problems(tables()))
    assert any("audit_events.details" in one and "WHY_TECHNICAL" in one for one in found)


def test_what_came_from_outside_stands_in_columns_of_that_class_alone(worked: Desk) -> None:
    plain = {name for name, value in values(worked, Kind.PLAIN) if OUTSIDE in str(value).lower()}
    assert plain >= {"messages.text", "messages.from_name", "messages.subject", "messages.source"}
    assert plain >= {"messages.ticket_id", "messages.ticket_url", "messages.came_through"}
    assert plain >= {"messages.said_address", "message_forwards.by_name"}
    assert "sender_identities.value" in plain
    for name, value in values(worked, *(set(Kind) - {Kind.PLAIN})):
        assert OUTSIDE not in str(value).lower(), name


def test_what_a_colleague_types_stands_nowhere_in_plain(worked: Desk) -> None:
    filled = {name for name, value in values(worked, Kind.SEALED) if value}
    assert filled == {
        "handover_notes.text",
        "letter_transitions.reason",
        "letters.cease_override",
        "letters.subject",
        "letters.text",
        "letters.to_address",
        "message_flags.note",
        "message_notes.text",
        "message_transitions.reason",
        "message_writers.reason",
        "report_draft_files.data",
        "report_draft_files.name",
        "report_draft_files.sha256",
        "report_drafts.answers",
        "report_files.data",
        "report_files.name",
        "report_files.sha256",
        "report_messages.text",
        "reports.answers",
        "sender_links.ended_note",
        "sender_links.note",
        "subject_items.hide",
        "subject_items.said",
        "subject_requests.asked_for",
        "subject_requests.contact",
        "subject_requests.who",
        "subject_steps.reason",
        "subject_terms.value",
        "welfare_tasks.done_note",
    }
    for name, value in values(worked, *Kind):
        assert COLLEAGUE not in str(value), name


def test_ids_codes_and_hashes_look_like_it(worked: Desk) -> None:
    seen = 0
    for name, value in values(worked, Kind.ID):
        assert value in {"system", "console"} or is_id(str(value)), (name, value)
        seen += 1
    for name, value in values(worked, Kind.CODE):
        for leaf in leaves(value):
            assert CODE.fullmatch(leaf), (name, leaf)
            seen += 1
    for name, value in values(worked, Kind.HASH):
        for leaf in leaves(value):
            assert DIGEST.fullmatch(leaf), (name, leaf)
            seen += 1
    assert seen > 200


def test_the_record_holds_ids_codes_and_counts_alone(worked: Desk) -> None:
    for event in worked.events():
        for leaf in leaves(json.loads(event.details)):
            assert CODE.fullmatch(leaf), (event.code, leaf)


def test_the_messages_of_these_tests_carry_their_canary() -> None:
    assert OUTSIDE in inbound(OUTSIDE).written
