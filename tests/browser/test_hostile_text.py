"""trust.md section 1: whoever writes to us learns nothing of who reads it, where, or when.

A payload stands in every field that is stored; a real browser opens every registered page; a
sink counts what is fetched. Each of the two walls (escaping, and the CSP) must hold alone, and
with both down the sink must be asked, or the test proves nothing.
"""

import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page
from support.browsing import settle, unfold
from support.hostile_cases import prepare_case, read_case, read_on_site
from support.hostile_subjects import prepare_request, read_request
from support.mail import inbound
from support.scorer import ScriptedScorer
from support.serving import Served, serving
from support.sink import Sink, listening

from dashboard.views import views
from triage.app import Triage, open_triage
from triage.core.access import CONSOLE, SYSTEM, Actor
from triage.core.clock import SetClock
from triage.core.ids import short_ref
from triage.core.roles import Role
from triage.core.settings import RelayRule
from triage.demo import demo_settings
from triage.intake.inbound import Channel
from triage.intake.note import Note
from triage.letters.queries import letter
from triage.letters.rules import LetterKind
from triage.letters.service import drafting
from triage.messages.queries.queue import Filters, find, queue_page
from triage.messages.queries.senders import alike
from triage.messages.rules import Step
from triage.messages.service import flags, recipient, review
from triage.messages.service.handover_notes import leave_note
from triage.messages.service.importing import assess, import_mail
from triage.messages.service.linking import confirm_link, reject_link
from triage.messages.service.receive import receive
from triage.messages.service.reveals import reveal
from triage.messages.service.taking import take_note
from triage.messages.service.writing import draft_letter
from triage.messages.tables import Message
from triage.referrals.rules import AtRisk, Route
from triage.referrals.service.calling import Call, record_call
from triage.referrals.service.deciding import answer_at_risk
from triage.referrals.tables import Referral
from triage.restrictions.draft import Draft, TargetDraft
from triage.restrictions.rules import Kind
from triage.restrictions.service.deciding import withhold_letter
from triage.restrictions.service.proposing import set_emergency
from triage.restrictions.tables import Restriction
from triage.senders.rules import LinkReason
from triage.staff.queries import PersonRow, active_people
from triage.staff.service import add_person
from triage.staff.service.volunteers import add_volunteer, make_link
from triage.trends import service
from triage.trends.rules import Period, Span

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


def shortest(sink: Sink, where: str) -> str:
    """The payload as far as a field of 500 characters takes it, without the sign for addresses."""
    return payload(sink, where)[:500].replace("@", "")


def hostile_mail(sink: Sink) -> bytes:
    """A mail with a payload wherever a sender can write."""
    mail = EmailMessage()
    mail["From"] = f'"{payload(sink, "from").replace(chr(34), chr(39))}" <x@example.org>'
    mail["To"] = "support@civic.example"
    mail["Reply-To"] = f'"{payload(sink, "reply").replace(chr(34), chr(39))}" <w@example.org>'
    mail["X-Ticket"] = payload(sink, "ticket")
    mail["X-Ticket-Url"] = f"{sink.url}/ticketurl"
    mail["Subject"] = f"[high] {payload(sink, 'subject')}"
    mail["Message-ID"] = "<hostile@example.org>"
    mail["Date"] = "Mon, 02 Mar 2026 09:00:00 +0000"
    mail.set_content(f"[high] {payload(sink, 'body')}\n\n> {payload(sink, 'quoted')}\n")
    mail.add_alternative(f"<p>[high] {payload(sink, 'html')}</p>", subtype="html")
    mail.add_attachment(
        payload(sink, "attached"), subtype="plain", filename=payload(sink, "filename")
    )
    return mail.as_bytes()


SENT_ON = {
    "relays": (
        RelayRule(
            address="x@example.org",
            service="fixmystreet",
            header="Reply-To",
            ticket_header="X-Ticket",
            ticket_url_header="X-Ticket-Url",
        ),
    ),
    "forward_to": ("flag@civic.example",),
}
"""The hostile mail comes through a service, and a stranger forwards another to the desk."""


