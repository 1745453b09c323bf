"""Five hundred threats are one mail a person and step; one word from them is for all."""

import multiprocessing
import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from postoffice import PostOffice
from pydantic import SecretStr
from sqlalchemy import select, update
from support.desk import address
from support.mail import inbound
from support.watch import Watch

from triage.alarms.rules import How
from triage.alarms.service.job import run_alarms
from triage.alarms.service.raising import acknowledge
from triage.app import open_triage
from triage.core.access import Actor
from triage.core.clock import SetClock
from triage.core.errors import NotFound
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.links import read_link
from triage.core.settings import Settings
from triage.notify.rules import ACKNOWLEDGE, MailState
from triage.notify.service import set_addresses
from triage.notify.tables import OutboxMail
from triage.staff.service import disable


def flood(watch: Watch, count: int, to: str = "team") -> None:
    mail = [inbound(f"[high] {number}", recipients=(address(to),)) for number in range(count)]
    watch.desk.receive(*mail)


def test_500_threats_in_one_import_are_one_mail_a_step_and_each_has_its_path(
    posted: Watch, office: PostOffice
) -> None:
    posted.on_duty(posted.desk.ana, posted.desk.ben)
    posted.fallback(posted.desk.gus)
    flood(posted, 500)
    posted.run()
    assert office.addressees() == [address("ana")]
    posted.desk.move(minutes=15)
    posted.run()
    posted.desk.move(minutes=15)
    posted.run()
    assert office.addressees() == [address(one) for one in ("ana", "ben", "gus")]
    assert [posted.told().count(one) for one in ("ana", "ben", "gus")] == [500] * 3
    newest = posted.alerts()[-1]
    posted.desk.do(posted.desk.gus, acknowledge, alert_id=newest.id)
    assert all(one.ended_by == posted.desk.gus.person_id for one in posted.alarms())
    assert len(posted.desk.events("acknowledged")) == 500
    assert isinstance(posted.desk.chain(), int)


