"""Particular concern in a browser: considered, authorised by another, the pack built and taken,
checked with sha256sum, handed over by a third, its number entered, concluded."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from functools import partial
from hashlib import sha256
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, TimeoutError, expect
from support.browsing import press, settle
from support.scorer import ScriptedScorer
from support.serving import DESK, Served, serving

from triage.app import Triage, open_triage
from triage.core.access import CONSOLE
from triage.core.roles import Role
from triage.demo import demo_settings, prepare
from triage.staff.service import add_person

pytestmark = pytest.mark.browser

MAIL = b"""From: pat@example.org
To: requests@civic.example
Subject: Tuesday
Message-ID: <tuesday@example.org>
Date: Mon, 02 Mar 2026 09:00:00 +0000

[high] I know the way to your office, and I will be there on Tuesday.
"""
TRIES, SHORT = 5, 3_000
OTHERS = (("Edda Quillfeather", Role.DECIDER), ("Hal Thornbury", Role.HANDLER))


def begin(home: Path) -> Triage:
    given = demo_settings(home).model_copy(update={"blind_sample_per_day": 0})
    return open_triage(given, scorer=ScriptedScorer())


def fill(home: Path) -> None:
    """One message; beside the reviewers, somebody who decides and somebody who hands over."""
    triage = begin(home)
    folder = home / "mail"
    folder.mkdir()
    (folder / "1.eml").write_bytes(MAIL)
    prepare(triage, [folder])
    for name, role in OTHERS:
        email = f"{name.split()[0].lower()}@civic.example"
        triage.runner.run(CONSOLE, partial(add_person, name=name, email=email, roles=[role]))
    triage.close()


@pytest.fixture
def served(tmp_path: Path, browser_type_launch_args: object) -> Iterator[Served]:
    """A desk that holds the message."""
    fill(tmp_path)
    with serving(tmp_path, DESK, TRIAGE_DEMO="true") as one:
        yield one


def write(page: Page, label: str, text: str) -> None:
    box = page.get_by_label(label).locator("visible=true").first
    box.fill(text)
    box.press("Tab")
    settle(page)


def choose(page: Page, label: str, option: str) -> None:
    """A list closes when its page scrolls or is drawn again: it is opened until it was used."""
    field = page.get_by_label(label).locator("visible=true").first
    wanted = page.get_by_role("option", name=option)
    for _ in range(TRIES):
        try:
            field.click(timeout=SHORT)
            wanted.first.click(timeout=SHORT)
        except TimeoutError:
            page.keyboard.press("Escape")
            continue
        settle(page)
        return
    pytest.fail(f"{label} could not be chosen")


def open_form(page: Page, name: str) -> None:
    """Unfold one act."""
    page.locator("summary").filter(has_text=name).first.click()


def confirm(page: Page, act: str, said: str) -> None:
    """Check the answers of the form that is open, and do it."""
    go_on = page.get_by_role("button", name="Go on: check your answers")
    go_on.locator("visible=true").first.click()
    page.get_by_role("heading", name="Check your answers").wait_for()
    settle(page)
    press(page, act)
    page.get_by_text(said).first.wait_for()
    settle(page)


def unpacked(pack: Path, folder: Path) -> Path:
    """Unzip it, and find the folder that it holds."""
    with zipfile.ZipFile(pack) as found:
        found.extractall(folder)
    [only] = folder.iterdir()
    return only


def checked(folder: Path) -> subprocess.CompletedProcess[str]:
    """What the plain program says of an unpacked pack."""
    command = ["sha256sum", "--strict", "-c", "manifest-sha256.txt"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def verified(pack: Path) -> subprocess.CompletedProcess[str]:
    """What our own command says of a pack as it was downloaded."""
    command = [sys.executable, "-m", "triage", "pack", "verify", str(pack)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def flipped(pack: Path, words: bytes, to: Path) -> Path:
    """The same pack with one bit turned in these words of the original."""
    data = bytearray(pack.read_bytes())
    place = data.index(words)
    data[place] ^= 1
    with zipfile.ZipFile(pack) as found, zipfile.ZipFile(to, "w") as other:
        # Packed anew, so that the zip's own sums hold and only the manifest can tell.
        for name in found.namelist():
            inside = bytearray(found.read(name))
            if name.endswith(".eml"):
                inside[inside.index(words)] ^= 1
            other.writestr(name, bytes(inside))
    raw = to.with_suffix(".raw.zip")
    raw.write_bytes(bytes(data))
    return raw


def test_p_pol_1_from_particular_concern_to_its_conclusion_with_a_pack_that_anybody_can_check(
    served: Served, sign_in, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("packs")
    dee = sign_in(served, "Dee Marlowe-Finch", "/review")
    press(dee, "Start with the first")
    dee.get_by_role("heading", name=re.compile("Message ...-...")).wait_for()
    settle(dee)
    dee.get_by_role("button", name="Show every word").click()
    dee.locator(".letter").first.wait_for()
    settle(dee)
    open_form(dee, "second look")
    dee.get_by_text(re.compile("^Of particular concern: ")).first.click()
    write(dee, "What should they look at?", "He says when he comes.")
    press(dee, "Ask for a second look")
    dee.get_by_text("A report to the police is being considered.").wait_for()

    edda = sign_in(served, "Edda Quillfeather", "/referrals")
    edda.get_by_role("button", name=re.compile("^Open ...-...")).first.click()
    edda.get_by_text("Authorise the report: open the evidence first.").wait_for()
    settle(edda)
    edda.get_by_role("button", name=re.compile("^Open message")).click()
    edda.locator(".letter").first.wait_for()
    settle(edda)
    open_form(edda, "Authorise the report")
    write(edda, "What is to be handed over?", "The message, and nothing else.")
    choose(edda, "On what lawful basis?", "To prevent or detect crime")
    confirm(edda, "Authorise the report", "On the record: authorise the report.")
    edda.get_by_text("this is for the handlers.").first.wait_for()

    hal = sign_in(served, "Hal Thornbury", "/referrals")
    hal.get_by_role("button", name=re.compile("^Open ...-...")).first.click()
    press(hal, "See what would be in it")
    hal.get_by_text("What is in it").wait_for()
    expect(hal.get_by_role("button", name="Build the pack")).to_be_disabled()
    hal.get_by_text("I have looked through this list").click()
    settle(hal)
    problems = Axe().run(hal).response["violations"]
    assert [one["id"] for one in problems if one["impact"] in {"serious", "critical"}] == []
    press(hal, "Build the pack")
    hal.get_by_text("The pack is built, and on the record.").wait_for()
    settle(hal)
    with hal.expect_download() as taking:
        hal.get_by_role("button", name="Download the pack").click()
    pack = folder / "pack.zip"
    taking.value.save_as(pack)
    digest = sha256(pack.read_bytes()).hexdigest()
    assert digest in taking.value.suggested_filename
    expect(hal.get_by_text(digest).first).to_be_visible()

    whole = unpacked(pack, folder / "whole")
    assert checked(whole).returncode == 0, checked(whole).stderr
    [original] = (whole / "data" / "original").iterdir()
    assert original.read_bytes() == MAIL
    assert verified(pack).returncode == 0
    again = folder / "again.zip"
    raw = flipped(pack, b"Tuesday.", again)
    assert checked(unpacked(again, folder / "again")).returncode == 1
    for wrong in (again, raw):
        told = verified(wrong)
        assert told.returncode == 1
        assert f"data/original/{original.name}" in told.stderr
    changed = bytearray(original.read_bytes())
    changed[-3] ^= 1
    original.write_bytes(bytes(changed))
    told = checked(whole)
    assert told.returncode == 1
    assert f"data/original/{original.name}: FAILED" in told.stdout

    open_form(hal, "Record that it was handed over")
    choose(hal, "How was it handed over?", "Online")
    write(hal, "To which force?", "The force here")
    hal.get_by_role("spinbutton", name="hour, At what time").first.click()
    hal.keyboard.type("0000")
    hal.keyboard.press("Tab")
    settle(hal)
    confirm(hal, "Record that it was handed over", "On the record: record that it was handed over.")
    expect(hal.get_by_text("Evidence pack, SHA-256")).to_be_visible()
    expect(hal.locator("dd").filter(has_text=digest).first).to_be_visible()
    open_form(hal, "Enter the reference")
    choose(hal, "Which kind of number?", "Crime reference")
    write(hal, "The number", "CR/12345/26")
    confirm(hal, "Enter the reference", "On the record: enter the reference.")
    hal.get_by_text("They were told").first.click()
    press(hal, "Keep the answer")
    hal.get_by_text("On the record: tell the person").wait_for()
    settle(hal)
    open_form(hal, "Conclude it")
    choose(hal, "How did it end?", "A warning")
    write(hal, "How is this known?", "The officer rang.")
    confirm(hal, "Conclude it", "On the record: conclude it.")
    expect(hal.get_by_text("Concluded").first).to_be_visible()
