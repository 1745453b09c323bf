"""The server around the desk, asked over the wire: headers, gate, health, cookies, start.

Bodies are asserted, since plain Streamlit answers 200 on any path with its page.
"""

import ast
import http.client
import json
import os
import sqlite3
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.message import Message
from pathlib import Path

import pytest
import typer
from support.serving import Served, serving

import dashboard
from dashboard import gate, session
from dashboard.gate import BROWSER, WAY_FORM, mended, way_of
from triage import doctor
from triage.cli_serve import serve
from triage.core.settings import Settings

TOKEN = "a token for reading metrics, for tests"
SERVE = "import typer; from triage.cli_serve import serve; typer.run(serve)"
SIGN_IN = {
    "TRIAGE_PUBLIC_URL": "https://desk.example.org",
    "TRIAGE_OIDC_METADATA_URL": "https://login.example.org/.well-known/openid-configuration",
    "TRIAGE_OIDC_CLIENT_ID": "desk",
    "TRIAGE_OIDC_CLIENT_SECRET": "only for tests",
    "TRIAGE_COOKIE_SECRET": "a cookie secret for tests, and no other use",
}
PATHS = [
    "/",
    "/find",
    "/media/x.png",
    "/_stcore/health",
    "/_stcore/host-config",
    "/readyz",
    "/a/x",
    "/no",
]


