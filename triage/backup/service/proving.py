"""Whether what was restored is what was backed up: counted, followed, opened, by samples."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Table, func, select
from sqlalchemy.orm import Session

from triage.backup.proof import Proof
from triage.core.audit import AuditHead, Broken, verify
from triage.core.crypto import KeyedHash
from triage.core.data_keys import DataKey
from triage.core.errors import KeyMissing, Shredded, Unreadable
from triage.core.sealed import Sealed, Vault
from triage.messages.service.receive import raw_hash
from triage.messages.tables import Message, Original

ORIGINALS, TEXTS = 50, 3
"""Originals that are hashed, and sealed texts of each column that are opened."""


def prove(
    session: Session,
    *,
    tables: Sequence[Table],
    counts: Mapping[str, int],
    links: int,
    digest: str,
    vault: Vault | None,
    keys: KeyedHash,
) -> list[Proof]:
    """Everything that is looked at, before anything else is written into it.

    Without a vault nothing sealed is tried: it was restored without the wraps.
    """
    return [
        _rows(session, tables, counts),
        _record(session, links, digest),
        Proof("sealed texts", None, "not tried: restored without the wraps")
        if vault is None
        else _sealed(session, tables, vault),
        _originals(session),
        _hash_key(session, keys),
    ]


def _rows(session: Session, tables: Sequence[Table], counts: Mapping[str, int]) -> Proof:
    found = {one.name: session.scalar(select(func.count()).select_from(one)) or 0 for one in tables}
    other = sorted(one for one in found if found[one] != counts.get(one, 0))
    if other:
        return Proof("rows restored", False, f"not as in the backup: {', '.join(other)}")
    return Proof("rows restored", True, f"{sum(found.values())} in {len(found)} tables")


def _record(session: Session, links: int, digest: str) -> Proof:
    found = verify(session)
    if isinstance(found, Broken):
        return Proof("record restored", False, found.reason)
    head = session.execute(select(AuditHead.number, AuditHead.digest)).one()
    if tuple(head) != (links, digest):
        return Proof("record restored", False, "it ends at another head than the backup's")
    return Proof("record restored", True, f"holds: {found} links")


def _originals(session: Session) -> Proof:
    ids = session.scalars(select(Original.message_id).order_by(Original.sha256).limit(ORIGINALS))
    bad = 0
    there = ids.all()
    for one in there:
        raw, said = session.execute(
            select(Original.raw, Original.sha256).where(Original.message_id == one)
        ).one()
        bad += hashlib.sha256(raw).hexdigest() != said
    if bad:
        return Proof("originals restored", False, f"{bad} of {len(there)} are not as they came")
    return Proof("originals restored", True, f"{len(there)} looked at, all as they came")


def _hash_key(session: Session, keys: KeyedHash) -> Proof:
    """Whether the hash key here is that of the backup: by some messages."""
    found = session.execute(
        select(Message.raw_hash, Original.sha256)
        .join(Original, Original.message_id == Message.id)
        .where(Message.raw_key_version == keys.version)
        .limit(TEXTS)
    ).all()
    if not found:
        return Proof("hash key", None, "not tried: there is no message")
    fits = all(raw_hash(keys, sha256) == kept for kept, sha256 in found)
    return Proof("hash key", fits, "the one of the backup" if fits else "another than then")


def _sealed(session: Session, tables: Sequence[Table], vault: Vault) -> Proof:
    opened = erased = 0
    closed: list[str] = []
    for table in tables:
        for column in table.columns:
            if not isinstance(column.type, Sealed):
                continue
            for row in _samples(session, table, column.name):
                found = _open(session, table, column.name, row, vault)
                if found is None:
                    return Proof("sealed texts", None, "not tried: the desk's key is not here")
                opened += found == "opened"
                erased += found == "erased"
                if found == "closed":
                    closed.append(f"{table.name}.{column.name}")
    if closed:
        return Proof("sealed texts", False, f"not opened: {', '.join(sorted(set(closed)))}")
    return Proof("sealed texts", True, f"{opened} opened, {erased} erased before")


def _samples(session: Session, table: Table, column: str) -> Sequence[Mapping[Any, Any]]:
    found = (
        select(*(one for one in table.columns if not isinstance(one.type, Sealed)))
        .add_columns(table.c[column])
        .where(func.length(table.c[column]) > 0)
        .limit(TEXTS)
    )
    return session.execute(found).mappings().all()


def _open(
    session: Session, table: Table, column: str, row: Mapping[Any, Any], vault: Vault
) -> str | None:
    """How a sealed text does with the keys of whoever may own it; ``None``: no desk key here."""
    key = next(iter(table.primary_key.columns)).name
    outcome = "closed"
    for owner in _owners(session, table, row):
        try:
            vault.open_bytes(
                session, owner_id=owner, table=table.name, column=column,
                row_id=row[key], sealed=row[column],
            )  # fmt: skip
        except KeyMissing:
            return None
        except Shredded:
            outcome = "erased"
        except Unreadable:
            continue
        else:
            return "opened"
    return outcome


def _owners(session: Session, table: Table, row: Mapping[Any, Any]) -> list[str]:
    """Ids in the row, and in the rows that it stands on, that own a data key."""
    found = {one for name, one in row.items() if isinstance(one, str) and _is_id(name)}
    for column in table.columns:
        for foreign in column.foreign_keys:
            above = foreign.column
            standing = [one for one in above.table.columns if _is_id(one.name)]
            if row[column.name] is None or not standing:
                continue
            wanted = select(*standing).where(above == row[column.name])
            for other in session.execute(wanted):
                found.update(one for one in other if isinstance(one, str))
    owned = session.scalars(select(DataKey.owner_id).where(DataKey.owner_id.in_(found)))
    return sorted(owned)


def _is_id(name: str) -> bool:
    return name in {"id", "by"} or name.endswith(("_id", "_by"))
