"""Take a report down for somebody who tells it face to face (P-INT-2)."""

from functools import partial

import streamlit as st

from dashboard import session, untrusted, words
from triage.cases.service.entering import enter_report
from triage.conduct import incidents
from triage.conduct.incidents import Activity, Setting, TeamAnswer, ViolationKind, Wish
from triage.core.access import Action
from triage.reports.answers import LONGEST_ACCOUNT, Answers, Person
from triage.staff.queries import active_people

TEAM = {
    None: "They did not say",
    TeamAnswer.NO: "No",
    TeamAnswer.YES: "Yes",
    TeamAnswer.NOT_SURE: "Not sure, or rather not say",
}
WISHES = {
    Wish.NONE: "They do not ask for it",
    Wish.BY_RECEIPT: "They will look with the receipt",
    Wish.BY_CONTACT: "We write or call them",
}


def draw() -> None:
    """The form, for every member of staff: it puts in, and gives nothing back but the receipt."""
    session.guard(Action.ENTER_REPORT)
    st.title("Take a report down", anchor=False)
    untrusted.say(words.DANGER, kind="danger")
    session.draw_problems()
    code = st.session_state.pop("report_code", None)
    if code is not None:
        _draw_receipt(code)
        return
    st.markdown(
        "For what somebody tells you face to face, about how somebody behaved. Write it in their "
        "words. They get a receipt, to read on and to answer with; you will not see the report "
        "again, unless you are asked to handle it."
    )
    st.markdown(
        "Do you work here, and did it happen to you? Go to HR or your line manager, or the named "
        "alternative. Abuse from the public goes under **Enter a message**."
    )
    with st.form("report", border=False):
        answers = _fields()
        pressed = st.form_submit_button(
            "Keep it and show the receipt", type="primary", key="keep_report"
        )
    if pressed:
        found = session.run(partial(enter_report, answers=answers))
        if found is not None:
            st.session_state["report_code"] = found
        st.rerun()


def _fields() -> Answers:
    description = st.text_area(
        "What happened, in their words", height=200, max_chars=LONGEST_ACCOUNT
    )
    kinds = st.multiselect(
        "What kind of thing was it? Several may fit",
        list(ViolationKind),
        format_func=incidents.KINDS.__getitem__,
        select_all=False,
    )
    other = st.text_input("If it is something else: what, in a word?")
    happened = st.text_input("When was it?")
    place = st.text_input("Where was it?")
    activity = st.selectbox(
        "What was it part of?",
        list(Activity),
        index=None,
        format_func=incidents.ACTIVITIES.__getitem__,
        placeholder="Not known",
    )
    other_activity = st.text_input("If that is something else: what?")
    setting = st.selectbox(
        "Online or in person?",
        list(Setting),
        index=None,
        format_func=incidents.SETTINGS.__getitem__,
        placeholder="Not known",
    )
    affected = st.text_input("Who was affected, if that is somebody else than who tells it?")
    subject = st.text_input("Whom do they report, if they know a name?")
    role = st.text_input("What does that person do, or how can they be told?")
    team, members = _team()
    support = st.text_input("Do they need help to take part?")
    wish = st.radio("Do they want to know how it ends?", list(Wish), format_func=WISHES.__getitem__)
    name = st.text_input("Their name, if they give it")
    email = st.text_input("Their e-mail address, if they give it")
    phone = st.text_input("Their phone number, if they give it")
    return Answers(
        description=description,
        kinds=tuple(kinds),
        other_kind=other,
        happened=happened,
        place=place,
        activity=activity,
        other_activity=other_activity,
        setting=setting,
        affected=affected,
        subjects=(Person(name=subject, role=role),) if (subject + role).strip() else (),
        team=team,
        team_members=tuple(members),
        support=support,
        wish=wish or Wish.NONE,
        name=name,
        email=email,
        phone=phone,
    )


def _team() -> tuple[TeamAnswer | None, list[str]]:
    """Whether it is, or might be, one of us (P-REC-2)."""
    with session.desk().database.read() as db:
        people = {one.id: one.name for one in active_people(db)}
    answer = st.radio(
        "Is it, or might it be, somebody who works here?",
        list(TEAM),
        format_func=TEAM.__getitem__,
    )
    members = st.multiselect(
        "If so: who?", list(people), format_func=people.__getitem__, select_all=False
    )
    return answer, members


def _draw_receipt(code: str) -> None:
    untrusted.say("It is kept, and one person of the team is told that something waits.",
                  kind="notice")  # fmt: skip
    st.header("The receipt", anchor=False)
    untrusted.copy_exact(code)
    st.markdown(
        "It is theirs, and is shown here once. Let them write it down or photograph it. The first "
        "time they use it they choose a new one, so that you cannot read what they write."
    )
    st.button("Take down another")
