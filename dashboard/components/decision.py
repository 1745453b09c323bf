"""The decision bar: what the message is, how severe, and on to the next."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted, words, words_together
from dashboard.components import hurry, ticks
from dashboard.components.notices import remember
from triage.conduct.clauses import GUIDELINES, POLICY_VERSION, clause
from triage.conduct.kinds import Disposition, Severity
from triage.core.ids import new_id
from triage.messages.queries.queue import Filters, next_waiting
from triage.messages.queries.reading import Item, exposure
from triage.messages.service import review as reviewing
from triage.messages.service import together
from triage.messages.service.together import Chosen

KEYS = {
    "none": "1",
    "threatening": "2",
    "aggressive": "3",
    "offensive": "4",
    "otherwise_inappropriate": "5",
}
SEVERITY_KEYS = {"low": "7", "medium": "8", "high": "9"}


def draw_decision(found: Item, filters: Filters) -> None:
    """Choices set and never toggle; 0 clears; Ctrl+Enter decides and opens the next.

    Every button is of this one message: a click that was meant for the one before, and arrives
    late, finds no button and does nothing.
    """
    own = found.row.id
    hurry.drawn(own)
    st.header("What is it?", anchor=False)
    _sitting()
    labels: set[str] = st.session_state.setdefault("labels", set())
    with st.container(gap="xsmall"):
        for label, key in KEYS.items():
            st.button(
                words.chosen(label, on=label in labels),
                key=f"choose_{label}_{own}",
                shortcut=session.key(key),
                on_click=choose,
                args=(label, own),
                type="primary" if label in labels else "secondary",
                width="stretch",
            )
    st.markdown("How severe? (not for “none of these”)")
    with st.container(horizontal=True):
        for level, key in SEVERITY_KEYS.items():
            on = st.session_state.get("severity") == level
            st.button(
                words.severity(level, on=on),
                key=f"severity_{level}_{own}",
                shortcut=session.key(key),
                on_click=choose_severity,
                args=(level, own),
                type="primary" if on else "secondary",
            )
    st.text_input("Note for the record (optional)", key="note", max_chars=2000)
    st.session_state.setdefault("token", new_id())
    ticked = len(ticks.chosen())
    if ticked and st.session_state.get("severity") == "high":
        untrusted.say("High severity is decided one by one: untick the others.", kind="notice")
    with st.container(horizontal=True):
        st.button(
            words_together.decide(ticked),
            key=f"decide_{own}_{ticked}" if ticked else f"decide_{own}",
            shortcut=session.key("Ctrl+Enter"),
            on_click=decide,
            args=(found.row.id, filters),
            type="primary",
        )
        st.button("Clear", key=f"clear_{own}", shortcut=session.key("0"), on_click=clear_choice)
        st.button(
            "Skip",
            key=f"skip_{own}",
            shortcut=session.key("S"),
            on_click=put_back,
            args=(found.row.id, filters, True),
        )
        st.button("Help", key=f"help_{own}", shortcut=session.key("H"), on_click=_toggle_help)
    _guideline()


def choose(label: str, own: str) -> None:
    """Set a label: "none" stands alone, the four may stand together."""
    if hurry.late(own):
        return
    labels: set[str] = st.session_state.setdefault("labels", set())
    st.session_state["labels"] = {"none"} if label == "none" else (labels - {"none"}) | {label}


def choose_severity(level: str, own: str) -> None:
    """Set the severity."""
    if not hurry.late(own):
        st.session_state["severity"] = level


def clear_choice() -> None:
    """Forget what was chosen for this message."""
    for name in ("labels", "severity", "note", "token", "shown", "version", "kept"):
        st.session_state.pop(name, None)


def chosen_labels() -> frozenset[Disposition]:
    """The chosen ones of the policy's four words (P-MSG-2)."""
    return frozenset(
        Disposition(one) for one in st.session_state.get("labels", ()) if one != "none"
    )


def chosen_severity() -> Severity | None:
    """The chosen severity."""
    level = st.session_state.get("severity")
    return None if level is None else Severity(level)


def decide(message_id: str, filters: Filters) -> None:
    """Decide on the message as it was shown, and on each that is ticked; open the next one."""
    if hurry.late(message_id) or hurry.hurried():
        return
    if not st.session_state.get("labels"):
        st.session_state["problems"] = ["Choose what the message is: 1 to 5."]
        return
    labels = chosen_labels()
    outcome = session.act(
        partial(
            together.decide_together,
            opened=Chosen(message_id, st.session_state["version"]),
            ticked=ticks.chosen(),
            labels=labels,
            severity=chosen_severity(),
            note=st.session_state.get("note", ""),
            token=st.session_state["token"],
        )
    )
    if session.failed():
        # Somebody may have been faster: what this person wrote is not lost with their hold.
        st.session_state["kept"] = st.session_state.get("note", "")
        return
    said = words.kinds(tuple(one.value for one in Disposition if one in labels))
    others = outcome.done[1:] if outcome is not None else ()
    more = words_together.beside(len(others))
    remember(
        message_id,
        f"You marked message {{ref}}{more} as {said or 'none of these'}.",
        undoable=True,
        others=others,
    )
    go_on(filters)
    ticks.report(outcome, "was not decided")


