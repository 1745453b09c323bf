"""What stands around every page: look, sign-in, who is here, banners, and what a fault says."""

from base64 import b64encode
from datetime import timedelta
from pathlib import Path

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from dashboard import gate, logs, session, untrusted, words
from dashboard.components import mailboxes
from triage.alarms.queries import mail_of_alarms
from triage.app import jobs
from triage.core.ids import is_id
from triage.core.jobs import JobState, overview
from triage.intake.queries import overview as mailbox_overview
from triage.notify.queries import overview as mail_overview
from triage.notify.rules import Kind
from triage.staff.queries import PersonRow

HERE = Path(__file__).parent
ICON = "data:image/png;base64," + b64encode((HERE / "static" / "icon.png").read_bytes()).decode()
"""The page's icon in its own words, so that nobody needs a file before they are signed in."""
WATCH = timedelta(seconds=30)
"""How often a page looks whether its session is about to end."""
PLAIN = (
    "This is plain `streamlit run`: it sends no security headers, has no gate before files, and "
    "nothing was checked at its start. For anything but a try-out, run: triage serve"
)


def style() -> None:
    """Our few rules of style."""
    st.html(HERE / "style.css")


def from_its_top(path: str) -> DeltaGenerator:
    """What the page is drawn in: of itself a browser stays as far down as it was when another
    thing is opened on the same page, and shows its end. The look starts again at the top with
    each change of the name (style.css)."""
    shown = (path, *sorted(one for one in st.query_params.to_dict().values() if is_id(one)))
    if st.session_state.get("page_shown") != shown:
        st.session_state["page_shown"] = shown
        st.session_state["page_turn"] = 1 - st.session_state.get("page_turn", 0)
    return st.container(key=f"shown_{st.session_state['page_turn']}")


def before_anybody() -> DeltaGenerator:
    """What the sign-in page is drawn in: a name of its own, which no page has, so that the first
    page after it starts at its top too."""
    return st.container(key="shown_2")


def sign_in(page: str, why_not: str | None) -> None:
    """The sign-in page: the provider's, or in the demonstration a choice of who to be.

    With neither it refuses, and says so. ``page`` is where sign-in leads back to.
    """
    st.title("Conduct desk", anchor=False)
    ours = session.desk().settings
    if not gate.in_force.is_set():
        untrusted.say("{plain}", kind="notice", plain=PLAIN)
    if not ours.demo:
        if why_not is not None:
            untrusted.say("{why}", kind="notice", why=why_not)
        if not ours.signs_in:
            untrusted.problem(
                [
                    "Nobody can sign in yet: no sign-in is set up, and this is no demonstration.",
                    "To set it up, see what is missing with: triage doctor",
                    "To try the desk with sample mail, run: triage demo",
                ]
            )
        elif gate.in_force.is_set():
            st.button("Sign in", on_click=session.start_sign_in, args=(page,), type="primary")
        else:
            untrusted.problem(["Nobody can sign in here. Start the desk with: triage serve"])
        return
    people = session.people_to_be()
    if not people:
        untrusted.problem(["The demonstration is empty. Start it with: triage demo"])
        return
    st.markdown("This is the demonstration. Nobody in it exists. **Choose who to be.**")
    for person in people:
        roles = ", ".join(sorted(words.ROLES.get(role, role) for role in person.roles))
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            untrusted.row(person.name, [], roles or "member of staff, no special role")
            st.button(
                words.be(person),
                key=f"be_{person.email.split('@')[0]}",
                on_click=session.become,
                args=(person.id,),
            )


def sidebar(person: PersonRow) -> None:
    """Who is here, and the way to be somebody else."""
    with st.sidebar:
        roles = ", ".join(sorted(words.ROLES.get(role, role) for role in person.roles))
        untrusted.say("You are {name}", name=person.name)
        untrusted.say("{roles}", kind="quiet", roles=roles or "member of staff")
        if session.desk().settings.demo:
            if not gate.in_force.is_set():
                untrusted.say("{plain}", kind="quiet", plain=PLAIN)
            st.button("Be somebody else", on_click=session.forget, key="leave")
            return
        st.button("Sign out", on_click=session.sign_out, key="sign_out")
        st.button(
            "Sign out everywhere",
            on_click=session.sign_out,
            kwargs={"everywhere": True},
            key="sign_out_everywhere",
        )
        st.fragment(run_every=WATCH)(watch)()


def watch() -> None:
    """Says when the session is about to end, and takes the page away once it has."""
    left = session.remaining()
    if left is None:
        return
    if left <= timedelta(0):
        st.rerun(scope="app")
    minutes = max(1, round(left.total_seconds() / 60))
    untrusted.say(
        "You will be signed out in about {minutes}.",
        kind="notice",
        minutes=words.plural(minutes, "minute"),
    )
    st.button("I am still here", on_click=session.stay, key="stay")


def fault(error: Exception) -> bool:
    """What a page says of a fault: our words and an id. Never the error's own text (P-CON-2)."""
    untrusted.problem(
        [
            "Something went wrong here. What you did last may not have been saved.",
            f"If it happens again, tell whoever keeps the desk: error {logs.error_id(error)}.",
        ]
    )
    return True


def banners() -> None:
    """What everybody who works here must know first: scoring off, jobs that do not run, mail that
    does not come in."""
    desk = session.desk()
    with desk.database.read() as db:
        stopped = [_stopped(one) for one in overview(db, desk.clock.now(), jobs()) if one.red]
        # Of an alarm's mail only who may know of the alarm is told.
        mail = mail_overview(db, desk.clock.now(), desk.settings, without=frozenset({Kind.ALARM}))
        here = session.signed_in()
        of_alarms = (
            here is not None
            and mail_of_alarms(
                db, viewer=here.actor(), now=desk.clock.now(), settings=desk.settings
            ).red
        )
        boxes = mailbox_overview(db, desk.clock.now(), desk.settings, desk.keys)
    mailboxes.draw_banner([one for one in boxes if one.red], desk.clock.now())
    if stopped:
        untrusted.say(
            "What should run by itself does not: {jobs}. Tell whoever keeps the desk.",
            kind="problem",
            jobs=", ".join(stopped),
        )
    if mail.set_up and (mail.red or of_alarms):
        untrusted.say("Alerts are late, or were given up: see the System page.", kind="problem")
    if session.desk().scorer.model_version == "none":
        untrusted.say(
            "Scoring is off: {reason} Every new message goes to people.",
            kind="problem",
            reason=getattr(session.desk().scorer, "reason", ""),
        )


def _stopped(job: JobState) -> str:
    """A job that does not run, and for how long it has not."""
    if job.last_success is None:
        return f"{job.name} (never yet)"
    return f"{job.name} (not for {words.waited(session.desk().clock.now(), job.last_success)})"