def hostile_forward(sink: Sink) -> bytes:
    """A forward with a payload wherever a stranger who forwards can write."""
    mail = EmailMessage()
    said = payload(sink, "forwarder").replace(chr(34), chr(39))
    mail["From"] = f'"{said}" <y@example.net>'
    mail["To"] = "flag@civic.example"
    mail["Subject"] = payload(sink, "fwd")
    head = f"From: {payload(sink, 'author')} <z@example.org>\nDate: today\nTo: a\nSubject: b\n"
    mark = "---------- Forwarded message ---------"
    mail.set_content(f"{payload(sink, 'beside')}\n\n{mark}\n{head}\n{payload(sink, 'inner')}\n")
    return mail.as_bytes()


def hostile_mailbox(sink: Sink) -> dict[str, object]:
    """A mailbox whose name and folder are payloads: nobody looks into it, and banners say so."""
    place = {"host": "mail.example.org", "user": "desk@example.org"}
    return {"name": f"![x]({sink.url}/box.md)", "folders": [payload(sink, "folder")], **place}


def alike_mail(sink: Sink, number: int) -> bytes:
    """One of two mails that say nearly the same, in hostile words that differ."""
    mail = EmailMessage()
    mail["From"] = f"y{number}@example.org"
    mail["To"] = "support@civic.example"
    mail["Subject"] = f"[low] {payload(sink, 'alike')}"
    mail["Message-ID"] = f"<alike{number}@example.org>"
    same = " ".join(f"word{one}" for one in "abcdefghijklmnopqrstuvwxyz")
    mail.set_content(f"{same} {same} {same} {payload(sink, f'differs{number}')} {same}\n")
    return mail.as_bytes()


def prepare(home: Path, sink: Sink) -> list[str]:
    """A demonstration with payloads from outside people and from colleagues; the ids of a message
    with everything, of one that has another like it, and of a forward by a stranger."""
    settings = demo_settings(home).model_copy(update=SENT_ON)
    triage = open_triage(settings, scorer=ScriptedScorer())
    for name, role in (
        ("Rev", Role.REVIEWER),
        ("Other", Role.REVIEWER),
        ("Adm", Role.ADMIN),
        ("Mgr", Role.MANAGER),
        ("Dec", Role.DECIDER),
    ):
        said = f"{name} {payload(sink, 'person')}"
        triage.runner.run(
            CONSOLE, partial(add_person, name=said, email=f"{name}@civic.example", roles=[role])
        )
    folder = home / "mail"
    folder.mkdir()
    (folder / "hostile.eml").write_bytes(hostile_mail(sink))
    (folder / "forward.eml").write_bytes(hostile_forward(sink))
    for number in (1, 2):
        (folder / f"alike{number}.eml").write_bytes(alike_mail(sink, number))
    (folder / "![x] <img src=x>.png").write_bytes(b"not mail")
    import_mail(triage.runner, triage.scorer, [folder])
    with triage.database.read() as session:
        reviewer, other = (_called(active_people(session), one) for one in ("Rev", "Other"))
        actor = other.actor()
        given = {"viewer": actor, "now": triage.clock.now()}
        (found,) = (one.id for one in find(session, words="body quoted", **given).rows)
        (alike,) = (one.id for one in find(session, words="differs1", **given).rows)
        held = queue_page(session, filters=Filters(held_forwards=True), **given)
        (forward,) = (one.id for one in held.rows)
    run = partial(triage.runner.run, actor)
    version = run(partial(review.open_message, message_id=found))
    run(partial(flags.add_note, message_id=found, text=payload(sink, "note")))
    run(partial(flags.flag, message_id=found, note=payload(sink, "flag")))
    run(partial(review.release, message_id=found, version=version))
    run(partial(leave_note, text=shortest(sink, "handover"), since=triage.clock.now()))
    write_letter(triage, actor, found, sink)
    _restrict(triage, actor, alike, sink)
    _call_the_police(run, triage, sink, found)
    said = [payload(sink, one) for one in ("called", "caller", "volunteer")]
    note = Note(Channel.PHONE, triage.clock.now(), said[0], other=said[2], name=said[1])
    run(partial(take_note, note=note, scorer=triage.scorer, flagged=True))
    _relate(run, triage, sink, found)
    vi = {"name": f"Vi {payload(sink, 'by_link')}", "email": "vi@civic.example"}
    vi_id = triage.runner.run(CONSOLE, partial(add_volunteer, **vi))
    given = {"message_id": _own(triage, reviewer.email, sink)}
    mine = partial(triage.runner.run, reviewer.actor())
    mine(partial(recipient.flag_mine, note=payload(sink, "own_flag"), **given))
    token = triage.runner.run(CONSOLE, partial(make_link, volunteer_id=vi_id))
    (home / "link").write_text(f"/r/{token}", "utf-8")
    _release(triage, actor, sink)
    prepare_case(triage, partial(payload, sink))
    prepare_request(triage, partial(payload, sink))
    triage.close()
    assert reviewer.name.startswith("Rev")
    return [found, alike, forward]


