"""The whole life of a report in a browser: told on a phone without scripts, taken, handed over in
mid-case, told to the person reported, decided by others, acted on, and its end read with the
receipt. And no word of it in any alert, log, address, export or answer to a wrong receipt."""

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Frame,
    Locator,
    Page,
    TimeoutError,
    WebSocket,
    expect,
)
from sqlalchemy import select
from support.browsing import over, press, settle, unfolded
from support.scorer import ScriptedScorer
from support.serving import DESK, Served, serving

from triage.app import Triage, open_triage
from triage.cases.rules import NO_SUCH_CASE
from triage.cases.service.jobs import run_cases
from triage.core.access import CONSOLE
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.demo import demo_settings
from triage.notify.rules import Kind, Lane
from triage.notify.tables import OutboxMail
from triage.notify.words import compose
from triage.staff.calendar import LONDON
from triage.staff.service import add_person, invite_guest, name_fallback

pytestmark = pytest.mark.browser

PHONE = {"width": 390, "height": 844}
TRIES, SHORT = 5, 3_000
HAL, HOPE, IVO = "Hal Thornbury", "Hope Winterbourne", "Ivo Calloway"
DEE, OTTO, TESS = "Dee Marlowe-Finch", "Otto Fennimore", "Tess Ravensdale"
TEAM: dict[str, tuple[Role, ...]] = {
    HAL: (Role.HANDLER,),
    HOPE: (Role.HANDLER,),
    IVO: (Role.INVESTIGATOR,),
    DEE: (Role.DECIDER,),
    OTTO: (Role.ON_DUTY,),
}
QUOTE = "He shook the zanzibar quokka at me and would not stop"
STORY = f"{QUOTE}, by the stairs of the open day."
AFFECTED = "Perpetua Whortleberry"
ONE_MORE = "It had a marmalade ribbon on."
CONCERN = "how you behaved at our open day"
ACCOUNT = "I was carrying a wombat costume, and I was loud."
NOTE = "The caretaker saw a pangolin being shaken."
BECAUSE = "Two people describe the same bandicoot."
SECRETS = (
    "zanzibar", "quokka", "Perpetua", "Whortleberry", "marmalade", "wombat", "pangolin",
    "bandicoot", "Thornbury", "stairs of the open day", "capybara",
)  # fmt: skip
"""Words that stand in the report, and in what was written about it: nowhere else may one be."""
AWAY = "An expulsion for the capybara week"


def begin(home: Path) -> Triage:
    return open_triage(demo_settings(home), scorer=ScriptedScorer())


def fill(home: Path) -> None:
    """A team, somebody from outside who stands in, and what the form is told of them."""
    triage = begin(home)
    for name, roles in TEAM.items():
        email = f"{name.split()[0].lower()}@civic.example"
        triage.runner.run(CONSOLE, partial(add_person, name=name, email=email, roles=roles))
    until = triage.clock.now() + timedelta(days=1)
    invite = partial(
        invite_guest, name=TESS, email="tess@trust.example.org", matter_id=new_id(),
        expires_at=until,
    )  # fmt: skip
    tess = triage.runner.run(CONSOLE, invite)
    triage.runner.run(CONSOLE, partial(name_fallback, person_id=tess))
    run_cases(triage.runner, triage.clock.now())  # tells the form who the team is
    triage.close()


@dataclass
class House:
    """Both processes, and every address that a browser asked either of them for."""

    desk: Served
    form: Served
    home: Path
    asked: list[str] = field(default_factory=list)

    def run(self, *command: str) -> str:
        """A command of ours, in a process of its own."""
        ended = subprocess.run(
            [sys.executable, "-m", "triage", *command],
            env={**os.environ, "TRIAGE_HOME": str(self.home), "TRIAGE_DEMO": "true"},
            capture_output=True, text=True, check=True, timeout=120,
        )  # fmt: skip
        return ended.stdout + ended.stderr

    def watch(self, context: BrowserContext) -> None:
        """From here on every address that its pages ask for, or stand at, is kept."""
        context.on("request", lambda one: self.asked.append(one.url))
        context.on("page", lambda page: page.on("framenavigated", self._stands_at))
        context.on("page", lambda page: page.on("websocket", self._stands_at))

    def _stands_at(self, one: Frame | WebSocket) -> None:
        self.asked.append(one.url)


