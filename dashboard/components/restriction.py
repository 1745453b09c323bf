"""One restriction as it is read: facts, evidence beside the proposal, places, history, appeal."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted
from dashboard import words as common
from dashboard import words_decisions as words
from dashboard.components.kinship import named
from triage.conduct.clauses import clause
from triage.core.ids import short_ref
from triage.messages.queries.evidence import Ground
from triage.restrictions.queries.reading import PlaceItem, RestrictionItem
from triage.restrictions.queries.rows import RestrictionRow
from triage.restrictions.rules import Edge, Kind, State
from triage.restrictions.service.evidence import open_evidence
from triage.senders.standing.words import day


def who(row: RestrictionRow) -> str:
    """Whom it is about. Outside text."""
    return named(row.known) if row.sender_id is not None else row.person


def chips(row: RestrictionRow) -> list[tuple[str, str]]:
    """What is to know about one before it is opened."""
    found = [(words.KINDS[row.kind], "")]
    ended = row.ended_at is not None
    found.append((words.STATES[row.state], "" if ended else "medium"))
    found.append(("in force" if row.in_force else "not in force", "high" if row.in_force else ""))
    if row.grave:
        found.append(("threat of high severity", "high"))
    if row.approvals_needed > 1 and row.state is State.PROPOSED:
        found.append((f"{row.approvals} of {row.approvals_needed} have said yes", ""))
    return found


def quiet(row: RestrictionRow) -> str:
    """The second line of one in a list."""
    parts = [
        words.places([one.target for one in row.places]),
        f"proposed by {row.proposed_by}, {common.when(row.proposed_at)}",
    ]
    if row.lapses_at is not None and row.state in {State.EMERGENCY, State.UNRATIFIED}:
        parts.append(f"lapses {common.when(row.lapses_at)}")
    elif row.ended_at is None:
        parts.append(f"review {day(row.review_at)}")
    return " · ".join(parts)


def draw_proposal(found: RestrictionItem) -> None:
    """What is proposed, or holds: the reasons as they were written, apart from each other."""
    row = found.row
    st.header("What it is", anchor=False)
    why = _why_reviewed(found)
    if why:
        untrusted.say("{why}", kind="notice", why=why)
    stated = clause(row.clause)
    pairs = [
        ("Who", who(row)),
        ("Rests on", f"{stated.id}: {stated.summary}"),
        ("Where", words.places([one.target for one in found.places])),
        ("Stands", words.STATES[row.state]),
        ("In force now", "yes" if row.in_force else "no"),
        ("Proposed by", f"{row.proposed_by}, {common.when(row.proposed_at)}"),
        ("Said yes", ", ".join(found.approved_by) or "nobody yet"),
        ("Review", day(row.review_at)),
    ]
    if found.done_by is not None:
        pairs.append(("Done already by", f"{found.done_by}, {common.when(row.since)}"))
    if row.lapses_at is not None and row.state in {State.EMERGENCY, State.UNRATIFIED}:
        pairs.append(("Lapses unless confirmed", common.when(row.lapses_at)))
    if row.expires_at is not None:
        pairs.append(("Ends by itself", common.when(row.expires_at)))
    if row.ended_at is not None:
        pairs.append(("Ended", common.when(row.ended_at)))
    if row.kind is Kind.EVENT_EXCLUSION:
        pairs.append(("Event", found.event))
    untrusted.facts(pairs)
    for name, text in (
        ("Internal reason", found.reason),
        ("May be read in public", found.public_reason),
        ("Why no less would do", found.proportionality),
        ("No letter goes first, because", found.letter_withheld),
    ):
        if text:
            untrusted.say("{name}:", kind="quiet", name=name)
            untrusted.letter(text)
    for place in found.places:
        _place(place)


def _why_reviewed(found: RestrictionItem) -> str:
    """Why its review is due before its date, until somebody has renewed it."""
    due = [one for one in found.steps if one.edge in {Edge.FALL_DUE.value, Edge.RENEW.value}]
    newest = due[-1] if due and found.row.ended_at is None else None
    return newest.reason if newest is not None and newest.edge == Edge.FALL_DUE.value else ""


def draw_evidence(found: RestrictionItem) -> None:
    """The messages it rests on, each covered until this person opens it, on the record."""
    st.header("Evidence", anchor=False)
    if not found.grounds:
        untrusted.say("It rests on no message.", kind="quiet")
    if found.unlinked and found.row.ended_at is None:
        untrusted.say("{why}", kind="notice", why=words.unlinked(found.unlinked, found.row.state))
    for number, one in enumerate(found.grounds, 1):
        _ground(found.row.id, number, one, lost=one.id in found.unlinked)


def _ground(restriction_id: str, number: int, one: Ground, *, lost: bool) -> None:
    st.subheader(words.ground(number), anchor=False)
    decided = common.kinds(one.dispositions or ())
    label = f"{decided}, severity {one.severity or 'none'}" if decided else "nothing yet"
    untrusted.facts(
        [
            ("Reference", short_ref(one.id)),
            ("Received", common.when(one.received_at)),
            ("Came to", f"{common.service(one.service)}, {common.channel(one.channel).lower()}"),
            ("From", " ".join(part for part in (one.from_name, one.from_address or "") if part)),
            ("Said to be", label),
        ]
    )
    if lost:
        untrusted.say("Not linked with this person any more.", kind="notice")
    if one.text is None:
        st.button(
            words.open_ground(one.id),
            key=f"ground_{one.id}",
            on_click=session.run,
            args=(partial(open_evidence, restriction_id=restriction_id, message_id=one.id),),
        )
        return
    untrusted.letter(one.text)
    if one.rest:
        untrusted.say("Below or attached:", kind="quiet")
        untrusted.letter(one.rest)


def draw_rest(found: RestrictionItem) -> None:
    """How far it has come in each place, what the person wrote against it, and its history."""
    st.header("Where it stands in each place", anchor=False)
    if found.places:
        untrusted.table(
            "A block is one once somebody has looked that it holds",
            ("Where", "Stands", "Since", "About"),
            [
                (
                    words.target(one.target) + (f" ({one.level})" if one.level else ""),
                    words.TASKS[one.state],
                    common.when(one.state_since),
                    one.subject,
                )
                for one in found.places
            ],
        )
    else:
        untrusted.say("It is put into no service or channel.", kind="quiet")
    if found.appeal is not None:
        _appeal(found)
    with st.expander("History of this restriction"):
        untrusted.timeline(
            [
                (
                    common.when(one.at),
                    f"{one.who} {words.STEPS.get(one.edge, one.edge)}",
                    one.reason,
                )
                for one in found.steps
            ]
        )


def _place(one: PlaceItem) -> None:
    """What was written of one place, in full."""
    for name, text in (
        ("why there", one.proportionality),
        ("why it is this person's", one.unverified_reason),
        ("what was noted in the service", one.note),
    ):
        if text:
            untrusted.say(
                "{where}, {name}:", kind="quiet", where=words.target(one.target), name=name
            )
            untrusted.letter(text)


def _result(found: RestrictionItem) -> str:
    """How an appeal stands, or ended."""
    if found.appeal is not None and found.appeal.outcome is not None:
        return words.OUTCOMES[found.appeal.outcome]
    if found.row.state in {State.EMERGENCY, State.UNRATIFIED}:
        return "waits until a second person has confirmed the measure, or falls away with it"
    return "not decided yet"


def _appeal(found: RestrictionItem) -> None:
    one = found.appeal
    if one is None:
        return
    st.header("Appeal", anchor=False)
    untrusted.facts(
        [
            ("Came", common.when(one.came_at)),
            ("Entered by", one.recorded_by),
            ("Result", _result(found)),
            ("Decided by", one.decided_by or "nobody yet"),
        ]
    )
    untrusted.letter(one.words)
    if one.reason:
        untrusted.say("Why it was decided so:", kind="quiet")
        untrusted.letter(one.reason)
