"""How well nearly equal texts are joined, and how fast they are found among 10,000 that wait.

python tests/bench/bench_campaigns.py [waiting]

First the figures behind the threshold: over every pair of texts in the sample mailbox and in
``data/corpus`` (no two of which are one message), and over texts with words changed, how many
are joined at each threshold, and how many of the alike share a mark. Then SQLite with so many
waiting messages: half of them one letter from many people, the rest from the corpus with
words changed, some from one sender. Run it by hand; nothing asserts on it.
"""

import hashlib
import json
import random
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from rapidfuzz import fuzz, process

from triage.app import Triage, open_triage
from triage.classifier.assessment import LABELS, Assessment, Band, Route
from triage.core.access import CONSOLE, SYSTEM, Actor
from triage.core.roles import Role
from triage.core.settings import Settings
from triage.demo import sample_mailbox
from triage.intake.inbound import InboundMessage
from triage.intake.parser import MailParser
from triage.intake.sources import read_paths
from triage.messages.campaigns import LONGEST, NEAR, SHORT, alike, plain, sketch
from triage.messages.queries.campaigns import beside
from triage.messages.service.importing import assess
from triage.messages.service.receive import own_text, receive
from triage.messages.tables import Message
from triage.staff.queries import active_people
from triage.staff.service import add_person

THRESHOLDS = (70, 75, 80, 85, 90, 95)
CORPUS = Path(__file__).parents[2] / "data" / "corpus"


def say(line: str) -> None:
    """The figures are what this is for."""
    print(line, flush=True)  # noqa: T201


class AllFlagged:
    """Every text is flagged in the middle band, so that all of them wait."""

    labels = LABELS
    model_version = "bench"

    def score(self, texts: Sequence[str]) -> list[Assessment]:
        """One assessment a text."""
        made = Assessment(
            scores=dict.fromkeys(LABELS, 0.5),
            concern=0.5,
            unread=None,
            flagged=True,
            routes=frozenset({Route.CONDUCT}),
            band=Band.MEDIUM,
            signals=[],
            model_version=self.model_version,
        )
        return [made] * len(texts)


def corpus() -> list[str]:
    """Every text of the corpus."""
    files = sorted(CORPUS.glob("*/*.jsonl"))
    return [json.loads(line)["text"] for one in files for line in one.open(encoding="utf-8")]


def sample() -> list[str]:
    """Every text of the sample mailbox, as it is scored."""
    with MailParser() as parser:
        return [own_text(parser.parse(one)) for one in read_paths([sample_mailbox()])]  # type: ignore[arg-type]


def varied(text: str, chance: random.Random, stock: Sequence[str], share: float) -> str:
    """The text with this share of its words changed, added or dropped."""
    words = text.split()
    for _ in range(max(1, int(len(words) * share))):
        at = chance.randrange(len(words))
        how = chance.random()
        if how < 0.5:
            words[at] = chance.choice(stock)
        elif how < 0.75:
            words.insert(at, chance.choice(stock))
        elif len(words) > 5:
            del words[at]
    return " ".join(words)


def joins(name: str, texts: list[str]) -> None:
    """Pairs of different messages that each threshold joins."""
    forms = [form for form in map(plain, texts) if SHORT <= len(form) <= LONGEST]

    def pairs(scorer: object, forms: list[str]) -> list[int]:
        upper = np.triu_indices(len(forms), 1)
        found = process.cdist(forms, forms, scorer=scorer, score_cutoff=70, dtype=np.uint8)  # type: ignore[call-overload]
        return [int((found[upper] >= one).sum()) for one in THRESHOLDS]

    found = pairs(fuzz.ratio, forms)
    shown = ", ".join(f"{one}: {n}" for one, n in zip(THRESHOLDS, found, strict=True))
    say(f"{name}, {len(forms)} texts: pairs joined by ratio at {shown}")
    first = forms[:2_000]
    at = THRESHOLDS.index(85)
    by_ratio, by_set = pairs(fuzz.ratio, first)[at], pairs(fuzz.token_set_ratio, first)[at]
    say(f"{name}, the first {len(first)}, at 85: ratio {by_ratio}, token_set_ratio {by_set}")


