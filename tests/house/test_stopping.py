"""A server of ours that is told to stop does stop, whoever still hangs on to it."""

import socket
import sys
import urllib.request
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from support.serving import serving

from triage.app import open_triage
from triage.core.access import CONSOLE
from triage.demo import demo_settings
from triage.staff.service.volunteers import add_volunteer, make_link

DEMO = "import sys; from triage.cli import _serve; _serve('127.0.0.1', int(sys.argv[1]))"
DESK = (
    "import sys; from triage.cli_serve import run; from triage.core.settings import Settings; "
    "run(Settings(), int(sys.argv[1]))"
)
FORM = (
    "import sys; from triage.cli_form import run; from triage.core.settings import Settings; "
    "run(Settings(), int(sys.argv[1]))"
)
HALF = (
    "POST {path} HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: same-origin\r\n"
    "Content-Length: 10\r\n\r\nhalf"
)
"""A request that never comes to its end."""


def _link(home: Path) -> str:
    """Whose page reads what is posted to it."""
    triage = open_triage(demo_settings(home))
    run = partial(triage.runner.run, CONSOLE)
    volunteer = run(partial(add_volunteer, name="Vi Marsh", email="vi@civic.example"))
    token = run(partial(make_link, volunteer_id=volunteer))
    triage.close()
    return f"/r/{token}"


@pytest.mark.parametrize(
    ("server", "health"),
    [(DEMO, "/_stcore/health"), (DESK, "/_stcore/health"), (FORM, "/healthz")],
    ids=["demonstration", "desk", "form"],
)
def test_a_visitor_who_never_comes_to_an_end_does_not_keep_a_server_up(
    tmp_path: Path, server: str, health: str
) -> None:
    link = _link(tmp_path)
    path = link if server != FORM else "/send"
    command = [sys.executable, "-c", server, "{port}"]
    with (
        ExitStack() as held,
        serving(tmp_path, command, health=health, TRIAGE_DEMO="true") as served,
    ):
        place = urlsplit(served.url)
        assert place.hostname is not None
        visitor = held.enter_context(socket.create_connection((place.hostname, place.port)))
        visitor.sendall(HALF.format(path=path, host=place.hostname).encode())
        # Another is answered after it: by then the half of it has been read.
        with urllib.request.urlopen(served.url + health, timeout=20) as answer:
            assert answer.status == 200
        visitor.setblocking(False)
        with pytest.raises(BlockingIOError):  # neither answered nor closed
            visitor.recv(1)
    # The server was told to stop before the visitor left: had it not, that had raised.
