"""Servers that take no passwords: a token is had for the refresh token, and shown to nobody."""

from collections.abc import Iterator

import pytest
from support.mail import eml
from support.mailbox_server import Account, NoMailServer, serving_mail
from support.tokens import REFRESH, SECRET, TokenOffice, giving_tokens
from support.watching import Watched

from triage.intake.imap import Failed
from triage.intake.oauth import TokenSource
from triage.intake.rules import Problem


@pytest.fixture(scope="module")
def office() -> Iterator[TokenOffice]:
    with giving_tokens() as one:
        yield one


@pytest.fixture(scope="module")
def server_of_tokens(office: TokenOffice, mail_server: object) -> Iterator[object]:
    """A mail server that asks the office whose a token is. (Skipped as ``mail_server`` is.)"""
    try:
        with serving_mail(introspection=office.introspection) as one:
            yield one
    except NoMailServer as reason:
        pytest.skip(str(reason))


@pytest.fixture
def theirs(server_of_tokens: object, office: TokenOffice) -> Account:
    made: Account = server_of_tokens.account()  # type: ignore[attr-defined]
    office.user = made.user
    office.status, office.body, office.seconds = 200, None, 3600
    office.asked.clear()
    office.good.clear()
    return made


@pytest.fixture
def one(make_watched) -> Watched:
    return make_watched()


def test_with_a_token_mail_comes_in_and_the_token_is_used_until_it_ends(
    one: Watched, theirs: Account, office: TokenOffice
) -> None:
    theirs.deliver(eml(1))
    watch = one.watch(theirs.box(oauth2=office.oauth()))
    assert [watch.hold(once=True) for _ in range(3)] == [None] * 3
    assert one.originals() == [eml(1)]
    assert office.asked == [
        {
            "grant_type": "refresh_token",
            "client_id": "the-desk",
            "client_secret": SECRET,
            "refresh_token": REFRESH,
            "scope": "imap",
        }
    ]


def test_a_token_that_was_withdrawn_is_replaced_at_once(
    one: Watched, theirs: Account, office: TokenOffice
) -> None:
    watch = one.watch(theirs.box(oauth2=office.oauth()))
    assert watch.hold(once=True) is None
    office.good.clear()
    assert watch.hold(once=True) is None
    assert len(office.asked) == 2


def test_a_token_of_somebody_else_is_refused(
    one: Watched, theirs: Account, office: TokenOffice
) -> None:
    office.user = "somebody-else@example.org"
    assert one.look(theirs.box(oauth2=office.oauth())) is Problem.SIGN_IN_REFUSED


@pytest.mark.parametrize(
    ("status", "body", "problem"),
    [
        (400, '{"error": "invalid_grant"}', Problem.ACCESS_REFUSED),
        (401, "", Problem.ACCESS_REFUSED),
        (302, "", Problem.NO_ACCESS),
        (500, "x", Problem.NO_ACCESS),
        (200, "not json", Problem.NO_ACCESS),
        (200, "[]", Problem.NO_ACCESS),
        (200, '{"access_token": 7}', Problem.NO_ACCESS),
        (200, '{"access_token": "a\\r\\nb"}', Problem.NO_ACCESS),
        (200, '{"access_token": "a", "expires_in": "soon"}', Problem.NO_ACCESS),
    ],
)
def test_an_office_that_refuses_or_makes_no_sense_is_a_code(
    office: TokenOffice, status: int, body: str, problem: Problem
) -> None:
    office.status, office.body = status, body
    with pytest.raises(Failed) as caught:
        TokenSource(office.oauth()).get()
    assert caught.value.problem is problem
    office.status, office.body = 200, None


def test_a_token_that_ends_soon_is_asked_for_anew(office: TokenOffice) -> None:
    office.seconds = 30
    source = TokenSource(office.oauth())
    assert source.get() != source.get()
    assert "token-" not in repr(source)
    assert REFRESH not in repr(source)


def test_an_office_that_is_not_there_is_a_code(office: TokenOffice) -> None:
    from support.cluster import free_port

    gone = office.oauth(token_url=f"http://127.0.0.1:{free_port()}/token")
    with pytest.raises(Failed) as caught:
        TokenSource(gone, timeout=2).get()
    assert caught.value.problem is Problem.NO_ACCESS