def write_letter(triage: Triage, actor: Actor, message_id: str, sink: Sink) -> None:
    """A letter with a payload in all that colleagues write in it."""

    def of(letter_id: str) -> dict[str, Any]:
        with triage.database.read() as session:
            found = letter(session, viewer=actor, vault=triage.vault, letter_id=letter_id)
        return {"letter_id": letter_id, "version": found.row.version}

    run = partial(triage.runner.run, actor)
    made = run(partial(draft_letter, message_id=message_id, kind=LetterKind.FREE))
    words = {"subject": payload(sink, "letter")[:150], "text": payload(sink, "letter-text")}
    run(partial(drafting.edit, **(of(made) | words), to_address=""))
    run(partial(drafting.override_cease, **of(made), reason=payload(sink, "override")))


def _call_the_police(run: Callable[..., Any], triage: Triage, sink: Sink, message_id: str) -> None:
    """A report to the police with a payload in all that is said of it."""
    said, line = payload(sink, "police"), payload(sink, "police")[:190]
    call = Call(Route.EMERGENCY, triage.clock.now(), force=line, what=said, reference=line)
    made = run(partial(record_call, message_ids=(message_id,), call=call, reason=said))
    with triage.database.read() as session:
        version = session.get_one(Referral, made).version
    given = {"referral_id": made, "version": version, "note": said}
    run(partial(answer_at_risk, answer=AtRisk.UNKNOWN_PERSON, **given))


def _relate(run: Callable[..., Any], triage: Triage, sink: Sink, message_id: str) -> None:
    """Senders who are like the first, by an address with a payload, and what was said of them."""
    for number in range(3):
        # A payload that is an address: no white space, and it differs in its tag alone.
        contact = (
            f"w+![x]({sink.url}/alias{number}.md)<img/src={sink.url}/alias{number}>@example.org"
        )
        at = triage.clock.now()
        note = Note(Channel.EMAIL, at, f"[high] {number}", other="Desk", contact=contact)
        run(partial(take_note, note=note, scorer=triage.scorer, flagged=True))
    with triage.database.read() as session:
        sender_id = session.get_one(Message, message_id).sender_id
        assert sender_id is not None
        viewer = Actor("nobody", "Nobody", frozenset({Role.REVIEWER}))
        others = sorted(alike(session, viewer=viewer, sender_ids=(sender_id,)))
    assert len(others) == 3
    given = {"message_id": message_id, "reason": LinkReason.KNOWN_TO_US}
    for other_id, command in zip(others, (confirm_link, reject_link), strict=False):
        said = payload(sink, "kinship")
        run(partial(command, other_id=other_id, note=said, **given))


def _restrict(triage: Triage, actor: Actor, message_id: str, sink: Sink) -> None:
    """An emergency measure with a payload in all that a colleague writes about it.

    What may be read in public takes none: whoever proposes it is refused.
    """
    with triage.database.read() as session:
        sender_id = session.get_one(Message, message_id).sender_id
    said = payload(sink, "restriction")
    draft = Draft(
        kind=Kind.CHANNEL_BLOCK,
        clause="P-ACT-4",
        reason=said,
        public_reason="You may not write to us there for now.",
        review_at=triage.clock.now() + timedelta(days=30),
        message_ids=(message_id,),
        sender_id=sender_id,
        proportionality=said,
        targets=(TargetDraft("social", payload(sink, "target")[:200], said, None, said),),
    )
    run = partial(triage.runner.run, actor)
    version = run(partial(review.open_message, message_id=message_id))
    run(partial(reveal, message_id=message_id, step=Step.FULL))
    run(partial(review.release, message_id=message_id, version=version))
    made = run(partial(set_emergency, draft=draft))
    with triage.database.read() as session:
        version = session.get_one(Restriction, made).version
    run(partial(withhold_letter, restriction_id=made, version=version, reason=said))


