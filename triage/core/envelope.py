"""The envelope: a data key per record, wrapped to the desk; texts sealed with the data key.

Texts: AES-256-GCM with a random nonce; associated data ``table|column|row id|key id``, so that a
sealed text opens in its own place alone. A sealed text is one version byte, 12 bytes of nonce,
and the ciphertext with its 16 bytes of tag.

Data keys, for the desk: HPKE (RFC 9180, base mode; X25519, HKDF-SHA256, AES-256-GCM). Who holds
the public key can wrap and cannot unwrap: the public form seals and inserts, and cannot read.

Data keys, for a receipt code: HKDF-SHA256 over the code with a random salt. The code has 120
random bits, so there is nothing to guess and nothing that a slow derivation (scrypt) would
protect; it would only let a stranger burn the form's memory and time.
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from triage.core.errors import Invalid, Unreadable
from triage.core.ids import ALPHABET

VERSION = 1
"""First byte of everything sealed or wrapped: how to read the rest."""
KEY_BYTES = 32
NONCE_BYTES = 12
TAG_BYTES = 16
SALT_BYTES = 16
SHORTEST = 1 + NONCE_BYTES + TAG_BYTES
"""Bytes of a sealed empty text: nothing sealed is shorter."""

CODE_CHARACTERS = 24
"""Of 5 bits each: 120 bits."""
GROUP = 4

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_FIRST = bytes([VERSION])
_READ_AS = str.maketrans({"O": "0", "I": "1", "L": "1"})


def new_data_key() -> bytes:
    """32 random bytes."""
    return secrets.token_bytes(KEY_BYTES)


def seal(
    data_key: bytes, plaintext: str, *, table: str, column: str, row_id: str, key_id: str
) -> bytes:
    """The text, readable with this key in this place alone."""
    place = {"table": table, "column": column, "row_id": row_id, "key_id": key_id}
    return seal_bytes(data_key, plaintext.encode("utf-8"), **place)


def open_sealed(
    data_key: bytes, sealed: bytes, *, table: str, column: str, row_id: str, key_id: str
) -> str:
    """The text again; ``Unreadable`` for one that was changed, cut, moved, or of another key."""
    place = {"table": table, "column": column, "row_id": row_id, "key_id": key_id}
    return open_bytes(data_key, sealed, **place).decode("utf-8")


def seal_bytes(
    data_key: bytes, plain: bytes, *, table: str, column: str, row_id: str, key_id: str
) -> bytes:
    """As ``seal``, for a file."""
    nonce = secrets.token_bytes(NONCE_BYTES)
    place = _place(table, column, row_id, key_id)
    return _FIRST + nonce + AESGCM(data_key).encrypt(nonce, plain, place)


def open_bytes(
    data_key: bytes, sealed: bytes, *, table: str, column: str, row_id: str, key_id: str
) -> bytes:
    """As ``open_sealed``, for a file."""
    return _open(data_key, sealed, _place(table, column, row_id, key_id))


def wrap_for_desk(public: X25519PublicKey, data_key: bytes, *, key_id: str, owner_id: str) -> bytes:
    """A data key that the holder of the private key alone can unwrap, for this owner alone."""
    return _FIRST + _SUITE.encrypt(data_key, public, info=_bound("desk", key_id, owner_id))


def unwrap(private: X25519PrivateKey, wrapped: bytes, *, key_id: str, owner_id: str) -> bytes:
    """The data key; ``Unreadable`` where the wrap was changed or belongs to another owner."""
    if wrapped[:1] != _FIRST:
        raise Unreadable("This key was wrapped in a way that is not known here.")
    try:
        return _SUITE.decrypt(wrapped[1:], private, info=_bound("desk", key_id, owner_id))
    except (InvalidTag, ValueError) as error:
        raise Unreadable("A stored key does not open: it was changed, or is not ours.") from error


def wrap_for_receipt(
    code: str, data_key: bytes, *, key_id: str, owner_id: str
) -> tuple[bytes, bytes]:
    """The data key under a key derived from a receipt code, and the salt of the derivation."""
    salt = secrets.token_bytes(SALT_BYTES)
    nonce = secrets.token_bytes(NONCE_BYTES)
    bound = _bound("receipt", key_id, owner_id)
    wrapping = AESGCM(_receipt_key(code, salt))
    return _FIRST + nonce + wrapping.encrypt(nonce, data_key, bound), salt


def unwrap_with_receipt(
    code: str, wrapped: bytes, salt: bytes, *, key_id: str, owner_id: str
) -> bytes:
    """The data key for who has the receipt code; ``Unreadable`` for any other code."""
    return _open(_receipt_key(code, salt), wrapped, _bound("receipt", key_id, owner_id))


def new_receipt_code() -> str:
    """120 random bits as 24 characters in groups of four: ``XXXX-XXXX-…``. Shown once."""
    code = "".join(secrets.choice(ALPHABET) for _ in range(CODE_CHARACTERS))
    return "-".join(code[at : at + GROUP] for at in range(0, CODE_CHARACTERS, GROUP))


def read_receipt_code(typed: str) -> str:
    """The 24 characters meant: case, spaces and dashes count for nothing; O is 0; I and L are 1.

    ``Invalid`` for what can be no code, in the same words whatever is wrong with it.
    """
    bare = "".join(typed.split()).replace("-", "").upper().translate(_READ_AS)
    if len(bare) != CODE_CHARACTERS or not set(bare) <= set(ALPHABET):
        raise Invalid("This is not a receipt code.", field="code")
    return bare


def receipt_lookup(code: str) -> str:
    """Under what a report is found by its receipt code: 64 hexadecimal digits.

    It is derived apart from the key that opens: who reads the table has neither code nor key.
    """
    return derive(read_receipt_code(code).encode("ascii"), "lookup").hex()


def derive(secret: bytes, purpose: str) -> bytes:
    """32 bytes from a random secret of 120 bits or more, others for each purpose."""
    info = f"triage|{purpose}|1".encode("ascii")
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(secret)


def _receipt_key(code: str, salt: bytes) -> bytes:
    derive = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=salt, info=b"triage|receipt|1")
    return derive.derive(read_receipt_code(code).encode("ascii"))


def _open(key: bytes, sealed: bytes, place: bytes) -> bytes:
    if len(sealed) < SHORTEST or sealed[:1] != _FIRST:
        raise Unreadable("This was sealed in a way that is not known here, or has been cut.")
    nonce, rest = sealed[1 : 1 + NONCE_BYTES], sealed[1 + NONCE_BYTES :]
    try:
        return AESGCM(key).decrypt(nonce, rest, place)
    except InvalidTag as error:
        raise Unreadable("A sealed text does not open: it was changed, or moved.") from error


def _place(table: str, column: str, row_id: str, key_id: str) -> bytes:
    return _joined(table, column, row_id, key_id)


def _bound(purpose: str, key_id: str, owner_id: str) -> bytes:
    return _joined("triage", purpose, key_id, owner_id)


def _joined(*parts: str) -> bytes:
    # A separator within a part would let two places read the same.
    if any("|" in part or not part for part in parts):
        raise ValueError(f"no part of a place may be empty or hold a bar: {parts}")
    return "|".join(parts).encode("utf-8")
