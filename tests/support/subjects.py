"""Requests about what is held of somebody, to test on: custodians, and short ways to act."""

import io
import json
import zipfile
from datetime import date
from typing import Any

from sqlalchemy import select

from support.cases import TEAM
from support.desk import Desk
from triage.cases.tables import CasePart
from triage.core.access import SYSTEM, Actor
from triage.core.closed import let_in
from triage.core.commands import Tx
from triage.core.roles import Role
from triage.letters.queries import letter
from triage.letters.rules import LetterKind
from triage.letters.service import checking, drafting, sending
from triage.messages.service.writing import draft_letter
from triage.retention.subject.queries.composing import Answer, answer
from triage.retention.subject.queries.reading import RequestItem, items_of, request
from triage.retention.subject.rules import Decision, Ground, IdentityHow, ItemKind, Kind
from triage.retention.subject.service import answering, making, registering, searching
from triage.retention.subject.tables import SubjectItem, SubjectRequest
from triage.staff.calendar import local_day
from triage.staff.processes import Part

PAT = "Pat Example"
HIM: dict[str, Any] = {"who": PAT, "contact": "pat@example.org"}


def kept(desk: Desk) -> Desk:
    """The desk with two custodians, Cusa and Cole."""
    for name in ("cusa", "cole"):
        if name not in desk.people:
            desk.add(name, Role.CUSTODIAN)
    return desk


def staffed(desk: Desk) -> Desk:
    """The same with everybody whom incident reports need."""
    for name, roles in TEAM.items():
        if name not in desk.people:
            desk.add(name, *roles)
    return kept(desk)


def join(desk: Desk, case_id: str, who: Actor, part: Part | None = None) -> None:
    """Somebody is let into a case, as who keeps its identities is; with a part, to read it."""

    def enter(tx: Tx) -> None:
        let_in(tx.session, matter_id=case_id, person_id=who.person_id, at=tx.now)
        if part is not None:
            given = {"case_id": case_id, "person_id": who.person_id, "part": part.value}
            tx.session.add(CasePart(**given, since=tx.now, until=None, how="assigned"))

    desk.do(SYSTEM, enter)


def sent_letter(desk: Desk, message_id: str, text: str) -> str:
    """Ana writes to who sent a message; Ben agrees, and it is copied out."""
    made = desk.do(desk.ana, draft_letter, message_id=message_id, kind=LetterKind.FREE)

    def now() -> dict[str, Any]:
        found = desk.read(letter, viewer=desk.ana, letter_id=made)
        return {
            "letter_id": made, "version": found.row.version, "previewed": found.shown.digest,
        }  # fmt: skip

    words = {"subject": "Your message", "text": text, "to_address": "norbert@example.net"}
    desk.do(desk.ana, drafting.edit, letter_id=made, version=now()["version"], **words)
    desk.do(desk.ana, checking.ask_second, **now(), reason="please look")
    desk.do(desk.ben, checking.second_agrees, **now(), reason="good")
    desk.do(desk.ben, sending.mark_copied_out, **now(), at=desk.now)
    return made


def today(desk: Desk) -> date:
    return local_day(desk.now)


def row(desk: Desk, request_id: str) -> SubjectRequest:
    """A request as it is stored."""
    with desk.triage.database.read() as session:
        found = session.get_one(SubjectRequest, request_id)
        session.expunge(found)
        return found


def at(desk: Desk, request_id: str) -> dict[str, Any]:
    """The request and its version, as a screen would have them."""
    return {"request_id": request_id, "version": row(desk, request_id).version}


def asked(desk: Desk, kind: Kind = Kind.ACCESS, by: Actor | None = None, **given: Any) -> str:
    """A request that came in today and was entered."""
    fields = {"kind": kind, "received_on": today(desk), **HIM, **given}
    return desk.do(by or desk.cusa, registering.register, **fields)


def known(desk: Desk, request_id: str, by: Actor | None = None) -> str:
    """It is they."""
    desk.do(
        by or desk.cusa, registering.check_identity, **at(desk, request_id),
        how=IdentityHow.KNOWN_ADDRESS, note="They answered at their address.", on=today(desk),
    )  # fmt: skip
    return request_id


