"""The evidence pack on the page of a referral: looked through, built, taken, named in the form."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import time
from typing import Any

import pytest
from sqlalchemy.orm import Session
from streamlit.testing.v1 import AppTest
from support.desk import Desk, address
from support.referring import authorise, consider, row, see, staffed, state
from support.screens import html_of, press, words_of

from dashboard import files, gate, session
from triage.core.access import Actor
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import new_id
from triage.packs import queries
from triage.referrals.rules import State
from triage.staff.service import disable

MARK = "<b>bold</b> [x](https://example.org)"


@pytest.fixture(autouse=True)
def _behind_the_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    """As under ``triage serve``, with nothing offered yet."""
    there = threading.Event()
    there.set()
    monkeypatch.setattr(gate, "in_force", there)
    monkeypatch.setattr(files, "offers", gate.Memory())
    monkeypatch.setattr(session, "chosen", gate.Memory())


@pytest.fixture
def messages(desk: Desk) -> tuple[str, str]:
    """Two messages of one sender."""
    staffed(desk)
    return desk.arrive(f"[high] {MARK}"), desk.arrive("[high] and again")


@pytest.fixture
def referral(desk: Desk, messages: tuple[str, str]) -> str:
    """A report that rests on both, authorised."""
    made = consider(desk, desk.ana, *messages)
    authorise(desk, desk.dora, made)
    return made


def said(at: AppTest) -> str:
    assert not at.exception, at.exception
    return words_of(at)


def tick(at: AppTest) -> AppTest:
    [box] = [one for one in at.checkbox if str(one.key).startswith("pack_looked_")]
    return box.check().run()


def built(screen: Any, who: Actor, referral: str) -> AppTest:
    at = press(screen("referrals", who, referral=referral), "pack_see")
    return press(tick(at), "pack_go")


def cookies(who: Actor) -> dict[str, str]:
    """What the browser of somebody sends."""
    browser = new_id()
    session.chosen.put(browser, who.person_id)
    return {gate.BROWSER: browser}


def offered() -> str:
    """The id of the one file that was offered."""
    [identifier] = files.offers._held
    return str(identifier)


@contextmanager
def taken_out(desk: Desk, matter_id: str, who: Actor) -> Iterator[None]:
    """Somebody turns out to have no part in one matter."""
    kind = ExclusionKind.RECIPIENT

    def write(db: Session) -> None:
        exclude(db, matter_id=matter_id, person_id=who.person_id, kind=kind, at=desk.now)

    desk.triage.database.write(write)
    yield


def test_nothing_is_built_before_the_list_was_looked_through_and_ticked(
    screen: Any, desk: Desk, referral: str
) -> None:
    at = press(screen("referrals", desk.hal, referral=referral), "pack_see")
    assert "original/" in said(at)
    assert "Names of our staff" in said(at)
    [go] = [one for one in at.button if one.key == "pack_go"]
    assert go.disabled
    assert not desk.events("pack_built")
    at = press(tick(at), "pack_go")
    [mine] = {one.details for one in desk.events("pack_built")}
    [found] = desk.read(queries.built, viewer=desk.hal, matter_id=referral)
    assert found.sha256 in mine
    assert found.sha256 in [one.value for one in at.code]
    assert "Take the file now" in said(at)
    [button] = at.get("download_button")
    assert button.proto.url.endswith(".zip")
    assert f"Hal, {found.size / 1000:.0f} kB" in said(at) or found.sha256 in said(at)


def test_p_pol_1_the_hash_of_the_pack_goes_into_what_records_the_submission(
    screen: Any, desk: Desk, referral: str
) -> None:
    built(screen, desk.dora, referral)
    [made] = desk.read(queries.built, viewer=desk.hal, matter_id=referral)
    at = screen("referrals", desk.hal, referral=referral)
    next(one for one in at.selectbox if one.label == "How was it handed over?").set_value("online")
    next(one for one in at.text_input if one.label == "To which force?").set_value("The force")
    next(one for one in at.time_input if one.label.startswith("At what time")).set_value(time(0, 5))
    at = press(at, "check_submit")
    assert made.sha256 in said(at)
    at = press(at, "confirm_submit")
    assert state(desk, referral) is State.SUBMITTED
    assert row(desk, referral).pack_hash == made.sha256


def test_what_changed_since_it_was_shown_is_not_built_and_the_tick_is_gone(
    screen: Any, desk: Desk, messages: tuple[str, str]
) -> None:
    made = consider(desk, desk.ana, *messages)
    at = tick(press(screen("referrals", desk.hal, referral=made), "pack_see"))
    authorise(desk, desk.dora, made)
    at = press(at, "pack_go")
    assert "This has changed since you looked at it" in said(at)
    [go] = [one for one in at.button if one.key == "pack_go"]
    assert go.disabled
    assert not desk.events("pack_built")
    assert files.offers._held == {}


def test_what_is_left_out_has_a_reason_and_stands_in_the_list_of_what_stays_out(
    screen: Any, desk: Desk, referral: str
) -> None:
    at = press(screen("referrals", desk.hal, referral=referral), "pack_see")
    paths = [
        one.path
        for one in desk.read(queries.preview, viewer=desk.hal, matter_id=referral).items
        if one.may_leave_out
    ]
    [which] = at.multiselect
    wanted = next(number for number, one in enumerate(paths, 1) if "/text/" in one)
    which.set_value([wanted])
    next(one for one in at.text_input if one.label.startswith("Why?")).set_value(f"Why not {MARK}")
    [show] = [one for one in at.button if one.label == "Show the list without them"]
    at = show.click().run()
    assert f"Why not {MARK}" in said(at)
    assert "<b>bold" not in html_of(at)
    at = press(tick(at), "pack_go")
    assert desk.events("pack_built")[0].details.count('"left_out":1')


def test_a_reason_is_asked_of_what_stays_out(screen: Any, desk: Desk, referral: str) -> None:
    at = press(screen("referrals", desk.hal, referral=referral), "pack_see")
    at.multiselect[0].set_value([1])
    [show] = [one for one in at.button if one.label == "Show the list without them"]
    at = show.click().run()
    assert "Say why each of these stays out." in said(at)


def test_a_pack_is_for_the_people_who_may_build_one(screen: Any, desk: Desk, referral: str) -> None:
    for who in (desk.ana, desk.ben):
        at = screen("referrals", who, referral=referral)
        assert "Evidence pack" not in said(at)
        assert not [one for one in at.button if one.key == "pack_see"]


def test_the_file_goes_to_whom_it_was_offered_and_to_nobody_else(
    screen: Any, desk: Desk, referral: str
) -> None:
    built(screen, desk.hal, referral)
    assert files.may_fetch(cookies(desk.hal), offered())
    assert not files.may_fetch(cookies(desk.dora), offered())
    assert not files.may_fetch({}, offered())
    assert not files.may_fetch(cookies(desk.hal), "another")


@pytest.mark.parametrize("place", [0, 1, 2])
def test_p_rec_1_whoever_has_no_part_in_any_of_its_matters_since_does_not_get_the_file(
    screen: Any, desk: Desk, referral: str, messages: tuple[str, str], place: int
) -> None:
    built(screen, desk.hal, referral)
    mine = cookies(desk.hal)
    assert files.may_fetch(mine, offered())
    with taken_out(desk, (referral, *messages)[place], desk.hal):
        assert not files.may_fetch(mine, offered())


def test_p_rec_1_who_turns_out_to_have_been_sent_one_of_them_finds_no_page_and_builds_no_pack(
    screen: Any, desk: Desk, messages: tuple[str, str]
) -> None:
    made = consider(desk, desk.ana, *messages)
    at = tick(press(screen("referrals", desk.hal, referral=made), "pack_see"))
    with taken_out(desk, messages[1], desk.hal):
        at = press(at, "pack_go")
    assert "There is no such referral." in said(at)
    assert "original/" not in said(at)
    assert not desk.events("pack_built")


def test_who_left_gets_no_file(screen: Any, desk: Desk, referral: str) -> None:
    built(screen, desk.hal, referral)
    mine = cookies(desk.hal)
    desk.do(desk.ada, disable, person_id=desk.hal.person_id)
    assert not files.may_fetch(mine, offered())


def test_p_rec_4_with_and_without_a_message_of_hers_the_pack_of_another_is_the_same(
    screen: Callable[..., AppTest], desk: Desk, messages: tuple[str, str]
) -> None:
    made = consider(desk, desk.ana, *messages)
    see(desk, desk.dora, made)
    before = html_of(press(screen("referrals", desk.dora, referral=made), "pack_see"))
    hers = desk.arrive("[high] of hers", recipients=(address("dora"),))
    other = consider(desk, desk.ana, hers)
    after = html_of(press(screen("referrals", desk.dora, referral=made), "pack_see"))
    assert before == after
    shown = said(screen("referrals", desk.dora, referral=other))
    assert "Evidence pack" not in shown
