"""Sessions of our own: short, tied to one login, ended at once and for good (ASVS level 2)."""

from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk import Desk, address

from triage.core.access import Actor
from triage.core.errors import NotAllowed
from triage.staff.service import disable, enable
from triage.staff.sessions import service
from triage.staff.sessions.queries import Here, last_here, standing
from triage.staff.sessions.rules import (
    ABSOLUTE,
    IDLE,
    Login,
    Standing,
    Why,
    end_of,
    login_of,
    over,
)
from triage.staff.sessions.tables import StaffSession
from triage.staff.tables import Person

ISSUER = "https://login.example.org"


def a_login(desk: Desk, name: str = "ana", **changed: object) -> Login:
    """What the provider says when somebody signs in now."""
    said: dict[str, object] = {
        "issuer": ISSUER,
        "subject": f"sub-{name}",
        "issued_at": desk.now.replace(microsecond=0),
        "email": address(name),
        "email_verified": True,
    }
    return Login(**(said | changed))  # type: ignore[arg-type]


def enter(desk: Desk, login: Login) -> str:
    return desk.do(service.NOBODY, service.sign_in, login=login)


def stands(desk: Desk, login: Login) -> tuple[Standing, Here | None]:
    key = desk.triage.keys.of("staff login", login.fingerprint)
    return desk.read(standing, login_hash=key, now=desk.now)


def settle(desk: Desk, login: Login) -> Standing:
    key = desk.triage.keys.of("staff login", login.fingerprint)
    return desk.do(service.NOBODY, service.settle, key=key)


def linked(desk: Desk, actor: Actor) -> tuple[str | None, str | None]:
    with desk.triage.database.read() as session:
        person = session.get_one(Person, actor.person_id)
        return person.oidc_issuer, person.oidc_subject


def test_the_first_sign_in_links_an_account_by_its_verified_address_and_never_again(
    desk: Desk,
) -> None:
    enter(desk, a_login(desk))
    assert linked(desk, desk.ana) == (ISSUER, "sub-ana")
    assert [one.matter_id for one in desk.events("account_linked")] == [desk.ana.person_id]
    desk.move(minutes=1)
    for stranger in (
        a_login(desk, subject="sub-other"),
        a_login(desk, issuer="https://elsewhere.example.org"),
    ):
        with pytest.raises(NotAllowed):
            enter(desk, stranger)
    moved = a_login(desk, email="changed@example.org", email_verified=False)
    enter(desk, moved)
    found = stands(desk, moved)[1]
    assert found is not None
    assert found.person.id == desk.ana.person_id


@pytest.mark.parametrize(
    "changed",
    [
        {"email_verified": False},
        {"email": ""},
        {"email": "nobody@example.org"},
    ],
)
def test_an_address_that_is_unproven_or_unknown_opens_nothing_and_leaves_no_personal_data(
    desk: Desk, changed: dict[str, object]
) -> None:
    with pytest.raises(NotAllowed):
        enter(desk, a_login(desk, **changed))
    assert linked(desk, desk.ana) == (None, None)
    event = desk.events("refused")[-1]
    assert (event.actor_id, event.matter_id) == ("nobody", None)
    assert event.details == '{"what":"sign_in_unknown"}'
    assert desk.count(StaffSession) == 0


def test_a_closed_account_is_neither_linked_nor_let_in(desk: Desk) -> None:
    desk.do(desk.ada, disable, person_id=desk.ana.person_id)
    with pytest.raises(NotAllowed):
        enter(desk, a_login(desk))
    assert linked(desk, desk.ana) == (None, None)


def test_two_tabs_of_one_login_share_a_session_and_two_logins_have_two(desk: Desk) -> None:
    first = a_login(desk)
    assert enter(desk, first) == enter(desk, first)
    desk.move(seconds=1)
    assert enter(desk, a_login(desk)) != enter(desk, first)
    assert desk.count(StaffSession) == 2


def test_the_database_holds_no_subject_of_a_login_but_a_keyed_hash(desk: Desk) -> None:
    enter(desk, a_login(desk))
    with desk.triage.database.read() as session:
        row = session.query(StaffSession).one()
        assert len(row.login_hash) == 64
        assert "sub-ana" not in str(vars(row))


