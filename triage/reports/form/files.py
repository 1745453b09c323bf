"""A file of a report, sealed with the report's key."""

import hashlib
from datetime import datetime

from sqlalchemy.orm import Session

from triage.core.ids import new_id
from triage.core.sealed import Vault
from triage.reports.sniffing import clean_name, sniff
from triage.reports.tables import ReportFile


def put_file(
    session: Session,
    vault: Vault,
    *,
    report_id: str,
    message_id: str | None,
    name: str,
    data: bytes,
    at: datetime,
) -> str:
    """Keep a file with a report; its id. ``Invalid`` for one that we do not take."""
    kind, file_id = sniff(data), new_id()

    def sealed(column: str, value: bytes) -> bytes:
        return vault.seal_bytes(
            session,
            owner_id=report_id,
            table="report_files",
            column=column,
            row_id=file_id,
            data=value,
            at=at,
        )

    session.add(
        ReportFile(
            id=file_id,
            report_id=report_id,
            message_id=message_id,
            at=at,
            name=sealed("name", clean_name(name).encode("utf-8")),
            kind=kind,
            size=len(data),
            sha256=sealed("sha256", hashlib.sha256(data).hexdigest().encode("ascii")),
            data=sealed("data", data),
        )
    )
    session.flush()
    return file_id
