"""A mail server for each test that asks."""

from collections.abc import Iterator

import pytest
from postoffice import PostOffice, open_office


@pytest.fixture
def office() -> Iterator[PostOffice]:
    """A server without TLS, that takes whatever comes."""
    with open_office() as one:
        yield one
