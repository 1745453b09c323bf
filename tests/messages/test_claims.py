import pytest
from support.desk import Desk

from triage.core.access import SYSTEM
from triage.core.errors import Conflict, NotAllowed, NotFound
from triage.messages.queries.queue import mine, next_waiting, queue_page
from triage.messages.rules import State
from triage.messages.service import review


def waiting(desk: Desk, name: str, sitting: str = "") -> list[str]:
    page = desk.read(queue_page, viewer=desk.people[name], now=desk.now, sitting=sitting)
    return [row.id for row in page.rows]


def test_a_reviewer_takes_a_message_and_others_do_not_see_it_waiting(desk: Desk) -> None:
    message = desk.arrive()
    desk.open(desk.ana, message)
    assert desk.row(message).claimed_by == desk.ana.person_id
    assert waiting(desk, "ben") == []
    assert [row.id for row in desk.read(mine, viewer=desk.ana, now=desk.now)] == [message]
    assert desk.item(desk.ben, message).row.held_by == "Ana"


def test_nobody_takes_what_another_holds(desk: Desk) -> None:
    message = desk.arrive()
    desk.open(desk.ana, message)
    with pytest.raises(Conflict, match="Ana has this message open"):
        desk.do(desk.ben, review.open_message, message_id=message)


def test_opening_ones_own_again_goes_on_and_is_no_second_claim(desk: Desk) -> None:
    message = desk.arrive()
    desk.open(desk.ana, message, look=120)
    desk.open(desk.ana, message, look=0)
    assert desk.edges(message) == ["queue", "claim"]
    assert desk.row(message).claim_expires == desk.now + desk.triage.settings.claim_time


def test_a_claim_ends_by_its_time_alone_with_no_job_run(desk: Desk) -> None:
    message = desk.arrive()
    desk.open(desk.ana, message, look=0)
    desk.move(minutes=10, seconds=-1)
    assert waiting(desk, "ben") == []
    desk.move(seconds=1)
    assert waiting(desk, "ben") == [message]
    assert desk.read(mine, viewer=desk.ana, now=desk.now) == ()
    assert desk.item(desk.ben, message).row.held_by is None
    desk.open(desk.ben, message)
    assert desk.edges(message) == ["queue", "claim", "expire", "claim"]
    expiry = desk.steps(message)[2]
    assert expiry.actor_id == SYSTEM.person_id
    assert expiry.details == {"holder": desk.ana.person_id}


def test_an_expired_claim_still_counts_until_somebody_takes_it(desk: Desk) -> None:
    message = desk.arrive()
    version = desk.open(desk.ana, message, look=3600)
    desk.do(desk.ana, review.decide, message_id=message, version=version, labels=[], severity=None)
    assert desk.state(message) is State.NO_ACTION


def test_whose_claim_was_taken_is_told_by_whom_and_how_long_ago(desk: Desk) -> None:
    message = desk.arrive()
    version = desk.open(desk.ana, message, look=3600)
    desk.open(desk.ben, message, look=120)
    with pytest.raises(Conflict, match=r"^Ben opened this 2 minutes ago\.$"):
        desk.do(
            desk.ana, review.decide, message_id=message, version=version, labels=[], severity=None
        )
    assert desk.state(message) is State.CLAIMED


def test_the_slower_of_two_is_told_who_decided_and_how_long_ago(desk: Desk) -> None:
    message = desk.arrive()
    desk.decide(desk.ana, message)
    desk.move(seconds=10)
    with pytest.raises(Conflict, match=r"^Ana decided this 10 seconds ago\.$"):
        desk.do(desk.ben, review.open_message, message_id=message)
    with pytest.raises(Conflict, match=r"^You decided this 10 seconds ago\.$"):
        desk.do(desk.ana, review.open_message, message_id=message)


@pytest.mark.parametrize(
    ("span", "said"),
    [
        ({"seconds": 1}, "1 second ago"),
        ({"minutes": 1}, "1 minute ago"),
        ({"hours": 3, "minutes": 59}, "3 hours ago"),
        ({"days": 2}, "2 days ago"),
    ],
)
def test_how_long_ago_is_said_in_the_largest_whole_unit(
    desk: Desk, span: dict[str, float], said: str
) -> None:
    message = desk.arrive()
    desk.decide(desk.ana, message)
    desk.move(**span)
    with pytest.raises(Conflict, match=said):
        desk.do(desk.ben, review.open_message, message_id=message)


def test_handing_over_asks_for_no_reason_and_puts_it_back(desk: Desk) -> None:
    message = desk.arrive()
    version = desk.open(desk.ana, message)
    desk.do(desk.ana, review.release, message_id=message, version=version)
    assert desk.state(message) is State.QUEUED
    row = desk.row(message)
    assert (row.claimed_by, row.claim_expires, row.shown_at) == (None, None, None)
    assert waiting(desk, "ana", "monday") == waiting(desk, "ben", "monday") == [message]


def test_skipping_hides_it_from_that_reviewer_for_that_sitting_only(desk: Desk) -> None:
    skipped, other = desk.arrive(), desk.arrive()
    for _ in range(2):
        version = desk.open(desk.ana, skipped)
        desk.do(desk.ana, review.release, message_id=skipped, version=version, sitting="monday")
    assert waiting(desk, "ana", "monday") == [other]
    assert set(waiting(desk, "ana", "tuesday")) == {skipped, other}
    assert set(waiting(desk, "ben", "elsewhere")) == {skipped, other}
    assert desk.read(next_waiting, viewer=desk.ana, now=desk.now, sitting="monday") == other


def test_only_the_holder_acts_on_a_message(desk: Desk) -> None:
    message = desk.arrive()
    version = desk.open(desk.ana, message)
    acts = (
        (review.release, {}),
        (review.decide, {"labels": [], "severity": None}),
        (review.ask_second_look, {"note": "x"}),
    )
    for command, given in acts:
        with pytest.raises(Conflict, match="do not hold"):
            desk.do(desk.ben, command, message_id=message, version=version, **given)
    assert desk.row(message).version == version


@pytest.mark.parametrize("name", ["max", "ada", "kit", "gus"])
def test_who_is_no_reviewer_takes_nothing_and_the_refusal_is_on_the_record(
    desk: Desk, name: str
) -> None:
    message = desk.arrive()
    with pytest.raises(NotAllowed):
        desk.do(desk.people[name], review.open_message, message_id=message)
    assert [one.actor_id for one in desk.events("refused")] == [desk.people[name].person_id]


def test_a_recipient_is_told_that_there_is_no_such_message_and_the_refusal_is_recorded(
    desk: Desk,
) -> None:
    message = desk.arrive(recipients=("ana@charity.example.org",))
    with pytest.raises(NotFound, match="no such message") as theirs:
        desk.do(desk.ana, review.open_message, message_id=message)
    with pytest.raises(NotFound) as none:
        desk.do(desk.ana, review.open_message, message_id="0" * 26)
    assert str(theirs.value) == str(none.value)
    refused = desk.events("refused")
    assert [(one.matter_id, one.details) for one in refused] == [(message, '{"what":"hidden"}')]


def test_what_let_pass_or_is_closed_is_not_taken(desk: Desk) -> None:
    quiet = desk.arrive("nothing")
    with pytest.raises(Conflict):
        desk.do(desk.ana, review.open_message, message_id=quiet)
    assert desk.state(quiet) is State.UNFLAGGED
