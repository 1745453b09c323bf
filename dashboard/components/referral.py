"""One report to the police, or the thought of one: what it rests on, and what became of it."""

from collections.abc import Collection
from functools import partial

import streamlit as st

from dashboard import session, untrusted
from dashboard import words as general
from dashboard import words_police as words
from dashboard.components.called import shown_route
from triage.core.access import Actor
from triage.messages.queries.evidence import Ground, grounds
from triage.referrals.operator import ToSay, Us, operator_lines
from triage.referrals.queries import ReferralItem
from triage.referrals.service.deciding import open_evidence


def read_grounds(viewer: Actor, found: ReferralItem) -> list[Ground]:
    """The messages that it rests on."""
    ids = [one.id for one in found.matters if one.kind == "message"]
    with session.desk().database.read() as db:
        return grounds(db, viewer=viewer, message_ids=ids)


def all_open(found: Collection[Ground]) -> bool:
    """Whether the viewer has opened everything that it rests on."""
    return all(one.text is not None for one in found)


def draw_facts(found: ReferralItem) -> None:
    """Where it stands, in names and values."""
    row = found.row
    untrusted.row("", words.chips(row), f"since {general.when(row.state_since)}")
    pairs = [("Put forward by", f"{row.considered_by}, {general.when(row.considered_at)}")]
    if found.authorised_by is not None:
        pairs.append(
            ("Authorised by", f"{found.authorised_by}, {general.when(found.authorised_at)}")
        )
    if found.lawful_basis is not None:
        pairs.append(("Lawful basis", words.BASES[found.lawful_basis]))
        out = "goes with it" if found.reporter_data else "stays out"
        pairs.append(("The reporter's data", out))
    if found.reporter_wish:
        pairs.append(("The reporter's wish", found.reporter_wish))
    if row.submitted_at is not None:
        pairs += [
            ("Handed over by", f"{found.submitted_by}, {general.when(row.submitted_at)}"),
            ("Recorded", general.when(found.recorded_at)),
            ("How", shown_route(row.route, found.other_route)),
            ("Force", found.force),
        ]
    if found.pack_hash:
        pairs.append(("Evidence pack, SHA-256", found.pack_hash))
    if found.reference:
        kind = "" if found.reference_kind is None else words.REFERENCES[found.reference_kind]
        pairs.append((kind, found.reference))
    if found.officer:
        pairs.append(("Who deals with it there", found.officer))
    if row.chase_at is not None:
        pairs.append(("We ask next", general.when(row.chase_at)))
    if row.at_risk is not None:
        pairs.append(("Person at risk", f"{words.AT_RISK[row.at_risk]} ({found.at_risk_by})"))
    if found.conclusion is not None:
        pairs.append(("It ended with", words.CONCLUSIONS[found.conclusion]))
    untrusted.facts(pairs)
    _said("Why it was put forward", found.reason)
    _said("To be handed over", found.disclosed)
    before = ", as said before it was asked anew" if row.at_risk is None else ""
    _said(f"Of the person at risk{before}", found.at_risk_note)


def draw_evidence(found: ReferralItem, rests_on: Collection[Ground]) -> None:
    """Each message covered, until it is opened by a press; the press is on the record."""
    st.header("What it rests on", anchor=False)
    shown: set[str] = st.session_state.setdefault("evidence", set())
    if found.unlinked and found.row.ended_at is None:
        untrusted.say("{why}", kind="notice", why=words.unlinked(found.unlinked, found.row.state))
    for one in rests_on:
        with st.container(border=True):
            untrusted.row(
                one.from_address or "No sender given",
                [("opened by you", "")] if one.text is not None else [],
                f"{general.service(one.service)}, {general.CHANNELS[one.channel].lower()}, "
                f"received {general.when(one.received_at)}; original of {general.size(one.size)}",
            )
            if one.id in found.unlinked:
                untrusted.say("Not linked with this person any more.", kind="quiet")
            if one.text is not None and one.id in shown:
                if one.subject:
                    untrusted.say("Subject: {subject}", subject=one.subject)
                untrusted.letter(one.text)
                if one.rest:
                    with st.expander("Quoted mail and attached text"):
                        untrusted.letter(one.rest)
                untrusted.facts([("SHA-256 of the original", one.sha256)])
            else:
                st.button(
                    words.open_evidence(one.id),
                    key=f"evidence_{one.id}",
                    on_click=_open,
                    args=(found.row.id, one.id),
                )


def _open(referral_id: str, message_id: str) -> None:
    session.run(partial(open_evidence, referral_id=referral_id, message_id=message_id))
    if not session.failed():
        st.session_state.setdefault("evidence", set()).add(message_id)


def draw_operator(found: ReferralItem, rests_on: Collection[Ground]) -> None:
    """Five lines to read to the operator, copied in one press.

    What the message says, and who may be at risk, is put in words by who calls: the words are
    kept on this page alone.
    """
    ours = session.desk().settings
    with st.expander("Five lines to read to the operator", expanded=found.row.danger_now):
        said = st.text_input(
            "In one line, what it says", key=f"operator_said_{found.row.id}", max_chars=200
        )
        at_risk = st.text_input(
            "Who may be at risk", key=f"operator_risk_{found.row.id}", max_chars=200
        )
        senders = sorted({one.from_address for one in rests_on if one.from_address})
        about = ToSay(
            referral_id=found.row.id,
            received_at=min((one.received_at for one in rests_on), default=found.row.considered_at),
            said=said,
            at_risk=at_risk,
            sender=", ".join(senders),
        )
        us = Us(ours.organisation, ours.signed_as, "", ours.police_phone)
        untrusted.copyable("\n".join(operator_lines(us, about)))


def draw_past(found: ReferralItem) -> None:
    """Who said no, what was handed over, and every step."""
    if found.refusals:
        st.header("Who said no", anchor=False)
        untrusted.timeline(
            [
                (
                    general.when(one.at),
                    one.who if one.counts else f"{one.who}, before it was taken up again",
                    one.reason,
                )
                for one in found.refusals
            ]
        )
    if found.disclosures:
        st.header("What the police were given", anchor=False)
        untrusted.timeline(
            [
                (
                    general.when(one.at),
                    f"{one.who}, to {one.to_whom}: {words.BASES[one.lawful_basis].lower()}"
                    f"{f'; pack {one.pack_hash}' if one.pack_hash else ''}",
                    one.what,
                )
                for one in found.disclosures
            ]
        )
    st.header("History", anchor=False)
    untrusted.timeline(
        [
            (general.when(one.at), f"{one.who} {words.EDGES.get(one.edge, one.edge)}", one.reason)
            for one in found.steps
        ]
    )


def _said(name: str, text: str) -> None:
    if text:
        untrusted.say("{name}:", kind="quiet", name=name)
        untrusted.letter(text)
