"""Measures that hold meanwhile, in any open case: set by one person on duty, confirmed by others
or over by themselves (P-TIM-2, P-TIM-3)."""

from dataclasses import dataclass, replace
from datetime import datetime

from triage.cases.inquiry.measures import holds
from triage.cases.inquiry.rules import (
    MEASURES,
    TOLD_AFTER,
    Ending,
    MeasureKind,
    check_ratifier,
    check_until,
    in_force,
)
from triage.cases.inquiry.service.stepping import LOOKS_INTO, check_open
from triage.cases.inquiry.tables import CaseInterim
from triage.cases.rules import NO_SUCH_CASE, State, check_declared
from triage.cases.service import parts, recusing
from triage.cases.service.opening import open_now
from triage.cases.service.stepping import (
    acting,
    barred,
    declared_ties,
    load,
    load_as,
    parts_of,
)
from triage.cases.tables import Case, Event
from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.ids import new_id
from triage.core.text import needed, storable
from triage.letters.rules import LetterKind
from triage.letters.service import drafting
from triage.reports import service as reports
from triage.reports.answers import LONGEST_LINE, Answers, Person, check
from triage.restrictions.spans import emergency_end
from triage.staff.calendar import end_of_working_day, local_day
from triage.staff.processes import Part
from triage.staff.queries.team import work_calendar

ALONE_UNTIL = 2
"""Working days, at the end of the last of which one person's word ends."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A report that was taken down, with a measure set in the same act."""

    code: str
    """The receipt, for who told it; shown once."""
    interim_id: str | None
    """Nothing where whoever took it down can have no part in it: another person sets it."""
    lapses: datetime | None


def set_interim(
    tx: Tx,
    *,
    case_id: str,
    who: str,
    kind: MeasureKind,
    why: str,
    event_id: str | None = None,
    place: str = "",
    until: datetime | None = None,
) -> str:
    """Set a measure in an open case, by somebody on duty who has declared: whom, what, at which
    event or where, why, and until when. It holds from this moment."""
    case = load(tx, case_id)
    mine = parts_of(tx, case_id, tx.actor.person_id)
    if Part.INTERIM_AUTHOR not in mine:
        tx.allow(Action.SET_INTERIM)
    check_declared(declared_ties(tx, case_id, tx.actor.person_id))
    check_open(case)
    parts.give(tx, case, Part.INTERIM_AUTHOR, tx.actor.person_id, how="took")
    if State(case.state) is State.SUBMITTED:
        recusing.keep_waiting(tx, case)
    return _write(tx, case, who, kind, why, event_id, place, until)


def interim_with_report(
    tx: Tx,
    *,
    who: str,
    kind: MeasureKind,
    why: str,
    event_id: str | None = None,
    place: str = "",
    until: datetime | None = None,
    answers: Answers | None = None,
) -> Taken:
    """On site, in one act: take down what somebody tells face to face, and set a measure.

    The five fields are the report too, unless ``answers`` says more. The case is opened in this
    transaction; who took it down reads nothing of it afterwards (P-INT-2).
    """
    tx.allow(Action.SET_INTERIM)
    tx.allow(Action.ENTER_REPORT)
    event = _event(tx, event_id)
    where = place.strip() or ("" if event is None else event.name)
    told = answers or Answers(
        description=needed(why, field="why", ask="Say why."),
        subjects=(Person(name=needed(who, field="who", ask="Say whom it is for.",
                                     longest=LONGEST_LINE)),),
        place=where,
        event="" if event is None else event.name,
        happening_now=True,
    )  # fmt: skip
    told = replace(told, taken_by=tx.actor.person_id)
    check(told)
    report_id, code = reports.enter_for(tx, answers=told)
    tx.record("report_entered", None, report=report_id)
    case_id = open_now(tx, report_id)
    case = tx.session.get_one(Case, case_id)
    case.event_id = event_id
    tx.session.flush()
    if tx.actor.person_id in barred(tx, case_id):
        return Taken(code, None, None)
    parts.give(tx, case, Part.INTERIM_AUTHOR, tx.actor.person_id, how="took")
    made = _write(tx, case, who, kind, why, event_id, place, until)
    parts.end(tx, case, tx.actor.person_id, {Part.INTERIM_AUTHOR})
    recusing.keep_waiting(tx, case)
    return Taken(code, made, tx.session.get_one(CaseInterim, made).lapses)


def ratify(tx: Tx, *, interim_id: str, version: int, agree: bool, reason: str) -> None:
    """Another person, who decides or was asked to, confirms it or ends it (P-TIM-3)."""
    one, case = _load(tx, interim_id, Part.DECIDER, Part.RATIFIER, version=version)
    check_ratifier(one.author, tx.actor.person_id)
    reason = needed(reason, field="reason", ask="Say why.")
    if not in_force(holds(one, case), tx.now):
        raise Conflict("It is over already.")
    if one.ratified_at is not None:
        raise Conflict("It has been confirmed already.")
    parts.give(tx, case, Part.RATIFIER, tx.actor.person_id, how="took")
    if not agree:
        _end(tx, case, one, Ending.LIFTED, reason)
        return
    one.ratified_by, one.ratified_at = tx.actor.person_id, tx.now
    one.ratified_why = tx.seal(case.id, "case_interims", "ratified_why", one.id, reason)
    tx.record("interim_ratified", case.id, interim=one.id)
    tx.session.flush()


