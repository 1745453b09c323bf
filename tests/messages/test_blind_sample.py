"""The blind sample: a fair draw, and nothing of the model in sight until it is decided."""

import random
from collections.abc import Callable
from statistics import fmean
from typing import Any

import pytest
from sqlalchemy import select
from support.desk import Desk
from support.mail import START, inbound
from support.scorer import assess_marked

from triage.core.record import read_record
from triage.core.settings import Settings
from triage.intake.inbound import ParseStatus
from triage.messages.placing import Rank
from triage.messages.queries.history import history
from triage.messages.queries.queue import find, of_sender, queue_page
from triage.messages.queries.reading import uncovered
from triage.messages.rules import Step
from triage.messages.service import review
from triage.messages.service.reveals import reveal
from triage.messages.service.sampling import Sampler, in_frame
from triage.messages.tables import Message, MessageFlag

MakeDesk = Callable[..., Desk]


@pytest.fixture
def sampling(make_desk: MakeDesk, backend: str) -> Desk:
    """Two places a day, and one message a day expected: the first of each half is drawn."""
    return make_desk(backend, blind_sample_per_day=2, expected_messages_per_day=1)


def rows(desk: Desk) -> list[Message]:
    return list(desk.read(lambda session: session.scalars(select(Message)).all()))


def test_the_first_of_each_half_is_drawn_and_its_chance_is_kept(sampling: Desk) -> None:
    below, low = sampling.arrive("nothing"), sampling.arrive("[low]")
    for message in (below, low):
        row = sampling.row(message)
        assert (row.sampled, row.sample_probability, row.blind) == (True, 1.0, True)
        assert (row.state, row.rank) == ("queued", Rank.PLAIN)
    later = sampling.row(sampling.arrive("nothing"))
    assert (later.sampled, later.sample_probability, later.state) == (False, 0.0, "unflagged")


def test_why_a_sampled_message_is_in_the_queue_is_kept(sampling: Desk) -> None:
    below, low = sampling.arrive("nothing"), sampling.arrive("[low]")
    flags = sampling.read(lambda session: session.scalars(select(MessageFlag)).all())
    assert sorted((one.message_id, one.reason) for one in flags) == sorted(
        [(below, "sample"), (low, "model"), (low, "sample")]
    )


@pytest.mark.parametrize("text", ["[high]", "[welfare]", "[welfare] [low]", "[language]"])
def test_high_welfare_and_unread_messages_are_never_drawn(make_desk: MakeDesk, text: str) -> None:
    desk = make_desk(blind_sample_per_day=50, expected_messages_per_day=1)
    row = desk.row(desk.arrive(text))
    assert (row.sampled, row.sample_probability, row.blind) == (False, 0.0, False)
    assert not in_frame(assess_marked(text))


def test_what_was_quarantined_is_never_drawn(make_desk: MakeDesk) -> None:
    desk = make_desk(blind_sample_per_day=50, expected_messages_per_day=1)
    row = desk.row(
        desk.arrive("nothing", parse_status=ParseStatus.QUARANTINED, quarantine_reason="x")
    )
    assert (row.sampled, row.sample_probability) == (False, 0.0)


@pytest.mark.parametrize(
    ("places", "below", "flagged"), [(0, 0, 0), (1, 1, 0), (2, 1, 1), (5, 3, 2)]
)
def test_at_most_so_many_a_day_are_drawn_one_to_one_from_either_side(
    make_desk: MakeDesk, places: int, below: int, flagged: int
) -> None:
    desk = make_desk(blind_sample_per_day=places, expected_messages_per_day=1)
    for day in range(2):
        for _ in range(15):
            desk.receive(inbound("nothing"), inbound("[low]"), inbound("[medium]"))
        drawn = [one for one in rows(desk) if one.sampled and one.imported_at == desk.now]
        assert len([one for one in drawn if not one.flagged]) == below, day
        assert len([one for one in drawn if one.flagged]) == flagged, day
        desk.move(days=1)


def draws(desk: Desk, seed: int, texts: list[str]) -> list[tuple[float, bool]]:
    settings = Settings(blind_sample_per_day=4, expected_messages_per_day=20)

    def work(session: Any) -> list[tuple[float, bool]]:
        sampler = Sampler(session, settings, START, random.Random(seed))
        return [sampler.draw(assess_marked(text)) for text in texts]

    return desk.read(work)


def test_a_sum_weighted_by_one_over_the_chance_is_unbiased(make_desk: MakeDesk) -> None:
    """Of the messages that had a chance: how many were, say, missed by the model."""
    desk = make_desk()
    texts = ["nothing", "[low]", "[medium]", "[high]"] * 15
    wanted = [number for number, text in enumerate(texts) if text == "nothing"]
    errors = []
    for seed in range(300):
        drawn = draws(desk, seed, texts)
        had_a_chance = sum(1 for one in wanted if drawn[one][0] > 0)
        estimate = sum(1 / drawn[one][0] for one in wanted if drawn[one][1])
        errors.append(estimate - had_a_chance)
    assert abs(fmean(errors)) < 0.8
    assert max(errors) > 3


