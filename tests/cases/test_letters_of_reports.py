"""P-NAM-1 over every letter that comes of a report: each is checked, against all that was told, and
seen by a second person with a part in it; also when the case is over, and of what came of it."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import timedelta
from enum import StrEnum
from typing import Any

import pytest
from support.cases import (
    CONCERN,
    REPORTER,
    TOLD,
    agreed,
    begun,
    came_in,
    give,
    held,
    inquired,
    row,
    shown_of,
    staffed,
    state,
    subject_of,
    take,
)
from support.desk import Desk
from support.verdicts import (
    SUBJECT,
    act,
    add,
    ban,
    close,
    copy_out,
    decided,
    does,
    notified,
    on_action,
    on_letter,
    party,
    seen,
)

from triage.cases.inquiry.queries import case_letters
from triage.cases.inquiry.rules import MeasureKind
from triage.cases.inquiry.service import guards, interims, letters, notices
from triage.cases.inquiry.service.jobs import run_inquiries
from triage.cases.inquiry.tables import CaseInterim
from triage.cases.rules import Edge, Finding, State
from triage.cases.service import handling, settling
from triage.cases.service.stepping import load
from triage.cases.verdict.rules import ActionKind, AppealOutcome
from triage.cases.verdict.service import appealing, carrying, setting_up, telling, wording
from triage.cases.verdict.service import deciding as case_deciding
from triage.cases.verdict.tables import CaseAppeal, CaseOutcome
from triage.conduct.incidents import Wish
from triage.core.access import SYSTEM
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid, NotAllowed, NotFound
from triage.core.roles import Role
from triage.letters.leaks import Leak, Protected, find
from triage.letters.queries import LetterItem, letter
from triage.letters.rules import LetterKind
from triage.letters.rules import State as LetterState
from triage.letters.service import checking
from triage.reports.answers import Answers, Person, Reach, reach_to_json
from triage.reports.service.steps import add_step
from triage.reports.thread import StepKind
from triage.restrictions.codes import appeal_code
from triage.restrictions.service import deciding
from triage.restrictions.service.notices import draft_ended, draft_notice
from triage.restrictions.tables import Restriction
from triage.staff.processes import Part

LEAKY = "Rosalind Quince told us. He blocked the door of the small room twice."
SENTENCE = "Rosalind Quince was not let go out of the small room."


@pytest.fixture
def cases(make_desk: Callable[..., Desk]) -> Desk:
    """A desk with a team for incident reports, where people can appeal."""
    desk = staffed(make_desk(appeal_address="appeals@example.org"))
    desk.add("rev", Role.REVIEWER, Role.HANDLER)
    return desk


def preview(desk: Desk, letter_id: str) -> LetterItem:
    return desk.read(letter, viewer=desk.hal, letter_id=letter_id)


def rewritten(desk: Desk, letter_id: str, words: str) -> None:
    shown = preview(desk, letter_id).shown
    version, _ = shown_of(desk, letter_id)
    desk.do(
        desk.hal, letters.edit, letter_id=letter_id, version=version, subject=shown.subject,
        text=f"{shown.text}\n{words}", to_address="norbert@example.net",
    )  # fmt: skip


def writes(desk: Desk, case_id: str, kind: StepKind, text: str) -> None:
    """The reporter writes in the thread."""
    report_id = row(desk, case_id).report_id

    def write(tx: Tx) -> None:
        add_step(
            tx.session, tx.vault, report_id=report_id, kind=kind, text=text,
            from_reporter=True, at=tx.now,
        )  # fmt: skip

    desk.do(SYSTEM, write)


def protected(desk: Desk, case_id: str) -> Protected:
    def ask(tx: Tx) -> Protected:
        return guards.protected_for(tx, load(tx, case_id))

    return desk.triage.runner.run(desk.hal, ask)


def measure(desk: Desk, case_id: str) -> str:
    give(desk, case_id, Part.INTERIM_AUTHOR, desk.otto)
    return desk.do(
        desk.otto, interims.set_interim, case_id=case_id, who="Norbert",
        kind=MeasureKind.STAY_AWAY, why="x", place="the office",
    )  # fmt: skip


def over(desk: Desk, case_id: str) -> str:
    """A measure that lapsed; the letter that says so."""
    made = measure(desk, case_id)
    desk.move(days=8)
    run_inquiries(desk.triage.runner, desk.now)
    return ended_letter(desk, made)


def interim(desk: Desk, interim_id: str) -> CaseInterim:
    with desk.triage.database.read() as session:
        found = session.get_one(CaseInterim, interim_id)
        session.expunge(found)
        return found


def ended_letter(desk: Desk, interim_id: str) -> str:
    return desk.do(
        desk.hal, interims.begin_ended_letter, interim_id=interim_id,
        version=interim(desk, interim_id).version, to_address="norbert@example.net",
    )  # fmt: skip


def upheld(desk: Desk, kind: ActionKind) -> str:
    case_id = begun(desk, description=TOLD, subjects=(SUBJECT,), **REPORTER)
    return decided(desk, case_id, Finding.UPHELD, (kind,))


def restricted(desk: Desk, **draft: Any) -> tuple[str, str]:
    """A decided case, and the restriction that came of it."""
    case_id = upheld(desk, ActionKind.RESTRICTION)
    does(
        desk, desk.dee, setting_up.add_restriction, case_id,
        draft=ban(desk, "mailing_list", **draft), party_id=party(desk, case_id),
    )  # fmt: skip
    return case_id, str(seen(desk, case_id).actions[0].child_id)


def noticed(desk: Desk) -> tuple[str, str]:
    """A case, and the notice of a restriction that came of it, begun by Rev, who has no part."""
    case_id, child = restricted(desk)
    return case_id, desk.do(desk.rev, draft_notice, restriction_id=child)


# -- every kind


def of_action(kind: ActionKind) -> Callable[[Desk], str]:
    def begin(desk: Desk) -> str:
        case_id = upheld(desk, kind)
        made = add(desk, case_id, kind, party_id=party(desk, case_id))
        act(desk, case_id)
        return str(on_action(desk, carrying.write_letter, made, fields={}))

    return begin


def of_notice(desk: Desk) -> str:
    party_id = subject_of(desk, case_id := inquired(desk))
    assert case_id
    return desk.do(desk.ivo, notices.begin_notice, party_id=party_id, concern=CONCERN)


def of_outcome(desk: Desk) -> str:
    case_id = decided(desk, notified(desk), actions=(ActionKind.NONE,), balance=False)
    act(desk, case_id)
    return str(
        does(
            desk, desk.hal, telling.tell_subject, case_id, party_id=party(desk, case_id),
            follows="Nothing.",
        )
    )  # fmt: skip


def of_reporter(desk: Desk) -> str:
    case_id = decided(
        desk, begun(desk, wish=Wish.BY_CONTACT, **REPORTER), actions=(ActionKind.NONE,)
    )
    act(desk, case_id)
    return str(does(desk, desk.hal, telling.tell_reporter, case_id))


def of_appeal(desk: Desk) -> str:
    """Of an appeal against the finding; against a restriction, by the same function as both other
    letters of one."""
    copy_out(desk, of_outcome(desk))
    with desk.triage.database.read() as session:
        (told,) = session.query(CaseOutcome).all()
        case_id, code = told.case_id, appeal_code(desk.triage.keys, told.id)
    close(desk, case_id)
    given = {"code": code, "words": "No.", "came_at": desk.now}
    desk.do(desk.rev, appealing.record_appeal, **given)
    with desk.triage.database.read() as session:
        (row,) = session.query(CaseAppeal).all()
        appeal_id = row.id
    (name,) = held(desk, case_id)[Part.DECIDER] - {"dee"}
    who = getattr(desk, name)
    desk.do(who, handling.declare, case_id=case_id, version=0, ties=())
    desk.do(who, case_deciding.open_account, case_id=case_id)
    turned_down = {"outcome": AppealOutcome.UPHELD, "reason": "x"}
    does(desk, who, decide_appeal, case_id, appeal_id=appeal_id, **turned_down)
    given = {"appeal_id": appeal_id, "sentence": "It was seen."}
    return str(does(desk, desk.hal, telling.tell_appellant, case_id, **given))


def decide_appeal(tx: Tx, *, case_id: str, **given: Any) -> None:
    appealing.decide_appeal(tx, **given)


def of_restriction_ended(desk: Desk) -> str:
    _, child = restricted(desk)
    with desk.triage.database.read() as session:
        version = session.get_one(Restriction, child).version
    given = {"restriction_id": child, "version": version, "reason": "enough"}
    desk.do(desk.dora, deciding.lift, **given)
    return desk.do(desk.rev, draft_ended, restriction_id=child)


BEGUN: dict[LetterKind, tuple[Callable[[Desk], str], ...]] = {
    LetterKind.WARNING: (of_action(ActionKind.WARNING),),
    LetterKind.REQUEST_TO_CEASE: (of_action(ActionKind.REQUEST_TO_CEASE),),
    LetterKind.NOTICE_OF_RESTRICTION: (lambda desk: noticed(desk)[1],),
    LetterKind.RESTRICTION_ENDED: (
        lambda desk: over(desk, inquired(desk)),
        of_restriction_ended,
    ),
    LetterKind.SUBJECT_NOTICE: (of_notice,),
    LetterKind.SUBJECT_OUTCOME: (of_outcome,),
    LetterKind.REPORTER_OUTCOME: (of_reporter,),
    LetterKind.APPEAL_OUTCOME: (of_appeal,),
}
"""Kind -> every way in which one is begun for a case, or for what came of it."""
ELSEWHERE = {
    LetterKind.FREE,  # to a sender alone: tests/letters, that nobody else may begin one unchecked
}
TO_REPORTER = {LetterKind.REPORTER_OUTCOME}


def test_every_kind_of_letter_is_begun_below_or_is_of_no_report() -> None:
    assert set(BEGUN) | ELSEWHERE == set(LetterKind)
    assert not set(BEGUN) & ELSEWHERE


@pytest.mark.parametrize(
    ("kind", "begin"), [(kind, one) for kind, several in BEGUN.items() for one in several]
)
def test_p_nam_1_no_letter_of_a_report_or_of_what_came_of_it_leaves_unchecked_or_by_one_alone(
    cases: Desk, kind: LetterKind, begin: Callable[[Desk], str]
) -> None:
    letter_id = begin(cases)
    found = preview(cases, letter_id)
    assert found.row.kind is kind
    assert found.row.checked_first == (kind not in TO_REPORTER)
    if kind in TO_REPORTER:
        return
    given = {"letter_id": letter_id, "version": found.row.version}
    text = found.shown.text.replace("[", "").replace("]", "")
    cases.do(
        cases.hal, letters.edit, **given, subject=found.shown.subject, text=text, to_address=""
    )
    for command in (letters.approve, checking.approve):
        with pytest.raises(Conflict, match="Check the letter first"):
            on_letter(cases, command, letter_id)
    if kind is LetterKind.SUBJECT_NOTICE:
        party_id = subject_of(cases, found.row.matter_id)
        cases.do(cases.ivo, notices.skip_showing, party_id=party_id, reason="no receipt")
    on_letter(cases, letters.check, letter_id)
    for command in (letters.approve, checking.approve):
        with pytest.raises(Conflict, match="ask a second person"):
            on_letter(cases, command, letter_id)
    agreed(cases, letter_id, cases.hal)
    on_letter(cases, letters.copied_out, letter_id, at=cases.now)
    assert preview(cases, letter_id).row.state is LetterState.COPIED_OUT


def test_p_nam_1_a_name_in_the_letter_that_a_measure_has_ended_is_found(cases: Desk) -> None:
    letter_id = over(cases, inquired(cases))
    rewritten(cases, letter_id, LEAKY)
    on_letter(cases, letters.check, letter_id)
    with pytest.raises(Conflict, match="could tell who reported"):
        on_letter(cases, letters.approve, letter_id)


def test_p_nam_1_of_a_restriction_the_room_of_the_case_checks_and_its_people_agree(
    cases: Desk,
) -> None:
    case_id, letter_id = noticed(cases)
    seen_there = cases.read(case_letters, viewer=cases.hal, case_id=case_id)
    assert letter_id in [one.id for one in seen_there]
    version, _ = shown_of(cases, letter_id)
    with pytest.raises(NotFound):
        cases.do(cases.rev, letters.check, letter_id=letter_id, version=version)
    on_letter(cases, letters.check, letter_id)
    version, digest = shown_of(cases, letter_id)
    given: dict[str, Any] = {"letter_id": letter_id, "previewed": digest}
    cases.do(
        cases.hal, letters.ask_second, version=version, reason="look",
        person_id=cases.dee.person_id, **given,
    )  # fmt: skip
    cases.add("rita", Role.REVIEWER, Role.HANDLER)
    given |= {"version": shown_of(cases, letter_id)[0], "reason": "fine"}
    with pytest.raises(NotAllowed, match="part in the report"):
        cases.do(cases.rita, checking.second_agrees, **given)
    cases.do(cases.dee, letters.second_agrees, **given)
    assert preview(cases, letter_id).row.state is LetterState.READY


# -- the sentence of a restriction


def test_p_nam_1_a_restriction_is_not_set_up_with_a_sentence_that_could_tell(cases: Desk) -> None:
    with pytest.raises(Invalid, match="a name, or a form of it") as refused:
        restricted(cases, public_reason=SENTENCE)
    assert refused.value.field == "public_reason"
    case_id, _ = restricted(cases)
    assert seen(cases, case_id).actions


def test_p_nam_1_another_person_may_agree_to_just_that_sentence_and_nobody_to_their_own(
    cases: Desk,
) -> None:
    case_id = upheld(cases, ActionKind.RESTRICTION)
    given = {
        "draft": ban(cases, "mailing_list", public_reason=SENTENCE),
        "party_id": party(cases, case_id),
    }
    said = {"words": SENTENCE, "reason": "she said that he may know"}
    does(cases, cases.dee, wording.agree_to_words, case_id, **said)
    with pytest.raises(Invalid, match="could tell who reported"):
        does(cases, cases.dee, setting_up.add_restriction, case_id, **given)
    with pytest.raises(NotAllowed):
        does(cases, cases.ivo, wording.agree_to_words, case_id, **said)
    other = given | {"draft": ban(cases, "mailing_list", public_reason=f"{SENTENCE} Twice.")}
    does(cases, cases.hal, wording.agree_to_words, case_id, **said)
    with pytest.raises(Invalid, match="could tell who reported"):
        does(cases, cases.dee, setting_up.add_restriction, case_id, **other)
    does(cases, cases.dee, setting_up.add_restriction, case_id, **given)
    assert seen(cases, case_id).actions[0].child_id
    (event,) = cases.events("case_words_agreed", case_id)[1:]
    assert "Rosalind" not in event.details


# -- all that was told


def marked(name: str) -> str:
    """Eight words, of which no six in a row stand in any other field."""
    key = name.replace("_", "").replace(" ", "")
    return f"{key} once and {key} twice and {key} thrice"


def test_p_nam_1_every_text_of_the_answers_is_looked_for_and_no_field_is_forgotten(
    cases: Desk,
) -> None:
    plain = Answers(description="x")
    texts = {
        one.name
        for one in fields(Answers)
        if isinstance(getattr(plain, one.name), str)
        and not isinstance(getattr(plain, one.name), StrEnum)
    }
    known_otherwise = {"name", "email", "phone", "taken_by"}
    given: dict[str, Any] = {name: marked(name) for name in texts - known_otherwise}
    somebody = {"role": marked("subject role"), "contact": marked("subject contact")}
    given["subjects"] = (Person(name="Norbert Vale", **somebody),)
    given["witnesses"] = (Person("Ada Finch", marked("witness role"), None, "@ada_finch"),)
    case_id = begun(cases, **given, **REPORTER)
    found = protected(cases, case_id)
    people = ("subject role", "subject contact", "witness role")
    for name in (*sorted(texts - known_otherwise), *people):
        leaks = {one.leak for one in find(f"We heard: {marked(name)}.", found)}
        assert Leak.QUOTE in leaks, name
    for text in ("Ada said so", "as @ada_finch wrote", REPORTER["email"], REPORTER["phone"]):
        assert find(text, found), text
    assert not find("Dear Norbert Vale", replace(found, names=()))


def test_p_nam_1_a_contact_that_the_reporter_took_back_is_looked_for_as_well(cases: Desk) -> None:
    case_id = inquired(cases)
    for name, email in (("Roz Quill", "roz.quill@example.com"), ("", "")):
        cases.move(minutes=1)
        writes(cases, case_id, StepKind.REACH, reach_to_json(Reach(name, email)))
    found = protected(cases, case_id)
    for text in ("Quince", REPORTER["email"], REPORTER["phone"], "Quill", "roz.quill@example.com"):
        assert find(f"It was {text}.", found), text


# -- the text that the reporter was shown


def shown_and_agreed(desk: Desk) -> tuple[str, str]:
    """A notice that the reporter has seen, and has nothing against; (party, letter)."""
    case_id = inquired(desk)
    party_id = subject_of(desk, case_id)
    letter_id = desk.do(desk.ivo, notices.begin_notice, party_id=party_id, concern=CONCERN)
    desk.do(desk.ivo, notices.show_reporter, party_id=party_id)
    desk.move(minutes=5)
    writes(desk, case_id, StepKind.TEXT, "That is fine by me.")
    return party_id, letter_id


def test_p_nam_1_a_text_that_was_changed_after_the_reporter_saw_it_is_shown_again(
    cases: Desk,
) -> None:
    party_id, letter_id = shown_and_agreed(cases)
    on_letter(cases, letters.check, letter_id)
    rewritten(cases, letter_id, "The woman from the bus stop says so.")
    with pytest.raises(Conflict, match="not the text that the reporter was shown"):
        on_letter(cases, letters.check, letter_id)
    cases.do(cases.ivo, notices.show_reporter, party_id=party_id)
    with pytest.raises(Conflict, match="time left"):
        on_letter(cases, letters.check, letter_id)
    cases.move(days=7)
    on_letter(cases, letters.check, letter_id)


def test_p_nam_1_or_it_says_why_not_and_that_is_for_this_text_alone(cases: Desk) -> None:
    party_id, letter_id = shown_and_agreed(cases)
    rewritten(cases, letter_id, "With kind regards.")
    cases.do(cases.ivo, notices.skip_showing, party_id=party_id, reason="a greeting alone")
    on_letter(cases, letters.check, letter_id)
    rewritten(cases, letter_id, "The woman from the bus stop says so.")
    with pytest.raises(Conflict, match="not the text that the reporter was shown"):
        on_letter(cases, letters.check, letter_id)


def test_an_address_alone_may_be_changed_after_the_reporter_saw_the_text(cases: Desk) -> None:
    _, letter_id = shown_and_agreed(cases)
    shown = preview(cases, letter_id).shown
    version, _ = shown_of(cases, letter_id)
    cases.do(
        cases.hal, letters.edit, letter_id=letter_id, version=version, subject=shown.subject,
        text=shown.text, to_address="other@example.net",
    )  # fmt: skip
    on_letter(cases, letters.check, letter_id)


# -- measures, and the end of a case


def set_aside(desk: Desk) -> tuple[str, str]:
    """A case that ended without a finding, while a measure held; (case, measure)."""
    case_id = take(desk, came_in(desk, subjects=(SUBJECT,), **REPORTER))
    made = measure(desk, case_id)
    second_id = does(
        desk, desk.hal, settling.ask_second, case_id,
        edge=Edge.INSUFFICIENT, reason="too little", person_id=desk.dan.person_id,
    )  # fmt: skip
    does(desk, desk.dan, handling.declare, case_id, ties=())
    does_second = {"second_id": second_id, "agree": True, "answer": "so it is"}
    version = row(desk, case_id).version
    desk.do(desk.dan, settling.settle_second, version=version, **does_second)
    run_inquiries(desk.triage.runner, desk.now)
    return case_id, made


def test_p_tim_3_after_a_case_has_ended_the_letter_that_its_measure_is_over_goes_as_any_other(
    cases: Desk,
) -> None:
    case_id, made = set_aside(cases)
    assert state(cases, case_id) is State.INSUFFICIENT
    letter_id = ended_letter(cases, made)
    version, _ = shown_of(cases, letter_id)
    cases.do(cases.hal, letters.withdraw, letter_id=letter_id, version=version)
    letter_id = ended_letter(cases, made)
    on_letter(cases, letters.check, letter_id)
    give(cases, case_id, Part.DECIDER, cases.dee)
    agreed(cases, letter_id, cases.hal)
    on_letter(cases, letters.copied_out, letter_id, at=cases.now)
    assert preview(cases, letter_id).row.state is LetterState.COPIED_OUT


def test_p_rte_3_before_hr_has_it_a_measure_is_over_and_told_or_it_says_why_not(
    cases: Desk,
) -> None:
    case_id = take(cases, came_in(cases, subjects=(SUBJECT,)))
    made = measure(cases, case_id)
    given = {"receipt": "HR has it since nine"}
    with pytest.raises(Conflict, match="A measure holds"):
        does(cases, cases.hal, handling.refer_hr, case_id, **given)
    version = interim(cases, made).version
    cases.do(cases.hal, interims.lift, interim_id=made, version=version, reason="HR goes on")
    with pytest.raises(Conflict, match="not been told"):
        does(cases, cases.hal, handling.refer_hr, case_id, **given)
    version = interim(cases, made).version
    cases.do(cases.hal, interims.tell_ended, interim_id=made, version=version, how="by telephone")
    does(cases, cases.hal, handling.refer_hr, case_id, **given)
    assert state(cases, case_id) is State.REFERRED_HR


def test_p_rte_3_with_a_reason_a_measure_ends_untold_and_that_is_on_the_record(
    cases: Desk,
) -> None:
    case_id = take(cases, came_in(cases, subjects=(SUBJECT,)))
    made = measure(cases, case_id)
    does(
        cases, cases.hal, handling.refer_hr, case_id,
        receipt="HR has it", untold="nobody knows where they are",
    )  # fmt: skip
    one = interim(cases, made)
    assert one.ended_at is not None
    assert one.told_at is None
    assert one.told_how
    assert len(cases.events("interim_untold", case_id)) == 1
    cases.move(days=1)
    run_inquiries(cases.triage.runner, cases.now + timedelta(hours=1))
