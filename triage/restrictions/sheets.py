"""What a service or channel is handed: steps to follow, warnings, and rows in its own form. Pure.

Facts of the services from their own public code (services.md). Nothing of the messages, the
reasons or the case goes in: the target, the sentence that may be read in public, level and dates.
"""

from dataclasses import dataclass
from datetime import date

from triage.restrictions.blocklist import parts
from triage.restrictions.rules import NO_BLOCK
from triage.senders import canonical


@dataclass(frozen=True, slots=True)
class Order:
    """One task, as a service admin may know it."""

    target: str
    subject: str
    public_reason: str
    level: str | None
    review_on: date
    removal: bool = False
    """It is to be taken out again."""
    kept: tuple[str, ...] = ()
    """What another decision still wants there: not in ``subject``, and not to be taken out."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """What to do, what to mind, and what can be loaded; empty ``rows``: nothing can."""

    title: str
    steps: tuple[str, ...]
    warnings: tuple[str, ...]
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()


def sheet(order: Order) -> Sheet:
    """The sheet of one task, in the form of its service or channel."""
    if order.target in NO_BLOCK:
        return Sheet(
            "TheyWorkForYou",
            ("Nothing is to be done: this service cannot keep anybody from using it.",),
            ("This is never done: only ceasing contact holds here.",),
        )
    made = _MAKERS[order.target](order)
    return _taken_out(order, made) if order.removal else made


def _alaveteli(order: Order) -> Sheet:
    closes = order.level == "close"
    steps = [
        f"Open the account in the admin pages: search users for {_quoted(order.subject)}.",
        "Look at the account's ban text first. If there is one, note it: this overwrites it.",
        f"Enter as the ban text, and nothing else: {_quoted(order.public_reason)}",
    ]
    if closes:
        steps.append("Close the account. Do not anonymise it.")
    steps += [
        f"Put {order.review_on.isoformat()} in your diary: the ban has no end of its own.",
        "Open the user's public page signed out, and see that it says that it is suspended.",
    ]
    warnings = [
        "The ban text is shown in public, on the page and in its JSON.",
        "The person can still log in and set alerts; uploads may still work.",
    ]
    if closes:
        warnings.append(
            "Closing and anonymising changes the e-mail: the ban is then not found by it again."
        )
    row = (order.subject, order.level or "ban", order.public_reason, order.review_on.isoformat())
    return Sheet(
        "WhatDoTheyKnow",
        tuple(steps),
        tuple(warnings),
        ("account", "level", "ban_text", "review_on"),
        (row,),
    )


def _fixmystreet(order: Order) -> Sheet:
    keys = abuse_keys(order.subject)
    steps = (
        "Check that the person was written to, or that a reason says why not.",
        "Add each of the rows below to the abuse list, lower case, exactly as it stands.",
        "Look each of them up in the abuse list: the ban button adds only what was verified, and "
        "says nothing where it did nothing.",
        f"Put {order.review_on.isoformat()} in your diary: a row has no end of its own.",
    )
    warnings: tuple[str, ...] = (
        "All our mail to this address stops, letters too: send any letter first, or elsewhere.",
        "Never add a domain: it would shut out everybody who has an address there.",
        "Rows are also made by themselves for throw-away domains: the list is not all decisions.",
    )
    if not keys:
        note = "No e-mail address or phone number is known in this form: nothing can be added."
        return Sheet("FixMyStreet", steps, (note, *warnings), ("email", "safe"))
    rows = tuple((one, "f") for one in keys)
    if any(one.startswith("+") for one in keys):
        note = "In the file a number has a ' before its +, for spreadsheets: leave the ' out."
        warnings = (note, *warnings)
    return Sheet("FixMyStreet", steps, warnings, ("email", "safe"), rows)


def _writetothem(order: Order) -> Sheet:
    found = canonical.address(order.subject)
    steps = (
        "Preserve now: content is erased four weeks after dispatch. Tell the desk what you hold.",
        "Ask for one rule in the scope fyr-abuse: the sender's e-mail is exactly the address "
        "below; the result is freeze.",
        "Enter each message that the rule freezes at the desk: it is looked at within one working "
        "day, and released or not by a person.",
        "Or let the rule reject, with words that say how else to reach the representative: their "
        "office, their surgery, a letter to Parliament or the council.",
        f"Take the rule out on {order.review_on.isoformat()} unless the desk has renewed it.",
    )
    warnings = (
        "This is somebody's way to their representative: freeze, and never drop without a word.",
        "Look at a letter's text only with good reason.",
    )
    if found is None:
        note = "Only an e-mail address can be matched, and this is none: no rule is asked for."
        return Sheet("WriteToThem", steps, (note, *warnings), _RULE)
    row = ("fyr-abuse", "sender_email", "equals", found.value, "freeze", str(order.review_on))
    return Sheet("WriteToThem", steps, warnings, _RULE, (row,))


_RULE = ("scope", "field", "match", "value", "result", "review_on")


def _helpdesk(order: Order) -> Sheet:
    return _checklist(
        "Support mail",
        order,
        "Tag the contact as one not to be answered, with the sentence below as its note.",
        "Turn off automatic answers for this contact.",
        "Set what a new mail does: a person reads it, and it neither closes nor reopens by itself.",
        "Send a test from another address of yours with the same tag: no answer may go out.",
    )


def _shared_mailbox(order: Order) -> Sheet:
    return _checklist(
        "Shared mailboxes",
        order,
        "In each shared mailbox, file mail from this address in a folder that is read once a day.",
        "Turn off out-of-office and other automatic answers for it.",
        "What comes for an appeal, a complaint, personal data or access still goes through.",
    )


def _mailing_list(order: Order) -> Sheet:
    return _checklist(
        "Mailing lists",
        order,
        "Take the address off each list, and put it on each list's ban list.",
        "Look for it among the members, and in what waits for a moderator.",
    )


def _social(order: Order) -> Sheet:
    return _checklist(
        "Social networks",
        order,
        "On each network: block or mute the handle from the organisation's account.",
        "Keep a copy of what is needed first: a block can hide it.",
        "Open the handle's page signed in as the organisation, and see that it is blocked.",
    )


def _checklist(title: str, order: Order, *steps: str) -> Sheet:
    return Sheet(
        title,
        (
            f"It is about {_quoted(order.subject)}.",
            *steps,
            f"Put {order.review_on.isoformat()} in your diary.",
        ),
        ("Forwarding, answering by itself and reopening on reply are what gets past a block.",),
        ("subject", "note", "review_on"),
        ((order.subject, order.public_reason, order.review_on.isoformat()),),
    )


_MAKERS = {
    "whatdotheyknow": _alaveteli,
    "fixmystreet": _fixmystreet,
    "writetothem": _writetothem,
    "helpdesk": _helpdesk,
    "shared_mailbox": _shared_mailbox,
    "mailing_list": _mailing_list,
    "social": _social,
}


def _taken_out(order: Order, made: Sheet) -> Sheet:
    title = f"{made.title}: take out"
    leave = tuple(f"Leave {_quoted(one)} there: another decision wants it." for one in order.kept)
    if not order.subject and leave:
        return Sheet(title, ("Take nothing out. Write below that it stays.",), leave)
    steps = (
        f"Take out what was put in for {_quoted(order.subject)}: each row below, where it stands.",
        "Leave what the service had put there by itself, or for another reason.",
        "Look it up again: it is done when it is gone, and not before.",
    )
    return Sheet(title, steps, leave, made.header, made.rows)


def abuse_keys(subject: str) -> tuple[str, ...]:
    """What FixMyStreet's list takes of a subject: lower-case addresses and numbers in E.164, and
    never a domain."""
    found: dict[str, None] = {}
    for text in parts(subject):
        known = canonical.address(text) if "@" in text else canonical.phone(text)
        if known is not None:
            found[known.value] = None
    return tuple(found)


def _quoted(text: str) -> str:
    return f"“{' '.join(text.split())}”"
