"""Rows of an inquiry as items. Called for a case that the viewer was found to have a part in."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.cases.inquiry.measures import holds
from triage.cases.inquiry.queries.items import (
    CustodyItem,
    EvidenceItem,
    MeasureItem,
    MeetingItem,
    NoticeItem,
    NoticeStep,
)
from triage.cases.inquiry.rules import (
    TOLD_AFTER,
    WORDS,
    Bearing,
    Custody,
    Ending,
    ItemKind,
    MeasureKind,
    NoticeState,
    Source,
    Withheld,
    ending,
    in_force,
    over_at,
    settled,
)
from triage.cases.inquiry.service.stepping import state_of
from triage.cases.inquiry.tables import (
    CaseCustody,
    CaseEvidence,
    CaseInterim,
    CaseMeeting,
    CaseNotice,
    CaseNoticeStep,
)
from triage.cases.queries.items import PartyItem
from triage.cases.rules import PartyKind
from triage.cases.tables import Case, CaseParty
from triage.core.sealed import Vault
from triage.letters.rules import State as LetterState
from triage.letters.tables import Letter
from triage.staff.queries import names


class Opener:
    """Opens the sealed texts of one case; one that does not open says why."""

    def __init__(self, session: Session, vault: Vault, case_id: str) -> None:
        self.session, self.vault, self.case_id = session, vault, case_id

    def __call__(self, row: Any, column: str) -> str:
        """The text of one column of a row."""
        return self.vault.show_of(self.session, self.case_id, row, column)


def evidence(opened: Opener) -> tuple[EvidenceItem, ...]:
    """Every piece, in the order of when it was said, written or taken."""
    session = opened.session
    found = session.scalars(
        select(CaseEvidence)
        .where(CaseEvidence.case_id == opened.case_id)
        .order_by(CaseEvidence.made_at, CaseEvidence.id)
    ).all()
    lines = session.scalars(
        select(CaseCustody)
        .where(CaseCustody.case_id == opened.case_id)
        .order_by(CaseCustody.item_id, CaseCustody.sequence)
    ).all()
    named = names(session, {one.person_id for one in lines} | {one.added_by for one in found})
    return tuple(
        EvidenceItem(
            id=one.id,
            kind=ItemKind(one.kind),
            source=Source(one.source),
            party_id=one.party_id,
            title=opened(one, "title"),
            origin=opened(one, "origin"),
            made_at=one.made_at,
            file_name=opened(one, "file_name"),
            media=one.media,
            size=one.size,
            sha256=opened(one, "sha256"),
            added_by=named.get(one.added_by, ""),
            added_at=one.added_at,
            confidential=one.confidential,
            hidden=one.hidden,
            bearing=None if one.bearing is None else Bearing(one.bearing),
            carries=one.carries,
            tested=one.tested,
            tested_how=opened(one, "tested_how"),
            custody=tuple(
                CustodyItem(line.at, named.get(line.person_id, ""), Custody(line.act))
                for line in lines
                if line.item_id == one.id
            ),
        )
        for one in found
    )


def notices(opened: Opener, case: Case, at: datetime) -> tuple[NoticeItem, ...]:
    """One for each person reported, also where nothing was done yet."""
    session = opened.session
    subjects = session.scalars(
        select(CaseParty)
        .where(CaseParty.case_id == case.id, CaseParty.kind == PartyKind.SUBJECT.value)
        .order_by(CaseParty.added_at, CaseParty.id)
    ).all()
    held = {
        one.party_id: one
        for one in session.scalars(select(CaseNotice).where(CaseNotice.case_id == case.id))
    }
    steps = _steps(opened, case.id)
    return tuple(_notice(opened, one, held.get(one.id), steps, at) for one in subjects)


def _notice(
    opened: Opener,
    party: CaseParty,
    row: CaseNotice | None,
    steps: dict[str, list[NoticeStep]],
    at: datetime,
) -> NoticeItem:
    state = state_of(party, row)
    name = opened(party, "name")
    name = name or opened(party, "role")
    if row is None:
        return NoticeItem(
            party.id, name, state, WORDS[state], settled(state, None, at),
            None, None, None, None, "", None, None, None, False, None, None, (),
        )  # fmt: skip
    letter = None if row.letter_id is None else opened.session.get(Letter, row.letter_id)
    if letter is not None and letter.state == LetterState.WITHDRAWN.value:
        letter = None
    done = settled(state, row.recheck_at, at)
    return NoticeItem(
        party_id=party.id,
        name=name,
        state=state,
        said=WORDS[state],
        settled=done,
        letter_id=None if letter is None else letter.id,
        letter_state=None if letter is None else letter.state,
        shown_at=row.shown_at,
        shown_until=row.shown_until,
        skipped=opened(row, "skipped"),
        reply_by=row.reply_by,
        ground=None if row.ground is None else Withheld(row.ground),
        recheck_at=row.recheck_at,
        recheck_due=state is NoticeState.WITHHELD and not done,
        sent_at=row.sent_at,
        account_id=row.item_id,
        steps=tuple(steps.get(row.id, ())),
    )


def _steps(opened: Opener, case_id: str) -> dict[str, list[NoticeStep]]:
    found = opened.session.scalars(
        select(CaseNoticeStep)
        .where(CaseNoticeStep.case_id == case_id)
        .order_by(CaseNoticeStep.sequence)
    ).all()
    named = names(opened.session, {one.actor_id for one in found})
    held: dict[str, list[NoticeStep]] = {}
    for one in found:
        held.setdefault(one.notice_id, []).append(
            NoticeStep(
                edge=one.edge,
                to=NoticeState(one.to_state),
                by=named.get(one.actor_id, "the system"),
                at=one.at,
                reason=opened(one, "reason"),
            )
        )
    return held


def measures(opened: Opener, cases: Sequence[Case], at: datetime) -> tuple[MeasureItem, ...]:
    """The measures of a case, newest first; whether each holds is computed for ``at``."""
    by_id = {one.id: one for one in cases}
    found = opened.session.scalars(
        select(CaseInterim)
        .where(CaseInterim.case_id.in_(list(by_id)))
        .order_by(CaseInterim.since.desc(), CaseInterim.id)
    ).all()
    people = {one.author for one in found} | {one.ratified_by for one in found if one.ratified_by}
    named = names(opened.session, people)
    return tuple(_measure(opened, one, by_id[one.case_id], named, at) for one in found)


def _measure(
    opened: Opener, one: CaseInterim, case: Case, named: dict[str, str], at: datetime
) -> MeasureItem:
    dates = holds(one, case)
    end, live = over_at(dates), in_force(dates, at)
    how = None
    if end is not None and end <= at:
        how = Ending(one.ending) if one.ending else ending(dates)
    return MeasureItem(
        id=one.id,
        version=one.version,
        kind=MeasureKind(one.kind),
        event_id=one.event_id,
        who=opened(one, "who"),
        place=opened(one, "place"),
        why=opened(one, "why"),
        author=named.get(one.author, ""),
        since=one.since,
        lapses=one.lapses,
        until=one.until,
        in_force=live,
        over_at=end,
        ratified_by=named.get(one.ratified_by or "", ""),
        ratified_at=one.ratified_at,
        ending=how,
        ended_why=opened(one, "ended_why"),
        to_tell=how in TOLD_AFTER and one.told_at is None and not _gone(opened, one.letter_id),
        letter_id=one.letter_id,
    )


def _gone(opened: Opener, letter_id: str | None) -> bool:
    letter = None if letter_id is None else opened.session.get(Letter, letter_id)
    return letter is not None and letter.sent_at is not None


def meetings(
    opened: Opener, case: Case, people: Iterable[PartyItem], support: str
) -> tuple[MeetingItem, ...]:
    """Talks, by when they are. ``support``: what the reporter said that they need."""
    known = {one.id: one for one in people}
    found = opened.session.scalars(
        select(CaseMeeting)
        .where(CaseMeeting.case_id == case.id)
        .order_by(CaseMeeting.at, CaseMeeting.id)
    ).all()
    return tuple(
        MeetingItem(
            id=one.id,
            party_id=one.party_id,
            name="" if one.party_id is None else _called(known[one.party_id]),
            at=one.at,
            place=opened(one, "place"),
            support=support if one.party_id is None else known[one.party_id].support,
            held=one.held,
            item_id=one.item_id,
        )
        for one in found
    )


def _called(party: PartyItem) -> str:
    return party.name or party.role
