"""Who files a report to keep others from reading it, or to fill the desk (.docs/hostile-review.md).

A report excludes whoever it names. That is its point, and could be turned against the team.
"""

from collections.abc import Callable

from support.cases import TEAM, came_in, outside, staffed, tick
from support.desk import Desk
from support.watch import Watch

from triage.core.closed import members_of
from triage.core.exclusions import excluded
from triage.reports.answers import Person

MakeDesk = Callable[..., Desk]


def members(desk: Desk, case_id: str) -> set[str]:
    found = desk.read(members_of, matter_ids=[case_id]).get(case_id, frozenset())
    return {name for name, actor in desk.people.items() if actor.person_id in found}


def named(*names: str) -> tuple[Person, ...]:
    return tuple(Person(name=one.title()) for one in names)


def test_who_names_the_whole_team_reaches_the_fallback_outside(make_desk: MakeDesk) -> None:
    desk = staffed(make_desk())
    watch = Watch(desk)
    came_in(desk, subjects=named(*TEAM, "dora"))
    watch.run()
    assert watch.told() == ["tess"]


def test_who_names_the_fallback_too_waits_for_another_one_and_is_not_lost(
    make_desk: MakeDesk,
) -> None:
    """A named limit: nobody may be told of it, since anybody here may be meant. Name two."""
    desk = staffed(make_desk())
    watch = Watch(desk)
    case = came_in(desk, subjects=named(*TEAM, "dora", "tess"))
    out = desk.read(excluded, matter_ids=[case])[case]
    assert {desk.people[one].person_id for one in (*TEAM, "dora", "tess")} == out
    watch.run()
    assert watch.told() == ["nobody"]
    assert members(desk, case) == set()
    outside(desk, "una")
    tick(desk)
    watch.run()
    assert watch.told() == ["nobody", "una"]
    assert members(desk, case) == {"una"}


def test_many_reports_are_one_mail_to_one_person(make_desk: MakeDesk) -> None:
    desk = staffed(make_desk(), fallback=False)
    watch = Watch(desk)
    watch.on_duty(desk.hope)
    for _ in range(20):
        came_in(desk)
    watch.run()
    assert len(watch.alerts()) == 1
    assert set(watch.told()) == {"hope"}
