"""The other ways out of a message: a second look, welfare, passing on, putting back, reopening."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted, words, words_together
from dashboard.components import caring, decision, hurry, ticks
from dashboard.components.notices import remember
from dashboard.views import propose
from triage.conduct.kinds import Disposition, RoutedTo
from triage.core.access import Actor
from triage.messages.queries.queue import Filters
from triage.messages.queries.reading import Item
from triage.messages.rules import State as MessageState
from triage.messages.service import children, concern, flags, together
from triage.messages.service import review as reviewing
from triage.messages.service.together import Chosen, Outcome
from triage.referrals.service import considering

ELSEWHERE = [one for one in words.ROUTES if one != RoutedTo.NOT_OURS]
"""Where a message may be passed on to; that a forward is not ours is said apart."""


def draw_ways(viewer: Actor, found: Item, filters: Filters) -> None:
    """Everything but the plain decision, for who holds the message."""
    message_id = found.row.id
    st.header("Other ways", anchor=False)
    if found.row.particular_concern:
        _draw_concern(viewer, found)
    if found.welfare is not None and found.welfare.done_at is None:
        caring.draw_welfare(viewer, found, filters)
    if st.button("Propose a restriction", key=f"propose_{message_id}"):
        page = st.Page(propose.draw, title="Propose a restriction", url_path="propose")
        st.switch_page(page, query_params={"message": message_id})
    with st.expander("Ask a colleague for a second look"), st.form("second_look", border=False):
        concerned = st.checkbox(
            "Of particular concern: it goes to the urgent lane, a report to the police is "
            "considered, and it cannot close without two people"
        )
        note = st.text_area("What should they look at?", max_chars=2000)
        if st.form_submit_button("Ask for a second look"):
            _ask(message_id, filters, note, concerned)
    if found.welfare is None and not caring.suspected(found):
        with st.expander("Somebody may be at risk"):
            caring.draw_offer(found, filters)
    with st.expander("Pass it on: no matter of conduct"), st.form("route", border=False):
        to = st.selectbox("Where to?", ELSEWHERE, format_func=words.route, index=None)
        note = st.text_input("Note (optional)", max_chars=2000)
        if ticks.chosen():
            st.markdown("As spam it goes together with what is ticked; else untick that first.")
        if st.form_submit_button("Pass it on"):
            _route(message_id, filters, to, note)
    with (
        st.expander("Note for colleagues"),
        st.form("add_note", border=False, clear_on_submit=True),
    ):
        text = st.text_area("Note", max_chars=flags.LONGEST_NOTE)
        if st.form_submit_button("Add the note"):
            session.run(partial(flags.add_note, message_id=message_id, text=text))
            st.rerun()
    st.button(
        "Pass this to someone else (no reason asked)",
        key=f"hand_over_{message_id}",
        on_click=decision.put_back,
        args=(message_id, filters, False),
    )


def draw_closed(found: Item) -> None:
    """A closed message: what it was decided to be, and the way to take it up again."""
    st.header("Closed", anchor=False)
    untrusted.facts(
        [
            ("Result", words.STATES[found.row.state]),
            ("Decided as", words.kinds(found.row.dispositions or ()) or "none of these"),
            ("Severity", found.row.severity or "none"),
            ("When", words.when(found.decided_at)),
        ]
    )
    with st.expander("Take it up again"), st.form("reopen", border=False):
        reason = st.text_area("Why?", max_chars=2000)
        fresh = st.checkbox("There is something new that was not known then")
        if st.form_submit_button("Reopen"):
            session.run(
                partial(
                    reviewing.reopen,
                    message_id=found.row.id,
                    version=st.session_state["version"],
                    reason=reason,
                    new_evidence=fresh,
                )
            )
            st.session_state.pop("opened", None)
            st.rerun()


def draw_actioned(found: Item) -> None:
    """What was acted upon closes by a person; while something is open, it says what (P-POL-1)."""
    message_id = found.row.id
    st.header("Acted upon", anchor=False)
    untrusted.facts(
        [
            ("Said to be", words.kinds(found.row.dispositions or ()) or "not said"),
            ("Severity", found.row.severity or "none"),
        ]
    )
    with st.form("close_actioned", border=False):
        note = st.text_input("Note for the record (optional)", max_chars=2000)
        if st.form_submit_button("Close it", key=f"close_actioned_{message_id}", type="primary"):
            session.run(
                partial(
                    children.close_actioned,
                    message_id=message_id,
                    version=st.session_state["version"],
                    note=note,
                )
            )
            if not session.failed():
                remember(message_id, "Message {ref} is closed.", undoable=False)
            st.rerun()


def _draw_concern(viewer: Actor, found: Item) -> None:
    message_id = found.row.id
    untrusted.say(
        "Of particular concern. It cannot close until a police referral is dealt with, or two "
        "people take the mark back.",
        kind="danger",
    )
    if found.concern_withdrawal_by is None:
        st.button(
            "Ask to take the mark back",
            key=f"ask_withdrawal_{message_id}",
            on_click=_with_version,
            args=(concern.ask_withdrawal, message_id),
        )
    elif found.concern_withdrawal_by == viewer.person_id:
        untrusted.say(
            "You asked to take the mark back. Ask for a second look, so that somebody can agree.",
            kind="notice",
        )
    else:
        untrusted.say("A colleague asks to take the mark back.", kind="notice")
        st.button(
            "Agree: take the mark back",
            key=f"confirm_withdrawal_{message_id}",
            on_click=_with_version,
            args=(concern.confirm_withdrawal, message_id),
        )


def draw_own_mark(viewer: Actor, found: Item) -> None:
    """Who set the mark takes it back alone, for some minutes, if nothing has happened since."""
    row = found.row
    if not (row.particular_concern and found.concern_by == viewer.person_id):
        return
    if row.state is not MessageState.SECOND_LOOK:
        return
    minutes = int(session.desk().settings.undo_time.total_seconds() // 60)
    untrusted.say(
        "You marked this as of particular concern. Within {minutes} minutes, while nobody has done "
        "anything about it, you take the mark back alone; afterwards it needs two people. A report "
        "to the police that is considered of it goes on until it is decided.",
        kind="quiet",
        minutes=minutes,
    )
    st.button(
        "Take the mark back",
        key=f"withdraw_own_{row.id}",
        on_click=session.run,
        args=(partial(concern.withdraw_own, message_id=row.id, version=found.version),),
    )


def _with_version(command, message_id: str) -> None:  # type: ignore[no-untyped-def]
    session.run(partial(command, message_id=message_id, version=hurry.version()))


def _ask(message_id: str, filters: Filters, note: str, concerned: bool) -> None:
    """P-POL-1: marking of particular concern and considering a report are one act."""
    labels = decision.chosen_labels()
    session.run(
        partial(
            considering.mark_concern if concerned else reviewing.ask_second_look,
            message_id=message_id,
            version=st.session_state["version"],
            note=note,
            labels=tuple(one for one in Disposition if one in labels),
            severity=decision.chosen_severity(),
            token=st.session_state["token"],
        )
    )
    said = "A colleague will look at message {ref}."
    if concerned:
        said += " A report to the police is being considered."
    _next(message_id, filters, said, undoable=False)


def _route(message_id: str, filters: Filters, to: str | None, note: str) -> None:
    if to is None:
        st.session_state["problems"] = ["Choose where the message goes."]
        st.rerun()
    outcome = session.act(
        partial(
            together.pass_on_together,
            opened=Chosen(message_id, st.session_state["version"]),
            ticked=ticks.chosen(),
            to=RoutedTo(to),
            note=note,
            token=st.session_state["token"],
        )
    )
    _next(message_id, filters, "You passed message {ref}{more} on.", undoable=True, outcome=outcome)


def _next(
    message_id: str, filters: Filters, said: str, *, undoable: bool, outcome: Outcome | None = None
) -> None:
    if not session.failed():
        others = () if outcome is None else outcome.done[1:]
        said = said.replace("{more}", words_together.beside(len(others)))
        remember(message_id, said, undoable=undoable, others=others)
        decision.go_on(filters)
        ticks.report(outcome, "was not passed on")
    st.rerun()
