"""A curious manager and an administrator ask every query of the house, whatever the menu shows.

The table of rights says who may do what; here every read that takes a viewer is found and asked,
with the real ids of a message, a case, a restriction, a referral and a letter. What answers them
at all is listed by name, and none of it has a word of what people wrote (.docs/hostile-review.md).
"""

import dataclasses
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from typing import Any

import pytest
from support.cases import REPORTER, SUBJECT, begun, staffed
from support.desk import Desk
from support.referring import consider
from support.restricting import propose

import triage
from triage.conduct.kinds import Disposition, Severity
from triage.core.access import Actor
from triage.core.errors import TriageError
from triage.core.ids import new_id
from triage.core.roles import Role
from triage.intake.inbound import Verified
from triage.letters.rules import LetterKind
from triage.messages.service import flags, recipient, review
from triage.messages.service.handover_notes import leave_note
from triage.messages.service.writing import draft_letter
from triage.restrictions.queries.verified import address_is_verified
from triage.retention.subject.terms import read_terms
from triage.staff.processes import Part, Process

WORD = "zanzibar"
SENDER = "quillon@example.org"
PEOPLE = ("max", "ada", "kit", "gus", "mona")
"""Manager, administrator, somebody without a role, a guest, and a service admin."""
PARTS = {
    "reach", "sent_to", "visible", "check_reader", "load_read", "read_page", "waiting_for",
    "listed", "grounds", "parts_of", "opened_case", "known_case", "rows_of", "known_to", "serves",
    "asked_or_reads", "in_cases", "items_of", "known", "may_open", "has_open", "course",
    "what_follows",
}  # fmt: skip
"""Parts of other queries, or of what another query has answered."""

ALL = frozenset(PEOPLE)
STAFF = ALL - {"gus"}
NONE = "nothing, for whoever has no part"
ANSWERS: dict[str, tuple[frozenset[str], str]] = {
    "alarms.queries.mail_of_alarms": (ALL, "whether mail goes out, without a number"),
    "alarms.queries.my_alerts": (ALL, "the alerts that they got themselves"),
    "cases.queries.listing.invited": (ALL, NONE),
    "cases.verdict.queries.senders.upheld_of_senders": (ALL, NONE),
    "messages.queries.groups.kin_of": (ALL, "which ids are of one person; pages ask for a role"),
    "messages.queries.groups.members": (ALL, "the same"),
    "messages.queries.history.last_import": (ALL, "when mail came in last"),
    "messages.queries.own.sent_to_me": (STAFF, "what was sent to themselves"),
    "messages.queries.reading.exposure": (ALL, "how much they read themselves"),
    "messages.service.self_review.may_self_review": (ALL, "no, for whoever does not review"),
    "referrals.queries.asked.asked_into": (ALL, NONE),
    "referrals.queries.asked.invited": (ALL, NONE),
    "referrals.queries.asked.offices": (ALL, NONE),
    "referrals.queries.listing.waiting_for_me": (ALL, NONE),
    "restrictions.queries.appeals.appeals_waiting_for_me": (ALL, NONE),
    "restrictions.queries.contact.do_not_reply": (STAFF, "whom nobody writes to, and no reason"),
    "restrictions.queries.frozen.frozen_waiting": (frozenset({"mona"}), "tasks of their services"),
    "restrictions.queries.lists.waiting_for_me": (ALL, NONE),
    "restrictions.queries.reach.invited": (ALL, NONE),
    "restrictions.queries.reach.offices": (ALL, NONE),
    "restrictions.queries.reach.to_decide": (ALL, "a part of a query: a condition"),
    "restrictions.queries.tasks.my_tasks": (frozenset({"mona"}), "tasks of their services"),
    "restrictions.queries.verified.address_is_verified": (ALL, "yes or no; the page asks a role"),
    "staff.queries.hr.hr_part": (frozenset({"ada", "max"}), "who stands in for HR"),
    "staff.queries.team.guests": (ALL, "guests of matters that they may know of"),
    "staff.queries.team.team_page": (frozenset({"ada", "max"}), "who is here when"),
    "staff.sessions.queries.last_here": (ALL, "when they were here themselves"),
    "trends.queries.quality.judged": (frozenset({"ada"}), "how good the model is, in figures"),
    "trends.queries.quality.scores": (frozenset({"ada"}), "the same"),
    "trends.queries.reading.made": (frozenset({"ada"}), "releases that were made"),
    "trends.queries.reading.published": (frozenset({"max"}), "releases that were published"),
}
"""Which reads answer people without a part in anything, whom of them, and with what."""


def queries() -> dict[str, Callable[..., Any]]:
    """Every read of the house that takes a viewer: found, so that none is left out."""
    found = {}
    for one in pkgutil.walk_packages(triage.__path__, "triage."):
        if "migrations" in one.name or one.name.endswith("__main__"):
            continue
        module = importlib.import_module(one.name)
        for name, function in inspect.getmembers(module, inspect.isfunction):
            here = function.__module__ == module.__name__ and not name.startswith("_")
            wanted = inspect.signature(function).parameters
            if here and name not in PARTS and {"session", "viewer"} <= set(wanted):
                found[f"{module.__name__}.{name}"] = function
    return found


