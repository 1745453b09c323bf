from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from triage.core.clock import SetClock, SystemClock
from triage.core.ids import ALPHABET, is_id, new_id, short_ref
from triage.core.settings import Settings
from triage.core.text import storable


def test_settings_come_from_the_environment_with_the_prefix_triage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("TRIAGE_CLAIM_MINUTES", "7")
    monkeypatch.setenv("CLAIM_MINUTES", "9")
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "sqlite:///elsewhere.db")
    settings = Settings()
    assert settings.claim_minutes == 7
    assert settings.claim_time == timedelta(minutes=7)
    assert settings.url == "sqlite:///elsewhere.db"


def test_a_password_in_a_setting_is_not_printed() -> None:
    settings = Settings(
        database_url="postgresql://triage:hunter2@db.example.org/triage", hash_key="k" * 40
    )
    assert "hunter2" not in repr(settings)
    assert "kkkk" not in repr(settings)


def test_an_unknown_or_impossible_setting_is_refused() -> None:
    with pytest.raises(ValidationError, match="claim_minutes"):
        Settings(claim_minutes=0)
    with pytest.raises(ValidationError, match="clame_minutes"):
        Settings(clame_minutes=5)


def test_settings_cannot_be_changed_while_the_program_runs() -> None:
    settings = Settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.claim_minutes = 30


def test_the_demonstration_has_a_database_of_its_own() -> None:
    assert Settings().url != Settings(demo=True).url
    assert Settings(demo=True).url.endswith("demo.db")


def test_ids_are_random_and_of_130_bits() -> None:
    ids = {new_id() for _ in range(2000)}
    assert len(ids) == 2000
    assert all(is_id(one) for one in ids)
    assert len(ALPHABET) == 32
    assert {char for one in ids for char in one} == set(ALPHABET)


def test_an_id_from_a_url_is_told_from_anything_else() -> None:
    good = new_id()
    assert is_id(good)
    for bad in ("", good.lower(), good[:-1], good + "0", good[:-1] + "U", "'; --"):
        assert not is_id(bad)


def test_people_name_a_thing_by_its_first_six_characters() -> None:
    assert short_ref("ABCDEFGH") == "ABC-DEF"


def test_a_set_clock_stands_still_until_it_is_moved() -> None:
    clock = SetClock(datetime(2026, 3, 2, tzinfo=UTC))
    assert clock.now() == clock.now()
    clock.move(timedelta(hours=1))
    assert clock.now() == datetime(2026, 3, 2, 1, tzinfo=UTC)


def test_no_clock_tells_a_naive_time() -> None:
    assert SystemClock().now().tzinfo is UTC
    with pytest.raises(ValueError, match="aware"):
        SetClock(datetime(2026, 3, 2))  # noqa: DTZ001 - that is what is refused


def test_derived_text_can_be_stored_by_every_database() -> None:
    assert storable("a\0b\ud800c") == "ab?c"
    assert storable("naïve • text 😀") == "naïve • text 😀"
