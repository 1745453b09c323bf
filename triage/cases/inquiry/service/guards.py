"""What the room that decides asks of an inquiry, and tells it. Called in its transaction."""

import re
from collections.abc import Iterable

from sqlalchemy import select

from triage.cases.inquiry.measures import holds
from triage.cases.inquiry.rules import (
    TOLD_AFTER,
    Bearing,
    Ending,
    ItemKind,
    Source,
    Weighed,
    check_balance,
    ending,
    in_force,
    settled,
)
from triage.cases.inquiry.service.stepping import notices_of, opened, parties_of, state_of, texts
from triage.cases.inquiry.tables import CaseBalance, CaseEvidence, CaseInterim, CaseNotice
from triage.cases.rules import PartyKind
from triage.cases.service.stepping import acting
from triage.cases.tables import Case
from triage.core.commands import Tx
from triage.core.errors import Conflict
from triage.core.text import is_address, needed
from triage.letters.leaks import Finding, Protected
from triage.letters.rules import GONE
from triage.letters.service.checking import check_leaks
from triage.letters.tables import Letter
from triage.reports import queries as reports
from triage.reports.answers import reach_from_json, reach_of, told
from triage.reports.thread import StepKind
from triage.staff.calendar import add_working_days
from triage.staff.processes import Part
from triage.staff.queries.team import work_calendar

_NUMBER = re.compile(r"[+(]?\d[\d\s().-]{4,}\d")
_ADDRESS = re.compile(r"[^\s<>,;]+@[^\s<>,;]+")


def check_ready_to_recommend(tx: Tx, case: Case) -> None:
    """``Conflict`` while a notice is open (P-SUB-1), or what the finding rests on was not tested
    against the other side and nobody says why (P-INV-3)."""
    notices = notices_of(tx, case.id)
    for party in parties_of(tx, case.id, PartyKind.SUBJECT):
        notice = notices.get(party.id)
        recheck = None if notice is None else notice.recheck_at
        if not settled(state_of(party, notice), recheck, tx.now):
            raise Conflict(
                "Somebody who was reported has not been told yet, or has time left to answer: "
                "send the notice, or say why it is withheld."
            )
    items = tx.session.scalars(select(CaseEvidence).where(CaseEvidence.case_id == case.id))
    reason = select(CaseBalance.id).where(
        CaseBalance.case_id == case.id, CaseBalance.round == case.finding_round
    )
    check_balance(
        [Weighed(one.carries, one.tested, bool(one.tested_how)) for one in items],
        reasoned=tx.session.scalar(reason.limit(1)) is not None,
    )


def has_independent_item(tx: Tx, case: Case) -> bool:
    """Whether something supports what was reported that is not from who reported it."""
    found = select(CaseEvidence.id).where(
        CaseEvidence.case_id == case.id,
        CaseEvidence.source != Source.REPORTER.value,
        CaseEvidence.bearing == Bearing.SUPPORTS.value,
    )
    return tx.session.scalar(found.limit(1)) is not None


def notified_subjects(tx: Tx, case: Case) -> tuple[str, ...]:
    """The people reported who were sent a notice: they are told how it ends."""
    found = select(CaseNotice.party_id).where(
        CaseNotice.case_id == case.id, CaseNotice.sent_at.is_not(None)
    )
    return tuple(tx.session.scalars(found.order_by(CaseNotice.sent_at, CaseNotice.party_id)))


def end_interims(tx: Tx, case: Case, *, upheld: bool) -> None:
    """What holds meanwhile, once there is a finding.

    Upheld: it is confirmed by that, and holds until what was decided takes its place, at most for
    the target to act. Else it ends at this moment, and somebody tells the person so.
    """
    calendar = work_calendar(tx.session, tx.settings)
    latest = add_working_days(calendar, tx.now, tx.settings.case_act_days)
    found = select(CaseInterim).where(
        CaseInterim.case_id == case.id, CaseInterim.ended_at.is_(None)
    )
    for one in tx.session.scalars(found.order_by(CaseInterim.since).with_for_update()).all():
        if not in_force(holds(one, case), tx.now):
            continue  # over by its dates: the job says so
        if upheld:
            one.ratified_by = one.ratified_by or tx.actor.person_id
            one.ratified_at = one.ratified_at or tx.now
            one.until = min(one.until or latest, latest)
            tx.record("interim_kept", case.id, interim=one.id)
        else:
            one.ended_at, one.ended_by = tx.now, tx.actor.person_id
            one.ending = Ending.NOT_UPHELD.value
            tx.record("interim_ended", case.id, interim=one.id, ending=one.ending)
    tx.session.flush()


