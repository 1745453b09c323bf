"""``triage train`` and ``triage model``, as a person meets them."""

import io
import json
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from support.command import Run, Said, shell
from support.models import as_version, flip_a_bit, write_corpus

from triage import cli_model
from triage.app import open_triage
from triage.classifier import model, registry


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "home"


@pytest.fixture
def run(
    home: Path,
    small_model: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Run:
    """Runs ``triage …`` in this process; the shipped model is a small one."""
    monkeypatch.setenv("TRIAGE_HOME", str(home))
    monkeypatch.setattr(model, "WEIGHTS", as_version(small_model, tmp_path / "w", "shipped"))
    monkeypatch.setattr(cli_model, "CORPUS", tmp_path / "corpus")
    monkeypatch.setattr(cli_model.out, "width", 200)

    triage = shell(monkeypatch, capsys)

    def act(*arguments: str | Path, answer: str = "") -> Said:
        monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
        return triage(*arguments)

    return act


@pytest.fixture
def two(run: Run, home: Path, small_model: Path, tmp_path: Path) -> str:
    """The version of a candidate that is stored."""
    return registry.add(home, as_version(small_model, tmp_path / "two", "two")).version


def active() -> str:
    """What a process that starts now scores with."""
    with closing(open_triage()) as triage:
        return triage.scorer.model_version


def test_train_activate_score_and_back(
    run: Run, home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_corpus(tmp_path / "corpus" / "train", "plain", "grand", "curt")
    write_corpus(tmp_path / "corpus" / "test", "mail")
    trained = run("train", "--to", tmp_path / "new")
    assert trained.code == 0, trained.err
    assert "72 texts" in trained.err
    version = json.loads((tmp_path / "new" / "card.json").read_text())["version"]
    assert f"{version} is stored, and not active." in trained.out
    assert active() == "shipped"

    said = run("model", "activate", version, "--yes")
    assert said.code == 0, said.err
    assert "24 messages of corpus/mail" in said.out
    for shown in ("Recall of threats", "Flagged: threat_direct", "AUC of welfare", version):
        assert shown in said.out
    assert f"{version} is active." in said.out

    texts = tmp_path / "texts.jsonl"
    texts.write_text('{"text": "I will burn your fence down."}\n')
    assert json.loads(run("score", texts).out)["model_version"] == version

    assert "shipped is active." in run("model", "rollback").out
    assert active() == "shipped"


def test_training_replaces_no_model(run: Run, two: str, tmp_path: Path) -> None:
    write_corpus(tmp_path / "corpus" / "train", "plain", "grand")
    said = run("train", "--to", tmp_path / "two")
    assert said.code == 2
    assert "holds a model already" in said.err


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        ((), "--corpus FOLDER"),
        (("--corpus", "nowhere"), "nothing to train on in nowhere"),
        (("--corpus", "one"), "at least two"),
        (("--corpus", "one", "--labels", "nowhere.jsonl"), "nowhere.jsonl cannot be read"),
        (("--corpus", "one", "--labels", "one/plain.jsonl"), "line 1: no exported label"),
    ],
)
def test_what_cannot_be_trained_on_is_named_in_one_plain_line(
    run: Run,
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    reason: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    write_corpus(tmp_path / "one", "plain")
    said = run("train", *arguments, "--to", tmp_path / "new")
    assert said.code == 2
    assert reason in said.err
    assert "Traceback" not in said.err
    assert not home.exists()


def test_decisions_that_were_exported_are_trained_on_and_named_in_the_card(
    run: Run, tmp_path: Path
) -> None:
    corpus = write_corpus(tmp_path / "corpus" / "train", "plain", "grand")
    lines = (corpus / "plain.jsonl").read_text().splitlines()
    rows = [json.loads(line) | {"provenance": {"decision": "upheld"}} for line in lines]
    export = tmp_path / "export.jsonl"
    export.write_text("".join(json.dumps(row) + "\n" for row in rows))
    said = run("train", "--labels", export, "--to", tmp_path / "new")
    assert said.code == 0, said.err
    card = json.loads((tmp_path / "new" / "card.json").read_text())
    assert {one["name"] for one in card["data"]} == {
        "corpus/plain",
        "corpus/grand",
        "labels/export",
    }


def test_nothing_is_activated_unless_the_person_says_yes(
    run: Run, two: str, tmp_path: Path
) -> None:
    held_out = write_corpus(tmp_path / "held", "mail")
    for answer in ("n\n", "\n", ""):
        said = run("model", "activate", two, "--on", held_out, answer=answer)
        assert said.code == 1
        assert "Recall of threats" in said.out
        assert active() == "shipped"
    assert run("model", "activate", two, "--on", held_out, answer="y\n").code == 0
    assert active() == "two"


def test_without_data_to_compare_on_nothing_is_activated_whatever_is_said(
    run: Run, two: str, tmp_path: Path
) -> None:
    said = run("model", "activate", two, "--yes")
    assert said.code == 2
    assert "--on FOLDER" in said.err
    said = run("model", "activate", two, "--yes", "--on", tmp_path / "nowhere")
    assert said.code == 2
    said = run("model", "activate", two, "--yes", "--on", write_corpus(tmp_path / "x", "plain"))
    assert said.code == 2
    assert "was trained on corpus/plain" in said.err
    assert active() == "shipped"


def test_an_unknown_version_is_one_clear_line_and_exit_two(run: Run, tmp_path: Path) -> None:
    held_out = write_corpus(tmp_path / "held", "mail")
    said = run("model", "activate", "nine", "--on", held_out)
    assert said.code == 2
    assert "There is no model nine here" in said.err
    assert "Traceback" not in said.err
    said = run("model", "rollback")
    assert said.code == 2
    assert "no earlier model" in said.err


def test_show_lists_every_model_and_which_is_active(run: Run, two: str, home: Path) -> None:
    said = run("model", "show")
    assert said.code == 0
    rows = {line.split()[1]: line for line in said.out.splitlines() if line.startswith("│")}
    assert "active, shipped" in rows["shipped"]
    assert "active" not in rows["two"]
    found = json.loads(run("model", "show", "--json").out)
    assert [(one["version"], one["active"], one["shipped"]) for one in found] == [
        ("shipped", True, True),
        ("two", False, False),
    ]
    assert found[0]["metrics"]["threats_against_harmless"]["auc_concern"] > 0


def test_show_says_that_scoring_is_off_and_calls_a_card_that_cannot_be_read_broken(
    run: Run, two: str, home: Path, tmp_path: Path
) -> None:
    held_out = write_corpus(tmp_path / "held", "mail")
    assert run("model", "activate", two, "--yes", "--on", held_out).code == 0
    flip_a_bit(home / "models" / "two")
    assert "Scoring is off" in run("model", "show").err
    (home / "models" / "two" / "card.json").unlink()
    said = run("model", "show")
    assert said.code == 0
    assert "active, broken" in said.out
    assert "The model card is missing" in said.out


def test_a_broken_present_model_is_said_and_the_candidate_is_measured_alone(
    run: Run, two: str, home: Path, small_model: Path, tmp_path: Path
) -> None:
    held_out = write_corpus(tmp_path / "held", "mail")
    run("model", "activate", two, "--yes", "--on", held_out)
    flip_a_bit(home / "models" / "two")
    registry.add(home, as_version(small_model, tmp_path / "three", "three"))
    said = run("model", "activate", "three", "--on", held_out, answer="y\n")
    assert said.code == 0, said.err
    assert "nothing to compare with" in said.out
    assert "in place of none" in said.out
    assert active() == "three"


def test_the_command_starts_without_scikit_learn() -> None:
    code = "import sys, triage.cli; print(*(n in sys.modules for n in ('sklearn', 'scipy')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["False", "False"]
