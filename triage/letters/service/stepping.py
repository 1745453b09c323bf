"""How a letter moves: loaded under its lock, checked for version, moved, put on the record."""

from functools import partial

from triage.conduct.clauses import POLICY_VERSION
from triage.core.access import Action, Actor
from triage.core.commands import Tx
from triage.core.errors import Conflict, NotFound
from triage.core.exclusions import is_excluded
from triage.core.steps import Steps, write_step
from triage.letters import rules
from triage.letters.preview import Preview
from triage.letters.rules import Edge, LetterKind, State
from triage.letters.tables import Letter, LetterTransition
from triage.senders import canonical
from triage.senders.queries import one_person
from triage.senders.service import known_as
from triage.senders.standing.queries import standing_of
from triage.staff.queries import names


def load(tx: Tx, letter_id: str, *, version: int | None = None) -> Letter:
    """The letter, locked. Who is excluded from its matter gets the answer of one that is not."""
    letter = tx.session.get(Letter, letter_id, with_for_update=True)
    if letter is None:
        raise NotFound(rules.NO_SUCH_LETTER)
    if not tx.actor.is_system and is_excluded(
        tx.session, matter_id=letter.matter_id, person_id=tx.actor.person_id
    ):
        raise NotFound(rules.NO_SUCH_LETTER, refused_matter=letter.matter_id)
    tx.about = letter.matter_id
    if version is not None and version != letter.version:
        raise Conflict("A colleague has changed this letter since you looked at it.")
    return letter


def may(tx: Tx, action: Action, letter_id: str, version: int) -> Letter:
    """The letter, for somebody who may do this, as their screen showed it."""
    tx.allow(action)
    return load(tx, letter_id, version=version)


def step(tx: Tx, letter: Letter, edge: Edge, *, by: Actor | None = None, reason: str = "") -> None:
    """Move along one edge; write the transition, and its event on the record."""
    actor = by or tx.actor
    before, based_on = State(letter.state), letter.version or 0
    after = rules.move(before, edge, by_system=actor.is_system)
    letter.state, letter.state_since = after.value, tx.now
    begin(tx, letter, edge, before, after, actor=actor, based_on=based_on, reason=reason)


def begin(
    tx: Tx,
    letter: Letter,
    edge: Edge | None,
    before: State,
    after: State,
    *,
    actor: Actor,
    based_on: int,
    reason: str,
) -> None:
    """Write down one step of a letter; without an edge, that it was begun."""
    tx.session.flush()
    name = "draft" if edge is None else edge.value
    write_step(
        tx,
        Steps(LetterTransition, "letter_id"),
        letter.id,
        edge=name,
        before=before.value,
        to=after.value,
        based_on=based_on,
        policy_version=POLICY_VERSION,
        reason=reason,
        actor=actor,
    )
    tx.record(f"letter_{name}", letter.matter_id, by=actor, letter=letter.id, kind=letter.kind)


def seal(tx: Tx, letter: Letter, column: str, text: str) -> bytes:
    """What to store for one text of a letter."""
    return tx.seal(letter.id, "letters", column, letter.id, text)


def preview(tx: Tx, letter: Letter) -> Preview:
    """The letter as it stands, in full."""
    opened = partial(tx.vault.open_of, tx.session, letter.id, letter)
    hidden = letter.to_report_id is not None
    return Preview(
        to=rules.HIDDEN if hidden else opened("to_address"),
        sender=letter.from_address,
        signed_as=letter.signed_as,
        reply_to=letter.reply_to,
        subject=opened("subject"),
        text=opened("text"),
    )


def hash_of(tx: Tx, shown: Preview) -> str:
    """What is kept of a preview: nobody guesses a text from it without our key."""
    return tx.keys.of("letter", shown.digest.encode("ascii"))


def check_cease(tx: Tx, letter: Letter, to: str) -> None:
    """P-MSG-4, at this moment: whoever the letter goes to, by sender, by address, and by any other
    that a colleague confirmed as theirs. It holds also over a link that the writer may not know of:
    what is in force is no secret (trust.md, section 5), and the refusal names no link."""
    ids = {letter.sender_id} if letter.sender_id is not None else set()
    if letter.to_report_id is not None:
        return  # whoever told us is answered, and a refusal would tell who that is
    if to:
        identifier = canonical.address(to)
        known = None if identifier is None else known_as(tx.session, tx.keys, identifier)
        ids |= set() if known is None else {known}
    person = one_person(tx.session, ids)
    ceased = any(one.cease_contact for one in standing_of(tx.session, person, tx.now).values())
    overridden = letter.cease_override is not None
    rules.check_cease(LetterKind(letter.kind), ceased=ceased, overridden=overridden)


def check_whole(tx: Tx, letter: Letter, shown: Preview, previewed: str) -> None:
    """Everything that stops any letter, whichever step it is about to take."""
    rules.check_previewed(previewed, shown.digest)
    rules.check_text(shown.subject, shown.text)
    rules.check_filled(shown.subject, shown.text)
    for name in names(
        tx.session, {letter.drafted_by, letter.edited_by, tx.actor.person_id}
    ).values():
        rules.check_not_named(name, shown.text)
    check_cease(tx, letter, shown.to)
