"""Five letters of one campaign, by keyboard: see three beside the first, tick, decide, undo."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from support.browsing import settle
from support.scorer import ScriptedScorer
from support.serving import DESK, Served, serving

from triage.app import open_triage
from triage.demo import demo_settings, prepare

pytestmark = pytest.mark.browser

WORDS = (
    "[low] I am disgusted that you have taken down our reports about the crossing at Cobbler's "
    "Bridge. Forty of us reported it and you have merged them into one as if we were nothing. "
    "Children cross there every morning. It is a disgrace and you should all be ashamed."
)
CHANGES = ("", "Put them back.", "Shame on you.", "We will not forget it.", "Put them back now.")
LATER = "[low] And another thing. The lamp at the end of Weir Street is still out. Useless."


def letter(number: int, text: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = "writer@example.org"
    mail["To"] = "support@civic.example"
    mail["Subject"] = "Save the crossing"
    mail["Message-ID"] = f"<campaign{number}@example.org>"
    mail["Date"] = f"Mon, 02 Mar 2026 09:{number:02}:00 +0000"
    mail.set_content(text)
    return mail.as_bytes()


def fill(home: Path) -> None:
    """A demonstration whose mail is the campaign of one writer, and a later letter of theirs."""
    given = demo_settings(home).model_copy(update={"blind_sample_per_day": 0})
    triage = open_triage(given, scorer=ScriptedScorer())
    batches = ([f"{WORDS} {change}" for change in CHANGES], [LATER])
    for number, texts in enumerate(batches):
        folder = home / f"mail{number}"
        folder.mkdir()
        for at, text in enumerate(texts):
            (folder / f"{at}.eml").write_bytes(letter(10 * number + at, text))
        prepare(triage, [folder])
    triage.close()


@pytest.fixture
def campaign(tmp_path: Path, browser_type_launch_args: object) -> Iterator[Served]:
    """A desk that holds the campaign."""
    fill(tmp_path)
    app = Path(__file__).parents[2] / "dashboard" / "server.py"
    assert app.is_file()
    with serving(tmp_path, DESK, TRIAGE_DEMO="true") as served:
        yield served


def uncover_first(page: Page) -> str:
    """Open the first message and uncover it; its reference."""
    page.get_by_role("button", name="Start with the first").press("Enter")
    title = page.get_by_role("heading", name=re.compile("Message ...-..."))
    title.wait_for()
    settle(page)
    page.keyboard.press("f")
    page.locator(".letter").first.wait_for()
    settle(page)
    return title.inner_text().removeprefix("Message ")


def press(page: Page, role: str, name: re.Pattern[str], key: str) -> str:
    """Put the focus on the first such control and press a key; its label."""
    control = page.get_by_role(role, name=name).first  # type: ignore[arg-type]
    control.wait_for()
    label = control.get_attribute("aria-label") or control.inner_text()
    control.focus()
    page.keyboard.press(key)
    settle(page)
    return label


def test_by_keyboard_three_of_a_campaign_are_ticked_decided_and_taken_back(
    campaign, sign_in
) -> None:
    page = sign_in(campaign, "Sam Reyne")
    first = uncover_first(page)
    expect(page.get_by_text("4 near-identical messages wait")).to_be_visible()
    expect(page.get_by_text("1 more from this sender waits, in other words")).to_be_visible()
    boxes = page.get_by_role("button", name=re.compile("^Tick "))
    ticked = page.get_by_role("button", name=re.compile("is ticked"))
    for count in range(1, 4):
        press(page, "button", re.compile("^See "), "Enter")
        expect(boxes).to_have_count(1)
        expect(ticked).to_have_count(count - 1)
        # The button one pressed is still there, with the focus: the next Tab goes to the tick.
        focused = page.evaluate("document.activeElement.innerText")
        assert focused.startswith("Hide ")
        page.keyboard.press("Tab")
        page.keyboard.press("Enter" if count > 1 else "Space")
        settle(page)
        expect(ticked).to_have_count(count)
    expect(page.locator(".letter ins").first).to_contain_text("added:")
    page.keyboard.press("4")
    expect(page.get_by_role("button", name=re.compile("✓ Offensive"))).to_be_visible()
    settle(page)
    page.keyboard.press("7")
    expect(page.get_by_role("button", name=re.compile("✓ Low"))).to_be_visible()
    settle(page)
    page.wait_for_timeout(1000)  # the rule itself: a decision within a second is refused
    page.keyboard.press("Control+Enter")
    expect(page.get_by_text(f"You marked message {first} and 3 more as offensive.")).to_be_visible()
    settle(page)
    page.keyboard.press("u")
    expect(page.get_by_text(f"Undone: message {first} and 3 more are open again.")).to_be_visible()
    expect(ticked).to_have_count(0)
    settle(page)
    page.get_by_role("link", name="Record").click()
    record = page.locator("table.plain")
    expect(record).to_have_count(1)
    for said, count in (("decided", 4), ("undid the decision", 4)):
        expect(record.get_by_text(said, exact=True)).to_have_count(count)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 900), (390, 844)], ids=["wide", "phone"])
def test_the_group_passes_axe_and_runs_over_no_edge(
    campaign, browser: Browser, scheme: str, size: tuple[int, int]
) -> None:
    context = browser.new_context(
        color_scheme=scheme,  # type: ignore[arg-type]
        viewport={"width": size[0], "height": size[1]},
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(campaign.url)
    settle(page)
    page.get_by_role("button", name="Be Sam Reyne").click()
    page.get_by_text("You are Sam Reyne").wait_for(state="attached")
    settle(page)
    uncover_first(page)
    for count in (1, 2):
        press(page, "button", re.compile("^See "), "Enter")
        expect(page.get_by_role("button", name=re.compile("^Hide "))).to_have_count(count)
    press(page, "button", re.compile("^Tick "), "Enter")
    expect(page.get_by_role("button", name=re.compile("Decide these 2 together"))).to_be_visible()
    over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(over) <= 0
    ours = {"region", "landmark-unique", "scrollable-region-focusable"}
    found = [one for one in Axe().run(page).response["violations"] if one["id"] not in ours]
    assert [(one["id"], one["nodes"][0]["failureSummary"][:300]) for one in found] == []
    page.screenshot(path=str(campaign.home / f"{scheme}-{size[0]}.png"), full_page=True)
    context.close()
