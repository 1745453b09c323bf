"""P-MSG-4: what a person confirmed as one person's is one person's for every rule that binds us."""

from datetime import timedelta
from typing import Any

import pytest
from support import referring
from support.desk import Desk, address
from support.restricting import approve, draft, propose

from triage.core.access import Actor
from triage.core.errors import Invalid, NotAllowed
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.letters.queries import letter
from triage.letters.rules import LetterKind
from triage.letters.service import checking, drafting
from triage.messages.service.linking import confirm_link, reject_link, unlink
from triage.restrictions.queries.contact import cease_state, do_not_reply
from triage.restrictions.service import proposing
from triage.senders.rules import LinkReason

ONE, OTHER, THIRD = "pat@example.org", "p.at@example.net", "tap@example.com"


class Pat:
    """Somebody who writes from several addresses; one of them is under cease contact."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.edda = desk.add("edda", Role.REVIEWER, Role.DECIDER)
        self.one, self.other = self.mail(ONE), self.mail(OTHER)

    def mail(self, who: str, **given: Any) -> str:
        return self.desk.arrive("[low] words", from_address=who, **given)

    def link(self, one: str, other: str, who: Actor | None = None, command: Any = None) -> str:
        given = {"message_id": one, "other_id": self.sender(other)}
        said = {"reason": LinkReason.KNOWN_TO_US}
        return self.desk.do(who or self.desk.ana, command or confirm_link, **given, **said)

    def unlink(self, link_id: str) -> None:
        given = {"message_id": self.one, "link_id": link_id, "reason": LinkReason.MISTAKE}
        self.desk.do(self.desk.ana, unlink, **given)

    def hide(self, matter_id: str, who: Actor) -> None:
        given = {"matter_id": matter_id, "person_id": who.person_id, "at": self.desk.now}
        self.desk.triage.database.write(
            lambda session: exclude(session, kind=ExclusionKind.EXCLUDED, **given)
        )

    def sender(self, message_id: str) -> str:
        return str(self.desk.row(message_id).sender_id)

    def cease(self) -> str:
        made = propose(self.desk, self.desk.ana, self.one)
        approve(self.desk, self.desk.dora, made)
        return made

    def write(self, to: str, who: Actor | None = None, **given: Any) -> str:
        values: dict[str, Any] = {
            "matter_id": new_id(),
            "sender_id": None,
            "kind": LetterKind.FREE,
            "fields": {},
            "to_address": to,
        }
        return self.desk.do(who or self.edda, drafting.draft, **(values | given))

    def refused(self, to: str, who: Actor | None = None, **given: Any) -> str:
        with pytest.raises(NotAllowed, match="Cease contact") as told:
            self.write(to, who, **given)
        return str(told.value)

    def listed(self, who: Actor) -> list[list[str | None]]:
        rows = self.desk.read(do_not_reply, viewer=who, now=self.desk.now)
        return [[known.value for known in row.known] for row in rows]

    def state(self, who: Actor, message_id: str) -> Any:
        given = {"viewer": who, "sender_id": self.sender(message_id)}
        return self.desk.read(cease_state, now=self.desk.now, **given)

    def place(self, who: str) -> int:
        rank = self.desk.row(self.mail(who)).rank
        assert rank is not None
        return rank


@pytest.fixture
def pat(desk: Desk) -> Pat:
    return Pat(desk)


def test_p_msg_4_no_letter_goes_to_another_address_of_theirs_and_one_taken_back_counts_no_more(
    pat: Pat,
) -> None:
    link = pat.link(pat.one, pat.other)
    again = pat.link(pat.other, pat.mail(THIRD))
    pat.write(OTHER)
    pat.cease()
    for to in (ONE, OTHER, THIRD):
        pat.refused(to)
    pat.refused("", sender_id=pat.sender(pat.other))
    pat.unlink(link)
    pat.write(OTHER)
    pat.write(THIRD)
    pat.refused(ONE)
    assert again, "the two that are left are still one person, and nothing is in force for them"


def test_p_msg_4_a_letter_that_is_on_its_way_is_stopped_by_a_link_that_was_confirmed_meanwhile(
    pat: Pat,
) -> None:
    pat.cease()
    made = pat.write(OTHER)
    words = {"subject": "A letter", "text": "Hello,\n\nplease stop.", "to_address": OTHER}
    given = {"letter_id": made, "version": 1}
    pat.desk.do(pat.edda, drafting.edit, **given, **words)
    pat.link(pat.one, pat.other)
    shown = pat.desk.read(letter, viewer=pat.edda, letter_id=made)
    said = {"version": shown.row.version, "previewed": shown.shown.digest}
    with pytest.raises(NotAllowed, match="Cease contact"):
        pat.desk.do(pat.edda, checking.approve, letter_id=made, **said)


def test_p_msg_4_two_of_whom_a_colleague_said_that_they_are_two_are_two(pat: Pat) -> None:
    pat.link(pat.one, pat.other, command=reject_link)
    pat.cease()
    pat.write(OTHER)
    assert pat.listed(pat.edda) == [[ONE]]
    assert pat.place(OTHER) != pat.place(ONE)
    assert pat.state(pat.edda, pat.other).since is None


def test_p_rec_4_the_refusal_holds_over_a_link_that_the_writer_may_not_know_of_and_names_none(
    pat: Pat,
) -> None:
    link = pat.link(pat.one, pat.other)
    pat.hide(link, pat.edda)
    pat.cease()
    assert pat.refused(OTHER) == pat.refused(ONE)
    assert pat.listed(pat.edda) == [[ONE]], "what it rests on is hidden all the same"
    assert pat.state(pat.edda, pat.other).since is None
    assert pat.listed(pat.desk.kit) == [[ONE, OTHER]]


def test_p_msg_4_all_staff_read_every_address_of_theirs_and_each_person_once(pat: Pat) -> None:
    link = pat.link(pat.one, pat.other)
    assert not pat.state(pat.desk.ana, pat.other).proposed
    made = propose(pat.desk, pat.desk.ana, pat.one)
    assert pat.state(pat.desk.ana, pat.other).proposed
    approve(pat.desk, pat.desk.dora, made)
    also = propose(pat.desk, pat.desk.ana, pat.other)
    approve(pat.desk, pat.desk.dora, also)
    today = pat.desk.now.date()
    for who in (pat.desk.kit, pat.desk.max, pat.desk.ben):
        (addresses,) = pat.listed(who)
        assert sorted(map(str, addresses)) == [OTHER, ONE]
    assert pat.state(pat.desk.ana, pat.other).since == today
    pat.unlink(link)
    assert sorted(pat.listed(pat.desk.kit), key=str) == [[OTHER], [ONE]]


def test_p_msg_4_new_mail_from_another_address_of_theirs_stands_before_the_others(
    pat: Pat,
) -> None:
    plain = pat.place(OTHER)
    link = pat.link(pat.one, pat.other)
    pat.cease()
    assert pat.place(OTHER) == pat.place(ONE) != plain
    pat.unlink(link)
    assert pat.place(OTHER) == plain


def test_p_rec_4_its_place_in_the_queue_rests_on_no_link_that_is_hidden_from_anybody(
    pat: Pat,
) -> None:
    plain = pat.place(OTHER)
    pat.hide(pat.link(pat.one, pat.other), pat.desk.ben)
    pat.cease()
    assert pat.place(OTHER) == plain != pat.place(ONE)


def test_one_restriction_and_one_referral_rest_on_what_came_from_several_addresses(
    pat: Pat,
) -> None:
    desk = pat.desk
    with pytest.raises(Invalid, match="somebody else"):
        propose(desk, desk.ana, pat.one, pat.other)
    with pytest.raises(Invalid, match="somebody else"):
        referring.consider(desk, desk.ana, pat.one, pat.other)
    link = pat.link(pat.one, pat.other)
    propose(desk, desk.ana, pat.one, pat.other)
    referring.consider(desk, desk.ana, pat.other, pat.one)
    stranger = pat.mail(THIRD)
    with pytest.raises(Invalid, match="somebody else"):
        propose(desk, desk.ana, pat.one, pat.other, stranger)
    pat.unlink(link)
    with pytest.raises(Invalid, match="somebody else"):
        referring.consider(desk, desk.ana, pat.one, pat.other)


def test_p_rec_4_who_may_not_know_of_a_link_makes_no_use_of_it(pat: Pat) -> None:
    desk = pat.desk
    pat.hide(pat.link(pat.one, pat.other), pat.edda)
    with pytest.raises(Invalid, match="somebody else"):
        propose(desk, pat.edda, pat.one, pat.other)
    with pytest.raises(Invalid, match="somebody else"):
        referring.consider(desk, pat.edda, pat.one, pat.other)
    made = draft(desk, pat.one, pat.other, review_at=desk.now + timedelta(days=30))
    desk.do(desk.ana, proposing.propose, draft=made)


def test_p_rec_4_a_recipient_of_the_other_mail_reads_what_they_read_before(desk: Desk) -> None:
    pat = Pat(desk)
    to_kit = pat.mail(THIRD, recipients=(address("kit"),))
    pat.link(to_kit, pat.one)
    pat.cease()
    assert pat.listed(desk.kit) == [[ONE]]
    assert pat.listed(desk.ben) == [[ONE, THIRD]]
