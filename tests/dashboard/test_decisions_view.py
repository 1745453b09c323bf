"""A block on the screens: proposed, refused for oneself, approved, applied, looked up, appealed."""

from collections.abc import Callable
from datetime import time, timedelta

import pytest
from streamlit.testing.v1 import AppTest
from support.desk import Desk
from support.restricting import PUBLIC, propose, see, state, tasks
from support.screens import html_of, press, words_of

from dashboard import session
from triage.core.access import Actor
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.letters.queries import letters_of_matter
from triage.messages.rules import State as MessageState
from triage.messages.service.linking import confirm_link, unlink
from triage.restrictions.codes import appeal_code
from triage.restrictions.queries.reading import restriction
from triage.restrictions.rules import Kind, State, TargetState
from triage.restrictions.service import proposing
from triage.restrictions.service.tasks import set_scope
from triage.senders.rules import LinkReason

MARK = "<b>bold</b> <img src=x>"
DANGER = "If someone is in danger now, call 999 first."


@pytest.fixture
def desk(make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A demonstration desk that can write to people, with two more who decide."""
    made = make_desk(
        demo=True, letter_from="team@charity.example.org", appeal_address="appeal@example.org"
    )
    monkeypatch.setattr(session, "desk", lambda: made.triage)
    made.add("edda", Role.DECIDER)
    made.add("finn", Role.DECIDER)
    sue = made.add("sue", Role.SERVICE_ADMIN)
    for target in ("fixmystreet", "social"):
        made.do(made.ada, set_scope, person_id=sue.person_id, target=target)
    return made


def shown(at: AppTest) -> str:
    assert not at.exception, at.exception
    return "\n".join([words_of(at), *(one.value for one in at.code)])


def labels(at: AppTest) -> set[str]:
    return {one.label for one in at.button}


def submit(at: AppTest, label: str) -> AppTest:
    found = [one for one in at.button if one.label == label]
    assert found, f"no button {label} among {[one.label for one in at.button]}"
    return found[0].click().run()


def field(boxes: object, label: str) -> object:
    return next(one for one in boxes if one.label.startswith(label))  # type: ignore[attr-defined]


def held(desk: Desk, who: Actor) -> str:
    """A message that somebody holds and has read."""
    message = desk.arrive("[medium] words", from_address="pat@example.org")
    desk.open(who, message)
    desk.uncover(who, message)
    return message


def fill(at: AppTest, kind: Kind, where: tuple[str, ...], desk: Desk) -> AppTest:
    at = field(at.selectbox, "What is to be restricted?").select(kind).run()
    at = at.multiselect[0].set_value(list(where)).run()
    for one in at.text_area:
        one.set_value("Asking to stop did not help.")
    field(at.text_area, "Why? Only").set_value(f"Three in a week {MARK}")
    field(at.text_area, "One sentence").set_value(PUBLIC)
    at.date_input[0].set_value((desk.now + timedelta(days=60)).date())
    return at.run()


def test_p_blk_2_nothing_is_chosen_beforehand_and_at_most_six_things_are_asked(
    desk: Desk, screen
) -> None:
    message = held(desk, desk.ana)
    at = screen("propose", desk.ana, message=message)
    assert DANGER in shown(at)
    assert field(at.selectbox, "What").value is None
    for kind in Kind:
        at = field(at.selectbox, "What").select(kind).run()
        assert all(one.value == [] for one in at.multiselect)
        drawn = [*at.selectbox, *at.multiselect, *at.text_area, *at.text_input, *at.date_input]
        assert len(drawn) <= 6, kind


def test_p_blk_1_a_block_shows_whether_contact_is_ceased_and_asks_why_that_is_not_enough(
    desk: Desk, screen
) -> None:
    message = held(desk, desk.ana)
    at = screen("propose", desk.ana, message=message)
    at = fill(at, Kind.SERVICE_BLOCK, ("writetothem",), desk)
    said = shown(at)
    assert "Contact is not ceased" in said
    assert "Why is ceasing contact not enough?" in said
    assert "WriteToThem is somebody's way to their representative" in said
    field(at.text_area, "Why is ceasing").set_value("")
    at = press(at, "check_propose")
    assert shown(at).count("Say why more is needed than ceasing contact.") == 2  # summary and field
    assert "There is a problem" in shown(at)


def test_all_that_a_proposal_lacks_is_said_at_once_each_by_its_field(desk: Desk, screen) -> None:
    message = held(desk, desk.ana)
    at = screen("propose", desk.ana, message=message)
    at = field(at.selectbox, "What").select(Kind.SERVICE_BLOCK).run()
    at = at.multiselect[0].select("fixmystreet").run()
    at = at.multiselect[0].select("theyworkforyou").run()
    said = shown(press(at, "check_propose"))
    for one in (
        "Say why.",
        "Say why more is needed than ceasing contact.",
        "Write one whole sentence that may be read in public.",
        "Choose when it is looked at again.",
        "Say for each service why it is right there.",
        "No mail from this address was verified: say why it is this person's.",
    ):
        assert said.count(one) == 2, one  # summary and field
    assert desk.count(proposing.Restriction) == 0


def test_a_proposal_is_checked_then_made_and_the_message_waits_for_it(desk: Desk, screen) -> None:
    message = held(desk, desk.ana)
    at = screen("propose", desk.ana, message=message)
    at = fill(at, Kind.SERVICE_BLOCK, ("fixmystreet",), desk)
    at = press(at, "check_propose")
    assert "say why it is this person's" in shown(at)
    field(at.text_input, "FixMyStreet: how do").set_value("It is in their profile.")
    at = press(at, "check_propose")
    said = shown(at)
    assert "Check your answers" in said
    assert "It waits for somebody else to approve it" in said
    assert desk.count(proposing.Restriction) == 0
    at = submit(at, "Propose it")
    assert "It holds nothing until somebody else has approved it." in shown(at)
    assert desk.count(proposing.Restriction) == 1
    at = press(at, "await")
    assert shown(at).count("Say first what it is: what is proposed rests on that.") == 2
    at = press(at, "say_aggressive")
    at = press(at, "say_low")
    desk.move(seconds=5)
    at = press(at, "await")
    assert "waits for what you proposed" in shown(at)
    assert desk.state(message) is MessageState.AWAITING_DECISION


def test_what_was_entered_comes_back_when_the_answers_are_changed(desk: Desk, screen) -> None:
    at = screen("propose", desk.ana, message=held(desk, desk.ana))
    at = fill(at, Kind.CHANNEL_BLOCK, ("social",), desk)
    field(at.text_input, "Social").set_value("@pat on one network")
    at = press(press(at, "check_propose"), "change")
    assert field(at.text_area, "Why? Only").value == f"Three in a week {MARK}"
    assert at.multiselect[0].value == ["social"]


def test_nothing_is_proposed_from_a_message_that_somebody_else_holds(desk: Desk, screen) -> None:
    message = held(desk, desk.ana)
    at = screen("propose", desk.ben, message=message)
    assert "You do not hold this message" in shown(at)
    assert not at.selectbox


def test_what_was_done_already_is_recorded_with_who_and_when(desk: Desk, screen) -> None:
    at = screen("propose", desk.ana, message=held(desk, desk.ana))
    at = fill(at, Kind.CHANNEL_BLOCK, ("social",), desk)
    field(at.text_input, "Social").set_value("@pat on one network")
    at = press(at, "check_done")
    at = submit(at, "Record it as done already")
    assert shown(at).count("Say when it was done.") == 2
    field(at.selectbox, "Who did it").select(desk.dora.person_id)
    at.date_input[0].set_value(desk.now.date() - timedelta(days=1))
    at.time_input[0].set_value(time(9))
    at = submit(at, "Record it as done already")
    assert "Recorded." in shown(at)
    with desk.triage.database.read() as db:
        made = db.query(proposing.Restriction).one()
        assert (made.state, made.done_by) == (State.UNRATIFIED.value, desk.dora.person_id)
        made_id = made.id
    see(desk, desk.dora, made_id)
    said = shown(screen("decisions", desk.dora, restriction=made_id))
    assert "You did this: somebody else confirms it." in said


def block(desk: Desk) -> str:
    """A block that Dora proposed from one message, with hostile words of a colleague."""
    message = desk.arrive("[medium] words", from_address="pat@example.org")
    return propose(
        desk, desk.dora, message, kind=Kind.SERVICE_BLOCK, reason=MARK, proportionality=MARK
    )


def test_p_msg_4_a_block_from_proposal_to_overturned_by_a_third(desk: Desk, screen) -> None:
    made = block(desk)
    # Who proposed it has no button, and is told why.
    see(desk, desk.dora, made)
    at = screen("decisions", desk.dora, restriction=made)
    assert "You proposed this: somebody else decides." in shown(at)
    assert not {"Approve it", "Decline it"} & labels(at)
    # Another sees it wait, must open the evidence, and approves in two presses.
    at = screen("decisions", desk.edda)
    assert DANGER in shown(at)
    at = press(at, "mine")
    said = shown(at)
    assert "Next: it waits for your yes or no, below." in said
    assert "Open the evidence before you decide: 1 message is still covered." in said
    assert MARK in said
    assert MARK not in html_of(at)
    assert "Approve it" not in labels(at)
    at = press(at, "ground")
    at = submit(at, "Approve it")
    assert "Check your answers" in shown(at)
    assert state(desk, made) is State.PROPOSED
    at = submit(at, "Yes, approve it")
    assert "Your yes is on the record." in shown(at)
    assert state(desk, made) is State.APPROVED
    said = shown(at)
    assert "Next: a decider, a handler or a reviewer writes to the person that it holds" in said
    assert "Until it has gone, nothing is put in at FixMyStreet" in said
    assert "Then: whoever looks after FixMyStreet puts it in there, under “Tasks”" in said
    # Our letter goes first where the block would stop it; here a decider says why not.
    sue = desk.sue
    task = tasks(desk, made)[0]
    at = screen("tasks", sue, task=task.id)
    at = submit(at, "It is put in")
    assert shown(at).count("This also stops our letter to the person") == 2
    at = submit(screen("decisions", desk.edda, restriction=made), "Hold our letter back")
    at = submit(at, "Check your answers")
    assert shown(at).count("Say why.") == 2
    at.text_area[0].set_value("They moved house.")
    at = submit(at, "Check your answers")
    submit(at, "Yes, hold our letter back")
    at = screen("tasks", sue, task=task.id)
    said = shown(at)
    assert PUBLIC in said
    assert MARK not in said
    at = submit(at, "It is put in")
    assert state(desk, made) is State.ACTIVE
    at = submit(at, "I looked: it holds")
    assert shown(at).count("Say where you looked.") == 2
    field(at.text_input, "Where did you look").set_value("The admin page.")
    submit(at, "I looked: it holds")
    assert tasks(desk, made)[0].state == TargetState.VERIFIED.value
    assert "It did not work" not in str([one.label for one in screen("tasks", sue).button])
    at = screen("tasks", sue, task=task.id)
    assert "It did not work, or does not hold" in [one.label for one in at.button]
    # The appeal comes by the code of the notice, and a third decides it.
    at = screen("decisions", desk.ana)
    code = appeal_code(desk.triage.keys, made)
    at = enter_appeal(at, desk, "wrong code")
    assert "No restriction in force has this code." in shown(at)
    at = enter_appeal(screen("decisions", desk.ana), desk, code.lower())
    assert "The appeal is entered." in shown(at)
    assert state(desk, made) is State.APPEALED
    at = screen("decisions", desk.edda, restriction=made)
    assert "You took part in this decision: somebody else decides the appeal." in shown(at)
    at = press(press(screen("decisions", desk.finn), "against"), "ground")
    at = submit(at, "Decide the appeal: overturn it")
    at.text_area[0].set_value("It was somebody else.")
    at = submit(at, "Check your answers")
    assert "The messages it rests on go before people again" in shown(at)
    assert state(desk, made) is State.APPEALED
    at = submit(at, "Yes, overturn it")
    assert "Overturned." in shown(at)
    assert state(desk, made) is State.OVERTURNED
    at = screen("tasks", sue, task=task.id)
    field(at.text_input, "Where did you look").set_value("It is gone from the list.")
    submit(at, "I looked: it is gone")
    assert tasks(desk, made)[0].state == TargetState.REMOVED.value


def enter_appeal(at: AppTest, desk: Desk, code: str) -> AppTest:
    field(at.text_input, "The code").set_value(code)
    field(at.text_area, "What did they").set_value(f"It was not me. {MARK}")
    at.date_input[0].set_value(desk.now.date())
    at.time_input[0].set_value(time(0, 5))
    return submit(at, "Enter the appeal")


def test_declining_needs_a_reason_and_does_nothing_before_the_second_step(
    desk: Desk, screen
) -> None:
    made = block(desk)
    see(desk, desk.edda, made)
    at = submit(screen("decisions", desk.edda, restriction=made), "Decline it")
    at = submit(at, "Check your answers")
    assert shown(at).count("Say why.") == 2
    at.text_area[0].set_value("Too much for this.")
    at = submit(at, "Check your answers")
    assert "Nothing will hold." in shown(at)
    at = submit(at, "Do nothing")
    assert state(desk, made) is State.PROPOSED
    at = submit(at, "Decline it")
    at.text_area[0].set_value("Too much for this.")
    submit(submit(at, "Check your answers"), "Yes, decline it")
    assert state(desk, made) is State.DECLINED


def test_who_was_slower_is_told_what_happened_and_nothing_is_done_twice(desk: Desk, screen) -> None:
    made = block(desk)
    for who in (desk.edda, desk.finn):
        see(desk, who, made)
    slow = submit(screen("decisions", desk.finn, restriction=made), "Approve it")
    quick = submit(screen("decisions", desk.edda, restriction=made), "Approve it")
    submit(quick, "Yes, approve it")
    slow = submit(slow, "Yes, approve it")
    assert "Edda approved this in the meantime." in shown(slow)


def test_a_restriction_that_is_not_theirs_to_know_reads_like_none(desk: Desk, screen) -> None:
    message = desk.arrive("[medium] words", recipients=("ben@charity.example.org",))
    made = propose(desk, desk.ana, message)
    assert "0" in shown(screen("decisions", desk.ben))
    for one in (made, new_id(), "nonsense"):
        at = screen("decisions", desk.ben, restriction=one)
        assert "There is no such restriction." in shown(at)
        assert PUBLIC not in shown(at)


def test_a_notice_is_begun_where_the_restriction_stands(desk: Desk, screen) -> None:
    made = block(desk)
    see(desk, desk.edda, made)
    at = submit(screen("decisions", desk.edda, restriction=made), "Approve it")
    at = submit(at, "Yes, approve it")
    field(at.selectbox, "What kind?").select_index(0)
    at = submit(at, "Begin the letter")
    assert "What will go:" in shown(at)
    rows = desk.read(letters_of_matter, viewer=desk.edda, matter_id=made)
    assert len(rows) == 1


def test_a_service_admin_sees_the_task_and_nothing_of_the_case(desk: Desk, screen) -> None:
    made = block(desk)
    assert "Nothing is to be done." in shown(screen("tasks", desk.sue))
    see(desk, desk.edda, made)
    at = submit(screen("decisions", desk.edda, restriction=made), "Approve it")
    submit(at, "Yes, approve it")
    at = press(screen("tasks", desk.sue), "task")
    said = shown(at)
    assert "sender@example.com" in said
    assert "In the service's own form, to copy:" in said
    for hidden in (MARK, "Dora", "Edda", "words"):
        assert hidden not in said
    other = desk.add("tom", Role.SERVICE_ADMIN)
    assert "There is no such task." in shown(screen("tasks", other, task=tasks(desk, made)[0].id))


def test_everybody_on_the_staff_sees_whom_nobody_writes_to_and_no_reason(
    desk: Desk, screen
) -> None:
    assert "The list is empty: there is nobody to whom we do not reply." in shown(
        screen("contact", desk.kit)
    )
    message = desk.arrive("[medium] words", from_address="pat@example.org")
    made = propose(desk, desk.ana, message, reason=MARK)
    see(desk, desk.edda, made)
    at = submit(screen("decisions", desk.edda, restriction=made), "Approve it")
    submit(at, "Yes, approve it")
    said = shown(screen("contact", desk.kit))
    assert "pat@example.org" in said
    assert "the people who decide" in said
    assert MARK not in said
    assert "Ana" not in said


def test_p_msg_4_what_rests_on_a_link_that_was_taken_back_says_so_and_offers_no_yes(
    desk: Desk, screen
) -> None:
    one, other = (desk.arrive(from_address=f"{who}@example.org") for who in ("pat", "tap"))
    given = {"message_id": one, "reason": LinkReason.KNOWN_TO_US}
    link = desk.do(desk.ana, confirm_link, other_id=desk.row(other).sender_id, **given)
    made = propose(desk, desk.ana, one, other)
    see(desk, desk.edda, made)
    at = screen("decisions", desk.edda, restriction=made)
    assert {"Approve it", "Decline it"} <= labels(at)
    assert "Not linked" not in shown(at)
    desk.do(desk.ben, unlink, link_id=link, **given)
    at = screen("decisions", desk.edda, restriction=made)
    assert {"Approve it", "Decline it"} & labels(at) == {"Decline it"}
    said = shown(at)
    assert "It cannot be approved so: decline it, and have it proposed anew." in said
    assert said.count("Not linked with this person any more.") == 1
    assert "Next: it cannot be approved: mail that it rests on is not this person's" in said
    assert "Decline it, below, and it is proposed anew." in said
    assert "waits for your yes or no" not in said
    told = shown(screen("decisions", desk.ana, restriction=made))
    assert "Somebody who decides declines it, and it is proposed anew." in told


def test_whose_an_address_is_is_asked_once_and_kept_for_each_service(desk: Desk, screen) -> None:
    message = held(desk, desk.ana)
    places = ("fixmystreet", "whatdotheyknow", "writetothem")
    at = fill(screen("propose", desk.ana, message=message), Kind.SERVICE_BLOCK, places, desk)

    def asked(at: AppTest) -> list[str]:
        return [one.label.split(":")[0] for one in at.text_input if "how do you know" in one.label]

    assert asked(at) == ["FixMyStreet"]
    assert shown(at).count("The same address as at FixMyStreet: whose it is, you say there.") == 2
    assert len([one for one in at.text_area if "block right there" in one.label]) == 2
    subject = field(at.text_input, "WriteToThem: ")
    at = subject.set_value("tap@example.org").run()
    assert asked(at) == ["FixMyStreet", "WriteToThem"], "another address is asked for itself"
    at = field(at.text_input, "WriteToThem: ").set_value(" PAT@example.org").run()
    field(at.text_input, "FixMyStreet: how do").set_value("It is in their profile.")
    field(at.selectbox, "How far?").select("ban")
    at = press(at.run(), "check_propose")
    assert "Check your answers" in shown(at)
    submit(at, "Propose it")
    made = desk.read(lambda s: s.query(proposing.Restriction).one().id)
    found = desk.read(restriction, viewer=desk.dora, restriction_id=made, now=desk.now)
    kept = {one.target: one.unverified_reason for one in found.places}
    assert kept == dict.fromkeys(places, "It is in their profile.")
