"""A real IMAP server on the loopback, of this test's own: dovecot, on a Maildir that we can reach.

Nothing of the machine's own configuration is read or written; it runs as whoever runs the tests,
or started by root as ``nobody``.
"""

import getpass
import grp
import os
import pwd
import shutil
import signal
import socket
import ssl
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from support.cluster import free_port
from triage.core.mailboxes import Mailbox

DOVECOT = "/usr/sbin/dovecot"
PASSWORD = "only-for-tests"
WAIT_SECONDS = 30.0
_numbers = count(1)

CONFIG = """
base_dir = {home}/run
state_dir = {home}/state
log_path = {home}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{home}/server.pem
ssl_key = <{home}/server.pem
disable_plaintext_auth = no
auth_failure_delay = 0
auth_mechanisms = plain login{mechanisms}
mail_location = maildir:{home}/mail/%u
mail_fsync = never
mail_max_userip_connections = 200
imap_idle_notify_interval = 2 mins
mailbox_idle_check_interval = 1 secs
first_valid_uid = 1
first_valid_gid = 1
default_internal_user = {internal}
default_internal_group = {group}
default_login_user = {login}
{oauth}
passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={home}/mail/%u
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
"""
OAUTH = """
passdb {{
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = {home}/oauth2.ext
}}
"""
OAUTH_EXT = """
introspection_url = {url}
introspection_mode = post
force_introspection = yes
username_attribute = username
active_attribute = active
active_value = true
"""


class NoMailServer(Exception):
    """There is no dovecot on this machine, or it does not start."""


@dataclass
class MailServer:
    """One running server."""

    home: Path
    owner: pwd.struct_passwd
    port: int
    tls_port: int
    introspection: str = ""
    process: "subprocess.Popen[bytes] | None" = field(default=None, repr=False)

    def account(self) -> "Account":
        """Somebody's mailbox that nobody else uses; any name can sign in."""
        made = Account(self, f"box{next(_numbers)}@example.org")
        made.folder()
        return made

    def restart(self) -> None:
        """Stop at once, whoever is connected, and start again on the same ports."""
        self.stop()
        self.start()

    def start(self) -> None:
        """Start, and wait until it answers; ``NoMailServer`` with its log where it does not."""
        with (self.home / "said").open("ab") as said_by_it:
            self.process = subprocess.Popen(
                [DOVECOT, "-F", "-c", str(self.home / "dovecot.conf")],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=said_by_it,
                start_new_session=True,
            )
        until = time.monotonic() + WAIT_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            if _greets(self.port):
                return
            time.sleep(0.02)
        self.stop()
        said = [(self.home / name) for name in ("said", "log")]
        raise NoMailServer(" ".join(one.read_text()[-800:] for one in said if one.exists()))

    def stop(self) -> None:
        """Stop it and everything that it started, at once: asked kindly it waits for clients."""
        process, self.process = self.process, None
        if process is not None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(WAIT_SECONDS)


@dataclass(frozen=True)
class Account:
    """One account at a server."""

    server: MailServer
    user: str

    def box(self, name: str = "Post", **changes: Any) -> Mailbox:
        """A mailbox of this server for the settings; in clear text on the loopback unless told."""
        given: dict[str, Any] = {
            "name": name,
            "host": "127.0.0.1",
            "port": self.server.tls_port if changes.get("tls") == "implicit" else self.server.port,
            "user": self.user,
            "password": PASSWORD,
            "tls": "none",
        }
        given |= changes
        if "oauth2" in changes:
            del given["password"]
        return Mailbox(**given)

    def deliver(self, data: bytes, folder: str = "INBOX") -> Path:
        """A message comes in, as a mail system delivers: written beside, then moved in place."""
        place = self.folder(folder)
        name = f"{time.time_ns()}.{next(_numbers):08}.example"
        draft, final = place / "tmp" / name, place / "new" / name
        draft.write_bytes(data)
        os.chown(draft, self.server.owner.pw_uid, self.server.owner.pw_gid)
        draft.rename(final)
        return final

    def folder(self, name: str = "INBOX") -> Path:
        """The Maildir of a folder, made where it is not there."""
        place = self.server.home / "mail" / self.user
        if name != "INBOX":
            place = place / f".{name}"
        for one in (place, *(place / part for part in ("cur", "new", "tmp"))):
            if not one.is_dir():
                one.mkdir(parents=True)
                os.chown(one, self.server.owner.pw_uid, self.server.owner.pw_gid)
        return place

    def files(self, folder: str = "INBOX") -> list[str]:
        """The names of all messages of a folder, with their flags (``:2,S`` is seen)."""
        place = self.folder(folder)
        return sorted(one.name for part in ("cur", "new") for one in (place / part).iterdir())

    def new_numbering(self, folder: str = "INBOX") -> None:
        """The folder forgets its numbers: another UIDVALIDITY, all messages from 1."""
        place = self.folder(folder)
        before = place / "dovecot-uidlist"
        validity = 1 + int(before.read_text().split(" V")[1].split()[0]) if before.exists() else 7
        for one in [*place.glob("dovecot-uidlist*"), *place.glob("dovecot.index*")]:
            one.unlink()
        before.write_text(f"3 V{validity} N1 G{validity:032x}\n")
        os.chown(before, self.server.owner.pw_uid, self.server.owner.pw_gid)


@contextmanager
def serving_mail(*, introspection: str = "") -> Iterator[MailServer]:
    """A fresh server, up for as long as the context lasts. With ``introspection``, the URL that
    says whose access token one is, it takes these too."""
    if not Path(DOVECOT).is_file():
        raise NoMailServer("there is no dovecot on this machine")
    home = Path(tempfile.mkdtemp(prefix="triage-imap-"))
    server = MailServer(home, _owner(), free_port(), free_port(), introspection)
    try:
        home.chmod(0o755)
        _furnish(server)
        server.start()
        yield server
    finally:
        server.stop()
        shutil.rmtree(home, ignore_errors=True)


def trusting(server: MailServer) -> ssl.SSLContext:
    """Whoever trusts this server's certificate."""
    return ssl.create_default_context(cafile=str(server.home / "server.pem"))


def _furnish(server: MailServer) -> None:
    from support.certificate import certificate_pem

    home, root = server.home, os.geteuid() == 0
    for name in ("run", "state", "mail"):
        (home / name).mkdir()
    os.chown(home / "mail", server.owner.pw_uid, server.owner.pw_gid)
    (home / "server.pem").write_bytes(certificate_pem())
    given = {
        "home": home,
        "password": PASSWORD,
        "port": server.port,
        "tls_port": server.tls_port,
        "uid": server.owner.pw_uid,
        "gid": server.owner.pw_gid,
        "internal": "dovecot" if root else getpass.getuser(),
        "group": "dovecot" if root else grp.getgrgid(os.getgid()).gr_name,
        "login": "dovenull" if root else getpass.getuser(),
        "mechanisms": " xoauth2 oauthbearer" if server.introspection else "",
        "oauth": OAUTH.format(home=home) if server.introspection else "",
    }
    (home / "dovecot.conf").write_text(CONFIG.format(**given))
    (home / "oauth2.ext").write_text(OAUTH_EXT.format(url=server.introspection))


def _owner() -> pwd.struct_passwd:
    if os.geteuid() != 0:
        return pwd.getpwuid(os.geteuid())
    return pwd.getpwnam("nobody")


def _greets(port: int) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as link:
            return link.recv(4) == b"* OK"
    except OSError:
        return False
