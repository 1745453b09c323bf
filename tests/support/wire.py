"""What a page has asked of its desk, and whether all of it is answered and drawn.

Streamlit marks a page as running only when the server says that it runs: between a press and that
word the page looks as though nothing had been asked, and on a busy machine that is long. So the
messages on the wire are read here.
"""

from enum import Enum, auto
from weakref import WeakKeyDictionary

from playwright.sync_api import BrowserContext, Page, WebSocket
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg


class Wire(Enum):
    """How far the desk is with what was asked of it last."""

    ASKED = auto()
    BEGUN = auto()
    ANSWERED = auto()


_wires: WeakKeyDictionary[Page, Wire] = WeakKeyDictionary()


def watch(context: BrowserContext) -> None:
    """Read along on every page that is opened in this context."""
    context.on("page", _watch_page)


def answered(page: Page) -> bool:
    """Whether nothing that the page asked is still to be answered; an unwatched page is refused."""
    return _wires[page] is Wire.ANSWERED


def _watch_page(page: Page) -> None:
    _wires[page] = Wire.ANSWERED
    page.on("websocket", lambda socket: _watch_socket(page, socket))


def _watch_socket(page: Page, socket: WebSocket) -> None:
    """A page that connects anew has asked nothing yet; one that is cut off is answered nothing."""
    _wires[page] = Wire.ANSWERED
    socket.on("framesent", lambda sent: _sent(page, sent))
    socket.on("framereceived", lambda received: _received(page, received))
    socket.on("close", lambda _: _wires.__setitem__(page, Wire.ANSWERED))


def _sent(page: Page, payload: str | bytes) -> None:
    if isinstance(payload, bytes) and BackMsg.FromString(payload).HasField("rerun_script"):
        _wires[page] = Wire.ASKED


def _received(page: Page, payload: str | bytes) -> None:
    """A run that gives way to another one has answered nothing."""
    if not isinstance(payload, bytes):
        return
    said = ForwardMsg.FromString(payload)
    if said.HasField("new_session") and _wires[page] is Wire.ASKED:
        _wires[page] = Wire.BEGUN
    elif (
        said.HasField("script_finished")
        and said.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
        and _wires[page] is Wire.BEGUN
    ):
        _wires[page] = Wire.ANSWERED
