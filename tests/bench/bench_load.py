"""Twenty people at once on 100,000 messages: ``python tests/bench/bench_load.py``.

For SQLite and for PostgreSQL: makes a desk with so many messages, starts the real server (what
``triage serve`` starts) with a sign-in provider on the loopback, signs twenty people in, each on a
web socket of their own, and lets all of them work at once: Today, Review (open, uncover, decide),
Find. Then one of them reruns a page a thousand times, and the server's memory is measured.

How the messages come there: a fiftieth is received by the service, as mail is; the rest are copies
of these, made by SQL, with ids, senders' times and hashes of their own (no events on the record).
The tabs are real sessions on real web sockets and no browsers: what is measured is the server, from
the click to the word that the script has ended.

``--messages N --sessions N --rounds N --reruns N --only sqlite|postgresql --write`` (.docs/load.md)
"""

import argparse
import json
import os
import random
import re
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import psutil
from sqlalchemy import insert, select, text

sys.path.insert(0, str(Path(__file__).parents[1]))

from support.cluster import cluster
from support.mail import inbound
from support.provider import Provider, providing
from support.scorer import ScriptedScorer
from support.serving import serving
from support.tabs import Broken, Tab

from triage.app import Triage, open_triage
from triage.conduct.kinds import Disposition, Severity
from triage.core.access import CONSOLE, SYSTEM, Actor
from triage.core.ids import new_id
from triage.core.keys import KeyStore
from triage.core.roles import Role
from triage.core.settings import Settings
from triage.intake.inbound import Channel
from triage.intake.note import Note
from triage.messages.beside.tables import MessageSketch
from triage.messages.rules import Step
from triage.messages.service import review
from triage.messages.service.importing import assess
from triage.messages.service.receive import receive
from triage.messages.service.reveals import reveal
from triage.messages.service.taking import take_note
from triage.messages.tables import Message, MessageFlag, MessageTransition, Original
from triage.staff.queries import active_people
from triage.staff.service import add_person

ROOT = Path(__file__).parents[2]
TABLE = ROOT / ".docs" / "load.md"
COPIES = 50
WORDS = [
    "letter",
    "reply",
    "council",
    "road",
    "bin",
    "lamp",
    "office",
    "request",
    "file",
    "number",
    "week",
    "month",
    "street",
    "answer",
    "page",
    "north",
    "south",
    "river",
    "garden",
    "school",
    "library",
    "bus",
    "ticket",
    "form",
    "address",
    "please",
    "thank",
    "where",
    "when",
]
SERVE = """
import os, sys
port = int(sys.argv[1])
os.environ["TRIAGE_PUBLIC_URL"] = f"http://127.0.0.1:{port}"
from triage.cli_serve import run
from triage.core.settings import Settings
run(Settings(), port)
"""


def say(line: str) -> None:
    """The figures are what this is for."""
    print(line, flush=True)  # noqa: T201


# -- a desk with so many messages


