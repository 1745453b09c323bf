"""The sealed file: what is changed in it, cut off, moved or doubled does not open."""

import gzip
import io
import tracemalloc
from collections.abc import Iterator

import pyrage
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.backup.sealing import new_identity, seal, unseal
from triage.core.errors import Invalid, KeyMissing

IDENTITY, PUBLIC = new_identity()
CHUNK = 64 * 1024 + 16


def sealed(*pieces: bytes, public: str = PUBLIC) -> bytes:
    held = io.BytesIO()
    seal(held, public, pieces)
    return held.getvalue()


def opened(data: bytes, identity: str = IDENTITY) -> bytes:
    held = bytearray()
    unseal(io.BytesIO(data), identity, held.extend)
    return bytes(held)


@given(st.lists(st.binary(max_size=5000)))
def test_what_is_sealed_opens_as_it_was(pieces: list[bytes]) -> None:
    assert opened(sealed(*pieces)) == b"".join(pieces)


def test_it_is_an_age_file_of_a_gzip_that_needs_nothing_of_ours() -> None:
    data = sealed(b"a line\n")
    assert data.startswith(b"age-encryption.org/v1\n")
    plain = pyrage.decrypt(data, [pyrage.x25519.Identity.from_str(IDENTITY)])
    assert gzip.decompress(plain) == b"a line\n"


WHOLE = sealed(bytes(range(256)) * 4)


@settings(max_examples=300)
@given(st.data())
def test_one_byte_changed_anywhere_does_not_open(data: st.DataObject) -> None:
    whole = bytearray(WHOLE)
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Invalid):
        opened(bytes(whole))


@given(st.integers(0, 10_000))
def test_cut_short_anywhere_or_made_longer_it_does_not_open(at: int) -> None:
    whole = sealed(NOISE[:9000])
    with pytest.raises(Invalid):
        opened(whole[: at % len(whole)])
    with pytest.raises(Invalid):
        opened(whole + b"x")


def _noise(size: int) -> bytes:
    import random

    return random.Random(7).randbytes(size)


NOISE = _noise(300_000)


def test_chunks_that_are_left_out_moved_or_doubled_do_not_open() -> None:
    whole = sealed(NOISE)
    begin = whole.index(b"\n---") + len(whole[whole.index(b"\n---") :].split(b"\n")[1]) + 2 + 16
    chunks = [whole[at : at + CHUNK] for at in range(begin, len(whole), CHUNK)]
    assert opened(whole[:begin] + b"".join(chunks)) == NOISE
    assert len(chunks) >= 4
    for other in (
        chunks[:-1],  # cut at a seam
        [chunks[1], chunks[0], *chunks[2:]],
        [chunks[0], chunks[0], *chunks[1:]],
        [*chunks[:2], *chunks[3:]],
    ):
        with pytest.raises(Invalid):
            opened(whole[:begin] + b"".join(other))


def test_another_key_and_no_key_at_all_are_told_apart() -> None:
    other, _ = new_identity()
    with pytest.raises(Invalid, match="This key does not open"):
        opened(sealed(b"words"), other)
    for text in ("", "words", "# a comment alone\n", f"{IDENTITY}\n{other}"):
        with pytest.raises(KeyMissing):
            opened(sealed(b"words"), text)


def test_what_is_no_sealed_file_is_refused() -> None:
    for data in (b"", b"words", b"age-encryption.org/v1\n", NOISE[:1000]):
        with pytest.raises(Invalid):
            opened(data)
    bare = io.BytesIO()
    pyrage.encrypt_io(io.BytesIO(b"no gzip"), bare, [pyrage.x25519.Recipient.from_str(PUBLIC)])
    with pytest.raises(Invalid):
        opened(bare.getvalue())


class Broken(Exception):
    """Something of ours that went wrong."""


def test_an_error_of_whoever_reads_or_writes_comes_through_as_it_is() -> None:
    def pieces() -> Iterator[bytes]:
        yield NOISE
        raise Broken

    with pytest.raises(Broken):
        seal(io.BytesIO(), PUBLIC, pieces())

    class Full(io.BytesIO):
        def write(self, _data: object) -> int:
            raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        seal(Full(), PUBLIC, [NOISE])

    def take(_piece: bytes) -> None:
        raise Broken

    with pytest.raises(Broken):
        unseal(io.BytesIO(sealed(NOISE)), IDENTITY, take)


def test_memory_stays_flat_however_much_is_sealed() -> None:
    class Nowhere(io.BytesIO):
        def write(self, data: bytes) -> int:  # type: ignore[override]
            return len(data)

    tracemalloc.start()
    seal(Nowhere(), PUBLIC, (NOISE for _ in range(100)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8_000_000
