"""Tables for people, as CSV: the one place where any is written.

What a program for spreadsheets would take for a formula may have been written by anybody.
"""

import csv
import io
import unicodedata
from collections.abc import Iterable, Sequence

FORMULA = frozenset("=+-@\t\r\n")


def to_csv(rows: Iterable[Sequence[str]]) -> str:
    """Rows as CSV: all quoted, and no cell that a spreadsheet would take for a formula."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    for row in rows:
        writer.writerow([safe_cell(one) for one in row])
    return out.getvalue()


def safe_cell(text: str) -> str:
    """A cell that is text: with ``'`` before what would begin a formula, full-width forms and
    what stands behind spaces or invisible signs too."""
    shown = "".join(one for one in text if one.isprintable() or one in "\t\r\n")
    start = unicodedata.normalize("NFKC", shown).lstrip(" ")[:1]
    return f"'{shown}" if start in FORMULA and start else shown
