"""trust.md section 1: whoever writes to us learns nothing of who reads it, where, or when.

A payload stands in every field that is stored; a real browser opens every registered page; a
sink counts what is fetched. Each of the two walls (escaping, and the CSP) must hold alone, and
with both down the sink must be asked, or the test proves nothing.
"""

import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from email.message import EmailMessage
from functools import partial
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page
from support.browsing import settle
from support.scorer import ScriptedScorer
from support.serving import Served, serving
from support.sink import Sink, listening

from dashboard.views import views
from triage.app import open_triage
from triage.core.access import CONSOLE
from triage.core.roles import Role
from triage.demo import demo_settings
from triage.intake.inbound import Channel
from triage.intake.note import Note
from triage.messages.queries.queue import next_waiting
from triage.messages.service import flags, review
from triage.messages.service.importing import import_mail
from triage.messages.service.taking import take_note
from triage.staff.queries import PersonRow, active_people
from triage.staff.service import add_person

pytestmark = pytest.mark.browser

WALLS: dict[str, list[str]] = {
    "escaping alone": [
        "-m", "streamlit", "run", "{app}", "--server.port", "{port}", "--server.headless", "true",
    ],
    "csp alone": ["{support}/open_wall.py", "{port}", "escaping"],
    "none": ["{support}/open_wall.py", "{port}", "both"],
}  # fmt: skip


def payload(sink: Sink, where: str) -> str:
    """Markdown, HTML, a directive and a formula, each of which would fetch if it were taken."""
    at = f"{sink.url}/{where}"
    return (
        f'![x]({at}.md) <img src="{at}.img"> <img src=x onerror="fetch(\'{at}.js\')"> '
        f"[a]({at}.a) :material/{where}: :red[x] $x$ <script>fetch('{at}.s')</script> "
        f'<link rel=stylesheet href="{at}.css"> <b style="background:url({at}.bg)">b</b>'
    )


def hostile_mail(sink: Sink) -> bytes:
    """A mail with a payload wherever a sender can write."""
    mail = EmailMessage()
    mail["From"] = f'"{payload(sink, "from").replace(chr(34), chr(39))}" <x@example.org>'
    mail["To"] = "support@civic.example"
    mail["Subject"] = f"[high] {payload(sink, 'subject')}"
    mail["Message-ID"] = "<hostile@example.org>"
    mail["Date"] = "Mon, 02 Mar 2026 09:00:00 +0000"
    mail.set_content(f"[high] {payload(sink, 'body')}\n\n> {payload(sink, 'quoted')}\n")
    mail.add_alternative(f"<p>[high] {payload(sink, 'html')}</p>", subtype="html")
    mail.add_attachment(
        payload(sink, "attached"), subtype="plain", filename=payload(sink, "filename")
    )
    return mail.as_bytes()


def prepare(home: Path, sink: Sink) -> str:
    """A demonstration with payloads from outside people and from colleagues; the message's id."""
    triage = open_triage(demo_settings(home), scorer=ScriptedScorer())
    for name, role in (("Rev", Role.REVIEWER), ("Other", Role.REVIEWER), ("Adm", Role.ADMIN)):
        said = f"{name} {payload(sink, 'person')}"
        triage.runner.run(
            CONSOLE, partial(add_person, name=said, email=f"{name}@civic.example", roles=[role])
        )
    folder = home / "mail"
    folder.mkdir()
    (folder / "hostile.eml").write_bytes(hostile_mail(sink))
    (folder / "![x] <img src=x>.png").write_bytes(b"not mail")
    import_mail(triage.runner, triage.scorer, [folder])
    with triage.database.read() as session:
        reviewer, other = (_called(active_people(session), one) for one in ("Rev", "Other"))
        actor = other.actor()
        found = next_waiting(session, viewer=actor, now=triage.clock.now())
    assert found is not None
    run = partial(triage.runner.run, actor)
    version = run(partial(review.open_message, message_id=found))
    run(partial(flags.add_note, message_id=found, text=payload(sink, "note")))
    run(partial(flags.flag, message_id=found, note=payload(sink, "flag")))
    run(partial(review.release, message_id=found, version=version))
    said = [payload(sink, one) for one in ("called", "caller", "volunteer")]
    note = Note(Channel.PHONE, triage.clock.now(), said[0], other=said[2], name=said[1])
    run(partial(take_note, note=note, scorer=triage.scorer, flagged=True))
    triage.close()
    assert reviewer.name.startswith("Rev")
    return found


def _called(people: list[PersonRow], name: str) -> PersonRow:
    return next(one for one in people if one.name.startswith(name))


def walk(context: BrowserContext, served: Served, message_id: str) -> None:
    """Open every registered page as somebody who may, and the message with all uncovered."""
    for who, paths in (
        ("Rev", [view.path for view in views()]),
        ("Adm", ["team", "system", "you"]),
    ):
        page = context.new_page()
        page.goto(served.url)
        settle(page)
        page.get_by_role("button", name=f"Be {who}").first.click()
        page.get_by_text("You are").wait_for()
        settle(page)
        for path in paths:
            _go(page, path)
        if who == "Rev":
            _read_message(page, served, message_id)
        page.close()


def _go(page: Page, path: str) -> None:
    link = page.locator(f'[data-testid="stSidebarNavLink"][href$="/{path}"]')
    if link.count():
        link.first.click()
        settle(page)
    if path == "note" and link.count():
        page.get_by_label("Colleagues it was sent to").click()
        page.get_by_role("option").first.wait_for()
        settle(page)
    if path == "find":
        page.get_by_label("Words in a message").fill("x")
        page.get_by_label("Words in a message").press("Enter")
        settle(page)


def _read_message(page: Page, served: Served, message_id: str) -> None:
    page.locator('[data-testid="stSidebarNavLink"]').first.click()
    page.get_by_role("button", name=f"Open {message_id[:3]}-{message_id[3:6]}").first.click()
    for name in ("Show every word", "Show quoted mail and attached text"):
        settle(page)
        page.get_by_role("button", name=name).click()
    page.get_by_text("Below or attached").wait_for()
    for name in ("History of this message", "Original"):
        settle(page)
        page.get_by_text(name, exact=True).click()
    page.locator(".timeline").wait_for()
    settle(page)


@pytest.fixture
def sink() -> Iterator[Sink]:
    """Where nothing should arrive."""
    with listening() as one:
        yield one


@pytest.fixture
def opened(tmp_path: Path, context: BrowserContext, sink: Sink) -> Iterator[Callable[[str], Sink]]:
    """Walks through a desk with these walls; the sink, with what was asked of it."""
    with ExitStack() as stack:

        def open_with(walls: str) -> Sink:
            message_id = prepare(tmp_path, sink)
            support = Path(__file__).parent.parent / "support"
            app = Path(__file__).parent.parent.parent / "dashboard" / "app.py"
            command = [
                part.replace("{support}", str(support)).replace("{app}", str(app))
                for part in WALLS[walls]
            ]
            served = stack.enter_context(
                serving(tmp_path, [sys.executable, *command], TRIAGE_DEMO="true")
            )
            walk(context, served, message_id)
            return sink

        yield open_with


@pytest.mark.parametrize("walls", ["escaping alone", "csp alone"])
def test_each_wall_alone_keeps_every_page_from_fetching_what_a_sender_wrote(opened, walls) -> None:
    assert opened(walls).asked == []


def test_with_both_walls_down_the_sink_is_asked_so_the_other_tests_can_fail(opened) -> None:
    assert any("body" in one or "html" in one for one in opened("none").asked)
