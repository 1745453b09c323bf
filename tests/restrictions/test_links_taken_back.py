"""P-MSG-4: what rests on a link between two addresses rests on it only while it stands.

A colleague says that two addresses are one person's, somebody proposes a restriction over the mail
of both, and the link is taken back: nobody approves that proposal as if the mail were theirs.
"""

import pytest
from support.desk import Desk
from support.restricting import approve, draft, propose, see, state, version

from triage.core.access import Actor
from triage.core.errors import Conflict
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import short_ref
from triage.core.roles import Role
from triage.messages.service.linking import confirm_link, unlink
from triage.notify.tables import OutboxMail
from triage.restrictions.queries.reading import RestrictionItem, restriction
from triage.restrictions.rules import State
from triage.restrictions.service import deciding, proposing
from triage.restrictions.service.jobs import note_dates
from triage.senders.rules import LinkReason

ONE, OTHER, THIRD = "pat@example.org", "p.at@example.net", "tap@example.com"


class Pat:
    """Somebody said to write from several addresses, and what was proposed over that."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self.edda = desk.add("edda", Role.DECIDER)
        self.one, self.other = self.mail(ONE), self.mail(OTHER)
        self.link = self.say(self.one, self.other)

    def mail(self, who: str) -> str:
        return self.desk.arrive("[low] words", from_address=who)

    def say(self, one: str, other: str) -> str:
        sender = self.desk.row(other).sender_id
        given = {"message_id": one, "other_id": sender, "reason": LinkReason.KNOWN_TO_US}
        return str(self.desk.do(self.desk.ana, confirm_link, **given))

    def take_back(self) -> None:
        given = {"message_id": self.one, "link_id": self.link, "reason": LinkReason.MISTAKE}
        self.desk.do(self.desk.ben, unlink, **given)

    def read(self, who: Actor, made: str) -> RestrictionItem:
        given = {"viewer": who, "vault": self.desk.triage.vault, "restriction_id": made}
        return self.desk.read(restriction, now=self.desk.now, **given)

    def reminded(self, made: str) -> set[str | None]:
        for _ in range(2):
            note_dates(self.desk.triage.runner, self.desk.now)
        mails = self.desk.read(lambda s: s.query(OutboxMail).all())
        told = [one.person_id for one in mails if f"{made}:unlinked" in one.dedupe_key]
        assert len(told) == len(set(told)), "once a person"
        return set(told)


@pytest.fixture
def pat(desk: Desk) -> Pat:
    return Pat(desk)


def test_p_msg_4_nobody_approves_what_rests_on_mail_of_somebody_who_is_not_this_person_any_more(
    pat: Pat,
) -> None:
    desk = pat.desk
    made = propose(desk, desk.ana, pat.one, pat.other)
    pat.take_back()
    with pytest.raises(Conflict, match="not linked with this person any more") as told:
        approve(desk, desk.dora, made)
    assert short_ref(pat.other) in str(told.value)
    assert short_ref(pat.one) not in str(told.value), "what still holds is not named"
    assert state(desk, made) is State.PROPOSED
    assert pat.read(desk.dora, made).unlinked == (pat.other,)
    given = {"restriction_id": made, "version": version(desk, made), "reason": "Two people."}
    desk.do(desk.dora, deciding.decline, **given)
    anew = propose(desk, desk.ana, pat.one)
    approve(desk, desk.dora, anew)


def test_p_msg_4_a_link_that_stands_or_that_stands_again_is_no_hindrance(pat: Pat) -> None:
    """Also to who may not know of it."""
    desk = pat.desk
    made = propose(desk, desk.ana, pat.one, pat.other)
    pat.take_back()
    third = pat.mail(THIRD)
    pat.say(pat.one, third)
    hidden = {"matter_id": pat.say(third, pat.other), "person_id": desk.dora.person_id}
    desk.triage.database.write(
        lambda s: exclude(s, kind=ExclusionKind.EXCLUDED, at=desk.now, **hidden)
    )
    assert pat.read(desk.dora, made).unlinked == ()
    approve(desk, desk.dora, made)


def test_p_msg_4_what_one_person_did_alone_over_a_link_that_was_taken_back_is_not_confirmed(
    pat: Pat,
) -> None:
    desk = pat.desk
    made = desk.do(desk.ana, proposing.set_emergency, draft=draft(desk, pat.one, pat.other))
    pat.take_back()
    see(desk, desk.dora, made)
    given = {"restriction_id": made, "version": version(desk, made)}
    with pytest.raises(Conflict, match="not linked"):
        desk.do(desk.dora, deciding.approve, **given)
    assert state(desk, made) is State.EMERGENCY, "it lapses by its date, or somebody ends it"


def test_p_msg_3_what_stands_already_is_ended_by_nobody_but_people_and_who_decides_is_reminded(
    pat: Pat,
) -> None:
    desk = pat.desk
    made = propose(desk, desk.ana, pat.one, pat.other)
    approve(desk, desk.dora, made)
    assert pat.reminded(made) == set()
    pat.take_back()
    before = state(desk, made)
    assert pat.reminded(made) == {desk.dora.person_id, pat.edda.person_id}
    assert state(desk, made) is before
    assert pat.read(pat.edda, made).unlinked == (pat.other,)
