"""Lifecycles that no room walks at random by itself: any acts in any order, and what still holds.

Messages, cases, letters, referrals and restrictions are walked in the tests of their rooms.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any, ClassVar

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
)
from sqlalchemy import func, select
from support.desk import Desk
from support.walking import walk

from triage.cases.inquiry import rules as inquiry
from triage.cases.inquiry.rules import NoticeEdge, NoticeState
from triage.cases.verdict.rules import IDENTITY_OPEN, IdentityState, identity_state
from triage.core.access import CONSOLE, SYSTEM
from triage.core.database import Database
from triage.core.errors import Conflict, NotAllowed, NotFound, TriageError
from triage.intake import service as cursors
from triage.intake.rules import Problem
from triage.intake.tables import MailboxFolder, MailboxLeft
from triage.reports.answers import Answers
from triage.reports.form import drafts, sending
from triage.reports.form.drafts import DRAFT_TIME, new_token
from triage.reports.tables import Report, ReportDraft, ReportDraftFile
from triage.restrictions import rules as restricting
from triage.trends import service as releases
from triage.trends.frozen import thaw
from triage.trends.rules import Period
from triage.trends.tables import FrozenRelease, Publication

MakeDesk = Callable[..., Desk]
FAR = datetime(9000, 1, 1)  # noqa: DTZ001 - the strategy adds the zone
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 20


# -- notices to the person reported


class Notices(RuleBasedStateMachine):
    """Nobody counts as heard whom nothing was sent to, and the system tells nobody."""

    def __init__(self) -> None:
        super().__init__()
        self.state, self.took = NoticeState.DUE, [NoticeEdge.GIVE]

    @rule(edge=st.sampled_from(NoticeEdge), by_system=st.booleans())
    def step(self, edge: NoticeEdge, by_system: bool) -> None:
        try:
            self.state = inquiry.move(self.state, edge, by_system=by_system)
        except NotAllowed:
            assert by_system
            assert edge not in {NoticeEdge.SEND, NoticeEdge.NO_REPLY}
        except Conflict:
            assert (self.state, edge) not in inquiry.TRANSITIONS
        else:
            self.took.append(edge)

    @invariant()
    def who_was_heard_was_written_to(self) -> None:
        if self.state in inquiry.HEARD:
            assert NoticeEdge.SEND in self.took

    @invariant()
    def what_is_withheld_is_settled_until_its_date_alone(self) -> None:
        now = datetime(2026, 11, 2, tzinfo=UTC)
        late, soon = now - timedelta(days=1), now + timedelta(days=1)
        assert not inquiry.settled(NoticeState.WITHHELD, late, now)
        if self.state in {NoticeState.DUE, NoticeState.SENT}:
            assert not inquiry.settled(self.state, soon, now)


Notices.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestNotices = Notices.TestCase


# -- targets of a restriction, alone


class Places(RuleBasedStateMachine):
    """Nothing counts as verified that was not put in place, or as removed that nobody asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.state = restricting.TargetState.REQUESTED
        self.took: list[restricting.TargetEdge] = []

    @rule(edge=st.sampled_from(restricting.TargetEdge))
    def step(self, edge: restricting.TargetEdge) -> None:
        there = restricting.TARGET_TRANSITIONS.get((self.state, edge))
        if there is not None:
            self.state = there
            self.took.append(edge)

    @invariant()
    def each_state_was_come_to_by_what_it_says(self) -> None:
        state, edge = restricting.TargetState, restricting.TargetEdge
        if self.state is state.VERIFIED:
            assert self.took[-2:] == [edge.APPLY, edge.VERIFY]
        if self.state is state.REMOVED:
            assert self.took[-2:] == [edge.ASK_REMOVAL, edge.REMOVE]
        if edge.REMOVE in self.took:
            assert self.state is state.REMOVED, "something left its end"
        if edge.LEAVE in self.took:
            assert self.state is state.LEFT, "something left its end"


Places.TestCase.settings = settings(max_examples=60, stateful_step_count=20, deadline=None)
TestPlaces = Places.TestCase


# -- who reported


@settings(deadline=None)
@given(
    st.none() | st.booleans(),
    st.none() | st.datetimes(timezones=st.just(UTC), max_value=FAR),
    st.timedeltas(timedelta(0), timedelta(days=400)),
)
def test_an_identity_is_open_for_its_hours_and_never_after(
    approved: bool | None, opened_at: datetime | None, after: timedelta
) -> None:
    now = (opened_at or datetime(2026, 11, 2, tzinfo=UTC)) + after
    state = identity_state(approved=approved, opened_at=opened_at, now=now)
    assert (state is IdentityState.OPEN) == (opened_at is not None and after < IDENTITY_OPEN)
    if state is IdentityState.CLOSED:
        later = identity_state(approved=approved, opened_at=opened_at, now=now + IDENTITY_OPEN)
        assert later is IdentityState.CLOSED


# -- a mailbox's folder