@pytest.fixture
def house(tmp_path: Path, browser_type_launch_args: object) -> Iterator[House]:
    """The desk and the form, each in its process, over one database."""
    fill(tmp_path)
    folder = tmp_path / "form"
    folder.mkdir()
    form = [sys.executable, "-m", "triage", "serve", "--report", "--demo", "--port", "{port}"]
    with (
        serving(tmp_path, DESK, TRIAGE_DEMO="true") as one,
        serving(folder, form, health="/healthz", TRIAGE_HOME=str(tmp_path)) as two,
    ):
        yield House(one, two, tmp_path)


# -- the form, on a phone


def on(page: Page, button: str = "Save and go on") -> None:
    assert over(page) <= 0, page.url
    page.get_by_role("button", name=button, exact=True).click()


def tell(page: Page, url: str) -> str:
    """A whole report; the receipt's code."""
    page.goto(url)
    page.get_by_role("link", name="Start a report").click()
    page.get_by_label("Somebody behaved badly").check()
    on(page, "Go on")
    page.get_by_label("What happened?").fill(STORY)
    on(page)
    page.get_by_label("I saw or heard it").check()
    on(page)
    page.get_by_label("Who was affected?").fill(AFFECTED)
    on(page)
    page.goto(f"{url}/q/people")
    page.get_by_label("Name", exact=True).fill(HAL)
    on(page)
    page.goto(f"{url}/q/outcome")
    page.get_by_label("I will look here, with my receipt code").check()
    on(page)
    page.goto(f"{url}/check")
    expect(page.get_by_text(STORY)).to_be_visible()
    on(page, "Send the report")
    code = page.locator(".code").inner_text()
    on(page, "I have kept it: take it off this page")
    return code


def come_back(page: Page, url: str, code: str) -> None:
    page.goto(f"{url}/return")
    page.get_by_label("What is your receipt code?").fill(code)
    on(page, "Open my report")


# -- the desk


def press_for(page: Page, name: str, text: str) -> None:
    """Press what may be pressed again, until it has said this: a press is lost while it draws."""
    said = page.get_by_text(text).locator("visible=true").first
    for _ in range(TRIES):
        press(page, name)
        try:
            said.wait_for(timeout=2 * SHORT)
        except TimeoutError:
            continue
        return
    pytest.fail(f"{name} did not say: {text}")


def write(page: Page, form: Locator, label: str, text: str) -> None:
    box = form.get_by_label(label).locator("visible=true").first
    box.fill(text)
    box.press("Tab")
    settle(page)


def choose(page: Page, form: Locator, label: str, option: str) -> None:
    """A list closes when its page scrolls or is drawn again: it is opened until it was used."""
    box = form.get_by_label(label).locator("visible=true").first
    wanted = page.get_by_role("option", name=option)
    for _ in range(TRIES):
        try:
            box.click(timeout=SHORT)
            wanted.first.click(timeout=SHORT)
        except TimeoutError:
            page.keyboard.press("Escape")
            continue
        settle(page)
        return
    pytest.fail(f"{label} could not be chosen")


def tick(page: Page, form: Locator, text: str) -> None:
    form.get_by_text(text).locator("visible=true").first.click()
    settle(page)


def number(page: Page, form: Locator, label: str, digits: str) -> None:
    """A day or a time, from its first part on."""
    form.get_by_role("spinbutton", name=re.compile(label)).first.click()
    page.keyboard.type(digits)
    page.keyboard.press("Tab")
    settle(page)


