"""From a draft to what is out of our hands: who may, in which order, and nothing unseen."""

from datetime import timedelta
from itertools import product
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from letters.conftest import WRITTEN, Post
from sqlalchemy import select, text, update
from sqlalchemy.exc import DBAPIError

from triage.core.access import SYSTEM
from triage.core.errors import Conflict, Invalid, NotAllowed, TriageError
from triage.letters import rules
from triage.letters.rules import Edge, LeakCheck, LetterKind, State
from triage.letters.service import checking, drafting, sending
from triage.letters.tables import Letter, LetterTransition
from triage.senders.standing.queries import standing_of
from triage.senders.standing.rules import NOTHING, Measure
from triage.senders.standing.service import set_standing


def test_a_letter_is_drafted_edited_approved_and_sent_and_each_step_is_on_the_record(
    post: Post,
) -> None:
    made = post.queued()
    desk = post.desk
    steps = [(one.edge, one.who) for one in post.item(made).steps]
    assert steps == [("draft", "Ana"), ("edit", "Ana"), ("approve", "Ana"), ("queue", "Ana")]
    codes = [one.code for one in desk.events(matter_id=post.row(made).matter_id)]
    assert codes == ["letter_draft", "letter_edit", "letter_approve", "letter_queue"]
    row = desk.read(lambda session: session.scalars(select(LetterTransition)).all())[0]
    assert row.policy_version == "2023-04"
    assert desk.chain() is not None


@pytest.mark.parametrize(
    "left",
    ["[say what]", "{{ what }}", "{% if x %}", "dear ____,", "［what］", "an open [", "a shut ]"],
)
def test_a_letter_with_something_left_to_fill_in_does_not_go(quick_post: Post, left: str) -> None:
    post = quick_post
    made = post.draft()
    post.write(made, text=f"Hello,\n\n{left}")
    with pytest.raises(Invalid, match="fill in"):
        post.do(checking.approve, made)
    post.write(made, subject=f"About {left}")
    with pytest.raises(Invalid, match="fill in"):
        post.do(checking.approve, made)
    post.write(made)
    post.do(checking.approve, made)


def test_a_template_as_it_is_drafted_does_not_go(quick_post: Post) -> None:
    for kind in (LetterKind.WARNING, LetterKind.REQUEST_TO_CEASE, LetterKind.FREE):
        made = quick_post.draft(kind=kind)
        with pytest.raises(Invalid, match="fill in"):
            quick_post.do(checking.approve, made)


def test_only_what_was_previewed_is_approved_or_sent(post: Post) -> None:
    made = post.draft()
    post.write(made)
    seen = post.item(made).shown.digest
    post.write(made, text=f"{WRITTEN}\n\nP.S. another thing")
    with pytest.raises(Conflict, match="changed since you looked"):
        post.do(checking.approve, made, previewed=seen)
    post.do(checking.approve, made)
    for command, more in ((sending.send, {}), (sending.mark_copied_out, {"at": post.desk.now})):
        with pytest.raises(Conflict, match="changed since you looked"):
            post.do(command, made, previewed=seen, **more)
    post.do(sending.send, made)


def test_the_address_is_part_of_what_was_previewed(quick_post: Post) -> None:
    made = quick_post.draft()
    quick_post.write(made)
    seen = quick_post.item(made).shown.digest
    quick_post.write(made, to_address="other@example.org")
    with pytest.raises(Conflict):
        quick_post.do(checking.approve, made, previewed=seen)


def test_a_stale_screen_does_nothing(post: Post) -> None:
    made = post.draft()
    old = post.item(made).row.version
    post.write(made)
    for command, more in (
        (drafting.edit, {"subject": "a", "text": "b", "to_address": ""}),
        (checking.approve, {}),
        (drafting.withdraw, {}),
        (drafting.override_cease, {"reason": "x"}),
    ):
        with pytest.raises(Conflict, match="since you looked"):
            post.do(command, made, version=old, **more)


def test_editing_what_was_approved_makes_it_a_draft_again(post: Post) -> None:
    made = post.ready()
    post.write(made, text="Another letter.")
    row = post.row(made)
    assert (row.state, row.approved_hash) == (State.DRAFT, None)
    with pytest.raises(Conflict):
        post.do(sending.send, made)


def test_a_letter_that_went_is_never_changed_not_even_past_us(post: Post) -> None:
    made = post.ready()
    post.do(sending.mark_copied_out, made, at=post.desk.now)
    with pytest.raises(Conflict):
        post.write(made, text="Another letter.")
    write = post.desk.triage.database.write
    for column in ("text", "subject", "to_address", "from_address", "kind", "state", "sent_at"):
        value = (
            None
            if column == "sent_at"
            else "x"
            if column in {"from_address", "kind", "state"}
            else b""
        )
        change = update(Letter).where(Letter.id == made).values({column: value})
        with pytest.raises(DBAPIError, match="never rewritten"):
            write(lambda session, change=change: session.execute(change))
    if post.desk.triage.database.dialect == "sqlite":
        copied = "INSERT OR REPLACE INTO letters SELECT * FROM letters"
        with pytest.raises(DBAPIError, match="never rewritten"):
            write(lambda session: session.execute(text(copied)))


