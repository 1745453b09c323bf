"""What raises an alarm, in the same transaction, once a message; and what ends it."""

from datetime import timedelta

import pytest
from support.desk import Desk, address
from support.mail import inbound
from support.watch import Watch

from triage.alarms.rules import Why
from triage.alarms.service.raising import acknowledge
from triage.core.access import SYSTEM
from triage.core.commands import Tx
from triage.core.errors import Invalid
from triage.intake.inbound import ParseStatus
from triage.messages.rules import Step
from triage.messages.service import flags, recipient, review, welfare
from triage.messages.service.importing import assess
from triage.messages.service.jobs import settle_claims
from triage.messages.service.receive import receive
from triage.messages.service.self_review import self_review
from triage.messages.tables import Message
from triage.staff.service.duty import add_absence


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


def test_who_puts_it_back_or_lets_it_lie_sets_it_going_again_for_somebody_else(
    watch: Watch,
) -> None:
    desk = watch.desk
    watch.on_duty(desk.ana, desk.ben)
    message = desk.arrive("[high] words")
    version = desk.open(desk.ana, message)
    assert open_ones(watch) == []
    desk.do(desk.ana, review.release, message_id=message, version=version)
    assert open_ones(watch) == [(message, "urgent", Why.THREAT)]
    watch.run()
    assert watch.told() == ["ben"]

    desk.open(desk.ben, message)
    assert open_ones(watch) == []
    desk.move(minutes=16)  # the claim has ended, and nobody has touched it
    settle_claims(desk.triage.runner, desk.now)
    assert open_ones(watch) == [(message, "urgent", Why.THREAT)]


def test_whoever_is_alone_is_alerted_again_of_what_they_passed_on(watch: Watch) -> None:
    desk = watch.desk
    watch.on_duty(desk.ana)
    message = desk.arrive("[high] words")
    version = desk.open(desk.ana, message)
    desk.do(desk.ana, review.release, message_id=message, version=version)
    watch.run()
    assert watch.told() == ["ana"]


def test_a_second_look_at_what_alarms_alerts_another_person_and_never_who_asked(
    watch: Watch,
) -> None:
    desk = watch.desk
    watch.on_duty(desk.ana)
    message = desk.arrive("[high] words")
    desk.ask_second_look(desk.ana, message)
    assert open_ones(watch) == [(message, "urgent", Why.SECOND_LOOK)]
    watch.run()
    assert watch.told() == ["nobody"]
    watch.on_duty(desk.ben)
    watch.run()
    assert watch.told() == ["nobody", "ben"]


def test_who_said_that_they_have_it_and_never_opened_it_is_not_the_end_of_it(
    watch: Watch,
) -> None:
    desk = watch.desk
    watch.on_duty(desk.ana, desk.ben)
    message = desk.arrive("[high] words")
    watch.run()
    (alert,) = watch.alerts()
    assert desk.do(desk.ana, acknowledge, alert_id=alert.id)
    desk.move(minutes=29)
    watch.run()
    assert open_ones(watch) == []
    desk.move(minutes=1)
    watch.run()
    assert open_ones(watch) == [(message, "urgent", Why.THREAT)]


@pytest.mark.parametrize("then", ["opened", "closed"])
def test_who_said_so_and_opened_it_is_left_in_peace(watch: Watch, then: str) -> None:
    desk = watch.desk
    watch.on_duty(desk.ana, desk.ben)
    message = desk.arrive("[high] words")
    watch.run()
    (alert,) = watch.alerts()
    desk.do(desk.ana, acknowledge, alert_id=alert.id)
    if then == "opened":
        desk.open(desk.ben, message)
    else:
        desk.decide(desk.ben, message)
    desk.move(hours=3)
    watch.run()
    assert open_ones(watch) == []


def test_rule_2_a_self_review_takes_no_alarm_from_anybody(watch: Watch) -> None:
    desk = watch.desk
    for who in (desk.ben, desk.cleo, desk.dora):
        span = {"starts": desk.now, "ends": desk.now + timedelta(days=3)}
        desk.do(desk.ada, add_absence, person_id=who.person_id, **span)
    message = desk.arrive("[high] words", recipients=(address("ana"),))
    desk.do(desk.ana, recipient.reveal_mine, message_id=message, step=Step.FULL)
    desk.move(seconds=5)
    said = {"labels": [], "severity": None, "note": "please look"}
    desk.do(desk.ana, self_review, message_id=message, **said)
    assert open_ones(watch) == [(message, "urgent", Why.THREAT)]
