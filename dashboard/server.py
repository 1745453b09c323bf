"""The desk as an ASGI application: Streamlit behind its gate, with the headers it does not send."""

import gc
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from anyio import to_thread
from pydantic import ValidationError
from pydantic_settings import SettingsError
from starlette.middleware import Middleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit import config
from streamlit.starlette import App

from dashboard import files, frame, logs, presses, recipient_page, session, views
from dashboard import plain as plain_pages
from dashboard.acknowledge import Acknowledging
from dashboard.gate import Cookies, Gate
from triage import doctor
from triage.core.errors import TriageError, UnsafeConfiguration
from triage.core.settings import Settings
from triage.migrations import look, newest

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

POWERS = ", ".join(
    f"{one}=()"
    for one in (
        "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope",
        "hid", "magnetometer", "microphone", "midi", "payment", "serial", "usb",
        "xr-spatial-tracking",
    )
)  # fmt: skip
"""What a browser could let a page do, and this one needs none of."""


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
    policy = POLICY.format(sockets=sockets)
    if str(scope["path"]).startswith(plain_pages.PLACES):
        policy = plain_pages.POLICY
    ours = [
        (b"content-security-policy", policy.encode("latin-1")),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"no-referrer"),
        (b"cache-control", b"no-store"),
        (b"permissions-policy", POWERS.encode()),
        (b"cross-origin-opener-policy", b"same-origin"),
        (b"cross-origin-resource-policy", b"same-origin"),
    ]
    if SETTINGS.public_url.startswith("https://"):
        ours.append((b"strict-transport-security", plain_pages.HTTPS_ALONE))
    return ours


def read_settings() -> Settings:
    """The settings, or which of them is wrong: by its name, since its value may be a secret."""
    try:
        return Settings()
    except (ValidationError, SettingsError) as error:
        names = doctor.named(error)
    raise UnsafeConfiguration(f"These settings cannot be read: {names}")


def secrets_of(settings: Settings) -> dict[str, Any] | None:
    """What Streamlit's sign-in asks for, from our own settings. No more scope than is used."""
    if settings.demo or not settings.signs_in:
        return None
    assert settings.oidc_client_secret is not None
    assert settings.cookie_secret is not None
    return {
        "auth": {
            "redirect_uri": settings.public_url.rstrip("/") + "/oauth2callback",
            "cookie_secret": settings.cookie_secret.get_secret_value(),
            "client_id": settings.oidc_client_id,
            "client_secret": settings.oidc_client_secret.get_secret_value(),
            "server_metadata_url": settings.oidc_metadata_url,
            "client_kwargs": {"scope": "openid email"},
        }
    }


def ready() -> bool:
    """Whether the database answers and stands at the schema of this version."""
    try:
        return look(session.settings().url) == newest()
    except TriageError:
        return False


@asynccontextmanager
async def opened(_app: App) -> AsyncIterator[None]:
    """Open the desk as the server starts; where that fails the server is up and not ready."""
    logs.install()
    try:
        await to_thread.run_sync(session.desk)
    except Exception as error:  # noqa: BLE001 - whatever it is, the first visitor is told
        logging.getLogger("dashboard").error(logs.describe(error))
    settle()
    yield


def settle() -> None:
    """Load every view, and leave what is loaded out of each collection of garbage from now on.

    Streamlit collects all of it after every run of the script: over everything that stands here
    from the start that takes longer than most pages.
    """
    views.views()
    gc.collect()
    gc.freeze()


SETTINGS = read_settings()

app = App(
    str(Path(__file__).parent / "app.py"),
    secrets=secrets_of(SETTINGS),
    lifespan=opened,
    routes=recipient_page.routes,
    middleware=[
        Middleware(Headers),
        Middleware(Acknowledging),
        Middleware(Cookies, secure=SETTINGS.public_url.startswith("https://")),
        Middleware(
            Gate,
            settings=SETTINGS,
            may_fetch=files.may_fetch,
            somebody=files.somebody,
            ready=ready,
        ),
    ],
    on_script_error=frame.fault,
)
config.set_option("logger.enableRich", False)
presses.keep_all()
if SETTINGS.public_url:
    config.set_option(
        "server.allowedHosts",
        [*config.get_option("server.allowedHosts"), urlsplit(SETTINGS.public_url).hostname or ""],
    )
