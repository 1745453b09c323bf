"""What somebody enters to propose a restriction, and what is wrong with it. Pure but for names."""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime

from triage.conduct.clauses import CLAUSES, POLICY_VERSION
from triage.core.errors import Invalid
from triage.core.text import needed
from triage.restrictions import rules
from triage.restrictions.rules import Kind

LEVELS = ("ban", "close")
LONGEST_LINE = 200
LONGEST_GROUNDS = 50
_CONTACT = re.compile(r"@|https?:|www\.|\d[\d ()+-]{7,}\d")
_PLACEHOLDER = re.compile(r"\{\{|\}\}|\[[^\]]*\]|<[^>]*>|_{3,}|\bTODO\b")


@dataclass(frozen=True, slots=True)
class TargetDraft:
    """One service or channel in which it is to apply."""

    target: str
    subject: str
    """The address, number or account, in that service's form."""
    proportionality: str = ""
    level: str | None = None
    unverified_reason: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A restriction as entered. Nothing is chosen beforehand (P-BLK-2)."""

    kind: Kind
    clause: str
    reason: str
    public_reason: str
    review_at: datetime
    message_ids: tuple[str, ...] = ()
    sender_id: str | None = None
    person: str = ""
    proportionality: str = ""
    expires_at: datetime | None = None
    targets: tuple[TargetDraft, ...] = field(default=())
    event: str = ""
    grave: bool = False
    """A threat of high severity, as who proposes it says."""

    @property
    def target_names(self) -> frozenset[str]:
        """Where it is to apply."""
        return frozenset(one.target for one in self.targets)


def checked(
    draft: Draft, *, now: datetime, colleagues: Iterable[str], from_case: bool = False
) -> Draft:
    """The draft as it is kept; ``Invalid``, with each field where something is missing or wrong.

    ``from_case``: it rests on the decision in an incident report, and not on messages; who it is
    about may never have written to us.
    """
    draft = _tidy(draft)
    wrong = [*_wrong_grounds(draft, from_case), *_wrong_answers(draft, now, colleagues)]
    if wrong:
        raise Invalid.all_of(wrong)
    return draft


def _wrong_grounds(draft: Draft, from_case: bool) -> Iterator[Invalid]:
    """Whom it is about, and what it rests on."""
    if draft.clause not in {one.id for one in CLAUSES[POLICY_VERSION]}:
        yield Invalid("Choose the clause that it rests on.", field="clause")
    on_messages = draft.kind is not Kind.EVENT_EXCLUSION and not from_case
    if draft.sender_id is None and on_messages:
        yield Invalid("Choose whom it is about.", field="sender")
    elif draft.sender_id is None and not draft.person:
        yield Invalid("Say who it is.", field="person")
    if from_case and draft.message_ids:
        yield Invalid("It rests on the decision in the case.", field="messages")
    if not draft.message_ids and on_messages:
        yield Invalid("Choose the messages that it rests on.", field="messages")
    if len(draft.message_ids) > LONGEST_GROUNDS:
        yield Invalid(f"At most {LONGEST_GROUNDS} messages.", field="messages")


def _wrong_answers(draft: Draft, now: datetime, colleagues: Iterable[str]) -> Iterator[Invalid]:
    """Where, why and until when, in the order of the form."""
    if draft.kind is Kind.EVENT_EXCLUSION and not draft.event:
        yield Invalid("Name the event.", field="event")
    yield from _refused(rules.check_targets, draft.kind, draft.target_names)
    if len(draft.target_names) != len(draft.targets):
        yield Invalid("Each service or channel once.", field="services")
    of_each = [said for one in draft.targets for said in _refused(_check_target, draft.kind, one)]
    yield from {str(one): one for one in of_each}.values()
    yield from _refused(needed, draft.reason, field="reason", ask="Say why.")
    yield from _refused(check_public, draft.public_reason, colleagues)
    yield from _refused(
        rules.check_dates,
        draft.kind,
        draft.target_names,
        review=draft.review_at,
        expires=draft.expires_at,
        now=now,
    )
    if draft.kind is not Kind.EVENT_EXCLUSION:
        why = _WHY_MORE[draft.kind]
        yield from _refused(needed, draft.proportionality, field="proportionality", ask=why)


def _refused(check: Callable[..., object], *given: object, **named: object) -> Iterator[Invalid]:
    """What a rule says against this, if anything."""
    try:
        check(*given, **named)
    except Invalid as error:
        yield error


def check_public(text: str, colleagues: Iterable[str]) -> None:
    """The public sentence may stand on a page that anybody reads: it names and reaches nobody."""
    if len(text) < rules.SHORTEST_PUBLIC:
        raise Invalid("Write one whole sentence that may be read in public.", field="public_reason")
    if len(text) > rules.LONGEST_PUBLIC:
        raise Invalid(f"At most {rules.LONGEST_PUBLIC} characters.", field="public_reason")
    if _CONTACT.search(text):
        raise Invalid(
            "No address, link or number stands in what may be read in public.",
            field="public_reason",
        )
    if _PLACEHOLDER.search(text):
        raise Invalid("Something is not filled in yet.", field="public_reason")
    folded = text.casefold()
    for name in colleagues:
        if re.search(rf"\b{re.escape(name.casefold())}\b", folded):
            raise Invalid("No colleague is named in public.", field="public_reason")


_WHY_MORE = {
    Kind.CEASE_CONTACT: "Say why no less would do.",
    Kind.SERVICE_BLOCK: "Say why more is needed than ceasing contact.",
    Kind.CHANNEL_BLOCK: "Say why more is needed than ceasing contact.",
}


def _check_target(kind: Kind, one: TargetDraft) -> None:
    if not one.subject and one.target not in rules.NO_BLOCK:
        raise Invalid("Enter the address, number or account.", field="subject")
    if len(one.subject) > LONGEST_LINE:
        raise Invalid(f"At most {LONGEST_LINE} characters.", field="subject")
    if kind is Kind.SERVICE_BLOCK and not one.proportionality:
        raise Invalid("Say for each service why it is right there.", field="proportionality")
    if one.level is not None and one.level not in LEVELS:
        raise Invalid("Choose ban or close.", field="level")


def _tidy(draft: Draft) -> Draft:
    return replace(
        draft,
        reason=draft.reason.strip(),
        public_reason=" ".join(draft.public_reason.split()),
        proportionality=draft.proportionality.strip(),
        person=" ".join(draft.person.split())[:LONGEST_LINE],
        event=" ".join(draft.event.split())[:LONGEST_LINE],
        message_ids=tuple(dict.fromkeys(draft.message_ids)),
        targets=tuple(
            replace(
                one,
                subject=one.subject.strip(),
                proportionality=one.proportionality.strip(),
                unverified_reason=one.unverified_reason.strip(),
            )
            for one in draft.targets
        ),
    )
