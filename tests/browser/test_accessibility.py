"""Axe over each page that stands, light and dark; and the desk on a phone."""

import os
import re
from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from support.browsing import settle
from support.furnishing import furnish
from support.serving import DESK, Served, serving

pytestmark = pytest.mark.browser

STREAMLITS_OWN = {
    "region",  # its skip link and toolbar stand outside a landmark
    "landmark-unique",
    "scrollable-region-focusable",  # its sidebar scrolls without a focusable child
}
"""Findings in what Streamlit draws around our pages, which we cannot mend from here."""

ALARM = re.compile("Nobody has taken yet: |You were alerted at |I have it$|Nobody is on duty")
"""What may be heard before a page's title: an alarm that nobody has stands above every page."""

WIDTHS = {"wide": (1280, 900), "phone": (390, 844)}


@pytest.fixture(scope="module")
def furnished(
    tmp_path_factory: pytest.TempPathFactory, browser_type_launch_args: object
) -> Iterator[tuple[Served, list[tuple[str, ...]]]]:
    """A desk on which things are proposed, in force, asked of services and with the police; and the
    pages to walk: who, where, and what is pressed there."""
    home = tmp_path_factory.mktemp("decisions")
    ways = furnish(home)
    with serving(home, DESK, TRIAGE_DEMO="true") as one:
        yield one, ways


def findings(page: Page) -> list[str]:
    """What axe objects to, without Streamlit's own."""
    found = Axe().run(page).response["violations"]
    return [
        f"{one['id']}: {node['target']} {node['failureSummary'][:200]}"
        for one in found
        if one["id"] not in STREAMLITS_OWN
        for node in one["nodes"]
    ]


def sign_in(page: Page, url: str, name: str) -> None:
    page.goto(url)
    settle(page)
    page.get_by_role("button", name=f"Be {name}").click()
    page.get_by_text(f"You are {name}").wait_for()
    settle(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", list(WIDTHS))
def test_every_page_passes_axe(demo, browser: Browser, scheme: str, width: str) -> None:
    wide, high = WIDTHS[width]
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": wide, "height": high}, reduced_motion="reduce"
    )
    page = context.new_page()
    sign_in(page, demo.url, "Dee Marlowe-Finch")
    found = {"today": findings(page)}
    page.get_by_role("button", name="Start with the first").click()
    page.get_by_text("What is it?").wait_for()
    settle(page)
    page.get_by_role("button", name="Show with slurs masked").click()
    page.locator(".letter").first.wait_for()
    settle(page)
    found["message"] = findings(page)
    page.get_by_role("button", name="Pass this to someone else").click()
    page.get_by_text("is back.").wait_for()
    for path in ("review", "find", "record", "mine", "you", "note", "board", "quality", "trends"):
        other = context.new_page()
        sign_in(other, f"{demo.url}/{path}", "Dee Marlowe-Finch")
        found[path] = findings(other)
        other.close()
    context.close()
    assert {name: what for name, what in found.items() if what} == {}


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", list(WIDTHS))
def test_the_pages_of_decisions_pass_axe_and_run_over_no_edge(
    furnished, browser: Browser, scheme: str, width: str
) -> None:
    served, ways = furnished
    wide, high = WIDTHS[width]
    context = browser.new_context(
        color_scheme=scheme, viewport={"width": wide, "height": high}, reduced_motion="reduce"
    )
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    found: dict[str, object] = {}
    for name, path, *presses in ways:
        page = context.new_page()
        sign_in(page, served.url + path, name)
        for one in presses:
            page.get_by_role("button", name=one, exact=True).first.click()
            settle(page)
        assert page.get_by_role("heading", level=1).count() == 1, path
        found[f"{name} {path}"] = findings(page)
        assert page.evaluate(over) <= 0, path
        shots = os.environ.get("SHOTS")
        if shots:
            kept = re.sub(r"\W+", "_", f"{path}_{name.split()[0]}_{scheme}_{width}")
            page.screenshot(path=f"{shots}/{kept}.png", full_page=True)
        page.close()
    context.close()
    assert {name: what for name, what in found.items() if what} == {}


def test_on_a_phone_nothing_runs_over_the_edge(demo, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844})
    page = context.new_page()
    sign_in(page, demo.url, "Bo Lindqvarn")
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(over) <= 0
    line = page.locator(".today")
    assert line.evaluate("one => one.scrollWidth - one.clientWidth") <= 0
    page.get_by_role("button", name="Start with the first").click()
    page.get_by_text("What is it?").wait_for()
    settle(page)
    assert page.evaluate(over) <= 0
    page.get_by_role("button", name="Pass this to someone else").click()
    page.get_by_text("is back.").wait_for()
    context.close()


def test_the_morning_page_is_heard_line_first_but_for_an_alarm_and_its_headings_skip_no_level(
    demo, browser: Browser
) -> None:
    context = browser.new_context()
    page = context.new_page()
    sign_in(page, demo.url, "Sam Reyne")
    main = page.locator('[data-testid="stMain"]')
    levels = main.locator("h1, h2, h3, h4").evaluate_all("all => all.map(one => one.tagName)")
    assert levels[0] == "H1"
    assert set(levels[1:]) == {"H2"}
    heard = main.inner_text().split("\n")
    said = [one for one in heard if one.strip()]
    title = said.index("Today")
    assert [one for one in said[:title] if not ALARM.match(one)] == []
    assert said[title + 1] == page.locator(".today").inner_text()
    context.close()
