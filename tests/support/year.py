"""A year of invented messages, as receiving and deciding would have left them in the tables."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import insert, select

from triage.app import Triage
from triage.core.exclusions import Exclusion
from triage.core.ids import ALPHABET, new_id
from triage.messages.tables import Message, MessageTransition
from triage.senders.tables import Sender
from triage.staff.tables import Person

BATCH = 20_000
SERVICES = ("whatdotheyknow", "fixmystreet", "writetothem", "theyworkforyou", None)
CHANNELS = ("email", "web", "phone", "social")
LABELS = ("threatening", "aggressive", "offensive", "otherwise_inappropriate")


def fill(
    triage: Triage,
    *,
    year: int,
    messages: int,
    flagged: float = 0.02,
    abuse: float = 0.4,
    staff: int = 30,
    growth: float = 1.0,
    seed: int = 1,
) -> None:
    """So many messages over a year, so many of them flagged and decided within days.

    ``growth``: how many times as much of it is flagged at the year's end as at its beginning.
    """
    chance = random.Random(seed)
    first = datetime(year, 1, 1, tzinfo=UTC)
    with triage.database.read() as session:
        people = list(session.scalars(select(Person.id)))
        taken = session.scalars(select(Message.raw_hash).where(Message.raw_hash.like("y%"))).all()
    people += [_id(chance) for _ in range(max(0, staff - len(people)))]
    senders = [_id(chance) for _ in range(max(40, int(messages * 0.6)))]
    for at in range(0, len(senders), BATCH):
        rows = [
            {"id": one, "first_seen": first, "last_seen": first} for one in senders[at : at + BATCH]
        ]
        triage.database.write(lambda session, rows=rows: session.execute(insert(Sender), rows))
    batch: list[dict[str, Any]] = []
    for number in range(messages):
        place = number / messages
        at = first + timedelta(seconds=365 * 86400 * place)
        rate = flagged * (1 + (growth - 1) * place)
        batch.append(_message(chance, at, chance.choice(senders), rate, abuse, len(taken) + number))
        if len(batch) == BATCH:
            _write(triage, chance, batch, people)
            batch = []
    _write(triage, chance, batch, people)


def _id(chance: random.Random) -> str:
    return "".join(chance.choice(ALPHABET) for _ in range(26))


def _message(
    chance: random.Random, at: datetime, sender: str, flagged: float, abuse: float, number: int
) -> dict[str, Any]:
    is_flagged = chance.random() < flagged
    abusive = is_flagged and chance.random() < abuse
    decided = at + timedelta(hours=chance.choice((0.5, 2, 3, 8, 20, 40))) if is_flagged else None
    return {
        "id": new_id() if number % 1000 == 0 else _id(chance),
        "version": 1, "raw_hash": f"y{number:063x}", "raw_key_version": 1, "source": "a year",
        "channel": chance.choices(CHANNELS, (70, 20, 4, 6))[0],
        "service": chance.choices(SERVICES, (35, 30, 15, 10, 10))[0],
        "parse_status": "parsed", "sender_id": sender, "from_name": "", "subject": "",
        "references": [], "received_at": at, "imported_at": at + timedelta(minutes=3),
        "text": "An invented message of some length that says nothing in particular. " * 4,
        "length": 272, "rest": "", "model_version": "scripted", "scores": {}, "concern": 0.0,
        "band": "medium" if is_flagged else "low", "flagged": is_flagged, "routes": [],
        "signals": [], "in_rest": False, "sample_probability": 0.0, "sampled": False,
        "state": "unflagged" if not is_flagged else "noted" if abusive else "no_action",
        "state_since": at, "rank": 22 if is_flagged else None,
        "queued_at": at if is_flagged else None, "blind": False, "urgent": False,
        "particular_concern": False, "decided_at": decided,
        "dispositions": None if not is_flagged else
        [chance.choices(LABELS, (2, 5, 2, 2))[0]] if abusive else [],
        "severity": chance.choices(("low", "medium", "high"), (6, 3, 1))[0] if abusive else None,
    }  # fmt: skip


def _write(
    triage: Triage, chance: random.Random, batch: list[dict[str, Any]], people: list[str]
) -> None:
    if not batch:
        return

    def work(session: Any) -> None:
        session.execute(insert(Message), batch)
        session.execute(
            insert(Exclusion),
            [
                {"id": _id(chance), "matter_id": one["id"], "person_id": chance.choice(people),
                 "kind": "recipient", "since": one["received_at"]}
                for one in batch if chance.random() < 0.3
            ],
        )  # fmt: skip
        steps = list(_steps(batch))
        if steps:
            session.execute(insert(MessageTransition), steps)

    triage.database.write(work)


def _steps(batch: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for one in batch:
        if one["decided_at"] is None:
            continue
        opened = one["decided_at"] - timedelta(minutes=10)
        moves = (
            ("queue", "received", "queued", one["queued_at"]),
            ("claim", "queued", "claimed", opened),
        )
        for number, (edge, before, to, at) in enumerate(moves, 1):
            yield {
                "id": new_id(), "message_id": one["id"], "sequence": number, "edge": edge,
                "from_state": before, "to_state": to, "actor_id": "system", "at": at,
                "based_on": number, "policy_version": "x", "reason": b"", "details": {},
            }  # fmt: skip
