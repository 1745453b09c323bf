import mailbox
import os
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.core.errors import Invalid
from triage.intake import mbox, sources
from triage.intake.inbound import ParseStatus, RawMail, Unreadable
from triage.intake.limits import MAX_KEPT_BYTES
from triage.intake.parse import parse_mail
from triage.intake.sources import count_bytes, read_paths

ENVELOPE = b"From a@example.org Thu Nov 19 08:12:44 2026\n"
MAIL = b"From: a@example.org\nSubject: a\n\nbody\n"


def read(*paths):
    return list(read_paths(paths))


def write(path, *bodies):
    path.write_bytes(b"".join(ENVELOPE + body + b"\n" for body in bodies))
    return path


def reasons(*paths):
    return {Path(each.source).name: each.reason for each in read(*paths)}


def test_eml_file_is_its_bytes(tmp_path):
    (tmp_path / "a.eml").write_bytes(MAIL)
    assert read(tmp_path) == [RawMail(MAIL, str(tmp_path / "a.eml"))]


def test_mbox_is_cut_into_its_messages(tmp_path):
    path = write(tmp_path / "in.mbox", MAIL, MAIL + b">From me\n>>From you\n> From\n")
    first, second = read(path)
    assert first == RawMail(
        MAIL, f"{path}, message 1", datetime(2026, 11, 19, 8, 12, 44, tzinfo=UTC)
    )
    assert second.data == MAIL + b"From me\n>From you\n> From\n"


@pytest.mark.parametrize(
    "body",
    [b"a\nFrom me to you\n", b"a\n\nFrom my window I see\nyou\n", b"a\n\nFrom 10 to 12\n\nb\n"],
)
def test_from_lines_in_a_body_do_not_part_messages(tmp_path, body):
    assert [each.data for each in read(write(tmp_path / "a", MAIL + body))] == [MAIL + body]


def test_separator_without_a_date_parts_messages_before_a_header(tmp_path):
    (tmp_path / "a.mbox").write_bytes(b"From -\n" + MAIL + b"\nFrom -\n" + MAIL)
    found = read(tmp_path)
    assert [each.data for each in found] == [MAIL, MAIL]
    assert found[0].envelope_date is None


def test_bytes_before_the_first_separator_are_not_lost(tmp_path):
    (tmp_path / "a.mbox").write_bytes(b"lost?\n\n" + ENVELOPE + MAIL)
    assert [each.data for each in read(tmp_path)] == [b"lost?\n", MAIL]


def test_crlf_mbox_is_read(tmp_path):
    text = (ENVELOPE + MAIL + b"\n" + ENVELOPE + MAIL + b"\n").replace(b"\n", b"\r\n")
    (tmp_path / "a").write_bytes(text)
    assert [each.data for each in read(tmp_path)] == [MAIL.replace(b"\n", b"\r\n")] * 2


def test_files_are_known_by_content_and_then_by_name(tmp_path):
    for name, data in {
        "a.txt": MAIL,
        "b": ENVELOPE + MAIL,
        "c.eml": b"no headers at all",
        "d.mbx": b"some text",
    }.items():
        (tmp_path / name).write_bytes(data)
    assert [each.data for each in read(tmp_path)] == [
        MAIL,
        MAIL,
        b"no headers at all",
        b"some text",
    ]


def test_maildir_is_read(tmp_path):
    (tmp_path / "new").mkdir()
    (tmp_path / "new" / "1.host:2,S").write_bytes(b"Subject: a\n\nb")
    assert [each.data for each in read(tmp_path)] == [b"Subject: a\n\nb"]


def test_what_is_no_mail_is_listed_with_its_reason(tmp_path):
    (tmp_path / "a.png").write_bytes(b"\x89PNG")
    (tmp_path / "b.msg").write_bytes(b"\xd0\xcf\x11\xe0")
    (tmp_path / "c.eml").write_bytes(b"")
    (tmp_path / "d.mbox").write_bytes(b"\x1f\x8b\x00")
    (tmp_path / ".DS_Store").write_bytes(MAIL)
    (tmp_path / ".hidden").mkdir()
    (tmp_path / ".hidden" / "a.eml").write_bytes(MAIL)
    (tmp_path / "e.eml").symlink_to(tmp_path / "nowhere")
    os.mkfifo(tmp_path / "f.eml")
    (tmp_path / "g.txt").write_bytes(b"From my window I see\nyou")
    assert reasons(tmp_path) == {
        ".DS_Store": "hidden file",
        ".hidden": "hidden folder: not looked into",
        "a.png": "not a mail file",
        "b.msg": "an Outlook file: save the message as .eml",
        "c.eml": "empty file",
        "d.mbox": "named like a mailbox, but it holds no mail",
        "e.eml": "broken link",
        "f.eml": "not a file",
        "g.txt": "not a mail file",
    }


