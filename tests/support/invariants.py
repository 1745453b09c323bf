"""What holds after every fault, on both databases: the list of trust.md section 8, and all of it.

``check_all`` is run after every fault. Each line of ``INVARIANTS`` is one sentence of that list and
one function, which raises ``AssertionError`` where the sentence is not true of what is stored.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from support import lifecycle, restriction_life
from triage.app import Triage, tables
from triage.cases import rules as case_rules
from triage.cases.tables import Case, CaseTransition
from triage.cases.verdict.tables import CaseDecision
from triage.core.access import SYSTEM
from triage.core.audit import AuditEvent, Broken, steady, verify
from triage.core.closed import MatterMember
from triage.core.crypto import KeyedHash
from triage.core.exclusions import Exclusion
from triage.messages.rules import State
from triage.messages.stubs.tables import MessageStub
from triage.messages.tables import (
    Message,
    MessageFlag,
    MessageReveal,
    MessageTransition,
    Original,
)
from triage.referrals import rules as referral_rules
from triage.referrals.tables import Referral, ReferralTransition
from triage.restrictions.tables import Restriction, RestrictionApproval, RestrictionTransition
from triage.staff.tables import Person

Ends = dict[tuple[str | None, str], frozenset[str]]
"""(from, edge) -> where it may lead; from ``None`` for how something begins."""

ACCESS = {
    "reveal", "case_read", "case_evidence_opened", "identity_opened", "evidence_looked",
    "evidence_exported", "pack_built",
}  # fmt: skip
"""Events by which somebody has looked at a matter."""
DECIDED = {"decide", "route"}
"""Edges that close a message on what it says."""


@dataclass(frozen=True, slots=True)
class Facts:
    """What one look at a database found, for every invariant to judge."""

    session: Session
    keys: KeyedHash
    acknowledged: tuple[tuple[str, str], ...]
    """(table, id) of everything that a process was told had been committed."""


@dataclass(frozen=True, slots=True)
class Graph:
    """One lifecycle, as its steps must walk it."""

    name: str
    owners: type[Any]
    steps: type[Any]
    owner: str
    prefix: str
    """Of the events on the record."""
    start: str | None
    ends: Ends
    by_system: frozenset[str]
    """Edges that the system may take."""


def _ends(table: Any) -> Ends:
    """A room's transition table, in words."""
    return {
        (start.value, edge.value): frozenset(
            one.value for one in (ends if isinstance(ends, frozenset) else {ends})
        )
        for (start, edge), ends in table.items()
    }


GRAPHS = (
    Graph(
        "message", Message, MessageTransition, "message_id", "", State.RECEIVED.value,
        _ends(lifecycle.TABLE), frozenset(lifecycle.SYSTEM_MAY),
    ),
    Graph(
        "case", Case, CaseTransition, "case_id", "case_", case_rules.State.SEALED.value,
        _ends(case_rules.TRANSITIONS), frozenset(one.value for one in case_rules.SYSTEM_EDGES),
    ),
    Graph(
        "restriction", Restriction, RestrictionTransition, "restriction_id", "restriction_", None,
        _ends(restriction_life.TABLE)
        | {(None, how): frozenset({to}) for how, to in restriction_life.BEGINNINGS.items()}
        | {(None, "case_decision"): frozenset({"approved"})},
        frozenset(restriction_life.SYSTEM_MAY),
    ),
    Graph(
        "referral", Referral, ReferralTransition, "referral_id", "referral_", None,
        _ends(referral_rules.TRANSITIONS) | {(None, "consider"): frozenset({"considering"})},
        frozenset(),
    ),
)  # fmt: skip


def received(triage: Triage) -> int:
    """Messages that are there."""
    with triage.database.read() as session:
        return session.scalar(select(func.count()).select_from(Message)) or 0


def check_invariants(triage: Triage, expected: int) -> None:
    """All of it; and so many messages came in, none of which waits to be looked at by nobody."""
    check_all(triage)
    with triage.database.read() as session:
        assert len(_live(session) | _stubs(session)) == expected


