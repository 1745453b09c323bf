"""The mark "of particular concern" goes, and the report to the police goes on: that is said, with
who can end it (lifecycles.md, sections 1 and 4; P-POL-1)."""

import pytest
from support.desk import Desk
from support.referring import answer, authorise, mark, no, staffed, state

from triage.core.access import CONSOLE, Actor
from triage.core.exclusions import ExclusionKind, exclude
from triage.messages.service import concern
from triage.referrals.queries import Unmarked, unmarked
from triage.referrals.rules import State
from triage.staff.processes import Process
from triage.staff.service import disable, name_fallback


def take_back(desk: Desk, message_id: str, who: Actor | None = None) -> None:
    version = desk.version(message_id)
    desk.do(who or desk.ana, concern.withdraw_own, message_id=message_id, version=version)


def said(desk: Desk, referral_id: str, who: Actor | None = None) -> Unmarked | None:
    return desk.read(unmarked, viewer=who or desk.ben, referral_id=referral_id, now=desk.now)


@pytest.fixture
def both(desk: Desk) -> tuple[str, str]:
    """A message that Ana marked, and the report that began with that."""
    staffed(desk)
    message_id = desk.arrive()
    return message_id, mark(desk, desk.ana, message_id)


def test_p_pol_1_the_report_outlives_the_mark_and_says_who_can_end_it(
    desk: Desk, both: tuple[str, str]
) -> None:
    message_id, referral_id = both
    assert said(desk, referral_id) is None, "the mark stands"
    take_back(desk, message_id)
    assert state(desk, referral_id) is State.CONSIDERING, "nothing ends it by itself"
    assert said(desk, referral_id) == Unmarked(False, 2, ("Dora", "Edda"), ())
    no(desk, desk.edda, referral_id)
    assert said(desk, referral_id) == Unmarked(False, 1, ("Dora",), ())
    answer(desk, desk.ben, referral_id)
    no(desk, desk.dora, referral_id)
    assert state(desk, referral_id) is State.NOT_REFERRED
    assert said(desk, referral_id) is None, "it has ended"


def test_who_put_it_forward_or_has_no_part_is_not_named_and_who_steps_in_is(
    desk: Desk, both: tuple[str, str]
) -> None:
    message_id, referral_id = both
    take_back(desk, message_id)
    desk.triage.database.write(
        lambda session: exclude(
            session, matter_id=referral_id, person_id=desk.edda.person_id,
            kind=ExclusionKind.RECUSED, at=desk.now,
        )
    )  # fmt: skip
    assert said(desk, referral_id) == Unmarked(False, 2, ("Dora",), ())
    assert said(desk, referral_id, desk.edda) is None
    gus = desk.gus.person_id
    desk.do(CONSOLE, name_fallback, person_id=gus, process=Process.REVIEW)
    assert said(desk, referral_id) == Unmarked(False, 2, ("Dora",), ())
    desk.do(CONSOLE, name_fallback, person_id=gus, process=Process.NOT_REFERRED)
    assert said(desk, referral_id) == Unmarked(False, 2, ("Dora",), ("Gus",))
    desk.do(desk.ada, disable, person_id=desk.dora.person_id)
    assert said(desk, referral_id) == Unmarked(False, 2, (), ("Gus",))


def test_one_that_is_authorised_says_that_and_one_with_the_police_says_nothing(
    desk: Desk, both: tuple[str, str]
) -> None:
    message_id, referral_id = both
    take_back(desk, message_id)
    authorise(desk, desk.dora, referral_id)
    found = said(desk, referral_id)
    assert found is not None
    assert found.authorised


def test_marked_again_it_is_a_report_like_any_other(desk: Desk, both: tuple[str, str]) -> None:
    message_id, referral_id = both
    take_back(desk, message_id)
    assert mark(desk, desk.ben, message_id) == referral_id
    assert said(desk, referral_id) is None


def test_while_one_of_its_messages_is_marked_it_rests_on_that(
    desk: Desk, both: tuple[str, str]
) -> None:
    message_id, referral_id = both
    other = desk.arrive("[high] and again")
    assert mark(desk, desk.ana, other) == referral_id
    take_back(desk, message_id)
    assert said(desk, referral_id) is None
    take_back(desk, other)
    assert said(desk, referral_id) is not None
