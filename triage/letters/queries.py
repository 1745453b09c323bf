"""Reads of letters: each takes the viewer, and joins what the viewer may know of."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial

from sqlalchemy import ColumnElement, select
from sqlalchemy.orm import Session

from triage.core.access import SYSTEM, Action, Actor, check, visible
from triage.core.errors import NotFound
from triage.core.sealed import Vault
from triage.letters.preview import Preview
from triage.letters.rules import HIDDEN, LEAK_CHECKED, NO_SUCH_LETTER, LeakCheck, LetterKind, State
from triage.letters.tables import Letter, LetterMail, LetterTransition
from triage.notify.rules import MailState
from triage.staff.queries import names


@dataclass(frozen=True, slots=True)
class LetterRow:
    """One letter in a list: nothing of its words."""

    id: str
    version: int
    matter_id: str
    sender_id: str | None
    kind: LetterKind
    state: State
    state_since: datetime
    drafted_by: str
    drafted_at: datetime
    sent_by: str | None
    sent_at: datetime | None
    overridden: bool
    """Written though cease contact was in force."""
    checked_first: bool
    """It goes to a person reported: nothing in it may tell who did (P-NAM-1)."""
    leak_check: LeakCheck | None
    problem: str | None
    """Why it has not gone, as a code."""


@dataclass(frozen=True, slots=True)
class LetterStep:
    """One step of a letter."""

    at: datetime
    who: str
    edge: str
    reason: str
    """A colleague's words. Drawn as outside text all the same."""


@dataclass(frozen=True, slots=True)
class LetterItem:
    """One letter in full. Its preview is all that goes, and the digest of it is what is said
    back by whoever approves or sends."""

    row: LetterRow
    shown: Preview
    cease_override: str
    drafted_by_id: str
    edited_by_id: str
    steps: tuple[LetterStep, ...]


def letters_of_matter(session: Session, *, viewer: Actor, matter_id: str) -> tuple[LetterRow, ...]:
    """The letters about one matter, newest first."""
    return _rows(session, viewer, Letter.matter_id == matter_id)


def letters_of_sender(
    session: Session, *, viewer: Actor, sender_ids: Iterable[str]
) -> tuple[LetterRow, ...]:
    """What was written to a sender, by whatever address of theirs, over all matters."""
    return _rows(session, viewer, Letter.sender_id.in_(set(sender_ids)))


def waiting_for_second(session: Session, *, viewer: Actor) -> tuple[LetterRow, ...]:
    """Letters that a second person is to look at, and this viewer may be it. What came of a report
    is looked at on that report's page, by who has a part in it."""
    check(viewer, Action.SEND_LETTER)
    asked = (
        select(LetterTransition.id)
        .where(
            LetterTransition.letter_id == Letter.id,
            LetterTransition.to_state == State.NEEDS_SECOND_PERSON.value,
            LetterTransition.at == Letter.state_since,
            LetterTransition.actor_id == viewer.person_id,
        )
        .exists()
    )
    return _rows(
        session,
        viewer,
        Letter.state == State.NEEDS_SECOND_PERSON.value,
        Letter.drafted_by != viewer.person_id,
        Letter.edited_by != viewer.person_id,
        Letter.guarded.is_(False),
        Letter.kind.not_in([one.value for one in LEAK_CHECKED]),
        ~asked,
    )


def letter(session: Session, *, viewer: Actor, vault: Vault, letter_id: str) -> LetterItem:
    """One letter; ``NotFound`` alike for one that is not and one that is not theirs to know."""
    rows = _rows(session, viewer, Letter.id == letter_id)
    if not rows:
        raise NotFound(NO_SUCH_LETTER)
    found = session.get_one(Letter, letter_id)

    opened = partial(vault.show_of, session, letter_id)
    own = partial(opened, found)
    steps = session.scalars(
        select(LetterTransition)
        .where(LetterTransition.letter_id == letter_id)
        .order_by(LetterTransition.sequence)
    ).all()
    known = names(session, {one.actor_id for one in steps})
    known[SYSTEM.person_id] = "The system"
    return LetterItem(
        row=rows[0],
        shown=Preview(
            to=HIDDEN if found.to_report_id is not None else own("to_address"),
            sender=found.from_address,
            signed_as=found.signed_as,
            reply_to=found.reply_to,
            subject=own("subject"),
            text=own("text"),
        ),
        cease_override=own("cease_override"),
        drafted_by_id=found.drafted_by,
        edited_by_id=found.edited_by,
        steps=tuple(
            LetterStep(
                one.at,
                known.get(one.actor_id, "Somebody"),
                one.edge,
                opened(one, "reason"),
            )
            for one in steps
        ),
    )


def _rows(session: Session, viewer: Actor, *where: ColumnElement[bool]) -> tuple[LetterRow, ...]:
    check(viewer, Action.DRAFT_LETTER)
    problem = (
        select(LetterMail.problem)
        .where(
            LetterMail.letter_id == Letter.id,
            LetterMail.text_hash == Letter.approved_hash,
            LetterMail.state != MailState.SENT.value,
        )
        .scalar_subquery()
    )
    found = session.execute(
        select(
            Letter.id,
            Letter.version,
            Letter.matter_id,
            Letter.sender_id,
            Letter.kind,
            Letter.state,
            Letter.state_since,
            Letter.drafted_by,
            Letter.drafted_at,
            Letter.sent_by,
            Letter.sent_at,
            Letter.cease_override.is_not(None).label("overridden"),
            Letter.guarded,
            Letter.leak_check,
            problem.label("problem"),
        )
        .where(visible(viewer, Letter.matter_id), *where)
        .order_by(Letter.drafted_at.desc(), Letter.id)
    ).all()
    people = names(session, {one for row in found for one in (row.drafted_by, row.sent_by) if one})
    return tuple(
        LetterRow(
            id=row.id,
            version=row.version,
            matter_id=row.matter_id,
            sender_id=row.sender_id,
            kind=LetterKind(row.kind),
            state=State(row.state),
            state_since=row.state_since,
            drafted_by=people.get(row.drafted_by, "Somebody"),
            drafted_at=row.drafted_at,
            sent_by=people.get(row.sent_by, "Somebody") if row.sent_by else None,
            sent_at=row.sent_at,
            overridden=row.overridden,
            checked_first=row.guarded or LetterKind(row.kind) in LEAK_CHECKED,
            leak_check=LeakCheck(row.leak_check) if row.leak_check else None,
            problem=row.problem,
        )
        for row in found
    )
