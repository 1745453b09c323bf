"""The fields of a proposal, prefilled from message and clause, and the draft that they make.

Nothing is chosen beforehand: neither kind nor place (P-BLK-2); nothing is asked twice.
"""

from dataclasses import dataclass
from datetime import date, time, timedelta

import streamlit as st

from dashboard import session, untrusted
from dashboard import words_decisions as words
from dashboard.components import answers
from dashboard.components.ceased import draw_ceased
from dashboard.words_proposal import said_there
from triage.conduct.clauses import clause
from triage.core.access import Actor
from triage.core.errors import Invalid
from triage.restrictions import rules
from triage.restrictions.draft import LEVELS, Draft, TargetDraft, checked
from triage.restrictions.queries.verified import address_is_verified
from triage.restrictions.rules import Kind
from triage.staff.calendar import at_clock, local_day
from triage.staff.queries import active_people

CLOSE = time(17)
"""A day means its end of work, by London's clock."""
BLOCKS = (Kind.SERVICE_BLOCK, Kind.CHANNEL_BLOCK)


@dataclass(frozen=True, slots=True)
class About:
    """The message that it is proposed from, as far as its fields ask; or the report."""

    id: str
    sender_id: str | None
    from_address: str | None
    person: str = ""
    """Of a report: whom it is about, who may never have written to us."""
    of_case: bool = False
    """It rests on a decision on a report, and on no message."""


def draw_fields(viewer: Actor, found: About | None) -> None:
    """The fields, for a message; without one, for somebody at an event who never wrote."""
    kinds = list(Kind) if found is not None else [Kind.EVENT_EXCLUSION]
    answers.at_field("kind", "sender", "messages")
    st.selectbox(
        "What is to be restricted?",
        kinds,
        index=None,
        placeholder="Choose one",
        format_func=words.kind,
        key=_key(found, "kind"),
        persist_state="session",
    )
    kind = _value(found, "kind")
    if not isinstance(kind, Kind):
        return
    stated = clause(words.CLAUSES[kind])
    rests = f"{stated.id}: {stated.summary}"
    untrusted.say("It rests on {clause}", kind="quiet", clause=rests)
    if kind is Kind.EVENT_EXCLUSION:
        _event(found)
    else:
        if found is not None and kind in BLOCKS:
            draw_ceased(viewer, found.sender_id)
        _where(found, kind)
    _reasons(found, kind)


def _event(found: About | None) -> None:
    if found is None or (found.sender_id is None and not found.of_case):
        answers.at_field("person")
        _text(found, "person")
    answers.at_field("event")
    _text(found, "event")
    answers.at_field("expires")
    _date(found, "until")


def _where(found: About | None, kind: Kind) -> None:
    places = rules.SERVICES if kind is Kind.SERVICE_BLOCK else rules.CHANNELS
    answers.at_field("services")
    st.multiselect(
        "Where? None is chosen beforehand",
        places,
        format_func=words.target,
        placeholder="Choose each one",
        select_all=False,  # one slip, and somebody is shut out everywhere
        key=_key(found, f"where_{kind.value}"),
        persist_state="session",
    )
    for one in _places(found, kind):
        with st.container(border=True):
            _place(found, kind, one)
    answers.at_field("subject", "level", "unverified_reason")


def _place(found: About | None, kind: Kind, target: str) -> None:
    """One service or channel: whom it is about there, and for a service why there."""
    known = "" if found is None or target == "social" else found.from_address or ""
    if target == rules.REPRESENTATIVE:
        untrusted.say("{text}", kind="notice", text=words.REPRESENTATIVE)
    elif target in words.MIND:
        untrusted.say("{text}", kind="notice", text=words.MIND[target])
    _hold(found, f"subject_{target}", known)
    st.text_input(
        words.subject(target),
        key=_key(found, f"subject_{target}"),
        max_chars=200,
        persist_state="session",
    )
    if kind is not Kind.SERVICE_BLOCK:
        return
    if target == "whatdotheyknow":
        st.selectbox(
            "How far?",
            LEVELS,
            index=None,
            placeholder="Not said",
            format_func=words.level,
            key=_key(found, f"level_{target}"),
            persist_state="session",
        )
    st.text_area(
        words.why_there(target),
        key=_key(found, f"there_{target}"),
        height=80,
        persist_state="session",
    )
    subject = _typed(found, f"subject_{target}")
    if target not in rules.NO_BLOCK and not _verified(found, subject):
        first = _said_at(found, kind, target)
        if first != target:
            untrusted.say("{same}", kind="quiet", same=said_there(first))
            return
        untrusted.say(
            "No mail from this address has been verified: anybody could have used it.",
            kind="quiet",
        )
        st.text_input(
            words.whose(target), key=_key(found, f"whose_{target}"), persist_state="session"
        )


def _said_at(found: About | None, kind: Kind, target: str) -> str:
    """Where it is said whose an address is: once for each address, at its first service. Why a
    block is right there, each service asks by itself."""
    about = {one: _typed(found, f"subject_{one}").strip().lower() for one in _places(found, kind)}
    same = [one for one in about if one not in rules.NO_BLOCK and about[one] == about[target]]
    return same[0] if same and about[target] and target not in rules.NO_BLOCK else target


