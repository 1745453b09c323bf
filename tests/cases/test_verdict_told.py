"""Who is told how it ended, and what (P-OUT-1 to P-OUT-3, P-INT-4); and appeals against it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import select
from support.cases import begun, held, outside, row, staffed, state, tick, write_by_receipt
from support.desk import Desk
from support.verdicts import (
    Postbox,
    act,
    add,
    close,
    copy_out,
    decide,
    decided,
    does,
    notified,
    on_letter,
    outcome_due,
    party,
    post,
    preview,
    recommended,
    said,
    seen,
)

from triage.cases.inquiry.service import letters, weighing
from triage.cases.rules import Edge, Finding, State
from triage.cases.service import handling, recusing, settling
from triage.cases.verdict.rules import ActionKind, AppealOutcome, How, ToldTo
from triage.cases.verdict.service import appealing, closing, deciding, telling
from triage.cases.verdict.service.jobs import run_verdicts
from triage.cases.verdict.tables import CaseAppeal, CaseOutcome
from triage.conduct.incidents import PublicStatus, Wish
from triage.core.access import SYSTEM
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.letters.rules import HIDDEN
from triage.letters.rules import State as LetterState
from triage.letters.service.delivery import deliver_letters
from triage.letters.tables import Letter, LetterMail
from triage.messages.rules import ChildKind, ChildState
from triage.messages.service.children import add_child, tell
from triage.notify.tables import OutboxMail
from triage.reports.answers import Reach, reach_to_json
from triage.reports.service.steps import add_step
from triage.reports.tables import Report
from triage.reports.thread import StepKind
from triage.restrictions.codes import appeal_code
from triage.staff.processes import Part

ADDRESS = "reporter@example.com"
NAMED = {"name": "Merrily Thrush", "email": ADDRESS}


@pytest.fixture
def cases(desk: Desk) -> Desk:
    """A desk with a team for incident reports, an address for letters and one for appeals."""
    desk.triage.settings = desk.triage.settings.model_copy(
        update={
            "letter_from": "conduct@charity.example.org",
            "appeal_address": "appeals@charity.example.org",
        }
    )
    return staffed(desk)


def wish(desk: Desk, case_id: str, reach: Reach) -> None:
    """The reporter changes what they wish, by the receipt."""
    report_id = row(desk, case_id).report_id

    def write(tx: Tx) -> None:
        add_step(
            tx.session, tx.vault, report_id=report_id, kind=StepKind.REACH,
            text=reach_to_json(reach), from_reporter=True, at=tx.now,
        )  # fmt: skip

    desk.do(desk.hal, write)


def handed_over(desk: Desk) -> list[tuple[str, str]]:
    box = Postbox()
    deliver_letters(desk.triage.runner, desk.now, box)
    return box.taken


def test_p_out_1_who_asked_and_can_be_reached_is_told_before_it_is_closed_or_it_says_why_not(
    cases: Desk,
) -> None:
    case_id = outcome_due(cases, wish=Wish.BY_CONTACT, **NAMED)
    assert seen(cases, case_id).untold == ("reporter",)
    with pytest.raises(Conflict, match="reporter asked"):
        close(cases, case_id)
    letter_id = does(cases, cases.hal, telling.tell_reporter, case_id)
    with pytest.raises(Conflict, match="reporter asked"):
        close(cases, case_id)  # it is begun, and has not gone
    post(cases, letter_id, check=False)
    with pytest.raises(Conflict, match="reporter asked"):
        close(cases, case_id)
    taken = handed_over(cases)
    assert [to for to, _ in taken] == [ADDRESS]
    assert seen(cases, case_id).untold == ()
    close(cases, case_id)
    assert state(cases, case_id) is State.CLOSED


def test_p_out_1_not_to_tell_them_takes_a_reason_and_a_name(cases: Desk) -> None:
    case_id = outcome_due(cases, wish=Wish.BY_RECEIPT)
    with pytest.raises(Invalid):
        does(cases, cases.hal, telling.waive, case_id, told=ToldTo.REPORTER, reason=" ")
    with pytest.raises(NotAllowed):
        does(cases, cases.dee, telling.waive, case_id, told=ToldTo.REPORTER, reason="x")
    does(
        cases, cases.hal, telling.waive, case_id, told=ToldTo.REPORTER,
        reason="they told us by phone that they know",
    )  # fmt: skip
    found = seen(cases, case_id).outcomes[0]
    assert (found.how, found.by) == (How.WAIVED, "Hal")
    assert found.why == "they told us by phone that they know"
    close(cases, case_id)


def test_p_out_2_who_has_not_asked_is_told_nothing_but_where_it_stands_and_can_ask_later(
    cases: Desk,
) -> None:
    case_id = outcome_due(cases, wish=Wish.NONE, **NAMED)
    assert (seen(cases, case_id).reach, seen(cases, case_id).untold) == (None, ())
    with pytest.raises(Conflict, match="not asked"):
        does(cases, cases.hal, telling.tell_reporter, case_id)
    assert [one for one in said(cases, case_id) if one not in set(PublicStatus)] == []
    wish(cases, case_id, Reach(wish=Wish.BY_RECEIPT))
    assert seen(cases, case_id).untold == ("reporter",)
    with pytest.raises(Conflict):
        close(cases, case_id)
    does(cases, cases.hal, telling.tell_reporter, case_id)
    close(cases, case_id)


def test_p_out_2_who_asks_only_once_it_is_closed_is_told_by_letter_all_the_same(
    cases: Desk,
) -> None:
    case_id = outcome_due(cases, wish=Wish.NONE, **NAMED)
    close(cases, case_id)
    wish(cases, case_id, Reach(email=ADDRESS, wish=Wish.BY_CONTACT))
    post(cases, does(cases, cases.hal, telling.tell_reporter, case_id), check=False)
    assert [to for to, _ in handed_over(cases)] == [ADDRESS]
    assert state(cases, case_id) is State.CLOSED


def test_p_out_2_nothing_goes_to_who_no_longer_wants_it_while_it_waited(cases: Desk) -> None:
    case_id = outcome_due(cases, wish=Wish.BY_CONTACT, **NAMED)
    letter_id = does(cases, cases.hal, telling.tell_reporter, case_id)
    post(cases, letter_id, check=False)
    wish(cases, case_id, Reach(email=ADDRESS, wish=Wish.NONE))
    assert handed_over(cases) == []
    assert preview(cases, letter_id).row.state is LetterState.READY
    close(cases, case_id)


def test_p_out_3_an_anonymous_reporter_who_asked_reads_the_outcome_with_the_receipt(
    cases: Desk,
) -> None:
    case_id = outcome_due(cases, Finding.NOT_UPHELD, wish=Wish.BY_RECEIPT)
    assert does(cases, cases.hal, telling.tell_reporter, case_id) is None
    text = said(cases, case_id)[-1]
    assert "did not find" in text
    with pytest.raises(Conflict):
        does(cases, cases.hal, telling.tell_reporter, case_id)
    close(cases, case_id)
    assert said(cases, case_id)[-1] == PublicStatus.ENDED


def test_p_out_3_with_a_telephone_alone_it_is_told_by_receipt_too(cases: Desk) -> None:
    case_id = outcome_due(cases, wish=Wish.BY_CONTACT, phone="020 7946 0123")
    assert does(cases, cases.hal, telling.tell_reporter, case_id) is None
    assert seen(cases, case_id).outcomes[0].how is How.RECEIPT


def test_the_letter_goes_to_the_reporter_and_nobody_here_is_shown_where_or_to_whom(
    cases: Desk,
) -> None:
    case_id = outcome_due(cases, wish=Wish.BY_CONTACT, **NAMED)
    letter_id = does(cases, cases.hal, telling.tell_reporter, case_id)
    found = preview(cases, letter_id)
    assert found.shown.to == HIDDEN
    assert ADDRESS not in str(found)
    assert "Merrily" not in str(found)
    given = {"letter_id": letter_id}
    cases.do(
        cases.hal, letters.edit, version=found.row.version, subject=found.shown.subject,
        text=found.shown.text, to_address="other@example.com", **given,
    )  # fmt: skip
    assert preview(cases, letter_id).shown.to == HIDDEN
    found = preview(cases, letter_id)
    cases.do(
        cases.hal, letters.approve, version=found.row.version, previewed=found.shown.digest, **given
    )
    found = preview(cases, letter_id)
    with pytest.raises(Invalid, match="by mail alone"):
        cases.do(
            cases.hal, letters.copied_out, version=found.row.version,
            previewed=found.shown.digest, at=cases.now, **given,
        )  # fmt: skip
    cases.do(
        cases.hal, letters.send, version=found.row.version, previewed=found.shown.digest, **given
    )
    assert [to for to, _ in handed_over(cases)] == [ADDRESS]
    with cases.triage.database.read() as session:
        assert session.get_one(Letter, letter_id).to_address is None
        assert session.scalars(select(LetterMail.problem)).all() == [None]


def test_what_the_reporter_reads_is_the_finding_and_whether_something_was_done_and_no_more(
    cases: Desk,
) -> None:
    case_id = decided(cases, begun(cases, wish=Wish.BY_RECEIPT), actions=(ActionKind.HR_REFERRAL,))
    made = add(cases, case_id, ActionKind.HR_REFERRAL, what="Quentin Vole of accounts")
    act(cases, case_id)
    from support.verdicts import on_action

    from triage.cases.verdict.service import carrying

    on_action(cases, carrying.say_done, made, note="HR dismissed Quentin Vole")
    does(cases, cases.hal, telling.tell_reporter, case_id)
    text = said(cases, case_id)[-1]
    assert "We have acted on it" in text
    for word in ("Quentin", "HR", "dismiss", "accounts"):
        assert word not in text


def test_with_no_action_the_reporter_is_not_told_that_there_was_one(cases: Desk) -> None:
    case_id = outcome_due(cases, wish=Wish.BY_RECEIPT)
    does(cases, cases.hal, telling.tell_reporter, case_id)
    assert "We have acted on it" not in said(cases, case_id)[-1]


def ended_for(desk: Desk, finding: Finding = Finding.UPHELD) -> str:
    """A case whose subject knew of it, decided, with nothing left but to tell them."""
    case_id = decided(desk, notified(desk), finding, (ActionKind.NONE,), balance=False)
    act(desk, case_id)
    return case_id


def test_who_was_told_of_the_report_is_told_finding_consequence_appeal_and_how_long_it_is_kept(
    cases: Desk,
) -> None:
    case_id = ended_for(cases)
    who = party(cases, case_id)
    assert seen(cases, case_id).untold == (who,)
    with pytest.raises(Conflict, match="told of the report"):
        close(cases, case_id)
    letter_id = does(
        cases, cases.hal, telling.tell_subject, case_id, party_id=who, follows="Nothing more."
    )
    text = preview(cases, letter_id).shown.text
    kept = seen(cases, case_id).outcomes[0].kept_until
    assert kept == cases.now + timedelta(days=cases.triage.settings.case_kept_days_upheld)
    for part in ("did happen", "Nothing more.", "appeal once", kept.strftime("%-d %B %Y")):
        assert part in text
    with pytest.raises(Conflict):
        close(cases, case_id)
    copy_out(cases, letter_id)
    close(cases, case_id)
    assert state(cases, case_id) is State.CLOSED


def test_a_letter_to_the_subject_with_what_tells_who_reported_does_not_go(cases: Desk) -> None:
    case_id = decided(
        cases, notified(cases, **NAMED), Finding.UPHELD, (ActionKind.NONE,), balance=False
    )
    act(cases, case_id)
    letter_id = does(
        cases, cases.hal, telling.tell_subject, case_id, party_id=party(cases, case_id),
        follows="Leave Merrily Thrush alone.",
    )  # fmt: skip
    on_letter(cases, letters.check, letter_id)
    with pytest.raises(Conflict, match="could tell who reported"):
        on_letter(cases, letters.approve, letter_id)


def test_who_never_knew_of_it_is_not_told_of_its_end(cases: Desk) -> None:
    from support.verdicts import SUBJECT

    case_id = outcome_due(cases, subjects=(SUBJECT,))
    with pytest.raises(Conflict, match="never told"):
        does(
            cases, cases.hal, telling.tell_subject, case_id, party_id=party(cases, case_id),
            follows="Nothing.",
        )  # fmt: skip
    close(cases, case_id)


def test_p_int_4_a_case_ends_with_a_named_person_and_a_reason(cases: Desk) -> None:
    case_id = outcome_due(cases)
    with pytest.raises(Invalid):
        does(cases, cases.hal, closing.close, case_id, reason=" ")
    for who in (cases.ivo, cases.dee):
        with pytest.raises(NotAllowed):
            does(cases, who, closing.close, case_id, reason="done")
    close(cases, case_id)
    with cases.triage.database.read() as session:
        report = session.get_one(Report, row(cases, case_id).report_id)
        assert report.status == PublicStatus.ENDED
    last = cases.events("case_close", case_id)[-1]
    assert last.actor_id == cases.hal.person_id


def test_what_was_closed_by_mistake_is_undone_within_the_time_for_it(cases: Desk) -> None:
    case_id = close(cases, outcome_due(cases))
    does(cases, cases.hal, handling.undo, case_id)
    assert state(cases, case_id) is State.OUTCOME_DUE
    close(cases, case_id)


# -- an appeal


def code(desk: Desk, case_id: str) -> str:
    with desk.triage.database.read() as session:
        found = session.scalars(
            select(CaseOutcome.id)
            .where(CaseOutcome.case_id == case_id, CaseOutcome.appeal_hash.is_not(None))
            .order_by(CaseOutcome.at.desc())
        ).first()
    assert found is not None
    return appeal_code(desk.triage.keys, found)


def told_and_closed(desk: Desk) -> str:
    case_id = ended_for(desk)
    letter_id = does(
        desk, desk.hal, telling.tell_subject, case_id, party_id=party(desk, case_id),
        follows="Nothing more.",
    )  # fmt: skip
    assert code(desk, case_id) in preview(desk, letter_id).shown.text
    copy_out(desk, letter_id)
    return close(desk, case_id)


def appeal(desk: Desk, case_id: str, who: str = "ana") -> str:
    desk.do(
        getattr(desk, who), appealing.record_appeal, code=code(desk, case_id).lower(),
        words="I was not there.", came_at=desk.now,
    )  # fmt: skip
    with desk.triage.database.read() as session:
        found = session.scalars(select(CaseAppeal.id).where(CaseAppeal.case_id == case_id)).all()
    return found[-1]


def answer(desk: Desk, case_id: str, appeal_id: str, who: str, outcome: AppealOutcome) -> None:
    actor = getattr(desk, who)
    desk.do(actor, handling.declare, case_id=case_id, version=0, ties=())
    desk.do(actor, deciding.open_account, case_id=case_id)
    desk.do(
        actor, appealing.decide_appeal, appeal_id=appeal_id,
        version=row(desk, case_id).version, outcome=outcome, reason="as it says there",
    )  # fmt: skip


def stranger(desk: Desk, case_id: str) -> str:
    """Who was found for the appeal."""
    return next(iter(held(desk, case_id)[Part.DECIDER] - {"dee"}))


def test_an_appeal_is_entered_by_its_code_shows_nothing_and_finds_somebody_who_took_no_part(
    cases: Desk,
) -> None:
    case_id = told_and_closed(cases)
    with pytest.raises(NotFound, match="No decision"):
        cases.do(cases.ana, appealing.record_appeal, code="0000", words="x", came_at=cases.now)
    appeal(cases, case_id)
    assert stranger(cases, case_id) in {"dan", "dora"}
    with pytest.raises(Conflict, match="one each"):
        appeal(cases, case_id)
    assert seen(cases, case_id).appeals[0].words == "I was not there."


def test_p_rec_4_whom_it_is_about_cannot_tell_a_code_from_none(cases: Desk) -> None:
    case_id = told_and_closed(cases)
    cases.do(cases.dee, recusing.recuse, case_id=case_id)
    with pytest.raises(NotFound, match="No decision"):
        cases.do(
            cases.dee, appealing.record_appeal, code=code(cases, case_id), words="x",
            came_at=cases.now,
        )  # fmt: skip


def test_rule_2_the_original_decider_does_not_decide_the_appeal_and_an_upheld_finding_stays(
    cases: Desk,
) -> None:
    case_id = told_and_closed(cases)
    appeal_id = appeal(cases, case_id)
    with pytest.raises(NotAllowed, match="took part"):
        answer(cases, case_id, appeal_id, "dee", AppealOutcome.UPHELD)
    for who in ("ivo", "hal"):
        with pytest.raises(NotAllowed):
            cases.do(
                getattr(cases, who), appealing.decide_appeal, appeal_id=appeal_id,
                version=row(cases, case_id).version, outcome=AppealOutcome.OVERTURNED, reason="x",
            )  # fmt: skip
    answer(cases, case_id, appeal_id, stranger(cases, case_id), AppealOutcome.UPHELD)
    assert state(cases, case_id) is State.CLOSED
    assert row(cases, case_id).finding == Finding.UPHELD.value


def turned_down(desk: Desk) -> tuple[str, str]:
    """(a closed case, the appeal against it that was turned down)."""
    case_id = told_and_closed(desk)
    appeal_id = appeal(desk, case_id)
    answer(desk, case_id, appeal_id, stranger(desk, case_id), AppealOutcome.UPHELD)
    return case_id, appeal_id


def test_rule_2_whoever_appealed_is_told_by_letter_that_the_finding_stands_and_why(
    cases: Desk,
) -> None:
    case_id, appeal_id = turned_down(cases)
    asked = f"case:{case_id}:appeal_told:{appeal_id}:{cases.hal.person_id}"
    assert asked in cases.read(lambda s: [one.dedupe_key for one in s.query(OutboxMail).all()])
    assert not seen(cases, case_id).appeals[0].begun
    given = {"appeal_id": appeal_id, "sentence": "Two people had seen it."}
    with pytest.raises(Invalid, match="why"):
        does(cases, cases.hal, telling.tell_appellant, case_id, **given | {"sentence": " "})
    letter_id = does(cases, cases.hal, telling.tell_appellant, case_id, **given)
    shown = preview(cases, letter_id)
    assert "The decision stays as it was." in shown.shown.text
    assert "Two people had seen it." in shown.shown.text
    assert "as it says there" not in shown.shown.text, "what was written for the record stays here"
    assert shown.row.checked_first, "nothing in it may tell who reported"
    with pytest.raises(Conflict, match="said already"):
        does(cases, cases.hal, telling.tell_appellant, case_id, **given)
    found = seen(cases, case_id).appeals[0]
    assert (found.begun, found.told) == (True, False)
    copy_out(cases, letter_id)
    assert seen(cases, case_id).appeals[0].told
    assert state(cases, case_id) is State.CLOSED


def test_rule_2_no_such_letter_is_written_of_an_appeal_that_waits_or_was_granted_nor_by_others(
    cases: Desk,
) -> None:
    case_id = told_and_closed(cases)
    given = {"appeal_id": appeal(cases, case_id), "sentence": "x"}
    with pytest.raises(Conflict, match="turned down"):
        does(cases, cases.hal, telling.tell_appellant, case_id, **given)
    who = stranger(cases, case_id)
    answer(cases, case_id, given["appeal_id"], who, AppealOutcome.OVERTURNED)
    with pytest.raises(Conflict, match="turned down"):
        does(cases, cases.hal, telling.tell_appellant, case_id, **given)
    with pytest.raises(NotAllowed):
        does(cases, cases.ivo, telling.tell_appellant, case_id, **given)
    with pytest.raises(NotFound, match="no such appeal"):
        does(cases, cases.hal, telling.tell_appellant, case_id, **given | {"appeal_id": "no"})


def test_rule_2_overturned_it_is_looked_into_again_and_others_decide(cases: Desk) -> None:
    case_id = told_and_closed(cases)
    message_id = cases.arrive("[high] I will wait by the door")
    cases.do(SYSTEM, add_child, message_id=message_id, child_id=case_id, kind=ChildKind.CASE)
    cases.do(SYSTEM, tell, child_id=case_id, state=ChildState.DONE)
    appeal_id = appeal(cases, case_id)
    who = stranger(cases, case_id)
    answer(cases, case_id, appeal_id, who, AppealOutcome.OVERTURNED)
    assert state(cases, case_id) is State.INVESTIGATING
    last = cases.events("child_told", message_id)[-1]
    assert '"open"' in last.details, "what is evidence in it waits for it again"
    assert held(cases, case_id)[Part.DECIDER] == {who}
    assert row(cases, case_id).finding is None
    assert not seen(cases, case_id).decisions[0].stands
    cases.move(minutes=1)
    cases.do(cases.ivo, weighing.say_why_not_balanced, case_id=case_id, reason="looked at it again")
    recommended(cases, case_id, Finding.NOT_UPHELD, (ActionKind.NONE,), balance=False)
    actor = getattr(cases, who)
    cases.do(actor, deciding.open_account, case_id=case_id)
    decide(cases, case_id, Finding.NOT_UPHELD, (ActionKind.NONE,), by=actor)
    assert [one.stands for one in seen(cases, case_id).decisions] == [False, True]
    with pytest.raises(Conflict):
        cases.do(
            cases.ana, appealing.record_appeal, code=code(cases, case_id), words="again",
            came_at=cases.now,
        )  # fmt: skip


def test_p_out_1_what_was_overturned_ends_with_a_finding_and_both_sides_are_told_it(
    cases: Desk,
) -> None:
    """Not at the reporter's wish alone: the person reported appealed, and is to learn how it ends;
    what was said of the first decision is not said of the second."""
    case_id = told_and_closed(cases)
    who = stranger_of(cases, case_id)
    write_by_receipt(cases, case_id, "Please stop.", StepKind.WITHDRAW)
    tick(cases)
    given = {"edge": Edge.WITHDRAW, "reason": "x", "person_id": cases.ada.person_id}
    with pytest.raises(Conflict, match="decided before"):
        does(cases, cases.hal, settling.ask_second, case_id, **given)
    does(cases, cases.hal, settling.go_on, case_id, reason="it goes on to a finding")
    cases.move(minutes=1)
    cases.do(cases.ivo, weighing.say_why_not_balanced, case_id=case_id, reason="looked at it again")
    finding = (Finding.UNABLE_TO_ESTABLISH, (ActionKind.NONE,))
    recommended(cases, case_id, *finding, balance=False)
    actor = getattr(cases, who)
    cases.do(actor, deciding.open_account, case_id=case_id)
    decide(cases, case_id, *finding, by=actor)
    act(cases, case_id)
    with pytest.raises(Conflict, match="was told of the report"):
        close(cases, case_id)
    letter_id = does(
        cases, cases.hal, telling.tell_subject, case_id, party_id=party(cases, case_id),
        follows="Nothing follows.",
    )  # fmt: skip
    copy_out(cases, letter_id)
    close(cases, case_id)
    assert row(cases, case_id).finding == Finding.UNABLE_TO_ESTABLISH.value


def stranger_of(desk: Desk, case_id: str) -> str:
    """Who overturned it."""
    appeal_id = appeal(desk, case_id)
    who = stranger(desk, case_id)
    answer(desk, case_id, appeal_id, who, AppealOutcome.OVERTURNED)
    return who


def test_where_nobody_is_left_the_fallback_decides_the_appeal_as_soon_as_there_is_one(
    desk: Desk,
) -> None:
    desk.triage.settings = desk.triage.settings.model_copy(
        update={"appeal_address": "appeals@charity.example.org"}
    )
    cases = staffed(desk, fallback=False)
    case_id = told_and_closed(cases)
    for who in ("dan", "dora"):
        from triage.core.exclusions import ExclusionKind, exclude

        person_id = getattr(cases, who).person_id
        cases.triage.database.write(
            partial(
                exclude,
                matter_id=case_id,
                person_id=person_id,
                kind=ExclusionKind.SUBJECT,
                at=cases.now,
            )
        )
    appeal(cases, case_id)
    assert held(cases, case_id)[Part.DECIDER] == {"dee"}
    outside(cases)
    run_verdicts(cases.triage.runner, cases.now)
    assert held(cases, case_id)[Part.DECIDER] == {"dee", "tess"}


def test_without_an_address_for_appeals_no_letter_says_that_there_is_a_way(cases: Desk) -> None:
    cases.triage.settings = cases.triage.settings.model_copy(update={"appeal_address": ""})
    case_id = ended_for(cases)
    with pytest.raises(Invalid, match="lacks something"):
        does(
            cases, cases.hal, telling.tell_subject, case_id, party_id=party(cases, case_id),
            follows="Nothing.",
        )  # fmt: skip


def test_p_rec_4_who_is_out_tells_nobody_and_closes_nothing(cases: Desk) -> None:
    case_id = outcome_due(cases, wish=Wish.BY_RECEIPT)
    cases.do(cases.hal, recusing.recuse, case_id=case_id)
    acts: list[Callable[[], object]] = [
        lambda: does(cases, cases.hal, telling.tell_reporter, case_id),
        lambda: does(cases, cases.hal, telling.waive, case_id, told=ToldTo.REPORTER, reason="x"),
        lambda: close(cases, case_id),
    ]
    for one in acts:
        with pytest.raises(NotFound):
            one()
