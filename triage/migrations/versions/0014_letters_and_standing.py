"""What is in force for senders, and letters. Known senders stand first in their lane."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

RANKS = ((4, 3), (3, 2), (23, 21), (22, 20))
"""New rank, old rank, in an order in which none is moved twice: room for known senders."""

WORDS = "kind, matter_id, sender_id, to_address, from_address, reply_to, signed_as, subject, text"
"""Frozen once a letter is on its way."""
FACTS = "state, sent_at, sent_by, drafted_by, drafted_at"
"""Frozen once it has gone. A row may be deleted: erasure does that."""
GOING = "('queued', 'sent', 'copied_out')"
GONE = "('sent', 'copied_out')"


def upgrade() -> None:
    """Make the tables, guard what was sent, make room in the ranks."""
    op.create_table(
        "sender_standings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("sender_id", sa.String(), nullable=False),
        sa.Column("measure", sa.String(), nullable=False),
        sa.Column("source_id", sa.String(), nullable=False),
        sa.Column("since", UtcDateTime(), nullable=False),
        sa.Column("until", UtcDateTime(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["senders.id"], name=op.f("fk_sender_standings_sender_id_senders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sender_standings")),
        sa.UniqueConstraint(
            "source_id", "measure", name=op.f("uq_sender_standings_source_id_measure")
        ),
    )
    op.create_index(
        "ix_sender_standings_sender_id", "sender_standings", ["sender_id"], unique=False
    )
    _letters()
    for new, old in RANKS:
        moved = "UPDATE messages SET rank = :new WHERE rank = :old"
        op.execute(sa.text(moved).bindparams(new=new, old=old))
    if op.get_bind().dialect.name == "postgresql":
        _guard_postgresql()
    else:
        _guard_sqlite()


def _letters() -> None:
    op.create_table(
        "letters",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("matter_id", sa.String(), nullable=False),
        sa.Column("sender_id", sa.String(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", UtcDateTime(), nullable=False),
        sa.Column("drafted_by", sa.String(), nullable=False),
        sa.Column("drafted_at", UtcDateTime(), nullable=False),
        sa.Column("edited_by", sa.String(), nullable=False),
        sa.Column("to_address", sa.LargeBinary(), nullable=True),
        sa.Column("from_address", sa.String(), nullable=False),
        sa.Column("reply_to", sa.String(), nullable=False),
        sa.Column("signed_as", sa.String(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.LargeBinary(), nullable=False),
        sa.Column("cease_override", sa.LargeBinary(), nullable=True),
        sa.Column("leak_check", sa.String(), nullable=True),
        sa.Column("leak_hash", sa.String(), nullable=True),
        sa.Column("approved_hash", sa.String(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("sent_by", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["senders.id"], name=op.f("fk_letters_sender_id_senders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letters")),
    )
    for column in ("matter_id", "sender_id"):
        op.create_index(
            f"ix_letters_{column}_drafted_at", "letters", [column, "drafted_at"], unique=False
        )
    second = sa.text("state = 'needs_second_person'")
    op.create_index(
        "ix_letters_second",
        "letters",
        ["state_since", "id"],
        unique=False,
        sqlite_where=second,
        postgresql_where=second,
    )
    op.create_table(
        "letter_transitions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("letter_id", sa.String(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("edge", sa.String(), nullable=False),
        sa.Column("from_state", sa.String(), nullable=False),
        sa.Column("to_state", sa.String(), nullable=False),
        sa.Column("actor_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("based_on", sa.Integer(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_letter_transitions_letter_id_letters")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_transitions")),
        sa.UniqueConstraint(
            "letter_id", "sequence", name=op.f("uq_letter_transitions_letter_id_sequence")
        ),
    )
    op.create_table(
        "letter_mails",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("letter_id", sa.String(), nullable=False),
        sa.Column("text_hash", sa.String(), nullable=False),
        sa.Column("queued_at", UtcDateTime(), nullable=False),
        sa.Column("next_try", UtcDateTime(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("lease", sa.String(), nullable=True),
        sa.Column("leased_until", UtcDateTime(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("sent_at", UtcDateTime(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["letter_id"], ["letters.id"], name=op.f("fk_letter_mails_letter_id_letters")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_letter_mails")),
        sa.UniqueConstraint(
            "letter_id", "text_hash", name=op.f("uq_letter_mails_letter_id_text_hash")
        ),
    )
    waiting = sa.text("state = 'queued'")
    op.create_index(
        "ix_letter_mails_waiting",
        "letter_mails",
        ["next_try", "id"],
        unique=False,
        sqlite_where=waiting,
        postgresql_where=waiting,
    )


REFUSAL = "a letter that was sent is never rewritten"


def _guard_sqlite() -> None:
    refuse = f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for name, columns, states in (("words", WORDS, GOING), ("facts", FACTS, GONE)):
        op.execute(
            f"CREATE TRIGGER letters_{name}_no_update BEFORE UPDATE OF {columns} ON letters "
            f"WHEN OLD.state IN {states} {refuse}"
        )
    op.execute(
        "CREATE TRIGGER letters_no_replace BEFORE INSERT ON letters WHEN EXISTS ("  # noqa: S608
        f"SELECT 1 FROM letters WHERE id = NEW.id OR rowid = NEW.rowid) {refuse}"
    )


def _guard_postgresql() -> None:
    for name, columns, states in (("words", WORDS, GOING), ("facts", FACTS, GONE)):
        op.execute(
            f"CREATE TRIGGER letters_{name}_no_update BEFORE UPDATE OF {columns} ON letters "
            f"FOR EACH ROW WHEN (OLD.state IN {states}) "
            f"EXECUTE FUNCTION triage_refuse('{REFUSAL}')"
        )
