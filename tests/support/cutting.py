"""A way to a server that can be cut at any point of what is said over it."""

import re
import select
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

COMMAND = re.compile(rb"([A-Z]+\d+) ([A-Z]+(?: [A-Z]+)?)")


@dataclass
class Cuts:
    """What passes, and where to cut it. One plan holds for each connection."""

    port: int = 0
    before: int | None = None
    """Cut when the client has said so many lines and begins another: the server never hears it."""
    within: int | None = None
    """Cut when half of the answer to the client's line of this number has arrived."""
    after_bytes: int | None = None
    """Cut when the server has said so many bytes."""
    on: Callable[[bytes], bool] | None = None
    """Cut whenever the client says a line like this."""
    once: bool = True
    """Only the first connection is cut, and later ones are left alone."""
    said: list[list[bytes]] = field(default_factory=list)
    """Each connection's lines of the client."""
    cut: int = 0
    """Connections that were cut."""

    def lines(self) -> int:
        """Lines that the client said on the last connection."""
        return len(self.said[-1])

    def commands(self) -> list[str]:
        """The commands of the last connection."""
        found = [COMMAND.match(one) for one in self.said[-1]]
        return [one[2].decode() for one in found if one]


@contextmanager
def cutting(target: int) -> Iterator[Cuts]:
    """A listener on the loopback that leads to another port there."""
    plan = Cuts()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        plan.port = listener.getsockname()[1]
        ended = threading.Event()
        threads: list[threading.Thread] = []

        def accept() -> None:
            while not ended.is_set():
                with suppress(TimeoutError, OSError):
                    link, _ = listener.accept()
                    one = threading.Thread(target=_lead, args=(plan, link, target, ended))
                    threads.append(one)
                    one.start()

        acceptor = threading.Thread(target=accept)
        acceptor.start()
        try:
            yield plan
        finally:
            ended.set()
            for one in [acceptor, *threads]:
                one.join()


def _lead(plan: Cuts, client: socket.socket, target: int, ended: threading.Event) -> None:
    """Lead one connection to its end or its cut."""
    said: list[bytes] = []
    plan.said.append(said)
    spare = plan.once and plan.cut > 0
    answer: bytearray | None = None
    passed, line = 0, b""
    with client, suppress(OSError), socket.create_connection(("127.0.0.1", target)) as server:
        while not ended.is_set():
            ready = select.select([client, server], [], [], 0.1)[0]
            if client in ready:
                data = client.recv(65536)
                if not data:
                    return
                *whole, line = (line + data).split(b"\r\n")
                for one in whole:
                    if (not spare and plan.before == len(said)) or (plan.on and plan.on(one)):
                        plan.cut += 1
                        return
                    said.append(one)
                    if not spare and plan.within == len(said) - 1:
                        answer = bytearray()
                    server.sendall(one + b"\r\n")
            if server in ready:
                data = server.recv(65536)
                if not data:
                    return
                if answer is not None:
                    answer += data
                    if _is_whole(answer, said[plan.within or 0]):
                        client.sendall(answer[: len(answer) // 2])
                        plan.cut += 1
                        return
                    continue
                most = None if spare or plan.after_bytes is None else plan.after_bytes - passed
                if most is not None and len(data) >= most:
                    client.sendall(data[:most])
                    plan.cut += 1
                    return
                passed += len(data)
                client.sendall(data)


def _is_whole(answer: bytearray, command: bytes) -> bool:
    """Whether the last line of an answer is the one that ends it."""
    found = COMMAND.match(command)
    last = bytes(answer).rstrip(b"\r\n").rpartition(b"\r\n")[2]
    if found is None or not answer.endswith(b"\r\n"):
        return answer.endswith(b"\r\n")
    return last.startswith((found[1], b"+"))
