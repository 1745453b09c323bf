"""How fast mail comes in, and in how much memory: ``python tests/bench/bench_import.py [N …]``.

Generates N mails (default 1,000 and 10,000) of 2 to 6 kB in a folder, imports them into a fresh
SQLite database in a process of its own, and prints messages a second and that process's peak
memory. Run it by hand; nothing asserts on it.
"""

import json
import random
import subprocess
import sys
import tempfile
from pathlib import Path

WORDS = (
    *("the", "request", "about", "road", "report", "council", "answer", "please", "thank"),
    *("reply", "week", "letter", "form", "page", "search", "result", "street", "light"),
    *("office", "number", "address", "deadline", "publish", "record", "meeting", "notice"),
)

IMPORT = """
import json, resource, sys, time
from pathlib import Path
from triage.app import open_triage
from triage.core.settings import Settings
from triage.messages.service.importing import import_mail
triage = open_triage(Settings(home=Path(sys.argv[1])))
triage.scorer.score(["warm"])
start = time.perf_counter()
result = import_mail(triage.runner, triage.scorer, [Path(sys.argv[2])])
spent = time.perf_counter() - start
own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
print(json.dumps({"new": result.new, "seconds": spent, "own": own, "child": child}))
"""


def write_mails(folder: Path, count: int) -> None:
    """So many mails, one a file, none like another."""
    chance = random.Random(count)
    folder.mkdir()
    for number in range(count):
        words = chance.choices(WORDS, k=chance.randint(300, 900))
        lines = [" ".join(words[at : at + 12]) for at in range(0, len(words), 12)]
        head = (
            f"From: Writer {number} <writer{number % 997}@example.org>\r\n"
            f"To: team@example.org\r\nSubject: Letter {number}\r\n"
            f"Message-ID: <{number}@example.org>\r\nMIME-Version: 1.0\r\n"
            "Content-Type: text/plain; charset=utf-8\r\n\r\n"
        )
        (folder / f"{number:06}.eml").write_bytes((head + "\r\n".join(lines)).encode())


def main() -> None:
    """Print one line for each size."""
    for count in [int(one) for one in sys.argv[1:]] or [1_000, 10_000]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            write_mails(folder / "mail", count)
            done = subprocess.run(
                [sys.executable, "-c", IMPORT, str(folder / "home"), str(folder / "mail")],
                capture_output=True,
                text=True,
                check=True,
            )
        found = json.loads(done.stdout)
        print(  # noqa: T201 - the figures are what this is for
            f"{found['new']:>7} mails: {found['new'] / found['seconds']:.0f} a second, "
            f"peak {found['own'] / 1024:.0f} MB, parser {found['child'] / 1024:.0f} MB"
        )


if __name__ == "__main__":
    main()
