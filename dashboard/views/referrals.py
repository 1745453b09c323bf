"""Police: what waits for the viewer, every report, and one of them in full."""

from collections.abc import Sequence

import streamlit as st

from dashboard import frame, session, untrusted
from dashboard import words as general
from dashboard import words_following as following
from dashboard import words_police as words
from dashboard.components import (
    acting,
    called,
    checked,
    pack,
    referral,
    referral_acts,
    unmarked,
)
from dashboard.components.following import draw_following
from dashboard.components.referral_acts import May
from triage.core.access import Action, Actor, can
from triage.core.errors import NotFound
from triage.core.ids import is_id, short_ref
from triage.referrals import queries, rules
from triage.referrals.queries import ReferralItem, ReferralRow, Waiting, invited
from triage.staff.processes import Process


def draw() -> None:
    """The lists; with ``?referral=`` in the URL, that one. 999 stands before everything."""
    viewer = session.guard(Action.READ_REFERRALS, invited)
    if _of_the_team(viewer):
        frame.banners()
    untrusted.say(general.DANGER, kind="danger")
    asked = st.query_params.get("referral")
    if asked is None and _of_the_team(viewer):
        _lists(viewer)
    elif asked is None:
        _asked(viewer)
    else:
        _one(viewer, asked)


def _lists(viewer: Actor) -> None:
    st.title("Police", anchor=False)
    session.draw_problems()
    desk = session.desk()
    now = desk.clock.now()
    with desk.database.read() as db:
        waiting = queries.waiting_for_me(db, viewer=viewer, now=now)
        live = queries.all_live(db, viewer=viewer, now=now)
        late = queries.late_records(db, viewer=viewer, now=now)
        over = queries.ended(db, viewer=viewer, now=now)
    st.header("Waiting for you", anchor=False)
    if not waiting.count:
        untrusted.say("Nothing waits for you here.")
    parts = (
        ("To decide: does it go to the police?", waiting.to_decide, "decide"),
        ("Somebody said no: a second person decides", waiting.to_say_no_second, "second"),
        ("Authorised: to be handed over", waiting.to_submit, "submit"),
        ("A reference has not come: ask for it", waiting.reference_due, "reference"),
        ("Ask the police for news", waiting.news_due, "news"),
        ("What became of telling the person at risk?", waiting.at_risk_unanswered, "risk"),
    )
    listed: set[str] = set()
    for title, rows, key in parts:
        # Each stands once, under what comes first; its chips say the rest.
        fresh = [row for row in rows if row.id not in listed]
        listed |= {row.id for row in fresh}
        if fresh:
            untrusted.say("{title}", title=title)
            _rows(fresh, key)
    if not can(viewer, Action.REVIEW):
        _call_about(viewer)
    st.header("Live", anchor=False)
    awaiting = [row for row in live if row.awaiting_reference]
    if not live:
        untrusted.say("No report is being considered or with the police.")
    if awaiting:
        untrusted.say("Handed over, and no reference has come yet:")
        _rows(awaiting, "awaiting")
    others = [row for row in live if not row.awaiting_reference]
    _rows([row for row in others if row.id not in listed], "live")
    if any(row.id in listed for row in others):
        untrusted.say("What waits for you is live too, and stands above.", kind="quiet")
    if late:
        st.header("Recorded late", anchor=False)
        untrusted.say("Calls in danger that were written down more than a day after.")
        _rows(late, "late")
    if over:
        with st.expander("Ended"):
            _rows(over[::-1], "ended")


def _call_about(viewer: Actor) -> None:
    """999 was called about a message of which no report is considered yet. Who reviews finds this
    on the page of the message."""
    if st.session_state.get("done_act") == "call":
        st.session_state.pop("call_about", None)
    own = st.session_state.get("call_about")
    check = None if own is None else checked.pending(own)
    if check is not None:
        checked.draw_check(check, called.do)
        return
    checked.draw_done()
    with st.expander("999 was called about a message", expanded=own is not None):
        typed = acting.ask_reference("call_reference")
        found = None if typed is None else acting.find(viewer, typed)
        if found is not None:
            own = st.session_state["call_about"] = found.id
        if own is not None:
            untrusted.say("About message {ref}.", kind="notice", ref=short_ref(own))
    if own is not None:
        called.draw_called(viewer, own, 0)


