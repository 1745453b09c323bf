"""The team: who is here, what the team can carry, who is on duty, where nobody is. No content."""

import streamlit as st

from dashboard import session, untrusted, words
from dashboard.components import hr
from triage.core.access import Action
from triage.core.ids import short_ref
from triage.staff.capability import Level
from triage.staff.processes import Process, plan
from triage.staff.queries.team import team_page
from triage.staff.rota import DAYS_AHEAD
from triage.staff.team import FallbackRow, StaffRow, TeamPage
from triage.staff.words import span, stands
from triage.staff.words import when as by_the_clock


def draw() -> None:
    """The team page: for who keeps accounts, decides, or manages."""
    viewer = session.guard(Action.READ_TEAM)
    desk = session.desk()
    st.title("Team", anchor=False)
    session.draw_problems()
    with desk.database.read() as db:
        page = team_page(db, viewer=viewer, at=desk.clock.now(), settings=desk.settings)
    _duty(page)
    _capability(page)
    _fallbacks(page.fallbacks)
    hr.draw(viewer)
    _people(page)
    _guests(page)


def _duty(page: TeamPage) -> None:
    st.header("On duty", anchor=False)
    if page.on_duty:
        untrusted.say("Now: {names}", names=", ".join(page.on_duty))
    elif page.open_now:
        untrusted.say("Nobody is on duty now, and this is a working hour.", kind="danger")
    else:
        untrusted.say("Nobody is on duty now. It is outside working hours.")
    if not page.has_rota:
        untrusted.say(
            "No rota is kept: nobody is on it in the next {days} days. "
            "Whoever has a shell adds people with: triage staff rota",
            kind="danger",
            days=DAYS_AHEAD,
        )
        return
    if not page.gaps:
        untrusted.say(
            "Somebody is on duty in every working hour of the next {days} days.", days=DAYS_AHEAD
        )
        return
    gaps = words.plural(len(page.gaps), "gap")
    untrusted.say("{gaps} in the next {days} days, London time:", gaps=gaps, days=DAYS_AHEAD)
    for gap in page.gaps:
        untrusted.say("Nobody is on duty: {span}", kind="danger", span=span(gap))


def _capability(page: TeamPage) -> None:
    st.header("What the team can carry", anchor=False)
    no = [one for one in page.lines if one.today.level is Level.NOBODY]
    if no:
        untrusted.say(
            "{count} cannot be carried today, not even with a fallback.",
            kind="danger",
            count=words.plural(len(no), "process", "processes"),
        )
    untrusted.table(
        "Today, and at worst after one and two recusals. People who are away are not counted.",
        ("What", "Today", "After one recusal", "After two"),
        [
            (
                line.plan.title,
                stands(line.today),
                stands(line.after_one),
                stands(line.after_two),
            )
            for line in page.lines
        ],
    )


def _fallbacks(rows: tuple[FallbackRow, ...]) -> None:
    st.header("Fallback", anchor=False)
    if not any(row.outside for row in rows):
        untrusted.say("No fallback outside the team is named.", kind="danger")
    if rows:
        untrusted.table(
            "Who steps in where the team cannot",
            ("Who", "For", "From", "Tried"),
            [
                (
                    row.name,
                    "all processes" if row.process is None else plan(Process(row.process)).title,
                    "outside the team" if row.outside else "the team",
                    "never" if row.tried_at is None else by_the_clock(row.tried_at),
                )
                for row in rows
            ],
        )
    for row in rows:
        if row.tried_at is None:
            untrusted.say(
                "{name} was never tried. Reach them in a drill; whoever has a shell records it "
                "with: triage staff drill",
                kind="danger",
                name=row.name,
            )


def _people(page: TeamPage) -> None:
    st.header("People", anchor=False)
    if not page.people:
        untrusted.say("Nobody is on the staff list yet.")
        return
    untrusted.table(
        words.plural(len(page.people), "open account"),
        ("Name", "Roles", "Here"),
        [(one.name, _roles(one), "away" if one.id in page.away else "yes") for one in page.people],
    )


def _guests(page: TeamPage) -> None:
    if not page.guests:
        return
    st.header("Guests", anchor=False)
    untrusted.table(
        "Each for one matter, up to the time given",
        ("Name", "Matter", "Until"),
        [(one.name, short_ref(one.matter_id), by_the_clock(one.expires_at)) for one in page.guests],
    )


def _roles(one: StaffRow) -> str:
    held = ", ".join(sorted(role.replace("_", " ") for role in one.roles))
    reason = f" (reason recorded: {one.reason})" if one.reason else ""
    return (held or "member of staff, no special role") + reason
