"""How fast mail comes in by each way: ``python tests/bench/bench_ways_in.py [N] [WAY…]``.

Generates N messages (default 5,000) for each way, brings them into a fresh SQLite database in a
process of its own, and prints messages a second and that process's peak memory. The drop folder
holds a tenth of them as single mails, since each is an import of its own; so does the mailbox,
which a dovecot of its own serves on the loopback. Run it by hand; nothing asserts on it.
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
elif way == "imap":
    import threading
    from triage.core.mailboxes import Mailbox
    from triage.mailboxes.reading import Shared
    from triage.mailboxes.watching import MailboxWatch
    box = Mailbox.model_validate_json(sys.argv[4])
    found = []
    shared = Shared(triage.runner, triage.scorer, parser)
    said = lambda mailbox, folder, what: found.append(what)
    assert MailboxWatch(shared, box, threading.Event(), said).look_once() is None
    new = sum(one.new for one in found)
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


def measure(folder: Path, way: str, path: Path, *more: str) -> None:
    """Print the line of one way in."""
    done = subprocess.run(
        [sys.executable, "-c", BRING, str(folder / f"{way}-home"), str(path), way, *more],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    print(  # noqa: T201 - the figures are what this is for
        f"{way:>8}, {found['new']:>6} messages: {found['new'] / found['seconds']:.0f} a "
        f"second, peak {found['own'] / 1024:.0f} MB, parser {found['child'] / 1024:.0f} MB"
    )


def measure_imap(folder: Path, count: int) -> None:
    """The same of a mailbox with so many messages."""
    sys.path.insert(0, str(Path(__file__).parents[1]))
    from support.mailbox_server import PASSWORD, serving_mail

    write_mails(folder / "mailbox", count)
    with serving_mail() as server:
        account = server.account()
        for path in sorted((folder / "mailbox").iterdir()):
            account.deliver(path.read_bytes())
        place = {"name": "Post", "host": "127.0.0.1", "port": server.port, "tls": "none"}
        box = place | {"user": account.user, "password": PASSWORD}
        measure(folder, "imap", folder, json.dumps(box))


def main() -> None:
    """Print one line for each way in."""
    count = int(sys.argv[1]) if sys.argv[1:] else 5_000
    ways = sys.argv[2:] or ["csv", "maildir", "drop", "imap"]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "csv" in ways:
            write_table(folder / "tickets.csv", count)
            measure(folder, "csv", folder / "tickets.csv")
        if "maildir" in ways:
            write_maildir(folder / "box", count)
            measure(folder, "maildir", folder / "box")
        if "drop" in ways:
            write_mails(folder / "drop", max(1, count // 10))
            measure(folder, "drop", folder / "drop")
        if "imap" in ways:
            measure_imap(folder, max(1, count // 10))


if __name__ == "__main__":
    main()
