"""The papers say nothing that no test shows: each test they name exists, each list is whole."""

import ast
import re
import tomllib
from functools import cache
from pathlib import Path

import pytest

from triage.core.schedule import Schedule
from triage.core.settings import Settings
from triage.reports.form.grants import grants

ROOT = Path(__file__).parents[2]
DOCS = ROOT / ".docs"
PAPERS = [*sorted(DOCS.glob("*.md")), ROOT / ".github" / "SECURITY.md"]
MUST_BE = {
    "threat-model.md", "asvs.md", "dpia.md", "appropriate-policy-document.md", "hostile-review.md",
}  # fmt: skip
CITED = re.compile(r"tests/[\w/]+\.py(?:::\w+)?")
LEVEL_1 = """
1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1 2.1.1 2.2.1 2.2.2 2.3.1 3.2.1 3.2.2 3.3.1 3.4.1
3.4.2 3.5.1 3.5.2 3.5.3 4.1.1 4.4.1 5.2.1 5.2.2 5.3.1 5.3.2 6.1.1 6.2.1 6.2.2 6.2.3 6.2.4 6.2.5
6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2 8.1.1 8.2.1 8.2.2
8.3.1 9.1.1 9.1.2 9.1.3 9.2.1 10.4.1 10.4.2 10.4.3 10.4.4 10.4.5 11.3.1 11.3.2 11.4.1 12.1.1
12.2.1 12.2.2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
"""
LEVEL_2 = """
1.1.1 1.1.2 1.2.6 1.2.7 1.2.8 1.2.9 1.3.3 1.3.4 1.3.5 1.3.6 1.3.7 1.3.8 1.3.9 1.3.10 1.3.11 1.4.1
1.4.2 1.4.3 1.5.2 2.1.2 2.1.3 2.2.3 2.3.2 2.3.3 2.3.4 2.4.1 3.3.2 3.3.3 3.3.4 3.4.3 3.4.4 3.4.5
3.4.6 3.5.4 3.5.5 3.7.1 3.7.2 4.1.2 4.1.3 4.2.1 4.3.1 4.3.2 4.4.2 4.4.3 4.4.4 5.1.1 5.2.3 5.4.1
5.4.2 5.4.3 6.1.2 6.1.3 6.2.9 6.2.10 6.2.11 6.2.12 6.3.3 6.3.4 6.4.3 6.4.4 6.5.1 6.5.2 6.5.3 6.5.4
6.5.5 6.6.1 6.6.2 6.6.3 6.8.1 6.8.2 6.8.3 6.8.4 7.1.1 7.1.2 7.1.3 7.3.1 7.3.2 7.4.3 7.4.4 7.4.5
7.5.1 7.5.2 7.6.1 7.6.2 8.1.2 8.2.3 8.4.1 9.2.2 9.2.3 9.2.4 10.1.1 10.1.2 10.2.1 10.2.2 10.3.1
10.3.2 10.3.3 10.3.4 10.4.6 10.4.7 10.4.8 10.4.9 10.4.10 10.4.11 10.5.1 10.5.2 10.5.3 10.5.4
10.5.5 10.6.1 10.6.2 10.7.1 10.7.2 10.7.3 11.1.1 11.1.2 11.2.1 11.2.2 11.2.3 11.3.3 11.4.2 11.4.3
11.4.4 11.5.1 11.6.1 12.1.2 12.1.3 12.3.1 12.3.2 12.3.3 12.3.4 13.1.1 13.2.1 13.2.2 13.2.3 13.2.4
13.2.5 13.3.1 13.3.2 13.4.2 13.4.3 13.4.4 13.4.5 14.1.1 14.1.2 14.2.2 14.2.3 14.2.4 14.3.2 14.3.3
15.1.2 15.1.3 15.2.2 15.2.3 15.3.2 15.3.3 15.3.4 15.3.5 15.3.6 15.3.7 16.1.1 16.2.1 16.2.2 16.2.3
16.2.4 16.2.5 16.3.1 16.3.2 16.3.3 16.3.4 16.4.1 16.4.2 16.4.3 16.5.1 16.5.2 16.5.3 17.1.1 17.2.1
17.2.2 17.2.3 17.2.4 17.3.1 17.3.2
"""
"""The requirements of OWASP ASVS 5.0.0 by number: 70 of level 1, 183 more of level 2."""
STATUSES = {"met", "not applicable", "deployer", "not met"}
REQUIREMENT = re.compile(
    r"^\| (\d+\.\d+\.\d+) \| (\d) \| ([^|]+) \| ([^|]+) \| (.+) \|$", re.MULTILINE
)