def _release(triage: Triage, actor: Actor, sink: Sink) -> None:
    """Figures of last quarter and of its months, for who reads trends; and a decided message with
    a payload, which the classifier's page lists."""
    said = payload(sink, "decided")
    arrived = inbound(f"[medium] {said}", from_name=said, subject=said, source=said)
    found = triage.runner.run(SYSTEM, partial(receive, arrivals=assess(triage.scorer, [arrived])))[
        0
    ].message_id
    run = partial(triage.runner.run, actor)
    version = run(partial(review.open_message, message_id=found))
    run(partial(reveal, message_id=found, step=Step.FULL))
    # Nothing is decided that was shown for less than a second: this is done by a later clock.
    later = replace(triage.runner, clock=SetClock(triage.clock.now() + timedelta(seconds=2)))
    decide = partial(review.decide, message_id=found, version=version, labels=(), severity=None)
    later.run(actor, decide)
    last = Period.of(triage.clock.now().date(), Span.QUARTER).before(2)
    for period in (*last.parts(Span.MONTH), last):
        made = service.make(triage.runner, CONSOLE, period=period)
        triage.runner.run(CONSOLE, partial(service.publish, release_id=made.release_id))


def _own(triage: Triage, email: str, sink: Sink) -> str:
    """A hostile message that was sent to somebody, and to a volunteer; its id."""
    said = payload(sink, "own")
    arrived = inbound(
        f"[high] {said}",
        recipients=(email, "vi@civic.example"),
        from_name=said,
        subject=said,
        source=said,
    )
    arrivals = assess(triage.scorer, [arrived])
    found = triage.runner.run(SYSTEM, partial(receive, arrivals=arrivals))[0].message_id
    assert found is not None
    return found


def _called(people: list[PersonRow], name: str) -> PersonRow:
    return next(one for one in people if one.name.startswith(name))


