"""The way to the desk: address, screen, sign-in."""

import os
import re
import tomllib
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from triage.core.settings import Settings
from triage.doctor.findings import LOOPBACK, Finding, Level

SCREEN_OPTIONS: dict[str, object] = {
    "client.showErrorDetails": "none",
    "client.showErrorLinks": False,
    "client.toolbarMode": "minimal",
    "client.disableDataExport": True,
    "browser.gatherUsageStats": False,
    "runner.fastReruns": False,
    "server.headless": True,
    "server.address": "127.0.0.1",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": 25,
    "server.disconnectedSessionTTL": 30,
    "server.enableStaticServing": False,
    "server.enableAgentApi": False,
    "server.enableCORS": True,
    "server.enableXsrfProtection": True,
    "server.allowedHosts": ["127.0.0.1", "localhost"],
}
"""Options of the screen that trust.md wants, as they must come out."""

MINIMUM_SECRET = 32
"""Characters of a cookie secret, below which it could be found by trying."""

LOOSENING = (
    "STREAMLIT_SERVER_TRUSTED_USER_HEADERS",
    "STREAMLIT_SERVER_CORS_ALLOWED_ORIGINS",
    "STREAMLIT_SERVER_UNSAFE_METRICS_USER_ATTRIBUTES",
    "STREAMLIT_CLIENT_ALLOWED_ORIGINS",
    "STREAMLIT_GLOBAL_DEVELOPMENT_MODE",
    "STREAMLIT_LOGGER_ENABLE_RICH",
)
"""Options that would let somebody in by a header, or show what they should not: leave them."""

CONFIG = Path(".streamlit") / "config.toml"
"""Beside the entrypoint it is ours. In a person's home, or where the desk is started, another one
is read before it: what ours does not set, that one does."""


def address(settings: Settings) -> Finding:
    """Where the desk listens."""
    if settings.address in LOOPBACK:
        return Finding(Level.GOOD, "address", settings.address)
    return Finding(
        Level.UNSAFE, "address", settings.address, "listen on 127.0.0.1, behind a proxy with TLS"
    )


def mode(settings: Settings) -> Finding:
    """Whether this is the demonstration."""
    if settings.demo:
        return Finding(
            Level.UNSAFE, "demonstration", "on", "anybody may be anybody: never with real mail"
        )
    return Finding(Level.GOOD, "demonstration", "off")


def screen() -> list[Finding]:
    """The options of the screen, as they come out."""
    spec = find_spec("dashboard")
    if spec is None or spec.origin is None:
        return [Finding(Level.UNSAFE, "screen", "not installed", "install the whole package")]
    found = effective_screen_options(Path(spec.origin).parent / CONFIG)
    return [
        Finding(Level.GOOD, name, str(found.get(name)))
        if found.get(name) == wanted
        else Finding(Level.UNSAFE, name, str(found.get(name)), f"set it to {wanted}")
        for name, wanted in SCREEN_OPTIONS.items()
    ]


def effective_screen_options(config: Path) -> dict[str, object]:
    """The options from our file, with what the environment sets over them."""
    options = _written(config)
    for name, wanted in SCREEN_OPTIONS.items():
        variable = variable_of(name)
        if variable in os.environ:
            value = os.environ[variable].strip()  # always a text: "true" means True
            options[name] = wanted if value.lower() == str(wanted).lower() else value
    return options


def variable_of(option: str) -> str:
    """The variable of the environment that sets an option of the screen."""
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", option)  # as the screen makes it
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words)
    return "STREAMLIT_" + words.replace(".", "_").upper()


def _written(config: Path) -> dict[str, object]:
    try:
        sections = tomllib.loads(config.read_text("utf-8"))
    except (OSError, ValueError):
        return {}  # nothing is read of it: what we want set is then not set
    return {
        f"{section}.{name}": value
        for section, values in sections.items()
        if isinstance(values, dict)
        for name, value in values.items()
    }


def _loosened() -> list[Finding]:
    """Options that nobody should set, in the environment and in the screen's other files."""
    found = [(name, os.environ[name]) for name in LOOSENING if name in os.environ]
    for folder in dict.fromkeys((Path.home(), Path.cwd())):
        for option, value in _written(folder / CONFIG).items():
            if variable_of(option) in LOOSENING:
                found.append((option, f"{value} in {folder / CONFIG}"))
    return [Finding(Level.UNSAFE, name, value, "do not set it") for name, value in found]


def sign_in(settings: Settings) -> list[Finding]:
    """Sign-in and the way to the desk: half set up is unsafe, not at all is a note."""
    names = ("public_url", "oidc_metadata_url", "oidc_client_id", "oidc_client_secret")
    missing = [one for one in (*names, "cookie_secret") if not getattr(settings, one)]
    found: list[Finding] = []
    if settings.signs_in:
        found.append(Finding(Level.GOOD, "sign-in", settings.oidc_metadata_url))
    elif len(missing) == 1 + len(names):
        found.append(
            Finding(Level.NOTE, "sign-in", "not set up", "nobody can sign in: set TRIAGE_OIDC_…")
        )
    else:
        wanted = ", ".join(f"TRIAGE_{one.upper()}" for one in missing)
        found.append(Finding(Level.UNSAFE, "sign-in", "half set up", f"set {wanted}"))
    secret = settings.cookie_secret
    if secret is not None and len(secret.get_secret_value()) < MINIMUM_SECRET:
        found.append(
            Finding(Level.UNSAFE, "cookie secret", "too short", f"{MINIMUM_SECRET} characters")
        )
    for what, url in (
        ("public address", settings.public_url),
        ("sign-in provider", settings.oidc_metadata_url),
    ):
        if url and not _encrypted(url):
            found.append(Finding(Level.UNSAFE, what, url, "use https"))
    found += proxy(settings)
    token = settings.metrics_token
    if token is not None and len(token.get_secret_value()) < MINIMUM_SECRET:
        found.append(
            Finding(Level.UNSAFE, "metrics token", "too short", f"{MINIMUM_SECRET} characters")
        )
    return found + _loosened()


def proxy(settings: Settings) -> list[Finding]:
    """A proxy that is anybody: whoever reaches the port says from where they come."""
    named = {one.strip() for one in settings.trusted_proxy.split(",")}
    if named & {"*", "0.0.0.0/0", "::/0"}:
        return [Finding(Level.UNSAFE, "trusted proxy", settings.trusted_proxy, "name its address")]
    return []


def _encrypted(url: str) -> bool:
    """Whether an address is https, or leaves this machine in no case."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in LOOPBACK)
