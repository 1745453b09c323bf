"""The plan of the house, held by machines: layers, types, style, and what may never be in it."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

import triage.classifier

ROOT = Path(__file__).parents[2]
PROGRAMS = Path(sys.executable).parent
OURS = sorted(
    path
    for folder in ("triage", "dashboard", "tests")
    for path in (ROOT / folder).rglob("*.py")
    if "__pycache__" not in path.parts
)
PRODUCT = [path for path in OURS if "tests" not in path.relative_to(ROOT).parts]
RULES = sorted((ROOT / "triage").glob("*/rules.py"))
RULES_MAY_IMPORT = {"triage.core.errors", "triage.core.roles", "triage.conduct.kinds"}


def imports(path: Path) -> set[str]:
    """Every module that a file imports."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found.add(node.module)
    return found


@pytest.mark.parametrize(
    "command",
    [("ruff", "format", "--check", "."), ("ruff", "check", "."), ("mypy",), ("lint-imports",)],
    ids=lambda one: " ".join(one),
)
def test_the_tree_is_clean(command: tuple[str, ...]) -> None:
    done = subprocess.run(
        [str(PROGRAMS / command[0]), *command[1:]],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]


def test_there_are_rules_to_look_at() -> None:
    assert RULES


@pytest.mark.parametrize("path", RULES, ids=lambda one: one.parent.name)
def test_rules_import_the_standard_library_errors_roles_and_kinds_alone(path: Path) -> None:
    others = {
        one
        for one in imports(path)
        if one.split(".")[0] not in sys.stdlib_module_names and one not in RULES_MAY_IMPORT
    }
    assert others == set()


def test_placing_knows_the_assessment_and_the_rules_beside_it_alone() -> None:
    found = imports(ROOT / "triage" / "messages" / "placing.py")
    ours = {one for one in found if one.split(".")[0] not in sys.stdlib_module_names}
    assert ours == {"triage.classifier.assessment", "triage.messages.rules"}


def test_no_folder_is_called_pages() -> None:
    """trust.md section 1: Streamlit serves one beside the entrypoint without sign-in."""
    assert [path for path in ROOT.rglob("pages") if ".venv" not in path.parts] == []


@pytest.mark.parametrize("path", OURS, ids=lambda one: str(one.relative_to(ROOT)))
def test_nothing_loads_a_pickle(path: Path) -> None:
    roots = {one.split(".")[0] for one in imports(path)}
    assert not roots & {"pickle", "joblib", "dill", "shelve", "marshal"}


def test_no_module_is_two_rooms_in_one() -> None:
    long = {
        str(path.relative_to(ROOT)): count
        for path in PRODUCT
        if (count := path.read_text("utf-8").count("\n")) > 300
    }
    assert long == {}


def test_no_file_names_a_machine_or_a_registry() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    here = re.compile(r"(?<![\w.])/(?:work|home|root|Users)/\w")
    registry = re.compile(r"pypi\.org|pythonhosted|index-url|find-links|registry\.npm")
    found = []
    for name in filter(None, listed):
        path = ROOT / name
        if path.suffix in {".npz", ".png", ".mbox"} or not path.is_file():
            continue
        text = path.read_text("utf-8", "replace")
        if path == Path(__file__) or name == ".lock/make":
            continue
        found += [name for pattern in (here, registry) if pattern.search(text)]
    assert found == []


def test_the_classifiers_public_names_are_these() -> None:
    assert sorted(triage.classifier.__all__) == [
        "Assessment",
        "LABELS",
        "Scorer",
        "Signal",
        "Unscored",
        "load",
    ]


def test_p_pol_1_a_mark_of_particular_concern_is_set_only_together_with_a_referral() -> None:
    """Marking and considering are one act, which the room of referrals does."""
    marking = {
        str(path.relative_to(ROOT))
        for folder in ("triage", "dashboard")
        for path in (ROOT / folder).rglob("*.py")
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call)
        and any(one.arg == "particular_concern" for one in call.keywords)
        and getattr(call.func, "id", getattr(call.func, "attr", "")) == "ask_second_look"
    }
    assert marking == {"triage/referrals/service/considering.py"}
