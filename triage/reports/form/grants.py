"""What the form's database role may do: exactly what its functions need, column by column."""

import re

from triage.core.errors import Invalid

GRANTS: tuple[tuple[str, str], ...] = (
    ("SELECT", "alembic_version"),
    ("SELECT", "form_published"),
    ("SELECT, INSERT, UPDATE, DELETE", "report_drafts"),
    ("SELECT, INSERT, DELETE", "report_draft_files"),
    ("SELECT, INSERT", "reports"),
    ("UPDATE (lookup, must_change_code)", "reports"),
    ("SELECT, INSERT", "report_messages"),
    ("SELECT, INSERT", "report_files"),
    ("SELECT, INSERT", "data_keys"),
    ("UPDATE (wrapped_for_receipt, receipt_salt)", "data_keys"),
)
"""Right, table. A data key that it reads is wrapped, to the desk or to a receipt."""


def grants(role: str) -> list[str]:
    """The statements for PostgreSQL that give a role what it needs, and take all else."""
    if re.fullmatch(r"[a-z_][a-z0-9_]{0,62}", role) is None:
        raise Invalid("A role's name has small letters, digits and underscores.", field="role")
    named = f'"{role}"'
    return [
        f"REVOKE ALL ON ALL TABLES IN SCHEMA public FROM {named};",
        f"GRANT USAGE ON SCHEMA public TO {named};",
        *(f"GRANT {right} ON {table} TO {named};" for right, table in GRANTS),
    ]
