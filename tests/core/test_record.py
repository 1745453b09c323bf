"""Reading the record: who may, what is shown, and in which order."""

import pytest
from support.desk import Desk

from triage.core.access import SYSTEM
from triage.core.errors import NotAllowed, NotFound
from triage.core.record import PAGE, read_record
from triage.messages.service.flags import flag
from triage.messages.service.review import open_message


@pytest.mark.parametrize("name", ["max", "ada", "kit", "gus"])
def test_only_reviewers_and_deciders_read_the_record(desk: Desk, name: str) -> None:
    with pytest.raises(NotAllowed):
        desk.read(read_record, viewer=desk.people[name])


def test_it_is_shown_newest_first_in_pages_and_never_by_its_place_in_the_chain(
    desk: Desk,
) -> None:
    for _ in range(PAGE + 5):
        desk.do(SYSTEM, lambda tx: tx.record("tried", None))
        desk.move(seconds=1)
    first = desk.read(read_record, viewer=desk.ana)
    second = desk.read(read_record, viewer=desk.ana, number=2)
    assert (len(first.rows), first.number, second.number) == (PAGE, 1, 2)
    assert first.total == second.total == PAGE + len(second.rows)
    times = [row.at for row in (*first.rows, *second.rows)]
    assert times == sorted(times, reverse=True)
    assert not {"link", "position", "number"} & set(first.rows[0].__slots__)
    assert desk.read(read_record, viewer=desk.ana, number=99).number == first.pages


def test_one_matter_is_read_by_itself(desk: Desk) -> None:
    message, _other = desk.arrive(), desk.arrive()
    desk.decide(desk.ana, message)
    page = desk.read(read_record, viewer=desk.dora, matter_id=message)
    assert {row.matter_id for row in page.rows} == {message}
    assert {"received", "scored", "queue", "claim", "decide"} <= {row.code for row in page.rows}


def test_flags_and_scores_say_only_that_they_were(desk: Desk) -> None:
    message = desk.arrive("[high]")
    desk.do(desk.kit, flag, message_id=message, note="odd")
    rows = desk.read(read_record, viewer=desk.ana, matter_id=message).rows
    assert [row.details for row in rows if row.code in {"received", "scored", "queue"}] == [{}] * 3
    assert "flagged" not in {row.code for row in rows}


def test_p_rec_4_a_recipients_own_refusals_are_read_by_others_and_not_by_them(
    desk: Desk,
) -> None:
    message = desk.arrive(recipients=("ana@charity.example.org",))
    with pytest.raises(NotFound):
        desk.do(desk.ana, open_message, message_id=message)
    assert desk.read(read_record, viewer=desk.ana, matter_id=message).total == 0
    rows = desk.read(read_record, viewer=desk.ben, matter_id=message).rows
    assert ("refused", desk.ana.person_id) in {(row.code, row.actor_id) for row in rows}
