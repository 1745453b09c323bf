"""Change the active model: compare first, then activate; and the way back.

No activation without a comparison of exactly these two models on the same held-out messages,
written down beside the candidate. Each change is an event on the record (versions and digests
only), committed before the file that names the active model is replaced: a model that scores
without an event is not possible.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from triage import classifier
from triage.classifier import registry
from triage.classifier.card import CARD_FILE
from triage.classifier.registry import Activation, Model, State
from triage.core.access import Action, Actor
from triage.core.commands import Runner, Tx
from triage.core.errors import Invalid, ModelUnavailable
from triage.core.text import read_json

if TYPE_CHECKING:
    from triage.classifier.datasets import Row

COMPARISONS_FILE = "comparisons.json"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Figures of a candidate and of the present model, on the same messages."""

    at: str
    candidate: Model
    present: Model | None
    rows: int
    on: tuple[str, ...]
    """Sources of the rows, like ``corpus/mail``."""
    figures: dict[str, Any]
    """Of the candidate."""
    present_figures: dict[str, Any] | None
    why_none: str = ""
    """Why the present model could not be measured: it cannot be loaded, so scoring is off."""
    present_knows: tuple[str, ...] = ()
    """What of ``on`` the present model was trained on: there it looks better than it is."""


def compare(home: Path, version: str, folders: Sequence[Path], *, now: datetime) -> Comparison:
    """Measure the candidate and the present model on the labelled messages in these folders,
    and write the figures down beside the candidate.

    Invalid where the candidate was trained on one of the files, by their names: whether the
    texts are the same is not known. A folder holds *.jsonl as data/corpus/test does.
    """
    candidate = registry.add(home, registry.find(home, version))
    folder = registry.find(home, version)
    present = _present(home)
    if present == candidate:
        raise Invalid(f"{version} is the active model already.")
    rows = _rows(folders)
    on = tuple(sorted({row.source for row in rows}))
    if known := _trained_on(folder, on):
        raise Invalid(f"{version} was trained on {', '.join(known)}: compare on other messages.")
    theirs, why_none, known = None, "", ()
    try:
        active = registry.active_folder(home)
        theirs, known = _figures(active, rows), _trained_on(active, on)
    except ModelUnavailable as reason:
        why_none = str(reason)
    at = now.isoformat(timespec="seconds")
    ours = _figures(folder, rows)
    made = Comparison(at, candidate, present, len(rows), on, ours, theirs, why_none, known)
    _keep(folder, made)
    return made


def activate(runner: Runner, actor: Actor, version: str) -> Model:
    """Let a model score from now on. Invalid where it was not compared with the present one."""
    home = runner.settings.home
    folder = registry.find(home, version)
    classifier.load(folder)
    candidate, state, present = registry.identify(folder), registry.read_state(home), _present(home)
    if candidate == present:
        raise Invalid(f"{version} is the active model already.")
    if not _compared(home, folder, candidate, present):
        raise Invalid(f"{version} was not compared with the present model: triage model activate")
    history = state.history
    at = runner.clock.now().isoformat(timespec="seconds")
    if not history and present is not None and _loads(home):
        # A copy, so that the way back leads to this very model when the software has moved on.
        registry.add(home, registry.active_folder(home))
        history = (Activation(at, "shipped", present, None),)
    activation = Activation(at, "activated", candidate, present.version if present else None)
    _change(runner, actor, State((*history, activation)), present)
    return candidate


def rollback(runner: Runner, actor: Actor) -> Model:
    """Go back to the model that was active before the present one. Invalid where there is none,
    ModelUnavailable where it cannot be loaded any more: then nothing changes."""
    home = runner.settings.home
    state = registry.read_state(home)
    if len(state.line) < 2:
        raise Invalid("There is no earlier model to go back to.")
    before, present = state.line[-2:]
    try:
        folder = registry.find(home, before.version)
        registry.check(folder, before)
        classifier.load(folder)
    except ModelUnavailable as reason:
        raise ModelUnavailable(
            f"The model before, {before.version}, cannot be loaded. {reason} Nothing was changed; "
            "another model: triage model activate"
        ) from None
    at = runner.clock.now().isoformat(timespec="seconds")
    step = Activation(at, "rolled_back", before, present.version)
    _change(runner, actor, State((*state.history, step)), present)
    return before


def comparisons(folder: Path) -> list[dict[str, Any]]:
    """What is written down beside a model; [] where nothing readable is."""
    try:
        found = read_json((folder / COMPARISONS_FILE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []


def _change(runner: Runner, actor: Actor, state: State, previous: Model | None) -> None:
    last = state.history[-1]

    def on_record(tx: Tx) -> None:
        tx.allow(Action.MANAGE_MODEL)
        tx.record(
            f"model_{last.how}",
            None,
            version=last.model.version,
            sha256=last.model.sha256,
            previous=previous.version if previous else None,
            previous_sha256=previous.sha256 if previous else None,
        )

    with registry.drafted(runner.settings.home, state) as put_in_place:
        runner.run(actor, on_record)
        put_in_place()


def _present(home: Path) -> Model | None:
    """The active model, whether it can be loaded or not; None where not even its card can."""
    return registry.read_state(home).active or registry.shipped_model()


def _loads(home: Path) -> bool:
    try:
        registry.load_active(home)
    except ModelUnavailable:
        return False
    return True


def _compared(home: Path, folder: Path, candidate: Model, present: Model | None) -> bool:
    """Without figures of the present model, a comparison counts only while that cannot score."""
    pair = (candidate._asdict(), present._asdict() if present else None)
    found = [
        one for one in comparisons(folder) if (one.get("candidate"), one.get("present")) == pair
    ]
    return any(one.get("present_figures") for one in found) or bool(found and not _loads(home))


def _rows(folders: Sequence[Path]) -> list["Row"]:
    from triage.classifier.datasets import read_corpus

    rows = []
    for folder in dict.fromkeys(folders):
        try:
            found = read_corpus(folder)
        except (OSError, ValueError, KeyError, TypeError):
            raise Invalid(f"{folder} holds lines that are no labelled messages.") from None
        if not found:
            raise Invalid(f"There are no labelled messages (*.jsonl) in {folder}.")
        rows += found
    return rows


def _figures(folder: Path, rows: Sequence["Row"]) -> dict[str, Any]:
    from triage.classifier.evaluate import chances_of, figures
    from triage.classifier.scorer import LinearScorer

    scorer = classifier.load(folder)
    if not isinstance(scorer, LinearScorer):
        raise Invalid("Only a trained model can be compared.")
    chances = chances_of(scorer, [row.text for row in rows])
    return figures(rows, chances, scorer.card.thresholds)


def _trained_on(folder: Path, on: Sequence[str]) -> tuple[str, ...]:
    """What of ``on`` stands in the card's list of training data, as corpus or exported labels."""
    card = read_json((folder / CARD_FILE).read_text(encoding="utf-8"))
    taught = {str(entry["name"]).removeprefix("labels/") for entry in card["data"]}
    taught = {name.removeprefix("corpus/") for name in taught}
    return tuple(one for one in on if one.removeprefix("corpus/") in taught)


def _keep(folder: Path, made: Comparison) -> None:
    """Add a comparison to those beside the candidate; the file is replaced whole."""
    raw = {name: getattr(made, name) for name in Comparison.__slots__}
    raw["candidate"] = made.candidate._asdict()
    raw["present"] = made.present._asdict() if made.present else None
    path = folder / COMPARISONS_FILE
    text = json.dumps([*comparisons(folder), raw], indent=2, ensure_ascii=False) + "\n"
    draft = registry.write_draft(path, text)
    try:
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
