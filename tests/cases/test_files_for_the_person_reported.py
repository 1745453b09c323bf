"""What the person reported may be given is looked through for who reported it, files too; and
nothing else of ours goes out with a file (P-NAM-1, P-INV-1)."""

import ast
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.cases import begun, found_in, give, held, row, staffed, subject_of
from support.desk import Desk

import triage
from triage.cases.inquiry import inside
from triage.cases.inquiry.inside import NOTHING, words_in
from triage.cases.inquiry.rules import Custody, Source
from triage.cases.inquiry.service import evidence, handing_out, parties, weighing
from triage.cases.rules import PartyKind
from triage.conduct.incidents import Wish
from triage.core.errors import Conflict, Invalid, NotAllowed
from triage.letters.preview import Preview, compose
from triage.reports.answers import Person
from triage.staff.processes import Part

W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
CORE = "http://purl.org/dc/elements/1.1/"
TYPES = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
REPORTER = {"name": "Merrily Thrush", "email": "merrily@example.com"}
STORY = "[medium] He shook the zanzibar quokka at me by the stairs and would not stop."
PDF = b"%PDF-1.7\nMerrily Thrush\n%%EOF"


def docx(body: str, **more: str | bytes) -> bytes:
    """A document of Word around paragraphs as they are written in it."""
    held = io.BytesIO()
    document = f'<w:document xmlns:w="{W}"><w:body>{body}</w:body></w:document>'
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("[Content_Types].xml", TYPES)
        packed.writestr("word/document.xml", document)
        for name, data in more.items():
            packed.writestr(name.replace("__", "/").replace("_xml", ".xml"), data)
    return held.getvalue()


def paragraph(*runs: str) -> str:
    said = "".join(f"<w:r><w:rPr><w:b/></w:rPr><w:t>{one}</w:t></w:r>" for one in runs)
    return f"<w:p>{said}</w:p>"


# -- what is read


def test_a_document_is_read_with_its_notes_remarks_and_who_wrote_it() -> None:
    remark = f'<w:comments xmlns:w="{W}"><w:comment w:author="Wilhelmina Tarn">{{}}</w:comment>'
    data = docx(
        paragraph("It was Mer", "rily who ", "said so") + paragraph("And more"),
        word__comments_xml=remark.format(paragraph("a remark")) + "</w:comments>",
        docProps__core_xml=f'<c xmlns:dc="{CORE}"><dc:creator>Pat Quill</dc:creator></c>',
    )
    found = words_in(data, "application/zip")
    assert found.whole
    for one in ("It was Merrily who said so\nAnd more", "a remark", "Wilhelmina Tarn", "Pat Quill"):
        assert one in found.text


def test_text_is_read_and_what_is_spelled_otherwise_is_not_read_whole() -> None:
    assert words_in(b"as it is", "text/plain") == inside.Inside("as it is", whole=True)
    assert not words_in(b"&#77;errily", "text/plain").whole
    assert not words_in(b"\xff\xfe", "text/plain").whole