def put_back(message_id: str, filters: Filters, skip: bool) -> None:
    """Put the message back, no reason asked; skipped ones stay away for this sitting."""
    if hurry.late(message_id):
        return
    session.run(
        partial(
            reviewing.release,
            message_id=message_id,
            version=st.session_state["version"],
            sitting=session.sitting() if skip else None,
        )
    )
    if session.failed():
        return
    said = "Skipped: message {ref} waits for somebody else." if skip else "Message {ref} is back."
    remember(message_id, said, undoable=False)
    if skip:
        go_on(filters)
    else:
        leave_item()


def go_on(filters: Filters) -> None:
    """Open the next message of this choice, or go back to the list when there is none."""
    forget_item()
    desk = session.desk()
    here = session.signed_in()
    if here is None:
        return
    with desk.database.read() as db:
        following = next_waiting(
            db,
            viewer=here.actor(),
            now=desk.clock.now(),
            filters=filters,
            sitting=session.sitting(),
        )
    show(following)


def show(message_id: str | None) -> None:
    """Put a message, or the list, into the URL; remembered until the browser has followed."""
    st.session_state["following"] = (st.query_params.get("message"), message_id)
    if message_id is None:
        st.query_params.pop("message", None)
    else:
        st.query_params["message"] = message_id


def asked_for() -> str | None:
    """The message in the URL. A key pressed in the same moment still carries the URL of before."""
    asked = st.query_params.get("message")
    kept: tuple[str | None, str | None] = st.session_state.pop("following", (None, None))
    before, following = kept
    if asked is not None and asked == before != following:
        show(following)
        return following
    return asked


def leave_item() -> None:
    """Go back to the list, with nothing chosen."""
    forget_item()
    show(None)


def forget_item() -> None:
    """Nothing is chosen, what was taken beside it goes back, and the next is opened afresh."""
    clear_choice()
    ticks.let_go()
    for name in ("opened", "deciding"):
        st.session_state.pop(name, None)


def _toggle_help() -> None:
    st.session_state["help_on"] = not st.session_state.get("help_on", False)


def _guideline() -> None:
    """The clause beside the decision."""
    stated = clause("P-MSG-2")
    untrusted.say(
        "{id}, policy {version}: {summary}",
        kind="quiet",
        id=stated.id,
        version=POLICY_VERSION,
        summary=stated.summary,
    )


def draw_help() -> None:
    """When each label holds, and the keys: across the page, once it is asked for."""
    if not st.session_state.get("help_on", False):
        return
    untrusted.table(
        "When each holds", ("Label", "Holds when"), [(g.title, g.holds_when) for g in GUIDELINES]
    )
    untrusted.say(
        "Keys: 1 to 5 set what it is, 7 to 9 how severe, 0 clears, Ctrl+Enter decides and "
        "opens the next, S skips, U undoes, M and F uncover. They can be switched off on "
        "your page.",
        kind="quiet",
    )


def _sitting() -> None:
    """How much this person has looked at, and when to stop for a while."""
    desk, here = session.desk(), session.signed_in()
    if here is None:
        return
    session.sitting()
    since = st.session_state["sitting_since"]
    with desk.database.read() as db:
        seen = exposure(db, viewer=here.actor(), since=since)
    limits = desk.settings
    untrusted.say(
        "{seen} of {limit} in this sitting",
        kind="quiet",
        seen=seen.messages,
        limit=limits.sitting_limit,
    )
    minutes = (
        0 if seen.first_at is None else (desk.clock.now() - seen.first_at).total_seconds() / 60
    )
    if (
        seen.severe >= limits.severe_limit
        or seen.messages >= limits.sitting_limit
        or minutes >= limits.sitting_minutes
    ):
        untrusted.say(
            "Time for a break: you have looked at {severe} and {all} in this sitting. "
            "Somebody else can take the next one.",
            kind="notice",
            severe=words.plural(seen.severe, "severe message"),
            all=words.plural(seen.messages, "message in all", "messages in all"),
        )
        for line in limits.support_lines:
            untrusted.say("{line}", kind="quiet", line=line)
        st.button("I have had a break", key="break", on_click=session.new_sitting)