def ask(url: str, *, method: str = "GET", **headers: str) -> tuple[int, Message, bytes]:
    """Status, headers and body."""
    sent = {name.replace("_", "-"): text for name, text in headers.items()}
    request = urllib.request.Request(url, headers=sent, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The desk as ``triage serve`` starts it, behind https, with sign-in set up."""
    command = [sys.executable, "-c", SERVE, "--port", "{port}"]
    home = tmp_path_factory.mktemp("served")
    home.chmod(0o700)
    with serving(home, command, **SIGN_IN, TRIAGE_METRICS_TOKEN=TOKEN) as served:
        yield served


@pytest.mark.parametrize("path", PATHS)
def test_every_answer_carries_the_security_headers(desk: Served, path: str) -> None:
    _, headers, _ = ask(desk.url + path)
    policy = headers["content-security-policy"]
    own = "'none'" if path.startswith("/a/") else "'self'"  # a plain page loads nothing at all
    for part in (f"default-src {own}", "frame-ancestors 'none'", "object-src 'none'"):
        assert part in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["cache-control"] == "no-store"
    assert "camera=()" in headers["permissions-policy"]
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert headers["server"] is None
    assert len(headers.get_all("content-security-policy", [])) == 1


@pytest.mark.parametrize("path", ["/r/x", "/r/" + "A" * 26 + "-1.99999999999." + "0" * 64])
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_a_page_behind_a_link_has_no_script_no_cookie_and_no_desk_around_it(
    desk: Served, path: str, method: str
) -> None:
    status, headers, body = ask(desk.url + path, method=method)
    assert status == 404
    assert b"This link does not work" in body
    assert b"<script" not in body
    policy = headers["content-security-policy"]
    for part in ("default-src 'none'", "form-action 'self'", "frame-ancestors 'none'", "sha256-"):
        assert part in policy
    assert "script-src" not in policy
    assert "unsafe-inline" not in policy
    assert headers["set-cookie"] is None
    assert headers["cache-control"] == "no-store"
    assert headers["referrer-policy"] == "no-referrer"
    assert len(headers.get_all("content-security-policy", [])) == 1


def test_ready_and_healthy_say_so_in_their_bodies(desk: Served) -> None:
    status, headers, body = ask(desk.url + "/readyz")
    assert (status, json.loads(body)) == (200, {"ready": True})
    assert headers["content-type"] == "application/json"
    assert json.loads(ask(desk.url + "/healthz")[2]) == {"alive": True}


def test_a_schema_of_another_version_is_not_ready(desk: Served) -> None:
    file = sqlite3.connect(desk.home / "triage.db")
    (now,) = file.execute("SELECT version_num FROM alembic_version").fetchone()
    try:
        file.execute("UPDATE alembic_version SET version_num = '0001'")
        file.commit()
        status, _, body = ask(desk.url + "/readyz")
    finally:
        file.execute("UPDATE alembic_version SET version_num = ?", (now,))
        file.commit()
        file.close()
    assert (status, json.loads(body)) == (503, {"ready": False})


@pytest.mark.parametrize(
    "path",
    [
        "/media/x",
        "/media/" + "0" * 56 + ".png",
        "/media/",
        "/media",
        "/media/a/../x",
        "/%6Dedia/x",
        "/_stcore/upload_file/a/b",
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
def test_files_go_to_nobody_without_a_session(desk: Served, path: str, method: str) -> None:
    status, _, body = ask(desk.url + path, method=method)
    assert status == 403
    assert body in {b'{"error": "not for you"}', b""}


@pytest.mark.parametrize(
    "cookie",
    ["_streamlit_user=x", "_streamlit_user=chunks-2", f"{BROWSER}={'A' * 26}", '"', "a=b; ;=;"],
)
def test_a_made_up_cookie_opens_no_file(desk: Served, cookie: str) -> None:
    status, _, body = ask(desk.url + "/media/x.png", Cookie=cookie)
    assert (status, body) == (403, b'{"error": "not for you"}')


def test_metrics_want_the_token_and_other_doors_are_shut(desk: Served) -> None:
    shut = (404, b'{"error": "not found"}')
    for sent in ({}, {"Authorization": "Bearer x"}, {"Authorization": TOKEN}):
        status, _, body = ask(desk.url + "/_stcore/metrics", **sent)
        assert (status, body) == shut
    status, _, body = ask(desk.url + "/_stcore/metrics", Authorization=f"Bearer {TOKEN}")
    assert status == 200
    assert b"# TYPE" in body
    for path in (
        "/_stcore/agent/interact",
        "/_stcore/agent/openapi.json",
        "/_stcore/agent/mcp",
        "/_stcore/script-health-check",
        "/app/static/x",
    ):
        status, _, body = ask(desk.url + path)
        assert (status, body) == shut


def test_every_cookie_is_for_https_alone_and_hidden_from_scripts_but_the_one_they_need(
    desk: Served,
) -> None:
    set_here = ask(desk.url + "/")[1].get_all("set-cookie", [])
    set_here += ask(desk.url + "/_stcore/host-config")[1].get_all("set-cookie", [])
    set_here += ask(desk.url + "/_stcore/health")[1].get_all("set-cookie", [])
    assert any(one.startswith(f"__Host-{BROWSER}=") for one in set_here)
    for one in set_here:
        assert one.startswith(("__Host-", "_streamlit_xsrf="))
        assert "; Path=/" in one
        assert "Domain" not in one
        assert "; Secure" in one
        assert "SameSite=" in one
        assert "HttpOnly" in one or one.startswith("_streamlit_xsrf=")


def test_forwarded_headers_of_strangers_are_not_believed(desk: Served) -> None:
    _, headers, _ = ask(
        desk.url + "/", X_Forwarded_For="203.0.113.9", X_Forwarded_Host="evil.example.org"
    )
    assert "evil" not in str(headers)
    assert "203.0.113.9" not in (desk.home / "server.log").read_text()


@pytest.mark.parametrize(
    ("host", "origin", "status"),
    [
        ("desk.example.org", "https://desk.example.org", 101),
        ("evil.example.org", "https://evil.example.org", 403),
        ("desk.example.org", "https://evil.example.org", 403),
    ],
)
def test_the_page_is_driven_from_our_own_address_alone(
    desk: Served, host: str, origin: str, status: int
) -> None:
    connection = http.client.HTTPConnection(desk.url.removeprefix("http://"), timeout=20)
    sent = {
        "Host": host,
        "Origin": origin,
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }
    connection.request("GET", "/_stcore/stream", headers=sent)
    assert connection.getresponse().status == status
    connection.close()


def test_there_is_no_access_log(desk: Served) -> None:
    ask(desk.url + "/find?message=" + "Z" * 26)
    for method in ("GET", "POST"):
        status, _, body = ask(f"{desk.url}/a/{'Z' * 26}.9999999999.{'a' * 64}", method=method)
        assert status == 404
        assert b"This link opens nothing." in body
    said = (desk.home / "server.log").read_text()
    assert "ZZZZ" not in said
    assert "GET /" not in said


# -- cookies and ways, piece by piece


def test_the_login_cookie_is_cut_to_12_hours_and_made_secure() -> None:
    given = b"_streamlit_user=abc; HttpOnly; Max-Age=2592000; Path=/; SameSite=lax"
    said = mended(given, secure=True).decode()
    wanted = "__Host-_streamlit_user=abc; HttpOnly; SameSite=lax; Max-Age=43200; Path=/; Secure"
    assert said == wanted
    assert "Secure" not in mended(given, secure=False).decode()


def test_a_cookie_that_is_being_dropped_stays_dropped() -> None:
    said = mended(b"_streamlit_user=; expires=Thu, 01 Jan 1970; Max-Age=0; Path=/", secure=True)
    assert b"Max-Age=0" in said


@pytest.mark.parametrize(
    "way",
    [
        "//evil.example.org",
        "https://evil.example.org",
        "/\\evil.example.org",
        "/x/../y",
        "/review\r\nSet-Cookie: a=b",
        "/review?a=<script>",
        "javascript:alert(1)",
        "",
        "/é",
    ],
)
def test_the_way_back_leads_nowhere_but_to_a_page_of_ours(way: str) -> None:
    assert way_of(way.encode().hex()) is None
    assert way_of(way) is None


def test_a_page_with_its_filter_is_a_way_back() -> None:
    for way in ("/", "/review?message=ABC&lane=Welfare", "/find?words=a%20b+c"):
        assert WAY_FORM.fullmatch(way)
        assert way_of(way.encode().hex()) == way


def test_what_is_remembered_is_bounded_and_forgets_its_oldest() -> None:
    memory = gate.Memory()
    for number in range(gate.KEPT + 5):
        memory.put(str(number), number)
    assert memory.get("4") is None
    assert memory.take(str(gate.KEPT)) == gate.KEPT
    assert memory.take(str(gate.KEPT)) is None


# -- one way for files


SHOWS_FILES = {"download_button", "image", "audio", "video", "logo", "pdf"}


def offers(path: Path) -> list[str]:
    return [
        f"{path.name}:{node.lineno}"
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Attribute) and node.attr in SHOWS_FILES
    ]


def test_nothing_but_the_one_way_offers_a_file() -> None:
    folder = Path(str(dashboard.__file__)).parent
    found = {path.name: offers(path) for path in folder.rglob("*.py") if offers(path)}
    assert list(found) == ["files.py"]
    assert len(found["files.py"]) == 1


# -- the start


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (dict.fromkeys(SIGN_IN), "no sign-in is set up"),
        ({"TRIAGE_COOKIE_SECRET": None}, "TRIAGE_COOKIE_SECRET"),
        ({"TRIAGE_COOKIE_SECRET": "short"}, "cookie secret"),
        ({"TRIAGE_PUBLIC_URL": "http://desk.example.org"}, "use https"),
        ({"TRIAGE_OIDC_METADATA_URL": "http://login.example.org/x"}, "use https"),
        ({"TRIAGE_DEMO": "true"}, "demonstration"),
        ({"TRIAGE_TRUSTED_PROXY": "*"}, "trusted proxy"),
        ({"TRIAGE_METRICS_TOKEN": "short"}, "metrics token"),
        ({"TRIAGE_ADDRESS": "0.0.0.0"}, "address"),
        ({"TRIAGE_CLAIM_MINUTES": "soon"}, "TRIAGE_CLAIM_MINUTES"),
        ({"TRIAGE_SERVICE_ADDRESSES": "{"}, "settings"),
        ({"STREAMLIT_SERVER_TRUSTED_USER_HEADERS": '{"X-User": "sub"}'}, "TRUSTED_USER_HEADERS"),
        ({"STREAMLIT_CLIENT_SHOW_ERROR_DETAILS": "full"}, "showErrorDetails"),
    ],
)
def test_the_server_does_not_start_where_it_would_be_unsafe_and_says_why(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    changed: dict[str, str | None],
    said: str,
) -> None:
    for name, text in {**SIGN_IN, "TRIAGE_HOME": str(tmp_path), **changed}.items():
        if text is not None:
            monkeypatch.setenv(name, text)
    with pytest.raises(typer.Exit) as ended:
        serve(port=1)
    told = capsys.readouterr().err
    assert ended.value.exit_code == 2
    assert said in told
    assert "The desk was not started." in told
    assert "only for tests" not in told
    assert not list(tmp_path.iterdir())


def test_the_command_ends_with_2_and_one_plain_word(tmp_path: Path) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", SERVE, "--port", "1"],
        env={**os.environ, "TRIAGE_HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert ended.returncode == 2
    assert ended.stderr.startswith("Nobody could sign in")
    assert "Traceback" not in ended.stderr


def test_the_doctor_notes_missing_sign_in_and_calls_half_of_it_unsafe(tmp_path: Path) -> None:
    def level(**given: object) -> doctor.Level:
        settings = Settings(home=tmp_path, **given)  # type: ignore[arg-type]
        found = [one for one in doctor.examine(settings) if one.what == "sign-in"]
        return found[0].level

    assert level() is doctor.Level.NOTE
    assert level(oidc_client_id="desk") is doctor.Level.UNSAFE
    whole = {name.removeprefix("TRIAGE_").lower(): text for name, text in SIGN_IN.items()}
    assert level(**whole) is doctor.Level.GOOD


def test_the_demonstration_hands_no_provider_to_the_screen() -> None:
    from dashboard.server import secrets_of

    whole = {name.removeprefix("TRIAGE_").lower(): text for name, text in SIGN_IN.items()}
    assert secrets_of(Settings(demo=True, **whole)) is None  # type: ignore[arg-type]
    assert secrets_of(Settings()) is None
    said = secrets_of(Settings(**whole))  # type: ignore[arg-type]
    assert said is not None
    assert said["auth"]["redirect_uri"] == "https://desk.example.org/oauth2callback"
    assert session.settings().demo is False
