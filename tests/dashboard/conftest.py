"""The desk's screens, run without a browser, on a desk with a scripted model."""

import sys
from collections.abc import Callable, Iterator

import pytest
from streamlit.testing.v1 import AppTest
from support.desk import Desk

from dashboard import session
from triage.core.access import Actor

Screen = Callable[..., AppTest]


def one_view() -> None:
    """A script that draws the view named in the session, as the desk would."""
    import streamlit as st

    from dashboard.views import views

    wanted = st.session_state["test_view"]
    next(view for view in views() if view.path == wanted).draw()


@pytest.fixture(autouse=True)
def _main_stays_main() -> Iterator[None]:
    """AppTest leaves its script as ``__main__``, which a process that is spawned would look for."""
    before = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = before


@pytest.fixture
def desk(make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch) -> Desk:
    """A demonstration desk on SQLite; the screens use it."""
    made = make_desk(demo=True)
    monkeypatch.setattr(session, "desk", lambda: made.triage)
    return made


@pytest.fixture
def screen(desk: Desk) -> Screen:
    """Draws a view as somebody: ``screen("review", desk.ana, message=…)``."""

    def draw(view: str, viewer: Actor, **query: str) -> AppTest:
        at = AppTest.from_function(one_view, default_timeout=20)
        at.session_state["test_view"] = view
        at.session_state["person_id"] = viewer.person_id
        for name, value in query.items():
            at.query_params[name] = value
        return at.run()

    return draw
