"""trust.md section 8: IMAP cut at any point, UIDVALIDITY change, duplicates: each message once."""

from collections.abc import Callable

import pytest
from support.cutting import Cuts
from support.invariants import check_invariants, received
from support.mail import eml
from support.mailbox_server import Account
from support.watching import Watched

from triage.intake import imap, rules
from triage.intake.imap import ImapSession
from triage.intake.rules import LEAVE_AFTER, Problem

MANY = 500


def fill(account: Account, number: int, folder: str = "INBOX", start: int = 0) -> list[bytes]:
    mails = [eml(one) for one in range(start, start + number)]
    for one in mails:
        account.deliver(one, folder)
    return mails


def all_there(watched: Watched, mails: list[bytes]) -> None:
    """Each of these once, as it was sent, and nothing else."""
    assert watched.originals() == sorted(mails)
    check_invariants(watched.triage, len(mails))


# -- cut


def test_cut_at_every_round_trip_of_500_messages_each_is_there_once(
    make_watched: Callable[[], Watched], account: Account, cuts: Cuts
) -> None:
    mails = fill(account, MANY)
    box = account.box(port=cuts.port)
    whole = make_watched()
    assert whole.look(box) is None
    all_there(whole, mails)
    trips = cuts.lines()
    assert trips > 15
    watched = make_watched()
    for trip in range(trips):
        if received(watched.triage):
            watched = make_watched()
        cuts.within, cuts.cut = trip, 0
        ended = watched.look(box)
        assert cuts.cut == 1 or trip == trips - 1  # at the farewell we may be gone first
        # Whatever came before the cut is whole, and the place it was read up to says the same.
        there = received(watched.triage)
        check_invariants(watched.triage, there)
        if there:
            assert watched.row().last_uid == there
            if trip < trips - 1:  # a farewell that is cut takes nothing away
                assert ended is Problem.CUT_OFF
                assert watched.look(box) is None
            all_there(watched, mails)
            watched.triage.close()


