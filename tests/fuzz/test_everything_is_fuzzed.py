"""Every parser, lifecycle and export is found in the source, and has a test that tries anything.

A module that reads what came from outside, that holds a table of states, or that writes what goes
out must stand here with its test, or with the reason why it needs none. The test must be there,
must use Hypothesis, and its file must reach the module.
"""

# ruff: noqa: E501 - the names of tests are sentences

import ast
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
READS = frozenset(
    [
        "read_json",
        "json.loads",
        "json.load",
        "csv.reader",
        "csv.DictReader",
        "np.load",
        "zipfile.ZipFile",
        "tomllib.loads",
        "LexborHTMLParser",
        "urlsplit",
        "urlparse",
        "parse_qs",
        "parse_qsl",
        "re.compile",
        "re.fullmatch",
        "re.match",
        "re.search",
        "re.split",
        "re.findall",
        "re.sub",
        "MultiPartParser",
        "cookie_parser",
        "Image.open",
    ]
)
READING_METHODS = (".fromisoformat", ".fromhex", "b64decode", ".model_validate_json")
WRITES = frozenset(
    [
        "csv.writer",
        "csv.DictWriter",
        "to_csv",
        "json.dumps",
        "FPDF",
        "_Paper",
        "np.savez_compressed",
        "EmailMessage",
        "vl_convert.vegalite_to_png",
    ]
)
NOT_READERS = frozenset(
    ["tables", "service", "queries", "rules", "limits", "ours", "words", "inbound", "worker"]
)
"""Of the room of intake: every other module of it reads what strangers sent."""

MAIL = "intake/test_intake_trees.py::test_a_damaged_tree_ends_parsed_or_quarantined_and_the_same_each_time"
EACH = "fuzz/test_parsers.py::test_each_reader_of_mail_holds_to_its_rules"
B = "fuzz/test_backup_files.py::"
P, X, L = "fuzz/test_parsers.py::", "fuzz/test_exports.py::", "fuzz/test_lifecycles.py::"

