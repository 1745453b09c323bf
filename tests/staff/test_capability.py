"""Rules 6 and 7 of lifecycles.md: who may combine what, and that nothing is left without an end."""

from collections.abc import Collection, Mapping, Sequence
from functools import cache
from itertools import combinations, combinations_with_replacement, product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.core.roles import Role
from triage.staff.capability import (
    Carried,
    Level,
    Member,
    Missing,
    Outsider,
    after,
    carriers,
    production_problems,
    report,
    role_problem,
    stand,
)
from triage.staff.processes import (
    COMBINES,
    ENDINGS,
    HOLDERS,
    PLANS,
    TO_DO,
    Part,
    Plan,
    Process,
    apart,
    plan,
)

DUTIES = sorted(frozenset().union(*HOLDERS.values()))
EVERYTHING = frozenset(DUTIES)


def member(name: str, *roles: Role) -> Member:
    return Member(name, frozenset(roles))


def everybody_can_all(count: int) -> tuple[Member, ...]:
    return tuple(Member(f"p{number}", EVERYTHING) for number in range(count))


# -- the data


def test_every_part_has_holders_and_words_and_every_process_a_plan_and_an_ending() -> None:
    assert set(HOLDERS) == set(TO_DO) == set(Part)
    assert [one.process for one in PLANS] == list(Process)
    assert {one for ways in ENDINGS.values() for one in ways} == set(Process)
    assert {part for one in PLANS for part in one.parts} == set(Part)


def test_rule_6_the_four_pairs_combine_and_nothing_else() -> None:
    allowed = {
        ("handler", "investigator"),
        ("decider", "leak_check"),
        ("interim_author", "investigator"),
        ("decider", "ratifier"),
    }
    found = {tuple(sorted(one)) for one in combinations(Part, 2) if not apart(*one)}
    assert found == allowed
    assert len(COMBINES) == 4


@pytest.mark.parametrize(
    ("process", "one", "other"),
    [
        (Process.SECOND_LOOK, Part.REVIEWER, Part.SECOND_REVIEWER),
        (Process.RESTRICTION, Part.PROPOSER, Part.APPROVER),
        (Process.CASE, Part.INVESTIGATOR, Part.DECIDER),
        (Process.APPEAL, Part.APPROVER, Part.APPEAL_DECIDER),
        (Process.INTERIM, Part.INTERIM_AUTHOR, Part.RATIFIER),
        (Process.IDENTITY, Part.CUSTODIAN, Part.IDENTITY_APPROVER),
        (Process.NOT_REFERRED, Part.FIRST_DECIDER, Part.OTHER_DECIDER),
    ],
)
def test_rule_2_who_does_the_one_does_not_do_the_other(
    process: Process, one: Part, other: Part
) -> None:
    assert {one, other} <= set(plan(process).parts)
    assert isinstance(carriers([Member("p", EVERYTHING)], plan(process)), Missing)
    found = carriers(everybody_can_all(6), plan(process))
    assert isinstance(found, Carried)
    assert found.holders[one] != found.holders[other]


@pytest.mark.parametrize(
    ("process", "people"),
    [
        (Process.REVIEW, 1),
        (Process.WELFARE, 1),
        (Process.SECOND_LOOK, 2),
        (Process.RESTRICTION, 2),
        (Process.CASE, 2),
        (Process.NOTICE, 2),
        (Process.SET_ASIDE, 2),
        (Process.IDENTITY, 2),
        (Process.APPEAL, 3),
        (Process.REFERRAL, 3),
        (Process.NOT_REFERRED, 3),
        (Process.INTERIM, 3),
    ],
)
def test_how_many_people_a_process_takes_at_least(process: Process, people: int) -> None:
    assert isinstance(carriers(everybody_can_all(people), plan(process)), Carried)
    assert isinstance(carriers(everybody_can_all(people - 1), plan(process)), Missing)


# -- the solver against brute force


def brute_force(
    team: Sequence[Member],
    wanted: Plan,
    outsiders: Sequence[str],
    done: Mapping[Part, Collection[str]],
) -> int | None:
    """The least number of parts held from outside, over every way there is."""
    people = [(one.id, one.roles, False) for one in team]
    people += [(one, EVERYTHING, True) for one in outsiders]
    best: int | None = None
    for chosen in product(people, repeat=len(wanted.parts)):
        pairs = list(zip(wanted.parts, chosen, strict=True))
        able = all(roles & HOLDERS[part] for part, (_, roles, _) in pairs)
        kept_apart = all(
            one[0] != other[0] for (p, one), (q, other) in combinations(pairs, 2) if apart(p, q)
        )
        fresh = all(
            who[0] not in before
            for part, who in pairs
            for earlier, before in done.items()
            if apart(part, earlier)
        )
        limited = sum(outside for part, (_, _, outside) in pairs if part in wanted.one_outside) <= 1
        if able and kept_apart and fresh and limited:
            outside = sum(one for _, (_, _, one) in pairs)
            best = outside if best is None else min(best, outside)
    return best


