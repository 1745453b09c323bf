"""One sender over time, across the rooms: each row only for who may know of its matter."""

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import true
from support.desk import Desk, address
from support.referring import mark, staffed
from support.restricting import approve, propose
from support.worlds import seeded_ids

from triage.conduct.kinds import Disposition, Severity
from triage.core.errors import NotAllowed
from triage.core.ids import new_id
from triage.history import SenderHistory, sender_history
from triage.letters import queries as letters
from triage.letters.rules import LetterKind
from triage.messages.queries import groups, queue, senders
from triage.messages.queries.listing import PAGE, QueueRow
from triage.messages.service import linking, writing
from triage.referrals.queries import listing as referrals
from triage.restrictions.queries import reach as restrictions
from triage.senders.rules import LinkReason
from triage.senders.standing.rules import Measure
from triage.senders.standing.service import set_standing

PAT = {"from_address": "pat@example.org"}


def look(desk: Desk, name: str, sender_id: str | None, **given: Any) -> SenderHistory | None:
    return desk.read(
        sender_history, viewer=desk.people[name], sender_id=sender_id, now=desk.now, **given
    )


def kinds(found: SenderHistory | None) -> list[str]:
    assert found is not None
    return [type(one.what).__name__ for one in found.moments]


def happen(desk: Desk, message: str) -> None:
    """Everything that may grow out of one message."""
    desk.move(minutes=1)
    desk.do(desk.cleo, writing.draft_letter, message_id=message, kind=LetterKind.FREE)
    desk.move(minutes=1)
    made = propose(desk, desk.cleo, message)
    approve(desk, desk.dora, made)
    desk.move(minutes=1)
    mark(desk, desk.cleo, message)


def test_all_that_happened_stands_in_one_list_newest_first(desk: Desk) -> None:
    staffed(desk)
    first = desk.arrive("[medium] one", **PAT)
    happen(desk, first)
    desk.move(minutes=1)
    desk.arrive("[medium] two", raw=b"two", source="two", **PAT)
    found = look(desk, "ana", desk.row(first).sender_id)
    assert kinds(found) == ["QueueRow", "ReferralRow", "RestrictionRow", "LetterRow", "QueueRow"]
    assert found is not None
    assert found.ceased
    assert "cease contact since" in found.standing[0]
    assert (found.view.messages, found.messages) == (2, 2)


def test_p_act_1_what_came_after_the_request_to_stop_is_marked(desk: Desk) -> None:
    before = desk.arrive("[medium] one", **PAT)
    sender = desk.row(before).sender_id
    desk.move(hours=1)
    given = {"measure": Measure.ASKED_TO_CEASE, "source_id": new_id(), "until": None}
    desk.do(desk.dora, set_standing, sender_id=sender, since=desk.now, **given)
    desk.move(hours=1)
    desk.arrive("[medium] two", raw=b"two", source="two", **PAT)
    found = look(desk, "ana", sender)
    assert found is not None
    marked = [one.what.after_request for one in found.moments if isinstance(one.what, QueueRow)]
    assert marked == [True, False]


def test_who_is_said_to_be_one_person_has_one_timeline(desk: Desk) -> None:
    one = desk.arrive("[medium] one", **PAT)
    other = desk.arrive("[medium] two", from_address="pat@example.net", raw=b"2", source="2")
    ids = [desk.row(message).sender_id for message in (one, other)]
    assert kinds(look(desk, "ben", ids[0])) == ["QueueRow"]
    desk.open(desk.ana, one)
    joined = {"message_id": one, "other_id": ids[1], "note": ""}
    desk.do(desk.ana, linking.confirm_link, reason=LinkReason.SAME_MATTER, **joined)
    for sender in ids:
        assert kinds(look(desk, "ben", sender)) == ["QueueRow", "QueueRow"]


