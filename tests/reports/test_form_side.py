"""The form's functions: drafts under a token, one report of a draft, and what a receipt opens."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from support.desk import Desk

from triage.app import ReportForm
from triage.conduct.incidents import PublicStatus, Wish
from triage.core import envelope
from triage.core.data_keys import DataKey, destroy
from triage.core.database import Base
from triage.core.errors import Conflict, Invalid, KeyMissing, NotAllowed, NotFound, Unreadable
from triage.core.keys import KeyStore
from triage.core.sealed import Vault
from triage.reports import form, service
from triage.reports.answers import Answers, Person, Reach
from triage.reports.form import drafts, held
from triage.reports.form.held import held_id
from triage.reports.queries import file_bytes, files, report_answers
from triage.reports.service.jobs import DRAFTS
from triage.reports.tables import Report, ReportDraft, ReportDraftFile, ReportFile
from triage.reports.thread import MOST_FILES, StepKind

CANARY = "obstreperous"
ACCOUNT = Answers(description=f"the {CANARY} account", subjects=(Person(name="Pat Example"),))
PNG = b"\x89PNG\r\n\x1a\n" + CANARY.encode() * 3


class Hands:
    """The form's functions, each in a transaction of its own."""

    def __init__(self, made: ReportForm, desk: Desk) -> None:
        self.made, self.desk = made, desk

    def write(self, command: Any, **given: Any) -> Any:
        code = command.__code__.co_varnames[: command.__code__.co_argcount]
        if "vault" in code:
            given["vault"] = self.made.vault
        if "now" in command.__code__.co_varnames:
            given["now"] = self.desk.now
        return self.made.database.write(lambda session: command(session, **given))

    def begin(self, answers: Answers = ACCOUNT) -> str:
        token = form.new_token()
        self.write(form.start_draft, token=token, answers=answers)
        return token

    def send(self, answers: Answers = ACCOUNT) -> str:
        return str(self.write(form.submit, token=self.begin(answers)))


@pytest.fixture
def hands(report_form: ReportForm, desk: Desk) -> Hands:
    return Hands(report_form, desk)


def stored(desk: Desk) -> bytes:
    """Every value of every table, as bytes."""
    found = []
    with desk.triage.database.read() as session:
        for table in Base.metadata.sorted_tables:
            for row in session.execute(select(table)):
                found += [one if isinstance(one, bytes) else str(one).encode() for one in row]
    return b"\n".join(found)


# -- drafts


def test_a_draft_is_read_back_with_its_token_alone(hands: Hands) -> None:
    token = hands.begin()
    assert hands.write(form.read_draft, token=token) == ACCOUNT
    assert hands.write(form.read_draft, token=form.new_token()) is None
    assert hands.write(form.read_draft, token="") is None
    changed = replace(ACCOUNT, place="the second hall")
    hands.write(form.save_draft, token=token, answers=changed)
    assert hands.write(form.read_draft, token=token) == changed


def test_the_servers_files_alone_open_no_draft(hands: Hands, desk: Desk) -> None:
    token = hands.begin()
    hands.write(form.add_draft_file, token=token, name=f"{CANARY}.png", data=PNG)
    kept = stored(desk)
    assert CANARY.encode() not in kept
    assert token.encode() not in kept
    with desk.triage.database.read() as session:
        row = session.scalars(select(ReportDraft)).one()
        # Not even the desk, with its private key: there is no data key for a draft.
        with pytest.raises(Unreadable):
            desk.triage.vault.open(
                session,
                owner_id=row.id,
                table="report_drafts",
                column="answers",
                row_id=row.id,
                sealed=row.answers,
            )
        # Nor does anything that stands in the row: its key comes from the token alone.
        for known in (row.id, held_id(row.id)):
            with pytest.raises(Unreadable):
                envelope.open_sealed(
                    envelope.derive(known.encode(), "form-key"),
                    row.answers,
                    **held.place(row.id, "report_drafts", "answers", row.id),
                )
    assert desk.count(DataKey) == 0


