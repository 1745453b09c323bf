"""A server of ours in a process of its own, for the tests that need one."""

import os
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError

from support.cluster import free_port

DESK = [
    *(sys.executable, "-m", "uvicorn", "dashboard.server:app", "--port", "{port}"),
    *("--timeout-graceful-shutdown", "10"),
]
"""The desk without the checks of its command."""


@dataclass
class Served:
    """A desk that is up."""

    url: str
    home: Path


@contextmanager
def serving(
    home: Path,
    command: list[str],
    *,
    health: str = "/_stcore/health",
    stops: bool = True,
    **environment: str,
) -> Iterator[Served]:
    """Run a server until the context ends; ``{port}`` in the command becomes a free port.

    It stops when it is told to, but for plain ``streamlit run``, which waits without end for a
    connection that a browser, with its page closed, has not let go.
    """
    port = free_port()
    with (home / "server.log").open("w", encoding="utf-8") as log:
        server = subprocess.Popen(
            [part.replace("{port}", str(port)) for part in command],
            cwd=home,
            env={**os.environ, "TRIAGE_HOME": str(home), **environment},
            stdout=log,
            stderr=log,
        )
        try:
            _wait(f"http://127.0.0.1:{port}{health}", server, home)
            yield Served(f"http://127.0.0.1:{port}", home)
        finally:
            server.terminate()
            try:
                server.wait(60)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()
                if stops:
                    raise


def _wait(url: str, server: "subprocess.Popen[bytes]", home: Path) -> None:
    """Until the server answers; where it ended instead, say what it wrote."""
    for _ in range(600):
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                if answer.status == 200:
                    return
        except (URLError, ConnectionError, TimeoutError):
            pass
        try:
            server.wait(0.2)
            break
        except subprocess.TimeoutExpired:
            pass
    raise AssertionError(f"the desk did not start: {(home / 'server.log').read_text()[-2000:]}")
