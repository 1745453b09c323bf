"""One sender's page: what happened with them across the rooms, for who may know of it."""

from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from support.desk import Desk, address
from support.referring import mark, staffed
from support.restricting import approve, propose
from support.screens import html_of, words_of

from dashboard import going
from triage.conduct.kinds import Disposition, Severity
from triage.core.ids import new_id
from triage.letters.rules import LetterKind
from triage.messages.service import linking, writing
from triage.senders.rules import LinkReason
from triage.senders.standing.rules import Measure
from triage.senders.standing.service import set_standing

HOSTILE = '"<img src=x onerror=alert(1)> **x**"'


def said(at: AppTest) -> str:
    assert not at.exception, at.exception
    return words_of(at)


@pytest.fixture
def pat(desk: Desk) -> str:
    """A sender of whom much has happened; their first message."""
    staffed(desk)
    message = desk.arrive("[high] words", from_name=HOSTILE, from_address="pat@example.org")
    desk.do(desk.cleo, writing.draft_letter, message_id=message, kind=LetterKind.FREE)
    approve(desk, desk.dora, propose(desk, desk.cleo, message))
    mark(desk, desk.cleo, message)
    return message


def test_the_timeline_holds_messages_letters_restrictions_and_referrals(
    screen: Any, desk: Desk, pat: str
) -> None:
    at = screen("sender", desk.ana, sender=desk.row(pat).sender_id)
    shown = said(at)
    for part in ("Message from", "Letter: Letter", "Restriction ", "Cease contact", "Police"):
        assert part in shown, part
    assert "In force for this sender: cease contact since 2 March 2026." in shown
    assert "Do not write to them" in shown
    assert HOSTILE.strip('"') in shown
    assert "<img" not in html_of(at)


def test_of_a_single_message_it_is_said_once_when_it_came(screen: Any, desk: Desk) -> None:
    first = desk.arrive("[medium] one", from_address="pat@example.org")
    sender = desk.row(first).sender_id
    alone = said(screen("sender", desk.ana, sender=sender))
    assert "It came" in alone
    assert "First and last" not in alone
    desk.move(days=1)
    desk.arrive("[medium] two", from_address="pat@example.org", received_at=desk.now)
    assert "First and last of these" in said(screen("sender", desk.ana, sender=sender))


def test_what_came_after_the_request_to_stop_says_so(screen: Any, desk: Desk) -> None:
    first = desk.arrive("[medium] one", from_address="pat@example.org")
    desk.decide(desk.ana, first, Disposition.OFFENSIVE, severity=Severity.LOW)
    sender = desk.row(first).sender_id
    given = {"measure": Measure.ASKED_TO_CEASE, "source_id": new_id(), "until": None}
    desk.do(desk.dora, set_standing, sender_id=sender, since=desk.now, **given)
    assert "after request to cease" not in said(screen("sender", desk.ben, sender=sender))
    desk.move(hours=1)
    desk.arrive("[medium] two", from_address="pat@example.org", raw=b"2", source="2")
    shown = said(screen("sender", desk.ben, sender=sender))
    assert shown.count("after request to cease") == 1
    assert "decided: offensive" in shown


def test_who_is_said_to_be_one_person_stands_together_and_who_said_so(
    screen: Any, desk: Desk
) -> None:
    one = desk.arrive("[medium] one", from_address="pat@example.org")
    other = desk.arrive("[low] two", from_address="pat@example.net", raw=b"2", source="2")
    desk.open(desk.ana, one)
    joined = {"message_id": one, "other_id": desk.row(other).sender_id, "note": ""}
    desk.do(desk.ana, linking.confirm_link, reason=LinkReason.SAME_MATTER, **joined)
    shown = said(screen("sender", desk.ben, sender=desk.row(other).sender_id))
    assert shown.count("Message from") == 2
    assert "Ana said that" in shown


def test_the_page_of_a_message_leads_to_its_sender_and_its_referral(
    screen: Any, desk: Desk, pat: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    went: list[dict[str, Any]] = []
    monkeypatch.setattr(
        going.st, "switch_page", lambda page, query_params: went.append(dict(query_params))
    )
    for name in ("timeline_", "referral_"):
        at = screen("review", desk.ana, message=pat)
        [button] = [one for one in at.button if str(one.key).startswith(name)]
        said(button.click().run())
    assert went[0] == {"sender": desk.row(pat).sender_id}
    assert list(went[1]) == ["referral"]


@pytest.mark.parametrize("link", ["x", "Z" * 26, "../../etc", "' OR 1=1"])
def test_a_nonsense_link_reads_like_a_sender_who_is_not(screen: Any, desk: Desk, link: str) -> None:
    assert "There is no such sender." in said(screen("sender", desk.ana, sender=link))


def test_p_rec_4_the_sender_of_nothing_but_ones_own_mail_is_nobody(screen: Any, desk: Desk) -> None:
    staffed(desk)
    hers = desk.arrive("[high]", from_address="pat@example.org", recipients=(address("ana"),))
    propose(desk, desk.cleo, hers)
    mark(desk, desk.cleo, hers)
    sender = desk.row(hers).sender_id
    assert "There is no such sender." in said(screen("sender", desk.ana, sender=sender))
    assert "Restriction" in said(screen("sender", desk.ben, sender=sender))


def test_without_a_sender_the_page_says_where_to_find_one(screen: Any, desk: Desk) -> None:
    assert "Open one of their messages" in said(screen("sender", desk.ana))
