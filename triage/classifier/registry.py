"""Models in folders, and the file that says which of them scores.

``<home>/models/<version>/`` holds a model's model.npz and card.json, and how it compared.
``<home>/models/active.json`` names the active model with the digests it had when it was
activated, and every activation. Without that file the shipped model is active. Where the file
or the model it names is missing or changed, there is no model: none stands in for another.
"""

import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from triage import classifier
from triage.classifier import model as shipped
from triage.classifier.assessment import Scorer
from triage.classifier.card import CARD_FILE, MODEL_FILE, read_card
from triage.core.errors import Invalid, ModelUnavailable, NotFound
from triage.core.text import read_json

ACTIVE_FILE = "active.json"
NAME = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,99}")
"""A version names a folder, so it can lead nowhere else."""
HOW = ("shipped", "activated", "rolled_back")


class Model(NamedTuple):
    """Which model, to the byte: of another card (other thresholds, say) it is another."""

    version: str
    sha256: str
    """Of model.npz."""
    card_sha256: str


@dataclass(frozen=True, slots=True)
class Activation:
    """One change of the active model. Who did it stands on the record, not here."""

    at: str
    how: str
    """``activated``, ``rolled_back``; ``shipped`` is what was active before the first of them."""
    model: Model
    previous: str | None


@dataclass(frozen=True, slots=True)
class State:
    """What active.json says."""

    history: tuple[Activation, ...] = ()

    @property
    def line(self) -> list[Model]:
        """The active model last, and before it those that a rollback comes to, one by one."""
        line: list[Model] = []
        for one in self.history:
            if one.how == "rolled_back":
                line.pop()
            else:
                line.append(one.model)
        return line

    @property
    def active(self) -> Model | None:
        """None where nothing was ever activated: then it is the shipped one."""
        return self.line[-1] if self.history else None


@dataclass(frozen=True, slots=True)
class Stored:
    """One model of the registry, as ``triage model show`` lists it."""

    version: str
    active: bool
    shipped: bool
    card: dict[str, Any]
    problem: str = ""
    """Why its card cannot be read."""


def models(home: Path) -> list[Stored]:
    """Every model that is here, the shipped one among them, by version."""
    active = read_state(home).active
    ours = shipped_model()
    in_force = active or ours
    found = {path.name for path in _folder(home).glob("*/") if NAME.fullmatch(path.name)}
    if ours is not None:
        found.add(ours.version)
    listed = []
    for version in sorted(found):
        card, problem = _card_of(find(home, version))
        is_active = in_force is not None and version == in_force.version
        is_shipped = ours is not None and version == ours.version
        listed.append(Stored(version, is_active, is_shipped, card, problem))
    return listed


def find(home: Path, version: str) -> Path:
    """The folder of a version; NotFound where there is no such model."""
    if NAME.fullmatch(version):
        folder = _folder(home) / version
        if folder.is_dir():
            return folder
        ours = shipped_model()
        if ours is not None and ours.version == version:
            return shipped.WEIGHTS
    raise NotFound(f"There is no model {version} here. Those that are: triage model show")


def identify(folder: Path) -> Model:
    """Which model its card says it is; ModelUnavailable where the card cannot be read."""
    card = read_card(folder / CARD_FILE)
    digest = hashlib.sha256((folder / CARD_FILE).read_bytes()).hexdigest()
    return Model(card.version, card.sha256, digest)


def shipped_model() -> Model | None:
    """The model that came with the software; None where even its card is unusable."""
    try:
        return identify(shipped.WEIGHTS)
    except ModelUnavailable:
        return None


def add(home: Path, source: Path) -> Model:
    """Copy the model in ``source`` into the registry, inactive; again changes nothing.

    It is loaded first, so its sha256, shapes and golden scores hold (else ModelUnavailable).
    Invalid where another model has its version.
    """
    classifier.load(source)
    model = identify(source)
    if not NAME.fullmatch(model.version):
        raise Invalid(f"{model.version} is no name for a model.")
    try:
        held = find(home, model.version)
    except NotFound:
        held = None
    if held is not None and identify(held) != model:
        raise Invalid(f"There is another model {model.version} already.")
    target = _folder(home) / model.version
    if held != target:
        _copy(source, target, model)
    return model