def test_the_chance_looks_at_what_came_before_and_never_at_what_a_message_says(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk()
    for seed in range(20):
        mild = draws(desk, seed, ["[low] a", "[low] b", "[medium] c"] * 5)
        other = draws(desk, seed, ["[medium] x", "[low] y", "[low] z"] * 5)
        assert mild == other


def test_after_two_weeks_the_usual_number_is_counted_and_no_longer_guessed(
    make_desk: MakeDesk,
) -> None:
    desk = make_desk(blind_sample_per_day=2, expected_messages_per_day=40)
    for _ in range(15):
        desk.receive(*(inbound("nothing") for _ in range(4)))
        desk.move(days=1)
    assert desk.row(desk.arrive("nothing")).sample_probability == pytest.approx(1 / 4, abs=0.03)


def test_messages_of_one_import_are_drawn_within_the_days_places(make_desk: MakeDesk) -> None:
    desk = make_desk(blind_sample_per_day=2, expected_messages_per_day=1)
    desk.receive(*(inbound("nothing") for _ in range(30)), *(inbound("[low]") for _ in range(30)))
    assert len([one for one in rows(desk) if one.sampled]) == 2


# -- nothing of the model in sight


def everything_about(desk: Desk, message: str) -> str:
    """All that a reviewer can read of a message, with ids and versions of rows taken out."""
    viewer = {"viewer": desk.ana}
    now = viewer | {"now": desk.now}
    read = [
        desk.read(queue_page, **now),
        desk.read(find, words="plain", **now),
        desk.read(of_sender, sender_id=desk.row(message).sender_id, **now),
        desk.item(desk.ana, message),
        desk.read(history, message_id=message, **viewer),
        [
            (row.at, row.actor_id, row.code, row.details)
            for row in sorted(
                desk.read(read_record, matter_id=message, **viewer).rows,
                key=lambda row: (row.at, row.code),
            )
        ],
        desk.read(read_record, **viewer).total,
    ]
    text = repr(read)
    for person in desk.people.values():
        text = text.replace(person.person_id, person.name)
    sender = desk.row(message).sender_id or ""
    return text.replace(message, "MESSAGE").replace(sender, "SENDER")


def world(make_desk: MakeDesk, clock: Any, text: str) -> list[str]:
    """A blind message through its life; what a reviewer reads at each stage."""
    clock.move(START - clock.now())
    desk = make_desk(blind_sample_per_day=2, expected_messages_per_day=1)
    raw = b"the same bytes"
    message = desk.arrive(text, raw=raw, source="x", message_id="<m@example.org>")
    assert desk.row(message).blind
    seen = [everything_about(desk, message)]
    version = desk.open(desk.ana, message)
    desk.do(desk.ana, reveal, message_id=message, step=Step.MASKED)
    shown = desk.read(uncovered, viewer=desk.ana, message_id=message)
    assert shown.signals == ()
    seen.append(everything_about(desk, message))
    desk.do(desk.ana, review.release, message_id=message, version=version)
    desk.open(desk.ana, message, look=3600)
    desk.open(desk.ben, message, look=3600)
    desk.open(desk.ana, message)
    seen.append(everything_about(desk, message))
    desk.decide(desk.ana, message)
    seen.append(everything_about(desk, message))
    return seen


class _Mute:
    """Says of the same text what it is told, so that only the model's opinion differs."""

    def __init__(self, marked: str) -> None:
        self.marked = marked
        self.labels = ()
        self.model_version = "scripted-1"

    def score(self, texts: Any) -> list[Any]:
        return [assess_marked(self.marked) for _ in texts]


def test_until_it_is_decided_nothing_tells_what_the_model_thought_of_a_blind_message(
    make_desk: MakeDesk, clock: Any
) -> None:
    def of_opinion(marked: str) -> list[str]:
        return world(_with_scorer(make_desk, marked), clock, "plain words")

    below, low, medium = (of_opinion(one) for one in ("", "[low]", "[medium] [offensive]"))
    assert below[:3] == low[:3] == medium[:3]
    assert low[3] != medium[3] != below[3]


def _with_scorer(make_desk: MakeDesk, marked: str) -> MakeDesk:
    def make(**settings: Any) -> Desk:
        desk = make_desk(**settings)
        desk.triage.given_scorer = _Mute(marked)  # type: ignore[assignment]
        desk.triage.__dict__.pop("scorer", None)
        return desk

    return make


def test_once_decided_it_is_told_that_it_was_blind_and_what_the_model_thought(
    sampling: Desk,
) -> None:
    message = sampling.arrive("[low] plain")
    before = sampling.item(sampling.ana, message)
    assert (before.blind, before.was_sampled, before.model_version) == (True, False, None)
    assert (before.row.band, before.row.kinds) == (None, ())
    sampling.decide(sampling.ana, message)
    after = sampling.item(sampling.ana, message)
    assert (after.blind, after.was_sampled, after.model_version) == (False, True, "scripted-1")
    assert after.row.band == "low"
