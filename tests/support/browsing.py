"""Short ways in a browser, for the tests that drive one."""

import re
from contextlib import suppress

from playwright.sync_api import Error, Locator, Page, TimeoutError, expect

from support.wire import answered

TRIES, SHORT = 20, 3_000
"""How often, and for how many milliseconds, what a page may take back is tried."""

FRAMES = """() => Promise.race([
  new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))),
  new Promise(done => setTimeout(done, 2000)),
])"""
"""Two frames; a browser that draws nothing, since nothing changes, is not waited for."""

LOOKS, LOOK = 600, 50
"""How often a page is looked at until its desk has answered, and after how many milliseconds."""

READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def settle(page: Page) -> None:
    """Wait until all that the page has asked of its desk is answered, and drawn.

    The first frames let it ask what was pressed just now, the last ones let it draw the answer.
    """
    for _ in range(LOOKS):
        with suppress(Error):  # a page that is being left: the next one is asked
            page.evaluate(FRAMES)
            if answered(page) and page.locator(READY).count():
                page.evaluate(FRAMES)
                if answered(page):
                    return
        page.wait_for_timeout(LOOK)
    raise AssertionError(f"the desk did not answer: {page.url}")


def press(page: Page, name: str) -> None:
    """Press a button that is in sight, on a page that stands, and wait for what it does. The key
    that a button has beside its name is left out."""
    settle(page)
    named = re.compile(rf"^{re.escape(name)}( Shortcut .+)?$")
    page.get_by_role("button", name=named).locator("visible=true").first.click()
    settle(page)


def over(page: Page) -> int:
    """By how many pixels a page is wider than its window. One that is just being left has no
    width: it is asked of the next."""
    for _ in range(TRIES):
        with suppress(Error):
            page.wait_for_load_state("domcontentloaded")
            return int(page.locator("html").evaluate("it => it.scrollWidth - it.clientWidth"))
    raise AssertionError(f"no page stood long enough to be measured: {page.url}")


def unfold(page: Page, label: str) -> None:
    """Open the list of a field by the keyboard, and see its options.

    The focus scrolls the page to the field, and a list closes when its page scrolls: the browser
    tells of the scroll with its next frame, so the key waits for the one after it.
    """
    field = page.get_by_label(label).first
    field.focus()
    page.evaluate(FRAMES)
    field.press("ArrowDown")
    page.get_by_role("option").first.wait_for()


def decide(page: Page, said: Locator) -> None:
    """Decide by the key, and see it said; once more where the message had only just opened: what
    has been on screen for under a second is not decided, and a test may be quicker than that."""
    page.locator("body").press("Control+Enter")
    just = page.get_by_text("This message has only just opened.")
    expect(said.or_(just).first).to_be_visible()
    if just.is_visible():
        page.wait_for_function("from => Date.now() - from > 1000", arg=page.evaluate("Date.now()"))
        page.locator("body").press("Control+Enter")
    expect(said).to_be_visible()


def unfolded(page: Page, act: str) -> Locator:
    """The form of one act, open: under its heading, and there perhaps among what is rare.

    A page that is just being drawn again may shut what was opened: then it is opened anew.
    """
    head = page.locator("summary", has_text=re.compile(rf"{re.escape(act)}$"))
    folds = page.locator("details").filter(has=head)
    folds.last.wait_for(state="attached")
    for _ in range(TRIES):
        settle(page)
        with suppress(TimeoutError, AssertionError):
            shut = [one for one in folds.all() if one.get_attribute("open", timeout=SHORT) is None]
            if not shut:
                return folds.last
            shut[0].locator("summary").first.click(timeout=SHORT)  # from the outermost
            expect(shut[0]).to_have_attribute("open", re.compile(""), timeout=SHORT)
    raise AssertionError(f"{act} could not be opened")
