"""Tables: every row is a message or is listed with its line, and nothing in a cell is believed."""

import csv
import io
import json
import tracemalloc
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from support.desk import Desk

from triage.core.errors import Invalid
from triage.intake.columns import Field, guess, parse_choice
from triage.intake.inbound import Channel, InboundMessage, ParseStatus, RawMail, Unreadable
from triage.intake.rows import canonical, parse_row
from triage.intake.sources import Reading, read_paths
from triage.messages.service.importing import ImportResult, import_mail
from triage.messages.tables import Message, Original

YES = Reading(tables=True)
HEAD = ["id", "subject", "body", "from"]


def write_csv(path: Path, rows: Sequence[Sequence[str]], encoding: str = "utf-8") -> Path:
    with path.open("w", encoding=encoding, newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def read(path: Path) -> tuple[list[RawMail], list[str]]:
    """The rows of a file, and what was listed, without the folder."""
    found = list(read_paths([path], YES))
    listed = [one for one in found if isinstance(one, Unreadable)]
    return (
        [one for one in found if isinstance(one, RawMail)],
        [f"{one.source.rpartition('/')[2]}: {one.reason}" for one in listed],
    )


def parsed(row: RawMail) -> InboundMessage:
    assert row.columns is not None
    return parse_row(row.data, row.source, row.columns)


def one_row(**cells: str) -> InboundMessage:
    fields = {column: kind.value for column, kind in guess(list(cells)).fields.items()}
    return parse_row(canonical(cells), "t.csv, line 2", fields)


def bring(desk: Desk, *paths: Path, how: Reading = YES) -> ImportResult:
    return import_mail(desk.triage.runner, desk.triage.scorer, list(paths), how=how)


# -- the shape


HOSTILE = st.text(st.characters(exclude_categories=["Cs"]), max_size=30) | st.sampled_from(
    [
        *("=cmd|'/C calc'!A0", '=HYPERLINK("http://x.example","y")', "+1", "-1", "@SUM(A1)"),
        *("a\r\nb", 'say "no"', '"', "a,b;c\td", "\x00", "\ufeffx", "From a\n\nb: c", "\x1b[2J"),
    ]
)


@settings(max_examples=80, deadline=None)
@given(st.lists(st.lists(HOSTILE, min_size=4, max_size=4), min_size=1, max_size=8))
def test_every_row_of_a_written_csv_comes_back_cell_for_cell(
    tmp_path_factory: pytest.TempPathFactory, rows: list[list[str]]
) -> None:
    path = write_csv(tmp_path_factory.mktemp("t") / "t.csv", [HEAD, *rows])
    found, listed = read(path)
    assert listed == []
    assert [json.loads(one.data) for one in found] == [
        dict(zip(HEAD, r, strict=True)) for r in rows
    ]
    for one in found:
        message = parsed(one)
        assert message.raw == one.data
        assert message.parse_status is ParseStatus.PARSED


@settings(max_examples=80, deadline=None)
@given(st.binary(max_size=300))
def test_no_bytes_stop_the_reader_and_no_line_with_words_is_passed_over(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("t") / "t.jsonl"
    path.write_bytes(b'{"text": "a"}\n' + data)
    found, listed = read(path)
    lines = [one for one in data.split(b"\n") if one.decode("cp1252", "replace").strip()]
    assert len(found) + len(listed) <= 1 + len(lines)
    assert len(found) >= 1
    table = path.with_suffix(".csv")
    table.write_bytes(b"text\n" + data)
    read(table)


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252"])
def test_delimiters_and_encodings_of_spreadsheets_are_seen(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    buffer = io.StringIO()
    csv.writer(buffer, delimiter=delimiter).writerows([HEAD, ["1", "café", "a – b", "p@x.example"]])
    path = tmp_path / "t.csv"
    path.write_bytes(buffer.getvalue().encode(encoding))
    (row,), listed = read(path)
    assert listed == []
    assert (parsed(row).subject, parsed(row).written) == ("café", "a – b")


def test_rows_that_cannot_be_read_are_listed_with_their_line(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(
        b'id,body\n1,good\n2,too,many\n3,"two\nlines",more\n4,\x81\xff\x8d\n5\n6,good\n7,"open\n8,b\n'
    )
    found, listed = read(path)
    assert [json.loads(one.data)["id"] for one in found] == ["1", "6"]
    assert listed == [
        "t.csv, line 3: 3 columns, where the first row has 2",
        "t.csv, line 4: 3 columns, where the first row has 2 (to line 5)",
        "t.csv, line 6: its characters are neither utf-8 nor windows-1252",
        "t.csv, line 7: 1 columns, where the first row has 2",
        "t.csv, line 9: its quotes are broken (to line 10)",
    ]


def test_lines_of_jsonl_that_are_no_objects_are_listed(tmp_path: Path) -> None:
    path = tmp_path / "t.jsonl"
    nested = "[" * 100_000
    path.write_text(f'{{"text": "a \\ud800"}}\n\n{{"text"\n[1]\n{nested}\n{{"text": null}}\n')
    found, listed = read(path)
    assert len(found) == 2
    assert listed == [
        "t.jsonl, line 3: not a row of JSON",
        "t.jsonl, line 4: not an object of JSON",
        "t.jsonl, line 5: not a row of JSON",
    ]


def test_a_table_that_nobody_confirmed_or_without_text_is_listed_and_not_read(
    tmp_path: Path,
) -> None:
    write_csv(tmp_path / "a.csv", [HEAD, ["1", "a", "b", "c"]])
    write_csv(tmp_path / "b.csv", [["colour"], ["red"]])
    (tmp_path / "c.csv").write_bytes("id,text\n1,a\n".encode("utf-16"))
    unasked = [one for one in read_paths([tmp_path]) if isinstance(one, Unreadable)]
    assert ["confirmed" in one.reason for one in unasked] == [True, True, False]
    asked = [one for one in read_paths([tmp_path], YES) if isinstance(one, Unreadable)]
    assert ["--map" in one.reason for one in asked] == [True, False]
    assert "utf-16" in asked[1].reason


def test_memory_does_not_grow_with_the_table(tmp_path: Path) -> None:
    def peak(count: int) -> int:
        rows = [[str(one), "s", "w " * 2_000, "p@x.example"] for one in range(count)]
        path = write_csv(tmp_path / f"{count}.csv", [HEAD, *rows])
        tracemalloc.start()
        assert sum(1 for _ in read_paths([path], YES)) == count
        _, highest = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return highest

    assert peak(2_000) < peak(100) * 1.2 + 20_000


# -- the columns


def test_columns_are_known_by_their_usual_names() -> None:
    found = guess(["Ticket-URL", "requester_email", "From Name", "Created At", "BODY", "colour"])
    assert found.fields == {
        "Ticket-URL": Field.LINK,
        "requester_email": Field.FROM,
        "From Name": Field.NAME,
        "Created At": Field.DATE,
        "BODY": Field.TEXT,
    }


def test_freshdesks_export_has_a_mapping_of_its_own() -> None:
    names = "Ticket ID,Subject,Status,Priority,Source,Created time,Full name,Title,Email,Work phone"
    found = guess([*names.split(","), "Description"])
    assert found.by == "Freshdesk's export of tickets"
    assert "Title" not in found.fields
    assert found.fields["Ticket ID"] is Field.ID
    assert found.fields["Description"] is Field.TEXT


def test_every_column_that_reads_like_text_is_read() -> None:
    assert "[high]" in one_row(text="hello", comment="[high] words").written


def test_a_person_names_columns_by_name_or_number() -> None:
    assert guess(["A b", "c"], parse_choice(["a_b=text", "2=from"])).fields == {
        "A b": Field.TEXT,
        "c": Field.FROM,
    }
    for wrong in ("text", "=text", "a=colour"):
        with pytest.raises(Invalid, match="column=field"):
            parse_choice([wrong])


# -- one row


def test_a_row_becomes_a_message_with_the_outside_tickets_id_and_address() -> None:
    found = one_row(
        id="77",
        url="https://help.example.org/a/77",
        subject="Hello",
        body="Words\n\nOn Mon, 2 Mar 2026 at 10:00, Team <t@x.example> wrote:\n> earlier",
        email="Pat <PAT@x.example>",
        to="Ana <ana@charity.example.org>; b@x.example",
        created_at="2026-03-02 09:15:00",
        source="Portal",
    )
    assert found.source == "t.csv, line 2"
    assert (found.ticket_id, found.ticket_url) == ("77", "https://help.example.org/a/77")
    assert (found.from_name, found.from_address) == ("Pat", "pat@x.example")
    assert found.recipients == ("ana@charity.example.org", "b@x.example")
    assert found.written.strip() == "Words"
    assert "earlier" in found.quoted
    assert found.channel is Channel.WEB
    assert found.sent_at is not None
    assert found.sent_at.isoformat() == "2026-03-02T09:15:00+00:00"


def test_who_left_a_phone_number_alone_is_named_with_it() -> None:
    found = one_row(text="called", name="Pat", phone="+44 20 7946 0000")
    assert (found.from_name, found.from_address) == ("Pat (+44 20 7946 0000)", None)
    assert found.channel is Channel.PHONE


def test_formula_cells_stay_the_text_that_they_are() -> None:
    formula = '=HYPERLINK("http://x.example?"&A1,"click")'
    found = one_row(text=formula, subject="=1+1", url="javascript:alert(1)", id="=2+2")
    assert (found.written, found.subject) == (formula, "=1+1")
    assert "javascript" not in found.source


def test_html_from_end_to_end_is_read_as_its_words() -> None:
    found = one_row(text="<div>Hello <b>you</b></div>")
    assert found.written.strip() == "Hello you"


@pytest.mark.parametrize("date", ["3/4/2026 10:00", "0001-01-01", "tomorrow", "9999-12-31T23:59"])
def test_a_date_that_cannot_be_told_is_none(date: str) -> None:
    assert one_row(text="a", date=date).sent_at is None


# -- on the desk


def test_the_same_rows_bring_nothing_twice_in_whatever_file_and_order(
    desk: Desk, tmp_path: Path
) -> None:
    rows = [[str(one), "s", f"[low] {one}", "p@x.example"] for one in range(120)]
    first = write_csv(tmp_path / "a.csv", [HEAD, *rows])
    assert bring(desk, first).new == 120
    turned = [list(reversed(one)) for one in [HEAD, *rows]]
    again = bring(desk, first, write_csv(tmp_path / "b.csv", turned, "utf-8-sig"))
    assert (again.new, again.known, again.unreadable) == (0, 240, 0)
    jsonl = tmp_path / "c.jsonl"
    jsonl.write_text("".join(json.dumps(dict(zip(HEAD, one, strict=True))) + "\n" for one in rows))
    assert (bring(desk, jsonl).new, desk.count(Message)) == (0, 120)


def test_a_row_without_text_is_put_before_people(desk: Desk, tmp_path: Path) -> None:
    result = bring(desk, write_csv(tmp_path / "a.csv", [HEAD, ["1", "only a subject", "", ""]]))
    assert (result.new, result.queued) == (1, 1)
    with desk.triage.database.read() as session:
        assert session.scalar(select(Message.unread)) == "empty"


def test_the_original_is_the_row_with_the_columns_that_are_not_read(
    desk: Desk, tmp_path: Path
) -> None:
    bring(desk, write_csv(tmp_path / "a.csv", [["colour", "text"], ["réd", "[high] a"]]))
    with desk.triage.database.read() as session:
        raw = session.scalar(select(Original.raw))
        source = session.scalar(select(Message.source))
    assert raw == canonical({"text": "[high] a", "colour": "réd"})
    assert (source or "").endswith("a.csv, line 2")
