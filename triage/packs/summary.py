"""The summary on paper: what is in the pack, each with its hash, on numbered pages."""

from collections.abc import Sequence
from datetime import datetime

from fpdf import FPDF
from fpdf.enums import XPos, YPos

from triage.packs.plain import visible


class _Paper(FPDF):
    """Pages that say which of how many they are."""

    title_line = ""

    def footer(self) -> None:
        """The number of each page, and of how many."""
        self.set_y(-12)
        self.set_font("Helvetica", size=8)
        self.cell(0, 6, f"{self.title_line}   page {self.page_no()} of {{nb}}", align="C")


def pdf(
    title: str, as_of: datetime, lines: Sequence[str], files: Sequence[tuple[str, str]]
) -> bytes:
    """The summary. The same words give the same bytes; no font is needed that is not built in."""
    paper = _Paper()
    paper.title_line = _latin(title)
    paper.set_compression(False)
    paper.set_creation_date(as_of)
    paper.set_producer("triage")
    paper.set_title(_latin(title))
    paper.alias_nb_pages()
    paper.set_auto_page_break(True, margin=18)
    paper.add_page()
    paper.set_font("Helvetica", "B", 14)
    _write(paper, title, 8)
    paper.set_font("Helvetica", size=10)
    for line in lines:
        _write(paper, line, 5)
    for path, digest in files:
        paper.set_font("Helvetica", size=9)
        _write(paper, path, 5)
        paper.set_font("Courier", size=8)
        _write(paper, digest, 4)
    return bytes(paper.output())


def _write(paper: FPDF, line: str, height: int) -> None:
    paper.multi_cell(0, height, _latin(line), new_x=XPos.LMARGIN, new_y=YPos.NEXT)


def _latin(text: str) -> str:
    """What the built-in fonts can show; any other letter by its number."""
    return "".join(char if ord(char) < 256 else f"\\u{{{ord(char):04X}}}" for char in visible(text))
