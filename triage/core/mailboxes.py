"""The mailboxes that a deployer names in the settings. Secrets in them are never printed."""

import re
from enum import StrEnum
from ipaddress import ip_address
from typing import Annotated, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr, model_validator

CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
PORTS = {"implicit": 993, "starttls": 143, "none": 143}


class Tls(StrEnum):
    """How the connection is encrypted."""

    IMPLICIT = "implicit"
    """From the first byte (port 993)."""
    STARTTLS = "starttls"
    """After a command (port 143); a server that does not offer it gets nothing."""
    NONE = "none"
    """Not at all: on this machine alone."""


class FromMode(StrEnum):
    """Which header names the writer."""

    FROM = "from"
    REPLY_TO = "reply_to"
    """For mail that a web form sends on: From is the form's own address. Without a Reply-To, From
    counts."""


def _one_line(value: str) -> str:
    if CONTROLS.search(value) or value != value.strip():
        raise ValueError("no control characters, and no blanks around it")
    return value


def _no_controls(value: SecretStr) -> SecretStr:
    if CONTROLS.search(value.get_secret_value()) or not value.get_secret_value():
        raise ValueError("it is empty or has control characters")
    return value


Line = Annotated[str, AfterValidator(_one_line)]
Secret = Annotated[SecretStr, AfterValidator(_no_controls)]
STRICT = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class OAuth2(BaseModel):
    """How an access token is had for a mailbox whose server takes no passwords."""

    model_config = STRICT

    token_url: Line
    client_id: Line
    client_secret: Secret | None = None
    refresh_token: Secret
    scope: Line = ""


class Mailbox(BaseModel):
    """One account at one server. It is read, and nothing in it is ever changed."""

    model_config = STRICT

    name: Line = Field(min_length=1, max_length=60)
    """What people here call it."""
    host: Line = Field(min_length=1)
    port: int = Field(default=0, ge=0, le=65535)
    """0 is the usual port of the kind of encryption."""
    user: Line = Field(min_length=1)
    password: Secret | None = None
    """Without one, and without ``oauth2``, this machine only shows how the mailbox is doing."""
    oauth2: OAuth2 | None = None
    tls: Tls = Tls.IMPLICIT
    folders: tuple[Line, ...] = Field(default=("INBOX",), min_length=1)
    service: str | None = Field(default=None, pattern=r"^[a-z0-9_-]{1,60}$")
    """The service that its mail came to."""
    recipients: tuple[Line, ...] = ()
    """Staff addresses to which its mail is sent: these people never review it (F17)."""
    from_mode: FromMode = FromMode.FROM

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        if self.password is not None and self.oauth2 is not None:
            raise ValueError("a password or oauth2, not both")
        if len(set(self.folders)) != len(self.folders) or not all(self.folders):
            raise ValueError("each folder once, by its name")
        return self

    @property
    def at_port(self) -> int:
        """The port in use."""
        return self.port or PORTS[self.tls.value]

    @property
    def signs_in(self) -> bool:
        """Whether this machine has what it needs to sign in."""
        return self.password is not None or self.oauth2 is not None


def unsafe(box: Mailbox) -> str | None:
    """Why a mailbox must not be read as it is set up; ``None`` where it may."""
    if box.tls is Tls.NONE and not is_loopback(box.host):
        return "its mail and password would travel in clear text: set tls to implicit or starttls"
    if box.oauth2 is not None:
        url = urlsplit(box.oauth2.token_url)
        on_this_machine = url.scheme == "http" and is_loopback(url.hostname or "")
        if not url.hostname or (url.scheme != "https" and not on_this_machine):
            return "its secrets would travel in clear text: use https in token_url"
    return None


def is_loopback(host: str) -> bool:
    """Whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"
