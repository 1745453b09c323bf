"""A demonstration on disk in which people have decided things: for walks over those pages."""

from datetime import timedelta
from functools import partial
from pathlib import Path

from support.desk import Desk
from support.mail import inbound
from support.referring import authorise, consider
from support.restricting import approve, draft, propose, tasks
from support.scorer import ScriptedScorer
from triage.app import open_triage
from triage.core.access import CONSOLE, Actor
from triage.core.clock import SystemClock
from triage.core.roles import Role
from triage.demo import demo_settings, prepare
from triage.restrictions.draft import TargetDraft
from triage.restrictions.rules import Kind
from triage.restrictions.service import proposing
from triage.restrictions.service import tasks as working
from triage.restrictions.service.frozen import note_frozen
from triage.staff.queries import active_people
from triage.staff.service import add_person, invite_guest, name_fallback

OTHERS = (
    ("Edda Quillfeather", Role.DECIDER),
    ("Finn Aldercote", Role.DECIDER),
    ("Hal Thornbury", Role.HANDLER),
    ("Sue Tarnwick", Role.SERVICE_ADMIN),
    ("Odo Fenwright", Role.ON_DUTY),
)
SCOPE = ("helpdesk", "fixmystreet", "writetothem")
MAIL = b"""From: pat@example.org
To: requests@civic.example
Subject: Again
Message-ID: <again@example.org>

[low] I have asked about the bins before.
"""


def furnish(home: Path) -> list[tuple[str, ...]]:
    """Fill it; the pages to walk: who, where, and what is pressed there."""
    settings = demo_settings(home).model_copy(update={"blind_sample_per_day": 0})
    triage = open_triage(settings, scorer=ScriptedScorer())
    (home / "mail").mkdir()
    (home / "mail" / "1.eml").write_bytes(MAIL)
    prepare(triage, [home / "mail"])
    for name, role in OTHERS:
        email = f"{name.split()[0].lower()}@civic.example"
        triage.runner.run(CONSOLE, partial(add_person, name=name, email=email, roles=[role]))
    with triage.database.read() as session:
        people = {one.name.split()[0].lower(): one.actor() for one in active_people(session)}
    desk = Desk(triage, SystemClock(), people)  # type: ignore[arg-type]
    ways = _fill(desk)
    triage.close()
    return ways


def _fill(desk: Desk) -> list[tuple[str, ...]]:
    keeper = Actor("keeper", "Keeper", frozenset({Role.ADMIN}))
    for target in SCOPE:
        desk.do(keeper, working.set_scope, person_id=desk.sue.person_id, target=target)

    def mail(text: str, sender: str) -> str:
        [got] = desk.receive(inbound(text, from_address=sender))
        assert got.message_id is not None
        return got.message_id

    grave = mail("[high] I know the way to your office, and I come on Tuesday.", "pat@example.org")
    waits = propose(desk, desk.dee, grave)
    held = propose(desk, desk.dee, grave, kind=Kind.SERVICE_BLOCK)
    approve(desk, desk.edda, held)
    other = mail("[high] You are all useless, whoever reads this most.", "sam@example.net")
    desk.do(desk.dee, proposing.set_emergency, draft=draft(desk, other))
    place = (TargetDraft("writetothem", "sam@example.net", "Threats by it.", None, "x"),)
    frozen = propose(desk, desk.dee, other, kind=Kind.SERVICE_BLOCK, targets=place)
    for who in (desk.edda, desk.finn):
        approve(desk, who, frozen)
    [rule] = tasks(desk, frozen)
    desk.do(desk.sue, working.apply, task_id=rule.id, version=rule.version)
    given = {"task_id": rule.id, "reference": "M-1234", "frozen_at": desk.now}
    desk.do(desk.sue, note_frozen, **given)
    police = consider(desk, desk.dee, grave)
    authorise(desk, desk.edda, police)
    until = desk.now + timedelta(days=3)
    guest = {"name": "Gwen Outhwaite", "email": "gwen@trustees.example.net"}
    gwen = desk.do(CONSOLE, invite_guest, matter_id=waits, expires_at=until, **guest)
    desk.do(CONSOLE, name_fallback, person_id=gwen)
    dee, edda, hal = "Dee Marlowe-Finch", "Edda Quillfeather", "Hal Thornbury"
    sue, odo, gwen = "Sue Tarnwick", "Odo Fenwright", "Gwen Outhwaite"
    sender = desk.row(grave).sender_id
    return [
        (dee, "/decisions"),
        (edda, f"/decisions?restriction={waits}"),
        (gwen, "/decisions"),
        (gwen, f"/decisions?restriction={waits}"),
        (dee, "/propose"),
        (odo, "/propose"),
        (odo, f"/propose?message={other}"),
        (sue, "/tasks"),
        (sue, f"/tasks?task={rule.id}"),
        (edda, "/referrals"),
        (odo, "/referrals"),
        (hal, f"/referrals?referral={police}", "See what would be in it"),
        (dee, f"/sender?sender={sender}"),
        (dee, "/contact"),
    ]
