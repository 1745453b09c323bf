"""Canonical forms: equal identifiers meet, different ones never do."""

import string

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triage.senders import canonical
from triage.senders.rules import Identifier, IdentityKind, loose_address

SPACES = st.sampled_from(["", " ", "-", ".", "\u00a0", "\u2011"])


@pytest.mark.parametrize(
    "written",
    ["Pat@Example.org", "  pat@example.org ", "PAT@EXAMPLE.ORG", "pat@example.org."],
)
def test_one_address_is_one_however_it_is_written(written: str) -> None:
    assert canonical.address(written) == Identifier(IdentityKind.EMAIL, "pat@example.org")


def test_composed_and_decomposed_letters_are_the_same_address() -> None:
    assert canonical.address("zoe\u0308@example.org") == canonical.address("zo\u00eb@example.org")


def test_a_domain_in_letters_of_its_own_is_the_one_that_stands_in_the_dns() -> None:
    plain = canonical.address("pat@XN--BCHER-KVA.example")
    assert canonical.address("pat@B\u00fccher.example") == plain
    assert plain is not None
    assert plain.value == "pat@xn--bcher-kva.example"


def test_plus_and_dots_are_kept_apart_and_alike() -> None:
    written = ["p.at@gmail.com", "pat@gmail.com", "pat+news@gmail.com", "Pat@googlemail.com"]
    found = [canonical.address(one) for one in written]
    assert len(set(found)) == 4
    assert {one.loose for one in found if one} == {("sender alike email", "pat@gmail.com")}
    assert loose_address("p.at@example.org") == "p.at@example.org"
    assert loose_address("pat+x@example.org") == "pat@example.org"
    assert loose_address("+@example.org") == "+@example.org"


@pytest.mark.parametrize(
    "written",
    [
        "07700 900123",
        "+447700900123",
        "+44 (0)7700 900-123",
        "0044 7700 900123",
        "(07700) 900 123",
        "07700 900123 ext 12",
        "tel:+44-7700-900123",
        "\uff10\uff17\uff17\uff10\uff10 900123",
    ],
)
def test_spellings_of_one_number_meet(written: str) -> None:
    assert canonical.phone(written) == Identifier(IdentityKind.PHONE, "+447700900123")


@given(
    st.integers(0, 999).map("{:03}".format),
    st.sampled_from(["0", "+44", "0044", "+44 (0)"]),
    st.lists(SPACES, min_size=3, max_size=3),
)
def test_spelling_variants_of_any_number_of_the_drama_range_meet(
    last: str, prefix: str, gaps: list[str]
) -> None:
    written = f"{prefix}{gaps[0]}7700{gaps[1]}900{gaps[2]}{last}"
    assert canonical.phone(written) == Identifier(IdentityKind.PHONE, f"+447700900{last}")


@pytest.mark.parametrize(
    "written", ["999", "116 123", "", "0", "call me", "07700", "+999 1", "1" * 60]
)
def test_what_is_no_number_identifies_nobody(written: str) -> None:
    assert canonical.phone(written) is None


@pytest.mark.parametrize(
    ("written", "known"),
    [
        ("@Pat", ("social", "pat")),
        ("x:@Pat", ("x", "pat")),
        ("Twitter: @pat", ("x", "pat")),
        ("@pat@Social.example", ("social.example", "pat")),
        ("https://x.com/Pat?s=20", ("x", "pat")),
        ("https://www.instagram.com/pat.example/", ("instagram", "pat.example")),
        ("https://bsky.app/profile/pat.example", ("bluesky", "pat.example")),
        ("https://social.example/@pat", ("social.example", "pat")),
    ],
)
def test_handles_as_people_write_them(written: str, known: tuple[str, str]) -> None:
    found = canonical.recognise(written)
    assert found == Identifier(IdentityKind.HANDLE, known[1], known[0])


@pytest.mark.parametrize(
    "written",
    [
        "pat",
        "@",
        "@ pat",
        "https://example.org/pat",
        "https://x.com/",
        "@pat@",
        "@<img src=x>",
        "@.-.",
    ],
)
def test_what_is_no_handle_identifies_nobody(written: str) -> None:
    assert canonical.recognise(written) is None


def test_an_accounts_case_counts_where_its_service_says_so() -> None:
    assert canonical.account("Pat", "FixMyStreet") == canonical.account("pat", "fixmystreet")
    assert canonical.account("Pat", "forum") != canonical.account("pat", "forum")
    assert canonical.account("5", None) is None


TEXTS = st.one_of(
    st.text(max_size=60),
    st.from_regex(r"\A@?[\w.+-]{1,12}@[\w.-]{1,12}\Z"),
    st.from_regex(r"\A(?:[a-z]{0,8}: ?)?@[\w.-]{1,12}\Z"),
    st.text(alphabet=string.digits + "+() -.", max_size=24),
    st.builds("https://{}/{}".format, st.sampled_from(["x.com", "t.example"]), st.text(max_size=9)),
)


@given(TEXTS)
@example("\u0130@\u0130.example")
@example("stra\u00dfe@stra\u00dfe.example")
@example("a@\u2024.b")
def test_a_canonical_form_is_its_own_canonical_form(text: str) -> None:
    for form in (canonical.recognise, canonical.address, canonical.phone, canonical.handle):
        once = form(text)
        if once is None:
            continue
        if once.kind is IdentityKind.HANDLE:
            assert canonical.handle(once.value, once.namespace) == once
        else:
            again = canonical.address if once.kind is IdentityKind.EMAIL else canonical.phone
            assert again(once.value) == once


@given(st.text(max_size=400))
def test_any_text_gives_a_bounded_number_of_numbers_and_nothing_breaks(text: str) -> None:
    assert len(canonical.numbers_in(text + " 020 7946 0001" * 9)) <= 5


def test_numbers_are_found_in_a_text_as_people_write_them() -> None:
    text = (
        "Ring me on 07700 900123 or +44 20 7946 0958. Ref 2026-03-02 12345678901, "
        "order 0.123456789012, the 01 02 2026, https://example.org/07700900555 and 07700-900123."
    )
    assert [one.value for one in canonical.numbers_in(text)] == ["+447700900123", "+442079460958"]