FUZZED: dict[str, str] = {
    # mail
    "triage.intake.addresses": MAIL,
    "triage.intake.authentication": "intake/test_authentication_results.py::test_any_header_is_read_to_an_end_and_never_raises",
    "triage.intake.body": MAIL,
    "triage.intake.charsets": MAIL,
    "triage.intake.columns": P + "test_any_columns_are_guessed_or_refused",
    "triage.intake.dates": MAIL,
    "triage.intake.fallback": "intake/test_intake_hostile.py::test_any_bytes_end_parsed_or_quarantined",
    "triage.intake.forwards": "intake/test_forwards.py::test_no_text_makes_the_forwarder_who_wrote_and_no_word_is_lost",
    "triage.intake.headers": MAIL,
    "triage.intake.html": EACH,
    "triage.intake.imap": "mailboxes/test_mailbox_failures.py::test_whatever_a_server_answers_is_messages_or_a_code",
    "triage.intake.mbox": "intake/test_intake_sources.py::test_mboxrd_written_by_the_library_is_read_back",
    "triage.intake.mime": MAIL,
    "triage.intake.note": P + "test_a_note_is_a_message_like_any_other",
    "triage.intake.oauth": P + "test_a_token_is_a_token_or_a_code",
    "triage.intake.parse": "intake/test_intake_hostile.py::test_any_bytes_end_parsed_or_quarantined",
    "triage.intake.parser": P + "test_the_child_answers_for_each_in_turn_whatever_came_before",
    "triage.intake.quoting": "intake/test_intake_quoting.py::test_every_line_that_is_not_blank_stands_in_exactly_one_part",
    "triage.intake.reply_to": P + "test_a_form_that_sends_on_names_its_writer_or_keeps_its_own_address",
    "triage.intake.rows": EACH,
    "triage.intake.sheets": "intake/test_tables.py::test_no_bytes_stop_the_reader_and_no_line_with_words_is_passed_over",
    "triage.intake.sources": "intake/test_tables.py::test_no_bytes_stop_the_reader_and_no_line_with_words_is_passed_over",
    "triage.intake.texts": MAIL,
    "triage.intake.wire": P + "test_an_answer_that_a_child_made_up_is_refused",
    "triage.intake.writer": "intake/test_relays.py::test_whatever_stands_in_the_body_the_relay_is_never_who_wrote",
    # the model
    "triage.classifier.activation": P + "test_what_stands_beside_a_model_is_read_or_counts_as_none",
    "triage.classifier.card": P + "test_any_card_is_a_sound_one_or_the_model_is_off",
    "triage.classifier.datasets": P + "test_labels_are_rows_or_the_line_is_named_without_its_text",
    "triage.classifier.explain": "classifier/test_scorer.py::test_any_text_gets_a_sound_assessment",
    "triage.classifier.language": P + "test_windows_language_phrases_and_reading_take_any_text",
    "triage.classifier.model": P + "test_any_model_file_is_a_sound_one_or_the_model_is_off",
    "triage.classifier.normalise": "classifier/test_normalise.py::test_every_character_is_mapped_to_where_it_came_from",
    "triage.classifier.patterns": P + "test_windows_language_phrases_and_reading_take_any_text",
    "triage.classifier.registry": P + "test_what_stands_beside_a_model_is_read_or_counts_as_none",
    "triage.classifier.segments": "classifier/test_normalise.py::test_sentences_together_are_the_whole_text",
    "triage.scoring": P + "test_a_row_to_be_scored_has_a_text_or_is_refused_by_its_line",
    # keys, the record, settings
    "triage.core.anchors": P + "test_any_other_head_is_refused_in_plain_words",
    "triage.core.audit": X + "test_the_one_spelling_of_a_value_is_read_back",
    "triage.core.cells": X + "test_a_table_is_read_back_cell_for_cell_and_begins_no_formula",
    "triage.core.crypto": P + "test_key_files_are_keys_or_refused",
    "triage.core.keys": P + "test_keys_from_the_environment_are_keys_or_refused_without_being_shown",
    "triage.core.links": "core/test_signed_links.py::test_anything_else_opens_nothing",
    "triage.core.mailboxes": P + "test_any_mailbox_is_set_up_or_refused_and_none_is_read_in_clear_text",
    "triage.core.text": P + "test_texts_are_kept_and_found_alike",
    "triage.doctor.__init__": P + "test_any_setting_is_read_or_named_without_its_value",
    "triage.doctor.serving": P + "test_a_file_of_the_screen_that_is_none_stops_no_doctor",
    # letters and alerts
    "triage.letters.leaks": "letters/test_leaks.py::test_any_text_is_read_and_each_finding_lies_in_it",
    "triage.letters.preview": X + "test_a_letter_arrives_as_it_was_shown",
    "triage.letters.reading": "letters/test_leaks.py::test_any_text_is_read_and_each_finding_lies_in_it",
    "triage.letters.rules": "letters/test_lifecycle.py::Walk",
    "triage.letters.wording": "letters/test_wording.py::test_what_is_put_in_is_text_and_never_a_template",
    "triage.notify.rules": "notify/test_delivery.py::test_a_failed_try_leaves_a_mail_queued_or_failed_and_never_sent",
    "triage.notify.service": "notify/test_words.py::test_a_text_that_is_no_plain_address_goes_into_no_header",
    "triage.notify.words": "notify/test_words.py::test_whatever_the_setting_holds_no_line_is_added",
    "triage.alarms.rules": "notify/test_alarm_rules.py::test_rounds_never_go_back_and_nobody_is_alerted_twice_in_one",
    # messages
    "triage.messages.campaigns": "messages/test_campaigns.py::test_a_difference_loses_and_invents_nothing",
    "triage.messages.masking": "messages/test_flags_notes_reveals.py::test_masking_keeps_the_length_of_any_text_so_that_marks_stay_in_place",
    "triage.messages.references": "messages/test_handover_notes.py::test_a_reference_is_found_in_whatever_stands_around_it",
    "triage.messages.rules": "messages/test_lifecycle_stateful.py::Life",
    "triage.messages.service.labels": X + "test_labels_and_the_record_are_read_back_whatever_was_written",
    "triage.messages.service.taking": "messages/test_taking_notes.py::test_any_text_is_tidied_once_and_for_all",
    "triage.senders.canonical": "senders/test_canonical.py::test_any_text_gives_a_bounded_number_of_numbers_and_nothing_breaks",
    # restrictions, referrals, cases
    "triage.restrictions.blocklist": "restrictions/test_reconcile.py::test_any_bytes_are_read_or_refused",
    "triage.restrictions.draft": P + "test_a_public_wording_of_any_text_is_taken_or_refused",
    "triage.restrictions.rules": "restrictions/test_restriction_stateful.py::Life",
    "triage.referrals.rules": "referrals/test_any_order.py::Life",
    "triage.cases.rules": "cases/test_case_stateful.py::Life",
    "triage.cases.inquiry.inside": "cases/test_files_for_the_person_reported.py::test_whatever_a_file_is_reading_it_ends_and_says_so",
    "triage.cases.inquiry.rules": L + "Notices",
    "triage.cases.matching": P + "test_p_rec_2_whatever_a_report_says_whom_it_speaks_of_is_looked_for",
    "triage.cases.inquiry.sniffing": P + "test_what_is_handed_over_is_named_by_its_bytes",
    "triage.cases.verdict.rules": L + "test_an_identity_is_open_for_its_hours_and_never_after",
    # backups, and what a person is given of their own
    "triage.backup.checking": B + "test_whatever_lies_there_is_verified_or_refused",
    "triage.backup.erased": B + "test_a_list_of_what_was_erased_is_read_or_its_line_is_named",
    "triage.backup.keys": B + "test_wraps_are_wraps_or_refused",
    "triage.backup.reading": B + "test_whatever_is_sealed_for_a_key_is_a_backup_or_none",
    "triage.backup.service.rows": "backup/test_rules.py::test_a_row_of_any_table_is_one_line_and_reads_back_as_it_was",
    "triage.retention.subject.document": B + "test_what_a_person_is_given_is_read_back_whatever_stands_in_it",
    "triage.retention.subject.redaction": "retention/test_subject_redaction.py::test_any_text_can_be_looked_through",
    "triage.retention.subject.rules": "retention/test_subject_rules.py::test_nothing_is_sent_but_after_a_search_and_two_people",
    "triage.retention.subject.terms": "retention/test_subject_redaction.py::test_any_text_can_be_looked_through",
    # packs
    "triage.packs.bag": "packs/test_packs.py::test_one_changed_byte_anywhere_is_found",
    "triage.packs.plain": "packs/test_packs.py::test_no_name_of_an_attachment_leaves_its_folder",
    "triage.packs.summary": X + "test_a_summary_on_paper_takes_any_words",
    # reports
    "triage.reports.answers": P + "test_answers_are_read_or_refused",
    "triage.reports.form.held": L + "Drafts",
    "triage.reports.published": P + "test_what_the_desk_published_never_stops_a_report",
    "triage.reports.sniffing": "reports/test_form_limits.py::test_sniffing_names_a_kind_or_refuses",
    "dashboard.report.asking": P + "test_any_body_is_fields_and_a_file_or_nothing",
    "dashboard.report.answering": P + "test_every_question_takes_any_fields_or_says_which_is_wrong",
    "dashboard.report.questions": P + "test_every_question_takes_any_fields_or_says_which_is_wrong",
    # staff, screens
    "triage.staff.sessions.rules": P + "test_claims_are_a_login_or_none",
    "dashboard.gate": P + "test_any_cookies_are_read",
    "dashboard.recipient_page": P + "test_the_page_of_a_volunteer_reads_any_form",
    "dashboard.untrusted": "security/test_one_way_onto_the_screen.py::test_whatever_is_drawn_has_no_tag_and_no_hidden_character_of_its_own",
    # trends
    "triage.trends.assurance": X + "test_what_was_tried_is_said_whatever_was_tried",
    "triage.trends.frozen": X + "test_a_release_is_thawed_as_it_was_frozen_and_its_hash_is_of_all_of_it",
    "triage.trends.paper": X + "test_the_sheet_of_paper_is_one_page_and_the_same_each_time",
    "triage.trends.rules": P + "test_a_period_is_a_period_or_refused",
    "triage.trends.service.__init__": L + "Releases",
    "triage.trends.sheet": X + "test_the_sheet_of_releases_is_read_back",
    "dashboard.charts": X + "test_the_picture_of_a_chart_is_a_png",
}  # fmt: skip
"""Module -> the test (or the machine) that gives it anything."""

