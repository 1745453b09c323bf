"""What must not happen is tested by making it happen: each mutant is killed by its named test.

A mutant is one patch of one file, applied to a copy of the tree. Its test passes on the copy as it
is (shown once for all of them) and must fail on the patched one.
"""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Mutant:
    """One wrong line, and the test that must see it."""

    name: str
    file: str
    old: str
    new: str
    killer: str


MUTANTS = [
    Mutant(
        "no exclusion filters anything",
        "triage/core/access.py",
        "    if viewer.is_system:\n        return true()",
        "    if True:\n        return true()",
        "tests/messages/test_search.py::test_p_rec_4_a_recipient_finds_nothing_of_their_own",
    ),
    Mutant(
        "commands do not look at exclusions",
        "triage/messages/service/stepping.py",
        "    if not tx.actor.is_system and is_excluded(",
        "    if False and is_excluded(",
        "tests/messages/test_claims.py::test_a_recipient_is_told_that_there_is_no_such_message"
        "_and_the_refusal_is_recorded",
    ),
    Mutant(
        "who took the call reviews it",
        "triage/messages/service/taking.py",
        "recipient_ids=note.colleagues)",
        "recipient_ids=())",
        "tests/messages/test_taking_notes.py::test_p_rec_1_who_took_the_call_has_no_part_in_it"
        "_and_who_entered_it_for_them_has",
    ),
    Mutant(
        "who took the call is told where it stands",
        "triage/messages/service/taking.py",
        "    if is_excluded(",
        "    if False and is_excluded(",
        "tests/messages/test_taking_notes.py::test_p_rec_4_the_answer_tells_the_taker_nothing"
        "_of_what_a_colleague_entered_before",
    ),
    Mutant(
        "everybody may everything",
        "triage/core/access.py",
        "    return bool(actor.roles & ROLES.get(action, frozenset()))",
        "    return True",
        "tests/core/test_access.py::test_each_role_may_exactly_what_the_table_says",
    ),
    Mutant(
        "the system may decide",
        "triage/messages/rules.py",
        "SYSTEM_EDGES = frozenset({_E.RECEIVE,",
        "SYSTEM_EDGES = frozenset({_E.DECIDE, _E.RECEIVE,",
        "tests/messages/test_lifecycle_table.py::test_p_msg_3_the_system_takes_no_edge_that"
        "_restricts_refers_or_closes",
    ),
    Mutant(
        "particular concern closes",
        "triage/messages/rules.py",
        "    if item.particular_concern:\n",
        "    if False:\n",
        "tests/messages/test_second_look.py::test_p_pol_1_a_message_of_particular_concern"
        "_cannot_close",
    ),
    Mutant(
        "who asked takes their own second look",
        "triage/messages/rules.py",
        "    if item.second_look_by == person_id:",
        "    if False:",
        "tests/messages/test_second_look.py::test_a_second_look_is_taken_by_anybody_but_who_asked",
    ),
    Mutant(
        "a claim never ends by itself",
        "triage/messages/rules.py",
        "    return item.claim_expires is not None and now < item.claim_expires",
        "    return item.claim_expires is not None",
        "tests/messages/test_claims.py::test_a_claim_ends_by_its_time_alone_with_no_job_run",
    ),
    Mutant(
        "a stale screen decides",
        "triage/messages/service/stepping.py",
        "    if version is not None and version != message.version:",
        "    if False:",
        "tests/messages/test_decisions.py::test_a_stale_screen_decides_nothing",
    ),
    Mutant(
        "what nobody uncovered is decided",
        "triage/messages/rules.py",
        "    if not uncovered:",
        "    if False:",
        "tests/messages/test_decisions.py::test_nothing_is_closed_that_its_reviewer_has_not_uncovered",
    ),
    Mutant(
        "what is sealed may be moved to another place",
        "triage/core/envelope.py",
        "    return _joined(table, column, row_id, key_id)",
        "    return _joined(key_id)",
        "tests/core/test_envelope.py::test_a_sealed_text_does_not_open_in_another_place",
    ),
    Mutant(
        "undo has no end",
        "triage/messages/service/review.py",
        "    if tx.now - last.at > tx.settings.undo_time:",
        "    if False:",
        "tests/messages/test_decisions.py::test_undo_ends_after_ten_minutes",
    ),
    Mutant(
        "a reveal leaves no trace",
        "triage/messages/service/reveals.py",
        '    tx.record("reveal", message_id,',
        '    dict(what="reveal", matter=message_id,',
        "tests/messages/test_flags_notes_reveals.py::test_it_is_uncovered_in_steps_and_each_is"
        "_on_the_record",
    ),
    Mutant(
        "covered text can be read",
        "triage/messages/queries/reading.py",
        "    if not steps & {Step.MASKED, Step.FULL}:",
        "    if False:",
        "tests/messages/test_flags_notes_reveals.py::test_no_text_is_read_that_nobody_uncovered",
    ),
    Mutant(
        "the chain does not bind what was said",
        "triage/core/audit.py",
        '        "details": event.details,\n',
        "",
        "tests/core/test_audit.py::test_every_byte_of_the_details_counts",
    ),
    Mutant(
        "a refusal is forgotten",
        "triage/core/commands.py",
        "            self._record_refusal(actor, refusal.what, refusal.matter_id or about)\n",
        "",
        "tests/core/test_audit.py::test_a_refusal_is_recorded_though_the_command_was_rolled_back",
    ),
    Mutant(
        "outside text is not escaped",
        "dashboard/untrusted.py",
        '    return f"<bdi>{escape(visible(cut))}</bdi>"',
        '    return f"<bdi>{visible(cut)}</bdi>"',
        "tests/security/test_one_way_onto_the_screen.py::test_whatever_is_drawn_has_no_tag_and_no"
        "_hidden_character_of_its_own",
    ),
    Mutant(
        "a screen draws a sender's name as markdown",
        "dashboard/components/listing.py",
        "            untrusted.row(words.sender(row), chips(row), _quiet(row, now))",
        "            st.markdown(row.from_name)",
        "tests/security/test_one_way_onto_the_screen.py::test_nothing_outside_the_one_way_draws"
        "_what_is_not_a_literal",
    ),
    Mutant(
        "messages are cached for all",
        "dashboard/components/item.py",
        "def _read(viewer: Actor",
        "@st.cache_data\ndef _read(viewer: Actor",
        "tests/security/test_one_way_onto_the_screen.py::test_no_view_keeps_message_data_in_a"
        "_cache",
    ),
    Mutant(
        "a page asks nobody who they are",
        "dashboard/session.py",
        "    if here is None or (action is not None and not can(here.actor(), action)):",
        "    if here is None:",
        "tests/dashboard/test_other_views.py::test_every_page_draws_for_its_roles_and_refuses_the"
        "_others",
    ),
    Mutant(
        "a blind item shows what the model thinks",
        "triage/messages/queries/listing.py",
        "    blind = row.blind and row.decided_at is None",
        "    blind = False",
        "tests/dashboard/test_review_view.py::test_a_blind_item_shows_nothing_of_the_model",
    ),
    Mutant(
        "a recipient is not taken out",
        "triage/messages/service/receive.py",
        "    for person_id in {*named, *recipient_ids}:",
        "    for person_id in set[str]():",
        "tests/messages/test_receiving.py::test_whoever_the_mail_names_as_recipient_has_no_part_in"
        "_its_review",
    ),
    Mutant(
        "what cannot be parsed passes",
        "triage/messages/service/receive.py",
        "    if message.unread is not None:\n        reasons.append(FlagReason.UNREAD)\n",
        "",
        "tests/messages/test_receiving.py::test_what_could_not_be_parsed_is_put_before_people"
        "_whatever_its_text_says",
    ),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tree, to be patched."""
    folder = tmp_path_factory.mktemp("mutants") / "tree"
    names = ("triage", "dashboard", "tests", "pyproject.toml")
    folder.mkdir()
    for name in names:
        if (ROOT / name).is_dir():
            ignored = shutil.ignore_patterns("__pycache__", "*.npz")
            shutil.copytree(ROOT / name, folder / name, ignore=ignored)
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


def outcome(tree: Path, *tests: str) -> int:
    """Run tests on a copy, on SQLite alone; pytest's exit code."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider"),
            *("-p", "no:playwright", "-k", "not postgres", *tests),
        ],
        cwd=tree,
        env={**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode in {0, 1}, done.stdout[-2000:] + done.stderr[-2000:]
    return done.returncode


def test_every_killer_passes_on_the_tree_as_it_is(copy: Path) -> None:
    assert outcome(copy, *sorted({one.killer for one in MUTANTS})) == 0


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda one: one.name)
def test_the_mutant_is_killed_by_the_test_named_for_it(copy: Path, mutant: Mutant) -> None:
    path = copy / mutant.file
    whole = path.read_text("utf-8")
    assert whole.count(mutant.old) == 1, "the line that this mutant changes has moved"
    path.write_text(whole.replace(mutant.old, mutant.new), "utf-8")
    try:
        assert outcome(copy, mutant.killer) == 1
    finally:
        path.write_text(whole, "utf-8")
