"""P-POL-1, P-MSG-4: a report to the police rests on a link between two addresses while it stands.

A colleague says that two addresses are one person's, the mail of both is put forward together, and
the link is taken back: nobody authorises or hands that over as if all of it were one person's.
"""

import pytest
from support.desk import Desk
from support.referring import act, authorise, consider, no, row, see, staffed, state, submit

from triage.core.access import Actor
from triage.core.errors import Conflict
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import short_ref
from triage.messages.service.linking import confirm_link, unlink
from triage.messages.tables import Message
from triage.notify.tables import OutboxMail
from triage.referrals import queries
from triage.referrals.rules import AtRisk, LawfulBasis, State
from triage.referrals.service import deciding
from triage.referrals.service.jobs import remind
from triage.senders.rules import LinkReason


class Kim:
    """Somebody said to write from two addresses, and whose mail from both was put forward."""

    def __init__(self, desk: Desk) -> None:
        self.desk = staffed(desk)
        self.one, self.other = self.mail("kim@example.org"), self.mail("k.im@example.net")
        self.link = self.say(self.one, self.other)
        self.referral = consider(desk, desk.ana, self.one, self.other)

    def mail(self, who: str) -> str:
        return self.desk.arrive("[high] words", from_address=who)

    def say(self, one: str, other: str) -> str:
        sender = self.desk.row(other).sender_id
        given = {"message_id": one, "other_id": sender, "reason": LinkReason.KNOWN_TO_US}
        return str(self.desk.do(self.desk.ana, confirm_link, **given))

    def take_back(self) -> None:
        given = {"message_id": self.one, "link_id": self.link, "reason": LinkReason.MISTAKE}
        self.desk.do(self.desk.ben, unlink, **given)

    def read(self, who: Actor) -> queries.ReferralItem:
        given = {"viewer": who, "referral_id": self.referral, "now": self.desk.now}
        return self.desk.read(queries.referral, **given)

    def reminded(self) -> set[str | None]:
        for _ in range(2):
            remind(self.desk.triage.runner, self.desk.now)
        mails = self.desk.read(lambda s: s.query(OutboxMail).all())
        told = [one.person_id for one in mails if f"{self.referral}:unlinked" in one.dedupe_key]
        assert len(told) == len(set(told)), "once a person"
        return set(told)


@pytest.fixture
def kim(desk: Desk) -> Kim:
    return Kim(desk)


def test_p_pol_1_nobody_authorises_what_rests_on_mail_of_somebody_who_is_not_this_person_any_more(
    kim: Kim,
) -> None:
    desk = kim.desk
    kim.take_back()
    see(desk, desk.dora, kim.referral)
    given = {"disclosed": "Both letters.", "basis": LawfulBasis.CRIME}
    with pytest.raises(Conflict, match="not linked with this person any more") as told:
        act(desk, desk.dora, deciding.authorise, kim.referral, **given)
    assert short_ref(kim.other) in str(told.value)
    assert short_ref(kim.one) not in str(told.value), "what still holds is not named"
    assert state(desk, kim.referral) is State.CONSIDERING
    assert kim.read(desk.dora).unlinked == (kim.other,)


def test_p_pol_1_it_is_put_forward_anew_on_what_holds_and_two_say_no_to_what_does_not(
    kim: Kim,
) -> None:
    desk = kim.desk
    kim.take_back()
    for message_id in (kim.one, kim.other):
        authorise(desk, desk.dora, consider(desk, desk.ana, message_id))
    no(desk, desk.dora, kim.referral)
    act(desk, desk.edda, deciding.answer_at_risk, kim.referral, answer=AtRisk.TOLD)
    assert no(desk, desk.edda, kim.referral), "there is an end to it"
    assert state(desk, kim.referral) is State.NOT_REFERRED


def test_p_pol_1_nobody_hands_over_what_was_authorised_over_a_link_that_was_taken_back(
    kim: Kim,
) -> None:
    desk = kim.desk
    authorise(desk, desk.dora, kim.referral)
    kim.take_back()
    desk.move(minutes=5)
    with pytest.raises(Conflict, match="not linked with this person any more"):
        submit(desk, desk.hal, kim.referral)
    assert state(desk, kim.referral) is State.AUTHORISED
    act(desk, desk.dora, deciding.take_back, kim.referral, reason="They are two people.")
    assert state(desk, kim.referral) is State.CONSIDERING


