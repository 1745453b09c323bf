"""Presses that came too fast: a choice with the act on it, or once what they are of was left."""

import streamlit as st

CHOICES = ("choose_", "severity_", "say_", "tick_", "clear_")
"""How the keys of the buttons begin that choose for a decision and do nothing else."""


def drawn(own: str) -> None:
    """This message can be decided on now."""
    st.session_state["deciding"] = own


def late(own: str) -> bool:
    """Whether a press is of a message that was left since: it is meant for no other."""
    return st.session_state.get("deciding") != own


def version() -> int:
    """The version of the message as it was shown; of one that was left since, none it ever has."""
    return int(st.session_state.get("version", -1))


def hurried() -> bool:
    """Whether a choice came together with this act, while the desk was busy.

    Streamlit then does them in an order of its own: a decision could be made on what was just
    being changed. So the act is not done; the choice is, and whoever pressed is told.
    """
    choices = [one for one in st.session_state if str(one).startswith(CHOICES)]
    if not any(st.session_state[one] is True for one in choices):
        return False
    st.session_state["problems"] = [
        "Choice and decision came in one moment, so nothing is done yet: look, then go on."
    ]
    return True
