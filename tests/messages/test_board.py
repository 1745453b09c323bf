"""The working board: exact, over what the viewer may open, and each one's own exposure."""

import pytest
from support.desk import Desk, address

from triage.conduct.kinds import Disposition, Severity
from triage.core.errors import NotAllowed
from triage.messages.queries.board import DAYS, Board, board
from triage.messages.rules import Lane
from triage.messages.service import welfare


def seen(desk: Desk, name: str) -> Board:
    return desk.read(board, viewer=desk.people[name], now=desk.now)


@pytest.mark.parametrize("name", ["max", "ada", "kit", "gus"])
def test_only_who_reviews_or_decides_has_a_board(desk: Desk, name: str) -> None:
    with pytest.raises(NotAllowed):
        seen(desk, name)


def test_what_waits_longer_than_its_lane_allows_is_overdue(desk: Desk) -> None:
    desk.arrive("[high] words")
    desk.arrive("[medium] words")
    assert dict(seen(desk, "ana").overdue) == dict.fromkeys(Lane, 0)
    desk.move(hours=2)
    assert dict(seen(desk, "ana").overdue)[Lane.URGENT] == 1
    desk.move(hours=50)
    assert dict(seen(desk, "ana").overdue) == {Lane.URGENT: 1, Lane.WELFARE: 0, Lane.ORDINARY: 1}


def test_a_welfare_task_is_open_until_it_is_done_and_then_late(desk: Desk) -> None:
    message = desk.arrive("[medium] words")
    version = desk.open(desk.ana, message)
    desk.do(desk.ana, welfare.open_task, message_id=message, version=version)
    assert (seen(desk, "ben").welfare_open, seen(desk, "ben").welfare_overdue) == (1, 0)
    desk.move(days=2)
    assert (seen(desk, "ben").welfare_open, seen(desk, "ben").welfare_overdue) == (1, 1)


def test_exposure_is_ones_own_and_nobody_elses(desk: Desk) -> None:
    desk.decide(desk.ana, desk.arrive("[high] words"), Disposition.OFFENSIVE, severity=Severity.LOW)
    desk.decide(desk.ana, desk.arrive("[medium] words"))
    hers, his = seen(desk, "ana"), seen(desk, "ben")
    assert len(hers.days) == DAYS
    today = hers.days[-1]
    assert (today.grave, today.others, today.decided) == (1, 1, 2)
    assert not any(one.grave or one.others or one.decided for one in his.days)
    desk.move(days=DAYS + 1)
    assert not any(one.grave or one.others for one in seen(desk, "ana").days)


def test_p_rec_4_what_was_sent_to_somebody_is_on_everybodys_board_but_theirs(desk: Desk) -> None:
    desk.arrive("[high] words")
    before = seen(desk, "ana")
    theirs = desk.arrive("[high] words", recipients=(address("ana"),))
    version = desk.open(desk.ben, theirs)
    desk.do(desk.ben, welfare.open_task, message_id=theirs, version=version)
    desk.arrive("[high] words", recipients=(address("ana"),))
    desk.move(hours=3)
    hers = seen(desk, "ana")
    assert [one.waiting for one in hers.lanes] == [one.waiting for one in before.lanes]
    assert dict(hers.overdue)[Lane.URGENT] == 1
    assert (hers.welfare_open, hers.welfare_overdue) == (0, 0)
    his = seen(desk, "ben")
    assert dict(his.overdue)[Lane.URGENT] == 2
    assert (his.welfare_open, his.welfare_overdue) == (1, 1)
