"""Access tokens for mailboxes whose server takes no passwords. Secrets go to one place alone."""

import http.client
import ssl
import time
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from triage.core.mailboxes import OAuth2
from triage.core.text import read_json
from triage.intake.imap import Failed
from triage.intake.rules import Problem

EARLY = 60.0
"""Seconds before its end at which a token is not used any more."""
LONGEST_ANSWER = 64 * 1024


@dataclass
class TokenSource:
    """Gives an access token, a new one when the last has run out. Redirects are not followed."""

    oauth: OAuth2
    timeout: float = 30
    trust: ssl.SSLContext | None = None
    _token: str = field(default="", repr=False)
    _until: float = field(default=0.0, repr=False)

    def get(self) -> str:
        """A token that is good for a while; ``Failed`` where none is to be had."""
        if not self._token or time.monotonic() >= self._until:
            self._token, seconds = self._ask()
            self._until = time.monotonic() + max(0.0, seconds - EARLY)
        return self._token

    def forget(self) -> None:
        """The server did not take it."""
        self._token = ""

    def _ask(self) -> tuple[str, float]:
        wanted = {
            "grant_type": "refresh_token",
            "client_id": self.oauth.client_id,
            "refresh_token": self.oauth.refresh_token.get_secret_value(),
        }
        if self.oauth.client_secret is not None:
            wanted["client_secret"] = self.oauth.client_secret.get_secret_value()
        if self.oauth.scope:
            wanted["scope"] = self.oauth.scope
        status, answer = self._post(urlencode(wanted))
        if status in {400, 401, 403}:
            raise Failed(Problem.ACCESS_REFUSED)
        try:
            told = read_json(answer) if status == 200 else {}
            token, seconds = told["access_token"], float(told.get("expires_in", 0))
        except (ValueError, KeyError, TypeError, AttributeError, OverflowError):
            raise Failed(Problem.NO_ACCESS) from None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise Failed(Problem.NO_ACCESS)
        return token, seconds

    def _post(self, body: str) -> tuple[int, bytes]:
        url = urlsplit(self.oauth.token_url)
        host, port = url.hostname or "", url.port
        link: http.client.HTTPConnection
        if url.scheme == "https":
            trust = self.trust or ssl.create_default_context()
            link = http.client.HTTPSConnection(host, port, timeout=self.timeout, context=trust)
        else:  # on this machine alone: core.mailboxes.unsafe
            link = http.client.HTTPConnection(host, port, timeout=self.timeout)
        path = (url.path or "/") + (f"?{url.query}" if url.query else "")
        kind = {"Content-Type": "application/x-www-form-urlencoded", "Accept": "application/json"}
        try:
            link.request("POST", path, body, kind)
            answer = link.getresponse()
            return answer.status, answer.read(LONGEST_ANSWER)
        except (OSError, http.client.HTTPException, ValueError):
            raise Failed(Problem.NO_ACCESS) from None
        finally:
            link.close()