def read(path: Path) -> str:
    return path.read_text("utf-8")


@cache
def named_in(path: Path) -> frozenset[str]:
    """The names of the tests in a file."""
    found = ast.walk(ast.parse(read(path)))
    named = [one.name for one in found if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)]
    return frozenset(one for one in named if one.startswith("test_"))


def wrong(text: str) -> list[str]:
    """Tests that a text names and that are not there; of a command of ours, its file."""
    found = []
    for cited in sorted(set(CITED.findall(text))):
        name, _, test = cited.partition("::")
        path = ROOT / name
        is_test = path.name.startswith("test_")
        if not path.is_file() or (
            is_test and not (test in named_in(path) if test else named_in(path))
        ):
            found.append(cited)
    return found


def cells(text: str, heading: str) -> list[list[str]]:
    """The rows of the first table under a heading, without its head."""
    _, _, below = text.partition(f"\n{heading}\n")
    assert below, f"there is no heading {heading}"
    table = re.search(r"(?:^\|.*\|$\n?)+", below, re.MULTILINE)
    assert table is not None
    lines = table[0].strip().splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def requirements() -> list[tuple[str, ...]]:
    return REQUIREMENT.findall(read(DOCS / "asvs.md"))


# -- all papers


def test_the_papers_are_there() -> None:
    assert {path.name for path in PAPERS} >= MUST_BE
    assert all(path.is_file() for path in PAPERS)


@pytest.mark.parametrize("path", PAPERS, ids=lambda one: one.name)
def test_each_test_that_a_paper_names_exists(path: Path) -> None:
    assert wrong(read(path)) == []


def test_a_test_that_is_not_there_is_seen() -> None:
    here = "tests/house/test_papers.py"
    assert wrong(f"`{here}::test_the_papers_are_there`") == []
    assert wrong(f"`{here}::test_that_nobody_wrote`") != []
    assert wrong("`tests/house/test_that_nobody_wrote.py`") != []


@pytest.mark.parametrize("path", PAPERS, ids=lambda one: one.name)
def test_a_paper_names_each_file_of_ours_rightly(path: Path) -> None:
    named = re.findall(r"`((?:triage|dashboard)/[\w/]+(?:\.py)?)`", read(path))
    assert [one for one in named if not (ROOT / one).exists()] == []


@pytest.mark.parametrize("path", PAPERS, ids=lambda one: one.name)
def test_a_setting_that_a_paper_names_is_one(path: Path) -> None:
    named = set(re.findall(r"\bTRIAGE_([A-Z_]+[A-Z])\b", read(path)))
    assert {one for one in named if one.lower() not in Settings.model_fields} == set()


@pytest.mark.parametrize("path", PAPERS, ids=lambda one: one.name)
def test_a_paper_names_no_machine_and_no_address_but_reserved_ones(path: Path) -> None:
    text = read(path)
    assert re.findall(r"(?<![\w.])/(?:work|home/\w|root|Users)/\w*", text) == []
    hosts = set(re.findall(r"[\w.+-]+@([\w-]+(?:\.[\w-]+)+)", text))
    assert {one for one in hosts if not one.endswith(("example.org", "example.net"))} == set()


# -- ASVS


def test_there_are_70_requirements_of_level_1_and_183_more_of_level_2() -> None:
    assert (len(set(LEVEL_1.split())), len(set(LEVEL_2.split()))) == (70, 183)
    assert not set(LEVEL_1.split()) & set(LEVEL_2.split())


def test_each_requirement_stands_in_the_table_once_with_its_level() -> None:
    wanted = {**dict.fromkeys(LEVEL_1.split(), "1"), **dict.fromkeys(LEVEL_2.split(), "2")}
    found = requirements()
    assert len(found) == len({one[0] for one in found})
    assert {one[0]: one[1] for one in found} == wanted


