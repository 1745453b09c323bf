"""Small models under names of their own, and labelled messages to compare them on."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from triage.classifier.card import CARD_FILE, MODEL_FILE


def as_version(source: Path, folder: Path, version: str) -> Path:
    """A copy of a model, under another version."""
    folder.mkdir(parents=True)
    for name in (MODEL_FILE, CARD_FILE):
        shutil.copyfile(source / name, folder / name)
    change_card(folder, lambda card: card.update(version=version))
    return folder


def change_card(folder: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Edit a model's card in place."""
    file = folder / CARD_FILE
    card = json.loads(file.read_text("utf-8"))
    change(card)
    file.write_text(json.dumps(card), "utf-8")


def flip_a_bit(folder: Path) -> None:
    """Spoil a model's numbers."""
    data = bytearray((folder / MODEL_FILE).read_bytes())
    data[len(data) // 2] ^= 1
    (folder / MODEL_FILE).write_bytes(data)


def write_corpus(folder: Path, *names: str) -> Path:
    """A folder of labelled messages in the corpus format, one file a name."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        rows = [
            {"text": text.format(thing=thing), "labels": labels, "category": category}
            | {"id": f"{name}-{thing}-{category}", "voice": name, "span": None}
            for thing in ("fence", "gate", "pond", "lane", "shed", "path")
            for text, labels, category in (
                (f"{name}: I will burn your {{thing}} down.", ["threatening"], "threat_direct"),
                (f"{name}: you silly clerk of the {{thing}}.", ["aggressive"], "insult"),
                (f"{name}: I want to end it all by the {{thing}}.", ["welfare"], "welfare"),
                (f"{name}: the {{thing}} is broken, please mend it.", [], "ordinary"),
            )
        ]
        lines = "".join(json.dumps(row) + "\n" for row in rows)
        (folder / f"{name}.jsonl").write_text(lines, "utf-8")
    return folder