@st.composite
def questions(draw: st.DrawFn) -> tuple[list[Member], Plan, list[str], dict[Part, set[str]]]:
    wanted = draw(st.sampled_from(PLANS))
    useful = sorted(frozenset().union(*(HOLDERS[part] for part in wanted.parts)))
    roles = st.frozensets(st.sampled_from([*useful, Role.MANAGER]), max_size=4)
    team = [Member(f"p{n}", one) for n, one in enumerate(draw(st.lists(roles, max_size=4)))]
    outsiders = [f"f{n}" for n in range(draw(st.integers(0, 2)))]
    names = [*(one.id for one in team), *outsiders, "somebody gone"]
    done = draw(
        st.dictionaries(
            st.sampled_from(wanted.parts), st.sets(st.sampled_from(names), max_size=2), max_size=2
        )
    )
    return team, wanted, outsiders, done


@given(questions())
def test_the_solver_agrees_with_brute_force(
    question: tuple[list[Member], Plan, list[str], dict[Part, set[str]]],
) -> None:
    team, wanted, outsiders, done = question
    best = brute_force(team, wanted, outsiders, done)
    found = carriers(team, wanted, fallbacks=[Outsider(one) for one in outsiders], done=done)
    if best is None:
        assert isinstance(found, Missing)
        assert TO_DO[found.part] in found.words
    else:
        assert isinstance(found, Carried)
        assert sum(who in outsiders for who in found.holders.values()) == best
        assert found.outside == {who for who in found.holders.values() if who in outsiders}
        assert brute_force_accepts(found, wanted, done)


def brute_force_accepts(found: Carried, wanted: Plan, done: Mapping[Part, Collection[str]]) -> bool:
    assert tuple(found.holders) == wanted.parts
    now = all(
        found.holders[p] != found.holders[q]
        for p, q in combinations(wanted.parts, 2)
        if apart(p, q)
    )
    return now and all(
        found.holders[part] not in before
        for part in wanted.parts
        for earlier, before in done.items()
        if apart(part, earlier)
    )


@given(questions(), st.integers(0, 2))
def test_what_two_recusals_leave_one_leaves_too_and_a_fallback_never_harms(
    question: tuple[list[Member], Plan, list[str], dict[Part, set[str]]], recusals: int
) -> None:
    team, wanted, outsiders, _ = question
    named = [Outsider(one) for one in outsiders]
    fewer = after(team, wanted, named, recusals=recusals)
    more = after(team, wanted, named, recusals=recusals + 1)
    assert fewer.level <= more.level
    assert after(team, wanted, named, recusals=recusals).level <= max(
        Level.FALLBACK, after(team, wanted, [], recusals=recusals).level
    )


# -- rule 7

FALLBACKS = 3
"""So many people from outside bring every matter to an end, whoever of the team is out."""


def most_telling_teams(size: int) -> list[tuple[Member, ...]]:
    """Every team of this size, of people who hold all roles, one role, or a usual pair.

    What a part asks for is one of a few role sets, so teams are told apart by these alone.
    """
    kinds = [
        EVERYTHING,
        frozenset({Role.REVIEWER}),
        frozenset({Role.DECIDER}),
        frozenset({Role.HANDLER, Role.INVESTIGATOR}),
        frozenset({Role.ON_DUTY, Role.CUSTODIAN}),
        frozenset[Role](),
    ]
    return [
        tuple(Member(f"p{n}", roles) for n, roles in enumerate(chosen))
        for chosen in combinations_with_replacement(kinds, size)
    ]


@cache
def steps_so_far(parts: int, people: int) -> tuple[tuple[int, ...], ...]:
    """Who of so many people has held which of the first parts: every way."""
    return tuple(product(range(people), repeat=parts))