def test_p_pol_2_what_the_police_were_given_before_that_is_written_down_all_the_same(
    kim: Kim,
) -> None:
    """Else nobody could record what was disclosed."""
    desk = kim.desk
    authorise(desk, desk.dora, kim.referral)
    desk.move(hours=1)
    handed_over = desk.now
    desk.move(hours=1)
    kim.take_back()
    with pytest.raises(Conflict, match="not linked"):
        submit(desk, desk.hal, kim.referral, at=desk.now)
    submit(desk, desk.hal, kim.referral, at=handed_over)
    assert state(desk, kim.referral) is State.SUBMITTED
    assert kim.read(desk.hal).unlinked == (kim.other,)


def test_p_pol_1_a_link_that_stands_or_that_stands_again_is_no_hindrance(kim: Kim) -> None:
    """Also to who may not know of it."""
    desk = kim.desk
    kim.take_back()
    third = kim.mail("mik@example.com")
    kim.say(kim.one, third)
    hidden = {"matter_id": kim.say(third, kim.other), "person_id": desk.dora.person_id}
    desk.triage.database.write(
        lambda s: exclude(s, kind=ExclusionKind.EXCLUDED, at=desk.now, **hidden)
    )
    assert kim.read(desk.dora).unlinked == ()
    authorise(desk, desk.dora, kim.referral)
    submit(desk, desk.hal, kim.referral)


def test_p_pol_1_what_rests_on_one_address_alone_rests_on_no_link(desk: Desk) -> None:
    """Also where somebody has said since that another wrote all of it."""
    staffed(desk)
    one = desk.arrive("[high] words", from_address="kim@example.org")
    made = consider(desk, desk.ana, one)
    other = desk.row(desk.arrive("[low] x", from_address="mik@example.com")).sender_id

    def corrected(session) -> None:
        session.get_one(Message, one).sender_id = other

    desk.triage.database.write(corrected)
    authorise(desk, desk.dora, made)


def test_p_pol_1_what_the_police_have_is_taken_back_by_nobody_but_people_and_who_handles_it_is_told(
    kim: Kim,
) -> None:
    desk = kim.desk
    authorise(desk, desk.dora, kim.referral)
    submit(desk, desk.hal, kim.referral)
    assert kim.reminded() == set()
    kim.take_back()
    before = row(desk, kim.referral).version
    handlers = {desk.people[one].person_id for one in ("hal", "hope")}
    assert kim.reminded() == handlers
    assert state(desk, kim.referral) is State.SUBMITTED
    assert row(desk, kim.referral).version == before, "nothing moved"
    assert kim.read(desk.hope).unlinked == (kim.other,)


@pytest.mark.parametrize("reached", [State.CONSIDERING, State.AUTHORISED])
def test_p_pol_1_before_that_it_is_brought_before_those_who_decide(
    kim: Kim, reached: State
) -> None:
    desk = kim.desk
    if reached is State.AUTHORISED:
        authorise(desk, desk.dora, kim.referral)
    kim.take_back()
    assert kim.reminded() == {desk.dora.person_id, desk.edda.person_id}


def test_p_rec_4_who_has_no_part_in_it_is_reminded_of_nothing(kim: Kim) -> None:
    desk = kim.desk
    edda = desk.edda.person_id
    kind = ExclusionKind.EXCLUDED
    desk.triage.database.write(
        lambda s: exclude(s, matter_id=kim.one, person_id=edda, kind=kind, at=desk.now)
    )
    kim.take_back()
    assert kim.reminded() == {desk.dora.person_id}


def test_rule_2_who_put_it_forward_decides_nothing_of_it_and_is_not_reminded(kim: Kim) -> None:
    kim.referral = consider(kim.desk, kim.desk.dora, kim.one, kim.other)
    kim.take_back()
    assert kim.reminded() == {kim.desk.edda.person_id}


def test_p_pol_3_what_has_ended_reminds_nobody(kim: Kim) -> None:
    desk = kim.desk
    act(desk, desk.dora, deciding.answer_at_risk, kim.referral, answer=AtRisk.TOLD)
    no(desk, desk.dora, kim.referral)
    no(desk, desk.edda, kim.referral)
    kim.take_back()
    desk.move(days=30)
    assert kim.reminded() == set()
