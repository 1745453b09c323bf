"""The report form in a real browser: no script, a phone, a lost line, Back, and a reader of axe."""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
import uvicorn
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect
from support.browsing import over
from support.cluster import free_port
from support.mail import START

from dashboard.report.application import make_app
from dashboard.report.asked import QUESTIONS
from triage.app import ReportForm, Triage, open_triage
from triage.core.access import CONSOLE
from triage.core.clock import SetClock
from triage.core.commands import Tx
from triage.core.keys import KeyStore
from triage.core.sealed import Vault
from triage.core.settings import Settings
from triage.reports import published, service
from triage.reports.answers import Answers
from triage.reports.published import Event, Member
from triage.reports.thread import OpenedReport

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
DESKTOP = {"width": 1280, "height": 900}
ACCOUNT = "Somebody shouted at me after the second talk."
KEY = "1:" + "5e" * 32
MEMBER = Member("0" * 26, "Ana Example")
OPEN_DAY = Event("OPEN26", "Open day", "Ana Example, 07700 900123")
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 50


@dataclass
class Standing:
    """A form that is up, the desk behind it, and the clock of both."""

    url: str
    desk: Triage
    clock: SetClock

    def first(self) -> OpenedReport:
        """The oldest report that nobody has opened, opened."""

        def take(tx: Tx) -> OpenedReport:
            return service.open_report(tx, report_id=service.waiting(tx)[0])

        return self.desk.runner.run(CONSOLE, take)


@pytest.fixture
def standing(tmp_path: Path, browser_type_launch_args: object) -> Iterator[Standing]:
    """The form in this process, by a clock that is set."""
    clock, port = SetClock(START), free_port()
    url = f"http://127.0.0.1:{port}"
    desk = open_triage(Settings(home=tmp_path, desk_key=KEY), clock=clock)
    public = desk.vault.ring().publics[1].public_bytes_raw().hex()
    settings = Settings(
        home=tmp_path / "form",
        database_url=desk.settings.url,
        desk_public_key=f"1:{public}",
        organisation="Civic Example",
        form_url=url,
        exit_url="https://example.org/weather",
    )

    def publish(tx: Tx) -> None:
        service.publish(tx, key=published.TEAM, value=published.team_value((MEMBER,)))
        service.publish(tx, key=published.EVENTS, value=published.events_value((OPEN_DAY,)))
        service.publish(tx, key=published.ON_DUTY, value=published.duty_value(None))

    desk.runner.run(CONSOLE, publish)
    form = ReportForm(settings, desk.database, Vault(KeyStore(settings).ring), clock)
    server = uvicorn.Server(
        uvicorn.Config(
            make_app(form), host="127.0.0.1", port=port, log_level="warning", access_log=False,
            ws="none",
        )
    )  # fmt: skip
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    ready = threading.Event()
    while not server.started and thread.is_alive():
        ready.wait(0.02)
    yield Standing(url, desk, clock)
    server.should_exit = True
    thread.join(20)
    desk.close()


def phone(browser: Browser, **more: object) -> BrowserContext:
    """A phone without scripts."""
    return browser.new_context(viewport=PHONE, java_script_enabled=False, **more)


def on(page: Page, button: str = "Save and go on") -> None:
    page.get_by_role("button", name=button, exact=True).click()


def begin(page: Page, url: str) -> None:
    page.goto(url)
    page.get_by_role("link", name="Start a report").click()
    page.get_by_label("Somebody behaved badly").check()
    on(page, "Go on")