def check_all(triage: Triage, acknowledged: Iterable[tuple[str, str]] = ()) -> tuple[str, ...]:
    """Every invariant, at one state of the database; their names."""
    with triage.database.read() as session:
        steady(session)
        facts = Facts(session, triage.keys, tuple(acknowledged))
        for sentence, holds in INVARIANTS.items():
            try:
                holds(facts)
            except AssertionError as error:
                raise AssertionError(f"{sentence}: {error}") from error
    return tuple(INVARIANTS)


# -- what came in


def _live(session: Session) -> set[str]:
    wanted = select(Message.id).where(Message.state != State.ERASED.value)
    return set(session.scalars(wanted))


def _stubs(session: Session) -> set[str]:
    return set(session.scalars(select(MessageStub.id)))


def each_hash_once(facts: Facts) -> None:
    """What came is there once, with its bytes unchanged; an erased one is a stub, and no bytes."""
    live, stubs = _live(facts.session), _stubs(facts.session)
    assert not live & stubs, "a message and its stub"
    hashes = list(facts.session.scalars(select(Message.raw_hash).where(Message.id.in_(live))))
    hashes += facts.session.scalars(select(MessageStub.raw_hash))
    twice = [one for one, count in Counter(hashes).items() if count > 1]
    assert not twice, f"{len(twice)} hashes twice"
    found = set()
    rows = facts.session.execute(
        select(Original.message_id, Original.raw, Original.sha256, Message.raw_hash).join(
            Message, Message.id == Original.message_id
        )
    )
    for message_id, raw, sha256, raw_hash in rows:
        found.add(message_id)
        assert hashlib.sha256(raw).hexdigest() == sha256, f"{message_id}: bytes changed"
        assert facts.keys.of("raw", sha256.encode("ascii")) == raw_hash, f"{message_id}: hash"
    assert found == live, f"{len(found ^ live)} without their original, or originals of nothing"


def as_many_received(facts: Facts) -> None:
    """Each message, stubs included, has its one event on the record, and each event its message."""
    wanted = select(AuditEvent.matter_id).where(AuditEvent.code == "received")
    events = Counter(facts.session.scalars(wanted))
    expected = Counter(_live(facts.session) | _stubs(facts.session))
    assert events == expected, f"{sum((events - expected).values())} events of nothing, "
    f"{sum((expected - events).values())} messages of no event"


# -- how it moved


def _steps(facts: Facts, graph: Graph) -> dict[str, list[Any]]:
    """Owner -> its steps, in order."""
    held: dict[str, list[Any]] = defaultdict(list)
    owner = getattr(graph.steps, graph.owner)
    for one in facts.session.scalars(select(graph.steps).order_by(owner, graph.steps.sequence)):
        held[getattr(one, graph.owner)].append(one)
    return held


def steps_walk_the_graphs(facts: Facts) -> None:
    """Everything that has a life is where its steps led it, along edges that there are."""
    for graph in GRAPHS:
        steps = _steps(facts, graph)
        for row in facts.session.scalars(select(graph.owners)):
            _walk(graph, row, steps.pop(row.id, []))
        left = set(steps) - _stubs(facts.session)
        assert not left, f"steps of {len(left)} {graph.name}s that are not there"


def _walk(graph: Graph, row: Any, steps: list[Any]) -> None:
    here, said = graph.start, f"{graph.name} {row.id}"
    assert steps, f"{said}: no step"
    for number, one in enumerate(steps, 1):
        assert one.sequence == number, f"{said}: step {number} is missing or twice"
        assert one.from_state == here, f"{said}: step {number} leaves {one.from_state}, not {here}"
        ends = graph.ends.get((here, one.edge), frozenset())
        assert one.to_state in ends, f"{said}: {here} - {one.edge} -> {one.to_state}"
        here = one.to_state
    assert row.state == here, f"{said}: is {row.state}, its steps lead to {here}"


