"""The envelope: what is sealed opens in its own place, with its own key, whole, or not at all."""

from collections.abc import Callable

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from triage.core import envelope
from triage.core.errors import Invalid, Unreadable
from triage.core.ids import ALPHABET

PLACE = {"table": "message_notes", "column": "text", "row_id": "R1", "key_id": "K1"}
OWNER = {"key_id": "K1", "owner_id": "M1"}
KEY = bytes(range(32))
DESK = X25519PrivateKey.from_private_bytes(bytes(range(1, 33)))
TEXT = "a colleague's words"


def sealed(text: str = TEXT) -> bytes:
    return envelope.seal(KEY, text, **PLACE)


@given(st.text())
def test_a_sealed_text_opens_in_its_place(text: str) -> None:
    storable = text.encode("utf-8", "replace").decode("utf-8")
    assert envelope.open_sealed(KEY, sealed(storable), **PLACE) == storable


def test_the_form_is_a_version_byte_a_nonce_and_the_ciphertext_with_its_tag() -> None:
    one = sealed()
    assert one[0] == envelope.VERSION == 1
    assert len(one) == 1 + 12 + len(TEXT.encode()) + 16
    assert TEXT.encode() not in one
    assert one[1:13] != sealed()[1:13], "a nonce is used once"


@pytest.mark.parametrize("part", PLACE)
def test_a_sealed_text_does_not_open_in_another_place(part: str) -> None:
    with pytest.raises(Unreadable):
        envelope.open_sealed(KEY, sealed(), **(PLACE | {part: "other"}))


def test_places_cannot_be_shifted_into_each_other() -> None:
    with pytest.raises(ValueError, match="bar"):
        envelope.seal(KEY, TEXT, table="a|b", column="c", row_id="d", key_id="e")
    with pytest.raises(ValueError, match="empty"):
        envelope.seal(KEY, TEXT, table="a", column="", row_id="d", key_id="e")


def test_every_flipped_bit_is_found() -> None:
    one = sealed()
    for place in range(len(one)):
        for bit in range(8):
            changed = bytearray(one)
            changed[place] ^= 1 << bit
            with pytest.raises(Unreadable):
                envelope.open_sealed(KEY, bytes(changed), **PLACE)


def test_every_truncation_and_addition_is_found() -> None:
    one = sealed()
    for length in range(len(one)):
        with pytest.raises(Unreadable):
            envelope.open_sealed(KEY, one[:length], **PLACE)
    with pytest.raises(Unreadable):
        envelope.open_sealed(KEY, one + b"\0", **PLACE)


def test_another_key_does_not_open_it() -> None:
    with pytest.raises(Unreadable):
        envelope.open_sealed(envelope.new_data_key(), sealed(), **PLACE)


def test_the_desk_unwraps_what_was_wrapped_with_its_public_key() -> None:
    wrapped = envelope.wrap_for_desk(DESK.public_key(), KEY, **OWNER)
    assert KEY not in wrapped
    assert envelope.unwrap(DESK, wrapped, **OWNER) == KEY
    assert wrapped != envelope.wrap_for_desk(DESK.public_key(), KEY, **OWNER)


@pytest.mark.parametrize("part", OWNER)
def test_a_wrapped_key_does_not_open_for_another_owner(part: str) -> None:
    wrapped = envelope.wrap_for_desk(DESK.public_key(), KEY, **OWNER)
    with pytest.raises(Unreadable):
        envelope.unwrap(DESK, wrapped, **(OWNER | {part: "other"}))


def test_a_wrapped_key_that_was_changed_cut_or_is_of_another_desk_is_refused() -> None:
    wrapped = envelope.wrap_for_desk(DESK.public_key(), KEY, **OWNER)
    for place in range(len(wrapped)):
        changed = bytearray(wrapped)
        changed[place] ^= 1
        with pytest.raises(Unreadable):
            envelope.unwrap(DESK, bytes(changed), **OWNER)
        with pytest.raises(Unreadable):
            envelope.unwrap(DESK, wrapped[:place], **OWNER)
    with pytest.raises(Unreadable):
        envelope.unwrap(X25519PrivateKey.generate(), wrapped, **OWNER)


