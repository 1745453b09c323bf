"""A mail server for each test that asks, and a desk seen from its alarms."""

from collections.abc import Callable, Iterator

import pytest
from postoffice import FROM, PostOffice, open_office
from support.desk import Desk
from support.watch import Watch


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A server without TLS, that takes whatever comes."""
    with open_office() as one:
        yield one


@pytest.fixture
def watch(desk: Desk) -> Watch:
    """On each of the two databases; no mail server."""
    return Watch(desk)


@pytest.fixture
def posted(make_desk: Callable[..., Desk], office: PostOffice, backend: str) -> Watch:
    """A desk whose settings name the mail server."""
    return Watch(
        make_desk(
            backend,
            smtp_host="127.0.0.1",
            smtp_port=office.port,
            smtp_from=FROM,
            smtp_starttls=False,
            public_url="https://desk.example.org",
        )
    )
