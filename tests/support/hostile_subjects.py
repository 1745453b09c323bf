"""A data request with a payload wherever somebody can write in it, and a custodian who reads it."""

import re
from collections.abc import Callable
from dataclasses import replace

from playwright.sync_api import Page

from support.attaching import read_with
from support.browsing import settle
from support.desk import Desk
from support.mail import inbound
from support.subjects import at, items, kept, known, today
from triage.app import Triage
from triage.core.access import SYSTEM
from triage.messages.service.importing import assess
from triage.messages.service.receive import receive
from triage.retention.subject.rules import Decision, Ground, ItemKind, Kind
from triage.retention.subject.service import answering, registering, searching
from triage.staff.queries import active_people

SENDER = "data@example.org"


def prepare_request(triage: Triage, said: Callable[[str], str]) -> str:
    """The request, up to where a second person looks at it; its id. ``said``: a payload."""
    with triage.database.read() as session:
        people = {one.name.lower(): one.actor() for one in active_people(session)}
    desk = kept(Desk(triage, triage.clock, people))  # type: ignore[arg-type]
    held = read_with(("a.bin", "application/x-a", b"abc"))
    attached = [
        replace(held.attachments[0], filename=said(f"datafile{number}"), content_type=said("kind"))
        for number in range(3)
    ]
    mail = inbound(
        f"[low] {said('dataitem')}", from_name=said("dataname"), from_address=SENDER,
        subject=said("datasubject"), source="data", attachments=tuple(attached), raw=held.raw,
    )  # fmt: skip
    desk.do(SYSTEM, receive, arrivals=assess(triage.scorer, [mail]))
    made = desk.do(
        desk.cusa, registering.register, kind=Kind.ACCESS, who=said("asker")[:190],
        contact=said("askercontact")[:190], asked_for=said("askedfor"), received_on=today(desk),
        terms=[SENDER, said("askerterm")[:190]],
    )  # fmt: skip
    known(desk, made)
    desk.do(desk.cusa, searching.search, **at(desk, made))
    # Of the files one is summed up, one given, one kept; the rest is summed up: given out itself,
    # what is in everybody's name here would be hidden in it.
    files = iter((Decision.SUMMARY, Decision.DISCLOSE, Decision.WITHHOLD))
    for one in items(desk, made):
        decision = next(files) if one.kind == ItemKind.FILE.value else Decision.SUMMARY
        desk.do(
            desk.cusa, searching.decide_item, item_id=one.id, decision=decision,
            ground=Ground.OTHERS if decision is Decision.WITHHOLD else None,
            said=said("datasummary"), hide=said("datahidden"),
        )  # fmt: skip
    desk.do(desk.cusa, answering.review, **at(desk, made))
    desk.do(desk.cole, answering.second_returns, **at(desk, made), reason=said("datareturned"))
    desk.do(desk.cusa, answering.review, **at(desk, made))
    return made


def read_request(page: Page, url: str) -> None:
    """As a custodian: the list, the request, an item, the answer as it will be read."""
    page.goto(url)
    settle(page)
    page.get_by_role("button", name="Be Cole").first.click()
    page.get_by_text("You are").wait_for()
    settle(page)
    page.locator('[data-testid="stSidebarNavLink"][href$="/subject"]').click()
    page.get_by_role("heading", name="Data requests").wait_for()
    settle(page)
    page.get_by_role("button", name=re.compile("^Open ...-...")).first.click()
    page.get_by_role("heading", name="As they will read it").wait_for()
    settle(page)
    page.get_by_role("button", name=re.compile("^Look at 1")).click()
    page.get_by_role("button", name="Take the file out, to look into it").click()
    without_gate = page.get_by_text("Files are handed out under")
    page.get_by_role("button", name="Download it").or_(without_gate).first.wait_for()
    settle(page)
    for name in ("Search by more", "Take two months more", "Refuse it", "They took it back"):
        page.get_by_text(name, exact=True).first.click()
        settle(page)