def test_on_its_way_its_words_are_frozen_and_it_can_be_called_back_while_nobody_tried(
    post: Post,
) -> None:
    made = post.queued()
    change = update(Letter).where(Letter.id == made).values(text=b"")
    with pytest.raises(DBAPIError, match="never rewritten"):
        post.desk.triage.database.write(lambda session: session.execute(change))
    post.do(sending.call_back, made)
    assert post.row(made).state == State.READY
    post.do(sending.send, made)
    assert post.row(made).state == State.QUEUED


def test_copied_out_it_says_by_whom_and_when_and_claims_no_more(post: Post) -> None:
    from triage.letters.words import standing

    made = post.ready(to_address="")
    post.desk.move(hours=3)
    at = post.desk.now - timedelta(hours=2)
    post.do(sending.mark_copied_out, made, post.desk.ben, at=at)
    row = post.item(made).row
    assert (row.state, row.sent_at, row.sent_by) == (State.COPIED_OUT, at, "Ben")
    assert standing(row) == "copied out and marked as sent by Ben, on 2 March 2026"
    assert "deliver" not in standing(row)


def test_people_say_when_it_was_sent_to_the_minute(quick_post: Post) -> None:
    """Begun half a minute ago, and sent in the minute that both fall into."""
    quick_post.desk.move(seconds=30)
    made = quick_post.ready(to_address="")
    at = quick_post.desk.now.replace(second=0, microsecond=0)
    assert at < quick_post.desk.now
    quick_post.do(sending.mark_copied_out, made, at=at)
    assert quick_post.row(made).state == State.COPIED_OUT


@pytest.mark.parametrize("off", [timedelta(hours=-9), timedelta(minutes=1), None])
def test_a_time_before_it_was_begun_to_come_or_missing_is_refused(
    quick_post: Post, off: timedelta | None
) -> None:
    made = quick_post.ready()
    at = None if off is None else quick_post.desk.now + off
    with pytest.raises(Invalid):
        quick_post.do(sending.mark_copied_out, made, at=at)


def test_without_an_address_or_a_sender_it_can_be_copied_out_alone(make_desk: Any) -> None:
    bare = Post(make_desk())
    for post, made in ((bare, bare.ready()),):
        with pytest.raises(Invalid, match="TRIAGE_LETTER_FROM"):
            post.do(sending.send, made)
    without = bare.ready(to_address="")
    with pytest.raises(Invalid, match="no address"):
        bare.do(sending.send, without)


@pytest.mark.parametrize(
    "address",
    ["a@b\nBcc: c@example.org", "Pat <pat@example.org>", "a@b, c@d", "pat", "é@example.org"],
)
def test_an_address_that_no_header_may_hold_is_refused(quick_post: Post, address: str) -> None:
    with pytest.raises(Invalid, match="e-mail address"):
        quick_post.draft(to_address=address)
    made = quick_post.draft()
    with pytest.raises(Invalid, match="e-mail address"):
        quick_post.write(made, to_address=address)


@pytest.mark.parametrize(
    "given", [{"subject": ""}, {"subject": "x" * 151}, {"text": " \n "}, {"text": "x" * 20_001}]
)
def test_a_letter_has_a_subject_and_a_text_of_some_length(
    quick_post: Post, given: dict[str, str]
) -> None:
    made = quick_post.draft()
    with pytest.raises(Invalid):
        quick_post.write(made, **given)


def test_f60_the_name_of_who_wrote_or_sends_it_does_not_stand_in_it(quick_post: Post) -> None:
    post = quick_post
    made = post.draft()
    post.write(made, text="Hello,\n\nplease stop.\n\nAna")
    for who in (post.desk.ana, post.desk.ben):
        with pytest.raises(Invalid, match="by role"):
            post.do(checking.approve, made, who)
    jo = post.desk.add("jo smith")
    with pytest.raises(Invalid, match="by role"):
        rules.check_not_named("Jo Smith", "Yours, JO  smith of the team")
    rules.check_not_named("Will", "We will look at it.")
    assert jo.name == "Jo Smith"


# -- who may


@pytest.mark.parametrize("name", ["max", "ada", "kit", "gus"])
def test_who_has_no_part_in_letters_drafts_and_sends_none(quick_post: Post, name: str) -> None:
    post, who = quick_post, quick_post.desk.people[name]
    made = post.ready()
    with pytest.raises(NotAllowed):
        post.draft(who)
    with pytest.raises(NotAllowed):
        post.do(sending.send, made, who)
    with pytest.raises(NotAllowed):
        post.item(made, who)


