"""The gate before the desk: who gets a file, the server's health, its figures, and cookies.

**Files.** Streamlit serves ``/media/<id>`` to anybody who has the address. Here a file goes out
only where (1) the request carries a login cookie whose signature holds and whose session with us
is live, read from the database at that moment; (2) the file was offered to that very person,
which ``dashboard.files.offer_file`` alone writes down; (3) the right that it was offered under
still holds: the role, and no exclusion since from any matter that it is about. A file that nobody
registered goes to nobody.

The cookie is Streamlit's own login cookie, signed with ``TRIAGE_COOKIE_SECRET``, HttpOnly, and
made SameSite=Lax and 12 hours long here; under https also Secure, with the prefix ``__Host-``. It
is tied to our session row by the keyed hash of issuer, subject and time of login, so that ending
the row ends the cookie. A second random cookie would have to be tied to the first anyway, so there
is none. Lax is enough: a file answers GET alone, changes nothing, and cannot be read across sites
(resource policy same-origin, no CORS). In the demonstration, where nobody signs in, a random
cookie of the browser stands in its place.

**The way back.** Streamlit returns from the provider to ``/`` always. The page where sign-in was
pressed is kept here under the browser's random cookie, handed to a short-lived cookie on the way
out, and put into the redirect on the way back. It is made from our own list of pages, and checked
again, so it leads nowhere else.
"""

import hmac
import json
import re
import threading
from collections import OrderedDict
from collections.abc import Callable
from typing import Any

from anyio import to_thread
from starlette.requests import cookie_parser
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from dashboard import plain
from triage.core.ids import is_id, new_id
from triage.core.settings import Settings

BROWSER = "triage_browser"
"""A random name for a browser, HttpOnly. It opens nothing by itself outside the demonstration."""
WAY = "triage_way"
LOGIN = "_streamlit_user"
TOKENS = "_streamlit_user_tokens"
FOR_SCRIPTS = "_streamlit_xsrf"
"""The one cookie that the page's own script must read."""
PREFIX = "__Host-"
"""Under https before each name but that one: a browser takes it from this very host alone, so
that no neighbour under the same domain can plant a login or a way in somebody's browser."""
LONGEST = 12 * 60 * 60
"""Seconds that a cookie is kept at most."""
KEPT = 10_000
"""Files and ways remembered; the oldest give way."""
WAY_FORM = re.compile(r"/[a-z_]*(\?[A-Za-z0-9_=&%.+-]*)?")
CLOSED = ("/_stcore/agent", "/_stcore/script-health-check", "/app/static")

Jar = dict[str, str]
Check = Callable[[Jar, str], bool]