def comes_to_an_end(
    ways: Sequence[Plan],
    team: Sequence[Member],
    gone: Collection[str],
    named: Sequence[Outsider],
    done: Mapping[Part, Collection[str]],
) -> bool:
    return any(
        isinstance(carriers(team, one, recused=gone, fallbacks=named, done=done), Carried)
        for one in ways
    )


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("kind", ENDINGS)
def test_rule_7_every_team_with_every_set_of_people_out_can_begin_and_end_every_matter(
    size: int, kind: str
) -> None:
    ways = [plan(one) for one in ENDINGS[kind]]
    named = [Outsider(f"f{n}") for n in range(FALLBACKS)]
    tried = 0
    seen: set[tuple[frozenset[Role], ...]] = set()
    for team in most_telling_teams(size):
        for chosen in product([True, False], repeat=size):
            tried += 1
            left = tuple(one.roles for one, here in zip(team, chosen, strict=True) if here)
            if left in seen:
                continue  # the same people are left, of another team
            seen.add(left)
            gone = [one.id for one, here in zip(team, chosen, strict=True) if not here]
            assert comes_to_an_end(ways, team, gone, named, {}), (team, gone)
    assert tried == len(most_telling_teams(size)) * 2**size


@pytest.mark.parametrize("size", [2, 3, 4, 5, 6])
@pytest.mark.parametrize("kind", ENDINGS)
def test_rule_7_from_every_state_that_can_be_reached_an_end_can_be_reached(
    size: int, kind: str
) -> None:
    """The states: any parts of the matter played by anybody who may; then any people drop out."""
    ways = [plan(one) for one in ENDINGS[kind]]
    named = [Outsider(f"f{n}") for n in range(FALLBACKS)]
    team = everybody_can_all(size)
    ids = [one.id for one in team]
    reached = 0
    for one in ways:
        for count in range(len(one.parts)):
            begun = one.parts[:count]
            for holders in steps_so_far(count, size):
                pairs = list(zip(begun, holders, strict=True))
                if any(a == b and apart(p, q) for (p, a), (q, b) in combinations(pairs, 2)):
                    continue
                if list(dict.fromkeys(holders)) != list(range(len(set(holders)))):
                    continue  # the same state with the people renamed
                reached += 1
                done = {part: {ids[who]} for part, who in pairs}
                for out in range(size + 1):
                    for gone in combinations(ids, out):
                        assert comes_to_an_end(ways, team, gone, named, done), (done, gone)
    assert reached >= len(ways)


@pytest.mark.parametrize("kind", ENDINGS)
def test_rule_7_a_matter_that_the_fallbacks_began_does_not_get_stuck_on_them(kind: str) -> None:
    """The whole team is out at any step: who was drawn in goes on, with the others beside them."""
    ways = [plan(one) for one in ENDINGS[kind]]
    named = [Outsider(f"f{n}") for n in range(FALLBACKS)]
    whole = next(
        found for one in ways if isinstance(found := carriers([], one, fallbacks=named), Carried)
    )
    parts = list(whole.holders)
    for count in range(len(parts) + 1):
        done = {part: {whole.holders[part]} for part in parts[:count]}
        assert comes_to_an_end(ways, [], [], named, done)


def test_rule_7_with_fewer_people_from_outside_some_matter_would_stand_still() -> None:
    named = [Outsider(f"f{n}") for n in range(FALLBACKS - 1)]
    stuck = [
        kind
        for kind, ways in ENDINGS.items()
        if not comes_to_an_end([plan(one) for one in ways], [], [], named, {})
    ]
    assert stuck == ["appeal", "referral", "interim measure"]


def test_one_fallback_is_enough_for_one_person_out_of_a_team_that_carries_a_process() -> None:
    """What rule 7 means day by day: the fallback takes the part of whoever is out."""
    for one in PLANS:
        least = next(
            size
            for size in range(1, 7)
            if isinstance(carriers(everybody_can_all(size), one), Carried)
        )
        team = everybody_can_all(least)
        for gone in team:
            found = carriers(team, one, recused=[gone.id], fallbacks=[Outsider("f")])
            assert isinstance(found, Carried)
            assert found.outside == {"f"}


# -- answers


def test_the_team_goes_before_the_fallback_and_who_has_a_part_keeps_it() -> None:
    team = [member("a", Role.REVIEWER), member("b", Role.REVIEWER)]
    wanted = plan(Process.SECOND_LOOK)
    found = carriers(team, wanted, fallbacks=[Outsider("f")])
    assert isinstance(found, Carried)
    assert not found.outside
    kept = carriers(team, wanted, done={Part.REVIEWER: ["b"]})
    assert isinstance(kept, Carried)
    assert kept.holders == {Part.REVIEWER: "b", Part.SECOND_REVIEWER: "a"}


def test_who_has_left_the_matter_still_stands_between_two_parts() -> None:
    team = [member("a", Role.INVESTIGATOR, Role.HANDLER), member("b", *DUTIES)]
    done = {Part.INVESTIGATOR: ["b"]}
    found = carriers(team, plan(Process.CASE), done=done)
    assert isinstance(found, Missing)
    assert found.part is Part.DECIDER


