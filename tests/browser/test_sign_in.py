"""Sign-in end to end: a real browser, a real provider on the loopback, a real server.

trust.md section 1: sessions are ours and end when we say so; a deep link survives sign-in; a
fresh server shows the sign-in page on every deep link; files go to whom they were offered.
"""

import re
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect
from sqlalchemy import select
from support.browsing import settle
from support.provider import Provider, providing
from support.serving import Served, serving

from dashboard.views import views
from triage.app import Triage, open_triage
from triage.core.access import CONSOLE, Actor, can
from triage.core.audit import AuditEvent
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.core.settings import Settings
from triage.staff.queries import people_at
from triage.staff.service import add_person, disable
from triage.staff.sessions import service as sessions
from triage.staff.sessions.tables import StaffSession

pytestmark = pytest.mark.browser

SUPPORT = Path(__file__).parent.parent / "support"
CANARY = "sphinxquartz"
PEOPLE = {
    "ana": frozenset({Role.REVIEWER}),
    "ben": frozenset({Role.REVIEWER}),
    "cy": frozenset({Role.REVIEWER}),
    "di": frozenset({Role.REVIEWER}),
    "ed": frozenset({Role.REVIEWER}),
    "max": frozenset({Role.MANAGER}),
}
"""Who is disabled, revoked, recused or renamed in one test takes part in no other."""


@dataclass
class World:
    """A desk with sign-in that is up, its provider, and its database from beside."""

    served: Served
    provider: Provider
    triage: Triage
    people: dict[str, str]
    matter: str

    def move(self, minutes: float) -> None:
        """Move the server's clock on."""
        (self.served.home / "clock").write_text(str(minutes * 60))

    def do(self, command: Callable[..., object], **given: object) -> None:
        """Run a command from the command line's place."""
        self.triage.runner.run(CONSOLE, partial(command, **given))

    def log(self) -> str:
        """All that the server wrote."""
        return (self.served.home / "server.log").read_text()


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with providing() as one:
        yield one


def opened(home: Path, provider: Provider, matter: str, watch: float = 900) -> Iterator[World]:
    """A fresh server over a database with people; ``nan`` and ``eve`` have no account."""
    (home / "clock").write_text("0")
    triage = open_triage(Settings(home=home))
    for name, roles in PEOPLE.items():
        email = f"{name}@charity.example.org"
        triage.runner.run(CONSOLE, partial(add_person, name=name.title(), email=email, roles=roles))
        provider.know(f"sub-{name}", email=email, email_verified=True)
    provider.know("sub-nan", email="nan@example.org", email_verified=True)
    provider.know("sub-eve", email="ben@charity.example.org", email_verified=False)
    with triage.database.read() as session:
        addresses = [f"{name}@charity.example.org" for name in PEOPLE]
        found = people_at(session, addresses)
    people = {address.partition("@")[0]: person for address, person in found.items()}
    environment = {
        "TRIAGE_OIDC_METADATA_URL": f"{provider.url}/.well-known/openid-configuration",
        "TRIAGE_OIDC_CLIENT_ID": "desk",
        "TRIAGE_OIDC_CLIENT_SECRET": "only for tests",
        "TRIAGE_COOKIE_SECRET": "a cookie secret for tests, and no other use",
        "TEST_CLOCK": str(home / "clock"),
        "TEST_CANARY": CANARY,
        "TEST_WATCH": str(watch),
        "TEST_MATTER": matter,
    }
    command = [sys.executable, str(SUPPORT / "signing_desk.py"), "{port}"]
    with serving(home, command, **environment) as served:
        yield World(served, provider, triage, people, matter)
    triage.close()


@pytest.fixture(scope="module")
def world(
    tmp_path_factory: pytest.TempPathFactory, provider: Provider, browser_type_launch_args: object
) -> Iterator[World]:
    yield from opened(tmp_path_factory.mktemp("desk"), provider, new_id())


@pytest.fixture
def fresh(tmp_path: Path, provider: Provider, browser_type_launch_args: object) -> Iterator[World]:
    """A server that nobody has asked for anything, with a clock of its own."""
    yield from opened(tmp_path, provider, new_id())


@pytest.fixture
def watching(
    tmp_path: Path, provider: Provider, browser_type_launch_args: object
) -> Iterator[World]:
    """A desk whose pages look at the clock by themselves every half second."""
    yield from opened(tmp_path, provider, new_id(), watch=0.5)


def sign_in(world: World, page: Page, name: str, path: str = "/") -> Page:
    """Go to a page, press sign in, and say at the provider who one is."""
    page.goto(world.served.url + path)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_placeholder("sub").fill(f"sub-{name}")
    page.get_by_role("button", name="Authorize").click()
    settle(page)
    return page