class Memory:
    """A small map that forgets its oldest entries. Holds ids and ways, never content."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._held: OrderedDict[str, Any] = OrderedDict()

    def put(self, key: str, value: object) -> None:
        """Remember."""
        with self._lock:
            self._held[key] = value
            self._held.move_to_end(key)
            while len(self._held) > KEPT:
                self._held.popitem(last=False)

    def get(self, key: str) -> Any:
        """What is remembered, or ``None``."""
        with self._lock:
            return self._held.get(key)

    def take(self, key: str) -> Any:
        """What is remembered, once."""
        with self._lock:
            return self._held.pop(key, None)


ways = Memory()
"""Browser -> where sign-in was pressed."""
in_force = threading.Event()
"""Set once a server runs with this gate; never under plain ``streamlit run``."""


class Gate:
    """Lets through what may pass."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        settings: Settings,
        may_fetch: Check,
        somebody: Callable[[Jar], bool],
        ready: Callable[[], bool],
    ) -> None:
        self.app = app
        self.settings = settings
        self.may_fetch = may_fetch
        self.somebody = somebody
        self.ready = ready

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer by ourselves, refuse, or pass on."""
        in_force.set()
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path, cookies = str(scope["path"]), read_cookies(scope)
        if path == "/healthz":
            await answer(send, 200, {"alive": True})
        elif path == "/readyz":
            good = await to_thread.run_sync(self.ready)
            await answer(send, 200 if good else 503, {"ready": good})
        elif path.startswith(CLOSED) or (
            path.startswith("/_stcore/metrics") and not self._may_measure(scope)
        ):
            await answer(send, 404, {"error": "not found"})
        elif path.startswith(plain.PLACES):
            await self.app(scope, receive, send)  # no account, and no cookie
        elif path.startswith("/media"):
            name = path.removeprefix("/media/").rpartition("/")[2].partition(".")[0]
            if await to_thread.run_sync(self.may_fetch, cookies, name):
                await self.app(scope, receive, send)
            else:
                await answer(send, 403, {"error": "not for you"})
        elif path.startswith("/_stcore/upload_file") and not await to_thread.run_sync(
            self.somebody, cookies
        ):
            await answer(send, 403, {"error": "not for you"})
        else:
            await self.app(scope, receive, _sending(scope, cookies, send))

    def _may_measure(self, scope: Scope) -> bool:
        token = self.settings.metrics_token
        if token is None:
            return False
        sent = dict(scope["headers"]).get(b"authorization", b"")
        return hmac.compare_digest(sent, b"Bearer " + token.get_secret_value().encode())


def _sending(scope: Scope, cookies: Jar, send: Send) -> Send:
    """Sends on, with the browser's random cookie and the way back."""

    async def passing(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = list(message.get("headers", []))
            path = scope["path"]
            if path == "/auth/login":
                way = ways.take(cookies.get(BROWSER, ""))
                if way is not None:
                    headers.append(set_cookie(WAY, way.encode().hex(), age=900))
            elif path == "/oauth2callback":
                headers = _on_the_way_back(headers, cookies.get(WAY, ""))
            elif not is_id(cookies.get(BROWSER, "")) and any(
                name.lower() == b"content-type" and kind.startswith(b"text/html")
                for name, kind in headers
            ):
                headers.append(set_cookie(BROWSER, new_id()))
            message = {**message, "headers": headers}
        await send(message)

    return passing


def _on_the_way_back(headers: list[tuple[bytes, bytes]], kept: str) -> list[tuple[bytes, bytes]]:
    """Where a login was just set, go to where it was asked for; else as it is."""
    way = way_of(kept)
    signed_in = any(
        name.lower() == b"set-cookie" and text.startswith(LOGIN.encode() + b"=")
        for name, text in headers
    )
    if way is not None and signed_in:
        headers = [one for one in headers if one[0].lower() != b"location"]
        headers.append((b"location", way.encode("ascii")))
    return [*headers, set_cookie(WAY, "", age=0)]


def way_of(kept: str) -> str | None:
    """A way within the desk from its cookie; ``None`` for anything else."""
    try:
        way = bytes.fromhex(kept).decode("ascii")
    except ValueError:
        return None
    return way if WAY_FORM.fullmatch(way) else None


def set_cookie(name: str, text: str, *, age: int | None = None) -> tuple[bytes, bytes]:
    """A Set-Cookie header of ours; ``Cookies`` adds what https asks for."""
    parts = [f"{name}={text}", "Path=/", "HttpOnly", "SameSite=Lax"]
    if age is not None:
        parts.append(f"Max-Age={age}")
    return b"set-cookie", "; ".join(parts).encode("ascii")


class Cookies:
    """Makes every cookie HttpOnly, SameSite and short, Secure under https; tokens stay here.

    Streamlit's login cookie comes without Secure and for 30 days, and beside it the provider's
    tokens, which nothing here uses: they are not given to the browser.
    """

    def __init__(self, app: ASGIApp, *, secure: bool) -> None:
        self.app = app
        self.secure = secure

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass through, with cookies mended on the way out and by their own names on the way in."""
        if self.secure and scope["type"] in {"http", "websocket"}:
            scope = {**scope, "headers": [own_names(*one) for one in scope["headers"]]}

        async def mending(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = [
                    (name, mended(text, secure=self.secure))
                    if name.lower() == b"set-cookie"
                    else (name, text)
                    for name, text in message.get("headers", [])
                    if not _carries_tokens(name, text)
                ]
                message = {**message, "headers": headers}
            await send(message)

        await self.app(scope, receive, mending if scope["type"] == "http" else send)


def _carries_tokens(name: bytes, text: bytes) -> bool:
    held = text.partition(b"=")[2].partition(b";")[0].strip(b' "')
    return name.lower() == b"set-cookie" and text.startswith(TOKENS.encode()) and bool(held)


def mended(text: bytes, *, secure: bool) -> bytes:
    """One Set-Cookie with the attributes that it lacks."""
    first, *attributes = [part.strip() for part in text.decode("latin-1").split(";")]
    kept = [one for one in attributes if not one.lower().startswith(("max-age", "expires"))]
    ages = [one.partition("=")[2] for one in attributes if one.lower().startswith("max-age")]
    names = {one.partition("=")[0].lower() for one in kept}
    if ages:
        kept.append(f"Max-Age={min(int(ages[0]), LONGEST)}")
    if "samesite" not in names:
        kept.append("SameSite=Lax")
    if "httponly" not in names and first.partition("=")[0] != FOR_SCRIPTS:
        kept.append("HttpOnly")
    if secure:
        kept = [one for one in kept if not one.lower().startswith(("secure", "path", "domain"))]
        kept += ["Path=/", "Secure"]
        first = first if first.partition("=")[0] == FOR_SCRIPTS else PREFIX + first
    return "; ".join((first, *kept)).encode("latin-1")


def own_names(name: bytes, text: bytes) -> tuple[bytes, bytes]:
    """A header with the cookies that we set, without their prefix; what lacks it is not ours."""
    if name.lower() != b"cookie":
        return name, text
    pieces = [one.strip() for one in text.decode("latin-1").split(";")]
    ours = [one.removeprefix(PREFIX) for one in pieces if one.startswith((PREFIX, FOR_SCRIPTS))]
    return name, "; ".join(ours).encode("latin-1")


def read_cookies(scope: Scope) -> Jar:
    """The cookies of a request."""
    found: Jar = {}
    for name, text in scope["headers"]:
        if name == b"cookie":
            found |= cookie_parser(text.decode("latin-1"))
    return found


async def answer(send: Send, status: int, body: dict[str, object]) -> None:
    """A short answer of ours, as JSON."""
    text = json.dumps(body).encode()
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(text))]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": text})
