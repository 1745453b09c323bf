"""A browser of the report form without a browser: it keeps cookies, follows, and knows forms."""

import asyncio
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode

from support.asking import apart

Asgi = Callable[..., Any]
FORM_URL = "http://127.0.0.1:8502"
BOUNDARY = "a-boundary-of-these-tests"


@dataclass
class Answer:
    """What came back."""

    status: int
    headers: list[tuple[str, str]]
    body: bytes

    @property
    def page(self) -> str:
        return self.body.decode("utf-8")

    def header(self, name: str) -> str:
        return next((value for key, value in self.headers if key == name), "")

    @property
    def title(self) -> str:
        found = re.search(r"<title>(.*?)</title>", self.page, re.DOTALL)
        return found[1] if found else ""

    @property
    def code(self) -> str:
        """The receipt code that the page shows."""
        found = re.search(r'class="code">([0-9A-Z-]+)<', self.page)
        return found[1] if found else ""

    @property
    def words(self) -> str:
        """What a person reads: no tags, entities resolved."""
        reader = _Words()
        reader.feed(self.page)
        return " ".join(" ".join(reader.held).split())

    def values(self) -> dict[str, str]:
        """What stands in the fields that can be typed in, by name."""
        reader = _Words()
        reader.feed(self.page)
        return reader.fields

    def checked(self) -> set[str]:
        reader = _Words()
        reader.feed(self.page)
        return reader.checked


class _Words(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.held: list[str] = []
        self.fields: dict[str, str] = {}
        self.checked: set[str] = set()
        self._area: str | None = None
        self._style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self._style = tag == "style"
        name = given.get("name") or ""
        if tag == "textarea":
            self._area = name
            self.fields[name] = ""
        elif tag == "input" and given.get("type") in {"radio", "checkbox"}:
            if "checked" in given:
                self.checked.add(f"{name}={given.get('value')}")
        elif tag == "input":
            self.fields[name] = given.get("value") or ""

    def handle_endtag(self, tag: str) -> None:
        self._style = False
        if tag == "textarea":
            self._area = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            # The first line end after the tag is the page's own.
            self.fields[self._area] += data.removeprefix("\n")
        elif not self._style:
            self.held.append(data)


@dataclass
class Browser:
    """Somebody at the form."""

    app: Asgi
    cookies: dict[str, str] = field(default_factory=dict)
    address: str = "192.0.2.7"
    visited: list[str] = field(default_factory=list)

    def get(self, path: str, *, follow: bool = True, **headers: str) -> Answer:
        return self._follow(self._ask("GET", path, b"", headers), follow)

    def post(
        self,
        path: str,
        given: dict[str, Any] | None = None,
        *,
        follow: bool = True,
        origin: str | None = FORM_URL,
        **headers: str,
    ) -> Answer:
        if origin is not None:
            headers["origin"] = origin
        headers["content-type"] = "application/x-www-form-urlencoded"
        body = urlencode(given or {}, doseq=True).encode()
        return self._follow(self._ask("POST", path, body, headers), follow)

    def upload(
        self, path: str, given: dict[str, str], name: str, data: bytes, *, follow: bool = True
    ) -> Answer:
        parts = [
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in given.items()
        ]
        head = (
            f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n'
            "Content-Type: image/png\r\n\r\n"
        )
        body = "".join(parts).encode() + head.encode() + data + f"\r\n--{BOUNDARY}--\r\n".encode()
        headers = {
            "origin": FORM_URL,
            "content-type": f"multipart/form-data; boundary={BOUNDARY}",
        }
        return self._follow(self._ask("POST", path, body, headers), follow)

    def _follow(self, answer: Answer, follow: bool) -> Answer:
        while follow and answer.status == 303 and answer.header("location").startswith("/"):
            answer = self._ask("GET", answer.header("location"), b"", {})
        return answer

    def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        self.visited.append(path)
        bare, _, query = path.partition("?")
        sent = {"host": "127.0.0.1:8502", "user-agent": "Mozilla/5.0 (made up)", **headers}
        if self.cookies:
            sent["cookie"] = "; ".join(f"{key}={value}" for key, value in self.cookies.items())
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": bare,
            "raw_path": bare.encode(),
            "query_string": query.encode(),
            "root_path": "",
            "headers": [
                (key.replace("_", "-").lower().encode(), value.encode("latin-1"))
                for key, value in sent.items()
            ],
            "client": (self.address, 50_000),
            "server": ("127.0.0.1", 8502),
        }
        answer = apart(lambda: asyncio.run(_run(self.app, scope, body)))
        for key, value in answer.headers:
            if key == "set-cookie":
                for name, morsel in SimpleCookie(value).items():
                    if morsel["max-age"] == "0" or not morsel.value:
                        self.cookies.pop(name, None)
                    else:
                        self.cookies[name] = morsel.value
        return answer


async def _run(app: Asgi, scope: dict[str, Any], body: bytes) -> Answer:
    chunks = [body[at : at + 65_536] for at in range(0, len(body), 65_536)] or [b""]
    got: dict[str, Any] = {"body": b""}

    async def receive() -> dict[str, Any]:
        if not chunks:
            return {"type": "http.disconnect"}
        chunk = chunks.pop(0)
        return {"type": "http.request", "body": chunk, "more_body": bool(chunks)}

    async def send(message: dict[str, Any]) -> None:
        if message["type"] == "http.response.start":
            got["status"] = message["status"]
            got["headers"] = [
                (key.decode("latin-1").lower(), value.decode("latin-1"))
                for key, value in message["headers"]
            ]
        else:
            got["body"] += message.get("body", b"")

    await app(scope, receive, send)
    return Answer(got["status"], got["headers"], got["body"])
