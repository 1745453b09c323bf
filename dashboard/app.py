"""The staff desk: sign-in, and the pages that belong to a role."""

import streamlit as st

from dashboard import frame, session
from dashboard.components.alarm import draw_alarm
from dashboard.views import View, views
from triage.core.access import can
from triage.staff.queries import PersonRow


def main() -> None:
    """Draw the desk for whoever is here."""
    st.set_page_config(page_title="Conduct desk", page_icon=frame.ICON, layout="wide")
    frame.style()
    why_not = session.arrive()
    person = session.signed_in()
    if person is None:
        # Routes are known, so that a deep link is still there after signing in.
        # The bare address is no view's yet: whose it is depends on who signs in.
        start = st.Page(_start, title="Conduct desk", url_path="start", default=True)
        known = [start, *(_page(one, default=False) for one in views())]
        page = st.navigation(known, position="hidden")
        with frame.before_anybody():
            frame.sign_in(page.url_path, why_not)
        return
    mine = [one for one in views() if may_open(person, one)]
    pages = [_page(one, default=one == mine[0], shown=one in mine) for one in views()]
    # Under headings its lists would not be lists to who hears the page; and none is folded away.
    page = st.navigation(pages, expanded=True)
    frame.sidebar(person)
    draw_alarm(person)
    with frame.from_its_top(page.url_path):
        page.run()


def _start() -> None:
    """The bare address before anybody has signed in: nothing of its own."""


def may_open(person: PersonRow, view: View) -> bool:
    """Whether a view belongs to a role of this person; the view and its services ask again."""
    return (
        view.action is None
        or can(person.actor(), view.action)
        or session.asked_in(person.actor(), view.invited)
    )


def _page(view: View, *, default: bool, shown: bool = False) -> st.Page:
    # A page of another role is no mystery: its address says that it is not part of the role.
    return st.Page(
        view.draw,
        title=view.title,
        url_path=view.path,
        default=default,
        visibility="visible" if shown else "hidden",
    )


main()
