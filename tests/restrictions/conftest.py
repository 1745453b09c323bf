"""A desk that can write to people: letters name an address for appeals."""

from collections.abc import Callable

import pytest

from triage.app import Triage

SETTINGS = {"letter_from": "team@charity.example.org", "appeal_address": "appeal@example.org"}


@pytest.fixture
def triage(make_triage: Callable[..., Triage], url: str) -> Triage:
    """An instance over a fresh database, on each of the two in turn."""
    return make_triage(url, **SETTINGS)