def active_folder(home: Path) -> Path:
    """Where the active model lies: the shipped one's folder where nothing was activated.

    ModelUnavailable where the model is missing, or is not the one that was activated.
    """
    active = read_state(home).active
    if active is None:
        return shipped.WEIGHTS
    folder = _folder(home) / active.version
    check(folder, active)
    return folder


def check(folder: Path, model: Model) -> None:
    """ModelUnavailable where the folder does not hold exactly this model's card."""
    if not folder.is_dir():
        raise ModelUnavailable(f"The model {model.version} is missing.")
    if identify(folder) != model:
        raise ModelUnavailable(f"The model {model.version} is not the one that was activated.")


def load_active(home: Path) -> Scorer:
    """The active model. ModelUnavailable says why there is none: then everything goes to people."""
    folder = active_folder(home)
    return classifier.load() if folder == shipped.WEIGHTS else classifier.load(folder)


def read_state(home: Path) -> State:
    """What active.json says; ModelUnavailable where it cannot be understood.

    To read it as "nothing was activated" would let another model score without anybody's word.
    """
    path = _folder(home) / ACTIVE_FILE
    try:
        raw = read_json(path.read_text(encoding="utf-8"))
        state = State(tuple(_activation(entry) for entry in raw["history"]))
        if state.active is None or list(state.active) != list(Model(**raw["active"])):
            raise ValueError("the history ends elsewhere")
    except FileNotFoundError:
        return State()
    except (OSError, ValueError, KeyError, TypeError, IndexError):
        raise ModelUnavailable(
            f"{path} cannot be read, so it is not known which model is active. Put it back from a "
            "backup, or remove it to begin again with the shipped model."
        ) from None
    return state


@contextmanager
def drafted(home: Path, state: State) -> Iterator[Callable[[], None]]:
    """Lay the new active.json down beside the old; what is yielded puts it in its place.

    So that all that can fail has been tried before the change goes on the record.
    """
    if state.active is None:
        raise ValueError("There is no state without an active model.")
    raw = {
        "active": state.active._asdict(),
        "history": [asdict(one) | {"model": one.model._asdict()} for one in state.history],
    }
    path = _folder(home) / ACTIVE_FILE
    draft = write_draft(path, json.dumps(raw, indent=2) + "\n")
    try:
        yield partial(os.replace, draft, path)
    finally:
        draft.unlink(missing_ok=True)


def write_draft(path: Path, text: str) -> Path:
    """A whole file on the disk, beside the path it is meant for: ``os.replace`` it."""
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with draft.open("x", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        draft.unlink(missing_ok=True)
        raise
    return draft


def _folder(home: Path) -> Path:
    return home / "models"


def _copy(source: Path, target: Path, model: Model) -> None:
    """Both files, as a folder that is there whole or not at all."""
    for folder in (target.parent.parent, target.parent):
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = target.with_name(f".{target.name}.{secrets.token_hex(4)}")
    try:
        draft.mkdir(mode=0o700)
        for name in (MODEL_FILE, CARD_FILE):
            shutil.copyfile(source / name, draft / name)
        classifier.load(draft)
        check(draft, model)
        draft.rename(target)
    except OSError as error:
        raise Invalid(f"{target} cannot be made: {error.strerror}.") from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _activation(raw: dict[str, Any]) -> Activation:
    one = Activation(**raw | {"model": Model(**raw["model"])})
    if one.how not in HOW or not NAME.fullmatch(one.model.version):
        raise ValueError("no activation of ours")
    return one


def _card_of(folder: Path) -> tuple[dict[str, Any], str]:
    """The whole card of a model, or {} and what is wrong with it."""
    try:
        read_card(folder / CARD_FILE)
    except ModelUnavailable as reason:
        return {}, str(reason)
    card: dict[str, Any] = read_json((folder / CARD_FILE).read_text(encoding="utf-8"))
    return card, ""
