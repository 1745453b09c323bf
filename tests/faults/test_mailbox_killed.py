"""``triage watch`` that is killed in the middle of a mailbox leaves each message there once.

``TRIAGE_FAULT_RUNS=100 pytest tests/faults`` is the full size of trust.md section 8.
"""

import json
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from support.databases import KEY
from support.invariants import check_invariants, received
from support.mail import eml
from support.mailbox_server import PASSWORD, Account
from support.proving import proving, size

from triage.app import Triage

MAILS = 240
RUNS = size("RUNS", 4)


def start_watch(url: str, home: Path, account: Account, *options: str) -> "subprocess.Popen[str]":
    """``triage watch`` in a process of its own, over TLS."""
    box = {
        "name": "Post",
        "host": "127.0.0.1",
        "port": account.server.tls_port,
        "user": account.user,
        "password": PASSWORD,
    }
    given = {
        "TRIAGE_DATABASE_URL": url,
        "TRIAGE_HOME": str(home),
        "TRIAGE_HASH_KEY": KEY.decode(),
        "TRIAGE_MAILBOXES": json.dumps([box]),
        "SSL_CERT_FILE": str(account.server.home / "server.pem"),
    }
    return subprocess.Popen(
        [sys.executable, "-m", "triage", "watch", *options],
        env={**os.environ, **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def kill(process: "subprocess.Popen[str]") -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def test_killed_at_any_moment_and_run_again_each_message_is_there_once(
    url: str, make_triage: Callable[..., Triage], account: Account, tmp_path: Path
) -> None:
    triage = make_triage(url)
    mails = [eml(number) for number in range(MAILS)]
    for one in mails:
        account.deliver(one)
    chance = random.Random(url.partition(":")[0])
    with proving("kill -9 in a mailbox", url) as proof:
        for _ in range(RUNS):
            target = chance.randrange(MAILS)
            process = start_watch(url, tmp_path / "own", account)
            while process.poll() is None and received(triage) < target:
                pass
            kill(process)
            check_invariants(triage, received(triage))
            proof.ran()
        process = start_watch(url, tmp_path / "own", account, "--once")
        said, errors = process.communicate()
        assert (process.returncode, errors) == (0, ""), said
        check_invariants(triage, MAILS)
    assert account.files() == [one for one in account.files() if ":2," not in one]
