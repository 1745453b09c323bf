"""The demonstration's incident reports, and the people who have a part in them.

The reports come in as the form sends them, sealed, and are opened as the desk is next used.
"""

from datetime import timedelta
from functools import partial

from triage.app import Triage
from triage.cases.service.entering import add_event
from triage.cases.service.jobs import run_cases
from triage.core.access import CONSOLE
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.demo import sample_mailbox
from triage.reports.answers import Answers
from triage.reports.form import new_token, start_draft, submit
from triage.staff.queries import people_at, person
from triage.staff.service import add_person, invite_guest, name_fallback

PEOPLE: tuple[tuple[str, str, frozenset[Role]], ...] = (
    ("Hal Thornbury", "hal@civic.example", frozenset({Role.HANDLER})),
    ("Hope Sandiway", "hope@civic.example", frozenset({Role.HANDLER, Role.ON_DUTY})),
    ("Ivo Carrick-Bell", "ivo@civic.example", frozenset({Role.INVESTIGATOR})),
    ("Dan Ollerenshaw", "dan@civic.example", frozenset({Role.DECIDER})),
    ("Cleo Vance", "cleo@civic.example", frozenset({Role.CUSTODIAN})),
)
"""Name, address, roles. Nobody of these exists."""
OUTSIDE = ("Tess Quarrington", "tess@trustees.example")
"""A trustee who stands in where the team cannot."""


def add_reports(triage: Triage) -> int:
    """Add the team, an event and the sample reports; done twice, it adds nothing. How many."""
    with triage.database.read() as session:
        there = people_at(session, [email for _, email, _ in PEOPLE])
    if there:
        return 0
    run = partial(triage.runner.run, CONSOLE)
    for name, email, roles in PEOPLE:
        run(partial(add_person, name=name, email=email, roles=roles))
    now = triage.clock.now()
    guest = partial(invite_guest, matter_id=new_id(), expires_at=now + timedelta(days=1))
    name, email = OUTSIDE
    run(partial(name_fallback, person_id=run(partial(guest, name=name, email=email))))
    _add_event(triage)
    lines = (sample_mailbox().parent / "reports.jsonl").read_text("utf-8").splitlines()
    for line in lines:
        _send(triage, Answers.from_json(line))
    run_cases(triage.runner, triage.clock.now())
    return len(lines)


def _send(triage: Triage, answers: Answers) -> None:
    token, now = new_token(), triage.clock.now()
    triage.database.write(partial(start_draft, token=token, answers=answers, now=now))
    triage.database.write(partial(submit, vault=triage.vault, token=token, now=now))


def _add_event(triage: Triage) -> None:
    with triage.database.read() as session:
        hope = person(session, people_at(session, ["hope@civic.example"])["hope@civic.example"])
    assert hope is not None  # added just before
    now = triage.clock.now()
    event = partial(
        add_event,
        name="Open evening",
        starts=now,
        ends=now + timedelta(days=2),
        on_site="The desk by the door, 020 7946 0990",
    )
    triage.runner.run(hope.actor(), event)
