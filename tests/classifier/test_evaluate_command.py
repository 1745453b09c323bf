"""``triage evaluate`` as people and scripts meet it."""

import csv
import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from support.command import Run, shell

from triage import cli_evaluate
from triage.classifier.assessment import LABELS
from triage.classifier.datasets import Row, public_test_split


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], small_model: Path
) -> Run:
    monkeypatch.setattr(cli_evaluate.out, "width", 200)

    evaluate = shell(monkeypatch, capsys, "evaluate")
    return lambda *arguments: evaluate(*arguments, "--model", small_model)


def line(row: Row, **changed: object) -> str:
    held = [label for label, holds in zip(LABELS, row.truth, strict=False) if holds]
    entry = {"id": "x", "text": row.text, "labels": held, "voice": "v", "span": row.span}
    category = "threat_direct" if "threatening" in held else "ordinary"
    return json.dumps(entry | {"category": category} | changed)


@pytest.fixture
def messages(tmp_path: Path, made_up_rows: list[Row]) -> Path:
    folder = tmp_path / "test"
    folder.mkdir()
    half = len(made_up_rows) // 2
    for name, rows in (("a", made_up_rows[:half]), ("b", made_up_rows[half:])):
        (folder / f"{name}.jsonl").write_text("".join(line(row) + "\n" for row in rows))
    return folder


def test_it_must_be_said_on_which_messages(run: Run) -> None:
    said = run()
    assert said.code == 2
    assert "--on" in said.err
    assert "Traceback" not in said.err


def test_figures_and_bars_are_shown_and_no_message_is(
    run: Run, messages: Path, made_up_rows: list[Row]
) -> None:
    tables, as_json = run("--on", messages), run("--on", messages, "--json")
    assert (tables.code, as_json.code) == (0, 0), tables.err + as_json.err
    for heading in ("By label", "By category", "Threats in disguise", "Identity groups", "Bars"):
        assert heading in tables.out
    assert "not met" in tables.out
    assert "met" in tables.out.replace("not met", "")
    for said in (tables, as_json):
        printed = said.out + said.err
        assert [row.text for row in made_up_rows if row.text[:25] in printed] == []


def test_the_same_figures_come_as_one_object(
    run: Run, messages: Path, made_up_rows: list[Row]
) -> None:
    found = json.loads(run("--on", messages, "--json").out)
    assert set(found) == {"model", "on", "figures", "robustness", "groups", "bars"}
    assert found["figures"]["rows"] == len(made_up_rows)
    assert found["figures"]["by_label"]["threatening"]["auc"] > 0.9
    assert set(found["bars"][0]) == {"name", "value", "bar", "met"}
    assert {one["met"] for one in found["bars"]} == {True, False, None}


def test_paths_may_be_files_may_be_several_and_count_once(run: Run, messages: Path) -> None:
    one = json.loads(run("--on", messages / "a.jsonl", "--json").out)["figures"]["rows"]
    both = json.loads(run("--on", messages, "--json").out)["figures"]["rows"]
    twice = run("--on", messages / "a.jsonl", messages / "b.jsonl", messages, "--json")
    assert one == both / 2
    assert json.loads(twice.out)["figures"]["rows"] == both


@pytest.mark.parametrize(
    "bad",
    ['{"text": "zanzibar"}', "zanzibar", '"zanzibar"', "[]"],
)
def test_a_bad_line_is_named_by_its_number_and_not_quoted(
    run: Run, messages: Path, made_up_rows: list[Row], bad: str
) -> None:
    (messages / "c.jsonl").write_text(line(made_up_rows[0]) + "\n\n" + bad + "\n")
    said = run("--on", messages)
    assert said.code == 2
    assert "line 3" in said.err
    assert "zanzibar" not in said.err + said.out


@pytest.mark.parametrize(
    "changed", [{"labels": ["zanzibar"]}, {"text": 5}, {"span": 5}, {"labels": 7}]
)
def test_a_field_that_is_wrong_is_no_labelled_message(
    run: Run, messages: Path, made_up_rows: list[Row], changed: dict[str, object]
) -> None:
    (messages / "c.jsonl").write_text(line(made_up_rows[0], **changed) + "\n")
    said = run("--on", messages)
    assert said.code == 2
    assert "line 1" in said.err
    assert "zanzibar" not in said.err


def test_what_is_not_there_ends_in_one_plain_line(run: Run, messages: Path, tmp_path: Path) -> None:
    assert "nowhere" in run("--on", tmp_path / "nowhere").err
    (tmp_path / "empty.jsonl").write_text("\n")
    assert "no messages" in run("--on", tmp_path / "empty.jsonl").err
    said = run("--on", messages, "--public", tmp_path / "nowhere")
    assert (said.code, said.out) == (2, "")
    assert "edos" in said.err


def test_public_sets_stand_beside_the_baseline(run: Run, messages: Path, tmp_path: Path) -> None:
    folder = tmp_path / "public"
    (folder / "convabuse").mkdir(parents=True)
    with gzip.open(folder / "convabuse" / "convabuse.csv.gz", "wt", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(["text", "threat", "abuse"])
        writer.writerows([f"text {at}", 0, at % 2] for at in range(100))
    arguments = ("--on", messages, "--public", folder, "--trained-on")
    found = json.loads(run(*arguments, messages, "--json").out)
    (one,) = found["public"]
    assert (one["set"], one["label"]) == ("convabuse", "any")
    assert one["rows"] == sum(public_test_split(f"text {at}") for at in range(100))
    assert "the baseline" in run(*arguments, messages).out
    said = run(*arguments, tmp_path / "nowhere")
    assert said.code == 2
    assert "--trained-on" in said.err


def test_help_does_not_wait_for_scikit_learn() -> None:
    code = (
        "import sys; from triage import cli\n"
        "try: cli.app(['--help'])\n"
        "except SystemExit: print('sklearn' in sys.modules, 'scipy' in sys.modules)"
    )
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "evaluate" in ran.stdout
    assert ran.stdout.strip().endswith("False False")
