"""Queueing: what an alert goes to, once for one cause, and only with its cause."""

import threading
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from postoffice import PostOffice
from sqlalchemy import select
from support.desk import Desk

from triage.core.access import CONSOLE, SYSTEM
from triage.core.commands import Tx
from triage.core.errors import Invalid, NotAllowed, NotFound
from triage.notify.rules import Kind, MailState, Problem
from triage.notify.service import deliver_due, further_addresses, queue_mail, set_addresses
from triage.notify.tables import OutboxMail
from triage.staff.tables import Person


def queue(desk: Desk, key: str = "case:1", **given: Any) -> bool:
    wanted = {"kind": Kind.REPORT, "dedupe_key": key, "to_person_id": desk.ana.person_id}
    if "address" in given:
        del wanted["to_person_id"]
    return bool(desk.do(SYSTEM, queue_mail, **(wanted | given)))


def mails(desk: Desk) -> list[OutboxMail]:
    with desk.triage.database.read() as session:
        found = list(session.scalars(select(OutboxMail).order_by(OutboxMail.position)))
        session.expunge_all()
        return found


def deliver(desk: Desk, office: PostOffice) -> int:
    return deliver_due(desk.triage.runner, desk.now, office.sender())


def test_p_alr_1_an_alert_reaches_the_person(desk: Desk, office: PostOffice) -> None:
    assert queue(desk)
    assert deliver(desk, office) == 1
    assert office.addressees() == ["ana@charity.example.org"]
    assert [one.state for one in mails(desk)] == [MailState.SENT]
    assert deliver(desk, office) == 0


def test_what_is_rolled_back_alerts_nobody(desk: Desk) -> None:
    def command(tx: Tx) -> None:
        queue_mail(tx, kind=Kind.REPORT, dedupe_key="case:1", to_person_id=desk.ana.person_id)
        raise Invalid("no")

    with pytest.raises(Invalid):
        desk.triage.runner.run(SYSTEM, command)
    assert mails(desk) == []


def test_one_alert_for_one_cause(desk: Desk, office: PostOffice) -> None:
    assert queue(desk)
    assert not queue(desk)
    assert deliver(desk, office) == 1
    desk.move(days=400)
    assert not queue(desk), "also long after it was sent"
    assert queue(desk, "case:2")


def test_the_same_cause_at_the_same_moment_breaks_neither_transaction(desk: Desk) -> None:
    start, answers = threading.Barrier(2), []

    def one() -> None:
        start.wait(20)
        answers.append(queue(desk))

    threads = [threading.Thread(target=one) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(answers) == [False, True]
    assert len(mails(desk)) == 1


def test_an_alert_goes_to_every_address_that_a_person_has_for_it(
    desk: Desk, office: PostOffice
) -> None:
    further = ["ana@home.example.org", "ana@mobile.example.org"]
    desk.do(desk.ana, set_addresses, person_id=desk.ana.person_id, addresses=further)
    queue(desk)
    queue(desk)
    assert deliver(desk, office) == 3
    assert sorted(office.addressees()) == sorted(["ana@charity.example.org", *further])
    assert {one["To"] for one in office.mails()} == set(office.addressees()), "none tells another"


def test_one_address_that_fails_does_not_keep_an_alert_from_the_other(
    desk: Desk, office: PostOffice
) -> None:
    desk.do(
        desk.ana, set_addresses, person_id=desk.ana.person_id, addresses=["ana@home.example.org"]
    )
    queue(desk)
    office.on_recipient = ["550 unknown"]
    assert deliver(desk, office) == 1
    assert sorted(one.state for one in mails(desk)) == ["failed", "sent"]


def test_somebody_without_an_account_gets_it_at_their_address_which_is_then_forgotten(
    desk: Desk, office: PostOffice
) -> None:
    queue(desk, address="trustee@example.org")
    assert mails(desk)[0].address == "trustee@example.org"
    assert deliver(desk, office) == 1
    assert office.addressees() == ["trustee@example.org"]
    assert mails(desk)[0].address is None


def test_an_alert_for_later_waits(desk: Desk, office: PostOffice) -> None:
    queue(desk, not_before=desk.now + timedelta(hours=1))
    assert deliver(desk, office) == 0
    desk.move(hours=1)
    assert deliver(desk, office) == 1


def test_a_closed_account_gets_nothing_though_it_was_queued_before(
    desk: Desk, office: PostOffice
) -> None:
    queue(desk)

    def close(tx: Tx) -> None:
        tx.session.get_one(Person, desk.ana.person_id).active = False

    desk.triage.runner.run(CONSOLE, close)
    assert deliver(desk, office) == 0
    assert office.senders == []
    assert [(one.state, one.problem) for one in mails(desk)] == [("failed", Problem.NO_ADDRESS)]


def test_an_address_that_was_taken_off_gets_nothing(desk: Desk, office: PostOffice) -> None:
    mine = partial(desk.do, desk.ana, set_addresses, person_id=desk.ana.person_id)
    mine(addresses=["ana@home.example.org"])
    queue(desk)
    mine(addresses=[])
    assert deliver(desk, office) == 1
    assert office.addressees() == ["ana@charity.example.org"]


# -- what is refused


@pytest.mark.parametrize(
    "wrong",
    [
        {"address": "pat@example.org", "to_person_id": "somebody"},
        {"to_person_id": None},
        {"dedupe_key": "about pat@example.org"},
        {"dedupe_key": ""},
        {"lane": "pat was here"},
        {"address": "pat@example.org\nBcc: all@example.org"},
        {"address": "Pat <pat@example.org>"},
        {"address": "pat@example.org, sam@example.org"},
    ],
)
def test_what_could_carry_data_or_a_second_addressee_is_not_queued(
    desk: Desk, wrong: dict[str, Any]
) -> None:
    with pytest.raises(Invalid):
        queue(desk, **wrong)
    assert mails(desk) == []


def test_a_person_sets_their_own_addresses_and_admin_anybodys(desk: Desk) -> None:
    given = {"person_id": desk.ana.person_id, "addresses": ["ana@home.example.org"]}
    desk.do(desk.ana, set_addresses, **given)
    desk.do(desk.ada, set_addresses, **given)
    with pytest.raises(NotAllowed):
        desk.do(desk.ben, set_addresses, **given)
    kept = desk.read(further_addresses, person_id=desk.ana.person_id)
    assert [(one.position, one.address) for one in kept] == [(1, "ana@home.example.org")]
    record = desk.events("alert_addresses_set")
    assert len(record) == 2
    assert "home" not in record[0].details


@pytest.mark.parametrize(
    "addresses",
    [
        ["no address"],
        ["a@example.org\r\nBcc: b@example.org"],
        ["Ana@Charity.example.org"],
        [f"{number}@example.org" for number in range(4)],
    ],
)
def test_addresses_that_are_none_are_not_kept(desk: Desk, addresses: list[str]) -> None:
    with pytest.raises(Invalid):
        desk.do(desk.ana, set_addresses, person_id=desk.ana.person_id, addresses=addresses)
    assert desk.read(further_addresses, person_id=desk.ana.person_id) == []


def test_nobody_sets_the_addresses_of_nobody(desk: Desk) -> None:
    with pytest.raises(NotFound):
        desk.do(desk.ada, set_addresses, person_id="nobody", addresses=[])
