"""Released figures as a CSV file. Pure; every cell of it is one of our own words."""

from collections.abc import Sequence

from triage.core.cells import to_csv
from triage.trends.frozen import Release
from triage.trends.words import lines

HEAD = ("Period", "Table", "Category", "Messages", "Senders", "Release")


def sheet(releases: Sequence[tuple[str, Release]]) -> bytes:
    """All rows of these releases (id, tables), in the order of the views; every cell quoted."""
    rows = ([*line, name] for name, release in releases for line in lines(release))
    return to_csv([HEAD, *rows]).encode("utf-8")
