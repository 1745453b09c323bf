"""How a case ends: recommended, decided, acted on, told, appealed against; whose the report is.

Letters that go to the reporter without anybody being shown where, or to the person reported;
restrictions that came of a case.
"""

import sqlalchemy as sa
from alembic import op

from triage.core.database import UtcDateTime

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the tables, and add the columns."""
    op.add_column("letters", sa.Column("to_report_id", sa.String(), nullable=True))
    op.add_column(
        "letters", sa.Column("guarded", sa.Boolean(), nullable=False, server_default=sa.false())
    )
    op.add_column("restrictions", sa.Column("case_id", sa.String(), nullable=True))
    op.add_column("restrictions", sa.Column("decision_id", sa.String(), nullable=True))
    _freeze()
    op.create_table(
        "case_identities",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("asked_by", sa.String(), nullable=False),
        sa.Column("asked_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("settled_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("approved", sa.Boolean(), nullable=True),
        sa.Column("answer", sa.LargeBinary(), nullable=False),
        sa.Column("opened_by", sa.String(), nullable=True),
        sa.Column("opened_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("close_noted_at", UtcDateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_identities_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_identities")),
    )
    op.create_index("ix_case_identities_case_id", "case_identities", ["case_id"], unique=False)
    op.create_table(
        "case_recommendations",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("clauses", sa.JSON(), nullable=False),
        sa.Column("kinds", sa.JSON(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("reasons", sa.LargeBinary(), nullable=False),
        sa.Column("sent_back_by", sa.String(), nullable=True),
        sa.Column("sent_back_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("sent_back_why", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_recommendations_case_id_cases")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_recommendations")),
        sa.UniqueConstraint(
            "case_id", "number", name=op.f("uq_case_recommendations_case_id_number")
        ),
    )
    op.create_table(
        "case_decisions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("recommendation_id", sa.String(), nullable=False),
        sa.Column("round", sa.Integer(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("finding", sa.String(), nullable=False),
        sa.Column("clauses", sa.JSON(), nullable=False),
        sa.Column("actions", sa.JSON(), nullable=False),
        sa.Column("policy_version", sa.String(), nullable=False),
        sa.Column("clause_texts", sa.String(), nullable=False),
        sa.Column("reasons", sa.LargeBinary(), nullable=False),
        sa.Column("no_independent", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_decisions_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["case_recommendations.id"],
            name=op.f("fk_case_decisions_recommendation_id_case_recommendations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_decisions")),
        sa.UniqueConstraint("recommendation_id", name=op.f("uq_case_decisions_recommendation_id")),
    )
    op.create_index(
        "ix_case_decisions_case_id_round", "case_decisions", ["case_id", "round"], unique=False
    )
    op.create_table(
        "case_openings",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("recommendation_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_openings_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["recommendation_id"],
            ["case_recommendations.id"],
            name=op.f("fk_case_openings_recommendation_id_case_recommendations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_openings")),
        sa.UniqueConstraint(
            "recommendation_id",
            "person_id",
            name=op.f("uq_case_openings_recommendation_id_person_id"),
        ),
    )
    op.create_table(
        "case_actions",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("clause", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("state_since", UtcDateTime(timezone=True), nullable=False),
        sa.Column("set_up_by", sa.String(), nullable=False),
        sa.Column("set_up_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("party_id", sa.String(), nullable=True),
        sa.Column("sender_id", sa.String(), nullable=True),
        sa.Column("event_id", sa.String(), nullable=True),
        sa.Column("child_id", sa.String(), nullable=True),
        sa.Column("letter_id", sa.String(), nullable=True),
        sa.Column("what", sa.LargeBinary(), nullable=False),
        sa.Column("event", sa.LargeBinary(), nullable=False),
        sa.Column("done_by", sa.String(), nullable=True),
        sa.Column("done_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.LargeBinary(), nullable=False),
        sa.Column("settled_by", sa.String(), nullable=True),
        sa.Column("in_place_of_hr", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_actions_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["case_decisions.id"],
            name=op.f("fk_case_actions_decision_id_case_decisions"),
        ),
        sa.ForeignKeyConstraint(
            ["event_id"], ["events.id"], name=op.f("fk_case_actions_event_id_events")
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["case_parties.id"], name=op.f("fk_case_actions_party_id_case_parties")
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["senders.id"], name=op.f("fk_case_actions_sender_id_senders")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_actions")),
    )
    op.create_index("ix_case_actions_child_id", "case_actions", ["child_id"], unique=False)
    op.create_index("ix_case_actions_decision_id", "case_actions", ["decision_id"], unique=False)
    op.create_index("ix_case_actions_sender_id", "case_actions", ["sender_id"], unique=False)
    op.create_table(
        "case_outcomes",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("told", sa.String(), nullable=False),
        sa.Column("party_id", sa.String(), nullable=True),
        sa.Column("how", sa.String(), nullable=False),
        sa.Column("letter_id", sa.String(), nullable=True),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("why", sa.LargeBinary(), nullable=False),
        sa.Column("kept_until", UtcDateTime(timezone=True), nullable=True),
        sa.Column("appeal_hash", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_outcomes_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["case_decisions.id"],
            name=op.f("fk_case_outcomes_decision_id_case_decisions"),
        ),
        sa.ForeignKeyConstraint(
            ["party_id"], ["case_parties.id"], name=op.f("fk_case_outcomes_party_id_case_parties")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_outcomes")),
        sa.UniqueConstraint("appeal_hash", name=op.f("uq_case_outcomes_appeal_hash")),
    )
    op.create_index("ix_case_outcomes_decision_id", "case_outcomes", ["decision_id"], unique=False)
    op.create_table(
        "case_voices",
        sa.Column("decision_id", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("at", UtcDateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["case_decisions.id"],
            name=op.f("fk_case_voices_decision_id_case_decisions"),
        ),
        sa.PrimaryKeyConstraint("decision_id", "person_id", name=op.f("pk_case_voices")),
    )
    op.create_table(
        "case_appeals",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("case_id", sa.String(), nullable=False),
        sa.Column("outcome_id", sa.String(), nullable=False),
        sa.Column("came_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("recorded_at", UtcDateTime(timezone=True), nullable=False),
        sa.Column("words", sa.LargeBinary(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_at", UtcDateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("reason", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["case_id"], ["cases.id"], name=op.f("fk_case_appeals_case_id_cases")
        ),
        sa.ForeignKeyConstraint(
            ["outcome_id"],
            ["case_outcomes.id"],
            name=op.f("fk_case_appeals_outcome_id_case_outcomes"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_appeals")),
        sa.UniqueConstraint("outcome_id", name=op.f("uq_case_appeals_outcome_id")),
    )


REFUSAL = "a letter that was sent is never rewritten"


def _freeze() -> None:
    """Whom a letter goes to stays as it is once it is on its way, as its words do."""
    body = (
        f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
        if op.get_bind().dialect.name == "sqlite"
        else f"EXECUTE FUNCTION triage_refuse('{REFUSAL}')"
    )
    op.execute(
        "CREATE TRIGGER letters_whom_no_update BEFORE UPDATE OF to_report_id, guarded ON letters "
        "FOR EACH ROW WHEN (OLD.state IN ('queued', 'sent', 'copied_out')) " + body
    )
