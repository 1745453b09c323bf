"""Whoever attaches a threat has sent it; what is quoted often is somebody else's."""

from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.desk import Desk
from support.mail import inbound
from support.scorer import assess_marked
from support.watch import Watch

from triage.alarms.rules import Why
from triage.classifier.assessment import Assessment, Band, Route
from triage.intake.inbound import Attachment
from triage.messages.placing import Rank
from triage.messages.queries.queue import queue_page
from triage.messages.service.importing import import_mail
from triage.messages.service.weighing import Arrival, weigh
from triage.messages.tables import Message

THREAT = "[high] I will come to your door"


def note(text: str) -> Attachment:
    """A text file."""
    return Attachment("note.txt", "text/plain", len(text), "0" * 64, text)


@pytest.mark.parametrize(
    "written", ["see attached", "[low] see attached", "[medium] x", "[high] [offensive] x",
                "[welfare] x", "[language] x", "[empty]"],
)  # fmt: skip
def test_p_msg_1_a_threat_that_is_attached_is_urgent_and_raises_the_alarm(
    desk: Desk, written: str
) -> None:
    watch = Watch(desk)
    message = desk.arrive(written, attachments=(note("minutes"), note(THREAT)))
    row = desk.row(message)
    assert (row.state, row.rank, row.band, row.in_rest) == ("queued", Rank.HIGH, "high", True)
    assert row.signals == []  # they point into what was written
    assert [(one.matter_id, one.lane, one.why) for one in watch.alarms()] == [
        (message, "urgent", Why.THREAT.value)
    ]
    (listed,) = desk.read(queue_page, viewer=desk.ana, now=desk.now).rows
    assert (listed.attached, listed.band, listed.kinds) == (True, "high", ("threatening",))
    assert not row.sampled
    assert row.sample_probability == 0


def test_what_is_quoted_signed_or_less_than_a_threat_stays_low_and_wakes_nobody(desk: Desk) -> None:
    for given_ in (
        {"quoted": THREAT},
        {"signature": THREAT},
        {"quoted": THREAT, "attachments": (note("minutes"),)},
        {"attachments": (note("[high] [offensive]"),)},
    ):
        row = desk.row(desk.arrive("see below", **given_))
        assert (row.rank, row.band, row.in_rest) == (Rank.PLAIN, "low", True)
    assert desk.row(desk.arrive("see below", attachments=(note("[medium]"),))).rank is None
    assert Watch(desk).alarms() == []
    page = desk.read(queue_page, viewer=desk.ana, now=desk.now)
    assert [one.attached for one in page.rows] == [False] * 4


def test_a_threat_that_is_written_is_found_there_whatever_is_attached(desk: Desk) -> None:
    row = desk.row(desk.arrive(THREAT, attachments=(note(THREAT),)))
    assert (row.rank, row.in_rest, len(row.signals)) == (Rank.HIGH, False, 1)


def test_somebody_at_risk_in_one_place_and_a_hard_word_in_the_other_are_both_seen(
    desk: Desk,
) -> None:
    row = desk.row(desk.arrive("see below", quoted=THREAT, attachments=(note("[welfare]"),)))
    assert (row.rank, row.band, row.routes) == (
        Rank.WELFARE_BELOW, "low", ["conduct", "welfare"],
    )  # fmt: skip
    assert (row.scores["welfare"], row.scores["threatening"]) == (0.9, 0.95)


def letters() -> dict[str, EmailMessage]:
    """Mails whose body is harmless, with a threat in each kind of attachment that is text."""
    found: dict[str, EmailMessage] = {}
    inner = EmailMessage()
    inner["From"], inner["Subject"] = "pat@example.org", "a letter"
    inner.set_content(THREAT)
    for number, what in enumerate(("text", "html", "octets", "message")):
        mail = found[what] = EmailMessage()
        mail["From"], mail["To"] = "pat@example.org", "team@charity.example.org"
        mail["Subject"], mail["Message-ID"] = "see attached", f"<{number}@example.org>"
        mail.set_content("Please read what is attached.")
        if what == "text":
            mail.add_attachment(THREAT, filename="note.txt")
        elif what == "html":
            mail.add_attachment(f"<p>{THREAT}</p>", subtype="html", filename="note.html")
        elif what == "octets":
            mail.add_attachment(
                THREAT.encode(), maintype="application", subtype="octet-stream", filename="note.txt"
            )
        else:
            mail.add_attachment(inner)
    return found


def test_it_is_found_in_every_kind_of_attachment_whose_text_is_read(
    desk: Desk, tmp_path: Path
) -> None:
    for what, mail in letters().items():
        (tmp_path / f"{what}.eml").write_bytes(mail.as_bytes())
    found = import_mail(desk.triage.runner, desk.triage.scorer, [tmp_path], dry_run=True)
    assert (found.new, found.queued) == (4, 4)
    import_mail(desk.triage.runner, desk.triage.scorer, [tmp_path])
    rows = Watch(desk).rows(Message)
    assert [(one.rank, one.in_rest) for one in rows] == [(Rank.HIGH, True)] * 4
    assert len(Watch(desk).alarms()) == 4


MARKS = ("low", "medium", "high", "welfare", "language", "offensive", "aggressive")
marked = st.sets(st.sampled_from(MARKS)).map(
    lambda chosen: assess_marked(" ".join(f"[{one}]" for one in sorted(chosen)))
)
perhaps = st.none() | marked


@given(own=marked, below=perhaps, attached=perhaps)
def test_nothing_beside_makes_less_of_what_was_written_and_only_what_is_attached_more(
    own: Assessment, below: Assessment | None, attached: Assessment | None
) -> None:
    found, in_rest = weigh(Arrival(inbound(), own, below, attached))
    order = list(Band)
    assert found.unread == own.unread
    assert found.flagged or not own.flagged
    if own.flagged:
        assert own.routes <= found.routes
        assert order.index(found.band) >= order.index(own.band)
    if in_rest and found.band is not Band.LOW:
        assert attached is not None
        assert found.band is attached.band is Band.HIGH
        assert Route.CONDUCT in attached.routes
    assert weigh(Arrival(inbound(), own, below))[0].band is (
        own.band if own.flagged else found.band if not in_rest else Band.LOW
    )