@pytest.fixture
def furnished(make_desk: Callable[..., Desk]) -> tuple[Desk, dict[str, Any]]:
    """A desk with one of each, and the arguments that name them."""
    desk = staffed(make_desk())
    desk.add("mona", Role.SERVICE_ADMIN)
    message = desk.arrive(f"[high] {WORD}", from_address=SENDER, subject=WORD)
    desk.decide(desk.ana, message, Disposition.AGGRESSIVE, severity=Severity.LOW)
    waits = desk.arrive(f"[high] {WORD} again", from_address=SENDER, subject=WORD)
    desk.do(desk.ben, flags.add_note, message_id=waits, text=WORD)
    restriction = propose(desk, desk.ana, message, reason=WORD)
    referral = consider(desk, desk.ben, waits)
    desk.do(desk.cleo, leave_note, text=WORD, since=desk.now)
    letter = desk.do(desk.ana, draft_letter, message_id=message, kind=LetterKind.FREE)
    case = begun(desk, f"[low] {WORD}", subjects=(SUBJECT,), **REPORTER)
    sender = desk.row(message).sender_id
    return desk, {
        "now": desk.now,
        "at": desk.now,
        "since": desk.now,
        "settings": desk.triage.settings,
        "vault": desk.triage.vault,
        "keys": desk.triage.keys,
        "process": Process.RESTRICTION,
        "other_id": message,
        "message_ids": [message, waits],
        "matter_id": message,
        "sender_id": sender,
        "sender_ids": (sender,),
        "case_id": case,
        "restriction_id": restriction,
        "referral_id": referral,
        "letter_id": letter,
        "message_id": waits,
        "request_id": new_id(),
        "session_id": new_id(),
        "statement": "x",
        "service": "helpdesk",
        "list_id": new_id(),
        "person_id": new_id(),
        "part": Part.HANDLER,
        "words": WORD,
        "reference": waits,
        "home": desk.triage.settings.home,
        "subject": SENDER,
        "target": "helpdesk",
        "period": None,
        "file_id": new_id(),
        "item_id": new_id(),
        "terms": read_terms([SENDER]),
        "task_id": new_id(),
        "appeal_id": new_id(),
    }


def is_nothing(said: Any) -> bool:
    """Nothing at all, or a row of several lists of which each is empty."""
    if dataclasses.is_dataclass(said):
        return not any(getattr(said, one.name) for one in dataclasses.fields(said))
    return not said


def ask(desk: Desk, who: Actor, query: Callable[..., Any], given: dict[str, Any]) -> Any:
    wanted = inspect.signature(query).parameters
    named = {
        key: one for key, one in given.items() if key in wanted and key not in {"viewer", "session"}
    }
    with desk.triage.database.read() as session:
        return query(session, viewer=who, **named)


def test_whoever_has_no_part_gets_no_word_from_any_query(
    furnished: tuple[Desk, dict[str, Any]],
) -> None:
    desk, given = furnished
    answered: dict[str, set[str]] = {}
    found = queries()
    for name, query in found.items():
        for who in PEOPLE:
            said: Any
            try:
                said = ask(desk, desk.people[who], query, given)
            except TriageError as refusal:
                said, refused = str(refusal), True
            else:
                refused = False
            for told in (WORD, SENDER, "Quince", "r.quince", "Norbert"):
                assert told not in repr(said), (name, who)
            if refused:
                continue
            answered.setdefault(name.removeprefix("triage."), set()).add(who)
            if ANSWERS.get(name.removeprefix("triage."), (ALL, NONE))[1] == NONE:
                assert is_nothing(said), (name, who, said)
    assert len(found) > 80
    assert answered == {name: set(people) for name, (people, _) in ANSWERS.items()}


def test_the_same_queries_tell_who_has_a_part_so_that_the_test_above_can_fail(
    furnished: tuple[Desk, dict[str, Any]],
) -> None:
    desk, given = furnished
    told = set()
    for name, query in queries().items():
        for who in ("ana", "ben", "dora", "hal", "ivo", "dee"):
            try:
                said = repr(ask(desk, desk.people[who], query, given))
            except TriageError:
                continue
            if WORD in said or SENDER in said or "Norbert" in said:
                told.add(name)
    assert len(told) > 15


def test_a_command_with_a_real_id_tells_a_manager_what_it_tells_of_a_made_up_one(
    furnished: tuple[Desk, dict[str, Any]],
) -> None:
    """Whoever may flag anything by its id learns from no answer what stands where."""
    desk, given = furnished
    for who in ("max", "ada"):
        for command in (review.open_message, recipient.flag_mine, recipient.raise_alarm_mine):
            wanted = inspect.signature(command).parameters
            more = {"note": WORD} if "note" in wanted else {}
            said = []
            for one in (given["message_id"], new_id()):
                with pytest.raises(TriageError) as refused:
                    desk.do(desk.people[who], command, message_id=one, **more)
                said.append(f"{type(refused.value).__name__}: {refused.value}")
            assert said[0] == said[1]


def test_p_rec_4_whether_an_address_was_verified_is_told_of_what_one_may_know_alone(
    desk: Desk,
) -> None:
    """The form of a proposal asks why an address is somebody's, where no mail of it was verified:
    that it did not ask told a recipient of a message that she may know nothing of."""
    hers = ("ana@charity.example.org",)
    desk.arrive("[low] x", from_address=SENDER, recipients=hers, verified=Verified.VERIFIED)
    other = desk.arrive("[low] y", from_address=SENDER)
    given = {"sender_id": desk.row(other).sender_id, "subject": SENDER}
    assert not desk.read(address_is_verified, viewer=desk.ana, **given)
    assert desk.read(address_is_verified, viewer=desk.ben, **given)