@pytest.mark.parametrize(
    ("data", "media"),
    [
        (PDF, "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "image/png"),
        (b"PK\x03\x04 no archive", "application/zip"),
        (b"", "application/zip"),
        (docx("")[:-30], "application/zip"),
        (docx("<w:p>"), "application/zip"),
        (b"words", "message/rfc822"),
        (b"words", "application/octet-stream"),
    ],
)
def test_of_all_else_nothing_is_read_and_that_is_said(data: bytes, media: str) -> None:
    assert words_in(data, media) == NOTHING


def test_an_archive_that_is_no_document_of_word_is_not_read() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("xl/workbook.xml", "<a/>")
        packed.writestr("[Content_Types].xml", TYPES)
    assert words_in(held.getvalue(), "application/zip") == NOTHING


def test_a_document_with_a_picture_in_it_is_not_read_whole() -> None:
    found = words_in(docx(paragraph("words"), word__media__one="PNG"), "application/zip")
    assert not found.whole
    assert "words" in found.text


def test_what_would_grow_without_end_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    bomb = docx(paragraph("a" * (inside.MOST_BYTES + 1)))
    assert len(bomb) < inside.MOST_BYTES // 100
    assert words_in(bomb, "application/zip") == NOTHING
    entity = '<!DOCTYPE a [<!ENTITY b "Merrily">]><a>&b;</a>'
    assert words_in(docx("", word__x_xml=entity), "application/zip") == NOTHING
    monkeypatch.setattr(inside, "MOST_PARTS", 1)
    assert words_in(docx(""), "application/zip") == NOTHING


def test_of_two_parts_by_one_name_it_is_not_guessed_which_is_shown() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as packed:
        packed.writestr("[Content_Types].xml", TYPES)
        packed.writestr("word/document.xml", TYPES)
        with pytest.warns(UserWarning, match="Duplicate"):
            packed.writestr("word/document.xml", TYPES)
    assert words_in(held.getvalue(), "application/zip") == NOTHING


@given(st.binary(max_size=400), st.integers(0, 2000), st.binary(max_size=4))
@example(b"", 60, b"\x09\x00")
@example(b"", 6, b"\x01\x00")
def test_whatever_a_file_is_reading_it_ends_and_says_so(more: bytes, at: int, put: bytes) -> None:
    whole = docx(paragraph("some words"), word__x_xml=b"<a/>")
    at %= len(whole)
    for data in (more, b"PK\x03\x04" + more, whole[:at] + put + whole[at + len(put) :] + more):
        found = words_in(data, "application/zip")
        assert found.text or not found.whole


# -- what may go


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports."""
    return staffed(desk)


@pytest.fixture
def case_id(cases: Desk) -> str:
    """Somebody known reported it; Ivo looks into it, Hal handles it."""
    return begun(
        cases, STORY, subjects=(Person(name="Quentin Vole"),), wish=Wish.BY_CONTACT, **REPORTER
    )


def added(desk: Desk, case_id: str, data: bytes, **given: Any) -> str:
    values = {"title": "A file", "source": Source.TEAM, "origin": "from us", **given}
    return str(
        desk.do(
            desk.ivo, evidence.add_document, case_id=case_id, file_name="file", data=data,
            made_at=desk.now, **values,
        )
    )  # fmt: skip


def shown(desk: Desk, item_id: str, who: str = "ivo") -> None:
    desk.do(getattr(desk, who), weighing.hide, item_id=item_id, hidden=False)


def given_out(desk: Desk, case_id: str) -> list[str]:
    found = desk.do(desk.ivo, handing_out.export_for_subject, case_id=case_id)
    return [one.item_id for one in found]


CLEAN = docx(paragraph("The hall was booked from two to six."))


def test_p_nam_1_a_file_that_was_read_and_tells_nothing_may_be_given(
    cases: Desk, case_id: str
) -> None:
    one = added(cases, case_id, CLEAN)
    shown(cases, one)
    other = added(cases, case_id, b"The hall was booked.", hidden=False)
    assert sorted(given_out(cases, case_id)) == sorted([one, other])


TELLS: tuple[tuple[bytes, str], ...] = (
    (docx(paragraph("Mer", "rily saw it")), "a name, or a form of it"),
    (docx(paragraph("shook the zanzibar quokka at me by")), "words or more in a row"),
    (docx("", docProps__core_xml="<c><d>merrily@example.com</d></c>"), "an e-mail address"),
    (b"Ask Thrush about it", "a name, or a form of it"),
    (PDF, "could not read all of this file"),
    (docx(paragraph("x"), word__media__a="x"), "could not read all of this file"),
)
"""Files that nobody lets out alone, and what is said of each."""


def test_p_nam_1_what_could_tell_who_reported_or_is_not_read_nobody_lets_out_alone(
    cases: Desk, case_id: str
) -> None:
    with pytest.raises(Conflict):
        added(cases, case_id, PDF, hidden=False)
    assert found_in(cases, case_id).items == ()
    for data, why in TELLS:
        one = added(cases, case_id, data)
        with pytest.raises(Conflict, match=why):
            shown(cases, one)
    assert given_out(cases, case_id) == []


def test_p_nam_1_a_second_person_lets_it_out_once_they_have_opened_it(
    cases: Desk, case_id: str
) -> None:
    one = added(cases, case_id, PDF)
    cases.do(cases.ivo, handing_out.look_at, item_id=one)
    with pytest.raises(Conflict):
        shown(cases, one)  # who put it in is no second person, whatever they have opened
    with pytest.raises(Conflict):
        shown(cases, one, "hal")  # and the second person has not opened it yet
    cases.do(cases.hal, handing_out.look_at, item_id=one)
    shown(cases, one, "hal")
    assert given_out(cases, case_id) == [one]
    acts = [line.act for line in found_in(cases, case_id).items[0].custody]
    assert acts[-2:] == [Custody.SHOWN, Custody.IN_PACK]


def test_p_nam_1_who_checks_letters_as_the_second_lets_evidence_out_too(
    cases: Desk, case_id: str
) -> None:
    one = added(cases, case_id, PDF)
    give(cases, case_id, Part.LEAK_CHECK, cases.hope)
    cases.do(cases.hope, handing_out.look_at, item_id=one)
    shown(cases, one, "hope")
    assert given_out(cases, case_id) == [one]
    assert cases.dee.person_id not in held(cases, case_id)[Part.LEAK_CHECK]
    with pytest.raises(NotAllowed):
        shown(cases, one, "dee")


def test_p_nam_1_the_name_of_a_file_and_what_it_is_called_are_looked_through_too(
    cases: Desk, case_id: str
) -> None:
    one = added(cases, case_id, CLEAN, title="What Merrily sent")
    with pytest.raises(Conflict, match="a name"):
        shown(cases, one)


def test_p_nam_1_what_somebody_told_us_is_let_out_by_a_second_person_whatever_it_says(
    cases: Desk, case_id: str
) -> None:
    account = cases.do(cases.ivo, evidence.add_from_report, case_id=case_id, title="The report")
    with pytest.raises(Conflict, match="as they said it"):
        shown(cases, account)
    note = cases.do(
        cases.ivo, evidence.add_note, case_id=case_id, title="Of the hall",
        text="I went there myself and saw nothing of it.", made_at=cases.now, origin="there",
    )  # fmt: skip
    shown(cases, note)  # our own words are not compared with themselves
    assert given_out(cases, case_id) == [note]


def test_p_nam_1_what_has_come_to_be_known_since_stops_what_was_let_out_before(
    cases: Desk, case_id: str
) -> None:
    one = added(cases, case_id, docx(paragraph("Ask Wilhelmina at the desk.")))
    shown(cases, one)
    cases.do(
        cases.ivo, parties.add_party, case_id=case_id, version=row(cases, case_id).version,
        kind=PartyKind.WITNESS, name="Wilhelmina Tarn",
    )  # fmt: skip
    with pytest.raises(Conflict, match="a name"):
        given_out(cases, case_id)
    cases.do(cases.ivo, weighing.hide, item_id=one, hidden=True)
    assert given_out(cases, case_id) == []


def test_what_the_person_reported_gave_us_is_theirs(cases: Desk, case_id: str) -> None:
    who = subject_of(cases, case_id)
    one = added(cases, case_id, PDF, source=Source.SUBJECT, party_id=who)
    shown(cases, one)
    assert given_out(cases, case_id) == [one]


def test_what_was_asked_to_be_kept_among_few_is_let_out_by_nobody(
    cases: Desk, case_id: str
) -> None:
    one = cases.do(
        cases.ivo, evidence.add_statement, case_id=case_id, text="Please keep this to you.",
        party_id=cases.do(
            cases.ivo, parties.add_party, case_id=case_id, version=row(cases, case_id).version,
            kind=PartyKind.WITNESS, name="Wilhelmina Tarn",
        ).party_id,
        made_at=cases.now, origin="By telephone", confidential=True,
    )  # fmt: skip
    cases.do(cases.hal, handing_out.look_at, item_id=one)
    with pytest.raises(Invalid):
        shown(cases, one, "hal")


# -- and by no other way


def test_a_letter_is_one_plain_text_and_carries_no_file() -> None:
    letter = Preview("to@example.org", "desk@example.org", "", "Us", "Subject", "Text")
    mail = compose(letter, message_id="<1@example.org>", at=datetime(2026, 3, 2, tzinfo=UTC))
    assert not mail.is_multipart()
    assert mail.get_content_type() == "text/plain"
    assert list(mail.iter_attachments()) == []


def test_p_nam_1_no_file_of_ours_goes_to_a_reporter_and_none_of_theirs_comes_back() -> None:
    """The desk writes text and statuses alone; the form's process opens the bytes of no file."""
    root = Path(triage.__file__).parents[1]
    desk = ast.parse((root / "triage/reports/service/desk.py").read_text("utf-8"))
    kinds = {
        one.attr
        for one in ast.walk(desk)
        if isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name)
        and one.value.id == "StepKind"
    }  # fmt: skip
    assert kinds == {"TEXT", "STATUS"}
    opens = [
        path.relative_to(root).as_posix()
        for folder in ("triage", "dashboard")
        for path in (root / folder).rglob("*.py")
        if "file_bytes" in path.read_text("utf-8")
    ]
    assert opens
    assert not [one for one in opens if "report/" in one or "reports/form/" in one]