def test_each_alarm_that_joined_goes_on_by_its_own_clock(watch: Watch) -> None:
    watch.on_duty(watch.desk.ana, watch.desk.ben)
    for _ in range(3):
        watch.desk.arrive("[high]")
        watch.run()
        watch.desk.move(minutes=6)
    watch.walk(watch.desk.now + timedelta(minutes=20))
    starts = watch.alarms()[0].raised_at
    spans = [
        (int((one.sent_at - starts).total_seconds() // 60), watch.name(one.person_id))
        for one in watch.alerts()
    ]
    assert spans == [(0, "ana"), (18, "ben")]
    assert [at[-2:] for at, who in watch.steps() if who == "ben"] == ["18", "21", "27"]
    assert watch.told().count("ana") == watch.told().count("ben") == 3


def test_another_lane_is_another_mail(watch: Watch) -> None:
    watch.on_duty(watch.desk.ana)
    watch.desk.arrive("[high]")
    watch.desk.arrive("[welfare]")
    watch.run()
    assert sorted(one.lane for one in watch.alerts()) == ["urgent", "welfare"]


def test_what_comes_after_the_acknowledgement_is_a_mail_of_its_own(watch: Watch) -> None:
    watch.on_duty(watch.desk.ana)
    for _ in range(2):
        watch.desk.arrive("[high]")
        watch.run()
        watch.desk.do(watch.desk.ana, acknowledge, alert_id=watch.alerts()[-1].id)
        watch.desk.move(minutes=1)
    assert len(watch.alerts()) == 2


Then = Callable[[Watch, str], object]
TAKEN: dict[str, Then] = {
    "opened by who was alerted": lambda watch, message: watch.desk.open(watch.desk.ana, message),
    "opened by another": lambda watch, message: watch.desk.open(watch.desk.ben, message),
    "opened by another, and the link shows nothing left": lambda watch, message: (
        watch.desk.open(watch.desk.ben, message),
        watch.desk.do(watch.desk.ana, acknowledge, alert_id=watch.alerts()[-1].id, how=How.LINK),
    ),
    "not theirs any more, and open still": lambda watch, message: recuse(
        watch, watch.desk.ana, message
    ),
}


def recuse(watch: Watch, who: Actor, message: str) -> None:
    """Somebody has no part in a message from now on."""
    given = {"person_id": who.person_id, "kind": ExclusionKind.RECUSED, "at": watch.desk.now}
    watch.desk.triage.database.write(lambda session: exclude(session, matter_id=message, **given))


def test_a_new_threat_wakes_whoever_has_nothing_left_of_the_one_before(
    posted: Watch, office: PostOffice
) -> None:
    posted.on_duty(posted.desk.ana)
    for number, (what, take) in enumerate(TAKEN.items()):
        first = posted.desk.arrive(f"[high] one of {number}")
        posted.run()
        posted.desk.move(minutes=2)
        take(posted, first)
        posted.desk.move(minutes=1)
        second = posted.desk.arrive(f"[high] two of {number}")
        posted.run()
        assert office.addressees() == [address("ana")] * 2 * (number + 1), what
        assert [one.acknowledged_at for one in posted.alerts()[-2:]] == [None] * 2, what
        (sent,) = posted.desk.events("alert_sent", second)
        assert '"joined":false' in sent.details, what
        posted.desk.open(posted.desk.ana, second)
        posted.desk.move(minutes=20)


def test_while_one_of_them_is_open_a_further_one_joins(posted: Watch, office: PostOffice) -> None:
    posted.on_duty(posted.desk.ana)
    taken = posted.desk.arrive("[high] one")
    posted.desk.arrive("[high] two")
    posted.run()
    posted.desk.open(posted.desk.ana, taken)
    posted.desk.move(minutes=2)
    posted.desk.arrive("[high] three")
    posted.run()
    assert office.addressees() == [address("ana")]
    assert posted.told() == ["ana"] * 3


def test_an_address_that_takes_no_mail_keeps_nobody_from_the_next_one(watch: Watch) -> None:
    given = {"person_id": watch.desk.ana.person_id, "addresses": ["ana@example.net"]}
    watch.desk.do(watch.desk.ana, set_addresses, **given)
    watch.on_duty(watch.desk.ana)
    watch.desk.arrive("[high] one")
    watch.run()
    first = update(OutboxMail).where(OutboxMail.position == 0)
    watch.desk.triage.database.write(
        lambda session: session.execute(first.values(state=MailState.SENT.value))
    )
    watch.desk.move(minutes=14)
    watch.desk.arrive("[high] two")
    watch.run()
    assert len(watch.alerts()) == 1
    watch.desk.move(minutes=1)
    watch.desk.arrive("[high] three")
    watch.run()
    assert len(watch.alerts()) == 2


def test_p_rec_1_an_acknowledgement_leaves_what_they_may_no_longer_know_of(watch: Watch) -> None:
    watch.on_duty(watch.desk.ana, watch.desk.ben)
    flood(watch, 2)
    watch.run()
    gone, kept = (one.matter_id for one in watch.alarms())
    recuse(watch, watch.desk.ana, gone)
    watch.desk.do(watch.desk.ana, acknowledge, alert_id=watch.alerts()[0].id, how=How.LINK)
    assert {one.matter_id: one.ended_how for one in watch.alarms()} == {gone: None, kept: "link"}
    watch.run()
    assert watch.told() == ["ana", "ana", "ben"]


def test_only_who_was_alerted_can_say_that_they_have_it(watch: Watch) -> None:
    watch.on_duty(watch.desk.ana)
    watch.desk.arrive("[high]")
    watch.run()
    for who, alert in ((watch.desk.ben, watch.alerts()[0].id), (watch.desk.ana, "nothing")):
        with pytest.raises(NotFound):
            watch.desk.do(who, acknowledge, alert_id=alert)
    assert watch.desk.do(watch.desk.ana, acknowledge, alert_id=watch.alerts()[0].id)
    assert not watch.desk.do(watch.desk.ana, acknowledge, alert_id=watch.alerts()[0].id)


def test_a_closed_account_is_not_waited_for(watch: Watch) -> None:
    watch.on_duty(watch.desk.ana, watch.desk.ben)
    watch.desk.arrive("[high]")
    watch.run()
    watch.desk.do(watch.desk.ada, disable, person_id=watch.desk.ana.person_id)
    watch.desk.move(minutes=1)
    watch.run()
    assert watch.told() == ["ana", "ben"]


def test_a_mail_that_has_not_gone_is_taken_back_when_somebody_has_it(watch: Watch) -> None:
    watch.on_duty(watch.desk.ana)
    message = watch.desk.arrive("[high]")
    watch.run()
    assert watch.desk.count(OutboxMail) == 1
    watch.desk.open(watch.desk.ben, message)
    assert watch.desk.count(OutboxMail) == 0


def test_without_anybody_it_is_on_the_record_once_and_who_comes_is_alerted(watch: Watch) -> None:
    message = watch.desk.arrive("[high]")
    watch.walk(watch.desk.now + timedelta(minutes=5))
    assert watch.told() == ["nobody"]
    assert len(watch.desk.events("nobody_to_alert", message)) == 1
    watch.fallback(watch.desk.gus)
    watch.run()
    assert watch.told() == ["nobody", "gus"]


def test_p_con_2_the_mail_holds_a_link_that_holds_and_nothing_of_the_message(
    posted: Watch, office: PostOffice
) -> None:
    posted.on_duty(posted.desk.ana)
    message = posted.desk.arrive("[high] zanzibar", subject="zanzibar", from_name="zanzibar")
    posted.run()
    text = office.mails()[0].get_content()
    found = re.search(r"https://desk\.example\.org/a/(\S+)\s", text)
    assert found is not None
    keys, now = posted.desk.triage.keys, posted.desk.now
    alert = posted.alerts()[0]
    assert read_link(keys, found[1], purpose=ACKNOWLEDGE, now=now) == alert.id
    late = now + timedelta(hours=24)
    assert read_link(keys, found[1], purpose=ACKNOWLEDGE, now=late) is None
    for told in ("zanzibar", message, posted.desk.ana.person_id, "Ana", "pat@example.org"):
        assert told not in text
    with posted.desk.triage.database.read() as session:
        kept = session.execute(select(OutboxMail.__table__)).mappings().one()
    assert found[1] not in str(dict(kept))


def _run(url: str, at: str) -> None:
    clock = SetClock(datetime.fromisoformat(at))
    triage = open_triage(Settings(database_url=SecretStr(url)), clock=clock)
    run_alarms(triage.runner, clock.now())
    triage.close()


def test_two_runners_at_once_send_one(watch: Watch, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_HASH_KEY", "k" * 40)
    watch.on_duty(watch.desk.ana, watch.desk.ben)
    flood(watch, 120)
    given = (watch.desk.triage.settings.url, watch.desk.now.isoformat())
    context = multiprocessing.get_context("spawn")
    both = [context.Process(target=_run, args=given) for _ in range(2)]
    for one in both:
        one.start()
    for one in both:
        one.join(60)
    assert [one.exitcode for one in both] == [0, 0]
    assert watch.told() == ["ana"] * 120
    assert len(watch.alerts()) == 1