def test_a_draft_of_a_day_ago_is_gone_and_is_purged_with_its_files(hands: Hands) -> None:
    token = hands.begin()
    hands.write(form.add_draft_file, token=token, name="a.png", data=PNG)
    hands.desk.move(hours=23)
    hands.write(form.save_draft, token=token, answers=ACCOUNT)
    hands.desk.move(hours=23, minutes=59)
    assert hands.write(form.read_draft, token=token) == ACCOUNT
    hands.desk.move(minutes=1)
    assert hands.write(form.read_draft, token=token) is None
    with pytest.raises(NotFound):
        hands.write(form.save_draft, token=token, answers=ACCOUNT)
    with pytest.raises(NotFound):
        hands.write(form.submit, token=token)
    other = hands.begin()
    assert DRAFTS.run(hands.desk.triage.runner, hands.desk.now) == 1
    assert DRAFTS.run(hands.desk.triage.runner, hands.desk.now) == 0
    assert hands.desk.count(ReportDraftFile) == 0
    assert hands.write(form.read_draft, token=other) == ACCOUNT


def test_files_of_a_draft_have_bounds(hands: Hands, monkeypatch: pytest.MonkeyPatch) -> None:
    token = hands.begin()
    for number in range(MOST_FILES):
        hands.write(form.add_draft_file, token=token, name=f"{number}.png", data=PNG)
    with pytest.raises(Invalid, match="at most"):
        hands.write(form.add_draft_file, token=token, name="more.png", data=PNG)
    first, *_ = hands.write(form.draft_files, token=token)
    hands.write(form.remove_draft_file, token=form.new_token(), file_id=first.id)
    assert len(hands.write(form.draft_files, token=token)) == MOST_FILES
    hands.write(form.remove_draft_file, token=token, file_id=first.id)
    assert len(hands.write(form.draft_files, token=token)) == MOST_FILES - 1
    monkeypatch.setattr(drafts, "MOST_HELD", len(PNG) * MOST_FILES)
    with pytest.raises(Conflict, match="cannot take files"):
        hands.write(form.add_draft_file, token=hands.begin(), name="a.png", data=PNG + PNG)


# -- sending


def test_a_draft_becomes_a_report_that_the_desk_opens(hands: Hands, desk: Desk) -> None:
    token = hands.begin()
    hands.write(form.add_draft_file, token=token, name=f"C:\\x\\{CANARY}.png", data=PNG)
    code = hands.write(form.submit, token=token)
    assert CANARY.encode() not in stored(desk)
    assert code.encode() not in stored(desk)
    (report_id,) = desk.do(desk.ana, service.waiting)
    opened = desk.do(desk.ana, service.open_report, report_id=report_id)
    assert opened.answers == ACCOUNT
    (file,) = opened.files
    assert (file.name, file.kind, file.size) == (f"{CANARY}.png", "image/png", len(PNG))
    assert desk.read(file_bytes, file_id=file.id) == PNG
    assert desk.count(ReportDraftFile) == 0


def test_sent_twice_it_is_one_report_and_the_same_code(hands: Hands, desk: Desk) -> None:
    token = hands.begin()
    assert hands.write(form.submit, token=token) == hands.write(form.submit, token=token)
    assert desk.count(Report) == 1


def test_sent_twice_at_the_same_moment_it_is_one_report(hands: Hands, desk: Desk) -> None:
    token, event = hands.begin(), form.new_token()
    given = {"event_code": "Open26", "event": "Open day", "what": "a", "where": "", "who": ""}
    with ThreadPoolExecutor(4) as pool:
        codes = set(pool.map(lambda _: hands.write(form.submit, token=token), range(4)))
        others = set(
            pool.map(lambda _: hands.write(form.submit_event, token=event, **given), range(4))
        )
    assert (len(codes), len(others)) == (1, 1)
    assert desk.count(Report) == 2


def test_a_receipt_can_be_read_for_ten_minutes_by_its_token(hands: Hands) -> None:
    token = hands.begin()
    code = hands.write(form.submit, token=token)
    assert hands.write(form.read_receipt, token=token) == code
    assert hands.write(form.read_receipt, token=form.new_token()) is None
    assert hands.write(form.read_draft, token=token) is None
    hands.desk.move(minutes=10)
    assert hands.write(form.read_receipt, token=token) is None


