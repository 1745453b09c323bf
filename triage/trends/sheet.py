"""Released figures as a CSV file. Pure; every cell of it is one of our own words."""

import csv
import io
from collections.abc import Sequence

from triage.trends.frozen import Release
from triage.trends.words import lines

HEAD = ("Period", "Table", "Category", "Messages", "Senders", "Release")


def sheet(releases: Sequence[tuple[str, Release]]) -> bytes:
    """All rows of these releases (id, tables), in the order of the views; every cell quoted."""
    out = io.StringIO()
    writer = csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerow(HEAD)
    for release_id, release in releases:
        for line in lines(release):
            writer.writerow([*line, release_id])
    return out.getvalue().encode("utf-8")
