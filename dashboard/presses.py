"""No press is lost, however fast the next one comes."""

from typing import Any

from streamlit.runtime.state.safe_session_state import SafeSessionState


def keep_all() -> None:
    """Have what a press asks carried out before anything newer is looked at.

    Streamlit (1.67) looks for a newer request before it calls what stands behind a button, and
    whenever that reads the session's state. Where there is one it takes the place of the press in
    hand, which is gone without a word: a severity just corrected was decided as it stood before.
    Afterwards it looks as ever. With ``runner.fastReruns`` a newer request has a thread of its own
    and never asks: that is off (``.streamlit/config.toml``).
    """
    plain = SafeSessionState.on_script_will_rerun

    def whole(state: SafeSessionState, *given: Any, **named: Any) -> None:
        look = state._yield_callback
        object.__setattr__(state, "_yield_callback", _nothing)  # the class keeps `=` for pages
        try:
            plain(state, *given, **named)
        finally:
            object.__setattr__(state, "_yield_callback", look)

    SafeSessionState.on_script_will_rerun = whole  # type: ignore[method-assign,assignment]


def _nothing() -> None:
    """What is looked at meanwhile."""
