import json
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select
from support.desk import Desk
from support.mail import START, eml, inbound, write_folder

from triage.core.access import SYSTEM
from triage.core.errors import Invalid, NotAllowed
from triage.core.exclusions import Exclusion
from triage.intake.inbound import Attachment, ParseStatus
from triage.messages.placing import RANGES, Rank, lane_of
from triage.messages.rules import Lane, State
from triage.messages.service.importing import import_mail
from triage.messages.service.receive import receive
from triage.messages.tables import Message, MessageAttachment, MessageFlag, Original


def reasons(desk: Desk, message_id: str) -> set[str]:
    found = select(MessageFlag.reason).where(MessageFlag.message_id == message_id)
    return set(desk.read(lambda session: session.scalars(found).all()))


def recipients(desk: Desk, message_id: str) -> set[str]:
    found = select(Exclusion.person_id, Exclusion.kind).where(Exclusion.matter_id == message_id)
    rows = desk.read(lambda session: session.execute(found).all())
    assert {row.kind for row in rows} <= {"recipient"}
    return {row.person_id for row in rows}


def test_a_message_below_the_thresholds_passes_and_nobody_is_asked(desk: Desk) -> None:
    quiet = desk.arrive("When do you open?")
    assert desk.state(quiet) is State.UNFLAGGED
    assert desk.edges(quiet) == ["pass"]
    assert reasons(desk, quiet) == set()
    assert desk.row(quiet).rank is None


@pytest.mark.parametrize(
    ("text", "rank", "lane", "why"),
    [
        ("[high] x", Rank.HIGH, Lane.URGENT, {"model"}),
        ("[medium] x", Rank.MEDIUM, Lane.ORDINARY, {"model"}),
        ("[low] x", Rank.PLAIN, Lane.ORDINARY, {"model"}),
        ("[welfare] x", Rank.WELFARE, Lane.WELFARE, {"model"}),
        ("[welfare] [medium] x", Rank.WELFARE, Lane.WELFARE, {"model"}),
        ("[welfare] [high] x", Rank.HIGH, Lane.URGENT, {"model"}),
        ("[language] x", Rank.PLAIN, Lane.ORDINARY, {"unread"}),
        ("[not_text] x", Rank.PLAIN, Lane.ORDINARY, {"unread"}),
        ("[empty]", Rank.PLAIN, Lane.ORDINARY, {"unread"}),
        ("[language] [high] x", Rank.HIGH, Lane.URGENT, {"unread", "model"}),
    ],
)
def test_what_the_model_flags_or_cannot_read_is_put_before_people_in_its_lane(
    desk: Desk, text: str, rank: Rank, lane: Lane, why: set[str]
) -> None:
    message = desk.arrive(text)
    row = desk.row(message)
    assert State(row.state) is State.QUEUED
    assert row.rank == rank
    assert lane_of(rank) is lane
    assert reasons(desk, message) == why


def test_every_rank_lies_in_one_lane() -> None:
    for rank in Rank:
        assert [lane for lane, ranks in RANGES.items() if rank in ranks] == [lane_of(rank)]


def test_what_could_not_be_parsed_is_put_before_people_whatever_its_text_says(desk: Desk) -> None:
    message = desk.arrive(
        "harmless", parse_status=ParseStatus.QUARANTINED, quarantine_reason="too many parts"
    )
    row = desk.row(message)
    assert (row.state, row.unread) == ("queued", "quarantined")
    assert row.quarantine_reason == "too many parts"
    assert reasons(desk, message) == {"unread"}


def test_the_original_is_kept_to_the_byte(desk: Desk) -> None:
    raw = bytes(range(256)) * 3
    message = desk.arrive("[low]", raw=raw)
    original = desk.read(lambda session: session.get_one(Original, message))
    assert original.raw == raw
    assert original.size == len(raw)
    assert original.sha256 == inbound(raw=raw).sha256


def test_the_same_bytes_again_add_nothing(desk: Desk) -> None:
    one = inbound("[low] once")
    first, second = desk.receive(one, one)
    (third,) = desk.receive(replace(one, source="elsewhere", subject="other"))
    assert first.message_id is not None
    assert second.message_id is third.message_id is None
    assert desk.count(Message) == 1
    assert len(desk.events("received")) == 1


