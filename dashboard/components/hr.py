"""On the staff page: who takes HR's part in a report, and who stands in for them (P-HR-1)."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted
from triage.core.access import Action, Actor, can
from triage.staff.queries.hr import HrPart, hr_part
from triage.staff.service.hr import name_hr_stand_in, unname_hr_stand_in

WHEN = "Somebody stands in where HR's own person is who a report is about, or stepped back from it."
NOT_SET = (
    "Nobody is set to take referrals for HR: who handles a report says each time who there has "
    "it. Whoever has a shell sets TRIAGE_HR_CONTACT."
)
NO_ACCOUNT = (
    "Referrals for HR go to a work address that is no open account here. A report is searched for "
    "that address and the name in it: whoever else reads it, nobody can tell."
)
NOBODY = "Nobody stands in for HR. A referral that HR's own person has no part in cannot be set up."
FALLBACK = "Nobody is named to stand in for HR: the fallback for incident reports does."


def draw(viewer: Actor) -> None:
    """Who it is; and for who keeps accounts, naming somebody and taking them off."""
    desk = session.desk()
    with desk.database.read() as db:
        part = hr_part(db, viewer=viewer, settings=desk.settings)
    st.header("HR's part", anchor=False)
    if not part.is_set:
        untrusted.say("{words}", words=NOT_SET)
    elif not part.contact:
        untrusted.say("{words}", kind="danger", words=NO_ACCOUNT)
    else:
        untrusted.say("Referrals for HR go to: {name}", name=part.contact)
    untrusted.say("{words}", kind="quiet", words=WHEN)
    keeps = can(viewer, Action.MANAGE_STAFF)
    for person_id, name in part.stand_ins:
        with st.container(horizontal=True, vertical_alignment="center"):
            untrusted.say("Stands in: {name}", name=name)
            if keeps:
                st.button(
                    "Take off",
                    key=f"hr_off_{person_id}",
                    on_click=session.run,
                    args=(partial(unname_hr_stand_in, person_id=person_id),),
                )
    if not part.stand_ins:
        behind = FALLBACK if part.fallback else NOBODY
        untrusted.say("{words}", kind="notice" if part.fallback else "danger", words=behind)
    if keeps:
        _name(part)


def _name(part: HrPart) -> None:
    """One more, by the press of a button: the first named is asked first."""
    people = dict(part.could)
    with st.form("name_hr_stand_in", border=False):
        person = st.selectbox(
            "Who stands in for HR?", list(people), index=None,
            format_func=lambda one: untrusted.visible(people[one]), placeholder="Choose one",
        )  # fmt: skip
        pressed = st.form_submit_button("Name them", key="hr_name")
    if not pressed:
        return
    if person is None:
        st.session_state["problems"] = ["Choose somebody."]
    else:
        session.run(partial(name_hr_stand_in, person_id=person))
    st.rerun()