def test_each_status_is_one_of_the_four_and_what_is_met_names_a_test() -> None:
    for number, _, what, status, shown in requirements():
        assert what.strip(), number
        assert status in STATUSES, number
        assert shown.strip(), number
        if status == "met":
            assert CITED.search(shown), number


# -- what the other papers promise


def test_each_attempt_of_the_review_has_a_test_or_is_a_named_limit() -> None:
    text = read(DOCS / "hostile-review.md")
    limits = {row[0] for row in cells(read(DOCS / "threat-model.md"), "## What is not defended")}
    parts = re.findall(r"^## (\([a-f]\) .+)$", text, re.MULTILINE)
    assert [one[:3] for one in parts] == ["(a)", "(b)", "(c)", "(d)", "(e)", "(f)"]
    for part in parts:
        rows = cells(text, f"## {part}")
        assert len(rows) >= 8, part
        for _, _, shown in rows:
            named = set(re.findall(r"\bL\d+\b", shown))
            assert named <= limits, shown
            assert CITED.search(shown) or named, shown


def test_each_threat_says_what_stops_it_and_what_does_not() -> None:
    text = read(DOCS / "threat-model.md")
    limits = {row[0] for row in cells(text, "## What is not defended")}
    rows = cells(text, "## Threats")
    assert len(rows) >= 30
    for *_, shown, left in rows:
        named = set(re.findall(r"\bL\d+\b", left))
        assert named <= limits, left
        assert CITED.search(shown) or named, shown


def test_the_retention_schedule_is_that_of_the_settings() -> None:
    rows = cells(read(DOCS / "appropriate-policy-document.md"), "## Retention schedule")
    said = {row[0].strip("`"): int(row[2].split()[0]) for row in rows}
    shipped = {
        f"TRIAGE_{name.upper()}": field.default for name, field in Schedule.model_fields.items()
    }
    assert said == shipped


def test_each_measure_of_the_dpia_names_a_test_or_the_deployer() -> None:
    rows = cells(read(DOCS / "dpia.md"), "## Risks to people")
    assert len(rows) >= 12
    for row in rows:
        assert CITED.search(row[4]) or "deployer" in row[4].lower(), row[0]
        assert {row[1], row[2]} <= {"low", "medium", "high"}, row[0]
        assert row[5] in {"low", "medium", "high"}, row[0]


def test_the_lock_names_every_package_that_runs_with_its_hash() -> None:
    project = tomllib.loads(read(ROOT / "pyproject.toml"))["project"]
    extras = project["optional-dependencies"]
    asked = [*project["dependencies"], *extras["imap"], *extras["postgres"]]
    names = {re.split(r"[\[><=~! ]", one)[0].lower().replace("_", "-") for one in asked}
    lock = read(ROOT / ".lock" / "run.txt")
    locked = re.findall(r"^([a-z0-9._-]+)(?:\[[\w,]+\])?==\S+", lock, re.MULTILINE)
    assert names <= {one.replace("_", "-") for one in locked}
    entries = re.split(r"^(?=[a-z0-9._-]+(?:\[[\w,]+\])?==)", lock, flags=re.MULTILINE)
    bare = [one.split("=")[0] for one in entries if "==" in one and "--hash=sha256:" not in one]
    assert bare == []


def test_the_grants_in_the_notes_are_those_of_the_command() -> None:
    found = re.search(r"```sql\n(.+?)```", read(ROOT / ".github" / "SECURITY.md"), re.DOTALL)
    assert found is not None
    assert found[1].strip().splitlines() == grants("form")


def test_the_proxys_example_passes_on_what_the_server_wants() -> None:
    found = re.search(r"```nginx\n(.+?)```", read(ROOT / ".github" / "SECURITY.md"), re.DOTALL)
    assert found is not None
    example = found[1]
    assert example.count("{") == example.count("}")
    for wanted in ("Upgrade $http_upgrade", "Host $host", "X-Forwarded-For $remote_addr"):
        assert f"proxy_set_header {wanted};" in example
    assert "$proxy_add_x_forwarded_for" not in example, "what came is not believed"
    assert "$request" not in example.replace("$request_method", ""), "no address in a log"
    links = re.search(r"location ~ \^/\(a\|r\)/ \{(.+?)\}", example, re.DOTALL)
    assert links is not None
    assert "access_log off;" in links[1]