def test_one_message_id_on_other_content_is_another_message(desk: Desk) -> None:
    desk.arrive("[low] one", message_id="<same@example.org>")
    desk.arrive("[low] two", message_id="<same@example.org>")
    assert desk.count(Message) == 2


def test_receiving_and_scoring_are_on_the_record_in_one_link(desk: Desk) -> None:
    message = desk.arrive("[high] x")
    events = desk.events(matter_id=message)
    assert [one.code for one in events] == [
        "received",
        "scored",
        "flagged",
        "queue",
        "alarm_raised",
    ]
    assert len({one.link for one in events}) == 1
    assert {one.actor_id for one in events} == {SYSTEM.person_id}
    assert json.loads(events[1].details) == {"model": "scripted-1"}
    assert desk.chain()


def test_no_person_receives(desk: Desk) -> None:
    for actor in (desk.ana, desk.ada, desk.dora):
        with pytest.raises(NotAllowed):
            desk.do(actor, receive, arrivals=[])


def test_whoever_the_mail_names_as_recipient_has_no_part_in_its_review(desk: Desk) -> None:
    message = desk.arrive(
        recipients=("ana@charity.example.org", "team@charity.example.org", "x@example.org")
    )
    assert recipients(desk, message) == {desk.ana.person_id}


def test_whoever_the_importer_names_as_recipient_has_none_either(desk: Desk) -> None:
    receipt = desk.receive(
        inbound(recipients=("ana@charity.example.org",)), recipient_ids=(desk.ben.person_id,)
    )[0]
    assert receipt.message_id is not None
    assert recipients(desk, receipt.message_id) == {desk.ana.person_id, desk.ben.person_id}


def test_a_recipient_in_a_mail_file_is_found_in_to_and_cc(desk: Desk, tmp_path: object) -> None:
    folder = write_folder(tmp_path / "mail", 0)  # type: ignore[operator]
    (folder / "to.eml").write_bytes(eml(1, to="Ana <ANA@charity.example.org>"))
    copied = eml(2).replace(b"Subject:", b"Cc: ben@charity.example.org\r\nSubject:", 1)
    (folder / "cc.eml").write_bytes(copied)
    import_mail(
        desk.triage.runner,
        desk.triage.scorer,
        [folder],
        recipients=["Cleo@charity.example.org"],
    )
    found = {
        row.subject: recipients(desk, row.id)
        for row in desk.read(lambda session: session.scalars(select(Message)).all())
    }
    assert found == {
        "Letter 1": {desk.ana.person_id, desk.cleo.person_id},
        "Letter 2": {desk.ben.person_id, desk.cleo.person_id},
    }


def test_a_recipient_whom_nobody_knows_is_refused_before_anything_is_read(
    desk: Desk, tmp_path: object
) -> None:
    folder = write_folder(tmp_path / "mail", 2)  # type: ignore[operator]
    with pytest.raises(Invalid, match=r"stranger@example\.org") as caught:
        import_mail(
            desk.triage.runner,
            desk.triage.scorer,
            [folder],
            recipients=["ana@charity.example.org", "stranger@example.org"],
        )
    assert caught.value.field == "recipient"
    assert desk.count(Message) == 0


def test_importing_counts_what_is_new_known_and_not_mail(desk: Desk, tmp_path: object) -> None:
    folder = write_folder(tmp_path / "mail", 5)  # type: ignore[operator]
    (folder / "again.eml").write_bytes(eml(0))
    (folder / "notes.txt").write_text("no mail at all")
    told: list[int] = []

    def run(**given: object) -> tuple[int, int, int]:
        found = import_mail(
            desk.triage.runner,
            desk.triage.scorer,
            [folder],
            progress=told.append,
            **given,  # type: ignore[arg-type]
        )
        return found.new, found.known, found.unreadable

    assert run(dry_run=True) == (5, 1, 1)
    assert desk.count(Message) == 0
    assert desk.events("imported") == []
    assert run() == (5, 1, 1)
    assert run() == (0, 6, 1)
    assert desk.count(Message) == 5
    assert len(desk.events("received")) == 5
    assert sum(told) == 3 * 6 * len(eml(0))
    details = [json.loads(one.details) for one in desk.events("imported")]
    assert [one["new"] for one in details] == [5, 0]