class Folder(RuleBasedStateMachine):
    """Reading moves on and never back; what was left is asked for again until it is settled."""

    make: ClassVar[MakeDesk]
    uids = st.integers(1, 40)

    @initialize()
    def begin(self) -> None:
        self.desk = type(self).make()
        self.held: list[cursors.Cursor] = [self.opened(1)]
        self.last, self.valid = 0, 1
        self.left: set[int] = set()

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.triage.close()

    def opened(self, valid: int) -> cursors.Cursor:
        return self.desk.do(SYSTEM, cursors.open_folder, place="p" * 64, uidvalidity=valid)

    @rule(new=st.booleans())
    def open(self, new: bool) -> None:
        if new:
            self.valid, self.last, self.left = self.valid + 1, 0, set()
        self.held.append(self.opened(self.valid))
        assert self.held[-1].last_uid == self.last

    @rule(which=st.integers(0, 9), uid=uids, left=st.lists(uids, max_size=2))
    def advance(self, which: int, uid: int, left: list[int]) -> None:
        cursor = self.held[which % len(self.held)]
        self.desk.do(SYSTEM, cursors.advance, cursor=cursor, last_uid=uid, left=left)
        if cursor.uidvalidity == self.valid:
            self.last = max(self.last, uid)
            self.left |= set(left)

    @rule(which=st.integers(0, 9), uid=uids)
    def settle(self, which: int, uid: int) -> None:
        cursor = self.held[which % len(self.held)]
        self.desk.do(SYSTEM, cursors.settled, cursor=cursor, uid=uid)
        if cursor.uidvalidity == self.valid:
            self.left -= {uid}

    @rule(uid=uids, hours=st.sampled_from([0, 1, 7]))
    def try_again(self, uid: int, hours: int) -> None:
        self.desk.move(hours=hours)
        self.desk.do(SYSTEM, cursors.tried, cursor=self.held[-1], uid=uid)

    @rule(problem=st.none() | st.sampled_from(Problem), alone=st.booleans())
    def look(self, problem: Problem | None, alone: bool) -> None:
        self.desk.do(SYSTEM, cursors.cut_off, cursor=self.held[-1], alone=alone)
        self.desk.do(SYSTEM, cursors.looked, place="p" * 64, problem=problem)
        with self.desk.triage.database.read() as session:
            row = session.scalars(select(MailboxFolder)).one()
            assert (row.problem_since is None) == (problem is None) == (row.failures == 0)

    @invariant()
    def it_is_where_it_was_moved_to(self) -> None:
        if not hasattr(self, "desk"):
            return
        with self.desk.triage.database.read() as session:
            row = session.scalars(select(MailboxFolder)).one()
            assert (row.last_uid, row.uidvalidity) == (self.last, self.valid)
            left = session.execute(select(MailboxLeft.uid, MailboxLeft.next_try)).all()
            assert {uid for uid, _ in left} == self.left
            assert len(left) == len(self.left)


def test_a_folder_is_read_on_from_where_it_was_whatever_happens(make_desk: MakeDesk) -> None:
    class Here(Folder):
        make = staticmethod(make_desk)  # type: ignore[assignment]

    walk(Here, examples=12, steps=25)


# -- a report that is being written


