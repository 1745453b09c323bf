"""P-CON-2: of a whole case no word of who reported, who is reported or what was said stands in an
alert, on the record, or in any column in plain."""

import pytest
from sqlalchemy import select
from support.cases import staffed, state, tick
from support.desk import Desk
from support.verdicts import (
    Postbox,
    act,
    add,
    ban,
    close,
    copy_out,
    decided,
    does,
    notified,
    on_action,
    party,
    post,
    preview,
)

from triage.app import tables
from triage.cases.rules import Finding, State
from triage.cases.verdict.rules import ActionKind
from triage.cases.verdict.service import appealing, carrying, identity, setting_up, telling
from triage.cases.verdict.service.jobs import run_verdicts
from triage.cases.verdict.tables import CaseAction, CaseOutcome
from triage.conduct.incidents import Wish
from triage.core.audit import AuditEvent
from triage.letters.service.delivery import deliver_letters
from triage.notify.tables import OutboxMail
from triage.restrictions.codes import appeal_code

CANARY = "quixotically"
WORDS = ("merrily", "thrush", "quentin", "vole", CANARY)


@pytest.fixture
def lived(desk: Desk) -> Desk:
    """A desk on which one case has gone all the way, with a canary in every text."""
    desk.triage.settings = desk.triage.settings.model_copy(
        update={
            "letter_from": "conduct@charity.example.org",
            "appeal_address": "appeals@charity.example.org",
        }
    )
    staffed(desk)
    case_id = notified(
        desk, description=f"It was {CANARY} loud.", name="Merrily Thrush",
        email="merrily@example.com", wish=Wish.BY_CONTACT,
    )  # fmt: skip
    kinds = (
        ActionKind.EXPULSION, ActionKind.RESTRICTION, ActionKind.HR_REFERRAL,
        ActionKind.POLICE_REFERRAL, ActionKind.OTHER, ActionKind.REQUEST_TO_CEASE,
    )  # fmt: skip
    decided(
        desk, case_id, Finding.UPHELD, kinds, balance=False,
        no_independent_reason=f"it is {CANARY} clear",
    )  # fmt: skip
    about = party(desk, case_id)
    made = [
        add(desk, case_id, kind, what=CANARY, party_id=about, event=f"{CANARY} meeting")
        for kind in kinds
        if kind is not ActionKind.RESTRICTION
    ]
    does(
        desk, desk.dee, setting_up.add_restriction, case_id,
        draft=ban(desk, "social", reason=CANARY, proportionality=CANARY), party_id=about,
    )  # fmt: skip
    act(desk, case_id)
    for one in made:
        if one != made[2]:
            on_action(desk, carrying.say_done, one, note=CANARY)
    with desk.triage.database.read() as session:
        left = session.scalars(select(CaseAction.id).where(CaseAction.state == "to_do")).all()
    for one in left:
        on_action(desk, carrying.waive, one, reason=CANARY)
    run_verdicts(desk.triage.runner, desk.now)
    does(desk, desk.hal, identity.ask_identity, case_id, reason=CANARY)
    post(desk, does(desk, desk.hal, telling.tell_reporter, case_id), check=False)
    letter_id = does(
        desk, desk.hal, telling.tell_subject, case_id, party_id=about, follows=f"{CANARY} nothing"
    )
    assert CANARY in preview(desk, letter_id).shown.text
    copy_out(desk, letter_id)
    box = Postbox()
    deliver_letters(desk.triage.runner, desk.now, box)
    assert box.taken
    close(desk, case_id)
    assert state(desk, case_id) is State.CLOSED
    with desk.triage.database.read() as session:
        told = session.scalars(
            select(CaseOutcome.id).where(CaseOutcome.appeal_hash.is_not(None))
        ).one()
    desk.do(
        desk.ana, appealing.record_appeal, code=appeal_code(desk.triage.keys, told),
        words=CANARY, came_at=desk.now,
    )  # fmt: skip
    tick(desk)
    return desk


def test_p_con_2_no_word_of_a_case_stands_in_an_alert_or_on_the_record(lived: Desk) -> None:
    with lived.triage.database.read() as session:
        events = [str(one) for one in session.execute(select(*AuditEvent.__table__.columns))]
        mails = [str(one) for one in session.execute(select(*OutboxMail.__table__.columns))]
    assert len(events) > 30
    assert mails
    for text in (*events, *mails):
        assert not [one for one in WORDS if one in text.casefold()]


def test_p_con_2_no_word_of_a_case_lies_in_any_column_in_plain(lived: Desk) -> None:
    found = []
    with lived.triage.database.read() as session:
        for table in tables().sorted_tables:
            for row in session.execute(table.select()).mappings():
                for column, value in row.items():
                    plain = bytes(value) if isinstance(value, bytes | memoryview) else str(value)
                    if isinstance(plain, bytes):
                        plain = plain.decode("latin-1")
                    if any(one in plain.casefold() for one in WORDS):
                        found.append(f"{table.name}.{column}")
    assert found == []
