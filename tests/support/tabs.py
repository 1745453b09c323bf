"""A tab of the desk without a browser: signed in at the provider, on a real web socket.

It speaks to the server as the page's own script does, keeps what it was sent, and can tell how
long a rerun took, from the click to the word that the script has ended.
"""

import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.sync.client import ClientConnection, connect

ENDED_WELL = 0
AGAIN = 2
PATIENCE = 120.0


class Broken(Exception):
    """The script failed, or the page did not have what was pressed."""


@dataclass
class Tab:
    """One person's tab."""

    url: str
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=PATIENCE))
    page: str = ""
    query: str = ""
    pages: dict[str, str] = field(default_factory=dict)
    """Path -> the page's hash."""
    shown: list[Any] = field(default_factory=list)
    """Elements of the newest run."""
    seen: bytearray = field(default_factory=bytearray)
    """Everything that this tab was ever sent, since it was last looked at."""
    _socket: ClientConnection | None = None
    _states: dict[str, WidgetState] = field(default_factory=dict)
    _redirect: str = ""

    def sign_in(self, subject: str) -> None:
        """Go by the provider, and come back with a login cookie."""
        self.http.get(self.url + "/")
        self.open()
        self.rerun()
        self.press("Sign in")
        self.close()
        asked = self.http.get(urljoin(self.url + "/", self._redirect))
        answer = self.http.post(asked.headers["location"], data={"sub": subject})
        back = self.http.get(answer.headers["location"])
        if back.status_code != 302 or "_streamlit_user" not in self.http.cookies:
            raise Broken(f"no login: {back.status_code}")
        self.open()

    def open(self) -> None:
        """Open the socket, as the page's script does."""
        self.http.get(self.url + "/_stcore/health")
        self.http.get(self.url + "/_stcore/host-config")
        jar = {one.name: one.value for one in self.http.cookies.jar}
        place = urlsplit(self.url)
        self._socket = connect(
            f"ws://{place.netloc}/_stcore/stream",
            additional_headers={"Cookie": "; ".join(f"{k}={v}" for k, v in jar.items())},
            origin=self.url,  # type: ignore[arg-type]
            subprotocols=["streamlit", jar.get("_streamlit_xsrf") or "none"],  # type: ignore[list-item]
            max_size=None,
            compression=None,
        )

    def close(self) -> None:
        """Close it."""
        if self._socket is not None:
            self._socket.close()
        self._socket = None

    # -- doing

    def go(self, page: str, query: str = "") -> float:
        """Go to a page, with a query; the seconds it took."""
        self.page, self.query = page, query
        self._states.clear()
        return self.rerun()

    def press(self, label: str) -> float:
        """Press the first button with this label; the seconds it took."""
        found = self.find("button", label)
        return self.rerun(WidgetState(id=found.id, trigger_value=True))

    def fill(self, label: str, text: str) -> float:
        """Type into a field; the seconds it took."""
        found = self.find("text_input", label)
        self._states[found.id] = WidgetState(id=found.id, string_value=text)
        return self.rerun()

    def find(self, kind: str, label: str) -> Any:
        """The first element of a kind whose label begins so."""
        for one in self.shown:
            if one.WhichOneof("type") == kind and getattr(one, kind).label.startswith(label):
                return getattr(one, kind)
        labels = [getattr(one, kind).label for one in self.shown if one.WhichOneof("type") == kind]
        raise Broken(f"no {kind} {label!r} among {labels}")

    def has(self, kind: str, label: str) -> bool:
        """Whether there is such an element."""
        try:
            self.find(kind, label)
        except Broken:
            return False
        return True

    def rerun(self, *pressed: WidgetState) -> float:
        """One run of the script, to its end; the seconds it took."""
        back = BackMsg()
        back.rerun_script.query_string = self.query
        if self.page in self.pages:
            back.rerun_script.page_script_hash = self.pages[self.page]
        else:
            back.rerun_script.page_name = self.page
        back.rerun_script.widget_states.widgets.extend([*self._states.values(), *pressed])
        assert self._socket is not None
        begun = time.perf_counter()
        self._socket.send(back.SerializeToString())
        while True:
            data = self._socket.recv(timeout=PATIENCE)
            assert isinstance(data, bytes)
            self.seen += data
            message = ForwardMsg.FromString(data)
            if self._take(message):
                return time.perf_counter() - begun

    def _take(self, message: ForwardMsg) -> bool:
        """Keep what a message brings; whether the run has ended."""
        kind = message.WhichOneof("type")
        if kind == "new_session":
            self.shown.clear()
        elif kind == "navigation":
            for one in message.navigation.app_pages:
                self.pages[one.url_pathname] = one.page_script_hash
        elif kind == "page_info_changed":
            self.query = message.page_info_changed.query_string
        elif kind == "auth_redirect":
            self._redirect = message.auth_redirect.url
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "exception":
                raise Broken(element.exception.message)
            self.shown.append(element)
        elif kind == "script_finished":
            if message.script_finished not in {ENDED_WELL, AGAIN}:
                raise Broken(f"the script ended with {message.script_finished}")
            return bool(message.script_finished == ENDED_WELL)
        return False
