"""A model that is not what it was: the desk starts, scoring is off, and everything goes to people.

trust.md sections 2 and 8.
"""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from support.databases import DESK_KEY, KEY
from support.desk import Desk, meet
from support.invariants import check_all
from support.mail import write_folder
from support.proving import proving, size

from triage.app import Triage
from triage.classifier import model as shipped
from triage.core.clock import SetClock
from triage.core.crypto import KeyedHash
from triage.core.database import Database, make_engine
from triage.core.settings import Settings
from triage.messages.queries.queue import queue_page
from triage.messages.rules import State
from triage.messages.service.importing import import_mail

MAILS = 5
ON_BOTH = size("MODEL", 1)
"""How many of them are tried on PostgreSQL as well: the model is a file, and knows no database."""


def truncated(folder: Path) -> None:
    data = (folder / "model.npz").read_bytes()
    (folder / "model.npz").write_bytes(data[: len(data) // 2])


def flipped(folder: Path) -> None:
    data = bytearray((folder / "model.npz").read_bytes())
    data[len(data) // 2] ^= 1
    (folder / "model.npz").write_bytes(bytes(data))


def emptied(folder: Path) -> None:
    (folder / "model.npz").write_bytes(b"")


def missing(folder: Path) -> None:
    (folder / "model.npz").unlink()


def card_missing(folder: Path) -> None:
    (folder / "card.json").unlink()


def card_truncated(folder: Path) -> None:
    text = (folder / "card.json").read_text("utf-8")
    (folder / "card.json").write_text(text[: len(text) // 2], "utf-8")


def card_altered(folder: Path) -> None:
    """Another digest."""
    card = json.loads((folder / "card.json").read_text("utf-8"))
    card["sha256"] = "0" * 64
    (folder / "card.json").write_text(json.dumps(card), "utf-8")


def golden_altered(folder: Path) -> None:
    """The scores that it promises are not those that it gives."""
    card = json.loads((folder / "card.json").read_text("utf-8"))
    for one in card["golden"]:
        scores = one["scores"] if isinstance(one, dict) else one[1]
        for name in scores:
            scores[name] = 1.0 - scores[name]
    (folder / "card.json").write_text(json.dumps(card), "utf-8")


def all_missing(folder: Path) -> None:
    shutil.rmtree(folder)


CORRUPT = (
    truncated, flipped, emptied, missing, card_missing, card_truncated, card_altered,
    golden_altered, all_missing,
)  # fmt: skip


def opened(url: str, home: Path, clock: SetClock) -> Triage:
    """An instance that looks for its model itself."""
    return Triage(
        settings=Settings(database_url=url, home=home, blind_sample_per_day=0, desk_key=DESK_KEY),
        database=Database(make_engine(url)),
        keys=KeyedHash(KEY),
        clock=clock,
    )


def test_with_the_model_as_it_was_made_most_mail_is_let_pass(
    url: str, tmp_path: Path, clock: SetClock
) -> None:
    triage = opened(url, tmp_path / "home", clock)
    found = import_mail(triage.runner, triage.scorer, [write_folder(tmp_path / "mail", MAILS)])
    assert (found.new, found.queued) == (MAILS, 0)
    triage.close()


def test_whatever_is_wrong_with_the_model_everything_goes_to_people(
    fresh_url: Callable[[str], str],
    backend: str,
    tmp_path: Path,
    clock: SetClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mail = write_folder(tmp_path / "mail", MAILS)
    with proving("corrupt model", backend) as proof:
        for number, corrupt in enumerate(CORRUPT if backend == "sqlite" else CORRUPT[:ON_BOTH]):
            folder = tmp_path / f"weights{number}"
            shutil.copytree(Path(shipped.__file__).parent / "weights", folder)
            corrupt(folder)
            monkeypatch.setattr(shipped, "WEIGHTS", folder)
            triage = opened(fresh_url(backend), tmp_path / "home", clock)
            assert triage.scorer.model_version == "none", corrupt.__name__
            assert triage.scorer.reason, corrupt.__name__  # type: ignore[attr-defined]
            found = import_mail(triage.runner, triage.scorer, [mail])
            assert (found.new, found.queued) == (MAILS, MAILS), corrupt.__name__
            desk: Desk = meet(triage, clock)
            rows = desk.read(queue_page, viewer=desk.ana, now=desk.now).rows
            assert {one.state for one in rows} == {State.QUEUED}
            check_all(triage)
            triage.close()
            proof.ran()
        proof.note = f"{len(CORRUPT)} ways to be corrupt"
