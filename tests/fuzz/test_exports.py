"""Whatever goes out can be read back as it was, and runs nothing where it is opened."""

import csv
import hashlib
import io
import json
import math
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import fpdf
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies_of_files import values
from support.desk import Desk

from dashboard.charts import picture
from triage.classifier.datasets import read_labels
from triage.classifier.scorer import Coefficients
from triage.conduct.kinds import Disposition, Severity
from triage.core.access import CONSOLE
from triage.core.audit import GENESIS, canonical, export_lines, verify
from triage.core.cells import FORMULA, to_csv
from triage.core.errors import Invalid
from triage.core.text import storable
from triage.intake.parse import parse_mail
from triage.letters.preview import Preview, compose
from triage.letters.rules import LONGEST_TEXT, check_text
from triage.messages.service import review
from triage.messages.service.labels import export_labels
from triage.packs import bag
from triage.packs.plain import safe_name, table, visible
from triage.packs.summary import pdf
from triage.restrictions import rules as restricting
from triage.restrictions.sheets import Order, sheet
from triage.trends import assurance, frozen, page, paper
from triage.trends import sheet as trend_sheet
from triage.trends.assurance import Check, Tried
from triage.trends.frozen import Release, Row, Table, thaw
from triage.trends.rules import FEW, OTHER, WITHHELD, Period
from triage.trends.words import KEYS, VIEWS

many = settings(deadline=None)
few = settings(deadline=None, max_examples=25)
slow = settings(
    deadline=None, max_examples=4, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)
TRIGGERS = "=+-@\t\r\n＝＋－＠"
CELLS = st.text(
    st.sampled_from(TRIGGERS + " \"',;|%\0\u200b\ufeff\u00a0\u202e\u2028") | st.characters(),
    max_size=12,
)


def read_back(text: str) -> list[list[str]]:
    """Rows of a CSV as any program reads them, none of which begins a formula."""
    rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    for cell in (one for row in rows for one in row):
        shown = "".join(char for char in cell if char.isprintable() or char in "\t\r\n")
        assert not shown.lstrip(" \u00a0\u3000").startswith(tuple(TRIGGERS)), repr(cell)
    return rows


# -- tables


@pytest.mark.parametrize("write", [to_csv, table], ids=["everywhere", "packs"])
@many
@given(rows=st.lists(st.lists(CELLS, min_size=2, max_size=3).map(tuple), max_size=4))
def test_a_table_is_read_back_cell_for_cell_and_begins_no_formula(
    write: Callable[[list[tuple[str, ...]]], str], rows: list[tuple[str, ...]]
) -> None:
    read = read_back(write(rows))
    assert len(read) == len(rows)
    for cells, before in zip(read, rows, strict=True):
        assert len(cells) == len(before)
        for cell, was in zip(cells, before, strict=True):
            kept = "".join(char for char in was if char.isprintable() or char in "\t\r\n")
            assert cell in {kept, f"'{kept}"}
            assert (
                not cell.startswith("'")
                or kept.startswith("'")
                or set(was) & set(TRIGGERS + "".join(char for char in was if not char.isascii()))
            )


def test_the_beginnings_of_formulas_are_those_that_spreadsheets_know() -> None:
    assert set("=+-@\t\r\n") == FORMULA


@many
@given(
    st.sampled_from([*restricting.SERVICES, *restricting.CHANNELS]),
    st.lists(CELLS | st.sampled_from(["pat@example.org", "020 7946 0123"]), max_size=3),
    st.booleans(),
)
def test_a_sheet_for_a_service_has_no_formula_whoever_is_shut_out(
    target: str, who: list[str], removal: bool
) -> None:
    subject = storable(", ".join(who))
    order = Order(target, subject, "words", None, date(2027, 1, 4), removal=removal)
    made = sheet(order)
    read = read_back(to_csv([made.header, *made.rows]))
    assert len(read) == len(made.rows) + 1
    assert all(len(row) == len(made.header) for row in made.rows)


# -- releases