def variants(texts: list[str], count: int = 4_000) -> None:
    """Of texts with words changed: how many are alike, and of these how many share a mark."""
    chance = random.Random(1)
    forms = [form for form in map(plain, texts) if len(form) >= 60]
    stock = [word for form in forms[:500] for word in form.split()]
    for share in (0.05, 0.1, 0.15, 0.2):
        pairs = [(one, varied(one, chance, stock, share)) for one in chance.choices(forms, k=count)]
        same = [pair for pair in pairs if alike(*pair)]
        found = sum(bool(set(sketch(a)) & set(sketch(b))) for a, b in same)
        say(
            f"variants with {share:.0%} of the words changed: {len(same) / count:.1%} alike, "
            f"{found / max(1, len(same)):.2%} of these share a mark"
        )


def fill(triage: Triage, texts: list[str], count: int) -> None:
    """So many waiting messages."""
    chance = random.Random(2)
    stock = [word for one in texts[:500] for word in one.split()]
    letter = next(one for one in texts if 600 < len(one) < 900)
    made = []
    for number in range(count):
        base, share = (letter, 0.02) if number % 2 == 0 else (chance.choice(texts), 0.4)
        written = varied(base, chance, stock, share) if len(base.split()) > 5 else base
        raw = f"{number} {written}".encode("utf-8", "replace")
        made.append(
            InboundMessage(
                raw=raw,
                sha256=hashlib.sha256(raw).hexdigest(),
                source="bench",
                from_address=f"writer{chance.randrange(count // 4)}@example.org",
                recipients=("team@example.org",),
                subject=f"Letter {number}",
                message_id=f"<{number}@example.org>",
                written=written,
            )
        )
    for at in range(0, count, 200):
        batch = assess(AllFlagged(), made[at : at + 200])
        triage.runner.run(SYSTEM, lambda tx, batch=batch: receive(tx, batch))  # type: ignore[misc]


def lookups(triage: Triage, viewer: Actor, ids: list[str]) -> list[float]:
    """How long each took, in milliseconds."""
    spent = []
    for one in ids:
        with triage.database.read() as session:
            start = time.perf_counter()
            beside(session, viewer=viewer, message_id=one, now=triage.clock.now())
            spent.append((time.perf_counter() - start) * 1000)
    return spent


def main(count: int) -> None:
    """Print the figures."""
    texts = corpus()
    say(f"alike from {NEAR}")
    joins("sample", sample())
    joins("corpus", texts)
    variants(texts)
    with tempfile.TemporaryDirectory() as name:
        triage = open_triage(Settings(home=Path(name), demo=True), scorer=AllFlagged())
        given = {"name": "Rev", "email": "rev@example.org", "roles": [Role.REVIEWER]}
        triage.runner.run(CONSOLE, lambda tx: add_person(tx, **given))  # type: ignore[arg-type]
        start = time.perf_counter()
        fill(triage, texts, count)
        say(f"{count} received in {time.perf_counter() - start:.0f} s")
        with triage.database.read() as session:
            viewer = active_people(session)[0].actor()
            rows = session.query(Message.id, Message.subject).all()
        of_letter = [one for one, subject in rows if int(subject.split()[1]) % 2 == 0]
        others = [one for one, subject in rows if int(subject.split()[1]) % 2]
        chance = random.Random(3)
        for said, ids in (("ordinary", others), ("of the campaign", of_letter)):
            spent = lookups(triage, viewer, chance.sample(ids, min(300, len(ids))))
            p50, p95 = np.percentile(spent, [50, 95])
            say(f"lookup among {count} waiting, {said}: p50 {p50:.1f} ms, p95 {p95:.1f} ms")
        triage.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