def _of_the_team(viewer: Actor) -> bool:
    """Whether all of this is theirs to read, and not one matter that they were asked into."""
    return can(viewer, Action.READ_REFERRALS)


def _asked(viewer: Actor) -> None:
    """What somebody from outside was asked into, and nothing else: no list, no count of others."""
    st.title("Police", anchor=False)
    session.draw_problems()
    desk = session.desk()
    with desk.database.read() as db:
        rows = queries.asked_into(db, viewer=viewer, now=desk.clock.now())
    untrusted.say(
        "You were asked to help to decide what stands here. Open it, read what it rests on, and "
        "decide."
    )
    _rows(rows, "asked")


def _rows(rows: Sequence[ReferralRow], key: str) -> None:
    for row in rows:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            untrusted.row(
                words.title(row.id),
                words.chips(row),
                f"put forward by {row.considered_by}, {general.when(row.considered_at)}; "
                f"{general.plural(row.messages, 'message')}",
            )
            st.button(
                words.open_referral(row), key=f"{key}_{row.id}", on_click=_open, args=(row.id,)
            )


def _open(referral_id: str) -> None:
    st.query_params["referral"] = referral_id


def _one(viewer: Actor, referral_id: str) -> None:
    read = _read(viewer, referral_id)
    if read is None:
        st.title("Police", anchor=False)
        session.draw_problems()
        untrusted.problem([rules.NO_SUCH_REFERRAL])
        _back()
        return
    found, waiting, held = read
    st.title(words.title(referral_id), anchor=False)
    session.draw_problems()
    checked.draw_done()
    next_act = following.of_police(found.row)
    if not _of_the_team(viewer):
        next_act = "" if waiting.count else following.GUEST
    draw_following([next_act] if next_act else [])
    rests_on = referral.read_grounds(viewer, found)
    # Evidence and decision side by side; on a phone the decision follows the evidence.
    wide, side = st.columns([3, 2], gap="large")
    with wide:
        referral.draw_facts(found)
        referral.draw_evidence(found, rests_on)
        packs = pack.draw_pack(viewer, found.row.id)
    with side:
        unmarked.draw(viewer, referral_id)
        _draw_refusals(found)
        if _of_the_team(viewer):
            referral.draw_operator(found, rests_on)
        may = May(waiting, held, referral.all_open(rests_on), packs)
        referral_acts.draw_acts(viewer, found, may)
    referral.draw_past(found)
    _back()


def _read(
    viewer: Actor, referral_id: str
) -> tuple[ReferralItem, Waiting, frozenset[Process]] | None:
    if not is_id(referral_id):
        return None
    desk = session.desk()
    now = desk.clock.now()
    with desk.database.read() as db:
        try:
            found = queries.referral(
                db, viewer=viewer, vault=desk.vault, referral_id=referral_id, now=now
            )
        except NotFound:
            return None
        waiting = queries.waiting_for_me(db, viewer=viewer, now=now)
        held = queries.offices(db, viewer=viewer, referral_id=referral_id, now=now)
        return found, waiting, held


def _draw_refusals(found: ReferralItem) -> None:
    """Two people decide against it (P-POL-1): how many have."""
    if found.row.state is rules.State.CONSIDERING:
        untrusted.say(
            "{count} of {needed} have said that it is not to be referred.",
            kind="notice" if found.row.refusals else "quiet",
            count=found.row.refusals,
            needed=rules.DECIDERS_AGAINST,
        )


def _back() -> None:
    st.button("Back to the list", key="back", on_click=_leave)


def _leave() -> None:
    st.query_params.pop("referral", None)
    for name in ("check", "kept_answers", "evidence"):
        st.session_state.pop(name, None)
    pack.forget()