def steps_are_on_the_record(facts: Facts) -> None:
    """Each step is one event, by the same person, in the same order; and nothing else is."""
    for graph in GRAPHS:
        edges = {edge for _, edge in graph.ends}
        codes = {f"{graph.prefix}{edge}": edge for edge in edges}
        events: dict[str, list[tuple[str, str]]] = defaultdict(list)
        found = select(AuditEvent).where(AuditEvent.code.in_(codes))
        owners = set(facts.session.scalars(select(graph.owners.id)))
        for one in facts.session.scalars(found.order_by(AuditEvent.link, AuditEvent.position)):
            if one.matter_id in owners:
                events[one.matter_id].append((codes[one.code], one.actor_id))
        for owner, steps in _steps(facts, graph).items():
            if owner in owners:
                walked = [(one.edge, one.actor_id) for one in steps]
                assert events.pop(owner, []) == walked, f"{graph.name} {owner}: another record"
        assert not events, f"events of {len(events)} {graph.name}s that took no such step"


def one_actor_and_version(facts: Facts) -> None:
    """Each step is by one who is somebody, or by the system where it may, on a version of its own;
    what is decided says by whom, as its step does."""
    people = set(facts.session.scalars(select(Person.id)))
    for graph in GRAPHS:
        rows = {one.id: one for one in facts.session.scalars(select(graph.owners))}
        for owner, steps in _steps(facts, graph).items():
            for one in steps:
                alone = one.actor_id == SYSTEM.person_id and one.edge in graph.by_system
                assert alone or one.actor_id in people, f"{graph.name} {owner}: {one.edge} by whom?"
                assert one.policy_version, f"{graph.name} {owner}: under which policy?"
            bases = [one.based_on for one in steps]
            assert bases == sorted(bases), f"{graph.name} {owner}: versions go back"
            if graph.owners is Message:
                assert len(set(bases)) == len(bases), f"message {owner}: two steps on one version"
            if owner in rows:
                assert rows[owner].version > bases[-1], f"{graph.name} {owner}: an old version"
    _messages_say_who_decided(facts)
    _approvals_have_their_step(facts)
    _findings_have_their_step(facts)


def _messages_say_who_decided(facts: Facts) -> None:
    last = {owner: steps[-1] for owner, steps in _steps(facts, GRAPHS[0]).items()}
    for row in facts.session.scalars(select(Message)):
        if row.state in lifecycle.CLOSED:
            assert row.decided_by == last[row.id].actor_id, f"message {row.id}: decided by whom?"
            assert row.decided_at == last[row.id].at, f"message {row.id}: decided when?"
        elif row.state != State.ERASED.value:
            assert row.decided_by is None, f"message {row.id}: decided, and {row.state}"


def _approvals_have_their_step(facts: Facts) -> None:
    steps = _steps(facts, GRAPHS[2])
    yes = set(facts.session.scalars(select(RestrictionApproval.restriction_id)))
    pairs = facts.session.execute(
        select(Restriction.id, Restriction.proposed_by, RestrictionApproval.person_id).join(
            RestrictionApproval, RestrictionApproval.restriction_id == Restriction.id
        )
    )
    for one, proposer, person in pairs:
        assert proposer != person, f"restriction {one}: approved by who proposed it"
    for owner, taken in steps.items():
        if any(one.edge == "approve" for one in taken):
            assert owner in yes, f"restriction {owner}: approved by nobody"


def _findings_have_their_step(facts: Facts) -> None:
    steps = _steps(facts, GRAPHS[1])
    made = Counter(facts.session.scalars(select(CaseDecision.case_id)))
    for owner, taken in steps.items():
        decided = sum(one.edge == "decide" for one in taken)
        assert decided <= made[owner], f"case {owner}: decided by nobody"


# -- what people saw


def nothing_closed_unseen(facts: Facts) -> None:
    """Who closed a message on what it says had uncovered it before, as the record has it; and what
    was put before people is where they see it, or was closed by one of them."""
    seen: dict[str, set[str]] = defaultdict(set)
    found = select(AuditEvent).where(AuditEvent.code.in_({"reveal", *DECIDED}))
    for one in facts.session.scalars(found.order_by(AuditEvent.link, AuditEvent.position)):
        matter = str(one.matter_id)
        if one.code == "reveal":
            seen[matter].add(one.actor_id)
        else:
            assert one.actor_id in seen[matter], f"message {matter}: closed unseen"
    flagged = set(facts.session.scalars(select(MessageFlag.message_id)))
    for row in facts.session.scalars(select(Message)):
        assert row.state != State.RECEIVED.value, f"message {row.id}: received, and nowhere"
        if row.state == State.UNFLAGGED.value:
            assert not row.flagged, f"message {row.id}: flagged, and let pass"
            assert row.unread is None, f"message {row.id}: could not be read, and was let pass"
            assert row.id not in flagged, f"message {row.id}: has a flag, and was let pass"
        elif row.state != State.ERASED.value:
            assert row.rank is not None, f"message {row.id}: has no place in the queue"
            assert row.queued_at is not None, f"message {row.id}: was never put before people"


