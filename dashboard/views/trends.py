"""Trends: is it getting worse? For managers, from published releases and from nothing else.

Nothing here is counted when it is looked at, nothing can be filtered, and nothing opens.
"""

import streamlit as st

from dashboard import charts, files, session, untrusted
from dashboard import words_trends as words
from triage.core.access import Action
from triage.trends import assurance
from triage.trends.page import Block, answer, blocks
from triage.trends.paper import sheet_of_paper
from triage.trends.queries.reading import Published, published
from triage.trends.rules import Span
from triage.trends.sheet import sheet

FIRST = ("abuse_by_quarter", "threats_by_quarter", "flagged_by_month", "received_by_month")
"""What is shown unasked; the rest is one press away, in the same fixed form."""


def draw() -> None:
    """The answer first, then charts with their tables, the system itself, and what to take away."""
    viewer = session.guard(Action.READ_TRENDS)
    st.title("Trends", anchor=False)
    with session.desk().database.read() as db:
        found = published(db, viewer=viewer)
    if not found:
        untrusted.say("{said}", said=words.NOTHING)
        return
    releases = [one.release for one in found]
    st.header("Is it getting worse?", anchor=False)
    said = answer(releases)
    untrusted.clauses([said.removesuffix(".")])
    drawn = blocks(releases)
    by_name = {one.name: one for one in drawn}
    for name in FIRST:
        if name in by_name:
            _draw_block(by_name[name])
    rest = [one for one in drawn if one.name not in FIRST]
    if rest:
        st.header("Of what kind, where, and how it was handled", anchor=False)
        for block in rest:
            _draw_block(block)
    told = _assurance(found)
    _draw_system(told)
    _draw_downloads(found, drawn, told)
    st.header("What these figures are", anchor=False)
    untrusted.say("Figures of {window}.", window=words.window(found))
    untrusted.say("{kept}", kept=words.KEPT)
    untrusted.table(
        "Releases behind this page",
        ("Period", "Release", "Frozen", "Published"),
        [words.release(one) for one in found],
    )


def _draw_block(block: Block) -> None:
    """A sentence that has passed the test, the chart, and the same as a table."""
    untrusted.heading(words.title(block))
    untrusted.say("{said}", said=block.sentence)
    if block.drawable:
        st.altair_chart(charts.draw(block), width="stretch", key=f"chart_{block.name}")
    with st.expander("The same as a table", expanded=not block.drawable):
        untrusted.table(
            block.alt.split(":")[0].removeprefix("Chart. "),
            ("Which", "Messages", "Senders"),
            [one.said for one in block.points],
        )
    if block.note:
        untrusted.say("{note}", kind="quiet", note=block.note)


def _assurance(found: tuple[Published, ...]) -> list[tuple[str, str]]:
    """What the newest quarter or year says of the system itself."""
    told = [one.release for one in found if one.release.period.span is not Span.MONTH]
    return assurance.lines(dict(told[-1].facts)) if told else []


def _draw_system(told: list[tuple[str, str]]) -> None:
    st.header("Does the system itself hold?", anchor=False)
    if told:
        untrusted.facts(told)
    else:
        untrusted.say("The first release of a quarter will say: drills, rota, fallback, restores.")


def _draw_downloads(
    found: tuple[Published, ...], drawn: tuple[Block, ...], told: list[tuple[str, str]]
) -> None:
    """A table for a spreadsheet, one sheet of paper, and each chart as a picture."""
    st.header("Take it with you", anchor=False)
    right = {"action": Action.READ_TRENDS}
    table = sheet([(one.id, one.release) for one in found])
    files.offer_file("Figures, CSV", table, name="trends.csv", mime="text/csv", key="csv", **right)
    paper = sheet_of_paper(
        answer([one.release for one in found]),
        drawn,
        told,
        window=words.window(found),
        releases=[one.id for one in found[-6:]],
        as_of=max(one.made_at for one in found),
    )
    files.offer_file(
        "One page for trustees, PDF", paper, name="trends.pdf", mime="application/pdf",
        key="pdf", **right,
    )  # fmt: skip
    by_title = {one.title: one for one in drawn if one.drawable}
    chosen = st.selectbox("A chart as a picture", list(by_title), index=None, key="picture")
    if chosen is not None:
        block = by_title[chosen]
        picture = charts.picture(block)
        name = f"{block.name}.png"
        files.offer_file("Picture, PNG", picture, name=name, mime="image/png", key="png", **right)
