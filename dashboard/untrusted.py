"""The only way in which outside text reaches a screen: escaped, isolated, its tricks made visible.

Outside text is whatever a person wrote: a sender, a reporter, a colleague. None of it may be
markdown, a link, an image or a label. Everything here goes through ``st.html`` with each value
escaped; nothing else in the dashboard may call it with anything but a literal (a lint).
"""

from collections.abc import Iterable, Sequence
from html import escape
from string import Formatter
from typing import Any

import streamlit as st

from dashboard.visible import MARKS, visible

__all__ = ["LETTER", "LINE", "MARKS", "difference", "inline", "letter", "marked", "visible"]

LINE = 200
"""Characters of a value shown on one line."""
PARAGRAPH = 1_000
"""Characters of a value that is a paragraph by itself: sentences of ours are longer than a line."""
LETTER = 20_000
"""Characters of a message shown at once."""


def inline(text: str, limit: int = LINE) -> str:
    """HTML of a value on one line, cut at ``limit``."""
    flat = " ".join(text[: limit + 1].split())
    cut = f"{flat[:limit]}…" if len(text) > limit else flat
    return f"<bdi>{escape(visible(cut))}</bdi>"


def marked(text: str, signals: Sequence[dict[str, Any]] = ()) -> str:
    """HTML of a whole text, with the phrases that mattered marked where they stand."""
    parts: list[str] = []
    at = 0
    for start, end, label in _spans(text, signals):
        parts.append(escape(visible(text[at:start])))
        phrase = escape(visible(text[start:end]))
        parts.append(f'<mark title="{escape(label)}">{phrase}</mark>')
        at = end
    parts.append(escape(visible(text[at:])))
    return "".join(parts)


def _spans(text: str, signals: Sequence[dict[str, Any]]) -> Iterable[tuple[int, int, str]]:
    """Signals as spans that lie in the text and do not overlap, in order."""
    at = 0
    for signal in sorted(signals, key=lambda one: (one["start"], -one["end"])):
        start, end = max(at, int(signal["start"])), min(len(text), int(signal["end"]))
        if start < end:
            yield start, end, str(signal["label"]).replace("_", " ")
            at = end


def letter(text: str, signals: Sequence[dict[str, Any]] = (), *, shown: int = LETTER) -> None:
    """Draw a message's text, its first ``shown`` characters."""
    st.html(f'<div class="letter">{marked(text[:shown], signals)}</div>')


def difference(parts: Sequence[tuple[str, str]]) -> None:
    """Draw a text beside another: what is ``added``, what is ``missing``, the rest ``cut``.

    Said in words for who hears the page, by line and weight for who sees it.
    """
    drawn: list[str] = []
    for kind, text in parts:
        given = escape(visible(text))
        if kind == "added":
            drawn.append(f'<ins><span class="heard">added: </span>{given}</ins>')
        elif kind == "missing":
            drawn.append(f'<del><span class="heard">missing: </span>{given}</del>')
        else:
            drawn.append('<span class="cut"> [the same] </span>' if kind == "cut" else given)
    st.html(f'<div class="letter">{"".join(drawn)}</div>')


def copy_exact(text: str) -> None:
    """Draw a text to be copied in one press, letter for letter: as code it is no markdown."""
    st.code(text, language=None, wrap_lines=True)


def say(template: str, /, *, kind: str = "line", **values: object) -> None:
    """Draw one paragraph from a literal template; every value in it is escaped, and cut at a line's
    length unless it is the whole paragraph.

    ``kind`` is a class of ours: ``line``, ``quiet``, ``danger``, ``notice`` or ``problem``.
    """
    role = ' role="alert"' if kind in {"notice", "problem"} else ""
    st.html(f'<p class="{kind}"{role}>{_filled(template, values)}</p>')


def heading(text: str) -> None:
    """Draw a heading of the third rank, under those of a page."""
    st.html(f"<h3>{inline(text)}</h3>")


def clauses(parts: Sequence[str]) -> None:
    """Draw the one line at the top of a day: clauses, each escaped, as one sentence."""
    st.html(f'<p class="today">{"; ".join(inline(one, PARAGRAPH) for one in parts)}.</p>')


def copy(text: str) -> None:
    """Draw plain text that is copied in one press; nothing in it is taken for markdown."""
    st.code(visible(text), language=None, wrap_lines=True)


def facts(pairs: Sequence[tuple[str, str]]) -> None:
    """Draw names and values, a line each."""
    rows = "".join(f"<dt>{escape(name)}</dt><dd>{inline(value)}</dd>" for name, value in pairs)
    st.html(f'<dl class="facts">{rows}</dl>')


def copyable(text: str) -> None:
    """Draw a value with a button that copies it: in plain, with no link and no markdown."""
    st.code(visible(text[:LETTER]), language=None, wrap_lines=True)


def table(caption: str, head: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Draw a table of values."""
    top = "".join(f'<th scope="col">{escape(one)}</th>' for one in head)
    body = "".join(
        "<tr>" + "".join(f"<td>{inline(cell)}</td>" for cell in row) + "</tr>" for row in rows
    )
    st.html(
        f'<div class="wide"><table class="plain"><caption>{escape(caption)}</caption>'
        f"<thead><tr>{top}</tr></thead><tbody>{body}</tbody></table></div>"
    )


def strip(cells: Sequence[tuple[str, str, str]]) -> None:
    """Draw a few figures side by side: (name, figure, a word on it)."""
    items = "".join(
        f"<li>{escape(name)}<b>{escape(figure)}</b><span class='quiet'>{escape(below)}</span></li>"
        for name, figure, below in cells
    )
    st.html(f'<ul class="strip">{items}</ul>')


def row(who: str, chips: Sequence[tuple[str, str]], quiet: str) -> None:
    """Draw one row of a list: who, what is to know about it as chips, and a quiet line."""
    marks = "".join(f'<span class="chip {kind}">{escape(words)}</span>' for words, kind in chips)
    st.html(
        f'<div class="row"><div class="who">{inline(who, 80)}</div><div>{marks}</div>'
        f'<div class="quiet">{inline(quiet)}</div></div>'
    )


def timeline(entries: Sequence[tuple[str, str, str]]) -> None:
    """Draw (when, what, words of a person) as an ordered list."""
    items = "".join(
        f'<li><span class="quiet">{escape(when)}</span> {inline(what)}'
        + (f"<blockquote>{marked(words[:LETTER])}</blockquote>" if words else "")
        + "</li>"
        for when, what, words in entries
    )
    st.html(f'<ol class="timeline">{items}</ol>')


def problem(messages: Sequence[str]) -> None:
    """Draw the error summary, headed as people know it from public services."""
    items = "".join(f"<li>{inline(one, 400)}</li>" for one in messages)
    st.html(
        '<div class="problem" role="alert" tabindex="-1"><strong>There is a problem</strong>'
        f"<ul>{items}</ul></div>"
    )


def _filled(template: str, values: dict[str, object]) -> str:
    parts: list[str] = []
    found = list(Formatter().parse(template))
    alone = len(found) == 1 and not found[0][0]
    for literal, name, _, _ in found:
        parts.append(escape(literal))
        if name is not None:
            parts.append(inline(str(values[name]), PARAGRAPH if alone else LINE))
    return "".join(parts)
