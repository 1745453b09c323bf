"""The rights of whoever a message was sent to (lifecycles.md, rule 2): to flag it, to raise the
alarm, to learn the result. Never to review, propose or approve: no command here decides anything.

Each command asks whether the actor *is* a recipient of that message and nothing else; to everybody
else, and to a recipient who is excluded for another reason too, there is no such message.
"""

from datetime import datetime, timedelta

from sqlalchemy import select

from triage.core.access import Action
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.holds import HoldReason, hold
from triage.messages import rules
from triage.messages.beside.tables import RecipientAct
from triage.messages.queries.own import UNCOVERED_FOR, listed
from triage.messages.rules import FlagReason, State, Step
from triage.messages.service.flags import LONGEST_NOTE, add_flag, bring_back, raise_alarm
from triage.messages.tables import Message
from triage.messages.telling import OwnAct

OWNER = "messages"
"""Under this name the room holds what 999 was called over."""
CALLED_LATELY = timedelta(days=1)
"""How long after a call to 999 it may be recorded (lifecycles.md, section 4)."""


def own(tx: Tx, message_id: str) -> Message:
    """The actor's own message, locked; else the same answer as for a message that is not."""
    tx.allow(Action.OWN_MESSAGES)
    message = tx.session.scalar(
        select(Message).where(Message.id == message_id, *listed(tx.actor)).with_for_update()
    )
    if message is None:
        there = tx.session.scalar(select(Message.id).where(Message.id == message_id))
        raise NotFound(rules.NO_SUCH_MESSAGE, refused_matter=there)
    tx.about = message_id
    return message


def flag_mine(tx: Tx, *, message_id: str, note: str) -> None:
    """Ask that somebody looks at it; what is closed already comes back, since this is news.

    While a flag of theirs waits for a colleague, another would say nothing new.
    """
    message = own(tx, message_id)
    note = note.strip()
    if not note:
        raise Invalid("Say in a few words why somebody should look at it.", field="note")
    if len(note) > LONGEST_NOTE:
        raise Invalid(f"At most {LONGEST_NOTE:,} characters.", field="note")
    if _still_waits(tx, message):
        raise Conflict("You have flagged this already: it waits for a colleague.")
    add_flag(tx, message, FlagReason.MANUAL, note=note)
    act(tx, message_id, OwnAct.FLAGGED)
    bring_back(tx, message)


def raise_alarm_mine(tx: Tx, *, message_id: str) -> None:
    """Say that somebody may be in danger: it goes on top, and a closed one comes back."""
    message = own(tx, message_id)
    _alarm(tx, message)


def record_999(tx: Tx, *, message_id: str, at: datetime) -> None:
    """Put on record that they called 999, and when; the alarm is raised with it.

    From now on it is kept (P-POL-3), as long as what the police had. While it waits nothing
    erases it; and it closes over a referral alone, which keeps it for its own time.
    """
    message = own(tx, message_id)
    if at.tzinfo is None or at > tx.now:
        raise Invalid("The time of the call lies in the future.", field="at")
    if at < tx.now - CALLED_LATELY:
        raise Invalid("Record a call within a day. Tell a colleague of an earlier one.", field="at")
    act(tx, message_id, OwnAct.CALLED_999, happened_at=at)
    tx.record("called_999", message_id, called=at.isoformat(timespec="minutes"))
    until = tx.now + timedelta(days=tx.settings.police_hold_days)
    hold(tx, subject_id=message_id, reason=HoldReason.POLICE, owner=OWNER, until=until)
    _alarm(tx, message)


def mark_seen(tx: Tx, *, message_id: str) -> None:
    """Say that for themselves this is dealt with. It changes nothing but their own page."""
    own(tx, message_id)
    if not has_done(tx, message_id, OwnAct.SEEN):
        act(tx, message_id, OwnAct.SEEN)
        tx.record("seen_by_recipient", message_id)


def reveal_mine(tx: Tx, *, message_id: str, step: Step) -> None:
    """Uncover their own message for themselves, which goes on the record; never by a link."""
    own(tx, message_id)
    if tx.actor.is_volunteer:
        raise NotAllowed("A link shows no text.", what="text_by_link", matter_id=message_id)
    if step is Step.REST:
        raise Invalid("What stands below or is attached is not shown here.", field="step")
    shown = OwnAct(step.value)
    if not has_done(tx, message_id, shown, since=tx.now - UNCOVERED_FOR):
        act(tx, message_id, shown)
        tx.record("reveal", message_id, step=step.value, own=True)


def act(
    tx: Tx,
    message_id: str,
    what: OwnAct,
    *,
    whose: str | None = None,
    happened_at: datetime | None = None,
) -> None:
    """Write down one act of a recipient."""
    tx.session.add(
        RecipientAct(
            message_id=message_id,
            person_id=whose or tx.actor.person_id,
            act=what.value,
            at=tx.now,
            happened_at=happened_at,
        )
    )
    tx.session.flush()


def has_done(
    tx: Tx,
    message_id: str,
    *any_of: OwnAct,
    since: datetime | None = None,
    until: datetime | None = None,
) -> bool:
    """Whether the actor did any of these about their message, in that time."""
    found = select(RecipientAct.id).where(
        RecipientAct.message_id == message_id,
        RecipientAct.person_id == tx.actor.person_id,
        RecipientAct.act.in_([one.value for one in any_of]),
    )
    if since is not None:
        found = found.where(RecipientAct.at > since)
    if until is not None:
        found = found.where(RecipientAct.at <= until)
    return tx.session.scalar(found.limit(1)) is not None


def _still_waits(tx: Tx, message: Message) -> bool:
    state = State(message.state)
    open_still = state not in rules.TERMINAL and state is not State.UNFLAGGED
    return open_still and has_done(tx, message.id, OwnAct.FLAGGED)


def _alarm(tx: Tx, message: Message) -> None:
    if message.urgent and has_done(tx, message.id, OwnAct.ALARM) and _is_open(message):
        return  # a second press says nothing new
    if not has_done(tx, message.id, OwnAct.FLAGGED):
        add_flag(tx, message, FlagReason.MANUAL)
        act(tx, message.id, OwnAct.FLAGGED)
    act(tx, message.id, OwnAct.ALARM)
    bring_back(tx, message)
    raise_alarm(tx, message)


def _is_open(message: Message) -> bool:
    return State(message.state) not in {*rules.TERMINAL, State.UNFLAGGED}