def sign_out(page: Page, how: str = "Sign out") -> None:
    """Sign out here; the provider asks whether there too."""
    page.get_by_role("button", name=how, exact=True).click()
    page.get_by_role("button", name="End session").click()
    page.get_by_role("button", name="Sign in", exact=True).wait_for()


def refused(page: Page, why: str = "Your session has ended") -> None:
    """The page is the sign-in page, and nothing of the desk is on it."""
    expect(page.get_by_text(why)).to_be_visible()
    expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
    expect(page.get_by_text("You are")).to_have_count(0)
    expect(page.get_by_role("heading", name="Record")).to_have_count(0)


def fetch(url: str, **headers: str) -> tuple[int, bytes]:
    """Status and body of a plain request."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers)) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def cookie_of(context: BrowserContext) -> str:
    """The cookies of a browser, as a header."""
    return "; ".join(f"{one['name']}={one['value']}" for one in context.cookies())


def test_a_reviewer_signs_in_and_lands_on_the_deep_link_with_its_filter(world, page) -> None:
    sign_in(world, page, "ana", "/record?record_page=1&matter=" + "A" * 26)
    expect(page.get_by_role("heading", name="Record")).to_be_visible()
    expect(page).to_have_url(re.compile(r"/record\?.*matter=A{26}"))
    expect(page.get_by_text("You are Ana")).to_be_visible()
    kept = {one["name"]: one for one in page.context.cookies()}
    login = kept["_streamlit_user"]
    assert (login["httpOnly"], login["sameSite"]) == (True, "Lax")
    assert login["expires"] - page.evaluate("Date.now() / 1000") < 12 * 3600 + 5
    assert not [name for name in kept if "tokens" in name]
    assert kept["triage_browser"]["httpOnly"]
    assert "triage_way" not in kept
    sign_out(page, "Sign out")
    with world.triage.database.read() as session:
        assert None not in session.scalars(select(StaffSession.ended_at)).all()


def test_the_first_request_ever_to_a_fresh_server_gets_the_sign_in_page_and_so_does_each_page(
    fresh, page
) -> None:
    for path in ("/find", "/?message=" + "A" * 26, *(f"/{view.path}" for view in views())):
        page.goto(fresh.served.url + path)
        expect(page.get_by_role("button", name="Sign in", exact=True)).to_be_visible()
        expect(page.get_by_text("You are")).to_have_count(0)
        expect(page.locator('[data-testid="stMain"]').get_by_role("button")).to_have_count(1)
    sign_in(fresh, page, "ana", "/record")
    fresh.move(29)
    page.get_by_role("link", name="Find").click()
    expect(page.get_by_label("Words in a message")).to_be_visible()
    fresh.move(29 + 31)
    page.get_by_role("link", name="Record").click()
    refused(page)


def test_who_is_disabled_or_revoked_in_mid_session_is_refused_at_the_next_click(
    world, page, browser: Browser
) -> None:
    sign_in(world, page, "cy", "/record")
    other = sign_in(world, browser.new_context().new_page(), "di", "/record")
    world.do(disable, person_id=world.people["cy"])
    world.do(sessions.revoke, person_id=world.people["di"])
    for one in (page, other):
        one.get_by_role("link", name="Find").click()
        refused(one)
        one.reload()
        refused(one)
    sign_in(world, page, "cy")
    expect(page.get_by_text("You have no account here.")).to_be_visible()
    other.context.close()


def test_a_replayed_login_cookie_is_refused_until_a_later_login(
    world, page, browser: Browser
) -> None:
    sign_in(world, page, "ana", "/record")
    old = [one for one in page.context.cookies() if one["name"].startswith("_streamlit")]
    sign_out(page, "Sign out")
    thief = browser.new_context()
    thief.add_cookies(old)
    stolen = thief.new_page()
    stolen.goto(world.served.url + "/record")
    refused(stolen)
    sign_in(world, page, "ana", "/record")
    expect(page.get_by_text("You are Ana")).to_be_visible()
    stolen.reload()
    refused(stolen)
    sign_in(world, stolen, "ana", "/record")
    expect(stolen.get_by_text("You are Ana")).to_be_visible()
    sign_out(stolen, "Sign out everywhere")
    page.get_by_role("link", name="Find").click()
    refused(page)
    thief.close()


def test_a_page_left_alone_warns_at_25_minutes_and_is_taken_away_at_30(watching, page) -> None:
    world = watching
    sign_in(world, page, "ana", "/record")
    world.move(26)
    page.get_by_text("You will be signed out in about 4 minutes").wait_for()
    page.get_by_role("button", name="I am still here").click()
    expect(page.get_by_text("You will be signed out")).to_have_count(0)
    world.move(26 + 31)
    refused(page)
    page.reload()
    refused(page)


def test_people_without_an_account_or_with_an_unproven_address_get_nothing(world, page) -> None:
    for name in ("nan", "eve"):
        sign_in(world, page, name, "/record")
        refused(page, "You have no account here.")
        page.reload()
        refused(page, "You have no account here.")
        page.context.clear_cookies()
    with world.triage.database.read() as session:
        found = session.query(AuditEvent).filter(AuditEvent.code == "refused").all()
        said = [(one.matter_id, one.details) for one in found if one.actor_id == "nobody"]
    assert set(said) == {(None, '{"what":"sign_in_unknown"}')}
    assert len(said) >= 2
    assert "example.org" not in world.log()


def test_an_account_stays_with_its_subject_when_the_address_moves_on(world, page) -> None:
    sign_in(world, page, "ed", "/record")
    world.provider.know("sub-ed", email="changed@example.org", email_verified=False)
    world.provider.know("sub-nan", email="ed@charity.example.org", email_verified=True)
    page.context.clear_cookies()
    sign_in(world, page, "nan", "/record")
    refused(page, "You have no account here.")
    page.context.clear_cookies()
    sign_in(world, page, "ed", "/record")
    expect(page.get_by_text("You are Ed")).to_be_visible()


def test_a_file_goes_to_whom_it_was_offered_and_to_nobody_after_an_exclusion(
    world, page, browser: Browser
) -> None:
    sign_in(world, page, "ana", "/file")
    other = sign_in(world, browser.new_context().new_page(), "ben", "/file")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Get it").click()
    url = waiting.value.url
    mine, theirs = cookie_of(page.context), cookie_of(other.context)
    assert fetch(url, Cookie=mine) == (200, b"a file for Ana")
    nothing = (403, b'{"error": "not for you"}')
    assert fetch(url) == nothing
    assert fetch(url, Cookie=theirs) == nothing
    assert fetch(url, Cookie=mine.replace("_streamlit_user=", "_streamlit_user=x")) == nothing
    assert fetch(f"{world.served.url}/media/{'0' * 56}.txt", Cookie=mine) == nothing

    def recuse(session: object) -> None:
        exclude(
            session,  # type: ignore[arg-type]
            matter_id=world.matter,
            person_id=world.people["ana"],
            kind=ExclusionKind.RECUSED,
            at=world.triage.clock.now(),
        )

    world.triage.database.write(recuse)
    assert fetch(url, Cookie=mine) == nothing
    other.context.close()


def test_a_signed_out_person_gets_no_file_with_the_cookie_they_had(world, page) -> None:
    sign_in(world, page, "ben", "/file")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Get it").click()
    held = cookie_of(page.context)
    assert fetch(waiting.value.url, Cookie=held)[0] == 200
    world.do(sessions.revoke, person_id=world.people["ben"])
    assert fetch(waiting.value.url, Cookie=held)[0] == 403


def test_a_fault_shows_its_id_on_the_page_and_its_class_in_the_log_and_its_text_nowhere(
    world, page
) -> None:
    """P-CON-2: errors and logs carry no case text."""
    sent: list[str] = []
    page.on(
        "websocket",
        lambda socket: socket.on("framereceived", lambda frame: sent.append(repr(frame))),
    )
    sign_in(world, page, "ana", "/fault?now=1")
    expect(page.get_by_text("Something went wrong here.")).to_be_visible()
    shown = re.search(r"error (\w{3}-\w{3})", page.content())
    assert shown is not None
    page.goto(world.served.url + "/fault")
    settle(page)
    page.get_by_role("button", name="Fail").click()
    expect(page.get_by_text("Something went wrong here.")).to_be_visible()
    assert CANARY not in page.content()
    assert sent
    assert not [one for one in sent if CANARY in one]
    assert CANARY not in world.log()
    assert re.search(rf"ValueError in \w+\.py:\d+ \w+ \(error {shown[1]}\)", world.log())
    assert "Traceback" not in world.log()


def test_a_manager_opens_by_direct_url_the_pages_of_a_manager_and_no_other(world, page) -> None:
    sign_in(world, page, "max", "/you")
    actor = Actor(world.people["max"], "Max", PEOPLE["max"])
    for view in views():
        page.goto(f"{world.served.url}/{view.path}")
        page.get_by_text("You are Max").wait_for()
        settle(page)
        mine = view.action is None or can(actor, view.action)
        said = page.get_by_text("This page is not part of your role.")
        expect(said).to_have_count(0 if mine else 1)


def test_no_log_line_names_a_page_a_person_or_an_address(world, page) -> None:
    sign_in(world, page, "ana", "/record?matter=" + "B" * 26)
    for text in ("BBBB", "Ana", "sub-ana", "127.0.0.1", "charity.example.org"):
        assert text not in world.log()
