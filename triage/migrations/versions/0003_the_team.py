"""The team: identities, guests, rota, closures, fallbacks."""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns, make the tables."""
    op.add_column("people", sa.Column("oidc_issuer", sa.String(), nullable=True))
    op.add_column("people", sa.Column("oidc_subject", sa.String(), nullable=True))
    op.add_column("people", sa.Column("disabled_at", UtcDateTime(), nullable=True))
    op.create_index(
        "uq_people_oidc_issuer_oidc_subject", "people", ["oidc_issuer", "oidc_subject"], unique=True
    )
    op.add_column("person_roles", sa.Column("reason", sa.String(), nullable=True))
    op.create_table(
        "guests",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("matter_id", sa.String(), nullable=False),
        sa.Column("invited_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_guests_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guests")),
    )
    op.create_index("ix_guests_person_id_expires_at", "guests", ["person_id", "expires_at"])
    for name in ("duty_shifts", "absences"):
        op.create_table(
            name,
            sa.Column("id", sa.String(), nullable=False),
            sa.Column("person_id", sa.String(), nullable=False),
            sa.Column("starts", UtcDateTime(), nullable=False),
            sa.Column("ends", UtcDateTime(), nullable=False),
            sa.ForeignKeyConstraint(
                ["person_id"], ["people.id"], name=op.f(f"fk_{name}_person_id_people")
            ),
            sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{name}")),
        )
        op.create_index(f"ix_{name}_ends", name, ["ends"])
    op.create_table(
        "closures",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("added_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("day", name=op.f("pk_closures")),
    )
    op.create_table(
        "fallbacks",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("process", sa.String(), nullable=False),
        sa.Column("named_at", UtcDateTime(), nullable=False),
        sa.Column("tried_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["person_id"], ["people.id"], name=op.f("fk_fallbacks_person_id_people")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fallbacks")),
        sa.UniqueConstraint("person_id", "process", name=op.f("uq_fallbacks_person_id_process")),
    )