def test_folders_are_read_through_in_order(tmp_path):
    for name in ("b/2.eml", "a/z/1.eml", "a/y.eml", "c.eml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(MAIL)
    found = [str(Path(each.source).relative_to(tmp_path)) for each in read(tmp_path)]
    assert found == ["a/y.eml", "a/z/1.eml", "b/2.eml", "c.eml"]


def test_links_in_a_circle_end(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "self").symlink_to(tmp_path / "self")
    assert reasons(tmp_path) == {
        "up": "a link to a folder that was read already",
        "self": "broken link",
    }


def test_missing_path_is_refused_before_anything_is_read(tmp_path):
    with pytest.raises(Invalid, match="no-such"):
        read_paths([tmp_path, tmp_path / "no-such"])
    with pytest.raises(Invalid, match="no-such"):
        count_bytes([tmp_path / "no-such"])


def test_file_that_may_not_be_read_or_has_gone_is_listed(tmp_path, monkeypatch):
    for name in ("a.eml", "b.eml", "c.eml", "d.eml"):
        (tmp_path / name).write_bytes(MAIL)
    faults = {
        "a.eml": PermissionError(13, "Permission denied"),
        "b.eml": FileNotFoundError(2, "No such file"),
        "c.eml": OSError(5, "Input/output error"),
    }
    real = sources._open

    def opened(path):
        if path.name in faults:
            raise faults[path.name]
        return real(path)

    monkeypatch.setattr(sources, "_open", opened)
    *listed, last = read(tmp_path)
    assert [each.reason for each in listed] == [
        "no permission to read it",
        "it has gone",
        "it cannot be read (Input/output error)",
    ]
    assert last.data == MAIL


def test_mailbox_that_cannot_be_read_on_is_listed_after_what_was_read(tmp_path, monkeypatch):
    write(tmp_path / "a.mbox", MAIL, MAIL)

    def broken(file, name):
        yield from list(mbox.read_mbox(file, name))[:1]
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(sources, "read_mbox", broken)
    first, second = read(tmp_path)
    assert first.data == MAIL
    assert isinstance(second, Unreadable)


def test_names_that_are_no_text_are_made_text(tmp_path):
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff\n.eml"))
    path.write_bytes(MAIL)
    (found,) = read(tmp_path)
    assert found.source.endswith("a\ufffd .eml")


@pytest.mark.parametrize("name", ["a.eml", "a.mbox"])
def test_message_above_64_mib_ends_quarantined_and_says_so(tmp_path, name):
    with (tmp_path / name).open("wb") as file:
        file.write((ENVELOPE if name == "a.mbox" else b"") + MAIL)
        for _ in range(70):
            file.write(b"a" * 1024 * 1024)
    (found,) = read(tmp_path)
    assert len(found.data) == MAX_KEPT_BYTES
    assert "only the first 64 MiB of 70 MiB kept" in found.source
    assert parse_mail(found.data, found.source, None).parse_status is ParseStatus.QUARANTINED


def test_bytes_are_counted_for_mail_only(tmp_path):
    write(tmp_path / "a.mbox", MAIL)
    (tmp_path / "b.png").write_bytes(b"\x89PNG")
    (tmp_path / "c.eml").write_bytes(MAIL)
    assert count_bytes([tmp_path]) == len(ENVELOPE) + 1 + 2 * len(MAIL)


BODIES = st.lists(
    st.lists(
        st.sampled_from(
            [b"", b"a", b"From me", b">From you", b">>From", b"From a 1:00 2026", b"> x"]
        )
        | st.text("aF >\x00é", max_size=8).map(str.encode),
        min_size=1,
        max_size=8,
    ).map(lambda lines: b"\n".join(lines) + b"\n"),
    min_size=1,
    max_size=5,
)


@settings(max_examples=60, deadline=None)
@given(BODIES)
def test_mboxrd_written_by_the_library_is_read_back(tmp_path_factory, bodies):
    path = tmp_path_factory.mktemp("box") / "a.mbox"
    mails = [b"Subject: a\n\n" + body for body in bodies]
    box = mailbox.mbox(path, create=True)
    for mail in mails:
        lines = mail.split(b"\n")
        marked = (b">" + each if each.lstrip(b">").startswith(b"From ") else each for each in lines)
        box.add(b"\n".join(marked))
    box.close()
    assert [each.data for each in read(path)] == mails


def peak(path):
    tracemalloc.start()
    count = sum(1 for _ in read_paths([path]))
    _, highest = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return count, highest


def test_memory_of_the_reader_does_not_grow_with_the_mailbox(tmp_path):
    body = MAIL + b"a" * 5_000 + b"\n"
    few = peak(write(tmp_path / "few.mbox", *[body] * 100))
    many = peak(write(tmp_path / "many.mbox", *[body] * 2_000))
    assert (few[0], many[0]) == (100, 2_000)
    assert many[1] < few[1] * 1.2 + 20_000


def test_memory_of_the_reader_holds_no_messages_of_a_folder(tmp_path):
    def folder(name, count):
        (tmp_path / name).mkdir()
        for number in range(count):
            (tmp_path / name / f"{number}.eml").write_bytes(MAIL + b"a" * 5_000)
        return peak(tmp_path / name)

    few, many = folder("few", 100), folder("many", 2_000)
    # A folder's names are sorted, so they are held: under 1 kB each, against 5 kB of message.
    assert many[1] - few[1] < 1_900 * 1_000
