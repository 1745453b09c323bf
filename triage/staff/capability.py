"""Which processes a team can carry, and after recusals: rules 6 and 7 of lifecycles.md, pure."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from itertools import combinations

from triage.core.roles import Role
from triage.staff.processes import HOLDERS, PLANS, TO_DO, Part, Plan, Process, apart


@dataclass(frozen=True, slots=True)
class Member:
    """One person of the team, with the roles they hold."""

    id: str
    roles: frozenset[Role]


@dataclass(frozen=True, slots=True)
class Outsider:
    """A named fallback. With no process named, for all of them."""

    id: str
    processes: frozenset[Process] = frozenset()
    tried: bool = False
    outside: bool = True
    """A guest account: somebody who is not on the team."""

    def serves(self, process: Process) -> bool:
        """Whether they are named for it."""
        return not self.processes or process in self.processes


class Level(IntEnum):
    """How well a process is carried, best first."""

    TEAM = 0
    FALLBACK = 1
    NOBODY = 2


@dataclass(frozen=True, slots=True)
class Carried:
    """Who would hold which part."""

    holders: dict[Part, str]
    outside: frozenset[str] = frozenset()
    """Those of them who are fallbacks."""


@dataclass(frozen=True, slots=True)
class Missing:
    """The first part that nobody can hold, in words."""

    part: Part
    words: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How a process stands, and what is missing where it cannot be carried."""

    level: Level
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """One process: today, and in the worst case after one and after two recusals."""

    plan: Plan
    today: Answer
    after_one: Answer
    after_two: Answer


@dataclass(frozen=True, slots=True)
class _Search:
    """One question to the solver."""

    plan: Plan
    team: tuple[Member, ...]
    outsiders: tuple[str, ...]
    done: Mapping[Part, Collection[str]] = field(default_factory=dict)

    def candidates(self, part: Part) -> Iterator[tuple[str, bool]]:
        """Who could hold a part, and whether they are from outside: who has it, then the team."""
        before = self.done.get(part, ())
        for member in sorted(self.team, key=lambda one: one.id not in before):
            if member.roles & HOLDERS[part]:
                yield member.id, False
        for person in self.outsiders:
            yield person, True

    def free(self, person: str, part: Part, held: Mapping[Part, str]) -> bool:
        """Whether nothing this person holds, or ever held in the matter, stands against it."""
        now = any(who == person and apart(part, other) for other, who in held.items())
        before = any(person in who and apart(part, other) for other, who in self.done.items())
        return not now and not before

    def closed(self, part: Part, held: Mapping[Part, str]) -> bool:
        """Whether the one place for people from outside is taken already."""
        limited = self.plan.one_outside
        own = {one.id for one in self.team}
        return part in limited and any(
            other in limited and who not in own for other, who in held.items()
        )

    def assign(self, parts: Sequence[Part], most: int) -> Carried | None:
        """Holders for these parts with at most so many parts held from outside, or ``None``."""
        if any(next(self.candidates(part), None) is None for part in parts):
            return None
        return self._next(parts, 0, {}, frozenset(), most)

    def _next(
        self,
        parts: Sequence[Part],
        at: int,
        held: dict[Part, str],
        outside: frozenset[str],
        left: int,
    ) -> Carried | None:
        if at == len(parts):
            return Carried(dict(held), outside)
        part = parts[at]
        for person, from_outside in self.candidates(part):
            if from_outside and (left == 0 or self.closed(part, held)):
                continue
            if not self.free(person, part, held):
                continue
            held[part] = person
            now_outside = outside | {person} if from_outside else outside
            found = self._next(parts, at + 1, held, now_outside, left - from_outside)
            if found is not None:
                return found
            del held[part]
        return None


def carriers(
    team: Iterable[Member],
    plan: Plan,
    *,
    absent: Collection[str] = (),
    recused: Collection[str] = (),
    fallbacks: Iterable[Outsider] = (),
    done: Mapping[Part, Collection[str]] | None = None,
) -> Carried | Missing:
    """Who can carry a process: as few parts as possible from outside; or what is missing.

    ``done`` says who has held which part of this matter so far: they may hold it on, and are out
    for every part that rule 6 keeps apart from it, even where they have left. Somebody of the
    team who is a named fallback too counts among the fallbacks for the parts beyond their roles.
    """
    away = {*absent, *recused}
    here = tuple(one for one in team if one.id not in away)
    named = (one for one in fallbacks if one.serves(plan.process) and one.id not in away)
    outsiders = tuple(dict.fromkeys(one.id for one in named))
    search = _Search(plan, _enough(here, plan, done or {}), outsiders, done or {})
    for allowed in range(len(plan.parts) + 1):
        found = search.assign(plan.parts, allowed)
        if found is not None:
            return found
    return _missing(search)