def test_nothing_to_say_is_no_report(hands: Hands, desk: Desk) -> None:
    with pytest.raises(Invalid):
        hands.send(Answers(description=" "))
    assert desk.count(Report) == 0


def test_p_tim_2_an_event_report_has_three_fields_and_is_marked(hands: Hands, desk: Desk) -> None:
    given = {"event_code": "Open26", "event": "Open day"}
    said = {"what": "shouting", "where": "the hall", "who": "a red hat"}
    hands.write(form.submit_event, token=form.new_token(), **given, **said)
    (report_id,) = desk.do(desk.ana, service.waiting)
    opened = desk.do(desk.ana, service.open_report, report_id=report_id)
    assert opened.event_code == "Open26"
    assert opened.answers == Answers(
        description="shouting",
        place="the hall",
        event="Open day",
        happening_now=True,
        subjects=(Person(name="a red hat"),),
    )


# -- coming back


def test_the_receipt_opens_its_own_report_and_no_other(hands: Hands, desk: Desk) -> None:
    mine, theirs = hands.send(), hands.send(Answers(description="another"))
    found = hands.write(form.read_thread, code=mine)
    assert (found.status, found.rows, found.reach) == (PublicStatus.RECEIVED, (), Reach())
    with hands.made.database.read() as session:
        ids = {
            report_answers_of(desk, one): one for one in session.scalars(select(Report.id)).all()
        }
        form.read_thread(session, hands.made.vault, code=mine)
        own, other = ids[ACCOUNT.description], ids["another"]
        place = {"vault": hands.made.vault}
        assert report_answers(session, report_id=own, **place) == ACCOUNT
        with pytest.raises(KeyMissing):  # the public key alone opens nothing
            report_answers(session, report_id=other, **place)
    assert mine != theirs


def report_answers_of(desk: Desk, report_id: str) -> str:
    return desk.read(report_answers, report_id=report_id).description


def test_what_both_sides_write_is_read_with_the_receipt(hands: Hands, desk: Desk) -> None:
    code = hands.send()
    (report_id,) = desk.do(desk.ana, service.waiting)
    desk.do(desk.ana, service.open_report, report_id=report_id)
    hands.write(form.answer, code=code, text=f"one {CANARY}\r\nmore")
    desk.do(desk.ana, service.say, report_id=report_id, text=f"two {CANARY}")
    hands.write(form.add_file, code=code, name="a.png", data=PNG)
    hands.write(form.ask_to_withdraw, code=code, why=f"three {CANARY}")
    desk.do(desk.ana, service.set_status, report_id=report_id, status=PublicStatus.WAITING_FOR_YOU)
    found = hands.write(form.read_thread, code=code)
    assert found.status is PublicStatus.WAITING_FOR_YOU
    assert [(one.kind, one.text, one.from_reporter) for one in found.rows] == [
        (StepKind.TEXT, f"one {CANARY}\nmore", True),
        (StepKind.TEXT, f"two {CANARY}", False),
        (StepKind.FILE, "", True),
        (StepKind.WITHDRAW, f"three {CANARY}", True),
        (StepKind.STATUS, "waiting_for_you", False),
    ]
    assert [one.name for one in found.files] == ["a.png"]
    assert [one.kind for one in desk.do(desk.ana, service.incoming)] == [
        StepKind.TEXT,
        StepKind.FILE,
        StepKind.WITHDRAW,
    ]
    (file,) = desk.read(files, report_id=report_id)
    assert file.message_id is not None
    assert desk.read(file_bytes, file_id=file.id) == PNG
    assert CANARY.encode() not in stored(desk)


def test_p_out_2_the_wish_is_changed_later_and_the_same_again_is_no_step(hands: Hands) -> None:
    code = hands.send()
    reach = Reach("Pat", " pat@example.org", "", Wish.BY_CONTACT)
    for _ in range(2):
        hands.write(form.change_wish, code=code, reach=reach)
    found = hands.write(form.read_thread, code=code)
    assert found.reach == replace(reach, email="pat@example.org")
    assert [one.kind for one in found.rows] == [StepKind.REACH]
    with pytest.raises(Invalid):
        hands.write(form.change_wish, code=code, reach=Reach(wish=Wish.BY_CONTACT))


