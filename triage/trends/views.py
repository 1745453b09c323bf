"""Which views there are: fixed, one-way, and for whole periods. Pure.

No filter, no date to choose and no second dimension: each would be a way to take one figure from
another. A small category is counted under Other until nothing, or two or more, is hidden.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from triage.conduct.kinds import Disposition, Severity
from triage.messages.stubs.rules import WAITS
from triage.trends.frozen import Release, Row, Table
from triage.trends.rules import FEW, K_STAFF, OTHER, WITHHELD, K, Period, Span, Style, figure
from triage.trends.tally import Tally, merged

ALL = "all"
Node = tuple[str, str, str]
"""Population, dimension (none for the whole), key."""
Facts = Mapping[Node, Tally]

SERVICES = ("fixmystreet", "theyworkforyou", "whatdotheyknow", "writetothem")
OTHER_SERVICE = "other_service"
CHANNELS = ("email", "face_to_face", "phone", "social", "voicemail", "web")
OTHER_CHANNEL = "web"
KINDS = tuple(one.value for one in Disposition)
NO_BREACH, ELSEWHERE = "no_breach", "elsewhere"
SEVERITIES = tuple(one.value for one in Severity)
RESTRICTIONS = ("cease_contact", "channel_block", "event_exclusion", "service_block")
SETTINGS = ("in_person", "online", "elsewhere_or_not_stated")
ROLES = ("staff_member", "volunteer", "somebody_else")
GROUNDS = (
    "gender",
    "gender_identity",
    "sexual_orientation",
    "disability",
    "appearance",
    "race",
    "religion",
    "age",
    "beliefs",
)
SEVERAL_GROUNDS, NO_GROUND = "several_grounds", "no_ground_stated"
STAFF_DIMENSIONS = frozenset({"role"})
"""Where a table is about staff, fewer than ten are hidden."""

KEYS: dict[tuple[str, str], tuple[str, ...]] = {
    ("received", "service"): (*SERVICES, OTHER_SERVICE),
    ("received", "channel"): CHANNELS,
    ("flagged", "service"): (*SERVICES, OTHER_SERVICE),
    ("flagged", "channel"): CHANNELS,
    ("decided", "kind"): (*KINDS, NO_BREACH, ELSEWHERE),
    ("decided", "severity"): SEVERITIES,
    ("decided", "wait"): WAITS,
    ("restrictions", "kind"): RESTRICTIONS,
    ("incidents", "setting"): SETTINGS,
    ("incidents", "ground"): (*GROUNDS, SEVERAL_GROUNDS, NO_GROUND),
    ("incidents", "role"): ROLES,
    ("incidents_3y", "setting"): SETTINGS,
}
"""Population and dimension -> every key it can have: each record has exactly one."""

ABUSE: Node = ("decided", "abuse", ALL)
"""What was decided to be one of the four kinds."""


@dataclass(frozen=True, slots=True)
class View:
    """One table: of whom, by what, how coarse."""

    name: str
    population: str
    by: str = ""
    only: str = ALL
    """The one key it shows, where it is no table by a dimension."""
    style: Style = Style.NEAREST
    one_way: bool = False
    k: int = K
    fixed: bool = False
    """All of its rows are shown, or none: nothing is counted under Other."""

    def node(self, key: str) -> Node:
        """What a row of it counts."""
        return (self.population, self.by, key if self.one_way else self.only)

    @property
    def keys(self) -> tuple[str, ...]:
        """Its rows, in the order in which they always stand."""
        return KEYS[self.population, self.by] if self.one_way else (ALL,)


_BAND = Style.BAND


def _by(name: str, population: str, by: str, style: Style = Style.NEAREST) -> View:
    return View(name, population, by, style=style, one_way=True)


VIEWS: dict[Span, tuple[View, ...]] = {
    Span.MONTH: (
        View("received", "received"),
        _by("received_by_service", "received", "service"),
        _by("received_by_channel", "received", "channel"),
        View("flagged", "flagged"),
    ),
    Span.QUARTER: (
        View("flagged", "flagged"),
        _by("flagged_by_service", "flagged", "service"),
        _by("flagged_by_channel", "flagged", "channel"),
        View("decided", "decided"),
        View("abuse", "decided", "abuse"),
        View("threats", "decided", "kind", "threatening", _BAND),
        View("severe", "decided", "severity", "high", _BAND),
        _by("decided_by_kind", "decided", "kind", _BAND),
        _by("abuse_by_severity", "decided", "severity", _BAND),
        _by("decided_by_wait", "decided", "wait"),
        View("restrictions", "restrictions", style=_BAND),
        View("referrals", "referrals", style=_BAND),
    ),
    Span.YEAR: (
        View("received", "received"),
        View("flagged", "flagged"),
        View("decided", "decided"),
        View("abuse", "decided", "abuse"),
        View("threats", "decided", "kind", "threatening"),
        View("severe", "decided", "severity", "high"),
        _by("decided_by_kind", "decided", "kind"),
        View("restrictions", "restrictions"),
        View("referrals", "referrals"),
    ),
}
"""The fixed schema: nothing else is ever released of messages."""


INCIDENTS: dict[Span, tuple[View, ...]] = {
    Span.QUARTER: (
        View("incidents", "incidents"),
        _by("incidents_by_setting", "incidents", "setting"),
        _by("incidents_by_ground", "incidents", "ground"),
        replace(_by("incidents_by_role", "incidents", "role"), k=K_STAFF),
    ),
    Span.YEAR: (
        View("incidents", "incidents", style=_BAND),
        replace(_by("incidents_three_years", "incidents_3y", "setting"), fixed=True),
    ),
}
"""Of incident reports; which of them are released says ``incidents.views``."""


def view(span: Span, name: str) -> View:
    """A view by its name."""
    return next(one for one in (*VIEWS[span], *INCIDENTS.get(span, ())) if one.name == name)


def build(
    period: Period,
    facts: Facts,
    told: Iterable[tuple[str, str]] = (),
    views: Iterable[View] = (),
) -> Release:
    """The tables of one period: what may be shown by the rules of cells. The gate comes after.

    ``views``: those of incident reports, beside what is always released.
    """
    chosen = (*VIEWS[period.span], *views)
    tables = tuple(Table(one.name, tuple(_rows(one, facts))) for one in chosen)
    return Release(period, tables, tuple(told))


def cell(key: str, tally: Tally, style: Style, k: int = K) -> Row:
    """One cell by itself. Where few people are behind many messages neither is said; where one
    of many sent most of them, how many people there were is said alone."""
    if tally.messages < k:
        return Row(key, FEW, FEW)
    if not tally.many(k):
        return Row(key, WITHHELD, WITHHELD)
    people = figure(tally.people, style, k)
    return Row(key, figure(tally.messages, style, k) if tally.safe(k) else WITHHELD, people)


def under_other(cells: Mapping[str, Tally], k: int = K) -> frozenset[str] | None:
    """Which categories are counted under Other; ``None``: the table says nothing at all.

    All that are small or unsafe, and of the rest the smallest, until Other hides two or more and
    is safe itself. What turned out not to be needed is given back.
    """
    hidden = {key for key, one in cells.items() if one.messages < k or not one.safe(k)}
    if not hidden:
        return frozenset()
    unsafe = frozenset(hidden)
    for key in sorted(cells.keys() - hidden, key=lambda one: (cells[one].messages, one)):
        if _stands(cells, hidden, k):
            break
        hidden.add(key)
    if not _stands(cells, hidden, k) or len(hidden) == len(cells):
        return None
    for key in sorted(hidden - unsafe, key=lambda one: (-cells[one].messages, one)):
        if _stands(cells, hidden - {key}, k):
            hidden.discard(key)
    return frozenset(hidden)


def _stands(cells: Mapping[str, Tally], hidden: Iterable[str], k: int) -> bool:
    keys = list(hidden)
    whole = merged(cells[key] for key in keys)
    return len(keys) > 1 and whole.messages >= k and whole.safe(k)


def _rows(one: View, facts: Facts) -> Iterable[Row]:
    cells = {key: facts.get(one.node(key), Tally()) for key in one.keys}
    if not one.one_way:
        return [cell(key, tally, one.style, one.k) for key, tally in cells.items()]
    hidden = under_other(cells, one.k)
    if hidden is None or (hidden and one.fixed):
        return [Row(key, WITHHELD, WITHHELD) for key in cells]
    rows = [
        Row(key, OTHER, OTHER) if key in hidden else cell(key, tally, one.style, one.k)
        for key, tally in cells.items()
    ]
    if hidden:
        rows.append(cell(OTHER, merged(cells[key] for key in hidden), one.style, one.k))
    return rows