@pytest.mark.parametrize("process", Process)
def test_who_is_absent_is_out_like_who_is_recused(process: Process) -> None:
    team = everybody_can_all(4)
    for first, second in combinations([one.id for one in team], 2):
        both = carriers(team, plan(process), recused=[first, second])
        assert carriers(team, plan(process), absent=[first], recused=[second]) == both
        assert carriers(team, plan(process), absent=[first, second]) == both


def test_a_fallback_serves_what_they_are_named_for_and_not_while_away() -> None:
    named = Outsider("f", frozenset({Process.APPEAL}))
    assert named.serves(Process.APPEAL)
    assert not named.serves(Process.CASE)
    assert stand([], plan(Process.REVIEW), [named]).level is Level.NOBODY
    everything = Outsider("f")
    assert stand([], plan(Process.REVIEW), [everything]).level is Level.FALLBACK
    assert stand([], plan(Process.REVIEW), [everything], absent=["f"]).level is Level.NOBODY


def test_of_the_two_who_decide_not_to_refer_one_at_most_is_from_outside() -> None:
    named = [Outsider("f1"), Outsider("f2")]
    reviewer, decider = member("r", Role.REVIEWER), member("d", Role.DECIDER)
    assert stand([reviewer, decider], plan(Process.NOT_REFERRED), named).level is Level.FALLBACK
    assert stand([reviewer], plan(Process.NOT_REFERRED), named).level is Level.NOBODY


def test_what_is_missing_is_said_in_words() -> None:
    nobody = carriers([], plan(Process.RESTRICTION))
    assert isinstance(nobody, Missing)
    assert nobody.words == "nobody is there to propose it"
    alone = carriers([member("d", Role.REVIEWER, Role.DECIDER)], plan(Process.RESTRICTION))
    assert isinstance(alone, Missing)
    assert alone.words == "nobody who has no other part in it is there to approve it"


def test_the_report_says_today_and_the_worst_of_one_and_of_two_recusals() -> None:
    team = [member(name, Role.REVIEWER) for name in "abc"]
    lines = {one.plan.process: one for one in report(team)}
    second_look = lines[Process.SECOND_LOOK]
    assert [second_look.today.level, second_look.after_one.level, second_look.after_two.level] == [
        Level.TEAM,
        Level.TEAM,
        Level.NOBODY,
    ]
    assert lines[Process.CASE].today.missing == "nobody is there to handle it"
    away = {one.plan.process: one for one in report(team, absent=["a"])}
    assert away[Process.SECOND_LOOK].after_one.level is Level.NOBODY
    with_fallback = {one.plan.process: one for one in report(team, [Outsider("f")])}
    assert with_fallback[Process.SECOND_LOOK].after_two.level is Level.FALLBACK
    assert with_fallback[Process.SECOND_LOOK].after_two.missing


def test_a_team_of_forty_is_answered_without_trying_every_way_there_is() -> None:
    roles = [EVERYTHING - {Role.DECIDER}, frozenset({Role.HANDLER}), frozenset({Role.REVIEWER})]
    team = [Member(f"p{n}", roles[n % 3]) for n in range(40)]
    assert {one.plan.process: one.today.level for one in report(team)}[Process.INTERIM] is (
        Level.NOBODY
    )


# -- roles, and the start


@pytest.mark.parametrize("other", [one for one in Role if one is not Role.MANAGER])
def test_rule_6_manager_never_with_admin_and_with_others_only_for_a_recorded_reason(
    other: Role,
) -> None:
    both = {Role.MANAGER, other}
    assert role_problem(both) is not None
    assert role_problem(both, "  ") is not None
    never = other in {Role.ADMIN, Role.GUEST}
    assert (role_problem(both, "small team") is not None) is never
    assert role_problem({Role.MANAGER}) is None


@pytest.mark.parametrize("other", [one for one in Role if one is not Role.GUEST])
def test_a_guest_holds_no_other_role(other: Role) -> None:
    assert role_problem({Role.GUEST, other}, "a reason") is not None
    assert role_problem({Role.GUEST}) is None


def test_a_desk_with_real_mail_wants_a_tried_fallback_from_outside_the_team() -> None:
    assert production_problems([]) == ("no fallback outside the team is named",)
    inside = Outsider("a", outside=False, tried=True)
    assert production_problems([inside]) == ("no fallback outside the team is named",)
    assert production_problems([Outsider("f")]) == ("the fallback was never tried",)
    assert production_problems([inside, Outsider("f", tried=True)]) == ()
