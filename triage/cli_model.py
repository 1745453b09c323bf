"""``triage train`` and ``triage model``: a person trains, compares, activates and goes back."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.table import Column, Table

from triage.app import open_triage
from triage.classifier import activation, registry
from triage.classifier.activation import Comparison
from triage.classifier.card import CARD_FILE, MODEL_FILE
from triage.core.access import CONSOLE
from triage.core.errors import Invalid, ModelUnavailable
from triage.core.settings import Settings

if TYPE_CHECKING:
    from triage.classifier.datasets import Row

model_app = typer.Typer(help="The models, and which of them scores.", no_args_is_help=True)
out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

CORPUS = Path(__file__).parents[1] / "data" / "corpus"
"""Beside the checkout; an installed package has none."""

THREATS = "threats_against_harmless"
FIGURES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Threats against harmless, AUC", (THREATS, "auc_concern")),
    ("Recall of threats at 5 % false positives", (THREATS, "recall_at_5_percent_false_positives")),
    ("Recall of threats at 1 % false positives", (THREATS, "recall_at_1_percent_false_positives")),
    ("Breaches flagged", ("breaches_flagged",)),
    ("Harmless flagged", ("harmless_flagged",)),
    ("Welfare found", ("welfare_recall",)),
)
"""What is said -> where it stands in the figures."""

SHORT = {
    "AUC": "Threats against harmless, AUC",
    "Recall": "Recall of threats at 5 % false positives",
    "Breaches": "Breaches flagged",
    "Harmless": "Harmless flagged",
    "Welfare": "Welfare found",
}
"""Heading of the list -> which of ``FIGURES``."""


def train(
    to: Annotated[Path, typer.Option(help="folder for the new model; it must hold none")],
    corpus: Annotated[
        Path | None, typer.Option(help="our corpus's training part; else data/corpus/train")
    ] = None,
    public: Annotated[Path | None, typer.Option(help="folder of public sets")] = None,
    labels: Annotated[
        list[Path] | None, typer.Option(help="a file of triage labels export; repeatable")
    ] = None,
    test: Annotated[
        Path | None, typer.Option(help="messages for the card's figures; else data/corpus/test")
    ] = None,
) -> None:
    """Train a model and store it as a candidate. It takes minutes, and nothing is activated."""
    if any((to / name).exists() for name in (MODEL_FILE, CARD_FILE)):
        raise Invalid(f"{to} holds a model already; name another folder.")
    rows = _training_rows(corpus or _beside("train", "--corpus"), public, labels or ())
    sources = len({row.source for row in rows})
    _tell(f"Training on {len(rows)} texts from {sources} sources. This takes minutes.")
    from triage.classifier.train import train as fit

    try:
        fit(rows, to, test=_test_rows(test))
        _tell("Trained. Loading it again, to see that it gives the scores of its card.")
        made = registry.add(Settings().home, to)
    except ValueError as error:
        raise Invalid(str(error)) from error
    except OSError as error:
        raise Invalid(f"{to} cannot be written: {error.strerror}.") from error
    out.print(f"{made.version} is stored, and not active.", markup=False)
    out.print(f"To compare and activate it: triage model activate {made.version}", markup=False)


@model_app.command("show")
def show(as_json: Annotated[bool, typer.Option("--json", help="print one list")] = False) -> None:
    """List the models: which is active, when each was made, and the figures of its card."""
    home = Settings().home
    found = registry.models(home)
    if as_json:
        print(json.dumps([_as_json(one) for one in found]))  # noqa: T201 - the output itself
        return
    table = Table(Column("Model", min_width=19), "", Column("Created", min_width=10))
    for heading in SHORT:
        table.add_column(heading, justify="right")
    for one in found:
        stands = [
            word
            for word, so in (
                ("active", one.active),
                ("shipped", one.shipped),
                ("broken", one.problem),
            )
            if so
        ]
        metrics = one.card.get("test", {}).get("figures") or one.card.get("metrics", {})
        table.add_row(
            one.version,
            ", ".join(stands),
            str(one.card.get("created", one.problem)),
            *(_shown(_at(metrics, dict(FIGURES)[name])) for name in SHORT.values()),
        )
    out.print(table)
    out.print(
        "AUC and recall (at 5 % false positives) of threats, shares flagged, welfare found: from"
    )
    out.print("each model's own card. Each was measured on other messages: this is no comparison.")
    try:
        registry.load_active(home)
    except ModelUnavailable as reason:
        _tell(f"Scoring is off, and everything goes to people: {reason}")


@model_app.command("activate")
def activate(
    version: Annotated[str, typer.Argument(help="as triage model show lists it")],
    on: Annotated[
        list[Path] | None,
        typer.Option(help="folder of labelled messages, held out; else data/corpus/test"),
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="do not ask; compare all the same")] = False,
) -> None:
    """Compare a model with the present one on the same held-out messages, ask, then activate it."""
    folders = on or [_beside("test", "--on")]
    with closing(open_triage()) as triage:
        _tell("Measuring both models on the same messages.")
        home = triage.settings.home
        made = activation.compare(home, version, folders, now=triage.clock.now())
        _print_comparison(made)
        present = made.present.version if made.present and not made.why_none else "none"
        if not yes and not typer.confirm(
            f"Let {version} score from now on, in place of {present}?"
        ):
            out.print("Nothing was changed.")
            raise typer.Exit(1)
        activation.activate(triage.runner, CONSOLE, version)
    _say_active(version)


@model_app.command("rollback")
def rollback() -> None:
    """Go back to the model that was active before the present one."""
    with closing(open_triage()) as triage:
        model = activation.rollback(triage.runner, CONSOLE)
    _say_active(model.version)


def _training_rows(corpus: Path, public: Path | None, labels: Sequence[Path]) -> list["Row"]:
    from triage.classifier.datasets import read_corpus, read_labels, read_public

    rows: list[Row] = []
    try:
        for name, read in (
            (corpus, read_corpus),
            (public, read_public),
            *((file, read_labels) for file in labels),
        ):
            if name is None:
                continue
            found = read(name)
            if not found:
                raise Invalid(f"There is nothing to train on in {name}.")
            _tell(f"{len(found)} texts of {name}")
            rows += found
    except OSError as error:
        raise Invalid(f"{error.filename} cannot be read: {error.strerror}.") from error
    except KeyError as error:
        raise Invalid(f"A line of the training data has no {error}.") from error
    except ValueError as error:
        raise Invalid(str(error)) from error
    return rows


def _test_rows(folder: Path | None) -> list["Row"]:
    """What the card's figures are measured on; none where no corpus stands beside."""
    if folder is None and not (CORPUS / "test").is_dir():
        return []
    return _training_rows(folder or CORPUS / "test", None, ())


