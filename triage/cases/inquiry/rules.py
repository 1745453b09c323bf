"""Rules of an inquiry, pure: notices to the person reported, evidence, measures meanwhile."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from triage.core.errors import Conflict, Invalid, NotAllowed


class NoticeState(StrEnum):
    """How the notice to one person reported stands (lifecycles.md, section 2)."""

    NOT_APPLICABLE = "not_applicable"
    """Nobody knows who it is, or no way to reach them."""
    DUE = "due"
    WITHHELD = "withheld"
    SENT = "sent"
    ACCOUNT_RECEIVED = "account_received"
    DECLINED = "declined"
    NO_REPLY = "no_reply"


class NoticeEdge(StrEnum):
    """What moves a notice."""

    WITHHOLD = "withhold"
    GIVE = "give"
    """No longer withheld, or there is a way to reach them after all."""
    UNREACHABLE = "unreachable"
    SEND = "send"
    ACCOUNT = "account"
    DECLINE = "decline"
    NO_REPLY = "no_reply"


_S, _E = NoticeState, NoticeEdge
TRANSITIONS: dict[tuple[NoticeState, NoticeEdge], NoticeState] = {
    (_S.DUE, _E.WITHHOLD): _S.WITHHELD,
    (_S.WITHHELD, _E.WITHHOLD): _S.WITHHELD,
    (_S.WITHHELD, _E.GIVE): _S.DUE,
    (_S.DUE, _E.UNREACHABLE): _S.NOT_APPLICABLE,
    (_S.NOT_APPLICABLE, _E.GIVE): _S.DUE,
    (_S.DUE, _E.SEND): _S.SENT,
    (_S.WITHHELD, _E.SEND): _S.SENT,
    **{(one, _E.ACCOUNT): _S.ACCOUNT_RECEIVED
       for one in (_S.SENT, _S.NO_REPLY, _S.DECLINED, _S.ACCOUNT_RECEIVED)},
    (_S.SENT, _E.DECLINE): _S.DECLINED,
    (_S.SENT, _E.NO_REPLY): _S.NO_REPLY,
}  # fmt: skip
"""(from, edge) -> where it leads. From withheld to sent: the letter was on its way already. An
account that comes late, or a second one, is taken all the same."""

SYSTEM_EDGES = frozenset({_E.SEND, _E.NO_REPLY})
"""What is noted without a person: a letter that somebody sent has gone, a date has gone by."""

HEARD = frozenset({_S.ACCOUNT_RECEIVED, _S.DECLINED, _S.NO_REPLY})


class Withheld(StrEnum):
    """Why somebody is not told for now (P-SUB-3)."""

    TAMPERING = "tampering"
    INFLUENCE = "influence"
    RISK = "risk"
    """Of harm or retaliation: where the trustees have adopted it alone (a setting)."""


LONGEST_WITHHELD = timedelta(days=31)
"""Until it is looked at again at the latest."""
SHOW_DAYS = 3
"""Working days that the reporter has to say whether a notice could identify them."""
SHORTEST_REPLY = 5
"""Working days that must be left to answer when the letter is checked, or the target if that is
shorter."""


class ItemKind(StrEnum):
    """What a piece of evidence is."""

    ACCOUNT = "account"
    """What the report says."""
    REPORT_FILE = "report_file"
    DOCUMENT = "document"
    STATEMENT = "statement"
    NOTE = "note"
    MESSAGE = "message"
    SUBJECT_ACCOUNT = "subject_account"


class Source(StrEnum):
    """From whom a piece of evidence comes."""

    REPORTER = "reporter"
    AFFECTED = "affected"
    SUBJECT = "subject"
    WITNESS = "witness"
    TEAM = "team"
    PUBLIC = "public"
    MESSAGES = "messages"
    OTHER = "other"


class Bearing(StrEnum):
    """What a piece of evidence says about what was reported."""

    SUPPORTS = "supports"
    CONTRADICTS = "contradicts"
    NEUTRAL = "neutral"


class Custody(StrEnum):
    """What happened to a piece of evidence."""

    ADDED = "added"
    LOOKED = "looked"
    EXPORTED = "exported"
    FAILED = "failed"
    """It was to be exported, and is not what was put in."""
    MARKED = "marked"
    TESTED = "tested"
    HIDDEN = "hidden"
    SHOWN = "shown"
    IN_PACK = "in_pack"


class MeasureKind(StrEnum):
    """What somebody on duty may set for a short time. Nothing is refunded after an expulsion:
    there is no choice, and so no field."""

    EXPULSION = "expulsion"
    NO_CONTACT = "no_contact"
    STAY_AWAY = "stay_away"
    OTHER = "other"


class Ending(StrEnum):
    """How a measure ended."""

    LAPSED = "lapsed"
    EXPIRED = "expired"
    LIFTED = "lifted"
    NOT_UPHELD = "not_upheld"


TOLD_AFTER = frozenset({Ending.LAPSED, Ending.LIFTED, Ending.NOT_UPHELD})
"""After these somebody tells the person that it has ended."""


@dataclass(frozen=True, slots=True)
class Holds:
    """When a measure holds."""

    since: datetime
    lapses: datetime
    """Where one person's word ends (P-TIM-3)."""
    until: datetime | None
    """Its own end, where one was set."""
    ratified: bool
    ended_at: datetime | None


