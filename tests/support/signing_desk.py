"""The desk with sign-in, for tests: ``signing_desk.py PORT``.

Its clock can be moved: ``TEST_CLOCK`` names a file that holds seconds to add. ``TEST_WATCH`` is
how often a page looks by itself whether its session is about to end. It has two pages
more than the desk: one offers a file, one fails with a text that must show nowhere.
"""

import os
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

PORT = sys.argv[1]
os.environ["TRIAGE_PUBLIC_URL"] = f"http://127.0.0.1:{PORT}"

import streamlit as st  # noqa: E402
import uvicorn  # noqa: E402

from dashboard import files, frame, session, views  # noqa: E402
from dashboard.views import View  # noqa: E402
from triage.core.access import Action  # noqa: E402
from triage.core.clock import SystemClock  # noqa: E402

CANARY = os.environ.get("TEST_CANARY", "")
MATTER = os.environ.get("TEST_MATTER", "")


def now(_clock: SystemClock) -> datetime:
    """The time, moved on by what the test wrote down."""
    moved = Path(os.environ["TEST_CLOCK"]).read_text("ascii")
    return datetime.now(UTC) + timedelta(seconds=float(moved or 0))


def draw_file() -> None:
    """A page with a file for who is here, of a matter."""
    who = session.guard(Action.REVIEW)
    data = b"a file for " + who.name.encode()
    files.offer_file(
        "Get it", data, name="it.txt", mime="text/plain", action=Action.REVIEW,
        matters=(MATTER,), key="get",
    )  # fmt: skip


def draw_fault() -> None:
    """A page that fails, while drawing or (its button) in a callback."""
    st.button("Fail", key="fail", on_click=_fail, args=(CANARY,))
    if st.query_params.get("now"):
        _fail(CANARY)


def _fail(reason: str) -> None:
    held = {"a local": reason}
    raise ValueError(f"this must show nowhere: {reason} {held}")


def main() -> None:
    """Serve on the loopback, as ``triage serve`` does."""
    SystemClock.now = now  # type: ignore[method-assign]
    frame.WATCH = timedelta(seconds=float(os.environ["TEST_WATCH"]))
    ours = views.views()
    more = (
        View("file", "File", Action.REVIEW, draw_file),
        View("fault", "Fault", Action.REVIEW, draw_fault),
    )
    views.views = lambda: ours + more
    uvicorn.run(
        "dashboard.server:app",
        host="127.0.0.1",
        port=int(PORT),
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
    )


if __name__ == "__main__":
    main()
