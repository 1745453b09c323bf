"""Signed heads of the record, to be kept elsewhere.

The chain shows what was changed in it, and not that its end was cut off together with the head.
A line kept on another machine does: the record must still have that link, with that digest.
"""

from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.core.access import CONSOLE, Action
from triage.core.audit import GENESIS, AuditHead, AuditLink, Broken, canonical
from triage.core.errors import Invalid, NotAllowed
from triage.core.text import read_json

if TYPE_CHECKING:
    from triage.core.commands import Tx

LAST_HEAD = "record-head.json"
"""A copy of the newest signed head, in ``home``: for the doctor, and no anchor."""
PURPOSE = "triage record head 1"
"""Signed along, so that a signature can stand for nothing else."""


@dataclass(frozen=True, slots=True)
class Anchor:
    """That the record had so many links at a time, and the digest of the last of them."""

    links: int
    digest: str
    at: str
    key: str
    """The public key, in hexadecimal."""


def sign_head(session: Session, key: Ed25519PrivateKey, *, at: datetime) -> str:
    """One line of JSON: the head as it is now, signed."""
    head = session.scalars(select(AuditHead)).one()
    anchor = Anchor(
        links=head.number,
        digest=head.digest,
        at=at.astimezone(UTC).isoformat(timespec="seconds"),
        key=key.public_key().public_bytes_raw().hex(),
    )
    signature = key.sign(_signed(anchor)).hex()
    return canonical(asdict(anchor) | {"signature": signature})


def read_anchor(line: str, key: Ed25519PublicKey) -> Anchor:
    """A line that ``sign_head`` made with this key; ``Invalid`` for any other."""
    try:
        held = read_json(line)
        signature = bytes.fromhex(held.pop("signature"))
        anchor = Anchor(**held)
        if anchor.key != key.public_bytes_raw().hex():
            raise Invalid("This head was signed with a key that is not that of this record.")
        key.verify(signature, _signed(anchor))
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Invalid("This is no signed head of a record.") from error
    except InvalidSignature as error:
        raise Invalid("The signature of this head does not hold.") from error
    return anchor


def check_anchor(session: Session, anchor: Anchor) -> Broken | None:
    """Whether the record still begins as it stood then; else where it does not."""
    if anchor.links == 0:
        digest: str | None = GENESIS
    else:
        digest = session.scalar(select(AuditLink.digest).where(AuditLink.number == anchor.links))
    if digest == anchor.digest:
        return None
    if digest is None:
        last = session.scalar(select(AuditLink.number).order_by(AuditLink.number.desc()).limit(1))
        return Broken(
            (last or 0) + 1,
            f"it had {anchor.links} links on {anchor.at}, and now ends at link {last or 0}",
        )
    return Broken(anchor.links, f"link {anchor.links} is not what it was on {anchor.at}")


def last_signed(path: Path) -> datetime | None:
    """When a head was last signed on this machine, from the copy kept there; if known."""
    try:
        return datetime.fromisoformat(read_json(path.read_text("ascii"))["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def begin_export(tx: "Tx") -> int:
    """Put on the record that the record is taken out, by the command line alone; its links.

    Whoever exports it reads the events of every matter, so no screen offers it (trust.md, 5).
    """
    tx.allow(Action.EXPORT_RECORD)
    if tx.actor.person_id != CONSOLE.person_id:
        raise NotAllowed("The record is exported from the command line.", what="export_record")
    links = tx.session.scalars(select(AuditHead).with_for_update()).one().number
    tx.record("record_exported", None, links=links)
    return links + 1


def _signed(anchor: Anchor) -> bytes:
    return f"{PURPOSE}|{canonical(asdict(anchor))}".encode("ascii")