def leave_measures(tx: Tx, case: Case, *, untold: str) -> None:
    """Before nobody has a part in it any more: whatever holds meanwhile is ended and the person
    told so, or (``untold``) it says why they are not; then it ends here.
    """
    found = select(CaseInterim).where(CaseInterim.case_id == case.id)
    left = [
        one
        for one in tx.session.scalars(found.order_by(CaseInterim.since).with_for_update()).all()
        if in_force(holds(one, case), tx.now) or _to_tell(tx, case, one)
    ]
    if not left:
        return
    if not untold.strip():
        raise Conflict(
            "A measure holds, or somebody has not been told that one has ended: end it and tell "
            "them first, or say why they are not told."
        )
    why = needed(untold, field="untold", ask="Say why they are not told.")
    for one in left:
        if one.ended_at is None:
            one.ended_at, one.ended_by = tx.now, tx.actor.person_id
            one.ending = Ending.LIFTED.value
        one.told_how = tx.seal(case.id, "case_interims", "told_how", one.id, why)
        tx.record("interim_untold", case.id, interim=one.id)
    tx.session.flush()


def _to_tell(tx: Tx, case: Case, one: CaseInterim) -> bool:
    """Whether it is over in a way that somebody is told of, and nobody was."""
    how = Ending(one.ending) if one.ending else ending(holds(one, case))
    letter = None if one.letter_id is None else tx.session.get(Letter, one.letter_id)
    told = one.told_at is not None or (letter is not None and letter.state in GONE)
    return how in TOLD_AFTER and not told


def protected_for(tx: Tx, case: Case, *, without: str | None = None) -> Protected:
    """What no letter to a person reported may tell (P-NAM-1): who reported, saw or bore it, how
    they are reached, what they are, and whatever they wrote or said. ``without``: but for the
    words of one piece of evidence, which is looked at itself."""
    answers = reports.report_answers(tx.session, vault=tx.vault, report_id=case.report_id)
    thread = reports.thread(tx.session, vault=tx.vault, report_id=case.report_id)
    later = [reach_from_json(one.text) for one in thread if one.kind is StepKind.REACH]
    given = [reach_of(answers), *later]  # the contact that they took back tells of them as well
    names = [*(one.name for one in given), answers.affected]
    contacts = [text for one in given for text in (one.email, one.phone)]
    names += [one.name for one in answers.witnesses]
    contacts += [one.contact for one in answers.witnesses]
    relations = [one.role for one in answers.witnesses]
    for party in parties_of(tx, case.id, PartyKind.WITNESS, PartyKind.AFFECTED, PartyKind.REPORTER):
        held = texts(tx, party, ("name", "role", "contact"))
        names.append(held["name"])
        relations.append(held["role"])
        contacts.append(held["contact"])
    sources = list(told(answers))
    sources += [one.text for one in thread if one.from_reporter and one.kind is not StepKind.REACH]
    sources += _said(tx, case, without)
    return Protected(
        names=_kept(names),
        emails=_kept(one for text in contacts for one in _ADDRESS.findall(text) if is_address(one)),
        handles=_kept(_handles(contacts)),
        phones=_kept(one for text in contacts for one in _NUMBER.findall(text)),
        relations=_kept(relations),
        sources=_kept(sources),
    )


def check_letter(tx: Tx, case: Case, letter_id: str, version: int) -> tuple[Finding, ...]:
    """Look in a letter of this case for what could tell who reported it."""
    protected = protected_for(tx, case)
    with acting(tx, Part.HANDLER):
        return check_leaks(tx, letter_id=letter_id, version=version, protected=protected)


def _said(tx: Tx, case: Case, without: str | None) -> Iterable[str]:
    """What witnesses and reporters said to us, word for word."""
    found = tx.session.scalars(
        select(CaseEvidence).where(
            CaseEvidence.case_id == case.id,
            CaseEvidence.kind.in_([ItemKind.STATEMENT.value, ItemKind.NOTE.value]),
            CaseEvidence.source != Source.SUBJECT.value,
        )
    )
    for one in found:
        if one.id != without:
            yield opened(tx, case.id, "case_evidence", one.id, "text", one.text)


def _handles(contacts: Iterable[str]) -> Iterable[str]:
    """What is neither an address nor a number: a name used online."""
    for text in contacts:
        rest = _NUMBER.sub(" ", _ADDRESS.sub(" ", text))
        yield from (one for one in re.split(r"[\s,;]+", rest) if len(one.strip("@/.:")) > 2)


def _kept(given: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.strip() for one in given if one.strip()))