def _reasons(found: About | None, kind: Kind) -> None:
    answers.at_field("reason")
    _area(found, "reason", "reason")
    answers.at_field("public_reason")
    _area(found, "public", "public")
    answers.at_field("review")
    _date(found, "review")
    if kind is Kind.EVENT_EXCLUSION:
        return
    answers.at_field("proportionality")
    _area(found, "enough", "more" if kind in BLOCKS else "less")


def draft_of(found: About | None) -> Draft:
    """What was entered, as a draft; ``Invalid``, with each field where something is missing."""
    kind, review, until = (_value(found, one) for one in ("kind", "review", "until"))
    if not isinstance(kind, Kind):
        raise Invalid("Choose what is to be restricted.", field="kind")
    excludes = kind is Kind.EVENT_EXCLUSION
    desk = session.desk()
    now = desk.clock.now()
    with desk.database.read() as db:
        names = [one.name for one in active_people(db)]
    draft = Draft(
        kind=kind,
        clause=words.CLAUSES[kind],
        reason=_typed(found, "reason"),
        public_reason=_typed(found, "public"),
        review_at=at_clock(review, CLOSE) if isinstance(review, date) else now,
        message_ids=() if found is None or found.of_case else (found.id,),
        sender_id=None if found is None else found.sender_id,
        person=_person(found) if excludes or (found is not None and found.of_case) else "",
        proportionality="" if excludes else _typed(found, "enough"),
        expires_at=at_clock(until, CLOSE) if excludes and isinstance(until, date) else None,
        targets=()
        if excludes
        else tuple(_target(found, kind, one) for one in _places(found, kind)),
        event=_typed(found, "event") if excludes else "",
    )
    of_case = found is not None and found.of_case
    wrong: list[Invalid] = []
    try:
        draft = checked(draft, now=now, colleagues=names, from_case=of_case)
    except Invalid as error:
        missing = "" if isinstance(review, date) else "Choose when it is looked at again."
        wrong += [
            Invalid(missing if missing and field == "review" else said, field=field)
            for field, said in error.each
        ]
    wrong += _of_unknown_addresses(found, draft)
    if wrong:
        raise Invalid.all_of(wrong)
    return draft


def _of_unknown_addresses(found: About | None, draft: Draft) -> list[Invalid]:
    """A block wants to know whose an address is that no mail was verified from."""
    told = draft.kind is not Kind.SERVICE_BLOCK or all(
        one.unverified_reason or one.target in rules.NO_BLOCK or _verified(found, one.subject)
        for one in draft.targets
    )
    said = "No mail from this address was verified: say why it is this person's."
    return [] if told else [Invalid(said, field="unverified_reason")]


def forget(found: About | None) -> None:
    """What was entered is not there for the next one."""
    for name in list(st.session_state):
        if str(name).startswith(_key(found, "")):
            del st.session_state[name]


def _person(found: About | None) -> str:
    """Whom it is about: as a report says, or as it was typed."""
    return found.person if found is not None and found.of_case else _typed(found, "person")


def _target(found: About | None, kind: Kind, target: str) -> TargetDraft:
    service = kind is Kind.SERVICE_BLOCK
    level = _value(found, f"level_{target}") if service else None
    return TargetDraft(
        target=target,
        subject=_typed(found, f"subject_{target}"),
        proportionality=_typed(found, f"there_{target}") if service else "",
        level=str(level) if level is not None else None,
        unverified_reason=_typed(found, f"whose_{_said_at(found, kind, target)}")
        if service
        else "",
    )


def _verified(found: About | None, subject: str) -> bool:
    here = session.signed_in()
    if found is None or found.sender_id is None or here is None:
        return True
    with session.desk().database.read() as db:
        return address_is_verified(
            db, viewer=here.actor(), sender_id=found.sender_id, subject=subject
        )


def _places(found: About | None, kind: Kind) -> list[str]:
    chosen = _value(found, f"where_{kind.value}")
    return [str(one) for one in chosen] if isinstance(chosen, list | tuple) else []


def _key(found: About | None, name: str) -> str:
    return f"proposal_{'none' if found is None else found.id}_{name}"


def _value(found: About | None, name: str) -> object:
    return st.session_state.get(_key(found, name))


def _typed(found: About | None, name: str) -> str:
    value = _value(found, name)
    return value if isinstance(value, str) else ""


def _hold(found: About | None, name: str, value: str) -> None:
    """Prefill a field once."""
    st.session_state.setdefault(_key(found, name), value)


def _text(found: About | None, name: str) -> None:
    st.text_input(words.field(name), key=_key(found, name), max_chars=200, persist_state="session")


def _area(found: About | None, name: str, label: str) -> None:
    st.text_area(words.field(label), key=_key(found, name), height=100, persist_state="session")


def _date(found: About | None, name: str) -> None:
    tomorrow = local_day(session.desk().clock.now()) + timedelta(days=1)
    st.date_input(
        words.field(name),
        value=None,
        min_value=tomorrow,
        key=_key(found, name),
        persist_state="session",
        format="DD/MM/YYYY",
    )
