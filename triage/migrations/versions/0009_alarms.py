"""Alarms, their steps and alerts; the outbox knows for what a mail carries a link."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, add the column."""
    op.add_column("outbox", sa.Column("link_id", sa.String(), nullable=True))
    op.create_table(
        "alarms",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("matter_id", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("raised_at", UtcDateTime(), nullable=False),
        sa.Column("raised_by", sa.String(), nullable=False),
        sa.Column("apart_from", sa.String(), nullable=True),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=True),
        sa.Column("ended_how", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarms")),
    )
    still_open = sa.text("ended_at IS NULL")
    for name, columns, unique in (
        ("uq_alarms_matter_id_open", ["matter_id"], True),
        ("ix_alarms_open", ["raised_at", "id"], False),
    ):
        op.create_index(
            name,
            "alarms",
            columns,
            unique=unique,
            sqlite_where=still_open,
            postgresql_where=still_open,
        )
    op.create_table(
        "alerts",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("lane", sa.String(), nullable=False),
        sa.Column("sent_at", UtcDateTime(), nullable=False),
        sa.Column("acknowledged_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_alerts_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alerts")),
    )
    op.create_index("ix_alerts_person_id_sent_at", "alerts", ["person_id", "sent_at"])
    op.create_table(
        "alarm_steps",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("alarm_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=True),
        sa.Column("reach", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("alert_id", sa.String(), nullable=True),
        sa.Column("joined", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["alarm_id"], ["alarms.id"], name=op.f("fk_alarm_steps_alarm_id_alarms")
        ),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alerts.id"], name=op.f("fk_alarm_steps_alert_id_alerts")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_alarm_steps_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alarm_steps")),
        sa.UniqueConstraint("alarm_id", "number", name=op.f("uq_alarm_steps_alarm_id_number")),
    )
    op.create_index("ix_alarm_steps_alert_id", "alarm_steps", ["alert_id"])
