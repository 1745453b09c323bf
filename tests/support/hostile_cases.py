"""A report with a payload wherever a person can write in it, and somebody who reads all of it."""

import re
from collections.abc import Callable
from datetime import timedelta

from playwright.sync_api import Page

from support.browsing import settle, unfolded
from support.cases import (
    found_in,
    give,
    inquired,
    row,
    staffed,
    subject_of,
    tick,
    write_by_receipt,
)
from support.desk import Desk
from triage.app import Triage
from triage.cases.inquiry.rules import MeasureKind, Source
from triage.cases.inquiry.service import (
    evidence,
    interims,
    meetings,
    notices,
    parties,
    weighing,
)
from triage.cases.rules import PartyKind
from triage.cases.service import entering, recusing
from triage.reports.answers import Person
from triage.staff.processes import Part


def prepare_case(triage: Triage, said: Callable[[str], str]) -> str:
    """The report, with all that is found out about it; its id. ``said``: a payload by its name."""
    desk = staffed(Desk(triage, triage.clock), fallback=False)  # type: ignore[arg-type]

    def line(name: str) -> str:
        return said(name)[:190]

    desk.do(
        desk.hope, entering.add_event, name=said("event")[:110], starts=desk.now,
        ends=desk.now + timedelta(days=1), on_site=said("onsite")[:110],
    )  # fmt: skip
    case_id = inquired(
        desk, description=said("told"), subjects=(Person(name=line("subject")),),
        support=line("support"), place=line("place"),
    )  # fmt: skip
    given = {"case_id": case_id, "made_at": desk.now, "origin": said("origin")}
    witness = desk.do(
        desk.ivo, parties.add_party, case_id=case_id, version=row(desk, case_id).version,
        kind=PartyKind.WITNESS, name=line("witness"), role=line("role"), contact=line("contact"),
        support=line("needs"),
    ).party_id  # fmt: skip
    item = desk.do(
        desk.ivo, evidence.add_statement, party_id=witness, text=said("statement"), **given
    )
    desk.do(
        desk.ivo, evidence.add_document, title=line("title"), file_name=line("evidencefile"),
        data=b"<html>" + said("document").encode(), source=Source.WITNESS,
        **(given | {"made_at": desk.now - timedelta(hours=1)}),
    )  # fmt: skip
    desk.do(desk.ivo, weighing.tested, item_id=item, done=False, how=said("how"))
    desk.do(desk.ivo, weighing.say_why_not_balanced, case_id=case_id, reason=said("balance"))
    at = desk.now + timedelta(days=1)
    for party in (None, witness):
        desk.do(
            desk.ivo, meetings.plan_meeting,
            case_id=case_id, party_id=party, at=at, place=line("talk"),
        )  # fmt: skip
    give(desk, case_id, Part.INTERIM_AUTHOR, desk.otto)
    desk.do(
        desk.otto, interims.set_interim, case_id=case_id, who=line("who"),
        kind=MeasureKind.OTHER, why=said("measure"), place=line("where"),
    )  # fmt: skip
    write_by_receipt(desk, case_id, "Ines was there.")
    tick(desk)
    desk.do(
        desk.dee, recusing.clear_match, case_id=case_id, person_id=desk.ines.person_id,
        reason=said("cleared"),
    )  # fmt: skip
    party = subject_of(desk, case_id)
    desk.do(desk.ivo, notices.begin_notice, party_id=party, concern=said("concern"))
    desk.do(desk.ivo, notices.skip_showing, party_id=party, reason=said("skipped"))
    assert len(found_in(desk, case_id).items) == 2
    return case_id


def read_case(page: Page, url: str) -> None:
    """As who looks into it: every piece opened, the letter checked, every form unfolded."""
    _be(page, url, "Ivo")
    page.locator('[data-testid="stSidebarNavLink"][href$="/cases"]').click()
    page.get_by_role("heading", level=1, name="Cases").wait_for()
    settle(page)
    page.get_by_role("button", name=re.compile("^Open ...-...")).first.click()
    page.get_by_role("heading", name="Evidence", exact=True).wait_for()
    settle(page)
    for number, name in ((1, "document"), (2, "statement")):
        page.get_by_role("button", name=f"Open {number}", exact=True).click()
        page.locator(".letter").filter(has_text=f"/{name}.md").wait_for()
        settle(page)
    page.get_by_role("button", name="Check for leaks").click()
    page.get_by_text("Something in it could tell who reported this.").wait_for()
    settle(page)
    for name in ("Who had it", "Put right who somebody is", "Say what a piece of evidence shows",
                 "Say whether a talk took place", "End an interim measure"):  # fmt: skip
        unfolded(page, name)


def read_on_site(page: Page, url: str) -> None:
    """As who is on duty: the page on site, with the event that is on."""
    _be(page, url, "Otto")
    page.locator('[data-testid="stSidebarNavLink"][href$="/interim"]').click()
    page.get_by_role("heading", name="Interim measure").wait_for()
    settle(page)


def _be(page: Page, url: str, name: str) -> None:
    page.goto(url)
    settle(page)
    page.get_by_role("button", name=f"Be {name}").first.click()
    page.get_by_text("You are").wait_for()
    settle(page)