def lift(tx: Tx, *, interim_id: str, version: int, reason: str) -> None:
    """End it before its time."""
    one, case = _load(tx, interim_id, *LOOKS_INTO, Part.DECIDER, version=version)
    reason = needed(reason, field="reason", ask="Say why it is not needed any more.")
    if not in_force(holds(one, case), tx.now):
        raise Conflict("It is over already.")
    _end(tx, case, one, Ending.LIFTED, reason)


def begin_ended_letter(tx: Tx, *, interim_id: str, version: int, to_address: str = "") -> str:
    """Write the letter that says that it has ended; the letter's id."""
    one, case = _load(tx, interim_id, *LOOKS_INTO, version=version)
    ended = _check_ended(one)
    with acting(tx, Part.HANDLER):
        one.letter_id = drafting.draft(
            tx,
            matter_id=case.id,
            sender_id=None,
            kind=LetterKind.RESTRICTION_ENDED,
            fields={
                "measures": (MEASURES[MeasureKind(one.kind)],),
                "ended_on": local_day(ended),
                "how": "lifted" if one.ending == Ending.LIFTED.value else "lapsed",
            },
            to_address=to_address,
            guarded=True,
        )
    tx.session.flush()
    return one.letter_id


def tell_ended(tx: Tx, *, interim_id: str, version: int, how: str) -> None:
    """Say how the person was told in another way that it has ended."""
    one, case = _load(tx, interim_id, *LOOKS_INTO, version=version)
    _check_ended(one)
    how = needed(how, field="how", ask="Say how, and by whom.")
    one.told_at = tx.now
    one.told_how = tx.seal(case.id, "case_interims", "told_how", one.id, how)
    tx.record("interim_told", case.id, interim=one.id)
    tx.session.flush()


def _write(
    tx: Tx,
    case: Case,
    who: str,
    kind: MeasureKind,
    why: str,
    event_id: str | None,
    place: str,
    until: datetime | None,
) -> str:
    _event(tx, event_id)
    check_until(until, tx.now)
    made = new_id()
    given = {
        "who": needed(storable(who), field="who", ask="Say whom it is for.", longest=LONGEST_LINE),
        "why": needed(storable(why), field="why", ask="Say why."),
        "place": storable(place).strip()[:LONGEST_LINE],
    }
    if event_id is None and not given["place"]:
        raise Invalid("Say at which event, or where.", field="place")
    calendar = work_calendar(tx.session, tx.settings)
    day = end_of_working_day(calendar, tx.now, ALONE_UNTIL)
    tx.session.add(
        CaseInterim(
            id=made,
            case_id=case.id,
            kind=kind.value,
            event_id=event_id,
            author=tx.actor.person_id,
            since=tx.now,
            lapses=emergency_end(day, tx.now),
            until=until,
            ratified_why=b"",
            ended_why=b"",
            told_how=b"",
            **{
                column: tx.seal(case.id, "case_interims", column, made, text)
                for column, text in given.items()
            },
        )
    )
    tx.session.flush()
    tx.record("interim_set", case.id, interim=made, kind=kind.value)
    if State(case.state) is State.SUBMITTED:  # there is no handler yet to name who confirms it
        parts.find(tx, case, Part.RATIFIER, besides=(Part.DECIDER,))
    return made


def _end(tx: Tx, case: Case, one: CaseInterim, how: Ending, reason: str) -> None:
    one.ended_at, one.ended_by, one.ending = tx.now, tx.actor.person_id, how.value
    one.ended_why = tx.seal(case.id, "case_interims", "ended_why", one.id, reason)
    tx.record("interim_ended", case.id, interim=one.id, ending=how.value)
    tx.session.flush()


def _load(tx: Tx, interim_id: str, *may: Part, version: int) -> tuple[CaseInterim, Case]:
    one = tx.session.get(CaseInterim, interim_id, with_for_update=True)
    if one is None:
        raise NotFound(NO_SUCH_CASE)
    case = load_as(tx, one.case_id, *may)
    if one.version != version:
        raise Conflict("A colleague has changed this measure since you looked at it.")
    return one, case


def _event(tx: Tx, event_id: str | None) -> Event | None:
    if event_id is None:
        return None
    found = tx.session.get(Event, event_id)
    if found is None:
        raise NotFound("There is no such event.")
    return found


def _check_ended(one: CaseInterim) -> datetime:
    if one.ended_at is None or one.ending is None or Ending(one.ending) not in TOLD_AFTER:
        raise Conflict("This has not ended in a way that somebody is told of.")
    return one.ended_at
