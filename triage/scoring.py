"""``triage score``: texts in, the same rows with the model's view out."""

import json
import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from triage.classifier import Assessment, registry
from triage.core.errors import Invalid, ModelUnavailable
from triage.core.settings import Settings
from triage.core.text import read_json

BATCH = 256
LONE = re.compile("[\ud800-\udfff]")
"""Halves of characters: JSON may name them, and no output may hold them."""
OFF = 3
"""Exit code when there is no model."""


def score_file(file: str, output: TextIO | None = None) -> int:
    """Score JSONL from a file or ``-``; the exit code. ``Invalid`` names a bad row."""
    output = output or sys.stdout
    try:
        scorer = registry.load_active(Settings().home)
    except ModelUnavailable as reason:
        sys.stderr.write(f"Scoring is off: {reason}\n")
        return OFF
    for batch in _batches(_rows(file)):
        for row, assessment in zip(batch, scorer.score([r["text"] for r in batch]), strict=True):
            line = json.dumps(row | as_json(assessment), ensure_ascii=False)
            output.write(LONE.sub(lambda found: f"\\u{ord(found[0]):04x}", line) + "\n")
    return 0


def as_json(assessment: Assessment) -> dict[str, Any]:
    """An assessment as plain JSON values."""
    return {
        "scores": assessment.scores,
        "concern": assessment.concern,
        "flagged": assessment.flagged,
        "band": assessment.band.value,
        "routes": sorted(route.value for route in assessment.routes),
        "unread": assessment.unread.value if assessment.unread else None,
        "signals": [asdict(signal) for signal in assessment.signals],
        "model_version": assessment.model_version,
    }


def _rows(file: str) -> Iterator[dict[str, Any]]:
    if file == "-":
        yield from _parsed(sys.stdin, "standard input")
        return
    path = Path(file)
    if not path.is_file():
        raise Invalid(f"There is no file {file}.")
    with path.open(encoding="utf-8", errors="replace") as lines:
        yield from _parsed(lines, file)


def _parsed(lines: Iterable[str], name: str) -> Iterator[dict[str, Any]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            row = read_json(line)
        except ValueError as error:
            raise Invalid(f"{name}, line {number}: this is no JSON ({error}).") from error
        if not isinstance(row, dict) or not isinstance(row.get("text"), str):
            raise Invalid(f'{name}, line {number}: a row needs a "text", like {{"text": "…"}}.')
        yield row


def _batches(rows: Iterator[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    while batch := list(islice(rows, BATCH)):
        yield batch
