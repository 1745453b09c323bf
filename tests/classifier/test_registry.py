"""Which model scores: kept in folders, compared before it may, and never another in its place."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select
from support.models import as_version, change_card, flip_a_bit, write_corpus

from triage import doctor
from triage.app import Triage
from triage.classifier import Unscored, activation, model, registry
from triage.classifier.card import CARD_FILE, MODEL_FILE
from triage.core.access import CONSOLE, Actor
from triage.core.audit import AuditEvent, verify
from triage.core.errors import Invalid, ModelUnavailable, NotAllowed, NotFound


@pytest.fixture
def triage(
    make_triage: Callable[..., Triage],
    fresh_url: Callable[[str], str],
    small_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Triage:
    """An instance whose shipped model is a small one, called ``shipped``; nothing activated."""
    shipped = as_version(small_model, tmp_path / "weights", "shipped")
    monkeypatch.setattr(model, "WEIGHTS", shipped)
    made = make_triage(fresh_url("sqlite"))
    made.given_scorer = None
    return made


@pytest.fixture
def home(triage: Triage) -> Path:
    return triage.settings.home


@pytest.fixture
def held_out(tmp_path: Path) -> Path:
    return write_corpus(tmp_path / "held-out", "mail")


@pytest.fixture
def stored(home: Path, small_model: Path, tmp_path: Path) -> Callable[[str], Path]:
    """Puts a model of that version into the registry; its folder there."""

    def store(version: str) -> Path:
        registry.add(home, as_version(small_model, tmp_path / f"made-{version}", version))
        return home / "models" / version

    return store


@pytest.fixture
def activated(
    triage: Triage, stored: Callable[[str], Path], held_out: Path
) -> Callable[[str], Path]:
    """Stores, compares and activates."""

    def act(version: str) -> Path:
        folder = stored(version)
        activation.compare(triage.settings.home, version, [held_out], now=triage.clock.now())
        activation.activate(triage.runner, CONSOLE, version)
        return folder

    return act


def scorer_now(triage: Triage) -> str:
    """The version that a process which starts now scores with."""
    triage.__dict__.pop("scorer", None)
    return triage.scorer.model_version


def reason_now(triage: Triage) -> str:
    """Why a process which starts now scores with no model."""
    triage.__dict__.pop("scorer", None)
    assert isinstance(triage.scorer, Unscored)
    assert triage.scorer.score(["thank you"])[0].flagged
    return triage.scorer.reason


def events(triage: Triage) -> list[tuple[str, str, dict[str, object]]]:
    with triage.database.read() as session:
        assert isinstance(verify(session), int)
        found = session.scalars(select(AuditEvent).where(AuditEvent.code.like("model%"))).all()
        return [
            (one.actor_id, one.code, json.loads(one.details))
            for one in sorted(found, key=lambda one: one.link)
        ]


# -- what is stored


def test_the_shipped_model_is_always_there_and_active_where_nothing_was_activated(
    triage: Triage, home: Path
) -> None:
    assert [(one.version, one.active, one.shipped) for one in registry.models(home)] == [
        ("shipped", True, True)
    ]
    assert registry.active_folder(home) == model.WEIGHTS
    assert scorer_now(triage) == "shipped"
    assert not (home / "models").exists()


def test_a_model_that_is_added_is_stored_and_not_active(
    triage: Triage, home: Path, stored: Callable[[str], Path]
) -> None:
    folder = stored("two")
    assert {file.name for file in folder.iterdir()} == {MODEL_FILE, CARD_FILE}
    assert [(one.version, one.active) for one in registry.models(home)] == [
        ("shipped", True),
        ("two", False),
    ]
    assert scorer_now(triage) == "shipped"


def test_a_broken_model_is_never_added(home: Path, small_model: Path, tmp_path: Path) -> None:
    source = as_version(small_model, tmp_path / "bad", "bad")
    flip_a_bit(source)
    with pytest.raises(ModelUnavailable):
        registry.add(home, source)
    assert not (home / "models").exists()


def test_adding_again_changes_nothing_and_another_model_cannot_take_a_version(
    home: Path, stored: Callable[[str], Path], small_model: Path, tmp_path: Path
) -> None:
    folder = stored("two")
    before = (folder / CARD_FILE).stat().st_mtime_ns
    registry.add(home, tmp_path / "made-two")
    assert (folder / CARD_FILE).stat().st_mtime_ns == before
    for taken in ("two", "shipped"):
        other = as_version(small_model, tmp_path / f"other-{taken}", taken)
        change_card(other, lambda card: card.update(created="2001-01-01"))
        with pytest.raises(Invalid, match="another model"):
            registry.add(home, other)


@pytest.mark.parametrize("version", ["nowhere", "../weights", "", ".", "a/b"])
def test_an_unknown_version_is_not_found_and_leads_to_no_other_folder(
    triage: Triage, home: Path, version: str
) -> None:
    with pytest.raises(NotFound, match="no model"):
        registry.find(home, version)
    with pytest.raises(NotFound):
        activation.activate(triage.runner, CONSOLE, version)


def test_a_version_that_names_a_path_is_not_added(
    home: Path, small_model: Path, tmp_path: Path
) -> None:
    with pytest.raises(Invalid, match="no name"):
        registry.add(home, as_version(small_model, tmp_path / "x", "../../x"))


# -- activation


def test_activating_without_a_comparison_is_impossible(
    triage: Triage, stored: Callable[[str], Path]
) -> None:
    stored("two")
    with pytest.raises(Invalid, match="not compared"):
        activation.activate(triage.runner, CONSOLE, "two")
    assert scorer_now(triage) == "shipped"
    assert events(triage) == []


def test_a_comparison_with_a_model_that_is_no_longer_the_present_one_does_not_count(
    triage: Triage,
    home: Path,
    stored: Callable[[str], Path],
    activated: Callable[[str], Path],
    held_out: Path,
) -> None:
    stored("two")
    activation.compare(home, "two", [held_out], now=triage.clock.now())
    activated("three")
    with pytest.raises(Invalid, match="not compared"):
        activation.activate(triage.runner, CONSOLE, "two")
    assert scorer_now(triage) == "three"


def test_a_comparison_of_a_card_that_was_changed_since_does_not_count(
    triage: Triage, home: Path, stored: Callable[[str], Path], held_out: Path
) -> None:
    folder = stored("two")
    activation.compare(home, "two", [held_out], now=triage.clock.now())
    change_card(folder, lambda card: card["thresholds"].update(welfare=0.99))
    with pytest.raises(Invalid, match="not compared"):
        activation.activate(triage.runner, CONSOLE, "two")


def test_both_models_are_measured_on_the_same_messages_and_it_stands_beside_the_candidate(
    triage: Triage, home: Path, stored: Callable[[str], Path], held_out: Path
) -> None:
    folder = stored("two")
    made = activation.compare(home, "two", [held_out], now=triage.clock.now())
    assert (made.rows, made.on) == (24, ("corpus/mail",))
    assert made.present_figures == made.figures
    assert set(made.figures["flagged_by_category"]) == {
        "threat_direct",
        "insult",
        "welfare",
        "ordinary",
    }
    (kept,) = activation.comparisons(folder)
    assert (kept["candidate"]["version"], kept["present"]["version"]) == ("two", "shipped")
    assert kept["figures"] == made.figures
    assert "silly clerk" not in json.dumps(kept)


@pytest.mark.parametrize("source", ["corpus/plain", "labels/plain"])
def test_what_the_candidate_was_trained_on_is_refused_for_comparing(
    triage: Triage, home: Path, small_model: Path, tmp_path: Path, source: str
) -> None:
    candidate = as_version(small_model, tmp_path / "two", "two")
    change_card(candidate, lambda card: card.update(data=[{"name": source}]))
    registry.add(home, candidate)
    folder = write_corpus(tmp_path / "known", "mail", "plain")
    with pytest.raises(Invalid, match="was trained on corpus/plain"):
        activation.compare(home, "two", [folder], now=triage.clock.now())
    assert activation.comparisons(home / "models" / "two") == []


def test_it_is_said_where_the_present_model_knows_the_messages(
    triage: Triage, home: Path, stored: Callable[[str], Path], tmp_path: Path
) -> None:
    folder = stored("two")
    change_card(folder, lambda card: card.update(data=[]))
    known = write_corpus(tmp_path / "known", "grand")
    made = activation.compare(home, "two", [known], now=triage.clock.now())
    assert made.present_knows == ("corpus/grand",)


def test_a_folder_without_labelled_messages_is_refused(
    triage: Triage, home: Path, stored: Callable[[str], Path], tmp_path: Path
) -> None:
    stored("two")
    with pytest.raises(Invalid, match="no labelled messages"):
        activation.compare(home, "two", [tmp_path / "nowhere"], now=triage.clock.now())
    (tmp_path / "x.jsonl").write_text('{"text": "x"}\n')
    with pytest.raises(Invalid, match="no labelled messages"):
        activation.compare(home, "two", [tmp_path], now=triage.clock.now())


def test_the_active_model_scores_and_the_record_holds_versions_and_digests_only(
    triage: Triage, home: Path, activated: Callable[[str], Path]
) -> None:
    activated("two")
    assert scorer_now(triage) == "two"
    assert [one.version for one in registry.models(home) if one.active] == ["two"]
    ((actor, code, details),) = events(triage)
    assert (actor, code) == ("console", "model_activated")
    digest = registry.identify(model.WEIGHTS).sha256
    assert details == {
        "version": "two",
        "sha256": digest,
        "previous": "shipped",
        "previous_sha256": digest,
    }
    raw = json.loads((home / "models" / "active.json").read_text())
    last = raw["history"][-1]
    assert (last["model"]["version"], last["previous"]) == ("two", "shipped")
    assert last["at"] == triage.clock.now().isoformat(timespec="seconds")
    with pytest.raises(Invalid, match="active model already"):
        activation.activate(triage.runner, CONSOLE, "two")


def test_only_who_may_manage_models_changes_the_active_one(
    triage: Triage,
    home: Path,
    stored: Callable[[str], Path],
    held_out: Path,
) -> None:
    stored("two")
    activation.compare(home, "two", [held_out], now=triage.clock.now())
    with pytest.raises(NotAllowed):
        activation.activate(triage.runner, Actor("kit", "Kit"), "two")
    assert scorer_now(triage) == "shipped"
    assert sorted(file.name for file in (home / "models").glob("[!t]*")) == ["shipped"]


# -- the way back


def test_a_rollback_goes_to_the_one_before_and_again_to_the_one_before_that(
    triage: Triage, activated: Callable[[str], Path]
) -> None:
    activated("two")
    activated("three")
    assert activation.rollback(triage.runner, CONSOLE).version == "two"
    assert scorer_now(triage) == "two"
    activated("four")
    assert activation.rollback(triage.runner, CONSOLE).version == "two"
    assert activation.rollback(triage.runner, CONSOLE).version == "shipped"
    assert scorer_now(triage) == "shipped"
    with pytest.raises(Invalid, match="no earlier model"):
        activation.rollback(triage.runner, CONSOLE)
    codes = [code for _, code, _ in events(triage)]
    assert codes == ["model_activated"] * 2 + [
        "model_rolled_back",
        "model_activated",
        "model_rolled_back",
        "model_rolled_back",
    ]


def test_the_way_back_leads_to_the_shipped_model_of_then_when_the_software_has_another(
    triage: Triage,
    activated: Callable[[str], Path],
    small_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    activated("two")
    newer = as_version(small_model, tmp_path / "newer", "shipped-newer")
    monkeypatch.setattr(model, "WEIGHTS", newer)
    assert scorer_now(triage) == "two"
    activation.rollback(triage.runner, CONSOLE)
    assert scorer_now(triage) == "shipped"


def test_a_rollback_to_a_broken_model_is_refused_and_changes_nothing(
    triage: Triage, home: Path, activated: Callable[[str], Path]
) -> None:
    flip_a_bit(activated("two"))
    # What is broken now cannot be measured; the next is compared with nothing.
    activated("three")
    with pytest.raises(ModelUnavailable, match="Nothing was changed"):
        activation.rollback(triage.runner, CONSOLE)
    assert scorer_now(triage) == "three"


# -- what is broken


BREAKING: dict[str, tuple[Callable[[Path], object], str]] = {
    "a bit": (flip_a_bit, "not the one its card describes"),
    "no model": (lambda folder: (folder / MODEL_FILE).unlink(), "file is missing"),
    "no card": (lambda folder: (folder / CARD_FILE).unlink(), "card is missing"),
    "no folder": (lambda folder: folder.rename(folder.with_name("elsewhere")), "is missing"),
    "other thresholds": (
        lambda folder: change_card(folder, lambda card: card["thresholds"].update(concern=0.99)),
        "not the one that was activated",
    ),
}


@pytest.mark.parametrize("name", BREAKING)
def test_where_the_active_model_is_broken_nothing_stands_in_and_everything_goes_to_people(
    triage: Triage, home: Path, activated: Callable[[str], Path], name: str
) -> None:
    breaking, reason = BREAKING[name]
    breaking(activated("two"))
    assert reason in reason_now(triage)
    (finding,) = [one for one in doctor.examine(triage.settings) if one.what == "model"]
    assert finding.level is doctor.Level.UNSAFE
    assert reason in finding.advice


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"active": null, "history": []}'])
def test_an_unreadable_name_of_the_active_model_does_not_mean_the_shipped_one(
    triage: Triage, home: Path, activated: Callable[[str], Path], text: str
) -> None:
    activated("two")
    (home / "models" / "active.json").write_text(text)
    assert "not known which model is active" in reason_now(triage)
    with pytest.raises(ModelUnavailable):
        activation.rollback(triage.runner, CONSOLE)


def test_an_active_model_that_the_history_does_not_end_at_is_not_believed(
    triage: Triage, home: Path, activated: Callable[[str], Path]
) -> None:
    activated("two")
    file = home / "models" / "active.json"
    raw = json.loads(file.read_text())
    raw["active"]["version"] = "shipped"
    file.write_text(json.dumps(raw))
    assert "not known" in reason_now(triage)


def test_out_of_a_broken_model_leads_a_rollback_or_the_next_model_measured_alone(
    triage: Triage,
    home: Path,
    activated: Callable[[str], Path],
    stored: Callable[[str], Path],
    held_out: Path,
) -> None:
    flip_a_bit(activated("two"))
    stored("three")
    made = activation.compare(home, "three", [held_out], now=triage.clock.now())
    assert made.present_figures is None
    assert "not the one its card describes" in made.why_none
    activation.rollback(triage.runner, CONSOLE)
    assert scorer_now(triage) == "shipped"


# -- all or nothing


def test_the_active_file_is_whole_or_as_before(
    triage: Triage,
    home: Path,
    activated: Callable[[str], Path],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    activated("two")
    before = (home / "models" / "active.json").read_bytes()

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space"):
            activation.rollback(triage.runner, CONSOLE)
    assert (home / "models" / "active.json").read_bytes() == before
    assert len(list((home / "models").glob("*active.json*"))) == 1
    assert scorer_now(triage) == "two"
    assert len(events(triage)) == 1, "what was not done is not on the record"


def test_without_its_event_on_the_record_no_model_becomes_active(
    triage: Triage,
    home: Path,
    stored: Callable[[str], Path],
    held_out: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stored("two")
    activation.compare(home, "two", [held_out], now=triage.clock.now())

    def broken(*_: object) -> None:
        raise RuntimeError("the database is gone")

    monkeypatch.setattr("triage.core.commands.append", broken)
    with pytest.raises(RuntimeError):
        activation.activate(triage.runner, CONSOLE, "two")
    assert scorer_now(triage) == "shipped"
    assert not list((home / "models").glob("*active.json*"))
