"""Decisions: what waits for whom, what is in force, and one restriction with its evidence."""

from collections.abc import Sequence
from datetime import date, time
from functools import partial
from typing import Any

import streamlit as st

from dashboard import frame, session, untrusted
from dashboard import words as common
from dashboard import words_decisions as words
from dashboard import words_following as following
from dashboard.components import answers, restriction
from dashboard.components.deciding import May, draw_acts
from dashboard.components.following import draw_following
from dashboard.components.letters import draw_letters, draw_waiting
from triage.core.access import Action, Actor, can
from triage.core.errors import NotFound
from triage.core.ids import is_id
from triage.letters.rules import LetterKind
from triage.restrictions import rules
from triage.restrictions.following import Coming
from triage.restrictions.queries import appeals as appeal_queries
from triage.restrictions.queries import lists, tasks
from triage.restrictions.queries.following import what_follows
from triage.restrictions.queries.reach import invited, offices
from triage.restrictions.queries.reading import (
    NO_SUCH_RESTRICTION,
    RestrictionItem,
)
from triage.restrictions.queries.reading import restriction as read_one
from triage.restrictions.queries.rows import RestrictionRow
from triage.restrictions.queries.tasks import LateTask
from triage.restrictions.rules import State
from triage.restrictions.service import notices
from triage.restrictions.service.appeals import Outcome, record_appeal
from triage.staff.calendar import at_clock, local_day

LETTERS = {
    LetterKind.NOTICE_OF_RESTRICTION: notices.draft_notice,
    LetterKind.APPEAL_OUTCOME: notices.draft_outcome,
    LetterKind.RESTRICTION_ENDED: notices.draft_ended,
}


def draw() -> None:
    """The lists; with ``?restriction=`` in the URL, that one."""
    viewer = session.guard(Action.READ_RESTRICTIONS, invited)
    if _of_the_team(viewer):
        frame.banners()
    untrusted.say(common.DANGER, kind="danger")
    chosen = st.query_params.get("restriction")
    if chosen is None and _of_the_team(viewer):
        _lists(viewer)
    elif chosen is None:
        _asked(viewer)
    else:
        _one(viewer, chosen)


def _lists(viewer: Actor) -> None:
    st.title("Decisions", anchor=False)
    answers.take_problems()
    _said()
    desk = session.desk()
    now = desk.clock.now()
    given: dict[str, Any] = {"viewer": viewer, "vault": desk.vault, "now": now}
    with desk.database.read() as db:
        mine = lists.waiting_for_me(db, **given)
        own = lists.my_proposals(db, **given)
        against = appeal_queries.appeals_waiting_for_me(db, **given)
        soon = lists.lapsing_soon(db, **given)
        due = lists.due_for_review(db, **given)
        held = lists.in_force_now(db, **given)
        late = tasks.overdue_tasks(db, viewer=viewer, now=now, settings=desk.settings)
    untrusted.strip(
        [
            ("Wait for you", str(len(mine)), "to approve or decline"),
            ("Appeals for you", str(len(against)), "to decide"),
            ("Lapse soon", str(len(soon)), "within a day, unless confirmed"),
            ("Due for review", str(len(due)), "past their date"),
            ("Late tasks", str(len(late)), "in services and channels"),
            ("In force", str(len(held)), "now"),
        ]
    )
    st.header("Wait for you", anchor=False)
    _rows(mine, "mine", "Nothing waits for your yes or no.")
    if own:
        st.header("Proposed by you, and not decided yet", anchor=False)
        _rows(own, "own", "")
    draw_waiting(viewer)
    st.header("Appeals that wait for you", anchor=False)
    _rows(against, "against", "No appeal waits for you.")
    _appeal_form()
    st.header("Lapse within a day", anchor=False)
    _rows(soon, "soon", "Nothing lapses within a day.")
    st.header("Due for review", anchor=False)
    _rows(due, "due", "No review is due.")
    st.header("Late in a service or channel", anchor=False)
    _late(late)
    st.header("In force now", anchor=False)
    _rows(held, "held", "Nothing is in force.")


def _of_the_team(viewer: Actor) -> bool:
    """Whether all of this is theirs to read, and not one matter that they were asked into."""
    return can(viewer, Action.READ_RESTRICTIONS)


def _asked(viewer: Actor) -> None:
    """What somebody from outside was asked into, and nothing else: no list, no count of others."""
    st.title("Decisions", anchor=False)
    answers.take_problems()
    _said()
    desk = session.desk()
    with desk.database.read() as db:
        rows = lists.asked_into(db, viewer=viewer, vault=desk.vault, now=desk.clock.now())
    untrusted.say(
        "You were asked to help to decide what stands here. Open it, read what it rests on, and "
        "decide. Nobody who has had a part in it decides again."
    )
    _rows(rows, "asked", "You are asked into nothing now.")


def _rows(rows: Sequence[RestrictionRow], key: str, none: str) -> None:
    if not rows:
        untrusted.say("{none}", kind="quiet", none=none)
    for row in rows:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            untrusted.row(restriction.who(row), restriction.chips(row), restriction.quiet(row))
            st.button(words.open_one(row.id), key=f"{key}_{row.id}", on_click=_open, args=(row.id,))


