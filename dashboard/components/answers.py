"""What stands before a severe act: its fields, then "check your answers", and only then the act.

The second step is part of the page's state: what was entered waits there, bound to the version of
what it is about, and nothing is done by one press or one key.
"""

from collections.abc import Sequence

import streamlit as st

from dashboard import session, untrusted


def begin(name: str) -> None:
    """Open the fields of an act; any other that was open is closed, and its answers forgotten."""
    st.session_state["act"] = name
    st.session_state["checking"] = None


def forget() -> None:
    """Nothing is under way."""
    for name in ("act", "checking"):
        st.session_state.pop(name, None)


def under_way(name: str) -> bool:
    """Whether this act is the one whose fields or answers are open."""
    return bool(st.session_state.get("act") == name)


def check(given: dict[str, object]) -> None:
    """Go on to the second step with these answers."""
    st.session_state["checking"] = given


def checking() -> dict[str, object] | None:
    """The answers that wait to be confirmed."""
    given = st.session_state.get("checking")
    return given if isinstance(given, dict) else None


def draw_answers(pairs: Sequence[tuple[str, str]]) -> None:
    """Check your answers: each of them, as it will be kept. Values may be typed by people."""
    st.subheader("Check your answers", anchor=False)
    untrusted.facts([(name, value or "none") for name, value in pairs if not _long(value)])
    for name, value in pairs:
        if _long(value):
            untrusted.say("{name}:", kind="quiet", name=name)
            untrusted.letter(value)


def _long(value: str) -> bool:
    """Whether a value is more than a line, and so is drawn whole by itself."""
    return len(value) > untrusted.LINE or "\n" in value


def take_problems() -> None:
    """Draw the summary of what went wrong, and say so again to the fields that are drawn next."""
    said: list[str] = list(st.session_state.get("problems") or ())
    field: str | None = st.session_state.get("problem_field")
    each = [one for one in st.session_state.get("problems_at") or () if one[1] in said]
    session.draw_problems()
    st.session_state["at_field"] = each or [(field, one) for one in said]


def at_field(*names: str) -> None:
    """The same words as in the summary, beside the field that they are about."""
    for field, said in st.session_state.get("at_field", ()):
        if field in names:
            untrusted.say("{why}", kind="danger", why=said)


def wrong(field: str, said: str) -> None:
    """Say on the next drawing what is wrong with a field."""
    st.session_state["problems"] = [said]
    st.session_state["problem_field"] = field
    st.session_state["problems_at"] = [(field, said)]


def wrong_somewhere() -> bool:
    """Whether any field of this page is said to be wrong."""
    return any(field is not None for field, _ in st.session_state.get("at_field", ()))