OWN_DETAILS = "reads back what this program wrote in the same database, and nobody else can"
COUNTS = "prints figures and codes of its own as JSON"
DAY = "a day that an administrator types; the date is read by the library, and refused as typed"

NOT_FUZZED: dict[str, str] = {
    "triage.cases.inquiry.service.guards": "splits a text of ours at its commas; the walk of cases",
    "triage.cases.service.hr": "reads an address out of our own settings; the matcher is fuzzed",
    "triage.cases.verdict.queries.reading": OWN_DETAILS,
    "triage.cases.verdict.service.deciding": OWN_DETAILS,
    "triage.classifier.evaluate.robustness": "changes texts of the test set, by command alone",
    "triage.classifier.evaluate.sentences": "checks invented sentences, by command alone",
    "triage.classifier.train": "writes what the loader, which is fuzzed, reads",
    "triage.backup.rules": "writes what the reader of manifests, which is fuzzed, reads",
    "triage.backup.service.reading": "writes what the reader of backups, which is fuzzed, reads",
    "triage.retention.subject.queries.composing": "a digest of ids and codes; nobody reads it back",
    "triage.cli": COUNTS,
    "triage.cli_evaluate": "rows of a test set, by the reader of labels, which is fuzzed",
    "triage.cli_jobs": DAY,
    "triage.cli_labels": DAY,
    "triage.cli_model": COUNTS,
    "triage.cli_reconcile": COUNTS,
    "triage.cli_release": DAY,
    "triage.cli_retention": COUNTS,
    "triage.cli_staff.times": DAY,
    "triage.core.record": OWN_DETAILS,
    "triage.doctor.form": "looks at an address in the settings, which are fuzzed",
    "triage.intake.queries": OWN_DETAILS,
    "triage.messages.queries.today": "labels that our own reviewers chose, as the database counts them",
    "triage.packs.queries.__init__": OWN_DETAILS,
    "triage.reports.form.grants": "a name of 63 plain characters or nothing; a table of cases",
    "triage.reports.service.desk": OWN_DETAILS,
    "triage.restrictions.service.frozen": OWN_DETAILS,
    "triage.restrictions.service.exporting": "writes the sheets, by the one writer: both fuzzed",
    "dashboard.files": "a cookie that our own key signed; the claims in it are fuzzed",
    "dashboard.report.site": "looks at an address in the settings, which are fuzzed",
    "dashboard.server": "looks at an address in the settings, which are fuzzed",
    "dashboard.views.tasks": "shows the sheet that triage.restrictions.sheets made",
}
"""Module -> why nothing is given to it at random."""


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def modules() -> Iterator[tuple[str, Path]]:
    """Every module of the product but the migrations, with its path."""
    for folder in ("triage", "dashboard"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "migrations" not in path.parts:
                yield ".".join(path.relative_to(ROOT).with_suffix("").parts), path


def why_found(name: str, path: Path) -> set[str]:
    """Why a module must have its test: it reads, it writes, or it holds states."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if called in READS or called.endswith(READING_METHODS):
                found.add("reads")
            if called in WRITES:
                found.add("writes")
        if isinstance(node, ast.Assign | ast.AnnAssign):
            target = node.target if isinstance(node, ast.AnnAssign) else node.targets[0]
            if ast.unparse(target).endswith("TRANSITIONS"):
                found.add("states")
        if isinstance(node, ast.ClassDef) and name.endswith("rules"):
            enum = any("Enum" in ast.unparse(base) for base in node.bases)
            if enum and node.name.endswith(("State", "Edge")):
                found.add("states")
    room, _, own = name.rpartition(".")
    if room == "triage.intake" and own not in NOT_READERS | {"__init__"}:
        found.add("reads")
    return found


FOUND = {name: why for name, path in modules() if (why := why_found(name, path))}


def test_the_walk_finds_what_there_is() -> None:
    assert len(FOUND) > 90
    assert {"reads", "writes", "states"} == set().union(*FOUND.values())


def test_every_parser_lifecycle_and_export_is_fuzzed_or_says_why_not() -> None:
    assert sorted(FOUND.keys() - FUZZED.keys() - NOT_FUZZED.keys()) == []


def test_nothing_is_named_that_is_not_there() -> None:
    there = {name for name, _ in modules()}
    assert sorted((FUZZED.keys() | NOT_FUZZED.keys()) - there) == []
    assert sorted(FUZZED.keys() & NOT_FUZZED.keys()) == []
    assert sorted(NOT_FUZZED.keys() - FOUND.keys()) == [], "needs no reason any more"


@pytest.mark.parametrize("module", FUZZED)
def test_the_test_is_there_tries_anything_and_reaches_the_module(module: str) -> None:
    file, _, wanted = FUZZED[module].partition("::")
    path = ROOT / "tests" / file
    (found,) = [
        node
        for node in tree(path).body
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and node.name == wanted
    ]
    if isinstance(found, ast.ClassDef):
        assert any(ast.unparse(base).endswith("RuleBasedStateMachine") for base in found.bases)
    else:
        made = [ast.unparse(one).partition("(")[0] for one in found.decorator_list]
        assert "given" in made
    assert module.removesuffix(".__init__") in reached(path)


@cache
def reached(path: Path) -> frozenset[str]:
    """Every module of ours that a file imports, and what these import, and so on."""
    known = {name.removesuffix(".__init__"): where for name, where in modules()}
    helpers = {one.stem: one for one in (ROOT / "tests" / "support").glob("*.py")}
    helpers |= {one.stem: one for one in path.parent.glob("*.py")}
    seen: set[str] = set()
    todo = [path]
    done = set()
    while todo:
        at = todo.pop()
        if at in done:
            continue
        done.add(at)
        for name in imported(at):
            if name in known:
                seen.add(name)
                todo.append(known[name])
            elif (helper := name.rpartition(".")[2]) in helpers:
                todo.append(helpers[helper])
    return frozenset(seen)


def imported(path: Path) -> set[str]:
    """Names of modules that a file imports, also from within functions and from packages."""
    found = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            found |= {one.name for one in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module is not None:
            found.add(node.module)
            found |= {f"{node.module}.{one.name}" for one in node.names}
    return found


def called_in(path: Path) -> set[str]:
    """What a module calls, as it stands there."""
    return {ast.unparse(one.func) for one in ast.walk(tree(path)) if isinstance(one, ast.Call)}


def test_json_is_read_in_one_place_where_brackets_without_end_are_an_error_like_any() -> None:
    for name, path in modules():
        if name != "triage.core.text":
            assert not called_in(path) & {"json.loads", "json.load"}, name


def test_tables_for_people_are_written_in_one_place() -> None:
    for name, path in modules():
        if name != "triage.core.cells":
            assert not called_in(path) & {"csv.writer", "csv.DictWriter"}, name
