"""How the rows of each table end: every table of the schema stands here, or a test fails.

Whoever adds a table says what becomes of its rows. One that stays for good holds ids and codes
alone, or belongs to the people who work here.
"""

from dataclasses import dataclass
from enum import StrEnum


class Way(StrEnum):
    """In which way rows end."""

    ERASED = "erased by the schedule, on its own line"
    WITH = "goes with what it belongs to"
    JOB = "a job of its own room clears it away"
    RECORD = "stays: the record, or ids and codes alone"
    STAFF = "stays as long as the account, the list or the event that it belongs to"
    RELEASED = "stays: it was made to be published, and names nobody"


@dataclass(frozen=True, slots=True)
class End:
    """How the rows of one table end."""

    way: Way
    how: str
    """By which line of the schedule, with what, by which job, or why not at all."""


def _all(way: Way, how: str, names: str) -> dict[str, End]:
    return {name: End(way, how) for name in names.split()}


TABLES_END: dict[str, End] = {
    **_all(
        Way.RECORD,
        "the record: append-only, ids and codes alone",
        "audit_events audit_head audit_links",
    ),
    **_all(
        Way.RECORD,
        "that a key was destroyed stays; the key does not",
        "data_keys",
    ),
    **_all(
        Way.RECORD,
        "ids, codes and times: by it the record of an erased matter stays closed",
        "closed_matters",
    ),
    **_all(
        Way.RECORD,
        "ids and codes: a case's, a restriction's and a referral's go with it; a message's stay, "
        "so that the record of it stays hidden from whom it was sent to",
        "exclusions",
    ),
    **_all(Way.RECORD, "ids, codes and times: why something was kept, and until when", "holds"),
    **_all(Way.JOB, "every job, 30 days after a run", "job_runs"),
    # -- people who work here
    **_all(
        Way.STAFF,
        "who did what stays known by name: an account is closed, and not forgotten",
        "people person_roles session_bars service_scopes notify_addresses fallbacks",
    ),
    **_all(Way.STAFF, "days on which the charity is closed: nobody's", "closures"),
    **_all(Way.STAFF, "events of ours, as they were announced", "events"),
    **_all(Way.JOB, "sessions, 30 days after a login expired", "staff_sessions"),
    **_all(Way.ERASED, "absences, turns on the rota", "absences duty_shifts"),
    **_all(Way.ERASED, "invitations of guests", "guests"),
    **_all(Way.ERASED, "volunteers who left: name and address", "volunteers"),
    # -- messages
    **_all(Way.ERASED, "messages", "messages"),
    **_all(
        Way.WITH,
        "its message",
        "originals message_attachments message_transitions message_children message_flags "
        "message_forwards message_notes message_sketches message_skips message_traces "
        "message_writers recipient_acts welfare_tasks",
    ),
    **_all(Way.WITH, "the stub of its message: exposure is counted by quarters", "message_reveals"),
    **_all(Way.ERASED, "stubs", "message_stubs"),
    **_all(Way.ERASED, "marks of erased messages", "stub_marks"),
    **_all(Way.ERASED, "data requests", "subject_requests"),
    **_all(
        Way.WITH,
        "its data request",
        "subject_disclosures subject_items subject_steps subject_terms",
    ),
    **_all(Way.ERASED, "handover notes", "handover_notes"),
    **_all(Way.ERASED, "names of unreadable files; the counts stay", "import_runs"),
    **_all(
        Way.ERASED,
        "senders, once nothing points at them: first the address, then the hashes",
        "senders sender_identities sender_links",
    ),
    **_all(Way.WITH, "the restriction or letter that gave it", "sender_standings"),
    **_all(Way.RECORD, "a keyed hash of the place, numbers and codes", "mailbox_folders"),
    **_all(Way.JOB, "the watch of its mailbox, once fetched or gone: numbers", "mailbox_left"),
    # -- letters, alarms, mails
    **_all(
        Way.WITH,
        "the matter that it is about, or as letters, once that is erased",
        "letters letter_mails letter_transitions",
    ),
    **_all(Way.WITH, "the matter that it was raised for", "alarms alarm_steps"),
    **_all(Way.ERASED, "alerts", "alerts"),
    **_all(Way.ERASED, "mails of the outbox", "outbox"),
    # -- restrictions and referrals
    **_all(Way.ERASED, "restrictions, and later their stubs", "restrictions"),
    **_all(
        Way.WITH,
        "its restriction",
        "restriction_approvals restriction_grounds restriction_transitions enforcement_tasks "
        "enforcement_subjects frozen_messages appeals",
    ),
    **_all(Way.ERASED, "gone from block lists", "block_list_entries"),
    **_all(Way.RECORD, "counts alone", "reconcile_runs"),
    **_all(Way.ERASED, "referrals, and later their stubs", "referrals"),
    **_all(
        Way.WITH,
        "its referral",
        "referral_matters referral_refusals referral_transitions disclosures",
    ),
    # -- incident reports
    **_all(Way.ERASED, "cases, and later their stubs", "cases"),
    **_all(
        Way.WITH,
        "its case",
        "case_actions case_appeals case_balances case_challenges case_custody case_decisions "
        "case_declarations case_evidence case_identities case_interims case_matches "
        "case_meetings case_notice_steps case_notices case_openings case_outcomes case_parties "
        "case_parts case_recommendations case_seconds case_transitions case_voices "
        "case_wordings "
        "matter_members reports report_messages report_files",
    ),
    **_all(Way.WITH, "the stub of its case", "case_stubs"),
    **_all(Way.JOB, "drafts, when their time is over", "report_drafts report_draft_files"),
    **_all(Way.RELEASED, "what the form shows to everybody, put in place of itself",
           "form_published"),
    # -- figures
    **_all(Way.RELEASED, "never changed", "releases release_publications"),
    **_all(Way.RELEASED, "what was tried of the system itself", "assurance"),
}  # fmt: skip
"""Table -> how its rows end."""