@pytest.mark.parametrize("kind", ["before", "within"])
def test_one_sync_that_is_cut_one_step_later_each_time_ends_with_each_message_once(
    watched: Watched, account: Account, cuts: Cuts, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(rules, "BATCH", 5)
    mails = fill(account, 60)
    box = account.box(port=cuts.port)
    cuts.once = False
    step = 0
    while received(watched.triage) < len(mails):
        setattr(cuts, kind, step)
        watched.look(box)
        check_invariants(watched.triage, received(watched.triage))
        step += 1
        assert step < 80
    assert step > 10
    all_there(watched, mails)


def test_one_sync_that_is_cut_a_few_bytes_later_each_time_ends_with_each_message_once(
    make_watched: Callable[[], Watched], account: Account, cuts: Cuts
) -> None:
    watched = make_watched()
    mails = fill(account, 40)
    box = account.box(port=cuts.port)
    cuts.once = False
    cuts.after_bytes = 1
    while received(watched.triage) < len(mails):
        cuts.after_bytes += 61
        watched.look(box)
        watched.triage.clock.move(rules.FIRST_RETRY)  # what was left after many cuts is due again
        assert cuts.after_bytes < 100_000
    all_there(watched, mails)


def test_a_server_that_is_started_again_in_the_middle_loses_nothing(
    watched: Watched, account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "BATCH", 10)
    mails = fill(account, 60)
    bodies, calls = ImapSession.bodies, []

    def restarted(self: ImapSession, uids: list[int], expected: int) -> dict[int, bytes]:
        calls.append(uids)
        if len(calls) == 3:
            account.server.restart()
        return bodies(self, uids, expected)

    monkeypatch.setattr(ImapSession, "bodies", restarted)
    assert watched.look(account.box()) is Problem.CUT_OFF
    assert 0 < received(watched.triage) < 60
    assert watched.look(account.box()) is None
    all_there(watched, mails)


# -- other numbers


def test_another_uidvalidity_in_the_middle_reads_all_again_and_receives_nothing_twice(
    watched: Watched, account: Account, cuts: Cuts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rules, "BATCH", 10)
    mails = fill(account, 60)
    box = account.box(port=cuts.port)
    cuts.within = 12
    assert watched.look(box) is Problem.CUT_OFF
    before = watched.row()
    assert 0 < received(watched.triage) < 60
    # The lower numbers stand for other messages now: to go on from the old place would lose some.
    account.new_numbering()
    mails += fill(account, 5, start=100)
    assert watched.look(box) is None
    assert watched.row().uidvalidity != before.uidvalidity
    all_there(watched, mails)


def test_a_folder_that_was_emptied_and_made_anew_is_read_from_its_start(
    watched: Watched, account: Account
) -> None:
    first = fill(account, 8)
    assert watched.look(account.box()) is None
    account.new_numbering()
    for name in account.files():
        next(account.folder().glob(f"*/{name}")).unlink()
    second = fill(account, 3, start=100)
    assert watched.look(account.box()) is None
    all_there(watched, first + second)


def test_what_could_not_be_fetched_under_old_numbers_is_forgotten_with_them(
    watched: Watched, account: Account
) -> None:
    mails = fill(account, 3)
    hidden = account.deliver(eml(50))
    hidden.chmod(0)
    assert watched.watch(account.box()).look_once() is None
    assert watched.states(account.box())[0].left_since is not None
    account.new_numbering()
    hidden.chmod(0o644)
    assert watched.look(account.box()) is None
    assert watched.states(account.box())[0].left_since is None
    all_there(watched, [*mails, eml(50)])


# -- the same message more than once


def test_the_same_message_in_two_folders_and_two_mailboxes_is_one(
    watched: Watched, account: Account
) -> None:
    other = account.server.account()
    mails = fill(account, 4)
    fill(account, 4, "Copies")
    fill(account, 1)
    fill(other, 4)
    assert watched.look(account.box(folders=("INBOX", "Copies"))) is None
    assert watched.look(other.box("Other")) is None
    all_there(watched, mails)


def test_p_rec_1_a_message_that_came_to_a_second_mailbox_too_is_reviewed_by_neither_of_theirs(
    watched: Watched, account: Account
) -> None:
    from sqlalchemy import select

    from triage.core.exclusions import Exclusion

    other = account.server.account()
    fill(account, 1)
    fill(other, 1)
    assert watched.look(account.box(recipients=["ana@charity.example.org"])) is None
    assert watched.look(other.box("Other", recipients=["ben@charity.example.org"])) is None
    with watched.triage.database.read() as session:
        assert len(set(session.scalars(select(Exclusion.person_id)))) == 2
    check_invariants(watched.triage, 1)


def test_looking_again_brings_nothing_and_begins_no_import(
    watched: Watched, account: Account
) -> None:
    from sqlalchemy import func, select

    from triage.messages.tables import ImportRun

    mails = fill(account, 3)
    for _ in range(3):
        assert watched.look(account.box()) is None
    all_there(watched, mails)
    with watched.triage.database.read() as session:
        assert session.scalar(select(func.count()).select_from(ImportRun)) == 1
        assert session.scalars(select(ImportRun)).one().new == 3


# -- what goes, and what does not come


@pytest.mark.parametrize("when", ["sizes", "bodies"])
def test_a_message_that_is_deleted_while_we_read_holds_nothing_up(
    watched: Watched, account: Account, monkeypatch: pytest.MonkeyPatch, when: str
) -> None:
    mails = [eml(one) for one in range(5)]
    paths = [account.deliver(one) for one in mails]
    ask = getattr(ImapSession, when)

    def after_it_went(self: ImapSession, uids: list[int], *more: int) -> object:
        paths[2].unlink(missing_ok=True)
        return ask(self, uids, *more)

    monkeypatch.setattr(ImapSession, when, after_it_went)
    assert watched.look(account.box()) in {None, Problem.CUT_OFF}
    assert watched.look(account.box()) is None
    del mails[2]
    all_there(watched, mails)
    assert watched.states(account.box())[0].left_since is None


def test_a_message_that_the_server_does_not_hand_out_is_listed_and_comes_when_it_does(
    watched: Watched, account: Account
) -> None:
    from sqlalchemy import select

    from triage.messages.tables import ImportRun

    mails = fill(account, 3)
    hidden = account.deliver(eml(50))
    hidden.chmod(0)  # at which this server breaks the connection each time
    mails += fill(account, 3, start=60)
    assert watched.watch(account.box()).look_once() is None
    all_there(watched, mails)
    assert watched.states(account.box())[0].left_since is not None
    with watched.triage.database.read() as session:
        (listed,) = [one for run in session.scalars(select(ImportRun)) for one in run.unreadable]
    assert listed["source"] == "mailbox Post, INBOX, message 4"
    assert "tried again" in listed["reason"]
    assert watched.look(account.box()) is None
    all_there(watched, mails)
    hidden.chmod(0o644)
    watched.triage.clock.move(rules.FIRST_RETRY)
    assert watched.look(account.box()) is None
    all_there(watched, [*mails, eml(50)])
    assert watched.states(account.box())[0].left_since is None


def test_a_message_at_which_the_connection_breaks_each_time_is_passed_by_and_comes_later(
    watched: Watched, account: Account, cuts: Cuts
) -> None:
    mails = fill(account, 20)
    box = account.box(port=cuts.port)

    def asks_for_the_seventh(line: bytes) -> bool:
        uids = line.split(b" UID FETCH ")[-1].split(b" ")[0].split(b",")
        return b"BODY" in line and b"7" in uids

    cuts.on = asks_for_the_seventh
    looks = 0
    while watched.look(box) is Problem.CUT_OFF:
        looks += 1
        assert looks < LEAVE_AFTER
    all_there(watched, [one for one in mails if one != mails[6]])
    watched.triage.clock.move(rules.FIRST_RETRY)
    assert watched.look(box) is Problem.CUT_OFF
    assert watched.look(box) is None  # it is not tried at every look
    cuts.on = None
    watched.triage.clock.move(rules.LONGEST_RETRY)
    assert watched.look(box) is None
    all_there(watched, mails)


def test_huge_messages_are_quarantined_as_files_are_and_hold_nothing_up(
    make_watched: Callable[[], Watched], account: Account
) -> None:
    from sqlalchemy import select

    from triage.messages.tables import Message

    watched = make_watched()
    line = b"x" * 1022 + b"\r\n"
    account.deliver(eml(1))
    account.deliver(eml(2) + line * 26 * 1024)
    account.deliver(eml(3) + line * 66 * 1024)
    account.deliver(eml(4))
    assert watched.look(account.box()) is None
    with watched.triage.database.read() as session:
        rows = session.execute(select(Message.subject, Message.quarantine_reason, Message.source))
        found = {row.subject: (row.quarantine_reason, row.source) for row in rows}
    assert found["Letter 1"][0] is None
    assert found["Letter 4"][0] is None
    assert found["Letter 2"][0] == "larger than 25 MB (26 MB)"
    assert "larger than 25 MB" in found["Letter 3"][0]
    assert "only the first 64 MiB of 66 MiB kept" in found["Letter 3"][1]
    sizes = {len(one) for one in watched.originals()}
    assert imap.MAX_KEPT_BYTES in sizes
    assert max(sizes) == imap.MAX_KEPT_BYTES


# -- the server is left as it was


def test_nothing_at_the_server_is_changed(watched: Watched, account: Account, cuts: Cuts) -> None:
    fill(account, 5)
    before = account.files()
    assert watched.look(account.box(port=cuts.port)) is None
    assert account.files() == before
    assert not any(":2," in one for one in before)
    allowed = {"CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT"}
    assert set(cuts.commands()) == allowed
    fetches = [one for one in cuts.said[-1] if b"BODY" in one]
    assert fetches
    assert all(b"BODY.PEEK[" in one for one in fetches)