def searched(desk: Desk, by: Actor | None = None, **given: Any) -> str:
    """A request for which it was searched."""
    made = known(desk, asked(desk, by=by, **given), by)
    desk.do(by or desk.cusa, searching.search, **at(desk, made))
    return made


def items(desk: Desk, request_id: str, viewer: Actor | None = None) -> list[SubjectItem]:
    """The items that somebody (Cusa) sees."""
    with desk.triage.database.read() as session:
        found = list(items_of(session, viewer or desk.cusa, request_id))
        session.expunge_all()
        return found


def found_kinds(desk: Desk, request_id: str, viewer: Actor | None = None) -> list[str]:
    """Of which kinds they are."""
    return sorted(one.kind for one in items(desk, request_id, viewer))


def give_all(desk: Desk, request_id: str, by: Actor | None = None) -> None:
    """Give out what can be given; a summary of each report, and no report to the police."""
    for one in items(desk, request_id, by):
        decide(desk, one, by)


def decide(desk: Desk, one: SubjectItem, by: Actor | None = None, **given: Any) -> None:
    """Decide one item; by default it is given out as far as it may be."""
    kind = ItemKind(one.kind)
    fields: dict[str, Any] = {"decision": Decision.DISCLOSE}
    if kind is ItemKind.CASE:
        fields = {"decision": Decision.SUMMARY, "said": "You are named in a report."}
    if kind is ItemKind.REFERRAL:
        fields = {"decision": Decision.WITHHOLD, "ground": Ground.CRIME}
    desk.do(by or desk.cusa, searching.decide_item, item_id=one.id, **(given or fields))


def shown(desk: Desk, request_id: str, viewer: Actor | None = None) -> Answer:
    """What it comes to, as somebody (Cusa) sees it."""

    def look(tx: Tx) -> Answer:
        return answer(tx, tx.session.get_one(SubjectRequest, request_id))

    return desk.do(viewer or desk.cusa, look)


def reviewed(desk: Desk, request_id: str, by: Actor | None = None) -> str:
    desk.do(by or desk.cusa, answering.review, **at(desk, request_id))
    return request_id


def agreed(desk: Desk, request_id: str, by: Actor | None = None, override: str = "") -> str:
    """Cole has looked at it too."""
    who = by or desk.cole
    digest = shown(desk, request_id, who).digest
    desk.do(who, answering.second_agrees, **at(desk, request_id), digest=digest, override=override)
    return request_id


def made(desk: Desk, request_id: str, by: Actor | None = None) -> bytes:
    """The file, as who prepared it makes it."""
    who = by or desk.cusa
    target = io.BytesIO()
    digest = shown(desk, request_id, who).digest
    making.build(desk.triage.runner, who, **at(desk, request_id), digest=digest, target=target)
    return target.getvalue()


def whole_way(desk: Desk, **given: Any) -> tuple[str, bytes]:
    """From the request to the file, everything given out."""
    request_id = searched(desk, **given)
    give_all(desk, request_id)
    agreed(desk, reviewed(desk, request_id))
    return request_id, made(desk, request_id)


def text_of(data: bytes) -> str:
    """All that is in a file, as one text."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        return "\n".join(packed.read(name).decode() for name in packed.namelist())


def held_in(data: bytes) -> list[dict[str, Any]]:
    """What the file says as JSON."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        [name] = [one for one in packed.namelist() if one.endswith(".json")]
        found: list[dict[str, Any]] = json.loads(packed.read(name))["held"]
        return found


def seen(desk: Desk, request_id: str, viewer: Actor | None = None) -> RequestItem:
    """The request as somebody (Cusa) reads it."""
    return desk.read(request, viewer=viewer or desk.cusa, request_id=request_id, now=desk.now)


def count_items(desk: Desk, request_id: str) -> int:
    """All of them, whoever may see them."""
    with desk.triage.database.read() as session:
        found = select(SubjectItem.id).where(SubjectItem.request_id == request_id)
        return len(session.scalars(found).all())
