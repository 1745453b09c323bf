"""The desk as an ASGI application: Streamlit, with the headers that it does not send itself."""

from pathlib import Path

from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.starlette import App

POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data: blob:",
        "connect-src 'self'{sockets}",
        "style-src 'self' 'unsafe-inline'",
        "script-src 'self' 'unsafe-eval' 'wasm-unsafe-eval'",
        "font-src 'self' data:",
        "worker-src 'self' blob:",
        "frame-src 'none'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "object-src 'none'",
    )
)
"""What a page may load and where it may send to: our own host, and nothing else."""


class Headers:
    """Adds the security headers to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass through, with headers on the way out."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        ours = _headers(scope)
        names = {name for name, _ in ours}

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                kept = [one for one in message.get("headers", []) if one[0].lower() not in names]
                message = {**message, "headers": kept + ours}
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _headers(scope: Scope) -> list[tuple[bytes, bytes]]:
    host = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
    plain = host and all(one.isalnum() or one in ".-:[]" for one in host)
    sockets = f" ws://{host} wss://{host}" if plain else ""
    return [
        (b"content-security-policy", POLICY.format(sockets=sockets).encode("latin-1")),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-store"),
    ]


app = App(str(Path(__file__).parent / "app.py"), middleware=[Middleware(Headers)])