def test_a_service_is_known_by_the_address_it_was_written_to(
    make_desk: Callable[..., Desk],
) -> None:
    desk = make_desk(service_addresses={"Team@Charity.example.org": "whatdotheyknow"})
    assert desk.row(desk.arrive("[low]")).service == "whatdotheyknow"
    assert desk.row(desk.arrive("[low]", recipients=())).service is None
    named = desk.receive(inbound("[low]"), service="fixmystreet")[0].message_id
    assert named is not None
    assert desk.row(named).service == "fixmystreet"


def test_a_receiving_servers_time_counts_unless_it_lies_in_the_future(desk: Desk) -> None:
    early = desk.arrive("[low]", received_at=START - timedelta(days=2))
    late = desk.arrive("[low]", received_at=START + timedelta(days=2))
    none = desk.arrive("[low]")
    assert desk.row(early).received_at == START - timedelta(days=2)
    assert desk.row(late).received_at == desk.row(none).received_at == START


def test_quoted_mail_and_what_is_attached_count_only_where_the_model_is_sure(desk: Desk) -> None:
    sure = desk.arrive("please help", quoted="[high] words of another")
    unsure = desk.arrive("please help", quoted="[medium] words of another")
    risk = desk.arrive("please help", signature="[welfare] words")
    attached = Attachment("note.txt", "text/plain", 9, "0" * 64, "[high] [offensive] attached")
    beside = desk.arrive("please help", attachments=(attached,))
    for message, rank in ((sure, Rank.PLAIN), (risk, Rank.WELFARE_BELOW), (beside, Rank.PLAIN)):
        row = desk.row(message)
        assert (row.state, row.rank, row.in_rest, row.band) == ("queued", rank, True, "low")
        assert row.signals == []
    assert desk.state(unsure) is State.UNFLAGGED


def test_what_the_sender_wrote_goes_before_what_stands_below(desk: Desk) -> None:
    message = desk.row(desk.arrive("[medium] mine", quoted="[high] another's"))
    assert (message.band, message.in_rest, message.rank) == ("medium", False, Rank.MEDIUM)
    (signal,) = message.signals
    assert message.text[signal["start"] : signal["end"]] == "[medium]"


def test_attachments_are_listed_with_size_and_hash_in_order(desk: Desk) -> None:
    parts = tuple(Attachment(f"{n}.bin", "image/png", n, f"{n}" * 64) for n in (3, 1, 2))
    message = desk.arrive("[low]", attachments=parts)
    rows = desk.read(
        lambda session: session.scalars(
            select(MessageAttachment).order_by(MessageAttachment.position)
        ).all()
    )
    assert [(one.message_id, one.filename, one.size) for one in rows] == [
        (message, "3.bin", 3),
        (message, "1.bin", 1),
        (message, "2.bin", 2),
    ]


def test_a_flagged_message_in_a_thread_takes_up_again_what_was_closed(desk: Desk) -> None:
    first = desk.arrive("[low] one", message_id="<first@example.org>")
    desk.decide(desk.ana, first)
    desk.move(days=3)
    desk.arrive("thank you", references=("<first@example.org>",))
    assert desk.state(first) is State.NO_ACTION
    desk.arrive("[low] other", references=("<first@example.org>",), from_address="b@example.org")
    assert desk.state(first) is State.NO_ACTION
    desk.arrive("[low] and now", references=("<first@example.org>",))
    assert desk.state(first) is State.QUEUED
    row = desk.row(first)
    assert (row.decided_by, row.dispositions, row.queued_at) == (None, None, desk.now)
    last = desk.steps(first)[-1]
    assert (last.edge, last.actor_id) == ("reopen", SYSTEM.person_id)
    assert last.details == {}
    assert desk.chain()


def test_a_thread_whose_message_is_still_open_is_left_as_it_is(desk: Desk) -> None:
    first = desk.arrive("[low] one", message_id="<first@example.org>")
    version = desk.open(desk.ana, first)
    desk.arrive("[low] more", references=("<first@example.org>",))
    assert desk.row(first).version == version
    assert desk.edges(first) == ["queue", "claim"]
