"""What a stranger sends to the desk's server by hand, without a browser: it is refused, and says
nothing. The desk runs as ``triage serve`` starts it, behind https, with sign-in set up.
"""

import http.client
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest
from streamlit.web.server.starlette.starlette_app_utils import create_signed_value
from support.serving import Served, serving

from dashboard.gate import LOGIN, own_names
from triage.app import open_triage
from triage.core.access import CONSOLE
from triage.core.roles import Role
from triage.core.settings import Settings
from triage.staff.service import add_person
from triage.staff.sessions import service as sessions
from triage.staff.sessions.rules import login_of

SERVE = "import typer; from triage.cli_serve import serve; typer.run(serve)"
SECRET = "a cookie secret for tests, and no other use"
SIGN_IN = {
    "TRIAGE_PUBLIC_URL": "https://desk.example.org",
    "TRIAGE_OIDC_METADATA_URL": "https://login.example.org/.well-known/openid-configuration",
    "TRIAGE_OIDC_CLIENT_ID": "desk",
    "TRIAGE_OIDC_CLIENT_SECRET": "only for tests",
    "TRIAGE_COOKIE_SECRET": SECRET,
}
UPLOAD = "/_stcore/upload_file/a/b"
"""A door that opens for anybody with a live session, and then wants more."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("wire")
    home.chmod(0o700)
    command = [sys.executable, "-c", SERVE, "--port", "{port}"]
    with serving(home, command, **SIGN_IN) as served:
        yield served


def ask(
    desk: Served, path: str, method: str = "GET", body: bytes | None = None, **headers: str
) -> tuple[int, http.client.HTTPMessage, bytes]:
    """One request with its path sent as it is: no client tidies it."""
    connection = http.client.HTTPConnection(desk.url.removeprefix("http://"), timeout=20)
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    connection.request(method, path, body=body, headers=sent)
    answer = connection.getresponse()
    said = answer.read()
    connection.close()
    return answer.status, answer.headers, said


# -- where it looks for files


@pytest.mark.parametrize(
    "path",
    [
        "/../../../etc/passwd",
        "/static/../../../etc/passwd",
        "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
        "/static/..%5c..%5c..%5cetc/passwd",
        "/static/%00",
        "//etc/passwd",
        "/app/static/../../server.py",
        "/component/x/../../../server.py",
        "/dashboard/server.py",
        "/server.py",
        "/.streamlit/config.toml",
        "/.git/config",
        "/hash.key",
        "/triage.db",
        "/keys/desk-1.key",
        "/media/../server.py",
    ],
)
def test_no_path_leads_to_a_file_of_ours(desk: Served, path: str) -> None:
    status, headers, body = ask(desk, path)
    assert b"root:" not in body
    assert b"import " not in body
    assert b"SQLite format" not in body
    assert b"[server]" not in body
    if status == 200:  # any page that is none is the sign-in page
        assert headers.get_content_type() == "text/html"
        assert b"<!doctype html>" in body.lower()


def test_no_folder_is_listed(desk: Served) -> None:
    for path in ("/static/", "/static/js/", "/media/", "/_stcore/"):
        _, _, body = ask(desk, path)
        assert b"Index of" not in body
        assert b"Directory listing" not in body


# -- what it may be asked


@pytest.mark.parametrize(
    "method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "POST", "MADE-UP"]
)
@pytest.mark.parametrize("path", ["/", "/review"])
def test_a_page_answers_to_be_read_and_to_nothing_else(
    desk: Served, path: str, method: str
) -> None:
    status, _, body = ask(desk, path, method, X_Canary="sphinxquartz")
    assert status in {400, 404, 405, 501}
    assert b"sphinxquartz" not in body


@pytest.mark.parametrize("path", ["/", "/_stcore/host-config", "/_stcore/health", "/media/x"])
@pytest.mark.parametrize("origin", ["https://evil.example.org", "null"])
def test_no_other_site_may_read_an_answer(desk: Served, path: str, origin: str) -> None:
    for method in ("GET", "OPTIONS"):
        _, headers, _ = ask(desk, path, method, Origin=origin, Access_Control_Request_Method="GET")
        assert headers["access-control-allow-origin"] is None
        assert headers["access-control-allow-credentials"] is None


@pytest.mark.parametrize("next_", ["https://evil.example.org", "//evil.example.org"])
def test_no_address_sends_a_visitor_elsewhere(desk: Served, next_: str) -> None:
    for path in (f"/?next={next_}", f"/{next_}", f"/auth/login?next={next_}", "/oauth2callback"):
        _, headers, _ = ask(desk, path)
        where = headers["location"] or ""
        assert not where.startswith(("https://evil", "http://evil", "//evil"))


def test_two_lengths_or_a_length_and_chunks_are_no_request(desk: Served) -> None:
    """What two servers could cut in two ways, and so smuggle one request behind another."""
    host, _, port = desk.url.removeprefix("http://").partition(":")
    for head in (
        "Content-Length: 3\r\nContent-Length: 4",
        "Content-Length: x",
        "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity",
    ):
        connection = http.client.HTTPConnection(host, int(port), timeout=20)
        connection.connect()
        assert connection.sock is not None
        raw = f"POST /healthz HTTP/1.1\r\nHost: desk.example.org\r\n{head}\r\n\r\nabcd"
        connection.sock.sendall(raw.encode())
        assert b" 400 " in connection.sock.recv(4096).split(b"\r\n", 1)[0]
        connection.close()


@pytest.mark.parametrize("said", ["a" * 70_000, "x\u00e9" * 200])
def test_what_is_no_header_of_any_use_breaks_nothing(desk: Served, said: str) -> None:
    status, _, body = ask(desk, "/media/x", Cookie=said.encode("utf-8").decode("latin-1"))
    assert status in {400, 403, 431}
    assert b"Traceback" not in body


def test_an_answer_names_its_kind_and_no_version(desk: Served) -> None:
    for path in ("/", "/healthz", "/_stcore/health", "/a/x", "/r/x", "/media/x"):
        _, headers, body = ask(desk, path)
        assert headers["content-type"]
        if headers.get_content_type().startswith("text/"):
            assert (headers.get_content_charset() or "").lower() == "utf-8"
        assert headers["server"] is None
        assert headers["x-powered-by"] is None
        assert b"uvicorn" not in body.lower()


# -- the login cookie


@pytest.fixture(scope="module")
def cookie(desk: Served) -> str:
    """A login cookie as Streamlit signs it, whose session is live."""
    claims = {
        "iss": "https://login.example.org",
        "sub": "sub-ana",
        "iat": int(datetime.now(UTC).timestamp()),
        "email": "ana@charity.example.org",
        "email_verified": True,
        "is_logged_in": True,
    }
    login = login_of(claims)
    assert login is not None
    settings = Settings(home=Path(desk.home))
    triage = open_triage(settings)
    try:
        who = {"name": "Ana", "email": "ana@charity.example.org", "roles": [Role.REVIEWER]}
        triage.runner.run(CONSOLE, partial(add_person, **who))
        triage.runner.run(sessions.NOBODY, partial(sessions.sign_in, login=login))
    finally:
        triage.close()
    return create_signed_value(SECRET, LOGIN, json.dumps(claims)).decode()


def test_a_login_opens_the_door_under_the_name_that_no_neighbour_can_set(
    desk: Served, cookie: str
) -> None:
    """A host beside ours may set a cookie for the whole domain, but none that begins __Host-."""
    shut = (403, b'{"error": "not for you"}')
    opened = ask(desk, UPLOAD, "PUT", Cookie=f"__Host-{LOGIN}={cookie}")
    assert opened[0] != 403 or opened[2] != shut[1]
    for planted in (f"{LOGIN}={cookie}", f" {LOGIN}={cookie}", f"__Secure-{LOGIN}={cookie}"):
        status, _, body = ask(desk, UPLOAD, "PUT", Cookie=planted)
        assert (status, body) == shut


def test_a_cookie_signed_with_another_secret_opens_nothing(desk: Served, cookie: str) -> None:
    claims = json.dumps({"iss": "https://login.example.org", "sub": "sub-ana", "iat": 1})
    other = create_signed_value("another secret of the same length as it", LOGIN, claims).decode()
    unsigned = cookie.rpartition(".")[0] + ".AAAA"
    for forged in (other, unsigned, cookie[:-1], "x"):
        status, _, body = ask(desk, UPLOAD, "PUT", Cookie=f"__Host-{LOGIN}={forged}")
        assert (status, body) == (403, b'{"error": "not for you"}')


def test_of_the_cookies_that_come_only_ours_are_read_and_by_their_own_names() -> None:
    sent = b"a=b; __Host-_streamlit_user=x; _streamlit_user=y; _streamlit_xsrf=z; __Host-q="
    assert own_names(b"cookie", sent) == (b"cookie", b"_streamlit_user=x; _streamlit_xsrf=z; q=")
    assert own_names(b"x-cookie", sent) == (b"x-cookie", sent)
