"""Whether HR may take a referral, or is itself in what is referred (P-HR-1, P-REC-2).

HR's own person may have no account here. Then their work address, and the name that it is made of,
are looked for in the report as the staff list is.
"""

import re

from triage.cases.matching import Known
from triage.cases.service.keeping import speaks_of
from triage.cases.service.stepping import barred
from triage.cases.tables import Case
from triage.core.commands import Tx
from triage.staff.queries import everybody

_READ_BY_SEVERAL = """
admin confidential contact desk enquiries help hello hr human humanresources info jobs mail no
office operations ops people personnel recruitment reply resources safeguarding service services
speak staff support talent team the up welfare
"""
SHARED = frozenset(_READ_BY_SEVERAL.split())
"""Words of an address that several people read: none of them is a name."""
DOES = ("hr", "human resources", "personnel")
"""What whoever has that address is called, where a report says no name."""


def hr_is_in_it(tx: Tx, case: Case) -> bool:
    """Whether HR's own person is, or might be, somebody this report speaks of, or stepped back
    from it: then nothing of it goes to them."""
    ours = tx.settings.hr_contact.strip().casefold()
    if not ours:
        return False
    accounts = {one.id for one in everybody(tx.session) if one.email.casefold() == ours}
    if accounts:
        return bool(accounts & barred(tx, case.id))
    # While it might be about anybody of ours, it might be about them.
    return case.held_outside or speaks_of(tx, case, Known("", named_in(ours), ours, DOES))


def named_in(address: str) -> str:
    """The name that an address is made of; nothing where several people read it."""
    words = re.findall(r"[^\W\d_]{2,}", address.partition("@")[0].partition("+")[0])
    return " ".join(one for one in words if one not in SHARED)