class Drafts(RuleBasedStateMachine):
    """A draft is sent once; nobody without its token has any of it; past its time it is gone."""

    make: ClassVar[MakeDesk]
    which = st.integers(0, 1)
    words = st.sampled_from(["", " ", "it happened", "zwei\0"])

    @initialize()
    def begin(self) -> None:
        self.desk = type(self).make()
        self.database: Database = self.desk.triage.database
        self.tokens = [new_token() for _ in range(2)]
        self.held: dict[int, tuple[str, datetime, int]] = {}
        """Number -> description, until when, files."""
        self.codes: dict[int, tuple[str, datetime]] = {}
        self.sent = 0

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.triage.close()

    def write(self, command: Callable[..., Any], **given: Any) -> Any:
        return self.database.write(lambda session: command(session, now=self.desk.now, **given))

    def is_there(self, which: int) -> bool:
        return which in self.held and self.held[which][1] > self.desk.now

    @rule(which=which, words=words)
    def start(self, which: int, words: str) -> None:
        answers = Answers(description=words)
        if self.is_there(which) or which in self.codes:
            return
        self.write(drafts.start_draft, token=self.tokens[which], answers=answers)
        kept = self.held.get(which, ("", self.desk.now, 0))[2]
        self.held[which] = (words, self.desk.now + DRAFT_TIME, kept)

    @rule(which=which, words=words)
    def save(self, which: int, words: str) -> None:
        answers = Answers(description=words)
        try:
            self.write(drafts.save_draft, token=self.tokens[which], answers=answers)
        except NotFound:
            assert not self.is_there(which)
            return
        assert self.is_there(which)
        self.held[which] = (words, self.desk.now + DRAFT_TIME, self.held[which][2])

    @rule(which=which)
    def add_file(self, which: int) -> None:
        given = {"token": self.tokens[which], "name": "a.png", "data": PNG}
        try:
            self.write(drafts.add_draft_file, **given)
        except NotFound:
            assert not self.is_there(which)
        except TriageError:
            assert self.held[which][2] > 0
        else:
            words, until, files = self.held[which]
            self.held[which] = (words, until, files + 1)

    @rule(which=which)
    def send(self, which: int) -> None:
        try:
            code = self.write(
                sending.submit, vault=self.desk.triage.vault, token=self.tokens[which]
            )
        except NotFound:
            assert not self.is_there(which)
            assert which not in self.codes or self.codes[which][1] <= self.desk.now
        except TriageError:
            assert not self.held[which][0].strip()
        else:
            if which in self.codes and self.codes[which][1] > self.desk.now:
                assert code == self.codes[which][0], "sent twice is one report"
                return
            assert self.is_there(which)
            del self.held[which]
            self.codes[which] = (code, self.desk.now + sending.RECEIPT_TIME)
            self.sent += 1

    @rule(hours=st.sampled_from([0.1, 1, 25]), purge=st.booleans())
    def wait(self, hours: float, purge: bool) -> None:
        self.desk.move(hours=hours)
        if purge:
            self.write(drafts.purge_drafts)
            self.held = {one: told for one, told in self.held.items() if self.is_there(one)}
            self.codes = {k: told for k, told in self.codes.items() if told[1] > self.desk.now}

    @invariant()
    def each_draft_is_whole_and_its_tokens_alone(self) -> None:
        if not hasattr(self, "desk"):
            return
        with self.database.read() as session:
            for which, token in enumerate(self.tokens):
                read = drafts.read_draft(session, token=token, now=self.desk.now)
                assert (read is not None) == self.is_there(which)
                if read is not None:
                    assert read.description == self.held[which][0]
                    assert len(drafts.draft_files(session, token=token)) == self.held[which][2]
            assert session.scalar(select(func.count()).select_from(Report)) == self.sent
            held = session.scalar(select(func.count()).select_from(ReportDraft))
            assert held == len(self.held) + len(self.codes)
            files = session.scalar(select(func.count()).select_from(ReportDraftFile))
            assert files == sum(told[2] for told in self.held.values())
            tokens = {one.encode() for one in self.tokens}
            rows = session.execute(select(ReportDraft.id, ReportDraft.answers)).all()
            assert not any(token in str(row).encode() for token in tokens for row in rows)


def test_a_draft_is_sent_once_whatever_is_done_with_it(make_desk: MakeDesk) -> None:

    class Here(Drafts):
        make = staticmethod(make_desk)  # type: ignore[assignment]

    walk(Here, examples=20, steps=25)


# -- releases


class Releases(RuleBasedStateMachine):
    """A period is frozen once, published once, and never changes, whatever comes in late."""

    make: ClassVar[MakeDesk]

    @initialize()
    def begin(self) -> None:
        self.desk = type(self).make()
        self.desk.clock.move(datetime(2026, 12, 10, 9, tzinfo=UTC) - self.desk.now)
        self.made: dict[str, tuple[str, str]] = {}
        """Period -> id, hash."""
        self.out: set[str] = set()

    def teardown(self) -> None:
        if hasattr(self, "desk"):
            self.desk.triage.close()

    @rule(code=st.sampled_from(["2026-09", "2026-10", "2026-12", "2027-01"]))
    def freeze(self, code: str) -> None:
        period, runner = Period.parse(code), self.desk.triage.runner
        try:
            made = releases.make(runner, CONSOLE, period=period, gate=lambda *_: [])
        except TriageError:
            assert code in self.made or code in {"2026-12", "2027-01"}
            return
        assert code not in self.made
        assert made.release_id is not None
        with self.desk.triage.database.read() as session:
            row = session.get_one(FrozenRelease, made.release_id)
            self.made[code] = (row.id, row.data_hash)

    @rule(which=st.integers(0, 3))
    def publish(self, which: int) -> None:
        ids = [one for one, _ in self.made.values()] or ["none"]
        chosen = ids[which % len(ids)]
        try:
            self.desk.do(CONSOLE, releases.publish, release_id=chosen)
        except Conflict:
            assert chosen in self.out
        except NotFound:
            assert chosen == "none"
        else:
            assert chosen not in self.out
            self.out.add(chosen)

    @rule(words=st.text(max_size=10), late=st.sampled_from([0, 40, 80]))
    def arrive(self, words: str, late: int) -> None:
        self.desk.arrive(words or "words", received_at=self.desk.now - timedelta(days=late))

    @invariant()
    def what_is_frozen_stays_as_it_is(self) -> None:
        if not hasattr(self, "desk"):
            return
        with self.desk.triage.database.read() as session:
            rows = session.scalars(select(FrozenRelease)).all()
            assert {row.period: (row.id, row.data_hash) for row in rows} == self.made
            for row in rows:
                assert thaw(row.data).digest() == row.data_hash
            assert set(session.scalars(select(Publication.release_id))) == self.out


def test_a_release_is_made_once_and_never_changes_whatever_comes_in(make_desk: MakeDesk) -> None:
    class Here(Releases):
        make = staticmethod(make_desk)  # type: ignore[assignment]

    walk(Here, examples=6, steps=12)
