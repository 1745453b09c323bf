"""Asks an ASGI application, in this process: one request, one answer; redirects are followed."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TypeVar
from urllib.parse import urlencode

from starlette.types import ASGIApp, Message

T = TypeVar("T")


def apart(asking: Callable[[], T]) -> T:
    """Ask in a thread of its own: a browser driven by the same run has its loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(asking).result()


@dataclass
class Answer:
    """What came back, and by which redirects."""

    status_code: int
    headers: dict[str, str]
    text: str
    history: list["Answer"] = field(default_factory=list)


@dataclass
class Client:
    """A browser without cookies."""

    app: ASGIApp

    def get(self, path: str, headers: dict[str, str] | None = None) -> Answer:
        """Ask for a page."""
        return self._follow("GET", path, b"", headers or {})

    def head(self, path: str) -> Answer:
        """Ask for its headers."""
        return self._follow("HEAD", path, b"", {})

    def post(
        self, path: str, data: dict[str, str] | None = None, content: bytes | None = None
    ) -> Answer:
        """Send a form, or any bytes."""
        body = urlencode(data or {}).encode() if content is None else content
        kind = {"content-type": "application/x-www-form-urlencoded"}
        return self._follow("POST", path, body, kind)

    def _follow(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        answer = apart(lambda: asyncio.run(self._ask(method, path, body, headers)))
        if answer.status_code not in {302, 303}:
            return answer
        after = self._follow("GET", answer.headers["location"], b"", {})
        after.history.insert(0, answer)
        return after

    async def _ask(self, method: str, path: str, body: bytes, headers: dict[str, str]) -> Answer:
        way, _, query = path.partition("?")
        scope = {
            "type": "http", "http_version": "1.1", "method": method, "scheme": "http",
            "path": way, "raw_path": way.encode(), "query_string": query.encode(),
            "root_path": "", "server": ("127.0.0.1", 80), "client": ("127.0.0.1", 1),
            "headers": [(name.encode(), text.encode()) for name, text in headers.items()],
        }  # fmt: skip
        size = 64 * 1024
        chunks = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
        waiting = [
            {"type": "http.request", "body": one, "more_body": number < len(chunks)}
            for number, one in enumerate(chunks, 1)
        ]
        sent: list[Message] = []

        async def receive() -> Message:
            return waiting.pop(0) if waiting else {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        start = next(one for one in sent if one["type"] == "http.response.start")
        whole = b"".join(
            one.get("body", b"") for one in sent if one["type"] == "http.response.body"
        )
        names = {name.decode(): text.decode() for name, text in start["headers"]}
        return Answer(start["status"], names, whole.decode())