def walk(context: BrowserContext, served: Served, messages: list[str]) -> None:
    """Open every registered page as somebody who may, and the message with all uncovered."""
    for who, paths in (
        ("Rev", [view.path for view in views()]),
        ("Adm", ["team", "system", "quality", "you"]),
        ("Mgr", ["trends"]),
        ("Dec", ["board", "quality", "trends"]),
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
            _read_message(page, messages[0])
            _read_forward(page, messages[2])
            _read_what_differs(page, messages[1])
            _read_the_timeline(page, messages[0])
        page.close()
    for read in (read_case, read_on_site, read_request):
        page = context.new_page()
        read(page, served.url)
        page.close()
    _by_link(context, served)


def _by_link(context: BrowserContext, served: Served) -> None:
    """The plain page of a volunteer, with what they typed drawn back at them."""
    page = context.new_page()
    answer = page.goto(served.url + (served.home / "link").read_text("utf-8"))
    if answer is not None and answer.status == 200 and page.locator(".card").count():
        page.locator("summary").first.click()
        page.get_by_label("Why should somebody look").first.fill("x")
        page.get_by_role("button", name="Flag it").first.click()
        page.wait_for_url("**done=*")  # a page that is closed while it goes on may never answer
    page.close()


def _go(page: Page, path: str) -> None:
    link = page.locator(f'[data-testid="stSidebarNavLink"][href$="/{path}"]')
    if link.count():
        link.first.click()
        # The page before has buttons of the same names: nothing is pressed on it by mistake.
        title = next(view.title for view in views() if view.path == path)
        named = re.compile(title.split()[0], re.IGNORECASE)
        page.get_by_role("heading", level=1, name=named).wait_for()
        settle(page)
    if path == "note" and link.count():
        unfold(page, "Colleagues it was sent to")
        settle(page)
    if path == "mine" and link.count():
        page.get_by_role("button", name="Open ").first.click()
        page.get_by_role("button", name="Show every word").click()
        page.locator(".letter").wait_for()
        settle(page)
    if path == "referrals" and link.count():
        page.get_by_role("button", name="Open ").first.click()
        page.get_by_role("button", name="Open message").first.click()
        page.locator(".letter").nth(2).wait_for()
        settle(page)
    if path == "decisions" and link.count():
        page.get_by_role("button", name=re.compile("^Open ...-...")).first.click()
        page.get_by_role("button", name=re.compile("^Open message")).click()
        page.locator(".letter").nth(6).wait_for()
        page.get_by_text("History of this restriction").click()
        settle(page)
    if path == "find":
        page.get_by_label("Words in a message").fill("x")
        page.get_by_label("Words in a message").press("Enter")
        settle(page)


def _open(page: Page, message_id: str) -> None:
    """Open this message from the list, and no other: several are hostile, and as grave."""
    reference = short_ref(message_id)
    settle(page)  # the list before may still stand there
    page.get_by_role("button", name=f"Open {reference}").first.click()
    page.get_by_role("heading", name=f"Message {reference}").wait_for()
    settle(page)


def _back(page: Page) -> None:
    """To the list, once it stands: one that is still drawn moves away from under a click."""
    page.get_by_role("button", name="Back to the queue").click()
    page.get_by_role("heading", level=1, name="Review").wait_for()
    settle(page)


def _read_message(page: Page, message_id: str) -> None:
    page.locator('[data-testid="stSidebarNavLink"][href$="/review"]').click()
    _open(page, message_id)
    for name in ("Show every word", "Show quoted mail and attached text"):
        settle(page)
        page.get_by_role("button", name=name).click()
    page.get_by_text("Below or attached").wait_for()
    page.get_by_text("May be the same person").wait_for()
    for name in (
        "What colleagues said about who this is",
        "Other messages from this sender",
        "History of this message",
        "Original",
    ):
        settle(page)
        page.get_by_text(name, exact=True).click()
    page.locator(".timeline").nth(1).wait_for()
    settle(page)
    page.get_by_text("Ticket outside:").wait_for()
    page.get_by_role("button", name="Open letter").first.click()
    page.get_by_text("What will go:").wait_for()
    page.get_by_text("History of this letter").click()
    settle(page)


def _read_forward(page: Page, message_id: str) -> None:
    _back(page)
    page.get_by_role("button", name="Show these forwards").click()
    page.get_by_role("button", name="Show the whole queue").wait_for()
    settle(page)
    _open(page, message_id)
    page.get_by_text("Is this forward ours?").wait_for()
    settle(page)


def _read_what_differs(page: Page, message_id: str) -> None:
    _back(page)
    whole = page.get_by_role("button", name="Show the whole queue")
    whole.click()
    whole.wait_for(state="hidden")
    _open(page, message_id)
    page.get_by_text("1 near-identical message waits").wait_for()
    settle(page)
    page.get_by_role("button", name="Show every word").click()
    page.get_by_role("button", name="See").click()
    page.locator(".letter ins").first.wait_for()
    settle(page)


def _read_the_timeline(page: Page, message_id: str) -> None:
    _back(page)
    _open(page, message_id)
    page.get_by_role("button", name="Everything from this sender over time").click()
    page.get_by_text("What happened, newest first").wait_for()
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
            messages = prepare(tmp_path, sink)
            support = Path(__file__).parent.parent / "support"
            app = Path(__file__).parent.parent.parent / "dashboard" / "app.py"
            command = [
                part.replace("{support}", str(support)).replace("{app}", str(app))
                for part in WALLS[walls]
            ]
            served = stack.enter_context(
                serving(
                    tmp_path,
                    [sys.executable, *command],
                    stops="streamlit" not in command,
                    TRIAGE_DEMO="true",
                    TRIAGE_MAILBOXES=json.dumps([hostile_mailbox(sink)]),
                )
            )
            walk(context, served, messages)
            return sink

        yield open_with


@pytest.mark.parametrize("walls", ["escaping alone", "csp alone"])
def test_each_wall_alone_keeps_every_page_from_fetching_what_a_sender_wrote(opened, walls) -> None:
    assert opened(walls).asked == []


def test_with_both_walls_down_the_sink_is_asked_so_the_other_tests_can_fail(opened) -> None:
    asked = opened("none").asked
    assert any("body" in one or "html" in one for one in asked)
    assert any("handover" in one for one in asked)
    assert any("restriction" in one for one in asked)
    for name in ("told", "witness", "title", "statement", "document", "measure", "talk", "concern",
                 "asker", "askedfor", "datasummary", "datareturned", "datafile0",
                 "datafile2"):  # fmt: skip
        assert any(f"/{name}." in one for one in asked), name
