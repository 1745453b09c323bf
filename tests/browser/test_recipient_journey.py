"""Somebody got a threat: on a phone, by keyboard alone, they say so and learn where it stands."""

import re
import sys
from collections.abc import Iterator
from functools import partial

import pytest
from playwright.sync_api import Browser, Page, expect
from support.browsing import over, settle
from support.mail import inbound
from support.scorer import ScriptedScorer
from support.serving import Served, serving

from triage.app import open_triage
from triage.core.access import CONSOLE, SYSTEM
from triage.demo import demo_settings, prepare
from triage.messages.service.importing import assess
from triage.messages.service.receive import receive
from triage.staff.service.volunteers import add_volunteer, make_link

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
WORDS = "[medium] I know which bus you take home. You shit, you will be sorry."


@pytest.fixture(scope="module")
def desk(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Served]:
    """A demonstration in which Kit and a volunteer got something."""
    request.getfixturevalue("browser_type_launch_args")
    home = tmp_path_factory.mktemp("recipient")
    triage = open_triage(demo_settings(home), scorer=ScriptedScorer())
    (home / "none.eml").write_text("From: a@example.org\nSubject: x\n\nwhen are you open?\n")
    prepare(triage, [home / "none.eml"])
    vi = triage.runner.run(
        CONSOLE, partial(add_volunteer, name="Vi Okonedo", email="vi@civic.example")
    )
    to = ("kit@civic.example", "vi@civic.example")
    arrivals = assess(triage.scorer, [inbound(WORDS, recipients=to)])
    triage.runner.run(SYSTEM, partial(receive, arrivals=arrivals))
    token = triage.runner.run(CONSOLE, partial(make_link, volunteer_id=vi))
    (home / "link").write_text(f"/r/{token}", "utf-8")
    triage.close()
    command = [sys.executable, "-m", "triage", "demo", str(home / "none.eml"), "--port", "{port}"]
    with serving(home, command) as served:
        yield served


def tab_to(page: Page, name: str) -> None:
    """Go on with the Tab key until the control of this name has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        said = page.evaluate(
            "(e => /^(BUTTON|INPUT|TEXTAREA|A)$/.test(e.tagName) "
            "? e.innerText || e.getAttribute('aria-label') || '' : '')(document.activeElement)"
        )
        if re.search(name, str(said)):
            return
    raise AssertionError(f"the keyboard does not lead to {name}")


def test_by_keyboard_on_a_phone_staff_see_theirs_flag_it_and_raise_the_alarm(
    desk: Served, browser: Browser
) -> None:
    context = browser.new_context(viewport=PHONE)
    page = context.new_page()
    page.goto(desk.url + "/mine")
    settle(page)
    tab_to(page, "Be Kit")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name="Sent to you").wait_for()
    settle(page)
    expect(page.get_by_text("Waiting for a colleague")).to_be_visible()
    expect(page.get_by_text("If someone is in danger now, call 999 first.")).to_be_visible()
    assert page.get_by_text("which bus").count() == 0
    assert over(page) <= 0
    tab_to(page, "Open ...-...")
    page.keyboard.press("Enter")
    page.get_by_role("heading", name=re.compile("Message ...-...")).wait_for()
    settle(page)
    tab_to(page, "Show with slurs masked")
    page.keyboard.press("Enter")
    expect(page.locator(".letter")).to_contain_text("which bus you take home. You s•••")
    settle(page)
    tab_to(page, "Why should somebody look at it")
    page.keyboard.type("he was at the stop today")
    tab_to(page, "^Flag it$")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Flagged. A colleague will look at it.")).to_be_visible()
    settle(page)
    page.keyboard.press("Shift+Tab")
    page.get_by_role("heading", name=re.compile("Message ...-...")).click()
    tab_to(page, "Raise the alarm")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The alarm is raised")).to_be_visible()
    settle(page)
    assert over(page) <= 0
    context.close()


def test_a_volunteer_raises_the_alarm_by_their_link_with_no_script(
    desk: Served, browser: Browser
) -> None:
    context = browser.new_context(viewport=PHONE, java_script_enabled=False)
    page = context.new_page()
    page.goto(desk.url + (desk.home / "link").read_text("utf-8"))
    expect(page.get_by_role("heading", name="Sent to you").first).to_be_visible()
    page.get_by_role("button", name=re.compile("Raise the alarm")).press("Enter")
    expect(page.get_by_text("The alarm is raised")).to_be_visible()
    expect(page.get_by_text("You raised the alarm")).to_be_visible()
    assert page.get_by_text("which bus").count() == 0
    assert context.cookies() == []
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_plain_page_passes_axe_and_runs_over_no_edge(
    desk: Served, browser: Browser, scheme: str
) -> None:
    from axe_playwright_python.sync_playwright import Axe

    context = browser.new_context(viewport=PHONE, color_scheme=scheme, bypass_csp=True)
    page = context.new_page()
    page.goto(desk.url + (desk.home / "link").read_text("utf-8"))
    for one in page.locator("summary").all():
        one.click()
    assert over(page) <= 0
    assert [one["id"] for one in Axe().run(page).response["violations"]] == []
    context.close()
