"""P-CON-2, trust.md section 1: what a sender wrote shows in no log, however the fault happens.

The other half, a real page and the log of a real server, is in tests/browser/test_sign_in.py.
"""

import logging
import re
import subprocess
import sys

from dashboard import logs

CANARY = "sphinxquartz"

FAULTS = {
    "logged with its trace": "log.exception('x %s', reason)",
    "logged as an argument": "log.error('failed: %s', ValueError(reason))",
    "logged as the message": "log.warning(ValueError(reason))",
    "of a library, its arguments": "log.error('Error during authentication: %s', reason)",
    "logged with the stack": "log.error('x', stack_info=True)",
    "in a thread, uncaught": (
        "import threading; one = threading.Thread(target=fail, args=(reason,)); "
        "one.start(); one.join()"
    ),
    "in a destructor": "del Broken(reason).held",
    "chained": "try: chain(reason)\nexcept KeyError: log.exception(reason)",
    "in a task of the event loop": (
        "import asyncio\nasync def go(): asyncio.get_running_loop().call_soon(fail, reason); "
        "await asyncio.sleep(0.01)\nasyncio.run(go())"
    ),
}

PROGRAM = """
import logging, sys
from dashboard import logs
logging.basicConfig(level=logging.DEBUG)
logs.install()
log = logging.getLogger("streamlit.test")

def fail(reason):
    local = reason
    raise ValueError("this says " + local)

def chain(reason):
    try:
        fail(reason)
    except ValueError as error:
        raise KeyError(reason) from error

class Broken:
    def __init__(self, held):
        self.held = held
        self.kept = held
    def __del__(self):
        fail(self.kept)

reason = sys.stdin.read()
try:
    fail(reason)
except ValueError:
    pass
"""


def test_a_fault_is_written_down_without_its_text_however_it_happens() -> None:
    steps = "".join(f"\nprint({how!r}, file=sys.stderr)\n{text}" for how, text in FAULTS.items())
    ended = subprocess.run(
        [
            sys.executable,
            "-c",
            f"{PROGRAM}{steps}\nprint('the end', file=sys.stderr)\nfail(reason)",
        ],
        input=CANARY,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    said = ended.stdout + ended.stderr
    assert CANARY not in said
    assert "Traceback" not in said
    for how in FAULTS:
        told = said.partition(how + "\n")[2].splitlines()
        assert ":" in told[0], how
    assert re.search(r"the end\n.*ValueError in <string>:\d+ fail \(error", said)


def test_the_same_error_has_one_id_for_the_log_and_the_page() -> None:
    error = ValueError(CANARY)
    said = logs.record("streamlit", logging.ERROR, "f", 1, "x", (), (ValueError, error, None))
    assert logs.error_id(error) in said.getMessage()
    assert logs.error_id(error) != logs.error_id(ValueError(CANARY))
    assert CANARY not in said.getMessage()


def test_an_error_is_placed_where_our_code_was() -> None:
    try:
        logs.install.__wrapped__  # type: ignore[attr-defined]  # noqa: B018
    except AttributeError as error:
        said = logs.describe(error)
    assert said.startswith("AttributeError in test_canary.py:")


def test_our_own_sentences_keep_what_they_fill_in() -> None:
    made = logs.record("dashboard", logging.INFO, "f", 1, "%s waiting", (3,), None)
    assert made.getMessage() == "3 waiting"
