"""Reports from outside, their threads and files, reports not sent yet, and what the form shows.

A report's data key belongs to its id: the desk opens it with its private key, the reporter with
the receipt, and the form process with neither.
"""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from triage.core.database import Base
from triage.core.ids import new_id
from triage.core.sealed import Sealed


class Report(Base):
    """A report, sealed. The desk makes its case; whose it is, the receipt alone tells."""

    __tablename__ = "reports"
    __table_args__ = (
        Index(  # service.waiting(): those that nobody has opened, oldest first
            "ix_reports_waiting",
            "received_at",
            "id",
            sqlite_where=text("opened_at IS NULL"),
            postgresql_where=text("opened_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    lookup: Mapped[str] = mapped_column(unique=True)
    """Derived from the receipt code (core.envelope.receipt_lookup); never the code."""
    received_at: Mapped[datetime]
    answers: Mapped[bytes] = mapped_column(Sealed)
    status: Mapped[str]
    must_change_code: Mapped[bool] = mapped_column(default=False)
    """Somebody else has seen the code: it opens nothing before it is changed (P-INT-2)."""
    event_code: Mapped[str | None]
    opened_at: Mapped[datetime | None]


class ReportMessage(Base):
    """One step of a thread between a reporter and the desk. Rows are only added."""

    __tablename__ = "report_messages"
    __table_args__ = (
        UniqueConstraint("report_id", "sequence"),
        Index(  # service.incoming(): what reporters wrote and the desk has not taken in
            "ix_report_messages_incoming",
            "at",
            "id",
            sqlite_where=text("from_reporter AND taken_at IS NULL"),
            postgresql_where=text("from_reporter AND taken_at IS NULL"),
        ),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"))
    sequence: Mapped[int]
    at: Mapped[datetime]
    from_reporter: Mapped[bool]
    kind: Mapped[str]
    text: Mapped[bytes] = mapped_column(Sealed)
    taken_at: Mapped[datetime | None]


class ReportFile(Base):
    """A file that a reporter sent, as it came, sealed."""

    __tablename__ = "report_files"
    __table_args__ = (Index("ix_report_files_report_id_at", "report_id", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    report_id: Mapped[str] = mapped_column(ForeignKey("reports.id"))
    message_id: Mapped[str | None] = mapped_column(ForeignKey("report_messages.id"))
    """With which message it came; none for what came with the report itself."""
    at: Mapped[datetime]
    name: Mapped[bytes] = mapped_column(Sealed)
    kind: Mapped[str]
    """Its media type, as its content shows."""
    size: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(Sealed)
    """Sealed too: the plain hash of a file that others have would give away that it is here."""
    data: Mapped[bytes] = mapped_column(Sealed)


class ReportDraft(Base):
    """What the holder of a form token has typed or opened; the token's key alone opens it."""

    __tablename__ = "report_drafts"

    id: Mapped[str] = mapped_column(primary_key=True)
    """Derived from the token, which stands nowhere here."""
    answers: Mapped[bytes] = mapped_column(Sealed)
    expires_at: Mapped[datetime] = mapped_column(index=True)  # purge_drafts()


class ReportDraftFile(Base):
    """A file of a report that is not sent yet, under the key of its token."""

    __tablename__ = "report_draft_files"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    draft_id: Mapped[str] = mapped_column(
        ForeignKey("report_drafts.id", ondelete="CASCADE"), index=True
    )
    at: Mapped[datetime]
    name: Mapped[bytes] = mapped_column(Sealed)
    kind: Mapped[str]
    size: Mapped[int]
    sha256: Mapped[bytes] = mapped_column(Sealed)
    data: Mapped[bytes] = mapped_column(Sealed)


class FormPublished(Base):
    """What the desk tells the form, for everybody to see: a key and its value as JSON."""

    __tablename__ = "form_published"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[str]
    at: Mapped[datetime]
