"""The demonstration: sample mail, people who do not exist, an embedded database."""

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from triage.app import Triage
from triage.core.access import CONSOLE
from triage.core.roles import Role
from triage.core.settings import Settings
from triage.messages.service.importing import ImportResult, Progress, import_mail
from triage.staff.queries import people_at
from triage.staff.service import add_person

PEOPLE: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("Sam Reyne", "sam@civic.example", frozenset({Role.REVIEWER})),
    ("Bo Lindqvarn", "bo@civic.example", frozenset({Role.REVIEWER})),
    ("Dee Marlowe-Finch", "dee@civic.example", frozenset({Role.REVIEWER, Role.DECIDER})),
    ("Max Tolliver", "max@civic.example", frozenset({Role.MANAGER})),
    ("Ada Penhallow", "ada@civic.example", frozenset({Role.ADMIN})),
    ("Kit Oyelund", "kit@civic.example", frozenset()),
)
"""Name, address, roles. Nobody of these exists."""

SERVICE_ADDRESSES = {
    "requests@civic.example": "whatdotheyknow",
    "reports@civic.example": "fixmystreet",
    "letters@civic.example": "writetothem",
    "parliament@civic.example": "theyworkforyou",
}


def demo_settings(home: Path | None = None) -> Settings:
    """Settings of the demonstration: its own database, whatever the environment says."""
    return Settings(
        home=home or Settings().home,
        demo=True,
        database_url=None,
        address="127.0.0.1",
        own_domains=("civic.example",),
        service_addresses=SERVICE_ADDRESSES,
        appeal_address="appeals@civic.example",
    )


def sample_mailbox() -> Path:
    """The sample mail: beside the package in a wheel, in ``data/`` in a checkout."""
    here = Path(__file__).parent
    for folder in (here / "demo_mail", here.parent / "data" / "sample"):
        if (folder / "mailbox.mbox").is_file():
            return folder / "mailbox.mbox"
    raise FileNotFoundError("the sample mailbox is missing from this installation")


def prepare(
    triage: Triage, paths: Sequence[Path] = (), *, progress: Progress | None = None
) -> ImportResult:
    """Add the people and import the mail; done twice, it adds nothing."""
    with triage.database.read() as session:
        there = people_at(session, [email for _, email, _ in PEOPLE])
    for name, email, roles in PEOPLE:
        if email not in there:
            triage.runner.run(CONSOLE, partial(add_person, name=name, email=email, roles=roles))
    mail = list(paths) or [sample_mailbox()]
    return import_mail(triage.runner, triage.scorer, mail, progress=progress)
