"""The desk with its walls down, one or both: ``open_wall.py PORT escaping|both``. For tests."""

import sys

import uvicorn

from dashboard import server, untrusted
from triage.cli_form import LAST_WORDS


def main(port: str, down: str) -> None:
    """Serve without escaping, and with ``both`` without the headers as well."""
    untrusted.escape = str  # type: ignore[attr-defined, assignment]
    if down == "both":
        server._headers = lambda scope: []
    uvicorn.run(
        server.app,
        host="127.0.0.1",
        port=int(port),
        log_level="warning",
        timeout_graceful_shutdown=LAST_WORDS,
    )


main(*sys.argv[1:3])
