"""Short ways in a browser, for the tests that drive one."""

from playwright.sync_api import Page

READY = '[data-testid="stApp"][data-test-script-state="notRunning"]'


def settle(page: Page) -> None:
    """Wait until the script has run; never for a time."""
    page.wait_for_selector(READY, timeout=30_000)
