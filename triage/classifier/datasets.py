"""Where training rows come from, and what of each source may be used.

A label that a set does not have is unknown (None), never 0. Nothing is ever learned from
incident reports.
"""

import csv
import gzip
import hashlib
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from triage.classifier.assessment import CONDUCT_LABELS, LABELS
from triage.classifier.card import HEADS
from triage.core.text import read_json

csv.field_size_limit(10_000_000)


@dataclass(frozen=True, slots=True)
class Row:
    """One training text. ``truth``: 1, 0 or None (unknown), one a head of ``HEADS``."""

    text: str
    truth: tuple[int | None, ...]
    weight: float
    source: str
    voice: str = ""
    category: str = ""
    span: str = ""
    """The words that decide, where somebody marked them."""


Truth = dict[str, int | None]
Columns = dict[str, str]


@dataclass(frozen=True, slots=True)
class PublicSet:
    """A set in the folder of public corpora: its licence, and how its columns are read."""

    name: str
    licence: str
    read: Callable[[Columns], Truth]
    weight: float = 1.0
    most: int = 2_000
    """Rows taken, evenly from the file: no set may outweigh the others by its size alone."""
    benign_weight: float | None = None
    """For rows where nothing holds, where these are noisier than the others."""


def _bit(columns: Columns, name: str) -> int | None:
    value = columns.get(name, "").strip()
    return int(float(value)) if value else None


def _all_clear(columns: Columns) -> Truth:
    return dict.fromkeys((*CONDUCT_LABELS, "any"), 0)


def _edos(columns: Columns) -> Truth:
    if columns["label_sexist"] == "not sexist":
        return {"threatening": 0, "offensive": 0, "any": 0}
    return {"threatening": _bit(columns, "threat"), "offensive": 1, "any": 1}


def _hatemoji(columns: Columns) -> Truth:
    hate = _bit(columns, "label_gold")
    return {"threatening": _bit(columns, "threat"), "offensive": hate, "any": hate}


def _convabuse(columns: Columns) -> Truth:
    abuse = _bit(columns, "abuse")
    return {"threatening": _bit(columns, "threat"), "aggressive": abuse, "any": abuse}


def _stormfront(columns: Columns) -> Truth:
    hate = int(columns["label"] == "hate")
    return {"threatening": _bit(columns, "threat"), "offensive": hate, "any": hate}


def _misogyny(columns: Columns) -> Truth:
    return {
        "threatening": _bit(columns, "threat"),
        "aggressive": int("personal_attack" in columns["level_2"]),
        "offensive": int(columns["level_1"] == "Misogynistic"),
        "any": _bit(columns, "abuse"),
    }


def _gab(columns: Columns) -> Truth:
    return {
        "threatening": _bit(columns, "threat"),
        "offensive": _bit(columns, "hd"),
        "any": _bit(columns, "abuse"),
    }


def _jigsaw_labelled(columns: Columns) -> Truth:
    return {
        "threatening": _bit(columns, "threat"),
        "aggressive": _bit(columns, "insult"),
        "offensive": _bit(columns, "identity_hate"),
        "any": _bit(columns, "abuse"),
    }


def _jigsaw_binary(columns: Columns) -> Truth:
    return {"any": 1} if _bit(columns, "toxic") else _all_clear(columns)


def _toxic_spans(columns: Columns) -> Truth:
    return {"any": _bit(columns, "abuse")}


PUBLIC_SETS = (
    # "not sexist" was never checked for other abuse, but left unknown it teaches that "female"
    # is abusive (false positives .93, as noisy 0 .23): 0, with a small weight.
    PublicSet("edos", "CC0 1.0", _edos, benign_weight=0.3, most=3_000),
    PublicSet("hatemoji_build", "CC BY 4.0", _hatemoji),
    PublicSet("convabuse", "CC BY 4.0", _convabuse),
    # The unhateful sentences are of the same forum, and many not harmless.
    PublicSet("stormfront", "CC BY-SA 3.0 ES", _stormfront, benign_weight=0.3),
    PublicSet("misogyny_reddit", "MIT", _misogyny, benign_weight=0.5),
    PublicSet("gab", "CC BY 4.0 (repository MIT)", _gab, benign_weight=0.5),
    PublicSet("jigsaw_labelled", "CC0 1.0, text CC BY-SA 3.0", _jigsaw_labelled),
    PublicSet("jigsaw_binary", "CC0 1.0, text CC BY-SA 3.0", _jigsaw_binary, most=3_000),
    PublicSet("civil_safe", "CC0 1.0", _all_clear),
    PublicSet("toxic_spans", "CC0 1.0", _toxic_spans, weight=0.5),
    # Presumed benign: nobody labelled them.
    PublicSet("cfpb", "US government work, public domain", _all_clear, weight=0.5),
    PublicSet("foi_ph", "MIT", _all_clear, weight=0.3, most=1_000),
)