DAYS = st.dates(date(1900, 1, 1), date(2900, 1, 1))
CODES = st.sampled_from([FEW, OTHER, WITHHELD, "5", "10", "5-9", "1000+", "100-199"])
PERIODS = st.sampled_from(["2026-09", "2026-10", "2026-Q3", "2026-Q4", "2026"]).map(Period.parse)
TABLES = st.builds(
    Table,
    st.sampled_from(sorted(VIEWS)),
    st.lists(
        st.builds(Row, st.sampled_from(sorted(KEYS)), CODES, CODES),
        max_size=4,
        unique_by=lambda row: row.key,
    ).map(tuple),
)
RELEASES = st.builds(
    Release,
    PERIODS,
    st.lists(TABLES, max_size=4, unique_by=lambda one: one.view).map(tuple),
    st.lists(st.tuples(st.text(max_size=8), st.text(max_size=8)), max_size=2).map(tuple),
)
POINTS = st.builds(page.Point, st.sampled_from(["Jan 2026", "Feb 2026", "Other"]), CODES, CODES)
BLOCKS = st.builds(
    page.Block,
    name=st.sampled_from(["abuse_by_quarter", "received"]),
    title=st.just("Abusive messages, by quarter"),
    sentence=st.sampled_from(["No clear change.", "It is “rising” – perhaps."]),
    points=st.lists(POINTS, min_size=1, max_size=9, unique_by=lambda one: one.label).map(tuple),
    over_time=st.booleans(),
    note=st.just("a"),
    alt=st.just("b"),
)


@many
@given(RELEASES)
def test_a_release_is_thawed_as_it_was_frozen_and_its_hash_is_of_all_of_it(made: Release) -> None:
    plain = json.loads(frozen.canonical(made.plain()))
    again = thaw(plain)
    assert again == made
    assert again.digest() == hashlib.sha256(frozen.canonical(plain)).hexdigest()
    for one in made.tables:
        for row in one.rows:
            other = made.put(one.hiding(row.key))
            assert (other.digest() == made.digest()) == (other == made)


@many
@given(st.lists(st.tuples(st.sampled_from(["a", "b"]), RELEASES), max_size=3))
def test_the_sheet_of_releases_is_read_back(made: list[tuple[str, Release]]) -> None:
    read = read_back(trend_sheet.sheet(made).decode("utf-8"))
    assert tuple(read[0]) == trend_sheet.HEAD
    assert len(read) == 1 + sum(len(one.rows) for _, release in made for one in release.tables)


@few
@given(
    st.lists(BLOCKS, max_size=3), st.lists(st.tuples(st.text(max_size=20), st.text(max_size=20)))
)
def test_the_sheet_of_paper_is_one_page_and_the_same_each_time(
    blocks: list[page.Block], told: list[tuple[str, str]]
) -> None:
    def made() -> bytes:
        return paper.sheet_of_paper(
            "Nobody can know.",
            blocks,
            told,
            window="2026",
            releases=["a"],
            as_of=NOON,
        )

    once = made()
    assert once.startswith(b"%PDF-")
    assert once == made()


@slow
@given(BLOCKS)
def test_the_picture_of_a_chart_is_a_png(block: page.Block) -> None:
    assert picture(block).startswith(b"\x89PNG\r\n\x1a\n")


@many
@given(
    st.lists(
        st.builds(
            Tried,
            st.sampled_from(Check),
            st.dates(date(1900, 1, 1), date(2900, 1, 1)),
            st.booleans(),
        ),
        max_size=6,
    ),
    st.none() | st.dates(date(1900, 1, 1), date(2900, 1, 1)),
    st.integers(0, 9000),
)
def test_what_was_tried_is_said_whatever_was_tried(
    tried: list[Tried], fallback: date | None, uncovered: int
) -> None:
    told = dict(assurance.facts(tried, fallback=fallback, uncovered=uncovered, open_hours=9000))
    said = dict(assurance.lines(told))
    assert len(said) == len(assurance.SAID)
    for check in Check:
        newest = max((one.day for one in tried if one.check is check), default=None)
        line = said[assurance.SAID[check.value]]
        assert line.startswith("never") == (newest is None)
        assert newest is None or str(newest.year) in line


# -- packs


@few
@given(
    st.lists(
        st.tuples(st.text(max_size=30), st.binary(max_size=60)),
        min_size=1,
        max_size=5,
    )
)
def test_a_bag_of_any_files_holds_and_one_that_lacks_a_byte_does_not(
    files: list[tuple[str, bytes]],
) -> None:
    members = [
        bag.Member(
            f"data/{safe_name(name, number)}", len(data), bag.sha256(data), lambda data=data: data
        )
        for number, (name, data) in enumerate(files)
    ]
    made = io.BytesIO()
    done = list(bag.write_bag(made, "pack", members, {"Source": "a"}))
    assert done[-1] == sum(len(data) for _, data in files)
    assert bag.problems(io.BytesIO(made.getvalue())) == []
    again = io.BytesIO()
    list(bag.write_bag(again, "pack", list(reversed(members)), {"Source": "a"}))
    assert again.getvalue() == made.getvalue()
    assert bag.problems(io.BytesIO(made.getvalue()[:-1]))