def _beside(part: str, option: str) -> Path:
    """A part of the corpus beside the checkout; where there is none, the option is needed."""
    folder = CORPUS / part
    if not folder.is_dir():
        raise Invalid(f"Say on which labelled messages: {option} FOLDER")
    return folder


def _print_comparison(made: Comparison) -> None:
    out.print(f"On {made.rows} messages of {', '.join(made.on)}:", markup=False)
    if made.why_none:
        out.print(f"There is nothing to compare with: {made.why_none}", markup=False)
    table = Table("")
    for heading in ("Present", "Candidate", "Change"):
        table.add_column(heading, justify="right")
    theirs = made.present_figures or {}
    table.add_row("Model", _version(made.present), _version(made.candidate), "")
    for name, path in _compared_figures(made.figures):
        before, after = _at(theirs, path), _at(made.figures, path)
        change = "–" if before is None or after is None else f"{after - before:+.3f}"
        table.add_row(name, _shown(before), _shown(after), change)
    out.print(table)
    if made.present_knows:
        out.print(
            f"The present model was trained on {', '.join(made.present_knows)}: there it looks "
            "better than it is.",
            markup=False,
        )


def _compared_figures(figures: Mapping[str, Any]) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from FIGURES
    for label in figures["auc_by_label"]:
        yield f"AUC of {label}", ("auc_by_label", label)
    for category in figures["flagged_by_category"]:
        yield f"Flagged: {category}", ("flagged_by_category", category)


def _as_json(one: registry.Stored) -> dict[str, Any]:
    kept = ("created", "sha256", "thresholds", "metrics")
    return {
        "version": one.version,
        "active": one.active,
        "shipped": one.shipped,
        "problem": one.problem or None,
        **{name: one.card.get(name) for name in kept},
    }


def _at(figures: Mapping[str, Any], path: Sequence[str]) -> float | None:
    found: Any = figures
    for name in path:
        found = found.get(name) if isinstance(found, Mapping) else None
    return float(found) if isinstance(found, int | float) else None


def _version(model: registry.Model | None) -> str:
    return "none" if model is None else model.version


def _shown(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _say_active(version: str) -> None:
    out.print(f"{version} is active. A desk that is running takes it up when it is restarted.")


def _tell(line: str) -> None:
    err.print(line, markup=False, soft_wrap=True)
