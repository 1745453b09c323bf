"""Files by their content, tries by where they come from, and the start of the form."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.cluster import free_port
from support.desk import Desk
from support.mail import START
from support.serving import serving

from dashboard.report.throttle import MOST_ADDRESSES, WRONG_CODES, Limit, Throttle
from triage import doctor
from triage.app import ReportForm, open_form
from triage.core.errors import Invalid, KeyMissing, TriageError, UnsafeConfiguration
from triage.core.keys import KeyStore
from triage.core.settings import Settings
from triage.doctor.findings import Level
from triage.reports import form
from triage.reports.answers import Answers
from triage.reports.sniffing import LONGEST_NAME, clean_name, sniff
from triage.reports.thread import LARGEST_FILE

FORM = "https://report.example.org"

# -- files


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\xff\xd8\xff\xe0rest", "image/jpeg"),
        (b"\x89PNG\r\n\x1a\nrest", "image/png"),
        (b"RIFF\0\0\0\0WEBPrest", "image/webp"),
        (b"RIFF\0\0\0\0WAVErest", "audio/wav"),
        (b"\0\0\0\x18ftypheicrest", "image/heic"),
        (b"\0\0\0\x18ftypisomrest", "video/mp4"),
        (b"%PDF-1.7 rest", "application/pdf"),
        (b"PK\x03\x04rest", "application/zip"),
        ("words with an é\n".encode(), "text/plain"),
        (b"<html><script>alert(1)</script>", "text/plain"),
    ],
)
def test_a_file_is_what_its_content_says(data: bytes, kind: str) -> None:
    assert sniff(data) == kind


@pytest.mark.parametrize(
    "data", [b"", b"MZ\x90\0", b"\x7fELF\x02\x01\x01\0", b"\0" * 20, b"\xff\xfe\0", b"a\0b"]
)
def test_what_is_empty_or_of_no_kind_that_we_take_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid) as caught:
        sniff(data)
    assert caught.value.field == "file"


def test_a_file_has_a_greatest_size() -> None:
    assert sniff(b"%PDF-".ljust(LARGEST_FILE)) == "application/pdf"
    with pytest.raises(Invalid, match="too big"):
        sniff(b"%PDF-".ljust(LARGEST_FILE + 1))


@given(st.binary(max_size=64))
def test_sniffing_names_a_kind_or_refuses(data: bytes) -> None:
    kind = ""
    with suppress(Invalid):
        kind = sniff(data)
    assert kind == "" or "/" in kind


@given(st.text(max_size=300))
def test_a_name_is_one_short_line_without_a_folder(name: str) -> None:
    shown = clean_name(name)
    assert 0 < len(shown) <= LONGEST_NAME
    assert not set(shown) & set("\n\r\t\0/\\\u202e")
    shown.encode("utf-8")


# -- tries


def test_an_address_may_try_so_often_within_the_time_and_others_are_not_touched() -> None:
    throttle, limit = Throttle(), Limit("code", 3, timedelta(minutes=15))
    assert [throttle.take(limit, "192.0.2.1", START) for _ in range(4)] == [True] * 3 + [False]
    assert throttle.take(limit, "192.0.2.2", START)
    assert throttle.take(Limit("file", 3, timedelta(minutes=15)), "192.0.2.1", START)
    assert not throttle.take(limit, "192.0.2.1", START + timedelta(minutes=14))
    assert throttle.take(limit, "192.0.2.1", START + timedelta(minutes=15))


def test_one_connection_of_ipv6_is_one_address() -> None:
    throttle, limit = Throttle(), Limit("code", 1, timedelta(minutes=15))
    assert throttle.take(limit, "2001:db8:1:2::1", START)
    assert not throttle.take(limit, "2001:db8:1:2:ffff::9", START)
    assert throttle.take(limit, "2001:db8:1:3::1", START)
    assert throttle.take(limit, "no address", START)


def test_no_address_is_held_and_the_key_lives_a_day() -> None:
    throttle = Throttle()
    throttle.count(WRONG_CODES, "192.0.2.1", START)
    (mark,) = throttle._tries
    assert b"192" not in mark
    throttle.count(WRONG_CODES, "192.0.2.1", START + timedelta(hours=23))
    assert list(throttle._tries) == [mark]
    throttle.count(WRONG_CODES, "192.0.2.1", START + timedelta(hours=24))
    assert list(throttle._tries) != [mark]
    assert len(throttle._tries) == 1


def test_what_is_counted_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dashboard.report.throttle.MOST_ADDRESSES", 10)
    throttle = Throttle()
    for number in range(40):
        throttle.count(WRONG_CODES, f"192.0.2.{number}", START)
    assert len(throttle._tries) == 10
    assert MOST_ADDRESSES > 10


# -- the start


def settings_of(desk: Desk, home: Path, **more: object) -> Settings:
    public = desk.triage.vault.ring().publics[1].public_bytes_raw().hex()
    held = {
        "home": home,
        "database_url": desk.triage.settings.url,
        "desk_public_key": f"1:{public}",
        "form_url": FORM,
    }
    return Settings(**(held | more))  # type: ignore[arg-type]


def test_the_form_opens_a_database_that_the_desk_has_made(desk: Desk, tmp_path: Path) -> None:
    made = open_form(settings_of(desk, tmp_path / "form"), clock=desk.clock)
    token = form.new_token()

    def send(session: object) -> str:
        form.start_draft(session, token=token, answers=Answers(description="a"), now=desk.now)  # type: ignore[arg-type]
        return form.submit(session, made.vault, token=token, now=desk.now)  # type: ignore[arg-type]

    assert made.database.write(send)
    made.database.close()


def test_it_does_not_start_with_a_private_key_within_reach(desk: Desk, tmp_path: Path) -> None:
    home = tmp_path / "form"
    with pytest.raises(UnsafeConfiguration, match="private key"):
        open_form(settings_of(desk, home, desk_key="1:" + "5e" * 32, desk_public_key=None))
    KeyStore(Settings(home=home)).init()
    with pytest.raises(UnsafeConfiguration, match="private key"):
        open_form(settings_of(desk, home))
    (home / "keys" / "desk-1.key").unlink()
    opened: ReportForm = open_form(settings_of(desk, home))
    assert opened.vault.ring().privates == {}
    opened.database.close()


def test_it_makes_and_changes_no_database(
    desk: Desk, tmp_path: Path, backend: str, fresh_url: Callable[[str], str]
) -> None:
    empty = fresh_url(f"{backend} empty")
    with pytest.raises(TriageError, match="Start the desk first"):
        open_form(settings_of(desk, tmp_path, database_url=empty))
    missing = tmp_path / "none" / "triage.db"
    with pytest.raises(TriageError, match="no database yet"):
        open_form(settings_of(desk, tmp_path, database_url=f"sqlite:///{missing}"))
    assert not missing.parent.exists()
    with pytest.raises(KeyMissing):
        open_form(settings_of(desk, tmp_path / "bare", desk_public_key=None))


def run(home: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "triage", *arguments],
        env={**os.environ, "TRIAGE_HOME": str(home), **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({}, "TRIAGE_FORM_URL"),
        ({"TRIAGE_FORM_URL": "http://report.example.org"}, "https"),
        ({"TRIAGE_FORM_URL": FORM, "TRIAGE_PUBLIC_URL": FORM}, "apart from the desk"),
        ({"TRIAGE_FORM_URL": FORM, "TRIAGE_DESK_KEY": "1:" + "5e" * 32}, "private key"),
        ({"TRIAGE_FORM_URL": FORM}, "no database yet"),
    ],
)
def test_the_command_says_in_a_line_why_it_does_not_start(
    tmp_path: Path, given_: dict[str, str], said: str
) -> None:
    ended = run(tmp_path, "serve", "--report", "--port", str(free_port()), **given_)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_command_prints_what_its_role_needs(tmp_path: Path) -> None:
    printed = run(tmp_path, "form", "grants", "--role", "report_form").stdout
    assert 'GRANT SELECT, INSERT ON reports TO "report_form";' in printed
    assert "people" not in printed
    refused = run(tmp_path, "form", "grants", "--role", "x; DROP TABLE reports")
    assert refused.returncode == 2


def test_the_served_form_keeps_no_log_of_who_visits(tmp_path: Path) -> None:
    """The real process, over the demonstration's database."""
    run(tmp_path, "demo", "--no-serve", str(_mail(tmp_path)))
    command = [sys.executable, "-m", "triage", "serve", "--report", "--demo", "--port", "{port}"]
    with serving(tmp_path, command, health="/healthz") as served:
        request = urllib.request.Request(
            f"{served.url}/what?obstreperous=1", headers={"user-agent": "obstreperous agent"}
        )
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.headers["server"] is None
            assert "script-src 'none'" in answer.headers["content-security-policy"]
            assert b"What is this about?" in answer.read()
    log = (tmp_path / "server.log").read_text()
    assert "obstreperous" not in log
    assert "/what" not in log
    assert "GET" not in log


def _mail(folder: Path) -> Path:
    path = folder / "none.eml"
    path.write_text("From: a@example.org\nSubject: x\n\nwhen are you open?\n")
    return path


# -- the doctor


def test_the_doctor_looks_at_the_form(tmp_path: Path) -> None:
    def found(**given_: object) -> dict[str, Level]:
        settings = Settings(home=tmp_path, **given_)  # type: ignore[arg-type]
        return {one.what: one.level for one in doctor.examine(settings) if "form" in one.what}

    assert found() == {"report form": Level.NOTE}
    assert found(form_url="http://report.example.org")["report form"] is Level.UNSAFE
    assert found(form_url=f"{FORM}/x")["report form"] is Level.UNSAFE
    assert found(form_url=FORM) == {"report form": Level.GOOD, "form: addresses": Level.NOTE}
    said = found(form_url=FORM, form_no_addresses=True, desk_key="1:" + "5e" * 32)
    assert said["form: addresses"] is Level.GOOD
    assert said["form: key"] is Level.GOOD
    public = KeyStore(Settings(desk_key="1:" + "5e" * 32)).ring().publics[1].public_bytes_raw()
    assert found(form_url=FORM, desk_public_key=f"1:{public.hex()}")["form: key"] is Level.GOOD