def test_pages_hold_every_message_and_every_other_thing_once(desk: Desk) -> None:
    staffed(desk)
    first = desk.arrive("[medium] first", **PAT)
    desk.decide(desk.ana, first, Disposition.OFFENSIVE, severity=Severity.LOW)
    happened = desk.arrive("[high] second", raw=b"b", source="b", **PAT)
    for number in range(PAGE // 2):
        desk.move(minutes=1)
        desk.arrive("[low]", raw=f"a{number}".encode(), source=f"a{number}", **PAT)
    happen(desk, happened)
    for number in range(PAGE // 2 + 5):
        desk.move(minutes=1)
        desk.arrive("[low]", raw=f"c{number}".encode(), source=f"c{number}", **PAT)
    sender = desk.row(first).sender_id
    pages = [look(desk, "ben", sender, number=number) for number in (1, 2)]
    assert [one.pages for one in pages if one] == [2, 2]
    ids = [one.what.id for page in pages if page for one in page.moments]
    assert len(ids) == len(set(ids)) == 2 + 2 * (PAGE // 2) + 5 + 3
    times = [one.at for page in pages if page for one in page.moments]
    assert times == sorted(times, reverse=True)


def test_p_rec_4_who_may_see_no_message_of_theirs_is_told_of_nobody(desk: Desk) -> None:
    staffed(desk)
    hers = desk.arrive("[high] words", recipients=(address("ana"),), **PAT)
    happen(desk, hers)
    assert look(desk, "ana", desk.row(hers).sender_id) is None
    assert look(desk, "ana", "Z" * 26) is None
    assert look(desk, "ben", desk.row(hers).sender_id) is not None


def test_only_reviewers_read_it(desk: Desk) -> None:
    sender = desk.row(desk.arrive(**PAT)).sender_id
    for name in ("max", "ada", "kit", "gus"):
        with pytest.raises(NotAllowed):
            look(desk, name, sender)


@pytest.fixture
def worlds(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, backend: str, clock: Any
) -> Callable[[], list[str]]:
    """What ana reads of pat, with one more message that came to her, and without."""

    def build() -> list[str]:
        seen, start = [], clock.now()
        for number, with_x in enumerate((True, False)):
            clock.move(start - clock.now())
            desk = make_desk(f"{backend} apart {number}")
            chance = seeded_ids(monkeypatch)
            known = desk.arrive("[medium] one", raw=b"1", source="1", **PAT)
            other = desk.arrive("[medium]", raw=b"2", source="2", from_address="two@example.org")
            before = desk.now
            with chance.of("x"):
                if with_x:
                    x = desk.arrive(
                        "[high] x", raw=b"x", source="x", recipients=(address("ana"),), **PAT
                    )
                    desk.move(minutes=1)
                    desk.do(desk.cleo, writing.draft_letter, message_id=x, kind=LetterKind.FREE)
                    propose(desk, desk.cleo, x)
                    mark(desk, desk.cleo, x)
                    joined = {"message_id": x, "other_id": desk.row(other).sender_id, "note": ""}
                    desk.open(desk.ben, x)
                    desk.do(desk.ben, linking.confirm_link, reason=LinkReason.KNOWN_TO_US, **joined)
            desk.move(seconds=(before - desk.now).total_seconds() + 7200)
            seen.append(repr(look(desk, "ana", desk.row(known).sender_id)))
        return seen

    return build


def test_p_rec_4_with_and_without_a_message_of_hers_the_timeline_is_the_same(
    worlds: Callable[[], list[str]],
) -> None:
    one, other = worlds()
    assert "QueueRow" in one
    assert one == other


@pytest.mark.parametrize("room", [queue, groups, senders, letters, referrals, restrictions])
def test_without_a_rooms_filter_the_two_timelines_differ(
    worlds: Callable[[], list[str]], monkeypatch: pytest.MonkeyPatch, room: Any
) -> None:
    monkeypatch.setattr(room, "visible", lambda viewer, matter: true())
    if room is restrictions:
        monkeypatch.setattr(room, "known_to", lambda viewer: true())
    one, other = worlds()
    assert one != other
