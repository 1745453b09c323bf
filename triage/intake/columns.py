"""Which column of a table holds what: guessed from its names, or named by a person."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from triage.core.errors import Invalid


class Field(StrEnum):
    """What a column can hold."""

    TEXT = "text"
    SUBJECT = "subject"
    FROM = "from"
    NAME = "name"
    TO = "to"
    DATE = "date"
    ID = "id"
    LINK = "link"
    CHANNEL = "channel"
    PHONE = "phone"
    ACCOUNT = "account"
    HANDLE = "handle"


_KNOWN = """
text: text, body, description, message, content, comment, message body, body text,
  description text, message text, details, comments
subject: subject, title, summary, ticket subject, headline
from: from, from email, from address, requester email, sender, sender email, email,
  email address, e mail, contact email, customer email, requester
name: from name, requester name, sender name, full name, name, contact name, customer name, author
to: to, to email, to address, recipient, recipients, to emails
date: date, created at, created time, created, sent at, received at, timestamp, time,
  date created, created date
id: id, ticket id, ticket, ticket number, case id, message id, display id, reference
link: url, link, ticket url, ticket link, permalink, web address
channel: channel, source, via, ticket source
phone: phone, phone number, telephone, work phone, mobile phone, mobile, caller
account: account, account id, user id, customer id
handle: handle, twitter handle, social handle, screen name, twitter id
"""
NAMES: dict[Field, tuple[str, ...]] = {
    Field(line.partition(":")[0]): tuple(one.strip() for one in line.partition(":")[2].split(","))
    for line in _KNOWN.replace(",\n", ",").strip().split("\n")
}
"""Names that are known, the surest first; case, ``_``, ``-`` and ``.`` do not matter."""

FRESHDESK: dict[str, Field] = {
    "ticket id": Field.ID,
    "subject": Field.SUBJECT,
    "description": Field.TEXT,
    "source": Field.CHANNEL,
    "created time": Field.DATE,
    "full name": Field.NAME,
    "requester name": Field.NAME,
    "email": Field.FROM,
    "requester email": Field.FROM,
    "work phone": Field.PHONE,
    "ticket url": Field.LINK,
}
"""Freshdesk's export of tickets. ``Title`` there is the requester's, and no subject."""
FRESHDESK_SIGNS = {"ticket id", "created time", "status", "priority", "source"}


@dataclass(frozen=True, slots=True)
class Guess:
    """What the columns of one table were taken for."""

    fields: Mapping[str, Field]
    """Column -> field; what is not in it is kept in the original alone."""
    by: str
    """On what ground, for people."""

    @property
    def usable(self) -> bool:
        """Whether anything to read was found."""
        return bool({Field.TEXT, Field.SUBJECT} & set(self.fields.values()))


def plain(column: str) -> str:
    """A column's name in the form in which names are compared."""
    return " ".join(re.sub(r"[\W_]+", " ", column.lower()).split())


def guess(columns: Sequence[str], chosen: Mapping[str, Field] | None = None) -> Guess:
    """What these columns hold.

    Where a person has ``chosen``, that alone counts. Every column that reads like text is text,
    so that none is passed over; of each other field the surest column is taken.
    """
    if chosen:
        return Guess(_chosen(columns, chosen), "as you named them")
    names = {column: plain(column) for column in columns}
    if set(names.values()) >= FRESHDESK_SIGNS:
        ready = {one: FRESHDESK[name] for one, name in names.items() if name in FRESHDESK}
        return Guess(_once(ready), "Freshdesk's export of tickets")
    found: dict[str, Field] = {}
    for kind, known in NAMES.items():
        matching = [one for name in known for one in columns if names[one] == name]
        for one in matching if kind is Field.TEXT else matching[:1]:
            found.setdefault(one, kind)
    return Guess(found, "by their names")


def _once(fields: dict[str, Field]) -> dict[str, Field]:
    """Each field but text once, the first column that has it."""
    kept: dict[str, Field] = {}
    for column, kind in fields.items():
        if kind is Field.TEXT or kind not in kept.values():
            kept[column] = kind
    return kept


def _chosen(columns: Sequence[str], chosen: Mapping[str, Field]) -> dict[str, Field]:
    """The named columns that this table has: by name, else by number from 1."""
    by_name = {plain(column): column for column in reversed(columns)}
    found: dict[str, Field] = {}
    for wanted, kind in chosen.items():
        column = wanted if wanted in columns else by_name.get(plain(wanted))
        if column is None and wanted.isdecimal() and 0 < int(wanted) <= len(columns):
            column = columns[int(wanted) - 1]
        if column is not None:
            found[column] = kind
    return found


def unmatched(columns: Sequence[str], chosen: Mapping[str, Field]) -> set[str]:
    """The chosen columns that this table has not."""
    return {one for one in chosen if not _chosen(columns, {one: chosen[one]})}


def parse_choice(pairs: Sequence[str]) -> dict[str, Field]:
    """``column=field`` of each pair; Invalid where one is not of that form."""
    found: dict[str, Field] = {}
    for pair in pairs:
        column, _, name = pair.rpartition("=")
        if not column.strip() or name.strip().lower() not in set(Field):
            known = ", ".join(Field)
            raise Invalid(f"Write --map column=field; the fields are {known}.", field="map")
        found[column.strip()] = Field(name.strip().lower())
    return found
