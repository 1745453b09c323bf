"""An import that is killed in the middle, or run twice at once, brings each message exactly once.

``TRIAGE_FAULT_RUNS=100 pytest tests/faults`` is the full size of trust.md section 8.
"""

import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.databases import KEY
from support.invariants import check_invariants, received
from support.mail import write_folder
from support.proving import proving, size

from triage.app import Triage

MAILS = 240
RUNS = size("RUNS", 4)


def start_import(url: str, home: Path, mail: Path) -> "subprocess.Popen[str]":
    """``triage import`` in a process of its own."""
    home.mkdir(exist_ok=True)
    return subprocess.Popen(
        [sys.executable, "-m", "triage", "import", "--json", str(mail)],
        env={
            **os.environ,
            "TRIAGE_DATABASE_URL": url,
            "TRIAGE_HOME": str(home),
            "TRIAGE_HASH_KEY": KEY.decode(),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def kill(process: "subprocess.Popen[str]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_killed_at_any_moment_and_run_again_each_message_is_there_once(
    url: str, make_triage: Callable[..., Triage], tmp_path: Path
) -> None:
    triage = make_triage(url)
    mail = write_folder(tmp_path / "mail", MAILS)
    chance = random.Random(url.partition(":")[0])
    with proving("kill -9 in an import", url) as proof:
        for _ in range(RUNS):
            target = chance.randrange(MAILS)
            process = start_import(url, tmp_path / "own", mail)
            while process.poll() is None and received(triage) < target:
                pass
            kill(process)
            check_invariants(triage, received(triage))
            proof.ran()
        process = start_import(url, tmp_path / "own", mail)
        said, errors = process.communicate()
        assert process.returncode == 0, errors
        assert '"quarantined": 0' in said
        check_invariants(triage, MAILS)


@pytest.mark.parametrize("order", ["the same way", "one from behind"])
def test_the_same_folder_imported_twice_at_once_is_there_once(
    url: str, make_triage: Callable[..., Triage], tmp_path: Path, order: str
) -> None:
    triage = make_triage(url)
    mail = write_folder(tmp_path / "mail", MAILS)
    other = mail
    if order == "one from behind":
        other = tmp_path / "turned"
        other.mkdir()
        for number, path in enumerate(sorted(mail.iterdir(), reverse=True)):
            (other / f"{number:05}.eml").write_bytes(path.read_bytes())
    start_import(url, tmp_path / "own", tmp_path / "own").communicate()  # makes the key, no mail
    both = [start_import(url, tmp_path / "own", one) for one in (mail, other)]
    said = [one.communicate() for one in both]
    assert [one.returncode for one in both] == [0, 0], said
    check_invariants(triage, MAILS)
