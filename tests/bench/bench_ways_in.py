"""How fast tables, Maildirs and a drop folder come in: ``python tests/bench/bench_ways_in.py [N]``.

Generates N messages (default 5,000) for each way, brings them into a fresh SQLite database in a
process of its own, and prints messages a second and that process's peak memory. The drop folder
holds a tenth of them as single mails, since each is an import of its own. Run it by hand;
nothing asserts on it.
"""

import csv
import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

from bench_import import WORDS, write_mails

BRING = """
import json, resource, sys, time
from pathlib import Path
from triage.app import open_triage
from triage.core.settings import Settings
from triage.drop import DropFolder
from triage.intake.parser import MailParser
from triage.intake.sources import Reading
from triage.messages.service.importing import import_mail
home, path, way = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
triage = open_triage(Settings(home=home))
triage.scorer.score(["warm"])
how = Reading(tables=True)
parser = MailParser()
def bring(one):
    return import_mail(triage.runner, triage.scorer, [one], how=how, parser=parser)
start = time.perf_counter()
if way == "drop":
    folder = DropFolder(path, bring)
    folder.prepare()
    folder.look()
    new = sum(one.said.startswith("1 new") for one in folder.look())
else:
    new = bring(path).new
spent = time.perf_counter() - start
parser.close()
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"new": new, "seconds": spent, "own": own, "child": child}))
"""


def write_table(path: Path, count: int) -> None:
    """So many tickets as Freshdesk exports them, with their texts."""
    chance = random.Random(count)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        names = "Ticket ID,Subject,Status,Priority,Source,Created time,Full name,Email,Description"
        out.writerow(names.split(","))
        for number in range(count):
            text = " ".join(chance.choices(WORDS, k=chance.randint(300, 900)))
            head = [number, f"Letter {number}", "Open", "Low", "Email", "2026-03-02 09:00:00"]
            out.writerow([*head, f"Writer {number}", f"w{number % 997}@example.org", text])


def write_maildir(folder: Path, count: int) -> None:
    """A Maildir of so many new mails."""
    for name in ("cur", "tmp"):
        (folder / name).mkdir(parents=True)
    write_mails(folder / "new", count)


def main() -> None:
    """Print one line for each way in."""
    count = int(sys.argv[1]) if sys.argv[1:] else 5_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        write_table(folder / "tickets.csv", count)
        write_maildir(folder / "box", count)
        write_mails(folder / "drop", max(1, count // 10))
        for way, path in (("csv", "tickets.csv"), ("maildir", "box"), ("drop", "drop")):
            done = subprocess.run(
                [sys.executable, "-c", BRING, str(folder / f"{way}-home"), str(folder / path), way],
                capture_output=True,
                text=True,
                check=True,
            )
            found = json.loads(done.stdout)
            print(  # noqa: T201 - the figures are what this is for
                f"{way:>8}, {found['new']:>6} messages: {found['new'] / found['seconds']:.0f} a "
                f"second, peak {found['own'] / 1024:.0f} MB, parser {found['child'] / 1024:.0f} MB"
            )


if __name__ == "__main__":
    main()