def asks(page: Page, title: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_p_acc_1_a_whole_report_on_a_phone_without_scripts(
    standing: Standing, browser: Browser, tmp_path: Path
) -> None:
    context = phone(browser)
    page = context.new_page()
    begin(page, standing.url)
    page.get_by_label("What happened?").fill(ACCOUNT)
    on(page)
    page.get_by_label("I saw or heard it").check()
    on(page)
    page.get_by_label("Who was affected?").fill("Somebody in front")
    on(page)
    page.get_by_label("Filming, photographing").check()
    page.get_by_label("Something else", exact=True).check()
    on(page)
    expect(page.get_by_role("alert")).to_contain_text("Say in a word what it was.")
    page.get_by_role("alert").get_by_role("link").click()
    page.get_by_label("If it was something else").fill("juggling")
    on(page)
    page.get_by_label("No", exact=True).check()
    on(page)
    for _ in ("grounds", "when", "where", "activity", "way"):
        on(page)
    asks(page, "Who did it?")
    page.get_by_label("Name", exact=True).fill("Pat Example")
    on(page, "Save, and name another")
    expect(page.get_by_text("Pat Example").first).to_be_visible()
    page.get_by_label("What they do").fill("stood at the door")
    on(page)
    asks(page, "Could telling them put you or anyone at risk?")
    page.get_by_label("Yes", exact=True).check()
    on(page)
    page.get_by_label("I am not sure, or would rather not say").check()
    page.get_by_label(MEMBER.name).check()
    on(page)
    on(page)
    page.get_by_label("Choose a file").set_input_files(
        files=[{"name": "shot.png", "mimeType": "image/png", "buffer": PNG}]
    )
    on(page, "Add this file")
    expect(page.get_by_text("shot.png").first).to_be_visible()
    for _ in ("files", "support", "police", "outcome", "contact", "connection"):
        assert over(page) <= 0, page.url
        on(page)
    asks(page, "Check your answers")
    assert over(page) <= 0
    on(page, "Send the report")
    asks(page, "Your report is with us")
    code = page.locator(".code").inner_text()
    assert over(page) <= 0
    with page.expect_download() as saving:
        page.get_by_role("link", name="Save it as a small text file").click()
    assert Path(saving.value.path()).read_text("utf-8").startswith(code)
    on(page, "I have kept it: take it off this page")
    page.get_by_role("link", name="Come back with your code").click()
    page.get_by_label("What is your receipt code?").fill(code.lower())
    on(page, "Open my report")
    expect(page.get_by_text("We have your report")).to_be_visible()
    page.get_by_label("Write to us").fill("One more thing.")
    on(page, "Send the message")
    expect(page.get_by_text("One more thing.")).to_be_visible()
    found = standing.first()
    assert found.answers.description == ACCOUNT
    assert [one.name for one in found.answers.subjects] == ["Pat Example", ""]
    assert [one.name for one in found.files] == ["shot.png"]
    context.close()


def test_a_report_by_the_keyboard_alone(standing: Standing, browser: Browser) -> None:
    context = phone(browser)
    page = context.new_page()
    page.goto(f"{standing.url}/what")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the main part"
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")  # the first button of the form, from within it
    asks(page, "What happened?")
    page.get_by_label("What happened?").focus()
    page.keyboard.type(ACCOUNT)
    for _ in range(3):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent").startswith("Leave this") is False
    page.get_by_role("button", name="Save and go on").focus()
    page.keyboard.press("Enter")
    asks(page, "How do you know about it?")
    page.get_by_role("button", name="Save and check answers").focus()
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Send the report").focus()
    page.keyboard.press("Enter")
    asks(page, "Your report is with us")
    assert standing.first().answers == Answers(description=ACCOUNT)
    context.close()


def test_five_minutes_offline_lose_nothing(standing: Standing, browser: Browser) -> None:
    context = phone(browser)
    page = context.new_page()
    begin(page, standing.url)
    page.get_by_label("What happened?").fill(ACCOUNT)
    on(page)
    page.goto(f"{standing.url}/q/where")
    page.get_by_label("Where", exact=True).fill("The second hall")
    context.set_offline(True)
    page.get_by_role("button", name="Save and go on", exact=True).click(no_wait_after=True)
    with pytest.raises(Error, match="ERR_INTERNET_DISCONNECTED"):
        page.wait_for_url("**/q/activity")
    standing.clock.move(timedelta(minutes=5))
    context.set_offline(False)
    page.reload()  # as a person does; the browser sends again what was typed
    asks(page, "What was it part of?")
    page.goto(f"{standing.url}/check")
    expect(page.get_by_text(ACCOUNT)).to_be_visible()
    expect(page.get_by_text("The second hall")).to_be_visible()
    context.close()


def test_twenty_minutes_in_the_background_lose_nothing(
    standing: Standing, browser: Browser
) -> None:
    context = phone(browser)
    page = context.new_page()
    begin(page, standing.url)
    page.get_by_label("What happened?").fill(ACCOUNT)
    other = context.new_page()  # something else is in front
    other.goto("about:blank")
    other.bring_to_front()
    standing.clock.move(timedelta(minutes=20))
    page.bring_to_front()
    on(page)
    asks(page, "How do you know about it?")
    state = context.storage_state()
    context.close()  # the telephone has thrown the page away
    standing.clock.move(timedelta(minutes=20))
    again = phone(browser, storage_state=state)
    page = again.new_page()
    page.goto(standing.url)
    page.get_by_role("link", name="Go on with it").click()
    expect(page.get_by_text(ACCOUNT)).to_be_visible()
    again.close()


def test_back_loses_nothing(standing: Standing, browser: Browser) -> None:
    context = phone(browser)
    page = context.new_page()
    begin(page, standing.url)
    page.get_by_label("What happened?").fill(ACCOUNT)
    on(page)
    page.get_by_label("I saw or heard it").check()
    on(page)
    page.get_by_label("Who was affected?").fill("Somebody in front")
    on(page, "Back")  # the form's own
    expect(page.get_by_label("I saw or heard it")).to_be_checked()
    page.go_back()  # the browser's
    page.go_back()
    page.go_back()
    asks(page, "What happened?")
    expect(page.get_by_label("What happened?")).to_have_value(ACCOUNT)
    page.go_forward()
    expect(page.get_by_label("I saw or heard it")).to_be_checked()
    page.goto(f"{standing.url}/q/affected")
    expect(page.get_by_label("Who was affected?")).to_have_value("Somebody in front")
    context.close()


def test_a_double_press_sends_one_report_and_back_shows_its_receipt(
    standing: Standing, browser: Browser
) -> None:
    context = phone(browser)
    page = context.new_page()
    begin(page, standing.url)
    page.get_by_label("What happened?").fill(ACCOUNT)
    on(page)
    on(page, "Save and check answers")
    page.get_by_role("button", name="Send the report").dblclick()
    asks(page, "Your report is with us")
    code = page.locator(".code").inner_text()
    page.go_back()
    expect(page.locator(".code")).to_have_text(code)
    standing.first()
    assert standing.desk.runner.run(CONSOLE, service.waiting) == []
    context.close()


def test_leaving_quickly_is_one_press_and_back_shows_nothing(
    standing: Standing, browser: Browser
) -> None:
    context = phone(browser)
    context.route("https://example.org/**", lambda route: route.fulfill(body="weather"))
    page = context.new_page()
    begin(page, standing.url)
    page.get_by_label("What happened?").fill(ACCOUNT)
    on(page)
    page.get_by_role("link", name="Leave this page quickly").click()
    expect(page.get_by_text("weather")).to_be_visible()
    page.go_back()
    expect(page.get_by_text(ACCOUNT)).to_have_count(0)
    page.goto(f"{standing.url}/check")
    asks(page, "There is nothing here to go on with")
    context.close()


def visited(page: Page, url: str) -> Iterator[str]:
    """Each page of the form in turn, with the name of it."""
    for path in ("/", "/what", "/service", "/staff", "/event", "/event?code=OPEN26", "/return"):
        page.goto(url + path)
        yield f"plain {path.strip('/').replace('?', ' ') or 'first'}"
    page.goto(f"{url}/what")
    on(page, "Go on")
    yield "what, with a problem"
    begin(page, url)
    page.get_by_label("What happened?").fill(ACCOUNT)
    on(page)
    page.goto(f"{url}/q/standing")
    page.get_by_label("I saw or heard it").check()
    on(page)
    page.goto(f"{url}/q/kinds")
    page.get_by_label("Filming, photographing").check()
    on(page)
    page.goto(f"{url}/q/people")
    page.get_by_label("Name", exact=True).fill("Pat Example, of the second row")
    on(page)
    page.goto(f"{url}/q/files")
    page.get_by_label("Choose a file").set_input_files(
        files=[{"name": "shot of the hall.png", "mimeType": "image/png", "buffer": PNG}]
    )
    on(page, "Add this file")
    for one in QUESTIONS:
        page.goto(f"{url}/q/{one.slug}")
        yield one.slug
    page.goto(f"{url}/q/people?more=1")
    yield "people, another"
    page.goto(f"{url}/q/outcome")
    page.get_by_label("Yes: write to me").check()
    on(page)
    on(page)
    yield "contact, with a problem"
    page.get_by_label("Email address").fill("me@example.org")
    on(page)
    page.goto(f"{url}/check")
    yield "check"
    on(page, "Send the report")
    yield "receipt"
    code = page.locator(".code").inner_text()
    page.goto(f"{url}/receipt/print")
    yield "receipt to print"
    page.goto(f"{url}/receipt")
    on(page, "I have kept it: take it off this page")
    yield "kept"
    page.goto(f"{url}/receipt")
    yield "lost"
    page.goto(f"{url}/return")
    page.get_by_label("What is your receipt code?").fill("wrong")
    on(page, "Open my report")
    yield "return, with a problem"
    page.get_by_label("What is your receipt code?").fill(code)
    on(page, "Open my report")
    page.get_by_label("Write to us").fill("One more thing, over\ntwo lines.")
    on(page, "Send the message")
    yield "thread"
    for act in ("file", "wish", "withdraw", "code"):
        page.goto(f"{url}/thread/{act}")
        yield f"thread {act}"


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", ["phone", "desktop"])
def test_every_page_passes_axe_and_fits(
    standing: Standing, browser: Browser, scheme: str, width: str
) -> None:
    context = browser.new_context(
        color_scheme=scheme, viewport=PHONE if width == "phone" else DESKTOP
    )
    page = context.new_page()
    asked_for: list[str] = []
    page.on("request", lambda one: asked_for.append(one.url))
    found, names = [], []
    for name in visited(page, standing.url):
        names.append(name)
        found += [
            f"{name}: {one['id']}: {node['target']} {node['failureSummary'][:200]}"
            for one in Axe().run(page).response["violations"]
            for node in one["nodes"]
        ]
        assert over(page) <= 0, name
        assert page.locator("h1").count() == 1, name
    assert found == []
    assert [one for one in asked_for if not one.startswith(standing.url)] == []
    assert len(names) > 35
    context.close()
