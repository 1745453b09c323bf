"""``triage evaluate``: how good a model is on labelled messages. It prints no message."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Table

from triage import classifier
from triage.classifier import registry
from triage.core.errors import Invalid
from triage.core.settings import Settings
from triage.core.text import read_json

if TYPE_CHECKING:
    from triage.classifier.datasets import Row
    from triage.classifier.evaluate import Bar, Report
    from triage.classifier.scorer import LinearScorer

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

MET = {True: "[green]met[/green]", False: "[red]not met[/red]", None: "not measured"}

FIGURES = (
    ("Rows", "rows"),
    ("AUC", "auc"),
    ("Avg. precision", "average_precision"),
    ("Recall at 5 % f.p.", "recall_at_5_percent_false_positives"),
    ("at 1 %", "recall_at_1_percent_false_positives"),
    ("Calibration error", "calibration_error"),
)


def evaluate(
    on: Annotated[
        list[Path] | None,
        typer.Option(help="labelled messages: a JSONL file or a folder of them; repeatable"),
    ] = None,
    more: Annotated[
        list[Path] | None, typer.Argument(metavar="[PATH]...", help="further such paths")
    ] = None,
    public: Annotated[
        Path | None,
        typer.Option(help="folder of public sets: compare with a linear baseline (takes minutes)"),
    ] = None,
    trained_on: Annotated[
        Path, typer.Option(help="our corpus's training part, which the baseline learns from too")
    ] = Path("data/corpus/train"),
    model: Annotated[Path | None, typer.Option(help="the model's folder; else the shipped")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one object")] = False,
) -> None:
    """Measure a model on labelled messages it was not trained on, and set bars beside the figures.

    Each line of a file has text, labels, category, voice and span, as in data/corpus.
    """
    paths = [*(on or ()), *(more or ())]
    if not paths:
        raise Invalid("Say on which labelled messages: triage evaluate --on data/corpus/test")
    rows = read_rows(paths)
    scorer = _linear(model)
    from triage.classifier.evaluate import bars, report

    with err.status(f"Scoring {len(rows)} messages, plain and disguised"):
        found = report(scorer, rows)
    if public is not None:
        with err.status("Comparing with a baseline on the public sets"):
            found["public"] = _public(scorer, public, trained_on)
    judged = bars(found)
    if as_json:
        named: Report = {"model": scorer.model_version, "on": [str(path) for path in paths]}
        whole = named | found | {"bars": [one._asdict() for one in judged]}
        print(json.dumps(whole))  # noqa: T201 - the output itself
        return
    out.print(f"Model {scorer.model_version} on {len(rows)} messages", markup=False)
    for table in _tables(found, judged):
        out.print(table)


def read_rows(paths: Sequence[Path]) -> list["Row"]:
    """The labelled messages in files and folders of *.jsonl; Invalid names a bad line, and
    quotes nothing of it."""
    files = [file for path in paths for file in _files(path)]
    rows = [row for file in dict.fromkeys(files) for row in _rows(file)]
    if not rows:
        raise Invalid("There are no messages in these files.")
    return rows


def _files(path: Path) -> list[Path]:
    if path.is_file():
        return [path]
    files = sorted(path.glob("*.jsonl"))
    if not files:
        raise Invalid(f"{path} is no file, and no folder with files that end in .jsonl.")
    return files


def _rows(file: Path) -> Iterator["Row"]:
    from triage.classifier.datasets import corpus_row

    try:
        lines = file.read_text(encoding="utf-8").split("\n")
    except (OSError, ValueError):
        raise Invalid(f"{file} cannot be read as UTF-8 text.") from None
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = corpus_row(read_json(line), file.stem)
        except (ValueError, KeyError, TypeError):
            row = None
        if row is None or not isinstance(row.text, str) or not isinstance(row.span, str):
            raise Invalid(
                f"{file}, line {number}: this is no labelled message. It needs text, labels "
                "(known ones), category and voice."
            )
        yield row


def _linear(folder: Path | None) -> "LinearScorer":
    from triage.classifier.scorer import LinearScorer

    scorer = classifier.load(folder) if folder else registry.load_active(Settings().home)
    if not isinstance(scorer, LinearScorer):
        raise Invalid("Only a trained model can be evaluated.")
    return scorer


def _public(scorer: "LinearScorer", folder: Path, trained_on: Path) -> list[dict[str, Any]]:
    from triage.classifier.datasets import read_corpus, read_public, read_public_test
    from triage.classifier.evaluate.public import NAMES, public_sets

    test = read_public_test(folder, NAMES)
    if not any(test.values()):
        raise Invalid(f"None of {', '.join(sorted(NAMES))} is in {folder}.")
    own = read_corpus(trained_on)
    if not own:
        raise Invalid(f"There is no corpus in {trained_on}; name its training part: --trained-on")
    return public_sets(scorer, test, [*own, *read_public(folder)])


# -- tables


def _tables(found: Mapping[str, Any], judged: Sequence["Bar"]) -> Iterator[Table]:
    figures = found["figures"]
    yield _figures("By label, against harmless messages", "Label", figures["by_label"])
    threats = figures["threats_against_harmless"]
    by_score = {
        name: {"rows": threats["rows"], **threats[f"by_{name}"]}
        for name in ("concern", "threatening")
    }
    yield _figures("Threats against harmless messages", "Ranked by", by_score, FIGURES[:-1])
    yield _figures(
        "By category", "Category", figures["by_category"], [("Flagged", "flagged"), *FIGURES]
    )
    yield _disguises(found["robustness"])
    yield _groups(found["groups"])
    if found.get("public"):
        yield _public_table(found["public"])
    yield _bars(judged)


def _figures(
    title: str,
    first: str,
    of: Mapping[str, Mapping[str, Any]],
    columns: Sequence[tuple[str, str]] = FIGURES,
) -> Table:
    table = _table(title, first, *(heading for heading, _ in columns))
    for name, one in of.items():
        table.add_row(name, *(_shown(one.get(key)) for _, key in columns))
    return table


def _disguises(found: Mapping[str, Any]) -> Table:
    plain = _shown(found["plain_recall"])
    title = f"Threats in disguise: of {found['rows']}, {plain} are flagged plain"
    table = _table(title, "Disguise", "Recall", "Kept of plain")
    for kind, one in found["kinds"].items():
        table.add_row(kind, _shown(one["recall"]), _shown(one["kept"]))
    return table


def _groups(found: Mapping[str, Any]) -> Table:
    spread = _shown(found["false_positive_spread_sentences"])
    title = f"Identity groups (spread of false positives in our own sentences: {spread})"
    table = _table(title, "Group", "Corpus rows", "False positives", "our sentences", "BPSN AUC")
    for name, one in found["by_group"].items():
        table.add_row(name, *(_shown(value) for value in one.values()))
    return table


def _public_table(found: Sequence[Mapping[str, Any]]) -> Table:
    table = _table("Public sets", "Set", "Label", "Rows", "Positive", "AUC", "Baseline")
    for one in found:
        table.add_row(*(_shown(value) for value in one.values()))
    return table


def _bars(judged: Sequence["Bar"]) -> Table:
    missed = sum(one.met is False for one in judged)
    met = sum(one.met is True for one in judged)
    title = f"Bars: {met} met, {missed} not met, {len(judged) - met - missed} not measured"
    table = _table(title, "Bar", "Value", "Wanted")
    table.add_column("")
    for one in judged:
        table.add_row(one.name, _shown(one.value), one.bar, MET[one.met])
    return table


def _table(title: str, first: str, *numbers: str) -> Table:
    table = Table(first, title=title, title_justify="left")
    for heading in numbers:
        table.add_column(heading, justify="right")
    return table


def _shown(value: object) -> str:
    if value is None:
        return "–"
    return f"{value:.3f}" if isinstance(value, float) else str(value)