def fill(triage: Triage, count: int, people: int) -> None:
    """People, and messages: 90 % let pass, 5 % that wait, 5 % that were decided."""
    for number in range(people):
        given: dict[str, Any] = {"name": f"Person {number:02}", "email": mail_of(number)}
        given["roles"] = frozenset({Role.REVIEWER})
        triage.runner.run(CONSOLE, partial(add_person, **given))
    for number, row in enumerate(_people(triage)):
        entered = Note(
            Channel.PHONE, datetime.now(UTC), f"For you: {marker_of(number)}",
            colleagues=(row.person_id,), name="Pat Example",
        )  # fmt: skip
        triage.runner.run(row, partial(take_note, note=entered, scorer=ScriptedScorer()))
    chance = random.Random(1)
    first = max(40, count // COPIES)
    waiting: list[str] = []
    for at in range(0, first, 200):
        made = [_message(number, chance) for number in range(at, min(first, at + 200))]
        batch = assess(ScriptedScorer(), made)
        got = triage.runner.run(SYSTEM, lambda tx, batch=batch: receive(tx, batch))  # type: ignore[misc]
        waiting += [one.message_id for one in got if one.queued and one.message_id]
    _decide(triage, waiting[: len(waiting) // 2])
    triage.database.write(lambda session: _copy(session, first, count))
    if triage.database.dialect == "postgresql":  # as it does by itself; SQLite never does
        with triage.database.engine.connect() as connection:
            connection.execute(text("ANALYZE"))
            connection.commit()


def _people(triage: Triage) -> list[Actor]:
    with triage.database.read() as session:
        return sorted((one.actor() for one in active_people(session)), key=lambda one: one.name)


def mail_of(number: int) -> str:
    """Somebody's address."""
    return f"p{number:02}@charity.example.org"


def marker_of(number: int) -> str:
    """A word that was sent to one person alone, and that nobody else may be shown."""
    return f"marker-{number:02}-{'ABCDEFGHIJKLMNOPQRSTUVWXYZ'[number % 26] * 8}"


def _message(number: int, chance: random.Random) -> Any:
    mark = "" if number % 10 else chance.choice(["[low]", "[medium]", "[high] [offensive]"])
    words = " ".join(chance.choices(WORDS, k=chance.randint(40, 160)))
    return inbound(
        f"{mark} {words}",
        raw=f"{number} {words}".encode(),
        from_address=f"writer{number % 997}@example.org",
        subject=f"Letter {number}",
        message_id=f"<{number}@example.org>",
        received_at=datetime.now(UTC) - timedelta(minutes=number),
    )


class Past:
    """A clock a little behind, so that what is opened has been looked at when it is decided."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC) - timedelta(days=1)

    def now(self) -> datetime:
        """Two seconds later each time that it is asked."""
        self.at += timedelta(seconds=2)
        return self.at


def _decide(triage: Triage, ids: Sequence[str]) -> None:
    before, triage.clock = triage.clock, Past()
    who = _people(triage)[0]
    for number, one in enumerate(ids):
        version = triage.runner.run(who, partial(review.open_message, message_id=one))
        triage.runner.run(who, partial(reveal, message_id=one, step=Step.FULL))
        labels = [Disposition.OFFENSIVE] if number % 2 else []
        given: dict[str, Any] = {"labels": labels, "severity": Severity.LOW, "version": version}
        triage.runner.run(who, partial(review.decide, message_id=one, **given))
    triage.clock = before


def _copy(session: Any, first: int, count: int) -> None:
    """Each message that is there, again and again, with all that hangs on it."""
    tables = [Message, Original, MessageTransition, MessageFlag, MessageSketch]
    held = {one: [dict(r) for r in session.execute(select(one.__table__)).mappings()]
            for one in tables}  # fmt: skip
    held[Message] = [one for one in held[Message] if "marker-" not in one["text"]]
    found = session.execute(text("SELECT message_id, body FROM message_search")).all()
    search = dict(found) if session.get_bind().dialect.name == "sqlite" else {}
    done, turn = first, 0
    while done < count:
        turn += 1
        some = held[Message][: count - done]
        fresh = {row["id"]: new_id() for row in some}
        span = timedelta(hours=7 * turn)
        session.execute(insert(Message.__table__), [
            row | {"id": fresh[row["id"]], "raw_hash": new_id(), "message_id_hash": None,
                   "received_at": row["received_at"] - span}
            for row in some
        ])  # fmt: skip
        for table in tables[1:]:
            rows = [_again(table, row, fresh) for row in held[table] if row["message_id"] in fresh]
            if rows:
                session.execute(insert(table.__table__), rows)
        if search:
            session.execute(
                text("INSERT INTO message_search (message_id, body) VALUES (:m, :b)"),
                [{"m": fresh[one], "b": body} for one, body in search.items() if one in fresh],
            )
        else:
            session.execute(
                text("INSERT INTO message_search (message_id, body) SELECT :new, body "
                     "FROM message_search WHERE message_id = :old"),
                [{"new": fresh[one], "old": one} for one, _ in found if one in fresh],
            )  # fmt: skip
        done += len(some)


def _again(table: Any, row: dict[str, Any], fresh: dict[str, str]) -> dict[str, Any]:
    own = {"message_id": fresh[row["message_id"]]}
    if "id" in row:
        own["id"] = new_id()
    if "token" in row:
        own["token"] = None
    empty = {name: b"" for name in ("reason", "note") if name in row}  # sealed for another
    return row | own | empty


# -- twenty people at once


class Day:
    """One person's work, in a thread of its own."""

    def __init__(self, tab: Tab, number: int, timed: Callable[[str, float], None]) -> None:
        self.tab, self.number, self.timed = tab, number, timed
        self.marker = marker_of(number)
        self.chance = random.Random(number)
        self.refused = 0

    def think(self, most: float = 3.0) -> None:
        """People read before they click."""
        time.sleep(self.chance.uniform(0.5, most))

    def round(self) -> None:
        """Today, the queue, one message to its decision, a search."""
        tab, timed = self.tab, self.timed
        timed("Today", tab.go("today"))
        self.think()
        timed("Review: the queue", tab.go("review"))
        self.think()
        timed("Review: open", tab.press("Start with the first"))
        self.think()
        if tab.has("button", "Show every word"):
            timed("Review: uncover", tab.press("Show every word"))
            self.think()
            timed("Review: note", tab.fill("Note for the record", "a thought"))
            timed("Review: choose", tab.press("None of these"))
            self.think()
            timed("Review: decide", tab.press("Decide"))
        else:
            self.refused += 1  # a colleague was faster
        self.think()
        words = "+".join(self.chance.sample(WORDS, 2))
        timed("Find", tab.go("find", f"q={words}"))
        self.think()
        timed("Sent to you", tab.go("mine"))
        timed("Sent to you: open", tab.press("Open"))
        if tab.has("button", "Show every word"):
            timed("Sent to you: uncover", tab.press("Show every word"))


def work(days: list[Day], rounds: int) -> list[str]:
    """All at once; what went wrong."""
    wrong: list[str] = []
    gate = threading.Barrier(len(days))

    def run(day: Day) -> None:
        gate.wait()
        for _ in range(rounds):
            try:
                day.round()
            except Broken as error:
                wrong.append(f"{day.number}: {error}"[:300])

    threads = [threading.Thread(target=run, args=(one,)) for one in days]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    return wrong


def leaks(days: list[Day]) -> int:
    """How often somebody was sent another's marker, or told that they are somebody else.

    Everybody must have been sent their own: else this would have looked at nothing.
    """
    found = 0
    for day in days:
        seen = bytes(day.tab.seen)
        marks = set(re.findall(rb"marker-\d\d-[A-Z]{8}", seen))
        names = set(re.findall(rb"You are [^P]{0,60}Person (\d\d)", seen))
        own = {day.marker.encode()}, {b"%02d" % day.number}
        found += len(marks - own[0]) + len(names - own[1])
        if (marks & own[0], names & own[1]) != own:
            raise AssertionError(f"session {day.number} was not sent what is its own")
    return found


def memory(pid: int) -> float:
    """Megabytes that the server holds."""
    return float(psutil.Process(pid).memory_info().rss) / 1024 / 1024


def processor(pid: int) -> float:
    """Seconds of a processor that the server has used: whatever else the machine does."""
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


def grow(tab: Tab, pid: int, reruns: int) -> list[tuple[int, float]]:
    """(reruns so far, megabytes) over so many reruns of two pages."""
    found = [(0, memory(pid))]
    for number in range(1, reruns + 1):
        tab.go("today" if number % 2 else "review")
        tab.seen.clear()
        if number % max(1, min(50, reruns // 4)) == 0 or number == 100:
            found.append((number, memory(pid)))
    return found


@contextmanager
def served(home: Path, provider: Provider, url: str | None, people: int) -> Iterator[Any]:
    """The server over that database; where it is, and its process."""
    for number in range(people):
        provider.know(f"sub-{number}", email=mail_of(number), email_verified=True)
    given = {
        "TRIAGE_OIDC_METADATA_URL": f"{provider.url}/.well-known/openid-configuration",
        "TRIAGE_OIDC_CLIENT_ID": "desk",
        "TRIAGE_OIDC_CLIENT_SECRET": "only for tests",
        "TRIAGE_COOKIE_SECRET": "a cookie secret for tests, and no other use",
        "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]),
    }
    if url is not None:
        given["TRIAGE_DATABASE_URL"] = url
    with serving(home, [sys.executable, "-c", SERVE, "{port}"], **given) as up:
        here = psutil.Process().children(recursive=True)
        pid = next(one.pid for one in here if "cli_serve import run" in " ".join(one.cmdline()))
        yield up.url, pid


def measure(kind: str, url: str | None, provider: Provider, asked: Any) -> dict[str, Any]:
    """One database: the figures."""
    with tempfile.TemporaryDirectory(prefix="triage-load-") as name:
        home = Path(name) if asked.desk is None or url is not None else asked.desk
        made_before = (home / "triage.db").exists()
        settings = Settings(home=home, database_url=url)  # type: ignore[arg-type]
        KeyStore(settings).init()
        triage = open_triage(settings, scorer=ScriptedScorer())
        begun = time.monotonic()
        if not made_before:
            fill(triage, asked.messages, asked.sessions)
        else:  # the provider is another each time, and its people with it
            unlink = text("UPDATE people SET oidc_issuer = NULL, oidc_subject = NULL")
            triage.database.write(lambda session: session.execute(unlink))
        with triage.database.read() as session:
            total = session.scalar(text("SELECT count(*) FROM messages"))
            waits = session.scalar(text("SELECT count(*) FROM messages WHERE state = 'queued'"))
        say(f"{kind}: {total} messages, {waits} wait, made in {time.monotonic() - begun:.0f} s")
        triage.close()
        with served(home, provider, url, asked.sessions) as (place, pid):
            return _measure(kind, place, pid, asked) | {"messages": total, "waiting": waits}


def _measure(kind: str, place: str, pid: int, asked: Any) -> dict[str, Any]:
    spent: dict[str, list[float]] = defaultdict(list)
    tabs = [Tab(place) for _ in range(asked.sessions)]
    for number, tab in enumerate(tabs):
        tab.sign_in(f"sub-{number}")
        tab.go("today")
    say(f"{kind}: {len(tabs)} signed in, {memory(pid):.0f} MB")
    cpu, alone = {}, {}
    for page in ("today", "review", "find"):
        used = processor(pid)
        alone[page] = [
            tabs[0].go(page, f"q={one}+street" if page == "find" else "") for one in WORDS[:20]
        ]
        cpu[page] = round((processor(pid) - used) * 1000 / 20)
    days = [Day(tab, n, lambda what, s: spent[what].append(s)) for n, tab in enumerate(tabs)]
    begun = time.monotonic()
    wrong = work(days, asked.rounds)
    lasted = time.monotonic() - begun
    say(f"{kind}: {len(wrong)} rounds went wrong {wrong[:3]}")
    found: dict[str, Any] = {
        "kind": kind, "sessions": len(tabs), "seconds": round(lasted), "wrong": wrong,
        "leaks": leaks(days), "reruns": sum(map(len, spent.values())),
        "refused": sum(one.refused for one in days),
        "at_once": {name: _p(times) for name, times in spent.items()},
        "alone": {name: _p(times) for name, times in alone.items()}, "cpu": cpu,
    }  # fmt: skip
    for tab in tabs[1:]:
        tab.close()
    grown = grow(tabs[0], pid, asked.reruns)
    tabs[0].close()
    half = [one for one in grown if one[0] >= asked.reruns / 4]
    slope = float(np.polyfit(*zip(*half, strict=True), 1)[0]) if len(half) > 1 else 0.0
    found["memory"] = grown
    found["slope"] = slope * 1000
    return found


def _p(times: list[float]) -> tuple[float, float, int]:
    p50, p95 = np.percentile(times, [50, 95])
    return round(p50 * 1000), round(p95 * 1000), len(times)


def write(found: dict[str, Any], asked: Any) -> str:
    """One database's section."""
    kb = dict(found["memory"])
    lines = [
        f"## {found['kind']}",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}: {found['messages']:,} messages, {found['waiting']:,} of "
        f"them waiting; {found['sessions']} sessions at once, {found['reruns']:,} reruns in "
        f"{found['seconds']} s, with 0.5 to 3 s of reading before each click; load of the machine "
        f"at the end {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores.",
        "",
        f"- Another's marker received: **{found['leaks']}** times.",
        f"- Reruns that failed: {len(found['wrong'])}. Opened by a colleague a moment before: "
        f"{found['refused']}.",
        "- Processor time of the server a rerun, alone: "
        + ", ".join(f"{page} {ms} ms" for page, ms in found["cpu"].items())
        + ".",
        f"- Memory of the server over {asked.reruns:,} reruns: {kb[0]:.0f} MB at the start"
        + "".join(f", {kb[n]:.0f} MB after {n:,}" for n in (100, 500, asked.reruns) if n in kb)
        + f"; slope over the last three quarters {found['slope']:+.1f} MB per 1,000 reruns.",
        "",
        "| what | p50 ms | p95 ms | reruns |",
        "|---|---|---|---|",
    ]
    for where, said in (("at_once", "all at once"), ("alone", "alone")):
        for name, (p50, p95, count) in found[where].items():
            lines.append(f"| {name}, {said} | {p50} | {p95} | {count} |")
    return "\n".join([*lines, ""])


HEAD = """\
# Load

Written by `python tests/bench/bench_load.py --write`; how it is measured stands in that file's
first lines. One server process, sessions on real web sockets, no browsers.

"""


def main() -> None:
    """Print the figures; ``--write`` puts them into .docs/load.md."""
    asks = argparse.ArgumentParser(description=__doc__)
    asks.add_argument("--messages", type=int, default=100_000)
    asks.add_argument("--sessions", type=int, default=20)
    asks.add_argument("--rounds", type=int, default=5)
    asks.add_argument("--reruns", type=int, default=1_000)
    asks.add_argument("--only", choices=["sqlite", "postgresql"])
    asks.add_argument("--desk", type=Path, help="folder to keep the SQLite desk in, or to find it")
    asks.add_argument("--write", action="store_true")
    asked = asks.parse_args()
    sections = {}
    if TABLE.exists():
        for part in re.split(r"(?m)^(?=## )", TABLE.read_text("utf-8"))[1:]:
            sections[part.split("\n", 1)[0][3:]] = part
    with providing() as provider:
        for kind in [asked.only] if asked.only else ["sqlite", "postgresql"]:
            if kind == "sqlite":
                found = measure(kind, None, provider, asked)
            else:
                with cluster(fsync="on", shared_buffers="128MB") as own:
                    found = measure(kind, own.url, provider, asked)
            say(json.dumps(found))
            sections[kind] = write(found, asked)
            say(sections[kind])
            if asked.write:
                TABLE.parent.mkdir(exist_ok=True)
                body = "\n".join(sections[one] for one in sorted(sections, reverse=True))
                TABLE.write_text(HEAD + body, "utf-8")


if __name__ == "__main__":
    main()
