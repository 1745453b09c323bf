from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.crypto import KeyedHash
from triage.core.ids import new_id
from triage.core.links import read_link, sign_link

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
KEYS = KeyedHash(b"k" * 32)


def link(subject: str = "abc", purpose: str = "acknowledge") -> str:
    return sign_link(KEYS, purpose=purpose, subject=subject, expires=NOW + timedelta(hours=1))


def test_a_link_names_its_subject_up_to_its_moment() -> None:
    subject, token = new_id(), ""
    token = link(subject)
    assert read_link(KEYS, token, purpose="acknowledge", now=NOW) == subject
    last = NOW + timedelta(minutes=59, seconds=59)
    assert read_link(KEYS, token, purpose="acknowledge", now=last) == subject
    assert read_link(KEYS, token, purpose="acknowledge", now=NOW + timedelta(hours=1)) is None


def test_a_link_is_for_one_purpose_and_one_key() -> None:
    assert read_link(KEYS, link(), purpose="recipient", now=NOW) is None
    assert read_link(KeyedHash(b"j" * 32), link(), purpose="acknowledge", now=NOW) is None


@given(st.integers(0, 200), st.characters(min_codepoint=33, max_codepoint=0x2FFF))
def test_a_changed_link_opens_nothing(at: int, other: str) -> None:
    token = link()
    at %= len(token)
    changed = token[:at] + other + token[at + 1 :]
    found = read_link(KEYS, changed, purpose="acknowledge", now=NOW)
    assert found == ("abc" if changed == token else None)


@given(st.text(max_size=400))
def test_anything_else_opens_nothing(token: str) -> None:
    assert read_link(KEYS, token, purpose="acknowledge", now=NOW) is None


def test_what_is_no_id_is_not_signed() -> None:
    for subject in ("", "a.b", "a b", "x" * 161):
        with pytest.raises(ValueError, match="a link is for an id"):
            link(subject)
    with pytest.raises(ValueError, match="aware"):
        sign_link(KEYS, purpose="x", subject="a", expires=NOW.replace(tzinfo=None))