def test_an_investigator_writes_and_somebody_else_lets_it_go(quick_post: Post) -> None:
    from triage.core.roles import Role

    post = quick_post
    ivy = post.desk.add("ivy", Role.INVESTIGATOR)
    made = post.draft(ivy)
    post.write(made, who=ivy)
    with pytest.raises(NotAllowed):
        post.do(checking.approve, made, ivy)
    post.do(checking.approve, made, post.desk.dora)


def test_p_msg_3_the_system_writes_and_sends_nothing(quick_post: Post) -> None:
    post = quick_post
    made = post.ready()
    with pytest.raises(NotAllowed):
        post.draft(SYSTEM)
    for command in (sending.send, checking.approve, drafting.withdraw):
        with pytest.raises(NotAllowed):
            post.do(command, made, SYSTEM)
    for state, edge in product(State, Edge):
        if edge in rules.SYSTEM_EDGES:
            continue
        with pytest.raises(TriageError):
            rules.move(state, edge, by_system=True)


@pytest.mark.parametrize("who", ["drafter", "editor", "asker"])
def test_the_second_person_is_none_of_those_who_wrote_or_asked(post: Post, who: str) -> None:
    desk = post.desk
    made = post.draft(desk.ana)
    post.write(made, who=desk.ben)
    post.do(checking.ask_second, made, desk.cleo, reason="please look")
    same = {"drafter": desk.ana, "editor": desk.ben, "asker": desk.cleo}[who]
    for command in (checking.second_agrees, checking.second_declines):
        with pytest.raises(NotAllowed):
            post.do(command, made, same, reason="fine")
    post.do(checking.second_agrees, made, desk.dora, reason="fine")
    assert post.row(made).state == State.READY


def test_a_second_person_who_declines_gives_it_back_with_a_reason(post: Post) -> None:
    made = post.draft()
    post.write(made)
    post.do(checking.ask_second, made, reason="please look")
    with pytest.raises(Invalid):
        post.do(checking.second_declines, made, post.desk.ben, reason=" ")
    post.do(checking.second_declines, made, post.desk.ben, reason="too harsh")
    assert post.row(made).state == State.DRAFT
    assert post.item(made).steps[-1].reason == "too harsh"


def test_while_a_second_person_is_asked_nobody_approves_it_past_them(post: Post) -> None:
    made = post.draft()
    post.write(made)
    post.do(checking.ask_second, made, reason="please look")
    for who in (post.desk.ana, post.desk.ben):
        with pytest.raises(Conflict):
            post.do(checking.approve, made, who)


# -- cease contact


def cease(post: Post, sender_id: str | None) -> None:
    post.desk.do(
        post.desk.dora,
        set_standing,
        sender_id=sender_id,
        measure=Measure.CEASE_CONTACT,
        source_id="s",
        since=post.desk.now,
        until=None,
    )


FACTS: dict[str, Any] = {
    "measures": ("We will not answer.",),
    "sentence": "You wrote insults.",
    "since": timedelta,
    "appeal_code": "ABCD-EFGH",
    "how": "lifted",
    "outcome": "upheld",
    "finding": "upheld",
    "action_taken": True,
}


def facts(post: Post, kind: LetterKind) -> dict[str, Any]:
    """Every fact that a letter of this kind must be given."""
    from triage.letters.wording import SHAPES

    today = post.desk.now.date()
    return {one: (FACTS | {"since": today}).get(one, today) for one in SHAPES[kind].facts}


@pytest.mark.parametrize("kind", LetterKind)
def test_p_msg_4_under_cease_contact_a_letter_is_refused_but_of_the_restriction_itself(
    quick_post: Post, kind: LetterKind
) -> None:
    post = quick_post
    sender_id = post.desk.row(post.desk.arrive()).sender_id
    cease(post, sender_id)
    given = {"kind": kind, "sender_id": sender_id, "fields": facts(post, kind)}
    if kind in rules.PASSES_CEASE:
        post.draft(**given)
        return
    with pytest.raises(NotAllowed, match="Cease contact"):
        post.draft(**given)
    assert post.desk.count(Letter) == 0
    assert [one.details for one in post.desk.events("refused")] == [
        '{"what":"letter_under_cease_contact"}'
    ]


def test_p_msg_4_an_override_has_a_reason_that_is_sealed_and_on_the_record(post: Post) -> None:
    sender_id = post.desk.row(post.desk.arrive()).sender_id
    cease(post, sender_id)
    made = post.draft(sender_id=sender_id, override_reason="their solicitor asked for it")
    item = post.item(made)
    assert item.cease_override == "their solicitor asked for it"
    assert item.row.overridden
    (event,) = post.desk.events("letter_override")
    assert event.matter_id == item.row.matter_id
    assert "solicitor" not in event.details
    assert b"solicitor" not in (post.row(made).cease_override or b"")
    post.write(made)
    post.do(checking.approve, made)


