"""Handing one mail to a mail server. What the server says is turned into a code and forgotten."""

import smtplib
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Protocol

from pydantic import SecretStr

from triage.core.settings import Settings
from triage.core.text import is_address
from triage.notify.rules import Problem
from triage.notify.words import Undelivered

PERMANENT = 500
"""Answers from here on: do not try again."""


class Sender(Protocol):
    """Anything that takes a mail away."""

    @property
    def address(self) -> str:
        """The address that mail comes from."""

    def send(self, mail: EmailMessage) -> None:
        """Hand over one mail to its one addressee; ``Undelivered`` where it was not taken."""


@dataclass(frozen=True, slots=True)
class SmtpSender:
    """A mail server, reached anew for each mail: there are few, and nothing is left open."""

    host: str
    port: int
    address: str
    user: str = ""
    password: SecretStr | None = None
    starttls: bool = True
    timeout: float = 20
    """Seconds for each answer."""
    context: ssl.SSLContext | None = field(default=None, repr=False)
    """Whom to trust; without one, the authorities that this machine trusts."""

    def send(self, mail: EmailMessage) -> None:
        """Connect, encrypt, sign in, hand over. A password never travels in clear text."""
        if self.password is not None and not self.starttls:
            raise Undelivered(Problem.NO_TLS)
        client = self._connect()
        try:
            self._enter(client)
            _hand_over(client, mail, self.address)
        finally:
            client.close()

    def _connect(self) -> smtplib.SMTP:
        # The name we greet with is our own domain: a machine's name is nobody's business.
        name = self.address.rpartition("@")[2]
        try:
            return smtplib.SMTP(self.host, self.port, local_hostname=name, timeout=self.timeout)
        except (OSError, smtplib.SMTPException):
            raise Undelivered(Problem.NO_CONNECTION) from None

    def _enter(self, client: smtplib.SMTP) -> None:
        problem = Problem.NO_CONNECTION
        try:
            client.ehlo_or_helo_if_needed()
            if self.starttls:
                problem = Problem.NO_TLS
                client.starttls(context=self.context or ssl.create_default_context())
                client.ehlo()
            if self.password is not None:
                problem = Problem.SIGN_IN_REFUSED
                client.login(self.user, self.password.get_secret_value())
        except smtplib.SMTPServerDisconnected:
            raise Undelivered(Problem.CUT_OFF) from None
        except (OSError, smtplib.SMTPException, ValueError):
            raise Undelivered(problem) from None


def sender_from(settings: Settings) -> Sender | None:
    """The mail server of the settings; ``None`` where there is none, or no address to send from."""
    if not is_set_up(settings):
        return None
    return SmtpSender(
        host=settings.smtp_host,
        port=settings.smtp_port,
        address=settings.smtp_from,
        user=settings.smtp_user,
        password=settings.smtp_password,
        starttls=settings.smtp_starttls,
        timeout=settings.smtp_timeout,
    )


def is_set_up(settings: Settings) -> bool:
    """Whether the settings name a mail server and a usable address to send from."""
    return bool(settings.smtp_host) and is_address(settings.smtp_from)


def _hand_over(client: smtplib.SMTP, mail: EmailMessage, sender: str) -> None:
    try:
        client.send_message(mail, from_addr=sender, to_addrs=[str(mail["To"])])
    except smtplib.SMTPRecipientsRefused as error:
        codes = [code for code, _ in error.recipients.values()]
        raise Undelivered(_which(max(codes, default=0), Problem.ADDRESS_REFUSED)) from None
    except smtplib.SMTPSenderRefused as error:
        raise Undelivered(_which(error.smtp_code, Problem.SENDER_REFUSED)) from None
    except smtplib.SMTPResponseException as error:
        raise Undelivered(_which(error.smtp_code, Problem.CONTENT_REFUSED)) from None
    except (OSError, smtplib.SMTPException):
        raise Undelivered(Problem.CUT_OFF) from None
    # It is taken. Whatever becomes of the goodbye must not make us send it again.
    with suppress(OSError, smtplib.SMTPException):
        client.quit()


def _which(code: int, refused: Problem) -> Problem:
    return refused if code >= PERMANENT else Problem.TRY_LATER
