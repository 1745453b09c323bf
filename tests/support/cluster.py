"""A PostgreSQL cluster of our own, thrown away afterwards."""

import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

OPTIONS = {
    "fsync": "off",  # the cluster dies with the tests; what we kill is never the server
    "max_connections": "60",
    "shared_buffers": "32MB",
    "autovacuum": "off",
}


class NoServer(Exception):
    """There are no PostgreSQL server programs on this machine, or they do not start."""


@dataclass
class Cluster:
    """A cluster that a test may crash."""

    url: str
    programs: Path
    user: pwd.struct_passwd | None
    folder: Path

    @property
    def data(self) -> Path:
        """Where it keeps what it was told."""
        return self.folder / "data"

    def start(self) -> None:
        """Bring it up; after a crash it may have to wait for what the crash left running."""
        command: list[str | Path] = [
            self.programs / "pg_ctl", "-D", self.data, "-l", self.folder / "log", "-w", "start",
        ]  # fmt: skip
        for _ in range(50):
            with suppress(NoServer):
                return run(command, self.user, self.folder)
            time.sleep(0.2)
        return run(command, self.user, self.folder)

    def stop(self) -> None:
        """Stop it as a power cut would, but for the disk: nothing is finished."""
        how: list[str | Path] = ["-m", "immediate", "-w", "stop"]
        run([self.programs / "pg_ctl", "-D", self.data, *how], self.user, self.folder)

    def kill(self) -> None:
        """kill -9 of the server's first process."""
        lines = (self.data / "postmaster.pid").read_text("ascii").splitlines()
        os.kill(int(lines[0]), signal.SIGKILL)


@contextmanager
def running() -> Iterator[str]:
    """The URL of a fresh cluster, up for as long as the context lasts."""
    with cluster() as made:
        yield made.url


@contextmanager
def cluster(**options: str) -> Iterator[Cluster]:
    """A fresh cluster, up for as long as the context lasts; ``fsync="on"`` and so on."""
    programs = find_programs()
    user = server_user()
    folder = Path(tempfile.mkdtemp(prefix="triage-pg-"))
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        made = _make(programs, user, folder, options)
        made.start()
        try:
            yield made
        finally:
            made.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make(
    programs: Path, user: pwd.struct_passwd | None, folder: Path, options: dict[str, str]
) -> Cluster:
    data = folder / "data"
    port = free_port()
    initdb: list[str | Path] = [
        programs / "initdb",
        "-D",
        data,
        "-U",
        "triage",
        "-A",
        "trust",
        "-N",
    ]
    run([*initdb, "-E", "UTF8", "--locale=C"], user, folder)
    settings = OPTIONS | {
        "listen_addresses": "127.0.0.1",
        "port": str(port),
        "unix_socket_directories": "",
    }
    lines = "".join(f"{name} = '{value}'\n" for name, value in (settings | options).items())
    with (data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(lines)
    return Cluster(f"postgresql://triage@127.0.0.1:{port}/postgres", programs, user, folder)


def find_programs() -> Path:
    """The folder of the server programs; ``NoServer`` says where we looked."""
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    asked = shutil.which("pg_config")
    if asked is not None:
        found = subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=False)
        folders.insert(0, Path(found.stdout.strip()))
    on_path = shutil.which("initdb")
    if on_path is not None:
        folders.append(Path(on_path).parent)
    for folder in folders:
        if (folder / "initdb").is_file() and (folder / "pg_ctl").is_file():
            return folder
    raise NoServer("no PostgreSQL server programs (initdb, pg_ctl) on this machine")


def server_user() -> pwd.struct_passwd | None:
    """Whom to run as: initdb refuses root. ``None`` where we are no root."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise NoServer("PostgreSQL does not run as root, and there is no other user")


def run(command: list[str | Path], user: pwd.struct_passwd | None, folder: Path) -> None:
    """Run one program as that user; ``NoServer`` with what it said where it fails."""
    as_user = {} if user is None else {"user": user.pw_uid, "group": user.pw_gid}
    with (folder / "said").open("a+", encoding="utf-8") as said:
        done = subprocess.run(
            command, cwd=folder, stdout=said, stderr=said, stdin=subprocess.DEVNULL, **as_user
        )
        if done.returncode:
            said.seek(0)
            raise NoServer(f"{command[0]} failed: {said.read()[-600:]}")


def free_port() -> int:
    """A port on the loopback that nobody listens on."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])