def test_p_msg_4_the_address_counts_whoever_is_named_as_the_sender(post: Post) -> None:
    cease(post, post.desk.row(post.desk.arrive(from_address="pat@example.org")).sender_id)
    with pytest.raises(NotAllowed, match="Cease contact"):
        post.draft(to_address="PAT@example.org")
    made = post.draft(to_address="other@example.org")
    with pytest.raises(NotAllowed, match="Cease contact"):
        post.write(made, to_address="pat@example.org")


@pytest.mark.parametrize("reached", ["draft", "ready"])
def test_p_msg_4_it_holds_at_each_step_also_when_it_came_into_force_meanwhile(
    post: Post, reached: str
) -> None:
    sender_id = post.desk.row(post.desk.arrive()).sender_id
    made = (
        post.draft(sender_id=sender_id) if reached == "draft" else post.ready(sender_id=sender_id)
    )
    if reached == "draft":
        post.write(made)
    cease(post, sender_id)
    command = checking.approve if reached == "draft" else sending.send
    with pytest.raises(NotAllowed, match="Cease contact"):
        post.do(command, made)
    with pytest.raises(Invalid):
        post.do(drafting.override_cease, made, reason=" ")
    post.do(drafting.override_cease, made, reason="a court asks for it")
    post.do(command, made)


# -- what follows from a letter


def test_p_act_1_a_request_that_was_copied_out_stands_from_when_it_was_really_sent(
    post: Post,
) -> None:
    desk = post.desk
    sender_id = desk.row(desk.arrive()).sender_id
    made = post.ready(kind=LetterKind.REQUEST_TO_CEASE, sender_id=sender_id)
    desk.move(hours=5)
    at = desk.now - timedelta(hours=4)
    assert desk.read(standing_of, sender_ids=[sender_id], at=desk.now) == {}
    post.do(sending.mark_copied_out, made, at=at)
    held = desk.read(standing_of, sender_ids=[sender_id], at=desk.now)[str(sender_id)]
    assert (held.kinds, held.asked_to_cease_at) == ({Measure.ASKED_TO_CEASE}, at)
    (event,) = desk.events("standing_set")
    assert event.matter_id == post.row(made).matter_id


def test_p_act_2_a_warning_is_kept_as_it_was_sent_and_gives_no_standing(post: Post) -> None:
    desk = post.desk
    sender_id = desk.row(desk.arrive()).sender_id
    made = post.ready(kind=LetterKind.WARNING, sender_id=sender_id)
    post.do(sending.mark_copied_out, made, at=desk.now)
    assert post.item(made).shown.text == WRITTEN
    assert (
        desk.read(standing_of, sender_ids=[sender_id], at=desk.now).get(str(sender_id), NOTHING)
        == NOTHING
    )


# -- the table of edges


def test_nothing_leads_out_of_a_letter_that_is_out_or_withdrawn() -> None:
    for state, edge in rules.TRANSITIONS:
        assert state not in rules.TERMINAL, edge


def test_from_every_state_an_end_is_reachable() -> None:
    for start in State:
        seen, todo = set(), [start]
        while todo:
            now = todo.pop()
            seen.add(now)
            todo += [
                to for (at, _), to in rules.TRANSITIONS.items() if at is now and to not in seen
            ]
        assert seen & rules.TERMINAL, start


class Walk(RuleBasedStateMachine):
    """Any order of steps by people and the system: what leaves was approved, and last of all."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.took = State.DRAFT, [Edge.EDIT]

    @rule(edge=st.sampled_from(Edge), by_system=st.booleans())
    def step(self, edge: Edge, by_system: bool) -> None:
        try:
            self.state = rules.move(self.state, edge, by_system=by_system)
        except TriageError:
            return
        self.took.append(edge)

    @invariant()
    def what_is_out_was_let_go_after_it_was_last_edited(self) -> None:
        if self.state not in rules.GONE:
            return
        last = len(self.took) - 1 - self.took[::-1].index(Edge.EDIT)
        assert {Edge.APPROVE, Edge.SECOND_AGREES} & set(self.took[last:])


Walk.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestWalk = Walk.TestCase


def test_p_nam_1_without_a_check_of_this_text_nothing_goes_to_a_person_reported() -> None:
    for kind, standing, same in product(LetterKind, [None, *LeakCheck], [True, False]):
        if kind not in rules.LEAK_CHECKED:
            rules.check_alone(kind, standing, same_text=same)
        said = "Check the letter" if standing is None or not same else "a second person"
        with pytest.raises(Conflict, match=said):
            rules.check_alone(kind, standing, same_text=same, guarded=True)
