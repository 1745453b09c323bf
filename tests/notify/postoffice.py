"""A real mail server on the loopback, which can be told to misbehave."""

import asyncio
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr
from support.certificate import certificate_pem
from support.cluster import free_port

from triage.notify.smtp import SmtpSender

FROM = "desk@charity.example.org"
USER, PASSWORD = "the desk", "the password"
OK = "250 taken"


@dataclass
class PostOffice:
    """What came in, and what to answer next. An empty list of answers means: take it."""

    port: int = 0
    taken: list[tuple[list[str], bytes]] = field(default_factory=list)
    credentials: list[tuple[str, str]] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    """Each MAIL FROM that was said, whatever became of it."""
    on_recipient: list[str] = field(default_factory=list)
    on_sender: list[str] = field(default_factory=list)
    on_data: list[str] = field(default_factory=list)
    cut_in_data: int = 0
    """Connections still to be cut when the text has begun."""
    cut_after_taking: int = 0
    """Connections still to be cut when a mail is taken and nothing is answered yet."""

    def mails(self) -> list[EmailMessage]:
        """What was taken, read."""
        return [
            message_from_bytes(raw, EmailMessage, policy=policy.default) for _, raw in self.taken
        ]

    def addressees(self) -> list[str]:
        """Whom the taken mails went to."""
        return [one for to, _ in self.taken for one in to]

    def sender(self, **changes: Any) -> SmtpSender:
        """A sender for this server; in clear text and without a password unless told."""
        given: dict[str, Any] = {
            "host": "127.0.0.1",
            "port": self.port,
            "address": FROM,
            "starttls": False,
            "timeout": 20,
        }
        return SmtpSender(**(given | changes))

    def signed_in(self, **changes: Any) -> SmtpSender:
        """A sender with a password, and so with TLS."""
        given = {"user": USER, "password": SecretStr(PASSWORD), "starttls": True}
        return self.sender(**(given | changes))

    # -- called by the server

    async def handle_MAIL(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        self.senders.append(address)
        envelope.mail_from = address
        return self.on_sender.pop(0) if self.on_sender else OK

    async def handle_RCPT(
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if self.on_recipient:
            return self.on_recipient.pop(0)
        envelope.rcpt_tos.append(address)
        return OK

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        if self.on_data:
            return self.on_data.pop(0)
        assert isinstance(envelope.content, bytes)
        self.taken.append((list(envelope.rcpt_tos), envelope.content))
        if self.cut_after_taking:
            self.cut_after_taking -= 1
            assert isinstance(server.transport, asyncio.Transport)
            server.transport.abort()
        return OK

    def check(
        self, server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any
    ) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        self.credentials.append(given)
        return AuthResult(success=given == (USER, PASSWORD), handled=False)


class _Server(SMTP):
    """aiosmtpd's own, but for a cut when the text has begun."""

    async def smtp_DATA(self, arg: str) -> None:
        office = self.event_handler
        if not office.cut_in_data:
            await super().smtp_DATA(arg)
            return
        office.cut_in_data -= 1
        await self.push("354 go on")
        await self._reader.readline()
        assert isinstance(self.transport, asyncio.Transport)
        self.transport.abort()


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


@contextmanager
def open_office(*, tls: ssl.SSLContext | None = None) -> Iterator[PostOffice]:
    """A server for the length of the context. With ``tls`` it offers STARTTLS."""
    office = PostOffice(port=free_port())
    server = _Controller(
        office,
        hostname="127.0.0.1",
        port=office.port,
        server_hostname="post.example.org",
        tls_context=tls,
        authenticator=office.check,
        auth_require_tls=False,  # it would take a password in clear text: we must not say it
    )
    server.start()
    try:
        yield office
    finally:
        server.stop()


@dataclass(frozen=True)
class Certificate:
    """A certificate of our own, and who trusts it."""

    server: ssl.SSLContext
    trusting: ssl.SSLContext


def certificate(folder: Path, *, host: str = "127.0.0.1") -> Certificate:
    """A certificate for an address, signed by itself."""
    pem = certificate_pem(host)
    path = folder / "server.pem"
    path.write_bytes(pem)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(path)
    return Certificate(
        server, ssl.create_default_context(cadata=pem.decode().partition("-----BEGIN PRIVATE")[0])
    )