def test_the_receipt_code_opens_and_another_code_does_not() -> None:
    code = envelope.new_receipt_code()
    wrapped, salt = envelope.wrap_for_receipt(code, KEY, **OWNER)
    assert envelope.unwrap_with_receipt(code, wrapped, salt, **OWNER) == KEY
    for other, held, salted in (
        (envelope.new_receipt_code(), wrapped, salt),
        (code, wrapped, bytes(16)),
        (code, wrapped[:-1], salt),
    ):
        with pytest.raises(Unreadable):
            envelope.unwrap_with_receipt(other, held, salted, **OWNER)
    with pytest.raises(Unreadable):
        envelope.unwrap_with_receipt(code, wrapped, salt, key_id="K1", owner_id="M2")


def test_a_receipt_code_has_120_bits_in_groups_of_four() -> None:
    codes = {envelope.new_receipt_code() for _ in range(200)}
    assert len(codes) == 200
    for code in codes:
        groups = code.split("-")
        assert [len(one) for one in groups] == [4] * 6
        assert set("".join(groups)) <= set(ALPHABET)
    assert len(ALPHABET) == 32
    seen = {code.replace("-", "")[place] for code in codes for place in (0, 23)}
    assert len(seen) > 25, "every place draws from the whole alphabet"


@pytest.mark.parametrize(
    "type_as",
    [
        str.lower,
        lambda code: code.replace("-", ""),
        lambda code: code.replace("-", "  "),
        lambda code: f" {code}\n",
        lambda code: code.replace("0", "O").replace("1", "I"),
        lambda code: code.replace("0", "o").replace("1", "l"),
        lambda code: code.replace("1", "L"),
    ],
)
def test_entry_ignores_case_spaces_and_letters_that_look_like_digits(
    type_as: Callable[[str], str],
) -> None:
    code = "01AB-10CD-EFGH-JKMN-PQRS-TV01"
    assert envelope.read_receipt_code(type_as(code)) == code.replace("-", "")
    wrapped, salt = envelope.wrap_for_receipt(code, KEY, **OWNER)
    assert envelope.unwrap_with_receipt(type_as(code), wrapped, salt, **OWNER) == KEY


@given(st.text(max_size=40))
def test_what_is_no_code_is_refused_in_the_same_words(typed: str) -> None:
    meant = "".join(typed.split()).replace("-", "").upper()
    if len(meant) == 24 and set(meant) <= {*ALPHABET, "O", "I", "L"}:
        assert set(envelope.read_receipt_code(typed)) <= set(ALPHABET)
    else:
        with pytest.raises(Invalid, match=r"^This is not a receipt code\.$"):
            envelope.read_receipt_code(typed)


@given(st.binary(max_size=2000))
def test_a_sealed_file_opens_in_its_place_alone(data: bytes) -> None:
    one = envelope.seal_bytes(KEY, data, **PLACE)
    assert envelope.open_bytes(KEY, one, **PLACE) == data
    for part in PLACE:
        with pytest.raises(Unreadable):
            envelope.open_bytes(KEY, one, **(PLACE | {part: "other"}))


def test_what_a_report_is_found_by_is_apart_from_what_opens_it() -> None:
    code = "01AB-10CD-EFGH-JKMN-PQRS-TV01"
    found = envelope.receipt_lookup(code)
    assert len(found) == 64
    assert found == envelope.receipt_lookup("o1ab 1ocd efgh jkmn pqrs tvoi")
    assert found != envelope.receipt_lookup(envelope.new_receipt_code())
    secret = b"a secret of this test, 120 bits or more"
    assert envelope.derive(secret, "one") != envelope.derive(secret, "other")
    assert envelope.derive(secret, "one") == envelope.derive(secret, "one")
