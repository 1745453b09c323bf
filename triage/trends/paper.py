"""The page on one sheet of paper, for trustees: the same sentences and figures. Pure."""

from collections.abc import Sequence
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from triage.trends.page import Block
from triage.trends.rules import interval
from triage.trends.words import cell

LAST = 4
"""Periods of each figure that there is room for."""
BARS = 8
BLUE = (31, 127, 159)


def sheet_of_paper(
    answer: str,
    blocks: Sequence[Block],
    assurance: Sequence[tuple[str, str]],
    *,
    window: str,
    releases: Sequence[str],
    as_of: datetime,
) -> bytes:
    """One page, A4. The same releases give the same bytes."""
    paper = FPDF(format="A4")
    paper.set_compression(False)
    paper.set_creation_date(as_of)
    paper.set_producer("triage")
    paper.set_title("Abuse of staff: report for trustees")
    paper.set_auto_page_break(False)
    paper.set_margins(15, 12, 15)
    paper.add_page()
    _write(paper, "Abuse of staff: report for trustees", 16, bold=True)
    _write(paper, f"Figures of {window}, from published releases alone.", 9)
    paper.ln(1.5)
    _write(paper, "Is it getting worse?", 12, bold=True)
    _write(paper, answer, 11)
    chart = next((one for one in blocks if one.name == "abuse_by_quarter"), None)
    if chart is not None:
        _bars(paper, chart)
    for block in blocks:
        if block.over_time and block is not chart:
            newest = block.points[-LAST:]
            figures = "; ".join(f"{one.label}: {cell(one.messages)}" for one in newest)
            _write(paper, block.title.split(",")[0], 9, bold=True)
            _write(paper, f"{block.sentence} {figures}.", 8.5)
    _write(paper, "By kind, service and channel", 9, bold=True)
    for block in blocks:
        if not block.over_time:
            shown = [one for one in block.points if cell(one.messages)[0].isdigit()]
            said = "; ".join(f"{one.label} {cell(one.messages)}" for one in shown)
            _write(paper, f"{block.title}: {said or 'too few to tell apart'}.", 8)
    if assurance:
        _write(paper, "The system itself", 9, bold=True)
        _write(paper, "; ".join(f"{what}: {how}" for what, how in assurance) + ".", 8.5)
    _write(
        paper,
        "Figures are to the nearest five or in fixed bands. Fewer than five may be none. What few "
        "people stand behind is withheld, so that nobody can be worked out.",
        7.5,
    )
    _write(paper, f"Releases: {', '.join(releases)}", 6)
    return bytes(paper.output())


def _write(paper: FPDF, line: str, size: float, *, bold: bool = False) -> None:
    paper.set_font("Helvetica", "B" if bold else "", size)
    height = size * 0.42
    paper.multi_cell(0, height, _latin(line), align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
    paper.ln(0.6)


def _bars(paper: FPDF, block: Block) -> None:
    """Bars of senders, each with its figure: who sees no bar reads the number."""
    points = block.points[-BARS:]
    tops = [interval(one.senders)[0] for one in points]
    width, high = 180 / max(4, len(points)), 22.0
    _write(paper, f"{block.title}: how many people sent it", 9, bold=True)
    left, foot = paper.l_margin, paper.get_y() + high + 4
    paper.set_fill_color(*BLUE)
    paper.set_font("Helvetica", "", 7.5)
    for place, (point, top) in enumerate(zip(points, tops, strict=True)):
        x, tall = left + place * width, high * top / max(*tops, 1)
        if tall:
            paper.rect(x + 2, foot - tall, width - 6, tall, style="F")
        paper.set_xy(x, foot - tall - 4)
        paper.cell(width - 2, 4, _latin(cell(point.senders)), align="C")
        paper.set_xy(x, foot + 0.5)
        paper.cell(width - 2, 4, _latin(point.label), align="C")
    paper.set_xy(left, foot + 6)


def _latin(text: str) -> str:
    """What the built-in fonts can show; quotes in their plain form."""
    plain = text.replace("“", '"').replace("”", '"').replace("–", "-")
    return plain.encode("latin-1", "replace").decode("latin-1")
