"""Nothing is decided over a link between two addresses that was taken back."""

from collections.abc import Collection

from triage.core.errors import Conflict
from triage.core.ids import short_ref


def refuse_unlinked(lost: Collection[str], *, instead: str) -> None:
    """``Conflict``, naming them, where grounds are of somebody who is not this person any more.

    ``instead``: what can be done, as a sentence.
    """
    if lost:
        which = ", ".join(short_ref(one) for one in lost)
        raise Conflict(
            f"Grounds of this are from an address that is not linked with this person any more: "
            f"{which}. {instead}"
        )