def confirm(page: Page, form: Locator, act: str) -> None:
    """Check the answers, and do it."""
    go_on = form.get_by_role("button", name="Go on: check your answers")
    check = page.get_by_role("heading", name="Check your answers")
    for _ in range(TRIES):
        try:
            go_on.locator("visible=true").first.click(timeout=SHORT)
            check.wait_for(timeout=2 * SHORT)
        except TimeoutError:
            continue  # the page was just being drawn: the press was lost
        break
    check.wait_for()
    settle(page)
    press(page, act)
    page.get_by_text(f"On the record: {act.lower()}.").wait_for()
    settle(page)


def do(page: Page, act: str) -> None:
    """An act whose form asks nothing."""
    confirm(page, unfolded(page, act), act)


def name_somebody(page: Page, whom: str, part: str) -> None:
    form = unfolded(page, "Name somebody")
    choose(page, form, "For what?", part)
    choose(page, form, "Whom?", whom)
    confirm(page, form, "Name somebody")


def found(page: Page, form: Locator, why: str, *more: tuple[str, str]) -> None:
    """What a recommendation and a decision share."""
    tick(page, form, "It happened (upheld)")
    for label, option in (
        ("Under which clauses?", "P-TAX-1"),
        ("What follows?", "Expulsion from an event"),
        ("What follows?", "A referral to HR"),
        *more,
    ):
        choose(page, form, label, option)
        page.keyboard.press("Escape")  # a list of several stays open
    write(page, form, "What does it rest on?", why)


def copied_out(page: Page) -> None:
    """The letter goes in another way, now."""
    form = unfolded(page, "Copy it out")
    number(page, form, "hour, At what time", f"{datetime.now(UTC).astimezone(LONDON):%H%M}")
    press(page, "I have sent it")


NOTHING_TO_DO = "I have nothing to do with any of them"


def outbox(house: House) -> list[OutboxMail]:
    triage = begin(house.home)
    with triage.database.read() as session:
        rows = list(session.scalars(select(OutboxMail)))
        session.expunge_all()
    triage.close()
    return rows


def as_sent(one: OutboxMail) -> str:
    """An alert as it is stored, and as it would be handed over."""
    mail = compose(
        kind=Kind(one.kind), lane=None if one.lane is None else Lane(one.lane),
        desk_url="https://desk.example.org", sender="desk@civic.example", to="who@civic.example",
        message_id="<1@civic.example>", at=one.queued_at,
    )  # fmt: skip
    columns = {name: value for name, value in vars(one).items() if not name.startswith("_")}
    return f"{columns}\n{mail.as_string()}"


def wrong_receipt(house: House, page: Page) -> str:
    """All that the form says to a code that opens nothing."""
    said: list[str] = []
    page.on("response", lambda one: said.append(f"{one.url} {one.headers}"))
    come_back(page, house.form.url, "22222-33333-44444-55555-66666")
    expect(page.get_by_role("alert")).to_be_visible()
    said.append(page.content())
    page.close()
    return "\n".join(said)


