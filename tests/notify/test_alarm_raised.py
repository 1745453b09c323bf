"""What raises an alarm, in the same transaction, once a message; and what ends it."""

import pytest
from support.desk import Desk, address
from support.mail import inbound
from support.watch import Watch

from triage.alarms.rules import Why
from triage.core.access import SYSTEM
from triage.core.commands import Tx
from triage.core.errors import Invalid
from triage.intake.inbound import ParseStatus
from triage.messages.service import flags, review, welfare
from triage.messages.service.importing import assess
from triage.messages.service.receive import receive
from triage.messages.tables import Message


def open_ones(watch: Watch) -> list[tuple[str, str, str]]:
    return [(one.matter_id, one.lane, one.why) for one in watch.alarms() if one.ended_at is None]


@pytest.mark.parametrize(
    ("text", "lane", "why"),
    [
        ("[high] words", "urgent", Why.THREAT),
        ("[welfare] words", "welfare", Why.WELFARE),
        ("[low] [welfare] words", "welfare", Why.WELFARE),
        ("[high] [offensive] [welfare] words", "urgent", Why.WELFARE),
    ],
)
def test_a_threat_in_the_high_band_or_a_person_at_risk_raises_one(
    watch: Watch, text: str, lane: str, why: Why
) -> None:
    message = watch.desk.arrive(text)
    assert open_ones(watch) == [(message, lane, why)]
    events = watch.desk.events(matter_id=message)
    assert events[-1].code == "alarm_raised"
    assert len({one.link for one in events}) == 1


@pytest.mark.parametrize("text", ["words", "[low]", "[medium]", "[high] [offensive]", "[language]"])
def test_nothing_less_does(watch: Watch, text: str) -> None:
    watch.desk.arrive(text)
    assert watch.alarms() == []


def test_somebody_at_risk_in_what_is_attached_raises_one_and_a_quoted_threat_does_not(
    watch: Watch,
) -> None:
    watch.desk.arrive("see below", quoted="[high] words")
    message = watch.desk.arrive("see below", quoted="[welfare] words")
    assert open_ones(watch) == [(message, "welfare", Why.WELFARE)]


def test_mail_that_cannot_be_read_raises_one_if_its_sender_has_written_before(
    watch: Watch,
) -> None:
    broken = {"parse_status": ParseStatus.QUARANTINED, "quarantine_reason": "too deep"}
    watch.desk.arrive("one", from_address="new@example.org", **broken)
    watch.desk.arrive("none", from_address=None, **broken)
    assert watch.alarms() == []
    again = watch.desk.arrive("two", from_address="new@example.org", **broken)
    assert open_ones(watch) == [(again, "ordinary", Why.QUARANTINED)]


def test_what_is_drawn_into_the_blind_sample_raises_none(make_desk) -> None:
    desk: Desk = make_desk(blind_sample_per_day=50, expected_messages_per_day=1)
    found = [desk.arrive("[medium] words") for _ in range(10)]
    assert any(desk.row(one).blind for one in found)
    assert Watch(desk).alarms() == []


def test_a_person_raises_it_by_hand_whatever_the_score(watch: Watch) -> None:
    quiet = watch.desk.arrive("nothing")
    watch.desk.do(watch.desk.kit, flags.flag, message_id=quiet, note="now", urgent=True)
    assert open_ones(watch) == [(quiet, "urgent", Why.BY_HAND)]
    assert watch.alarms()[0].raised_by == watch.desk.kit.person_id


def test_an_alarm_that_stands_stays_one_and_takes_the_graver_lane(watch: Watch) -> None:
    message = watch.desk.arrive("[welfare]")
    for who in (watch.desk.kit, watch.desk.max):
        watch.desk.do(who, flags.flag, message_id=message, note="now", urgent=True)
    assert open_ones(watch) == [(message, "urgent", Why.WELFARE)]
    assert len(watch.desk.events("alarm_raised", message)) == 3


def test_p_pol_1_of_particular_concern_alerts_another_than_who_marked_it(watch: Watch) -> None:
    watch.on_duty(watch.desk.ana, watch.desk.ben)
    message = watch.desk.arrive("[medium]")
    watch.desk.ask_second_look(watch.desk.ana, message, concern=True)
    assert open_ones(watch) == [(message, "urgent", Why.CONCERN)]
    watch.run()
    assert watch.told() == ["ben"]


def test_what_is_rolled_back_raises_nothing(watch: Watch) -> None:
    arrivals = assess(watch.desk.triage.scorer, [inbound("[high]")])

    def command(tx: Tx) -> None:
        receive(tx, arrivals)
        raise Invalid("no")

    with pytest.raises(Invalid):
        watch.desk.triage.runner.run(SYSTEM, command)
    assert (watch.alarms(), watch.desk.count(Message)) == ([], 0)


# -- what ends it


def test_who_opens_the_message_has_its_alarm(watch: Watch) -> None:
    message = watch.desk.arrive("[high]")
    watch.desk.open(watch.desk.cleo, message)
    one = watch.alarms()[0]
    assert (one.ended_by, one.ended_how) == (watch.desk.cleo.person_id, "opened")
    assert [e.actor_id for e in watch.desk.events("acknowledged", message)] == [one.ended_by]
    watch.on_duty(watch.desk.ana)
    assert watch.run() == 0


def test_an_alarm_raised_while_somebody_has_it_open_is_theirs_when_they_look_again(
    watch: Watch,
) -> None:
    message = watch.desk.arrive("[medium]")
    watch.desk.open(watch.desk.ana, message)
    watch.desk.do(watch.desk.kit, flags.flag, message_id=message, note="now", urgent=True)
    assert len(open_ones(watch)) == 1
    watch.desk.do(watch.desk.ana, review.open_message, message_id=message)
    assert open_ones(watch) == []


def test_what_waits_no_more_alerts_nobody(watch: Watch) -> None:
    message = watch.desk.arrive("[medium]")
    version = watch.desk.open(watch.desk.ana, message)
    watch.desk.do(watch.desk.kit, flags.flag, message_id=message, note="now", urgent=True)
    watch.desk.do(
        watch.desk.ana,
        review.decide,
        message_id=message,
        version=watch.desk.version(message),
        labels=[],
        severity=None,
    )
    assert version
    assert [one.ended_how for one in watch.alarms()] == ["over"]


def test_who_takes_a_welfare_task_over_has_its_alarm(watch: Watch) -> None:
    message = watch.desk.arrive("[welfare]")
    version = watch.desk.open(watch.desk.ana, message)
    watch.desk.do(watch.desk.ana, welfare.open_task, message_id=message, version=version)
    watch.desk.do(watch.desk.kit, flags.flag, message_id=message, note="now", urgent=True)
    assert len(open_ones(watch)) == 1
    given = {"message_id": message, "version": watch.desk.version(message)}
    watch.desk.do(watch.desk.ben, welfare.take_over, **given)
    assert open_ones(watch) == []


def test_an_alarm_of_ones_own_mail_goes_to_a_colleague(watch: Watch) -> None:
    watch.on_duty(watch.desk.ana, watch.desk.ben)
    watch.desk.arrive("[high]", recipients=(address("ana"),))
    watch.run()
    assert watch.told() == ["ben"]