def test_a_session_ends_after_30_idle_minutes_and_a_sign_of_life_keeps_it(desk: Desk) -> None:
    login = a_login(desk)
    session_id = enter(desk, login)
    desk.move(minutes=29)
    desk.do(desk.ana, service.touch, session_id=session_id)
    desk.move(minutes=29)
    assert stands(desk, login)[0] is Standing.LIVE
    desk.move(minutes=1)
    assert stands(desk, login) == (Standing.ENDED, None)
    desk.do(desk.ana, service.touch, session_id=session_id)
    assert settle(desk, login) is Standing.ENDED


def test_what_is_over_stays_over_when_the_clock_steps_back(desk: Desk) -> None:
    login = a_login(desk)
    enter(desk, login)
    desk.move(minutes=31)
    assert settle(desk, login) is Standing.ENDED
    desk.move(minutes=-20)
    assert stands(desk, login)[0] is Standing.ENDED
    with pytest.raises(NotAllowed):
        enter(desk, login)


def test_no_session_outlives_its_login_by_12_hours_however_busy_it_is(desk: Desk) -> None:
    login = a_login(desk)
    session_id = enter(desk, login)
    for _ in range(29):
        desk.move(minutes=25)
        if stands(desk, login)[0] is Standing.ENDED:
            break
        desk.do(desk.ana, service.touch, session_id=session_id)
    assert timedelta(hours=12) <= desk.now - login.issued_at < timedelta(hours=12, minutes=25)


def test_an_old_or_a_future_login_opens_nothing_though_it_was_never_used(desk: Desk) -> None:
    enter(desk, a_login(desk))
    for away in (-ABSOLUTE, timedelta(minutes=6)):
        with pytest.raises(NotAllowed):
            enter(desk, a_login(desk, issued_at=desk.now + away))


def test_a_replayed_login_is_refused_and_a_later_one_is_not(desk: Desk) -> None:
    login = a_login(desk)
    desk.do(desk.ana, service.sign_out, session_id=enter(desk, login))
    assert stands(desk, login)[0] is Standing.ENDED
    with pytest.raises(NotAllowed):
        enter(desk, login)
    assert desk.events("refused")[-1].details == '{"what":"sign_in_over"}'
    desk.move(seconds=1)
    enter(desk, a_login(desk))


@pytest.mark.parametrize("how", ["self", "admin", "disabled"])
def test_ending_all_sessions_ends_logins_too_that_were_never_used_here(
    desk: Desk, how: str
) -> None:
    used = a_login(desk)
    enter(desk, used)
    unused = a_login(desk, issued_at=used.issued_at + timedelta(seconds=1))
    desk.move(seconds=5)
    if how == "self":
        assert desk.do(desk.ana, service.sign_out_everywhere) == 1
    elif how == "admin":
        assert desk.do(desk.ada, service.revoke, person_id=desk.ana.person_id) == 1
    else:
        both = partial(service.end_all, person_id=desk.ana.person_id, why=Why.DISABLED)
        desk.do(desk.ada, disable, person_id=desk.ana.person_id)
        desk.triage.runner.run(desk.ada, both)
        desk.do(desk.ada, enable, person_id=desk.ana.person_id)
    assert stands(desk, used)[0] is Standing.ENDED
    with pytest.raises(NotAllowed):
        enter(desk, unused)
    event = desk.events("sessions_ended")[-1]
    assert event.matter_id == desk.ana.person_id
    assert "sub-ana" not in event.details
    desk.move(seconds=1)
    enter(desk, a_login(desk))


def test_a_disabled_person_is_gone_at_once_and_stays_gone_once_seen(desk: Desk) -> None:
    login = a_login(desk)
    enter(desk, login)
    desk.do(desk.ada, disable, person_id=desk.ana.person_id)
    assert stands(desk, login) == (Standing.ENDED, None)
    assert settle(desk, login) is Standing.ENDED
    desk.do(desk.ada, enable, person_id=desk.ana.person_id)
    assert stands(desk, login)[0] is Standing.ENDED