def test_a_changed_code_opens_and_the_old_one_no_longer_does(hands: Hands) -> None:
    old = hands.send()
    hands.write(form.answer, code=old, text="before")
    new = hands.write(form.change_code, code=old)
    assert [one.text for one in hands.write(form.read_thread, code=new).rows] == ["before"]
    with pytest.raises(Unreadable, match=form.NO_REPORT):
        hands.write(form.read_thread, code=old)


def test_p_int_2_an_entered_report_opens_after_a_forced_change_of_code(
    hands: Hands, desk: Desk
) -> None:
    given = replace(ACCOUNT, taken_by=desk.ana.person_id)
    _, code = desk.do(desk.ana, service.enter_for, answers=given)
    for act, more in (
        (form.read_thread, {}),
        (form.answer, {"text": "a"}),
        (form.add_file, {"name": "a", "data": PNG}),
        (form.change_wish, {"reach": Reach()}),
        (form.ask_to_withdraw, {"why": ""}),
    ):
        with pytest.raises(NotAllowed):
            hands.write(act, code=code, **more)
    new = hands.write(form.change_code, code=code)
    assert hands.write(form.read_thread, code=new).status is PublicStatus.RECEIVED
    with pytest.raises(Unreadable):
        hands.write(form.read_thread, code=code)


@pytest.mark.parametrize("typed", ["", "x", "0" * 24, "DWE8-0Q1R-9G89-1SVD-JGCH-R3D0", "é" * 24])
def test_p_out_3_whatever_opens_nothing_is_answered_alike_after_the_same_work(
    hands: Hands, desk: Desk, typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    unlock = Vault.unlock

    def counted(self: Vault, session: Any, *, owner_id: str, code: str) -> None:
        done.append("unlock")
        unlock(self, session, owner_id=owner_id, code=code)

    monkeypatch.setattr(Vault, "unlock", counted)
    erased = hands.send()
    (report_id,) = desk.do(desk.ana, service.waiting)
    desk.do(desk.ana, destroy, owner_id=report_id)
    for code in (typed, erased):
        with pytest.raises(Unreadable, match=f"^{form.NO_REPORT}$"):
            hands.write(form.read_thread, code=code)
    assert done == ["unlock", "unlock"]


def test_files_of_a_report_have_a_bound_and_a_refused_one_leaves_no_step(hands: Hands) -> None:
    code = hands.send()
    with pytest.raises(Invalid):
        hands.write(form.add_file, code=code, name="a.exe", data=b"MZ\x90\0\x03")
    assert hands.write(form.read_thread, code=code).rows == ()
    for number in range(25):
        hands.write(form.add_file, code=code, name=f"{number}.png", data=PNG)
    with pytest.raises(Invalid, match="at most"):
        hands.write(form.add_file, code=code, name="more.png", data=PNG)


def test_a_visit_holds_the_code_for_half_an_hour_after_its_last_page(
    hands: Hands, desk: Desk
) -> None:
    code, token = hands.send(), form.new_token()
    hands.write(form.start_visit, code=code, token=token)
    assert code.encode() not in stored(desk)
    desk.move(minutes=29)
    assert hands.write(form.visiting, token=token) == code
    desk.move(minutes=29)
    assert hands.write(form.visiting, token=token) == code
    assert hands.write(form.visiting, token=form.new_token()) is None
    desk.move(minutes=30)
    assert hands.write(form.visiting, token=token) is None
    with pytest.raises(Unreadable):
        hands.write(form.start_visit, code="wrong", token=token)


def test_nothing_typed_stands_in_a_report_file_row(hands: Hands, desk: Desk) -> None:
    code = hands.send()
    hands.write(form.add_file, code=code, name=f"{CANARY}.txt", data=b"plain text")
    with desk.triage.database.read() as session:
        row = session.scalars(select(ReportFile)).one()
        assert (row.kind, row.size) == ("text/plain", 10)
        assert b"plain text" not in row.data


def test_the_forms_ring_has_no_private_key(report_form: ReportForm) -> None:
    ring = KeyStore(report_form.settings).ring()
    assert ring.privates == {}
    assert list(ring.publics) == [1]
    assert DRAFTS.every <= timedelta(hours=1)
