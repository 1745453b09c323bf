"""Signing in with what a provider did not say: forged, for somebody else, played again.

A provider of our own stands on the loopback and says what each test wants. The desk takes the
login only where all of it holds: the signature, the issuer, the audience, the time, the nonce, and
the state that this very browser was given.
"""

import base64
import http.client
import json
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from support.serving import Served, serving

SUPPORT = Path(__file__).parents[1] / "support"
SECRET = "a cookie secret for tests, and no other use"
CLIENT_SECRET = "only for tests, and long enough to be a key of HS256"
LOGIN = "_streamlit_user"


@dataclass
class Provider:
    """What it says in its next ID token, and how it signs it."""

    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    url: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    signs: str = "RS256"
    signing_key: Any = None
    nonce: str = ""
    issuer_of_metadata: str | None = None

    def id_token(self) -> str:
        now = int(time.time())
        said = {
            "iss": self.url,
            "sub": "sub-ana",
            "aud": "desk",
            "iat": now,
            "exp": now + 300,
            "nonce": self.nonce,
            "email": "ana@charity.example.org",
            "email_verified": True,
        } | self.claims
        if self.signs == "none":
            parts = ({"alg": "none", "typ": "JWT"}, said)
            return ".".join(_plain(json.dumps(one).encode()) for one in parts) + "."
        head = {"alg": self.signs, "kid": "one"}
        return jwt.encode(head, said, self.signing_key or self.key, algorithms=[self.signs])


def _plain(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    one = Provider()

    class Office(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if "openid-configuration" in self.path:
                self._say(
                    {
                        "issuer": one.url,
                        "authorization_endpoint": f"{one.url}/authorize",
                        "token_endpoint": f"{one.url}/token",
                        "jwks_uri": f"{one.url}/jwks",
                        "id_token_signing_alg_values_supported": ["RS256"],
                    }
                )
            else:
                self._say({"keys": [one.key.as_dict(private=False)]})

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["content-length"]))
            self._say(
                {
                    "access_token": "x",
                    "token_type": "Bearer",
                    "expires_in": 300,
                    "id_token": one.id_token(),
                }
            )

        def _say(self, what: object) -> None:
            body = json.dumps(what).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Office)
    one.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield one
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def desk(provider: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("provided")
    home.chmod(0o700)
    (home / "clock").write_text("0")
    environment = {
        "TRIAGE_OIDC_METADATA_URL": f"{provider.url}/.well-known/openid-configuration",
        "TRIAGE_OIDC_CLIENT_ID": "desk",
        "TRIAGE_OIDC_CLIENT_SECRET": CLIENT_SECRET,
        "TRIAGE_COOKIE_SECRET": SECRET,
        "TEST_CLOCK": str(home / "clock"),
        "TEST_WATCH": "900",
    }
    command = [sys.executable, str(SUPPORT / "signing_desk.py"), "{port}"]
    with serving(home, command, **environment) as served:
        yield served


@pytest.fixture(autouse=True)
def _honest(provider: Provider) -> None:
    provider.claims, provider.signs, provider.signing_key = {}, "RS256", None


@dataclass
class Visitor:
    """A browser, as far as cookies go."""

    desk: Served
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> str:
        """Ask; where it is sent on to."""
        connection = http.client.HTTPConnection(self.desk.url.removeprefix("http://"), timeout=20)
        sent = {"Cookie": "; ".join(f"{name}={text}" for name, text in self.cookies.items())}
        connection.request("GET", path, headers=sent if self.cookies else {})
        answer = connection.getresponse()
        answer.read()
        for one in answer.headers.get_all("set-cookie") or []:
            name, _, rest = one.partition("=")
            held = rest.partition(";")[0]
            if held.strip('"'):
                self.cookies[name] = held
            else:
                self.cookies.pop(name, None)
        connection.close()
        return answer.headers["location"] or ""

    def begin(self, provider: Provider) -> str:
        """Press sign in; the state that the provider is to give back."""
        where = self.get(f"/auth/login?provider={token_of('default')}")
        asked = parse_qs(urlsplit(where).query)
        assert where.startswith(f"{provider.url}/authorize"), where
        provider.nonce = asked["nonce"][0]
        return asked["state"][0]

    @property
    def signed_in(self) -> bool:
        """Whether it was given a login."""
        return LOGIN in self.cookies


def token_of(provider: str) -> str:
    """How Streamlit's button names the provider."""
    said = {"provider": provider, "exp": int(time.time()) + 120}
    return jwt.encode({"alg": "HS256"}, said, OctKey.import_key(SECRET))


def comes_back(desk: Served, provider: Provider) -> Visitor:
    """Somebody goes to the provider and comes back with a code."""
    visitor = Visitor(desk)
    visitor.get(f"/oauth2callback?code=x&state={visitor.begin(provider)}")
    return visitor


def test_what_the_provider_said_is_a_login(desk: Served, provider: Provider) -> None:
    visitor = comes_back(desk, provider)
    assert visitor.signed_in
    assert not [name for name in visitor.cookies if "tokens" in name]


@pytest.mark.parametrize(
    "changed",
    [
        {"iss": "https://elsewhere.example.org"},
        {"aud": "another desk"},
        {"aud": ["another desk"]},
        {"exp": 1},
        {"nonce": "of another sign-in"},
        {"nonce": ""},
        {"iat": 99_999_999_999},
    ],
    ids=repr,
)
def test_a_login_of_another_issuer_audience_time_or_sign_in_is_none(
    desk: Served, provider: Provider, changed: dict[str, Any]
) -> None:
    provider.claims = changed
    assert not comes_back(desk, provider).signed_in


@pytest.mark.parametrize("how", ["none", "another key", "the client's secret"])
def test_a_login_that_is_not_signed_by_the_provider_is_none(
    desk: Served, provider: Provider, how: str
) -> None:
    if how == "none":
        provider.signs = "none"
    elif how == "another key":
        provider.signing_key = RSAKey.generate_key(2048, {"kid": "one"})
    else:
        provider.signs, provider.signing_key = "HS256", OctKey.import_key(CLIENT_SECRET)
    assert not comes_back(desk, provider).signed_in


def test_an_answer_to_a_sign_in_that_another_browser_began_is_none(
    desk: Served, provider: Provider
) -> None:
    """Else somebody could be signed in, unawares, as who sent them the link."""
    began, other = Visitor(desk), Visitor(desk)
    state = began.begin(provider)
    other.get(f"/oauth2callback?code=x&state={state}")
    assert not other.signed_in
    other.begin(provider)
    other.get(f"/oauth2callback?code=x&state={state}")
    assert not other.signed_in
    began.begin(provider)
    began.get("/oauth2callback?code=x&state=made-up")
    assert not began.signed_in


def test_an_answer_counts_once(desk: Served, provider: Provider) -> None:
    visitor = Visitor(desk)
    state = visitor.begin(provider)
    visitor.get(f"/oauth2callback?code=x&state={state}")
    assert visitor.signed_in
    visitor.cookies.pop(LOGIN)
    visitor.get(f"/oauth2callback?code=x&state={state}")
    assert not visitor.signed_in
