"""Whoever gives access tokens, and says to a mail server whose one is: on the loopback."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

from triage.core.mailboxes import OAuth2

REFRESH = "refresh-only-for-tests"
SECRET = "client-secret-only-for-tests"


@dataclass
class TokenOffice:
    """Which tokens it gave to whom, and how it answers."""

    port: int = 0
    user: str = ""
    good: set[str] = field(default_factory=set)
    asked: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    body: str | None = None
    """In place of a token."""
    seconds: int = 3600

    @property
    def introspection(self) -> str:
        """Where a mail server asks whose token one is."""
        return f"http://127.0.0.1:{self.port}/introspect"

    def oauth(self, **changes: str) -> OAuth2:
        """What a deployer would set."""
        given = {
            "token_url": f"http://127.0.0.1:{self.port}/token",
            "client_id": "the-desk",
            "client_secret": SECRET,
            "refresh_token": REFRESH,
            "scope": "imap",
        }
        return OAuth2.model_validate(given | changes)


@contextmanager
def giving_tokens() -> Iterator[TokenOffice]:
    """An office for the length of the context."""
    office = TokenOffice()

    class Desk(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sent = self.rfile.read(int(self.headers["Content-Length"])).decode()
            given = {name: values[0] for name, values in parse_qs(sent).items()}
            if self.path == "/introspect":
                told = {"active": given.get("token") in office.good, "username": office.user}
                self._say(200, json.dumps(told))
                return
            office.asked.append(given)
            token = f"token-{len(office.asked)}"
            if office.status == 200 and office.body is None:
                office.good.add(token)
            answer = json.dumps({"access_token": token, "expires_in": office.seconds})
            self._say(office.status, answer if office.body is None else office.body)

        def _say(self, status: int, body: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body.encode())))
            self.end_headers()
            self.wfile.write(body.encode())

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Desk) as server:
        office.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield office
        finally:
            server.shutdown()
            thread.join()
