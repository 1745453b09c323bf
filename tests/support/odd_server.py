"""A socket that answers as a test says: for servers that are odd, old, or out to harm."""

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

Answer = Callable[[str, str], bytes]
"""From a tag and the rest of the line to what is said; empty: the connection ends."""


def well(tag: str, line: str) -> bytes:
    """What a plain server says to all that leads up to a message."""
    said = {
        "CAPABILITY": "* CAPABILITY IMAP4rev1\r\n",
        "EXAMINE": "* 2 EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n",
        "UID SEARCH": "* SEARCH 4 9\r\n",
        "LOGOUT": "* BYE x\r\n",
    }
    told = next((one for name, one in said.items() if line.startswith(name)), "")
    return f"{told}{tag} OK done\r\n".encode()


@contextmanager
def answering(answer: Answer, greeting: bytes = b"* OK here\r\n") -> Iterator[int]:
    """The port of a server that answers so."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.1)
        ended = threading.Event()
        thread = threading.Thread(target=_serve, args=(listener, answer, greeting, ended))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            ended.set()
            thread.join()


def _serve(
    listener: socket.socket, answer: Answer, greeting: bytes, ended: threading.Event
) -> None:
    while not ended.is_set():
        with suppress(OSError):
            link, _ = listener.accept()
            link.settimeout(5)
            with link, link.makefile("rb") as lines, suppress(OSError):
                link.sendall(greeting)
                for line in lines:
                    tag, _, rest = line.decode("latin-1").strip().partition(" ")
                    said = answer(tag, rest)
                    if not said:
                        break
                    link.sendall(said)
