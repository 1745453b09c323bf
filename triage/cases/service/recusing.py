"""Stepping back, being kept away, and being let in again (P-REC-1 to P-REC-4)."""

from collections.abc import Collection

from sqlalchemy import select

from triage.alarms.rules import Why
from triage.alarms.service.raising import raise_alarm
from triage.cases.rules import MatchKind, State, check_second
from triage.cases.service import parts
from triage.cases.service.keeping import keep
from triage.cases.service.settlers import see_to_challenges, unsettled
from triage.cases.service.stepping import barred, holders, keep_members, load, parts_of
from triage.cases.tables import Case, CaseChallenge, CaseMatch
from triage.core.closed import members_of
from triage.core.commands import Tx
from triage.core.errors import Conflict, NotAllowed, NotFound
from triage.core.exclusions import ExclusionKind, admit, exclude
from triage.core.ids import new_id
from triage.core.text import needed
from triage.staff.processes import HOLDERS, Part, Process
from triage.staff.queries import active_people
from triage.staff.queries.team import outsiders


def recuse(tx: Tx, *, case_id: str) -> None:
    """Step back from a case: one step, no reason asked, at once and one way (P-REC-1).

    Whoever takes the place is found in the same transaction (P-REC-3).
    """
    take_out(tx, load(tx, case_id), tx.actor.person_id, ExclusionKind.RECUSED)


def take_out(tx: Tx, case: Case, person_id: str, kind: ExclusionKind) -> list[Part]:
    """Somebody has no part in this case from here on; the parts that they had."""
    exclude(tx.session, matter_id=case.id, person_id=person_id, kind=kind, at=tx.now)
    tx.session.flush()
    tx.record("case_out", case.id, person=person_id, kind=kind.value)
    ended = parts.end(tx, case, person_id)
    if State(case.state) is State.SUBMITTED:
        keep_waiting(tx, case)
        raise_alarm(tx, matter_id=case.id, lane=lane_of(case), why=Why.REPORT)
    parts.cover(tx, case)
    see_to_challenges(tx, case)
    return ended


def let_go(tx: Tx, case: Case, people: Collection[str]) -> None:
    """These have no part from here on, since they are kept away; their places are filled."""
    asked = members_of(tx.session, [case.id]).get(case.id, frozenset())
    for person_id in people:
        parts.end(tx, case, person_id)
    if State(case.state) is State.SUBMITTED:
        keep_waiting(tx, case)
        if asked & set(people):
            raise_alarm(tx, matter_id=case.id, lane=lane_of(case), why=Why.REPORT)
    parts.cover(tx, case)
    see_to_challenges(tx, case)


def keep_waiting(tx: Tx, case: Case) -> None:
    """Who may take a report that nobody has taken: the handlers it does not keep away, or, where
    it might be about anybody or there is none, the fallbacks (P-REC-2, P-REC-3). A fallback who
    was asked already, by an alarm that nobody took, stays asked."""
    parts.look(tx, case)
    out = barred(tx, case.id) | ({case.entered_by} if case.entered_by else set())
    people = active_people(tx.session)
    may = {
        one.id for one in people if one.roles & HOLDERS[Part.HANDLER] and not case.held_outside
    } - out
    named = [one for one in outsiders(tx.session) if one.serves(Process.CASE)]
    away_from_us = {one.id for one in named if one.outside} - out
    if not may:
        may = away_from_us or {one.id for one in named} - out
    asked = members_of(tx.session, [case.id]).get(case.id, frozenset())
    keep_members(tx, case, also=may | (asked & {one.id for one in named}))


def challenge(tx: Tx, *, case_id: str, person_id: str, reason: str) -> str:
    """Say that a colleague has a conflict: their access ends until another person decides.

    One at a time, so that nobody empties a case; and only where their places are filled and
    somebody is there who can settle it (rule 7): for want of others, who stands in.
    """
    case = load(tx, case_id)
    reason = needed(reason, field="reason", ask="Say what the conflict is.")
    if person_id == tx.actor.person_id:
        raise Conflict("To step back yourself, say that you step back: no reason is asked.")
    if any(one.raised_by == tx.actor.person_id for one in unsettled(tx, case_id)):
        raise Conflict("You have raised one already: it is settled first.")
    held = parts_of(tx, case_id, person_id)
    if not held:
        raise NotFound("Nobody of that name has a part in this case.")
    made = new_id()
    tx.session.add(
        CaseChallenge(
            id=made,
            case_id=case_id,
            person_id=person_id,
            raised_by=tx.actor.person_id,
            raised_at=tx.now,
            reason=tx.seal(case_id, "case_challenges", "reason", made, reason),
            parts=sorted(one.value for one in held),
        )
    )
    tx.record("case_challenged", case_id, person=person_id)
    had = holders(tx, case_id).keys() & set(parts.NEEDED.get(State(case.state), ()))
    take_out(tx, case, person_id, ExclusionKind.EXCLUDED)
    if had - holders(tx, case_id).keys() or not see_to_challenges(tx, case):
        raise Conflict(
            "Nobody would be left to take their place, or to settle it. A fallback has to be named "
            "first; or ask them to step back themselves."
        )
    return made


