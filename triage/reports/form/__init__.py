"""The form's side of reports: plain functions over a session, with the public key alone.

Nothing here opens a report but with its receipt code, nor a draft but with its form token; there
is no other key in this process. There is no record of its own: the desk notes what it takes in.
"""

from triage.reports.form.drafts import (
    DRAFT_TIME,
    DraftFile,
    add_draft_file,
    draft_files,
    drop_draft,
    new_token,
    purge_drafts,
    read_draft,
    remove_draft_file,
    save_draft,
    start_draft,
)
from triage.reports.form.returning import (
    NO_REPORT,
    add_file,
    answer,
    ask_to_withdraw,
    change_code,
    change_wish,
    read_thread,
)
from triage.reports.form.sending import RECEIPT_TIME, read_receipt, submit, submit_event
from triage.reports.form.visits import (
    VISIT_TIME,
    end_visit,
    is_fresh,
    must_change,
    start_visit,
    visiting,
)

__all__ = [
    "DRAFT_TIME",
    "NO_REPORT",
    "RECEIPT_TIME",
    "VISIT_TIME",
    "DraftFile",
    "add_draft_file",
    "add_file",
    "answer",
    "ask_to_withdraw",
    "change_code",
    "change_wish",
    "draft_files",
    "drop_draft",
    "end_visit",
    "is_fresh",
    "must_change",
    "new_token",
    "purge_drafts",
    "read_draft",
    "read_receipt",
    "read_thread",
    "remove_draft_file",
    "save_draft",
    "start_draft",
    "start_visit",
    "submit",
    "submit_event",
    "visiting",
]
