"""Outside text reaches a screen in one way: a lint over the source, and what that way does."""

import ast
import unicodedata
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dashboard import untrusted

DASHBOARD = Path(untrusted.__file__).parent
OWN = {"untrusted.py", "words.py", "words_together.py"}
"""The modules that may make a text for the screen out of parts."""

DRAWS = {
    "title", "header", "subheader", "markdown", "write", "caption", "error", "warning", "info",
    "success", "toast", "exception", "latex", "badge", "metric", "table", "dataframe", "json",
    "text", "code", "html", "image", "button", "download_button", "link_button",
    "form_submit_button", "checkbox", "toggle", "radio", "selectbox", "multiselect", "slider",
    "text_input", "text_area", "number_input", "date_input", "time_input", "file_uploader",
    "segmented_control", "pills", "expander", "popover", "tabs", "status", "spinner", "progress",
    "dialog", "Page", "set_page_config", "chat_message", "write_stream", "echo", "help",
    "altair_chart", "components",
}  # fmt: skip
TEXTS = {"label", "help", "body", "placeholder", "title", "caption", "captions", "page_title"}
"""Keywords that are drawn as markdown or text."""


def allowed(node: ast.expr) -> bool:
    """A literal, or something that ``words`` made; nothing else may be drawn directly."""
    if isinstance(node, ast.Constant):
        return True
    if isinstance(node, ast.Call | ast.Subscript):
        return allowed_root(node.func if isinstance(node, ast.Call) else node.value)
    return allowed_root(node)


def allowed_root(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in {"words", "words_together"}
    )


def offences(source: str, name: str) -> list[str]:
    """Calls of ``st`` that draw something which is no literal and not from our own words."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        owner = node.func.value
        on_st = isinstance(owner, ast.Name) and owner.id not in {
            "untrusted",
            "words",
            "words_together",
            "session",
        }
        if not on_st or node.func.attr not in DRAWS:
            continue
        texts = [*node.args[:1], *[one.value for one in node.keywords if one.arg in TEXTS]]
        found += [
            f"{name}:{node.lineno}: {ast.unparse(node)[:80]}" for text in texts if not allowed(text)
        ]
    return found


KNOWN = {
    "style.css": "st.html(HERE / 'style.css')",
    "welfare reply, the deployer's own words": "st.code(settings.welfare_reply",
    "page list": "st.pagination(",
    "charts, drawn from figures of ours": "st.altair_chart(charts.draw",
    "view titles, literals of the registry": "st.Page(view.draw",
    "the note form, a literal": "st.Page(note.draw",
    "the proposal, a literal": "st.Page(propose.draw",
    "the decisions, a literal": "st.Page(decisions.draw",
    "the bare address before sign-in, a literal": "st.Page(_start",
}
"""Drawn directly on purpose: nothing in them comes from outside."""


def test_nothing_outside_the_one_way_draws_what_is_not_a_literal() -> None:
    found = [
        one
        for path in sorted(DASHBOARD.rglob("*.py"))
        if path.name not in OWN
        for one in offences(path.read_text("utf-8"), path.name)
        if not any(known in one for known in KNOWN.values())
    ]
    assert found == []


@pytest.mark.parametrize(
    "bad",
    [
        "import streamlit as st\nst.markdown(message.subject)",
        "import streamlit as st\nst.button(f'Open {name}')",
        "import streamlit as st\nst.text_input('x', help=row.note)",
        "import streamlit as st\nst.error(str(error))",
        "import streamlit as st\nst.html(body)",
        "import streamlit as st\nst.toast('a' + b)",
    ],
)
def test_the_lint_sees_what_it_is_there_for(bad: str) -> None:
    assert offences(bad, "x.py")


def test_no_view_keeps_message_data_in_a_cache() -> None:
    """trust.md section 1: a cache is shared by all users."""
    cached = []
    for path in sorted(DASHBOARD.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef):
                cached += [
                    f"{path.name}:{node.name}"
                    for one in node.decorator_list
                    if "cache" in ast.unparse(one)
                ]
    assert cached == ["session.py:desk"]


@given(st.text(alphabet=st.characters(), max_size=300))
@example('<img src="x"> & \u202e')
def test_whatever_is_drawn_has_no_tag_and_no_hidden_character_of_its_own(text: str) -> None:
    drawn = untrusted.inline(text).removeprefix("<bdi>").removesuffix("</bdi>")
    assert "<" not in drawn
    assert '"' not in drawn
    hidden = [one for one in drawn if unicodedata.category(one) in {"Cc", "Cf", "Cs", "Co"}]
    assert set(hidden) <= {"\u200d"}


@given(
    st.text(max_size=200),
    st.lists(st.tuples(st.integers(-5, 250), st.integers(-5, 250)), max_size=6),
)
def test_marks_never_lose_or_double_a_character(text: str, spans: list[tuple[int, int]]) -> None:
    signals = [{"start": a, "end": b, "label": "threatening"} for a, b in spans]
    import html
    import re

    drawn = re.sub(r"</?mark[^>]*>", "", untrusted.marked(text, signals))
    plain = html.unescape(drawn)
    if text.isascii() and text.isprintable():
        assert plain == text
    assert len(plain) >= len(text)


def test_direction_and_zero_width_tricks_are_spelled_out() -> None:
    assert untrusted.visible("abc\u202egnp.exe") == "abc[U+202E]gnp.exe"
    assert untrusted.visible("k\u200bill") == "k[U+200B]ill"
    assert untrusted.visible("a\0b") == "a[U+0000]b"


def test_stacked_marks_are_cut_down_to_a_line() -> None:
    assert "[U+0301]" in untrusted.visible("a" + "\u0301" * 50)
    assert untrusted.visible("e\u0301te") == "e\u0301te"


def test_a_list_line_is_cut_at_200_characters() -> None:
    assert len(untrusted.inline("x" * 5000)) < 230


def test_a_value_that_is_a_whole_paragraph_is_said_to_its_end_and_beside_others_cut() -> None:
    sentence = "x" * 300
    assert untrusted._filled("{said}", {"said": sentence}) == f"<bdi>{sentence}</bdi>"
    assert "x…" in untrusted._filled("Note: {said}", {"said": sentence})
    assert "x…" in untrusted._filled("{said}", {"said": "x" * 1001})


def test_a_template_escapes_its_values() -> None:
    assert untrusted._filled("from {name}", {"name": "<img src=x>"}) == (
        "from <bdi>&lt;img src=x&gt;</bdi>"
    )
