"""A step that is taken under the code of conduct, and its event on the record."""

from enum import StrEnum
from typing import Any

from triage.conduct.clauses import POLICY_VERSION
from triage.core.commands import Tx
from triage.core.steps import Steps, write_step


def note_step(
    tx: Tx,
    steps: Steps,
    owner_id: str,
    edge: str,
    before: StrEnum | None,
    to: StrEnum,
    *,
    based_on: int = 0,
    reason: str = "",
    token: str | None = None,
    details: dict[str, object] | None = None,
) -> None:
    """One row of the history and its event, in this transaction (rules 3 and 5). Both say from
    where it led and where to, and the same particulars; ``before``: ``None`` where it begins."""
    was, details = None if before is None else before.value, details or {}
    write_step(
        tx, steps, owner_id,
        edge=edge, before=was, to=to.value, based_on=based_on,
        policy_version=POLICY_VERSION, reason=reason, token=token, details=details,
    )  # fmt: skip
    particulars: dict[str, Any] = {"from": was, "to": to.value, **details}
    tx.record(f"{steps.owner.removesuffix('_id')}_{edge}", owner_id, **particulars)