@few
@given(st.lists(st.text(max_size=120), max_size=6), st.text(max_size=40))
def test_a_summary_on_paper_takes_any_words(lines: list[str], title: str) -> None:
    def made() -> bytes:
        return pdf(title, NOON, lines, [("data/a", "0" * 64)])

    try:
        once = made()
    except fpdf.errors.FPDFException as fault:
        raise AssertionError(f"{title!r} {lines!r}") from fault
    assert once.startswith(b"%PDF-")
    assert once == made()


@many
@given(st.text(max_size=80))
def test_what_is_made_visible_hides_nothing_and_stays_so(text: str) -> None:
    shown = visible(text)
    assert all(char.isprintable() or char in "\n\t" or char.isspace() for char in shown)
    assert visible(shown) == shown


# -- the record, labels, letters


@many
@given(values)
def test_the_one_spelling_of_a_value_is_read_back(value: object) -> None:
    text = canonical(value)
    assert text.isascii()
    assert "\n" not in text
    again = json.loads(text)
    assert canonical(again) == text
    if not has_nan(value):
        assert again == value


def has_nan(value: object) -> bool:
    """Whether NaN, which is equal to nothing, stands anywhere in it."""
    if isinstance(value, dict):
        return any(map(has_nan, value.values()))
    if isinstance(value, list):
        return any(map(has_nan, value))
    return isinstance(value, float) and math.isnan(value)


@slow
@given(
    acts=st.lists(
        st.tuples(
            st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40),
            st.sampled_from(list(Disposition)),
        ),
        min_size=1,
        max_size=3,
    )
)
def test_labels_and_the_record_are_read_back_whatever_was_written(
    make_desk: Callable[..., Desk], tmp_path: Path, acts: list[tuple[str, Disposition]]
) -> None:
    desk = make_desk()
    texts = []
    for words, kind in acts:
        message = desk.arrive(f"[high] {words}")
        texts.append(desk.row(message).text)
        version = desk.open(desk.ana, message)
        desk.do(
            desk.ana,
            review.decide,
            message_id=message,
            version=version,
            labels=[kind],
            severity=Severity.MEDIUM,
        )
    desk.move(minutes=11)
    file = tmp_path / "labels.jsonl"
    made = desk.do(CONSOLE, export_labels)
    file.write_bytes(made.lines)
    assert hashlib.sha256(made.lines).hexdigest() == made.sha256
    rows = read_labels(file)
    assert sorted(row.text for row in rows) == sorted(texts)
    with desk.triage.database.read() as session:
        links = verify(session)
        assert isinstance(links, int)
        lines = [json.loads(line) for line in export_lines(session, links=links)]
    digest = GENESIS
    for line in lines:
        told = digest + json.dumps(line["events"], sort_keys=True, separators=(",", ":"))
        digest = hashlib.sha256(told.encode("ascii")).hexdigest()
        assert digest == line["digest"]
    assert len(lines) == links


@many
@given(
    st.text(st.characters(exclude_categories=["C", "Zl", "Zp", "Zs"]), min_size=1, max_size=40),
    st.text(min_size=1, max_size=200),
    st.text(max_size=20),
)
def test_a_letter_arrives_as_it_was_shown(subject: str, text: str, signed_as: str) -> None:
    subject, text = storable(subject), storable(text)
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    signed_as = " ".join("".join(one for one in signed_as if one.isprintable()).split()) or "Desk"
    try:
        check_text(subject, text)
    except Invalid:
        assume(False)
    assert len(text) <= LONGEST_TEXT
    shown = Preview("pat@example.org", "desk@example.org", storable(signed_as), "", subject, text)
    mail = compose(shown, message_id="<1@example.org>", at=NOON)
    read = parse_mail(mail.as_bytes(), "a.eml")
    assert read.quarantine_reason is None
    assert read.from_address == "desk@example.org"
    assert read.recipients == ("pat@example.org",)
    assert read.message_id == "<1@example.org>"
    assert " ".join(read.subject.split()) == " ".join(subject.split())
    payload = mail.get_payload(decode=True)
    assert isinstance(payload, bytes)
    assert payload.decode("utf-8").rstrip("\n") == text.rstrip("\n")


def test_a_fitted_model_has_no_text_in_it() -> None:
    assert set(Coefficients.__annotations__) == {"weights", "intercepts", "rare"}
