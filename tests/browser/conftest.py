"""A real browser on a real server: the demonstration, as its command starts it."""

import os
import shutil
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from support.browsing import settle
from support.serving import Served, serving
from support.wire import watch

CHROMIUM = "/usr/bin/chromium"
expect.set_options(timeout=30_000)
"""As long as everything else here waits: a busy machine is no fault of what is shown."""


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, object]:
    """Debian's chromium. Without it: skipped, but never in CI."""
    program = CHROMIUM if Path(CHROMIUM).exists() else shutil.which("chromium")
    if program is None:
        reason = "no chromium on this machine (Debian: apt-get install chromium)"
        if os.environ.get("CI"):
            pytest.fail(f"Browser tests must run here: {reason}")
        pytest.skip(reason)
    quiet = ["--disable-background-networking", "--disable-component-update", "--disable-sync"]
    return {"executable_path": program, "args": ["--no-sandbox", "--disable-gpu", *quiet]}


@pytest.fixture(scope="session")
def browser(browser: Browser) -> Browser:
    """A browser in which the wire of every page is read, so that ``settle`` can wait for it."""
    plain = browser.new_context

    def watched(**more: object) -> BrowserContext:
        context = plain(**more)
        watch(context)
        return context

    browser.new_context = watched
    return browser


@pytest.fixture(scope="session")
def demo(
    tmp_path_factory: pytest.TempPathFactory, browser_type_launch_args: object
) -> Iterator[Served]:
    """The demonstration with its sample mail."""
    command = [sys.executable, "-m", "triage", "demo", "--port", "{port}"]
    with serving(tmp_path_factory.mktemp("demo"), command) as served:
        yield served


SignIn = Callable[..., Page]


@pytest.fixture
def sign_in(context: BrowserContext) -> SignIn:
    """Opens a page of a desk as somebody: ``sign_in(demo, "Sam Reyne", "/find")``."""

    def open_as(served: Served, name: str, path: str = "/") -> Page:
        page = context.new_page()
        page.goto(served.url + path)
        settle(page)
        page.get_by_role("button", name=f"Be {name}").click()
        page.get_by_text(f"You are {name}").wait_for()
        settle(page)
        return page

    return open_as
