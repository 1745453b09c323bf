"""Evidence that the person reported may have: looked through for what could tell who reported it,
files too (P-NAM-1). What this program finds something in, or cannot read, a second person opens
and lets out; whoever put it in does not."""

from sqlalchemy import select

from triage.cases.inquiry.inside import NOTHING, words_in
from triage.cases.inquiry.rules import Custody, ItemKind, Source
from triage.cases.inquiry.service.guards import protected_for
from triage.cases.inquiry.service.keeping import bytes_of, note_custody
from triage.cases.inquiry.service.stepping import opened
from triage.cases.inquiry.tables import CaseCustody, CaseEvidence
from triage.cases.tables import Case
from triage.core.commands import Tx
from triage.core.errors import Conflict, Invalid
from triage.letters.leaks import WORDS, find

TOLD_US = frozenset({Source.REPORTER, Source.WITNESS, Source.AFFECTED})
WORD_FOR_WORD = frozenset({ItemKind.STATEMENT, ItemKind.ACCOUNT, ItemKind.REPORT_FILE})
SAW = frozenset({Custody.LOOKED.value, Custody.EXPORTED.value})
BY_A_SECOND = (
    "{why}. Somebody else than who put it in lets it out, once they have opened it; until then it "
    "is kept from the person reported."
)


def let_out(tx: Tx, case: Case, item: CaseEvidence) -> None:
    """Let the person reported have it; refused where it takes a second person, and this is none."""
    if item.confidential:
        raise Invalid("Who said this asked that it be kept to those who look into it.")
    why = why_second(tx, case, item)
    if why and not _is_second(tx, item, tx.actor.person_id):
        raise Conflict(BY_A_SECOND.format(why=why))
    item.hidden = False
    note_custody(tx, case, item, Custody.SHOWN, second=bool(why))


def check_goes(tx: Tx, case: Case, item: CaseEvidence) -> None:
    """As it is handed over: what has come to be known since may tell who reported it now."""
    why = why_second(tx, case, item)
    if why and not _second_let_it_out(tx, item):
        raise Conflict(BY_A_SECOND.format(why=why))


def why_second(tx: Tx, case: Case, item: CaseEvidence) -> str:
    """Why a second person has to look at it, in words; empty where nobody has to. What the person
    reported gave us is theirs."""
    source = Source(item.source)
    if source is Source.SUBJECT:
        return ""
    if source in TOLD_US and ItemKind(item.kind) in WORD_FOR_WORD:
        return "It is what somebody told us, as they said it"
    data = bytes_of(tx, item)
    inside = NOTHING if data is None else words_in(data, item.media)
    texts = [
        opened(tx, case.id, "case_evidence", item.id, name, getattr(item, name))
        for name in ("title", "file_name")
    ]
    found = find("\n".join([*texts, inside.text]), protected_for(tx, case, without=item.id))
    if found:
        kinds = dict.fromkeys(WORDS[one.leak] for one in found)
        return f"It could tell who reported it ({'; '.join(kinds)})"
    return "" if inside.whole else "This program could not read all of this file"


def _is_second(tx: Tx, item: CaseEvidence, person_id: str) -> bool:
    """Somebody else than who put it in, who has opened it."""
    if person_id == item.added_by:
        return False
    seen = select(CaseCustody.id).where(
        CaseCustody.item_id == item.id,
        CaseCustody.person_id == person_id,
        CaseCustody.act.in_(SAW),
    )
    return tx.session.scalar(seen.limit(1)) is not None


def _second_let_it_out(tx: Tx, item: CaseEvidence) -> bool:
    """Whether it was a second person who let it out last."""
    last = (
        select(CaseCustody.person_id)
        .where(CaseCustody.item_id == item.id, CaseCustody.act == Custody.SHOWN.value)
        .order_by(CaseCustody.sequence.desc())
        .limit(1)
    )
    person_id = tx.session.scalar(last)
    return person_id is not None and _is_second(tx, item, person_id)