def test_nobody_ends_the_session_of_another_but_an_administrator(desk: Desk) -> None:
    session_id = enter(desk, a_login(desk))
    with pytest.raises(NotAllowed):
        desk.do(desk.ben, service.sign_out, session_id=session_id)
    for actor in (desk.ben, desk.dora, desk.max, desk.kit, desk.gus, service.NOBODY):
        with pytest.raises(NotAllowed):
            desk.do(actor, service.revoke, person_id=desk.ana.person_id)
    with pytest.raises(NotAllowed):
        desk.do(service.NOBODY, service.sign_out_everywhere)
    assert desk.read(lambda session: session.get_one(StaffSession, session_id).ended_at) is None


def test_forgetting_old_rows_lets_no_old_login_back_in(desk: Desk) -> None:
    login = a_login(desk)
    enter(desk, login)
    desk.move(days=31)
    assert service.SESSIONS.run(desk.triage.runner, desk.now) == 1
    with pytest.raises(NotAllowed):
        enter(desk, login)


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"iss": ISSUER, "sub": "a"},
        {"iss": ISSUER, "iat": 1},
        {"sub": "a", "iat": 1},
        {"iss": ISSUER, "sub": "", "iat": 1},
        {"iss": ISSUER, "sub": "a", "iat": True},
        {"iss": ISSUER, "sub": "a", "iat": "1"},
        {"iss": ISSUER, "sub": "a", "iat": 10**30},
        {"iss": ["x"], "sub": "a", "iat": 1},
    ],
)
def test_claims_that_lack_what_identity_needs_are_no_login(claims: dict[str, object]) -> None:
    assert login_of(claims) is None


@pytest.mark.parametrize("said", ["true", "false", 1, None, "yes"])
def test_an_address_counts_as_verified_only_where_the_provider_says_true(said: object) -> None:
    claims = {"iss": ISSUER, "sub": "a", "iat": 1, "email": " A@x.org ", "email_verified": said}
    found = login_of(claims)
    assert found is not None
    assert (found.email, found.email_verified) == ("a@x.org", False)
    assert login_of(claims | {"email_verified": True}).email_verified  # type: ignore[union-attr]


texts = st.text(max_size=8)


@given(texts, texts, st.integers(0, 10**9), texts, texts, st.integers(0, 10**9))
def test_two_logins_have_one_fingerprint_only_when_they_are_one(
    a: str, b: str, at: int, c: str, d: str, then: int
) -> None:
    one = Login(a, b, datetime.fromtimestamp(at, UTC))
    other = Login(c, d, datetime.fromtimestamp(then, UTC))
    assert (one.fingerprint == other.fingerprint) == ((a, b, at) == (c, d, then))


@given(st.integers(-86400, 86400), st.integers(0, 86400), st.integers(0, 86400))
def test_a_session_lives_only_between_its_dates(issued: int, seen: int, later: int) -> None:
    start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    login = Login(ISSUER, "a", start + timedelta(seconds=issued))
    end = end_of(login, start)
    assert end <= start + ABSOLUTE
    now = start + timedelta(seconds=later)
    last = min(now, start + timedelta(seconds=seen))
    why = over(now, ended=False, active=True, last_seen_at=last, expires_at=end)
    assert (why is None) == (now < end and now < last + IDLE)
    assert over(now, ended=True, active=True, last_seen_at=last, expires_at=end) is not None
    assert over(now, ended=False, active=False, last_seen_at=last, expires_at=end) is not None


def test_when_somebody_was_last_here_is_before_this_session_began_whatever_runs_beside_it(
    desk: Desk,
) -> None:
    def last(who: Actor, session_id: str) -> datetime | None:
        return desk.read(last_here, viewer=who, session_id=session_id)

    first = enter(desk, a_login(desk))
    assert last(desk.ana, first) is None
    desk.move(minutes=20)
    desk.do(desk.ana, service.touch, session_id=first)
    left = desk.now
    desk.move(hours=15)
    phone = enter(desk, a_login(desk))
    desk.move(minutes=5)
    here = enter(desk, a_login(desk))
    desk.move(minutes=5)
    desk.do(desk.ana, service.touch, session_id=phone)
    assert last(desk.ana, phone) == left
    assert last(desk.ana, here) == left
    assert last(desk.ben, here) is None
