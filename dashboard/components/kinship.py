"""Who else a sender may be: suggestions, and what colleagues said. Only a person ever says so."""

from collections.abc import Sequence
from functools import partial

import streamlit as st

from dashboard import session, untrusted, words
from triage.core.commands import Tx
from triage.core.ids import short_ref
from triage.messages.queries.senders import Known, SenderView
from triage.messages.service.linking import confirm_link, reject_link, unlink
from triage.senders.rules import (
    GROUNDS,
    LONGEST_NOTE,
    TAKING_BACK,
    Because,
    IdentityKind,
    LinkReason,
    Verdict,
)

BECAUSE = {
    Because.FORM: "the addresses differ only in a + part or in dots",
    Because.HANDLE: "the same handle on another network",
    Because.CONTACT: "a message gives the same number, account or handle",
    Because.TEXT: "the same long text came from both",
}
REASONS = {
    LinkReason.THEIR_OWN_WORDS: "They say so themselves",
    LinkReason.SAME_MATTER: "The same matter, told alike",
    LinkReason.SAME_WORDING: "The same wording",
    LinkReason.SAME_DETAILS: "The same address, number or name",
    LinkReason.KNOWN_TO_US: "Known to us from elsewhere",
    LinkReason.SHARED: "Several people use it",
    LinkReason.MISTAKE: "It was a mistake",
    LinkReason.OTHER: "Another reason, in the note",
}
VERDICTS = {Verdict.SAME: "The same person", Verdict.DIFFERENT: "Two people"}
ALL_GROUNDS = tuple(dict.fromkeys(one for grounds in GROUNDS.values() for one in grounds))
ERASED = "[erased]"


def named(known: Sequence[Known]) -> str:
    """What somebody is known by, on one line. Outside text."""
    return ", ".join(_one(one) for one in known) or ERASED


def _one(known: Known) -> str:
    value = known.value or ERASED
    if known.kind is IdentityKind.HANDLE:
        return f"@{value} on {known.namespace}"
    if known.kind is IdentityKind.ACCOUNT:
        return f"account {value} of {words.service(known.namespace)}"
    return value


def draw_kinship(message_id: str, view: SenderView) -> None:
    """What was said of this sender and others, with a way to take it back; then who is alike."""
    if view.said:
        _said(message_id, view)
    if view.alike:
        _alike(message_id, view)


def _said(message_id: str, view: SenderView) -> None:
    with st.expander("What colleagues said about who this is"):
        untrusted.timeline(
            [
                (
                    words.when(one.at),
                    # Ours first: what comes last on a long line is cut.
                    f"{short_ref(one.link_id)}, {one.who}: {VERDICTS[one.verdict].lower()}. "
                    f"{REASONS[LinkReason(one.reason)]}. {named(one.one)} and {named(one.other)}",
                    one.note,
                )
                for one in view.said
            ]
        )
        choices = {one.link_id: f"{short_ref(one.link_id)}" for one in view.said}
        with st.form("unlink", border=False):
            which = st.selectbox(
                "Take back which?", list(choices), format_func=choices.__getitem__, index=None
            )
            reason, note = _why("unlink", TAKING_BACK)
            if st.form_submit_button("Take it back"):
                if which is None or reason is None:
                    st.session_state["problems"] = ["Choose what to take back, and why."]
                else:
                    _run(partial(unlink, message_id=message_id, link_id=which, reason=reason,
                                 note=note), message_id)  # fmt: skip
                st.rerun()


def _alike(message_id: str, view: SenderView) -> None:
    more = view.alike_count - len(view.alike)
    untrusted.say(
        "May be the same person as {count}. Only a person can say so.",
        kind="notice",
        count=words.plural(view.alike_count, "other sender"),
    )
    untrusted.facts(
        [
            (
                short_ref(one.sender_id),
                f"{'; '.join(BECAUSE[why] for why in one.because)}: {named(one.known)}",
            )
            for one in view.alike
        ]
    )
    if more:
        untrusted.say("And {more} more, shown as these are dealt with.", kind="quiet", more=more)
    choices = {one.sender_id: short_ref(one.sender_id) for one in view.alike}
    with st.form("kinship", border=False):
        which = st.selectbox(
            "Which other sender?", list(choices), format_func=choices.__getitem__, index=None
        )
        verdict = st.radio(
            "Are they?",
            list(Verdict),
            format_func=VERDICTS.__getitem__,
            index=None,
            horizontal=True,
        )
        reason, note = _why("kinship", ALL_GROUNDS)
        if st.form_submit_button("Say so"):
            if which is None or verdict is None or reason is None:
                st.session_state["problems"] = ["Choose a sender, what they are, and why."]
            else:
                command = confirm_link if verdict is Verdict.SAME else reject_link
                _run(partial(command, message_id=message_id, other_id=which, reason=reason,
                             note=note), message_id)  # fmt: skip
            st.rerun()


def _why(key: str, grounds: Sequence[LinkReason]) -> tuple[LinkReason | None, str]:
    reason = st.selectbox(
        "Why?", list(grounds), format_func=REASONS.__getitem__, index=None, key=f"{key}_reason"
    )
    note = st.text_input("Note, if need be", max_chars=LONGEST_NOTE, key=f"{key}_note")
    return reason, note


def _run(command: "partial[str] | partial[None]", message_id: str) -> None:
    def done(tx: Tx) -> bool:
        command(tx)
        return True

    if session.run(done):
        st.session_state["done"] = (message_id, "Said, and on the record.", False)