def _enough(
    team: Sequence[Member], plan: Plan, done: Mapping[Part, Collection[str]]
) -> tuple[Member, ...]:
    """The team without those who make no difference: more of the same roles than parts.

    Who has held a part already stays in. It keeps the search short for a team of any size.
    """
    involved = {person for people in done.values() for person in people}
    kept: list[Member] = []
    alike: dict[frozenset[Role], int] = {}
    wanted = frozenset().union(*(HOLDERS[part] for part in plan.parts))
    for member in team:
        useful = member.roles & wanted
        if member.id not in involved:
            alike[useful] = alike.get(useful, 0) + 1
        if useful and (member.id in involved or alike[useful] <= len(plan.parts)):
            kept.append(member)
    return tuple(kept)


def _missing(search: _Search) -> Missing:
    """The first part, in order, that cannot be held beside those before it."""
    for count, part in enumerate(search.plan.parts, start=1):
        if search.assign(search.plan.parts[:count], count) is None:
            alone = any(search.free(person, part, {}) for person, _ in search.candidates(part))
            beside = " who has no other part in it" if alone else ""
            return Missing(part, f"nobody{beside} is there to {TO_DO[part]}")
    raise AssertionError("unreachable: the whole plan cannot be carried, so one part is missing")


def stand(
    team: Sequence[Member],
    plan: Plan,
    fallbacks: Sequence[Outsider] = (),
    *,
    absent: Collection[str] = (),
    recused: Collection[str] = (),
) -> Answer:
    """Whether the team carries a process, needs its fallback, or cannot."""
    found = carriers(team, plan, absent=absent, recused=recused, fallbacks=fallbacks)
    if isinstance(found, Missing):
        return Answer(Level.NOBODY, found.words)
    if not found.outside:
        return Answer(Level.TEAM)
    alone = carriers(team, plan, absent=absent, recused=recused)
    return Answer(Level.FALLBACK, alone.words if isinstance(alone, Missing) else "")


def after(
    team: Sequence[Member],
    plan: Plan,
    fallbacks: Sequence[Outsider],
    *,
    recusals: int,
    absent: Collection[str] = (),
) -> Answer:
    """The worst that so many recusals in the team can do to a process."""
    wanted = frozenset().union(*(HOLDERS[part] for part in plan.parts))
    here = [one.id for one in team if one.id not in absent and one.roles & wanted]
    sets = combinations(here, min(recusals, len(here)))
    answers = (stand(team, plan, fallbacks, absent=absent, recused=gone) for gone in sets)
    worst = Answer(Level.TEAM)
    for answer in answers:
        if answer.level > worst.level:
            worst = answer
        if worst.level is Level.NOBODY:
            break
    return worst


def report(
    team: Sequence[Member],
    fallbacks: Sequence[Outsider] = (),
    *,
    absent: Collection[str] = (),
) -> tuple[Line, ...]:
    """Every process: carried today, and after one and two recusals at their worst."""
    return tuple(
        Line(
            plan,
            stand(team, plan, fallbacks, absent=absent),
            after(team, plan, fallbacks, recusals=1, absent=absent),
            after(team, plan, fallbacks, recusals=2, absent=absent),
        )
        for plan in PLANS
    )


def production_problems(fallbacks: Iterable[Outsider]) -> tuple[str, ...]:
    """What keeps a desk with real mail from starting: a named, tried fallback from outside."""
    outside = [one for one in fallbacks if one.outside]
    if not outside:
        return ("no fallback outside the team is named",)
    if not any(one.tried for one in outside):
        return ("the fallback was never tried",)
    return ()


def role_problem(held: Collection[Role], reason: str = "") -> str | None:
    """Why one person may not hold these roles (rule 6), or ``None``.

    Manager never with admin, and with others only when a reason is recorded. A guest's part is
    that of the invitation, for its one matter: a role beside it would reach every matter.
    """
    roles = frozenset(held)
    if {Role.MANAGER, Role.ADMIN} <= roles:
        return "One person may not be both manager and admin."
    if Role.GUEST in roles and len(roles) > 1:
        return "A guest holds no other role: their invitation says what they may do."
    if Role.MANAGER in roles and len(roles) > 1 and not reason.strip():
        return "A manager holds another role only for a recorded reason. Give the reason."
    return None
