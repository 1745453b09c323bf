"""Invented histories: who wrote what, when, and to whom. No two of them alike."""

import random
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

from triage.messages.stubs.rules import WAITS
from triage.trends.rules import MONTHS, Period, Span
from triage.trends.tally import Tally
from triage.trends.views import ABUSE, KEYS, KINDS, RESTRICTIONS, SEVERITIES, Node


@dataclass(frozen=True)
class Record:
    """One message, as far as any view counts it."""

    month: str
    sender: str
    recipients: tuple[str, ...]
    service: str
    channel: str
    flagged: bool
    kind: str
    severity: str
    wait: str
    restriction: str | None
    referred: bool
    known: str = ""
    """The month in which it was flagged, where that was a later one."""

    @property
    def acted(self) -> str:
        """The month in which it counts as flagged, and all that came of it."""
        return self.known or self.month


@dataclass(frozen=True)
class Size:
    """How much comes in."""

    a_month: float
    flagged: float
    staff: int
    named: float = 0.5
    """The share that is addressed to somebody by name."""
    late: float = 0.0
    """The share of the flagged that somebody flags in a later month."""


def months(first_year: int, years: int) -> list[Period]:
    """Every month of some years."""
    return [m for y in range(years) for m in Period(first_year + y, 1, Span.YEAR).parts(Span.MONTH)]


def history(seed: int, size: Size, first_year: int = 2025, years: int = 2) -> list[Record]:
    """Messages of whole years: skewed, with quiet services, prolific senders and bursts."""
    chance = random.Random(seed)
    services, channels = KEYS["received", "service"], KEYS["received", "channel"]
    service_weights = [chance.paretovariate(0.8) for _ in services]
    channel_weights = [chance.paretovariate(0.7) for _ in channels]
    kind_weights = [chance.paretovariate(1.0) for _ in KEYS["decided", "kind"]]
    records = []
    senders = max(20, int(size.a_month * 6))
    for month in months(first_year, years):
        count = poisson(chance, size.a_month)
        burst = f"burst-{month.code}" if chance.random() < 0.2 else None
        many = chance.randrange(4, 40) if burst else 0
        for number in range(count + many):
            sender = f"s{int(senders * chance.random() ** 1.5)}" if number < count else str(burst)
            flagged = chance.random() < size.flagged or sender == burst
            records.append(
                Record(
                    month=month.code,
                    sender=sender,
                    recipients=(f"r{chance.randrange(size.staff)}",)
                    if chance.random() < size.named
                    else (),
                    service=chance.choices(services, service_weights)[0],
                    channel=chance.choices(channels, channel_weights)[0],
                    flagged=flagged,
                    kind=chance.choices(KEYS["decided", "kind"], kind_weights)[0],
                    severity=chance.choices(SEVERITIES, (5, 3, 1))[0],
                    wait=chance.choices(WAITS, (4, 5, 6, 2, 1))[0],
                    restriction=chance.choice(RESTRICTIONS) if chance.random() < 0.06 else None,
                    referred=chance.random() < 0.02,
                )
            )
    return late(records, seed, size) if size.late else records


def late(records: list[Record], seed: int, size: Size) -> list[Record]:
    """The same, but that some are flagged, and decided, in one of the three months after."""
    chance = random.Random(f"late {seed}")
    made = []
    for one in records:
        moved = one.flagged and chance.random() < size.late
        after = Period.parse(one.month).before(-chance.randrange(1, 4)) if moved else None
        made.append(replace(one, known=after.code) if after else one)
    return made


def poisson(chance: random.Random, mean: float) -> int:
    """A count with this mean."""
    if mean > 200:
        return max(0, round(chance.gauss(mean, mean**0.5)))
    total, at = chance.expovariate(1), 0
    while total < mean:
        total += chance.expovariate(1)
        at += 1
    return at


def cells(record: Record, span: Span) -> Iterator[Node]:
    """Every cell of the fixed schema that a record counts in."""
    yield "received", "", "all"
    if span is Span.MONTH:
        yield "received", "service", record.service
        yield "received", "channel", record.channel
    if not record.flagged:
        return
    yield "flagged", "", "all"
    if span is Span.MONTH:
        return
    yield "flagged", "service", record.service
    yield "flagged", "channel", record.channel
    yield "decided", "", "all"
    yield "decided", "kind", record.kind
    yield "decided", "wait", record.wait
    if record.kind in KINDS:
        yield ABUSE
        yield "decided", "severity", record.severity
        if record.restriction:
            yield "restrictions", "", "all"
            yield "restrictions", "kind", record.restriction
        if record.referred:
            yield "referrals", "", "all"


def facts(records: list[Record], period: Period) -> dict[Node, Tally]:
    """What a period's tables are made of."""
    within = {one.code for one in period.parts(Span.MONTH)}
    found: dict[Node, Tally] = defaultdict(Tally)
    for one in records:
        if one.month not in within and one.acted not in within:
            continue
        for node in cells(one, period.span):
            if (one.month if node[0] == "received" else one.acted) in within:
                unnamed = node[0] in {"restrictions", "referrals"}
                found[node].add(one.sender, () if unnamed else one.recipients)
    return found


def periods(first_year: int = 2025, years: int = 2) -> list[Period]:
    """Every period of some years, in the order in which they close."""
    found = months(first_year, years)
    return sorted(
        [
            *found,
            *{m.within(Span.QUARTER) for m in found},
            *{m.within(Span.YEAR) for m in found},
        ],
        key=lambda one: (one.after, MONTHS[one.span]),
    )