@dataclass
class Journey:
    """One report on its way, with the page of its reporter."""

    house: House
    sign_in: Callable[..., Page]
    phone: BrowserContext
    code: str = ""
    url: str = ""
    said: str = ""
    """What our commands and a wrong receipt were answered."""
    open: dict[str, Page] = field(default_factory=dict)

    def as_(self, name: str, path: str = "") -> Page:
        """The report on the desk (or another page of it) as it stands now for somebody."""
        if name in self.open:
            self.open.pop(name).close()
        page = self.open[name] = self.sign_in(self.house.desk, name, path or self.url)
        settle(page)
        return page

    def back(self) -> Page:
        """The report as its reporter finds it with the receipt."""
        page = self.phone.new_page()
        come_back(page, self.house.form.url, self.code)
        return page

    def raised(self) -> None:
        """Told on a phone; the job finds it, and one alert goes."""
        self.code = tell(self.phone.new_page(), self.house.form.url)
        self.said += self.house.run("jobs", "run")
        assert [one.kind for one in outbox(self.house)] == [Kind.ALARM.value]

    def taken(self) -> None:
        """Hal, whom it names, sees nothing of it. Hope takes it, and names who does the rest."""
        hope = self.as_(HOPE, "/cases")
        hope.get_by_role("button", name=re.compile("^Open ...-...")).click()
        hope.get_by_role("heading", name="Have you a conflict?").wait_for()
        settle(hope)
        expect(hope.get_by_text("quokka")).to_have_count(0)  # parties first, the account after
        self.url = "/cases?" + hope.url.partition("?")[2]

        hal = self.as_(HAL, "/cases")
        expect(hal.get_by_text("Nothing waits to be taken.")).to_be_visible()
        expect(hal.get_by_role("button", name=re.compile("^Open ...-..."))).to_have_count(0)
        hal = self.as_(HAL)
        expect(hal.get_by_text(NO_SUCH_CASE)).to_be_visible()
        expect(hal.get_by_text("quokka")).to_have_count(0)

        press(hope, NOTHING_TO_DO)
        hope.get_by_text(STORY).first.wait_for()
        name_somebody(hope, IVO, "looks into it")
        name_somebody(hope, DEE, "decides")
        do(hope, "Begin to look into it")
        ivo = self.as_(IVO)
        press(ivo, NOTHING_TO_DO)
        ivo.get_by_text(STORY).first.wait_for()

    def stepped_back(self) -> None:
        """Hope steps back in mid-case: one press, and somebody has her place."""
        hope = self.as_(HOPE)
        press(hope, "Step back from this report")  # no reason is asked
        hope.get_by_text("Nothing waits to be taken.").wait_for()
        hope = self.as_(HOPE)
        expect(hope.get_by_text(NO_SUCH_CASE)).to_be_visible()
        tess = self.as_(TESS)
        press(tess, NOTHING_TO_DO)
        tess.get_by_text(STORY).first.wait_for()
        expect(tess.get_by_text("stands in from outside the team").first).to_be_visible()

    def notice(self) -> None:
        """The notice: shown to the reporter, refused for their own words, changed, and sent."""
        ivo = self.as_(IVO)
        form = unfolded(ivo, "Write the notice to the person reported")
        write(ivo, form, "What is it about", f"It is said of you: {QUOTE}.")
        confirm(ivo, form, "Write the notice to the person reported")
        press_for(ivo, "Check for leaks", "Show it to the reporter first")
        do(ivo, "Show the notice to the reporter first")
        press_for(ivo, "Check for leaks", "The reporter has time left")

        reporter = self.back()
        expect(reporter.get_by_role("heading", name="We have asked you something")).to_be_visible()
        expect(reporter.get_by_text(f"It is said of you: {QUOTE}.").first).to_be_visible()
        reporter.get_by_label("Write to us").fill(f"Those are my words. {ONE_MORE}")
        on(reporter, "Send the message")
        expect(reporter.get_by_text(ONE_MORE).first).to_be_visible()

        ivo = self.as_(IVO)
        expect(ivo.get_by_text(ONE_MORE).first).to_be_visible()
        press_for(ivo, "Check for leaks", "Something in it could tell who reported this.")
        expect(ivo.get_by_text(re.compile("words or more in a row")).first).to_be_visible()
        # It does not go as long as that is in it: nobody is offered to let it.
        expect(ivo.get_by_role("button", name="This is right: it may go")).to_have_count(0)
        expect(ivo.locator("summary", has_text="Copy it out")).to_have_count(0)
        form = unfolded(ivo, "Change it")
        letter = form.get_by_label("Letter", exact=True)
        letter.fill(letter.input_value().replace(f"It is said of you: {QUOTE}.", CONCERN))
        press(ivo, "Keep, and show what will go")
        ivo.locator(".letter").filter(has_text=CONCERN).first.wait_for()
        press_for(ivo, "Check for leaks", "This is not the text that the reporter was shown")
        form = unfolded(ivo, "Go on without asking the reporter")
        write(ivo, form, "Why is the reporter not asked?", "Nothing but their words was taken out.")
        confirm(ivo, form, "Go on without asking the reporter")
        press_for(ivo, "Check for leaks", "Checked for leaks: none found.")
        self.seen_by_dee(ivo)
        ivo = self.as_(IVO)
        ivo.locator("summary", has_text="Copy it out").wait_for()
        copied_out(ivo)
        ivo.locator("summary", has_text="Take in their account").wait_for()

    def seen_by_dee(self, asks: Page) -> None:
        """A letter to the person reported goes once a second person has looked at it."""
        ask = "Ask a second person"
        form = unfolded(asks, ask)
        choose(asks, form, "Who looks at it as the second person?", DEE)
        write(asks, form, "What is to be looked at?", "Does anything in it tell who it was?")
        press(asks, ask)
        asks.get_by_text("A second person looks at it.").first.wait_for()
        dee = self.as_(DEE)
        agree = dee.get_by_role("button", name="Let it go as it stands")
        if dee.get_by_role("button", name=NOTHING_TO_DO).count():
            press(dee, NOTHING_TO_DO)
        agree.wait_for()
        form = dee.get_by_test_id("stForm").filter(has=agree)
        write(dee, form, "Why?", "Nothing in it does.")
        press(dee, "Let it go as it stands")
        expect(agree).to_have_count(0)

    def looked_into(self) -> None:
        """What the person reported says, what somebody else says, and what is recommended."""
        ivo = self.as_(IVO)
        today = f"{datetime.now(UTC).astimezone(LONDON):%d%m%Y}"
        form = unfolded(ivo, "Take in their account")
        write(ivo, form, "What they say, in their words", ACCOUNT)
        number(ivo, form, "day, On which day was it said", today)
        write(ivo, form, "Where does it come from, and how?", "By word of mouth, to me")
        confirm(ivo, form, "Take in their account")
        form = unfolded(ivo, "Add a note")
        write(ivo, form, "What is it, in a line?", "What the caretaker says")
        write(ivo, form, "The note", NOTE)
        choose(ivo, form, "From whom does it come?", "a witness")
        number(ivo, form, "day, On which day was it said", today)
        write(ivo, form, "Where does it come from, and how?", "Told to me at the door")
        confirm(ivo, form, "Add a note")
        form = unfolded(ivo, "Say what a piece of evidence shows")
        choose(ivo, form, "Which piece of evidence?", "from a witness")
        tick(ivo, form, "Supports what was reported")
        tick(ivo, form, "The finding rests on it")
        confirm(ivo, form, "Say what a piece of evidence shows")
        form = unfolded(ivo, "Say how it was put to the other side")
        choose(ivo, form, "Which piece of evidence?", "from a witness")
        tick(ivo, form, "It was put to them")
        write(ivo, form, "How was it put to them", "In the talk on their account.")
        confirm(ivo, form, "Say how it was put to the other side")
        form = unfolded(ivo, "Recommend a finding")
        found(ivo, form, BECAUSE, ("What kind of thing was it?", "Shouting, threats"))
        confirm(ivo, form, "Recommend a finding")

    def decided(self) -> None:
        """Somebody else opens it, and decides."""
        dee = self.as_(DEE)
        dee.get_by_role("button", name="Open what it rests on").wait_for()
        expect(dee.locator("summary", has_text=re.compile("Decide$"))).to_have_count(0)
        press(dee, "Open what it rests on")
        expect(dee.get_by_text(BECAUSE).first).to_be_visible()
        form = unfolded(dee, "Decide")
        found(dee, form, BECAUSE)
        confirm(dee, form, "Decide")

    def acted_on(self) -> None:
        """What was decided is set up, and done."""
        tess = self.as_(TESS)
        act = "Set up: expulsion from an event"
        form = unfolded(tess, act)
        choose(tess, form, "Whom is it about?", HAL)
        write(tess, form, "From which event", "The open day, and the one after it")
        write(tess, form, "What is done, or asked for, and why?", AWAY)
        expect(form.get_by_text("No refund")).to_be_visible()
        confirm(tess, form, act)
        act = "Set up: a referral to HR, beside the case"
        form = unfolded(tess, act)
        choose(tess, form, "Whom is it about?", HAL)
        write(tess, form, "What is HR asked to look at?", "What follows at work.")
        confirm(tess, form, act)
        do(tess, "Begin to do what was decided")
        form = unfolded(tess, "Say that something is done")
        choose(tess, form, "Which?", "Expulsion from an event")
        write(tess, form, "What was done, and with whom?", "Told at the door, and let out.")
        confirm(tess, form, "Say that something is done")
        form = unfolded(tess, "Say that something is done")
        write(tess, form, "What was done, and with whom?", "The head of HR has it since today.")
        confirm(tess, form, "Say that something is done")

    def both_told(self) -> None:
        """The reporter over the receipt, the person reported by a letter; and it is closed."""
        tess = self.as_(TESS)
        do(tess, "Tell the reporter how it ended")
        form = unfolded(tess, "Tell the person reported how it ended")
        choose(tess, form, "Who is told?", HAL)
        write(tess, form, "What follows from it for them", "You do not come to our next event.")
        confirm(tess, form, "Tell the person reported how it ended")

        ivo = self.as_(IVO)  # who writes letters with the handler
        press_for(ivo, "Check for leaks", "Checked for leaks:")
        self.seen_by_dee(ivo)
        ivo = self.as_(IVO)
        copied_out(ivo)
        ivo.get_by_text("Told by letter").first.wait_for()

        tess = self.as_(TESS)
        form = unfolded(tess, "Close it")
        write(tess, form, "How did it end, in a few words?", "All of it is done.")
        confirm(tess, form, "Close it")
        expect(tess.get_by_text("Closed", exact=True).first).to_be_visible()

    def ended(self) -> None:
        """The reporter reads how it ended."""
        self.said += wrong_receipt(self.house, self.phone.new_page())
        reporter = self.back()
        expect(reporter.get_by_role("heading", name="It has ended")).to_be_visible()
        expect(
            reporter.get_by_text("We found that what you told us did happen").first
        ).to_be_visible()
        expect(reporter.get_by_text("We have acted on it.").first).to_be_visible()
        assert over(reporter) <= 0

    def scanned(self) -> None:
        """No word of it is anywhere but where it belongs."""
        self.said += self.house.run("jobs", "run")
        kept = self.house.home / "record.jsonl"
        self.said += self.house.run("audit", "export", str(kept))
        places = {
            "alerts": "\n".join(as_sent(one) for one in outbox(self.house)),
            "log of the desk": (self.house.home / "server.log").read_text("utf-8"),
            "log of the form": (self.house.home / "form" / "server.log").read_text("utf-8"),
            "commands, and a wrong receipt": self.said,
            "addresses": "\n".join(self.house.asked),
            "record": kept.read_text("ascii"),
        }
        assert all(one in places["addresses"] for one in ("/return", "/cases?case=", "ws://"))
        assert "notice_send" in places["record"]
        found_in = [
            (where, word)
            for where, text in places.items()
            for word in (*SECRETS, self.code)
            if word.casefold() in text.casefold()
        ]
        assert found_in == []


STAGES = (
    Journey.raised,
    Journey.taken,
    Journey.stepped_back,
    Journey.notice,
    Journey.looked_into,
    Journey.decided,
    Journey.acted_on,
    Journey.both_told,
    Journey.ended,
    Journey.scanned,
)


def test_p_out_3_an_outsider_reports_somebody_who_works_here_and_reads_how_it_ended(
    house: House, browser: Browser, context: BrowserContext, sign_in: Callable[..., Page]
) -> None:
    phone = browser.new_context(viewport=PHONE, java_script_enabled=False)
    for one in (context, phone):
        house.watch(one)
    journey = Journey(house, sign_in, phone)
    for stage in STAGES:
        stage(journey)
    phone.close()
