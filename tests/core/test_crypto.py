import multiprocessing
import stat
from pathlib import Path

import pytest

from triage.core.crypto import MINIMUM_KEY, KeyedHash, load_hash_key
from triage.core.errors import UnsafeConfiguration
from triage.core.settings import Settings

ONE, OTHER = KeyedHash(b"1" * 32), KeyedHash(b"2" * 32)


def test_a_keyed_hash_depends_on_key_purpose_and_value() -> None:
    digest = ONE.of("sender", b"pat@example.org")
    assert len(digest) == 64
    assert digest == ONE.of("sender", b"pat@example.org")
    others = (
        OTHER.of("sender", b"pat@example.org"),
        ONE.of("raw", b"pat@example.org"),
        ONE.of("sender", b"pat@example.net"),
    )
    assert digest not in others


def test_purpose_and_value_cannot_be_shifted_into_each_other() -> None:
    assert ONE.of("ab", b"c") != ONE.of("a", b"bc")


def test_a_short_key_is_refused() -> None:
    with pytest.raises(UnsafeConfiguration, match="32"):
        KeyedHash(b"x" * (MINIMUM_KEY - 1))
    with pytest.raises(UnsafeConfiguration):
        load_hash_key(Settings(hash_key="short"))


def test_the_key_file_is_made_once_and_read_by_its_owner_alone(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path / "home")
    first = load_hash_key(settings).of("x", b"y")
    assert load_hash_key(settings).of("x", b"y") == first
    path = tmp_path / "home" / "hash.key"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert list(path.parent.iterdir()) == [path]


def test_a_key_in_the_settings_goes_before_the_file_and_makes_none(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, hash_key="k" * 40)
    assert load_hash_key(settings).of("x", b"y") == KeyedHash(b"k" * 40).of("x", b"y")
    assert not (tmp_path / "hash.key").exists()


def _hash_in_child(home: str) -> str:
    return load_hash_key(Settings(home=Path(home))).of("x", b"y")


def test_processes_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    with context.Pool(2) as pool:
        for number in range(10):
            home = str(tmp_path / str(number))
            assert len(set(pool.map(_hash_in_child, [home] * 4, chunksize=1))) == 1