def recused_saw_nothing(facts: Facts) -> None:
    """Whoever has no part in a matter looked at nothing of it from then on, holds nothing of it,
    and is no member. What came with the message itself counts whatever the clock says."""
    came = dict(
        facts.session.execute(
            select(AuditEvent.matter_id, AuditEvent.at).where(AuditEvent.code == "received")
        ).all()
    )
    out: dict[tuple[str, str], Any] = {}
    for one in facts.session.scalars(select(Exclusion)):
        key = (one.matter_id, one.person_id)
        out[key] = min(one.since, out.get(key, one.since))

    def saw(matter: str | None, person: str, at: Any) -> bool:
        since = out.get((str(matter), person))
        return since is not None and (at > since or since == came.get(matter))

    for row in facts.session.scalars(select(MessageReveal)):
        assert not saw(row.message_id, row.person_id, row.at), f"message {row.message_id}: revealed"
    for one in facts.session.scalars(select(AuditEvent).where(AuditEvent.code.in_(ACCESS))):
        if '"own":true' not in one.details:
            assert not saw(one.matter_id, one.actor_id, one.at), f"{one.code} of {one.matter_id}"
    holds = select(Message.id, Message.claimed_by).where(Message.claimed_by.is_not(None))
    member = select(MatterMember.matter_id, MatterMember.person_id)
    for matter, person in (*facts.session.execute(holds), *facts.session.execute(member)):
        assert (matter, person) not in out, f"{matter} is held by who has no part in it"


# -- what was promised


def nothing_acknowledged_is_lost(facts: Facts) -> None:
    """Whatever a process was told is committed is there; of what was erased, its stub."""
    asked: dict[str, set[str]] = defaultdict(set)
    for table, identifier in facts.acknowledged:
        asked[table].add(identifier)
    for name, wanted in asked.items():
        table = tables().tables[name]
        column = table.c["token" if "token" in table.c and name.endswith("transitions") else "id"]
        there = set()
        for some in _cut(sorted(wanted)):
            there |= set(facts.session.scalars(select(column).where(column.in_(some))))
        if name == "messages":
            there |= _stubs(facts.session)
        assert wanted <= there, f"{len(wanted - there)} rows of {name}"


def _cut(values: list[str]) -> Iterable[list[str]]:
    return (values[at : at + 500] for at in range(0, len(values), 500))


def the_chain_verifies(facts: Facts) -> None:
    """The record holds from its first link to its head, and no event stands outside of it."""
    found = verify(facts.session)
    assert not isinstance(found, Broken), f"{found}"
    twice = select(AuditEvent.link, AuditEvent.position).group_by(
        AuditEvent.link, AuditEvent.position
    )
    found_twice = facts.session.execute(twice.having(func.count() > 1)).all()
    assert not found_twice, f"{len(found_twice)} places of the record are taken twice"


INVARIANTS: dict[str, Callable[[Facts], None]] = {
    "every accepted raw hash exactly once": each_hash_once,
    "messages and stubs = audit received": as_many_received,
    "states move only along the graph": steps_walk_the_graphs,
    "each step is one event on the record": steps_are_on_the_record,
    "no decision without exactly one actor and version step": one_actor_and_version,
    "nothing both closed and unseen": nothing_closed_unseen,
    "recused viewers in no access row": recused_saw_nothing,
    "nothing acknowledged is lost": nothing_acknowledged_is_lost,
    "the chain verifies": the_chain_verifies,
}
"""The sentence -> what proves it."""