def settle_challenge(tx: Tx, *, challenge_id: str, upheld: bool) -> None:
    """Another member decides, or who stands in. Where there is no conflict, they have their parts
    again."""
    row = tx.session.get(CaseChallenge, challenge_id, with_for_update=True)
    if row is None:
        raise NotFound("There is nothing like that to decide.")
    case = load(tx, row.case_id)
    if row.settled_at is not None:
        raise Conflict("This has been decided already.")
    check_second(row.raised_by, tx.actor.person_id)
    if not parts_of(tx, case.id, tx.actor.person_id) and not _stands_in(tx):
        raise NotAllowed("Somebody who has a part in this case decides.", what="case_challenge")
    row.settled_by, row.settled_at, row.upheld = tx.actor.person_id, tx.now, upheld
    tx.record("case_challenge_settled", case.id, person=row.person_id, upheld=upheld)
    if upheld:
        exclude(
            tx.session,
            matter_id=case.id,
            person_id=row.person_id,
            kind=ExclusionKind.RECUSED,
            at=tx.now,
        )
        return
    _admit(tx, case.id, row.person_id)
    if row.person_id in barred(tx, case.id):
        return  # there is another reason
    for one in row.parts:
        parts.give(tx, case, Part(one), row.person_id, how="assigned")


def clear_match(tx: Tx, *, case_id: str, person_id: str, reason: str) -> None:
    """Say that somebody who was kept away is not who the report speaks of.

    By a decider or the fallback who is no match and can know of the case. Whoever was picked by
    the reporter is cleared by nobody.
    """
    case = load(tx, case_id)
    reason = needed(reason, field="reason", ask="Say how you know.")
    _check_clearer(tx, case)
    rows = tx.session.scalars(
        select(CaseMatch).where(
            CaseMatch.case_id == case_id,
            CaseMatch.person_id == person_id,
            CaseMatch.cleared_at.is_(None),
        )
    ).all()
    if not rows:
        raise NotFound("Nobody of that name is kept away from this case by a match.")
    if any(MatchKind(one.kind) is MatchKind.PICKED for one in rows):
        raise NotAllowed("The reporter chose this person by name.", what="case_picked")
    for row in rows:
        _clear(tx, row, reason)
    admit(tx.session, matter_id=case_id, person_id=person_id, kind=ExclusionKind.SUBJECT)
    _admit(tx, case_id, person_id)
    tx.record("case_match_cleared", case_id, person=person_id)
    if State(case.state) is State.SUBMITTED:
        keep_waiting(tx, case)


def clear_team(tx: Tx, *, case_id: str, reason: str, keep_away: tuple[str, ...] = ()) -> None:
    """Who holds a report that might be about anybody says whom it is about, and lets the rest of
    the team in: those named stay out for good (P-REC-2)."""
    case = load(tx, case_id)
    reason = needed(reason, field="reason", ask="Say how you know.")
    _check_clearer(tx, case)
    if not case.held_outside:
        raise Conflict("Nobody is kept away as a whole any more.")
    case.held_outside = False
    rows = tx.session.scalars(
        select(CaseMatch).where(
            CaseMatch.case_id == case_id,
            CaseMatch.kind == MatchKind.NOT_SURE.value,
            CaseMatch.cleared_at.is_(None),
        )
    ).all()
    for row in rows:
        _clear(tx, row, reason)
    for person_id in keep_away:
        if keep(tx, case, person_id, MatchKind.PICKED):
            _say_why(tx, _matched(tx, case_id, person_id, MatchKind.PICKED), reason)
    for row in rows:
        _admit(tx, case_id, row.person_id)
    tx.session.flush()
    tx.record("case_team_cleared", case_id, kept_away=len(keep_away))
    if State(case.state) is State.SUBMITTED:
        keep_waiting(tx, case)
        raise_alarm(tx, matter_id=case.id, lane=lane_of(case), why=Why.REPORT)


def _clear(tx: Tx, row: CaseMatch, reason: str) -> None:
    """They are not meant, and how somebody knew it is kept (rule 3)."""
    row.cleared_by, row.cleared_at = tx.actor.person_id, tx.now
    _say_why(tx, row, reason)


def _say_why(tx: Tx, row: CaseMatch, reason: str) -> None:
    """Beneath what was said before, where they were cleared and a later message named them."""
    place = (row.case_id, "case_matches", "reason", row.id)
    owner, table, column, row_id = place
    said = tx.vault.show(
        tx.session, owner_id=owner, table=table, column=column, row_id=row_id, sealed=row.reason
    )
    row.reason = tx.seal(*place, f"{said}\n\n{reason}" if said else reason)
    tx.session.flush()


def _matched(tx: Tx, case_id: str, person_id: str, kind: MatchKind) -> CaseMatch:
    key = {"case_id": case_id, "person_id": person_id, "kind": kind.value}
    return tx.session.scalars(select(CaseMatch).filter_by(**key)).one()


def _admit(tx: Tx, case_id: str, person_id: str) -> None:
    """They are kept away no more, unless there is another reason for it: another match, or a
    conflict that was raised and not settled."""
    still = select(CaseMatch.id).where(
        CaseMatch.case_id == case_id,
        CaseMatch.person_id == person_id,
        CaseMatch.cleared_at.is_(None),
    )
    tx.session.flush()
    raised = any(one.person_id == person_id for one in unsettled(tx, case_id))
    if not raised and tx.session.scalar(still.limit(1)) is None:
        admit(tx.session, matter_id=case_id, person_id=person_id, kind=ExclusionKind.EXCLUDED)


def _check_clearer(tx: Tx, case: Case) -> None:
    """A decider of the case, or a fallback: neither is a match, since both can load it."""
    decides = tx.actor.person_id in holders(tx, case.id).get(Part.DECIDER, ())
    if not decides and not _stands_in(tx):
        raise NotAllowed("A decider, or who stands in from outside, says so.", what="case_clear")


def _stands_in(tx: Tx) -> bool:
    """Whether who acts is a named fallback. One who is a match loads no case, and settles none."""
    named = {one.id for one in outsiders(tx.session) if one.serves(Process.CASE)}
    return tx.actor.person_id in named


def lane_of(case: Case) -> str:
    """In which lane a report alerts."""
    return "event" if case.happening_now else "report"