LEFT_OUT = {
    "ucc_val": "CC BY-NC-SA 4.0: not for commercial use, so weights could not be published.",
    "newsgroups": "No licence is given.",
    "olid": "For research, on asking the authors; the mirror's CC BY is not theirs to give.",
    "davidson": "The MIT licence is the repository's; the tweets stay under Twitter's terms.",
}


def public_test_split(text: str) -> bool:
    """Whether a public text is kept for testing: one in five, by the sha256 of the text, so
    that it is the same one in every set that holds it. No model is ever trained on these."""
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest, "big") % 5 == 0


def read_public(folder: Path) -> list[Row]:
    """Training rows of the sets in ``folder`` (``<name>/<name>.csv.gz``) that may be used:
    none that ``public_test_split`` keeps for testing."""
    rows: list[Row] = []
    for source in PUBLIC_SETS:
        found = [row for row in _rows_of(folder, source) if not public_test_split(row.text)]
        step = max(1.0, len(found) / source.most)
        rows += [found[int(at * step)] for at in range(int(len(found) / step))]
    return rows


def read_public_test(folder: Path, names: Collection[str]) -> dict[str, list[Row]]:
    """The rows kept for testing of those sets, all of them; [] for a set that is not there."""
    return {
        source.name: [row for row in _rows_of(folder, source) if public_test_split(row.text)]
        for source in PUBLIC_SETS
        if source.name in names
    }


def read_corpus(folder: Path) -> list[Row]:
    """Rows of our own corpus: every *.jsonl in ``folder``. A line that is still being written
    (not whole) at a file's end is left out."""
    rows = []
    for file in sorted(folder.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            try:
                entry = read_json(line)
            except ValueError:
                continue
            rows.append(corpus_row(entry, file.stem))
    return rows


def corpus_row(entry: dict[str, Any], file: str) -> Row:
    """The row of one line of our corpus, from the file of that name (without its ending).

    ValueError where a label is none of ours, KeyError where a field is missing.
    """
    held = set(entry["labels"])
    if held - set(LABELS):
        raise ValueError(f"{entry['id']}: unknown labels {sorted(held - set(LABELS))}")
    truth = {label: int(label in held) for label in LABELS}
    truth["any"] = int(bool(held & set(CONDUCT_LABELS)))
    return Row(
        text=entry["text"],
        truth=tuple(truth[head] for head in HEADS),
        weight=1.0,
        source=f"corpus/{file}",
        voice=f"{file}/{entry['voice']}",
        category=entry["category"],
        span=entry.get("span") or "",
    )


LABEL_WEIGHTS = {"routed": 0.5}
"""Decision -> weight of an exported row; 1 for every other. Whoever passes a message on says that
it is no matter of conduct without going through its kinds. Blind-sampled rows count like the rest:
their chance is kept for estimates, not for training."""


def read_labels(file: Path) -> list[Row]:
    """Rows of one file of ``triage labels export``: what people decided at the desk.

    ValueError names the line that is no such row; never its text. Two exports may hold the same
    message: give one file alone, the newest.
    """
    rows = []
    with file.open(encoding="utf-8") as lines:
        for number, line in enumerate(lines, start=1):
            try:
                entry = read_json(line)
                weight = LABEL_WEIGHTS.get(entry["provenance"]["decision"], 1.0)
                row = corpus_row(entry, "labels")
            except (ValueError, KeyError, TypeError) as error:
                raise ValueError(f"{file.name}, line {number}: no exported label") from error
            rows.append(replace(row, weight=weight, source=f"labels/{file.stem}"))
    return rows


def _rows_of(folder: Path, source: PublicSet) -> list[Row]:
    """Every row of the set that says something of a label; [] where the file is not there."""
    file = folder / source.name / f"{source.name}.csv.gz"
    if not file.is_file():
        return []
    with gzip.open(file, "rt", encoding="utf-8", newline="") as handle:
        return [row for columns in csv.DictReader(handle) for row in _row(source, columns)]


def _row(source: PublicSet, columns: Columns) -> Iterator[Row]:
    truth = source.read(columns)
    held = tuple(truth.get(head) for head in HEADS)
    if not columns["text"].strip() or all(value is None for value in held):
        return
    benign = source.benign_weight is not None and not any(held)
    weight = source.benign_weight if benign and source.benign_weight else source.weight
    yield Row(columns["text"], held, weight, source.name)
