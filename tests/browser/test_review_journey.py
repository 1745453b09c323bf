"""A reviewer's morning in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect
from support.browsing import decide, press, settle

pytestmark = pytest.mark.browser


def heading(page: Page) -> str:
    """The reference of the message that is open."""
    title = page.get_by_role("heading", name=re.compile("Message ...-..."))
    title.wait_for()
    return title.inner_text().removeprefix("Message ")


def looked_at(page: Page) -> int:
    """How many were looked at, by the morning page: others may have been at work before."""
    said = page.get_by_text(re.compile("came to the queue")).first.inner_text()
    found = re.search(r"(\d+) looked at", said)
    return int(found[1]) if found else 0


def test_a_reviewer_reveals_decides_by_keyboard_sees_the_next_undoes_and_it_is_on_the_record(
    demo, sign_in
) -> None:
    page = sign_in(demo, "Sam Reyne")
    page.get_by_role("button", name="Start with the first").click()
    first = heading(page)
    expect(page.get_by_text("The text is covered.")).to_be_visible()
    page.locator("body").press("m")
    page.locator(".letter").first.wait_for()
    settle(page)
    page.locator("body").press("2")
    expect(page.get_by_role("button", name=re.compile("✓ Threatening"))).to_be_visible()
    settle(page)
    page.locator("body").press("9")
    expect(page.get_by_role("button", name=re.compile("✓ High"))).to_be_visible()
    settle(page)
    decide(page, page.get_by_text(f"You marked message {first} as threatening."))
    assert heading(page) != first
    page.locator("body").press("u")
    expect(page.get_by_text(f"Undone: message {first} is open again.")).to_be_visible()
    assert heading(page) == first
    page.get_by_role("link", name="Record").click()
    record = page.locator("table.plain")
    expect(record).to_have_count(1)  # the page before may still stand beside it
    for said in ("decided", "undid the decision", "uncovered", "opened"):
        expect(record.get_by_text(said, exact=True).first).to_be_visible()
    expect(record.get_by_text("threatening, severity high").first).to_be_visible()


def test_enter_on_a_focused_control_does_that_controls_act_and_nothing_else(demo, sign_in) -> None:
    """ux.md: a bare Enter as a shortcut fires over the focused button; ours is Ctrl+Enter."""
    page = sign_in(demo, "Bo Lindqvarn")
    page.get_by_role("button", name="Start with the first").click()
    reference = heading(page)
    acts = {
        "None of these": "✓ None of these",
        "Threatening": "✓ Threatening",
        "Aggressive": "✓ Aggressive",
        "Offensive": "✓ Offensive",
        "Otherwise inappropriate": "✓ Otherwise inappropriate",
        "Low": "✓ Low",
        "Medium": "✓ Medium",
        "High": "✓ High",
        "Help": "When each holds",
        "Show every word": None,
    }
    for name, effect in acts.items():
        settle(page)
        page.get_by_role("button", name=re.compile(rf"^(✓ )?{name}")).first.press("Enter")
        if effect is None:
            page.locator(".letter").first.wait_for()
        else:
            expect(page.get_by_text(effect).first).to_be_visible()
        assert heading(page) == reference
    settle(page)
    note = page.get_by_label("Note for the record (optional)")
    note.fill("2 then 9")
    note.press("Enter")
    settle(page)
    assert heading(page) == reference
    page.get_by_role("button", name="Clear").press("Enter")
    expect(page.get_by_role("button", name=re.compile("^✓"))).to_have_count(0)
    settle(page)
    page.get_by_role("button", name="Skip").press("Enter")
    expect(page.get_by_text(f"Skipped: message {reference}")).to_be_visible()


FAST = """([names, apart]) => Promise.all(names.map((name, nth) => new Promise(done =>
  setTimeout(() => done([...document.querySelectorAll("button")]
    .find(one => one.innerText.startsWith(name)).click()), nth * apart))))"""
"""Press these one after another, so many milliseconds apart."""


def test_no_press_is_lost_however_fast_they_come(demo, sign_in) -> None:
    """A run that is stopped by the next press took the one before it along, unseen."""
    page = sign_in(demo, "Bo Lindqvarn")
    page.get_by_role("button", name="Start with the first").click()
    heading(page)
    settle(page)
    for apart in (0, 10, 20, 30, 40, 50, 60):
        page.evaluate(FAST, [["Threatening", "Aggressive", "Offensive", "High"], apart])
        for name in ("Threatening", "Aggressive", "Offensive", "High"):
            expect(page.get_by_role("button", name=f"✓ {name}")).to_be_visible()
        press(page, "Clear")
        expect(page.get_by_role("button", name=re.compile("^✓"))).to_have_count(0)
    press(page, "Back to the queue")


def test_a_held_key_decides_at_most_one_message(demo, sign_in) -> None:
    page = sign_in(demo, "Dee Marlowe-Finch")
    page.get_by_role("button", name="Start with the first").click()
    heading(page)
    settle(page)
    page.locator("body").press("f")
    page.locator(".letter").first.wait_for()
    settle(page)
    page.locator("body").press("1")
    expect(page.get_by_role("button", name=re.compile("✓ None of these"))).to_be_visible()
    settle(page)
    for _ in range(6):
        page.locator("body").press("Control+Enter")
        page.locator("body").press("1")
    settle(page)
    page.get_by_role("link", name="Record").click()
    page.get_by_role("heading", name="Record", exact=True).wait_for()
    settle(page)
    record = page.locator("table.plain")
    record.wait_for()
    rows = record.locator("tr", has_text="Dee Marlowe-Finch")
    assert rows.filter(has_text=re.compile("decided")).count() <= 1


def test_what_is_opened_from_far_down_a_list_is_seen_from_its_top(demo, sign_in) -> None:
    """Of itself the browser stays as far down as it was, and shows the end of a message."""
    page = sign_in(demo, "Sam Reyne")
    page.get_by_role("link", name="Review").click()
    row = page.get_by_role("button", name=re.compile("^Open")).nth(15)
    row.scroll_into_view_if_needed()
    settle(page)
    row.click()
    heading(page)
    settle(page)
    expect(page.get_by_role("heading", name=re.compile("Message ...-..."))).to_be_in_viewport()
    page.get_by_role("button", name="Back to the queue").scroll_into_view_if_needed()
    page.get_by_role("button", name="Back to the queue").click()
    expect(page.get_by_role("heading", name="Review", exact=True)).to_be_in_viewport()


def test_the_filters_and_the_message_stand_in_the_url(demo, sign_in) -> None:
    page = sign_in(demo, "Sam Reyne", "/review")
    page.get_by_role("radio", name="Welfare").click()
    expect(page).to_have_url(re.compile("lane=Welfare"))
    settle(page)
    waiting = int(page.locator(".strip li", has_text="Welfare").locator("b").inner_text())
    rows = page.locator("//h2[.='Waiting']/following::button[starts-with(., 'Open ')]")
    expect(rows).to_have_count(waiting)
    page.get_by_role("button", name="Start with the first").click()
    expect(page).to_have_url(re.compile("message="))
    linked = page.url
    reference = heading(page)
    page.goto(linked)
    settle(page)
    page.get_by_role("button", name="Be Sam Reyne").click()
    assert heading(page) == reference


@pytest.mark.parametrize(
    "path",
    ["/", "/today", "/review", "/find", "/record", "/system", "/you", "/?message=" + "A" * 26],
)
def test_an_anonymous_visitor_gets_the_sign_in_page_on_every_deep_link(demo, page, path) -> None:
    page.goto(demo.url + path)
    expect(page.get_by_text("Choose who to be")).to_be_visible()
    expect(page.get_by_role("button", name="Open")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "path"),
    [
        ("Max Tolliver", "/find"),
        ("Ada Penhallow", "/record"),
        ("Kit Oyelund", "/find"),
        ("Max Tolliver", "/system"),
        ("Sam Reyne", "/system"),
    ],
)
def test_a_direct_url_opens_no_page_of_another_role(demo, sign_in, name, path) -> None:
    page = sign_in(demo, name, path)
    expect(page.get_by_text("This page is not part of your role.")).to_be_visible()
    expect(page.get_by_role("link", name=path.strip("/").title())).to_have_count(0)
    expect(page.locator("table.plain")).to_have_count(0)


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("Sam Reyne", "Today"),
        ("Max Tolliver", "Trends"),
        ("Ada Penhallow", "Team"),
        ("Kit Oyelund", "Sent to you"),
    ],
)
def test_everybody_starts_on_a_page_of_their_own(demo, sign_in, name: str, start: str) -> None:
    page = sign_in(demo, name)
    expect(page.get_by_role("heading", name=start, exact=True)).to_be_visible()
    expect(page.get_by_text("This page is not part of your role.")).to_have_count(0)
    expect(page.get_by_text("Page not found")).to_have_count(0)


def test_from_the_morning_page_one_key_opens_the_first_and_eight_go_by_the_keyboard_alone(
    demo, sign_in
) -> None:
    """ux.md: eight flagged messages must cost ten minutes, and no hand leaves the keys."""
    page = sign_in(demo, "Bo Lindqvarn")
    before = looked_at(page)
    keys = page.locator("body")
    keys.press("n")
    seen = []
    for _ in range(8):
        seen.append(heading(page))
        settle(page)
        keys.press("m")
        page.locator(".letter").first.wait_for()
        settle(page)
        keys.press("1")
        expect(page.get_by_role("button", name=re.compile("✓ None of these"))).to_be_visible()
        settle(page)
        decide(page, page.get_by_text(f"You marked message {seen[-1]}"))
        settle(page)
    assert len(set(seen)) == 8
    page.get_by_role("button", name="Pass this to someone else").click()
    expect(page.get_by_role("heading", name="Today", exact=True)).to_be_visible()
    expect(page.get_by_text(f"{before + 8} looked at").first).to_be_visible()


def test_a_handover_is_copied_in_one_press_and_a_sentence_reaches_the_next(
    demo, sign_in, context
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = sign_in(demo, "Dee Marlowe-Finch")
    page.get_by_test_id("stCode").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.startswith("Since ")
    assert "still waiting" in copied
    assert "@" not in copied
    page.get_by_label("A sentence of your own").fill("The north batch is half done.")
    page.get_by_role("button", name="Leave this note").click()
    expect(page.get_by_text("From you")).to_be_visible()
    other = sign_in(demo, "Sam Reyne")
    expect(other.get_by_text("Handover from Dee Marlowe-Finch")).to_be_visible()
    expect(other.get_by_text("The north batch is half done.")).to_be_visible()