def over_at(measure: Holds) -> datetime | None:
    """When it is over by itself, or was ended: the earliest; nothing where it goes on."""
    ends = [measure.until, measure.ended_at, None if measure.ratified else measure.lapses]
    return min((one for one in ends if one is not None), default=None)


def in_force(measure: Holds, now: datetime) -> bool:
    """Whether it holds at a moment, by its dates: job or no job (rule 8, P-TIM-3)."""
    end = over_at(measure)
    return measure.since <= now and (end is None or now < end)


def check_ratifier(author_id: str, person_id: str) -> None:
    """What one person did alone another confirms (P-TIM-3)."""
    if author_id == person_id:
        raise NotAllowed("You set this: somebody else confirms it.", what="own_interim")


def move(state: NoticeState, edge: NoticeEdge, *, by_system: bool) -> NoticeState:
    """The state of a notice after an edge."""
    if by_system and edge not in SYSTEM_EDGES:
        raise NotAllowed("The system tells nobody.", what=f"notice_{edge.value}")
    if (state, edge) not in TRANSITIONS:
        raise Conflict(f"This cannot be done: the notice is {WORDS[state]}.")
    return TRANSITIONS[state, edge]


def settled(state: NoticeState, recheck_at: datetime | None, now: datetime) -> bool:
    """Whether nothing of a notice is left to do before a recommendation (P-SUB-1). One that is
    withheld past its date is on the list again (P-SUB-3)."""
    if state is NoticeState.WITHHELD:
        return recheck_at is not None and now < recheck_at
    return state in HEARD or state is NoticeState.NOT_APPLICABLE


def check_withheld(ground: Withheld, recheck_at: datetime, now: datetime, *, risk: bool) -> None:
    """Nothing but the grounds that there are, and only until a date that is near."""
    if ground is Withheld.RISK and not risk:
        raise Invalid(
            "The trustees have not adopted this as a reason not to tell somebody.", field="ground"
        )
    if recheck_at <= now:
        raise Invalid("The day on which it is looked at again lies ahead.", field="recheck_at")
    if recheck_at > now + LONGEST_WITHHELD:
        raise Invalid(
            f"It is looked at again within {LONGEST_WITHHELD.days} days.", field="recheck_at"
        )


@dataclass(frozen=True, slots=True)
class Weighed:
    """What of a piece of evidence the balance looks at."""

    carries: bool
    """Whether the finding rests on it."""
    tested: bool
    reasoned: bool
    """Whether somebody has said why it was not put to the other side."""


def check_balance(items: Iterable[Weighed], *, reasoned: bool) -> None:
    """P-INV-3: what carries the finding was tested against the other side, or it says why not.

    ``reasoned``: whether a reason was given for the whole.
    """
    if reasoned:
        return
    carrying = [one for one in items if one.carries]
    if not carrying:
        raise Conflict(
            "Mark first what the finding rests on, and how it was tested against the other side, "
            "or say why nothing is."
        )
    if not all(one.tested or one.reasoned for one in carrying):
        raise Conflict(
            "Something that the finding rests on was not tested against the other side: test it, "
            "or say why not."
        )


def check_until(until: datetime | None, now: datetime) -> None:
    """A measure that was over before it began is none."""
    if until is not None and until <= now:
        raise Invalid("The end lies ahead.", field="until")


def ending(measure: Holds) -> Ending:
    """How a measure ended that nobody ended."""
    own = measure.until is not None and (measure.ratified or measure.until <= measure.lapses)
    return Ending.EXPIRED if own else Ending.LAPSED


MEASURES: dict[MeasureKind, str] = {
    MeasureKind.EXPULSION: "You had to leave, and could not come back.",
    MeasureKind.NO_CONTACT: "You were not to get in touch with certain people.",
    MeasureKind.STAY_AWAY: "You were to stay away from certain places.",
    MeasureKind.OTHER: "We asked you to keep to something for a short time.",
}
"""A measure, as a line of the letter that says that it has ended."""

WORDS: dict[NoticeState, str] = {
    NoticeState.NOT_APPLICABLE: "not needed",
    NoticeState.DUE: "to be sent",
    NoticeState.WITHHELD: "withheld for now",
    NoticeState.SENT: "sent, and not answered yet",
    NoticeState.ACCOUNT_RECEIVED: "answered",
    NoticeState.DECLINED: "answered: they would rather say nothing",
    NoticeState.NO_REPLY: "not answered by the date",
}
