"""The notebooks run as they stand, show charts, and hold no output and no message."""

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from triage.classifier.datasets import read_corpus

ROOT = Path(__file__).parents[2]
NOTEBOOKS = sorted((ROOT / "notebooks").glob("*.ipynb"))
ROWS = 150
CHART = "})({"
"""Here the description of a chart begins in the HTML that shows it."""
RUN = """
import sys, nbclient, nbformat
source, target = sys.argv[1:]
book = nbformat.read(source, as_version=4)
nbclient.NotebookClient(book, timeout=300, kernel_name="python3").execute()
nbformat.write(book, target)
"""
"""In a process of its own: a browser test may have left an event loop running in this one."""


def cells(path: Path) -> list[nbformat.NotebookNode]:
    return [one for one in nbformat.read(path, as_version=4).cells if one.cell_type == "code"]


def strings(value: object) -> Iterator[str]:
    """Every string in an output, keys left out."""
    if isinstance(value, dict):
        for one in value.values():
            yield from strings(one)
    elif isinstance(value, list):
        for one in value:
            yield from strings(one)
    elif isinstance(value, str):
        yield value


def charts_in(data: dict[str, str]) -> Iterator[dict[str, Any]]:
    """The chart that an output shows, as Vega-Lite, if it shows one."""
    page = data.get("text/html", "")
    if CHART in page:
        start = page.index(CHART) + len(CHART) - 1
        yield json.JSONDecoder().raw_decode(page, start)[0]


def quoted(shown: str, folder: Path) -> list[str]:
    """Beginnings of messages that stand in ``shown``, as they are or escaped."""
    return [
        start
        for row in read_corpus(folder)
        if len(start := row.text[:40]) >= 20
        and (start in shown or json.dumps(start)[1:-1] in shown)
    ]


def test_there_are_the_four() -> None:
    assert [one.stem for one in NOTEBOOKS] == [
        "01_data",
        "02_model",
        "03_errors",
        "04_thresholds",
    ]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda one: one.stem)
def test_the_committed_file_holds_no_outputs(path: Path) -> None:
    nbformat.validate(nbformat.read(path, as_version=4))
    for cell in cells(path):
        assert cell.outputs == []
        assert cell.execution_count is None
        assert set(cell.metadata) <= {"tags"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda one: one.stem)
def test_it_runs_on_small_data_and_shows_charts_and_no_message(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_NOTEBOOK_ROWS", str(ROWS))
    for name in ("IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path / "jupyter"))
    target = tmp_path / "run.ipynb"
    done = subprocess.run(
        [sys.executable, "-c", RUN, path, target],
        cwd=path.parent,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-4000:]
    outputs = [output for cell in cells(target) for output in cell.outputs]
    assert [one.text for one in outputs if one.output_type == "stream"] == []
    drawn = [chart for one in outputs for chart in charts_in(one.get("data", {}))]
    assert len(drawn) >= 2
    for chart in drawn:
        assert chart["description"]
        assert any(chart["datasets"].values())
    shown = "\n".join(strings(outputs))
    assert [
        one for part in ("train", "test") for one in quoted(shown, ROOT / "data/corpus" / part)
    ] == []


def test_a_message_that_is_shown_would_be_found(tmp_path: Path) -> None:
    text = "The café has been closed since the spring, and nobody knows why."
    row: dict[str, Any] = {"id": "a-1", "text": text, "labels": [], "category": "ordinary"}
    (tmp_path / "a.jsonl").write_text(json.dumps(row | {"voice": "plain", "span": None}))
    shown = list(strings([{"data": {"text/plain": f"0  {text}"}}]))
    assert len(quoted("\n".join(shown), tmp_path)) == 1
    assert quoted("0  a-1  ordinary  12", tmp_path) == []
