"""A visit with a receipt: the code is typed once, and then held sealed under a token of its own.

So the code stands in no cookie, no address and no page; who finds an old cookie finds nothing.
"""

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from triage.core.sealed import Vault
from triage.reports.form import held
from triage.reports.form.returning import own

VISIT_TIME = timedelta(minutes=30)
"""How long a visit lasts after its last page."""


def start_visit(session: Session, vault: Vault, *, code: str, token: str, now: datetime) -> None:
    """Begin a visit. ``Unreadable``, in the same words, for any code that opens nothing."""
    own(session, vault, code, changing=True)
    held.put(session, token, {"visit": code}, now + VISIT_TIME)


def visiting(session: Session, *, token: str, now: datetime) -> str | None:
    """The code of a visit that is not over; it goes on from now."""
    state = held.get(session, token, now, lock=True)
    if "visit" not in state:
        return None
    held.put(session, token, state, now + VISIT_TIME)
    return state["visit"]


def keep_visit(
    session: Session, *, token: str, code: str, now: datetime, fresh: bool = False
) -> None:
    """Go on with this code: the same, or the one that took its place and is still to be shown."""
    state = {"visit": code, "fresh": "yes"} if fresh else {"visit": code}
    held.put(session, token, state, now + VISIT_TIME)


def is_fresh(session: Session, *, token: str, now: datetime) -> bool:
    """Whether the code of this visit is new, and may be shown."""
    return "fresh" in held.get(session, token, now)


def must_change(session: Session, vault: Vault, *, code: str) -> bool:
    """Whether this code opens nothing before it is changed."""
    return own(session, vault, code, changing=True).must_change_code


def end_visit(session: Session, *, token: str) -> None:
    """Forget the code."""
    held.drop(session, token)
