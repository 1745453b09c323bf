"""Page × role × direct URL: each view asks by itself, whatever menu led to it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.desk import Desk
from support.screens import words_of

import dashboard
from dashboard import gate, session
from dashboard.views import views
from triage.core.access import Actor, can
from triage.core.roles import Role

REFUSED = "This page is not part of your role."


@pytest.mark.parametrize("role", [None, *Role], ids=lambda role: role or "none")
def test_each_view_opens_for_the_roles_of_its_action_and_for_no_other(
    desk: Desk, screen, role: Role | None
) -> None:
    somebody = desk.add("somebody", *([role] if role else []))
    for view in views():
        at = screen(view.path, somebody)
        may = view.action is None or can(somebody, view.action)
        assert (REFUSED in words_of(at)) is not may, view.path
        assert not at.exception
        if not may:
            assert not at.title
            assert not at.button
            assert len(at.get("html")) == 1


@pytest.mark.parametrize("view", [one.path for one in views()])
def test_no_view_draws_anything_for_nobody(desk: Desk, screen, view: str) -> None:
    at = screen(view, Actor("nobody", "Nobody"))
    assert REFUSED in words_of(at)
    assert len(at.get("html")) == 1


APP = Path(str(dashboard.__file__)).parent / "app.py"
SIGN_IN = {
    "public_url": "https://desk.example.org",
    "oidc_metadata_url": "https://login.example.org/x",
    "oidc_client_id": "desk",
    "oidc_client_secret": "only for tests",
    "cookie_secret": "a cookie secret for tests, and no other use",
}


@pytest.mark.parametrize("settings", [{}, SIGN_IN], ids=["no provider", "a provider"])
def test_plain_streamlit_run_lets_nobody_in_and_says_what_it_lacks(
    make_desk: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    made = make_desk(**settings)
    monkeypatch.setattr(session, "desk", lambda: made.triage)
    assert not gate.in_force.is_set()
    at = AppTest.from_file(str(APP), default_timeout=20)
    at.session_state["person_id"] = made.ana.person_id
    said = words_of(at.run())
    assert "Nobody can sign in" in said
    assert "no security headers, has no gate before files" in said
    assert "You are" not in said
    assert not at.button
    assert not at.exception


def test_the_demonstration_runs_plainly_too_and_says_what_it_lacks(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = AppTest.from_file(str(APP), default_timeout=20).run()
    assert "no security headers, has no gate before files" in words_of(at)
    at.button[0].click().run()
    assert "You are Ada" in words_of(at)
    assert "no security headers" in words_of(at)
    assert not at.exception
