"""``triage watch`` and the doctor, with mailboxes in the settings."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError
from pydantic_settings import SettingsError
from support.mail import eml
from support.mailbox_server import PASSWORD, Account

from triage import cli, doctor
from triage.core.mailboxes import Mailbox, unsafe
from triage.core.settings import Settings
from triage.drop import DONE
from triage.intake import imap

WAIT_SECONDS = 60.0
PLAIN = {"name": "Post", "host": "127.0.0.1", "user": "desk@example.org", "password": "canary"}
OAUTH = {"token_url": "https://login.example.org/token", "client_id": "x", "refresh_token": "y"}


def start(
    home: Path, *options: str, boxes: list[dict[str, Any]] | None = None, **more: str
) -> "subprocess.Popen[str]":
    """``triage watch`` in a process of its own."""
    given = {} if boxes is None else {"TRIAGE_MAILBOXES": json.dumps(boxes)}
    return subprocess.Popen(
        [sys.executable, "-m", "triage", "watch", *options],
        env={**os.environ, "TRIAGE_HOME": str(home), **given, **more},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def set_up(account: Account, **changes: Any) -> dict[str, Any]:
    """The mailbox of an account, as a deployer writes it."""
    place = {"name": "Post", "host": "127.0.0.1", "port": account.server.port, "tls": "none"}
    return place | {"user": account.user, "password": PASSWORD} | changes


# -- the command


def test_with_neither_mailbox_nor_folder_it_says_what_to_set(tmp_path: Path) -> None:
    process = start(tmp_path)
    said, errors = process.communicate(timeout=WAIT_SECONDS)
    assert (process.returncode, said) == (2, "")
    assert "TRIAGE_MAILBOXES" in errors
    assert "--drop" in errors


def test_what_speaks_of_a_folder_needs_one(tmp_path: Path) -> None:
    process = start(tmp_path, "--service", "forms", boxes=[PLAIN])
    _, errors = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 2
    assert "--drop FOLDER" in errors


def test_once_brings_in_mailbox_and_folder_and_says_with_its_exit_whether_all_went_well(
    tmp_path: Path, account: Account
) -> None:
    account.deliver(eml(1))
    folder = tmp_path / "drop"
    folder.mkdir()
    (folder / "a.eml").write_bytes(eml(2))
    given = ("--drop", str(folder), "--once", "--every", "0.1")
    process = start(tmp_path / "home", *given, boxes=[set_up(account)])
    said, errors = process.communicate(timeout=WAIT_SECONDS)
    assert (process.returncode, errors) == (0, "")
    assert "Post/INBOX: 1 new" in said
    assert "a.eml: 1 new" in said
    assert (folder / DONE / "a.eml").exists()
    bad = [set_up(account), set_up(account, name="Bad", password="canary-password")]
    process = start(tmp_path / "home", "--once", boxes=bad)
    said, errors = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 1
    assert errors == "Bad: the server refuses the sign-in (sign_in_refused)\n"
    assert "canary" not in said + errors


@pytest.mark.parametrize("kind", [signal.SIGTERM, signal.SIGINT])
def test_it_stops_cleanly_while_it_idles(tmp_path: Path, account: Account, kind: int) -> None:
    account.deliver(eml(1))
    folder = tmp_path / "drop"
    folder.mkdir()
    other = [] if kind == signal.SIGTERM else ["--drop", str(folder)]
    process = start(tmp_path / "home", *other, boxes=[set_up(account)])
    assert process.stdout is not None
    assert process.stdout.readline().startswith("Post/INBOX: 1 new")
    process.send_signal(kind)
    said, errors = process.communicate(timeout=WAIT_SECONDS)
    assert (process.returncode, said, errors) == (0, "", "")


def test_it_stops_cleanly_while_a_server_does_not_answer(tmp_path: Path) -> None:
    import socket

    with socket.create_server(("127.0.0.1", 0)) as silent:
        box = PLAIN | {"port": silent.getsockname()[1], "tls": "none"}
        process = start(tmp_path, boxes=[box], TRIAGE_MAILBOX_TIMEOUT="2")
        silent.settimeout(WAIT_SECONDS)
        silent.accept()[0].close()
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 0


def test_clear_text_over_the_network_is_refused(tmp_path: Path) -> None:
    process = start(tmp_path, boxes=[PLAIN | {"host": "mail.example.org", "tls": "none"}])
    said, errors = process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 2
    assert "clear text" in errors
    assert "canary" not in said + errors


def test_without_the_package_it_says_which(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "imap_tools", None)
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path))
    monkeypatch.setenv("TRIAGE_MAILBOXES", json.dumps([PLAIN]))
    monkeypatch.setattr(sys, "argv", ["triage", "watch"])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == 2
    assert "conduct-triage[imap]" in capsys.readouterr().err
    found = {one.found: one.level for one in doctor.examine(Settings())}
    assert found["not read from here"] is doctor.Level.NOTE


# -- the settings


def boxes(*given: dict[str, Any]) -> tuple[Mailbox, ...]:
    return Settings.model_validate({"mailboxes": given}).mailboxes


def test_a_mailbox_has_the_usual_port_and_folder_and_shows_no_secret() -> None:
    (one,) = boxes(PLAIN)
    assert (one.at_port, one.folders, one.signs_in) == (993, ("INBOX",), True)
    assert boxes(PLAIN | {"tls": "starttls"})[0].at_port == 143
    (other,) = boxes(
        {**PLAIN, "name": "Other", "password": None, "oauth2": OAUTH | {"refresh_token": "canary"}}
    )
    assert "canary" not in repr((one, other)) + str(one) + str(Settings(mailboxes=(one, other)))


@pytest.mark.parametrize(
    "bad",
    [
        {"name": ""},
        {"name": "a\nb"},
        {"name": "x" * 61},
        {"password": "canary\r\nA1 DELETE INBOX"},
        {"password": ""},
        {"user": "a\r\nb"},
        {"tls": "maybe"},
        {"folders": []},
        {"folders": ["A", "A"]},
        {"folders": [""]},
        {"service": "two words"},
        {"from_mode": "sender"},
        {"oauth2": OAUTH},
        {"passwort": "canary"},
    ],
)
def test_a_mailbox_that_makes_no_sense_is_refused_without_a_word_of_it(
    bad: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_MAILBOXES", json.dumps([PLAIN | bad]))
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert "canary" not in str(caught.value)
    assert doctor.named(caught.value) == "TRIAGE_MAILBOXES"


def test_two_mailboxes_of_one_name_and_text_that_is_no_list_are_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(ValidationError, match="name of its own"):
        boxes(PLAIN, PLAIN)
    monkeypatch.setenv("TRIAGE_MAILBOXES", "canary")
    with pytest.raises(SettingsError) as caught:
        Settings()
    assert "canary" not in doctor.named(caught.value)


@pytest.mark.parametrize(
    ("changes", "safe"),
    [
        ({}, True),
        ({"tls": "none"}, True),
        ({"tls": "none", "host": "localhost"}, True),
        ({"tls": "none", "host": "::1"}, True),
        ({"tls": "none", "host": "mail.example.org"}, False),
        ({"tls": "none", "host": "127.0.0.1.example.org"}, False),
        ({"tls": "starttls", "host": "mail.example.org"}, True),
        ({"password": None, "oauth2": OAUTH}, True),
        ({"password": None, "oauth2": OAUTH | {"token_url": "http://example.org/t"}}, False),
        ({"password": None, "oauth2": OAUTH | {"token_url": "http://127.0.0.1:9/t"}}, True),
        ({"password": None, "oauth2": OAUTH | {"token_url": "file:///etc/x"}}, False),
        ({"password": None, "oauth2": OAUTH | {"token_url": "https:///x"}}, False),
    ],
)
def test_secrets_travel_encrypted_or_not_at_all(changes: dict[str, Any], safe: bool) -> None:
    (box,) = boxes(PLAIN | changes)
    assert (unsafe(box) is None) is safe
    levels = {one.what: one.level for one in doctor.examine(Settings(mailboxes=(box,)))}
    assert (levels["mailbox Post"] is doctor.Level.UNSAFE) is not safe


# -- the doctor


def test_the_doctor_shows_how_mailboxes_are_set_up_and_do_and_no_secret(
    tmp_path: Path, account: Account
) -> None:
    account.deliver(eml(1))
    wrong = set_up(account, password="canary-password", folders=["INBOX", "Other"])
    process = start(tmp_path, "--once", boxes=[wrong])
    process.communicate(timeout=WAIT_SECONDS)
    assert process.returncode == 1
    settings = Settings(home=tmp_path, mailboxes=boxes(wrong))
    found = {one.what: one for one in doctor.examine(settings)}
    assert account.user in found["mailbox Post"].found
    assert "tls none, a password: INBOX, Other" in found["mailbox Post"].found
    assert "sign_in_refused" in found["mailbox Post, INBOX"].found
    assert found["mailbox Post, Other"].level is doctor.Level.NOTE
    assert "canary" not in repr(found)


def test_the_doctor_makes_nothing_to_look_at_mailboxes(tmp_path: Path) -> None:
    home = tmp_path / "home"
    found = {one.what for one in doctor.examine(Settings(home=home, mailboxes=boxes(PLAIN)))}
    assert "mailbox Post" in found
    assert not home.exists()
    assert imap.library()