def _late(late: Sequence[LateTask]) -> None:
    if not late:
        untrusted.say("No task is late.", kind="quiet")
    for one in late:
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            since = f"since {common.when(one.state_since)}, due {common.when(one.due_at)}"
            untrusted.row(words.target(one.target), [(words.TASKS[one.state], "medium")], since)
            st.button(
                words.open_one(one.restriction_id),
                key=f"late_{one.id}",
                on_click=_open,
                args=(one.restriction_id,),
            )


def _open(restriction_id: str | None) -> None:
    answers.forget()
    st.query_params.pop("letter", None)
    if restriction_id is None:
        st.query_params.pop("restriction", None)
    else:
        st.query_params["restriction"] = restriction_id


def _said() -> None:
    said = st.session_state.pop("decided", None)
    if said is not None:
        untrusted.say("{said}", kind="notice", said=said)


def _appeal_form() -> None:
    """What came against a restriction, whatever way it came: by the code in our notice."""
    with (
        st.expander("Enter an appeal that has come", expanded=answers.wrong_somewhere()),
        st.form("record_appeal", border=False),
    ):
        code = st.text_input("The code that stands in our notice", max_chars=64)
        answers.at_field("words")
        text = st.text_area("What did they write, or say?")
        answers.at_field("came_at")
        today = local_day(session.desk().clock.now())
        on = st.date_input(
            "On which day did it come?", value=today, max_value=today, format="DD/MM/YYYY"
        )
        clock = st.time_input("At what time, in London?", value=None, step=300)
        if st.form_submit_button("Enter the appeal"):
            if not isinstance(on, date) or not isinstance(clock, time):
                answers.wrong("came_at", "Say when it came.")
            else:
                at = at_clock(on, clock)
                found = session.run(partial(record_appeal, code=code, words=text, came_at=at))
                if found is not None:
                    st.session_state["decided"] = "The appeal is entered. It waits for a decision."
                    _open(found)
            st.rerun()


def _one(viewer: Actor, restriction_id: str) -> None:
    desk = session.desk()
    now = desk.clock.now()
    given: dict[str, Any] = {"viewer": viewer, "vault": desk.vault, "now": now}
    with desk.database.read() as db:
        try:
            if not is_id(restriction_id):
                raise NotFound(NO_SUCH_RESTRICTION)
            found = read_one(db, restriction_id=restriction_id, **given)
            coming = what_follows(db, viewer=viewer, found=found)
        except NotFound:
            found = None
        else:
            mine = {one.id for one in lists.waiting_for_me(db, **given)}
            against = {one.id for one in appeal_queries.appeals_waiting_for_me(db, **given)}
            held = offices(db, viewer=viewer, restriction_id=restriction_id, now=now)
    if found is None:
        st.title("Decision", anchor=False)
        answers.take_problems()
        untrusted.problem([NO_SUCH_RESTRICTION])
        _back()
        return
    st.title(words.title(found.row.kind, restriction_id), anchor=False)
    answers.take_problems()
    _said()
    yours = restriction_id in mine or restriction_id in against
    draw_following(_following(viewer, found, coming, yours=yours))
    untrusted.row(
        restriction.who(found.row), restriction.chips(found.row), restriction.quiet(found.row)
    )
    # On a phone the proposal comes first, then its evidence, then what can be done.
    proposal, evidence = st.columns(2, gap="large")
    with proposal:
        restriction.draw_proposal(found)
    with evidence:
        restriction.draw_evidence(found)
    draw_acts(viewer, found, May(restriction_id in mine, restriction_id in against, held))
    restriction.draw_rest(found)
    if _of_the_team(viewer) and found.row.state not in {State.PROPOSED, State.DECLINED}:
        draw_letters(
            viewer,
            restriction_id,
            kinds=_letter_kinds(found),
            begin=partial(_begin_letter, restriction_id),
            ceased=False,
        )
    _back()


def _following(
    viewer: Actor, found: RestrictionItem, coming: Sequence[Coming], *, yours: bool
) -> list[str]:
    """What comes next and who does it. From outside the team nobody is asked for more than that
    one decision, and learns no more of what follows."""
    if not yours and not _of_the_team(viewer):
        return [following.GUEST]
    row = found.row
    return [
        following.coming(
            one, yours=yours, review=row.review_at, ends=row.expires_at, lost=bool(found.unlinked)
        )
        for one in coming
    ]


def _letter_kinds(found: RestrictionItem) -> list[LetterKind]:
    """What the person may be told now."""
    kinds = []
    if found.row.state in rules.HOLDS:
        kinds.append(LetterKind.NOTICE_OF_RESTRICTION)
    if found.appeal is not None and found.appeal.outcome in set(Outcome):
        kinds.append(LetterKind.APPEAL_OUTCOME)
    if found.row.state in notices.HOW:
        kinds.append(LetterKind.RESTRICTION_ENDED)
    return kinds


def _begin_letter(restriction_id: str, kind: LetterKind, _why: str) -> str | None:
    return session.run(partial(LETTERS[kind], restriction_id=restriction_id))


def _back() -> None:
    st.button("Back to the decisions", key="back", on_click=_open, args=(None,))
