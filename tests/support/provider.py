"""A sign-in provider of our own on the loopback, in a process of its own, for the tests."""

import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.error import URLError

from support.cluster import free_port


@dataclass(frozen=True)
class Provider:
    """A provider that is up."""

    url: str

    def know(self, subject: str, **claims: object) -> None:
        """Tell it who somebody is."""
        request = urllib.request.Request(
            f"{self.url}/users/{subject}",
            data=json.dumps(claims).encode(),
            headers={"Content-Type": "application/json"},
            method="PUT",
        )
        with urllib.request.urlopen(request, timeout=5) as answer:
            assert answer.status == 204


@contextmanager
def providing() -> Iterator[Provider]:
    """Run a provider until the context ends."""
    port = free_port()
    server = subprocess.Popen(
        [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        provider = Provider(f"http://127.0.0.1:{port}")
        _wait(provider, server)
        yield provider
    finally:
        server.terminate()
        server.wait(20)


def _wait(provider: Provider, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        try:
            with urllib.request.urlopen(f"{provider.url}/jwks", timeout=5):
                return
        except (URLError, ConnectionError, TimeoutError):
            pass
        try:
            server.wait(0.1)
            break
        except subprocess.TimeoutExpired:
            pass
    raise AssertionError("the sign-in provider did not start")
