"""A block in a browser: proposed from a message, refused for oneself, approved by another, put in,
looked up, appealed against, and overturned by a third."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from sqlalchemy import select
from support.browsing import press, settle
from support.scorer import ScriptedScorer
from support.serving import DESK, Served, serving

from triage.app import Triage, open_triage
from triage.core.access import CONSOLE, Actor
from triage.core.roles import Role
from triage.demo import demo_settings, prepare
from triage.messages.tables import Message
from triage.restrictions.codes import appeal_code
from triage.restrictions.service.tasks import set_scope
from triage.restrictions.tables import Restriction
from triage.staff.service import add_person

pytestmark = pytest.mark.browser

MAIL = b"""From: pat@example.org
To: requests@civic.example
Subject: Again
Message-ID: <again@example.org>
Date: Mon, 02 Mar 2026 09:00:00 +0000

[medium] You are all useless, and whoever reads this most of all.
"""
PUBLIC = "You may not use this service because of messages that broke our rules."
OTHERS = (
    ("Edda Quillfeather", Role.DECIDER),
    ("Finn Aldercote", Role.DECIDER),
    ("Sue Tarnwick", Role.SERVICE_ADMIN),
)


def begin(home: Path) -> Triage:
    given = demo_settings(home).model_copy(update={"blind_sample_per_day": 0})
    return open_triage(given, scorer=ScriptedScorer())


def fill(home: Path) -> None:
    """One message of one person, two more who decide, and somebody who looks after a service."""
    triage = begin(home)
    folder = home / "mail"
    folder.mkdir()
    (folder / "1.eml").write_bytes(MAIL)
    prepare(triage, [folder])
    for name, role in OTHERS:
        email = f"{name.split()[0].lower()}@civic.example"
        made = triage.runner.run(CONSOLE, partial(add_person, name=name, email=email, roles=[role]))
        if role is Role.SERVICE_ADMIN:
            keeper = Actor("keeper", "Keeper", frozenset({Role.ADMIN}))
            scope = partial(set_scope, person_id=made, target="whatdotheyknow")
            triage.runner.run(keeper, scope)
    triage.close()


def code_of(home: Path) -> str:
    """The code that stands in the notice."""
    triage = begin(home)
    with triage.database.read() as session:
        code = appeal_code(triage.keys, session.scalars(select(Restriction.id)).one())
    triage.close()
    return code


def label_of(home: Path) -> tuple[str, list[str] | None, str | None]:
    """Where the message stands, and what it is said to be."""
    triage = begin(home)
    with triage.database.read() as session:
        one = session.scalars(select(Message)).one()
        said = one.state, one.dispositions, one.severity
    triage.close()
    return said


@pytest.fixture
def served(tmp_path: Path, browser_type_launch_args: object) -> Iterator[Served]:
    """A desk that holds the message."""
    fill(tmp_path)
    with serving(tmp_path, DESK, TRIAGE_DEMO="true") as one:
        yield one


def choose(page: Page, label: str, option: str) -> None:
    page.get_by_label(label).first.click()
    page.get_by_role("option", name=option).first.click()
    settle(page)


def write(page: Page, label: str, text: str) -> None:
    box = page.get_by_label(label).first
    box.fill(text)
    box.press("Tab")
    settle(page)


def go(page: Page, path: str) -> None:
    page.locator(f'[data-testid="stSidebarNavLink"][href$="/{path}"]').first.click()
    settle(page)


def test_a_block_from_a_message_to_overturned_by_a_third(served, sign_in) -> None:
    dee = sign_in(served, "Dee Marlowe-Finch")
    go(dee, "review")
    press(dee, "Start with the first")
    dee.get_by_role("heading", name=re.compile("Message ...-...")).wait_for()
    settle(dee)
    dee.get_by_role("button", name="Show every word").click()
    dee.locator(".letter").first.wait_for()
    settle(dee)
    press(dee, "Propose a restriction")
    dee.get_by_role("heading", name="Propose a restriction").wait_for()
    expect(dee.get_by_text("If someone is in danger now, call 999 first.")).to_be_visible()
    choose(dee, "What is to be restricted?", "Block on a service")
    choose(dee, "Where? None is chosen beforehand", "WhatDoTheyKnow")
    dee.keyboard.press("Escape")
    write(dee, "WhatDoTheyKnow: why is a block right there?", "It is where they write from.")
    write(dee, "WhatDoTheyKnow: how do you know", "The account has the same name.")
    write(dee, "Why? Only for us", "Three of these in a week.")
    write(dee, "One sentence that anybody may read", PUBLIC)
    write(dee, "Why is ceasing contact not enough?", "They write through the service.")
    review = datetime.now(UTC).date() + timedelta(days=60)
    dee.get_by_role("spinbutton", name=re.compile("day, When is it looked at")).click()
    dee.keyboard.type(review.strftime("%d%m%Y"))
    dee.keyboard.press("Tab")
    settle(dee)
    press(dee, "Check your answers")
    dee.get_by_role("heading", name="Check your answers").wait_for()
    press(dee, "Propose it")
    dee.get_by_text("It holds nothing until somebody else has approved it.").wait_for()
    press(dee, "Aggressive")
    press(dee, "Low")
    press(dee, "Let the message wait for the decision")
    dee.get_by_text("waits for what you proposed").wait_for()
    settle(dee)
    onward = dee.get_by_role("button", name=re.compile("in Decisions$"))
    expect(onward).to_have_count(1)  # the page before has one too, until it is gone
    onward.click()
    dee.get_by_text("You proposed this: somebody else decides.").wait_for()
    settle(dee)
    expect(dee.get_by_role("button", name="Approve it")).to_have_count(0)

    edda = sign_in(served, "Edda Quillfeather", "/decisions")
    edda.get_by_role("button", name=re.compile("^Open ...-...")).first.click()
    edda.get_by_text("Open the evidence before you decide").wait_for()
    settle(edda)
    edda.get_by_role("button", name=re.compile("^Open message")).click()
    edda.get_by_role("button", name="Approve it").wait_for()
    settle(edda)
    problems = Axe().run(edda).response["violations"]
    assert [one["id"] for one in problems if one["impact"] in {"serious", "critical"}] == []
    press(edda, "Approve it")
    press(edda, "Yes, approve it")
    edda.get_by_text("Your yes is on the record.").wait_for()
    settle(edda)
    assert label_of(served.home) == ("actioned", ["aggressive"], "low")

    sue = sign_in(served, "Sue Tarnwick", "/tasks")
    sue.get_by_role("button", name=re.compile("^Open task")).click()
    sue.get_by_role("button", name="It is put in").wait_for()
    settle(sue)
    press(sue, "It is put in")
    sue.get_by_label("Where did you look?").fill("Its public page, signed out.")
    press(sue, "I looked: it holds")
    sue.get_by_text("Nothing is to be done.").wait_for()

    sam = sign_in(served, "Sam Reyne", "/decisions")
    sam.get_by_text("Enter an appeal that has come").click()
    sam.get_by_label("The code that stands in our notice").fill(code_of(served.home))
    sam.get_by_label("What did they write, or say?").fill("It was not me.")
    sam.get_by_role("spinbutton", name="hour, At what time").click()
    sam.keyboard.type("0000")
    press(sam, "Enter the appeal")
    sam.get_by_text("The appeal is entered.").wait_for()

    finn = sign_in(served, "Finn Aldercote", "/decisions")
    finn.get_by_role("button", name=re.compile("^Open ...-...")).first.click()
    finn.get_by_role("button", name=re.compile("^Open message")).click()
    press(finn, "Decide the appeal: overturn it")
    write(finn, "Why? For the record", "It was somebody else.")
    press(finn, "Check your answers")
    finn.get_by_text("The messages it rests on go before people again").wait_for()
    press(finn, "Yes, overturn it")
    finn.get_by_text("Overturned. The services are asked to take it out").wait_for()
    settle(finn)
    assert label_of(served.home) == ("queued", None, None), "and so they do"
