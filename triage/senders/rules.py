"""What tells two senders apart, and what may make them one person. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from triage.core.errors import Conflict, Invalid

NO_SUCH_SENDER = "There is no such sender."
LONGEST_NOTE = 2000
"""Characters."""


class IdentityKind(StrEnum):
    """What somebody can be known by; the surest first."""

    EMAIL = "email"
    ACCOUNT = "account"
    PHONE = "phone"
    HANDLE = "handle"


SUREST = tuple(IdentityKind)


@dataclass(frozen=True, slots=True)
class Identifier:
    """One identifier in its canonical form: equal ones are equal to the last character."""

    kind: IdentityKind
    value: str
    namespace: str = ""
    """Of an account, the service; of a handle, the network. Else empty."""

    @property
    def hashed(self) -> tuple[str, str]:
        """Purpose and text of its keyed hash.

        An address keeps the purpose it always had: what was erased is still recognised.
        """
        if self.kind is IdentityKind.EMAIL:
            return "sender", self.value
        return f"sender {self.kind.value}", f"{self.namespace}\0{self.value}"

    @property
    def loose(self) -> tuple[str, str] | None:
        """Purpose and text of the hash by which a likeness is found; ``None``: it has none.

        It is a ground to ask a person, never a ground to take two for one.
        """
        if self.kind is IdentityKind.EMAIL:
            return "sender alike email", loose_address(self.value)
        if self.kind is IdentityKind.HANDLE:
            return "sender alike handle", self.value
        return None


class Because(StrEnum):
    """Why two senders may be one person."""

    FORM = "form"
    """Their addresses differ in a ``+tag``, or in dots that their mail service ignores."""
    HANDLE = "handle"
    """The same handle on two networks."""
    CONTACT = "contact"
    """A message of the one gives a number, account or handle of the other, or both the same."""
    TEXT = "text"
    """Both sent the same long text."""


class Verdict(StrEnum):
    """What a person said of two senders."""

    SAME = "same"
    DIFFERENT = "different"


class LinkReason(StrEnum):
    """On what ground a person says so, or takes it back."""

    THEIR_OWN_WORDS = "their_own_words"
    SAME_MATTER = "same_matter"
    SAME_WORDING = "same_wording"
    SAME_DETAILS = "same_details"
    KNOWN_TO_US = "known_to_us"
    SHARED = "shared"
    """An address, number or text that several people use."""
    MISTAKE = "mistake"
    OTHER = "other"
    """A note says what."""


GROUNDS: dict[Verdict, tuple[LinkReason, ...]] = {
    Verdict.SAME: (
        LinkReason.THEIR_OWN_WORDS,
        LinkReason.SAME_MATTER,
        LinkReason.SAME_WORDING,
        LinkReason.SAME_DETAILS,
        LinkReason.KNOWN_TO_US,
        LinkReason.OTHER,
    ),
    Verdict.DIFFERENT: (
        LinkReason.THEIR_OWN_WORDS,
        LinkReason.KNOWN_TO_US,
        LinkReason.SHARED,
        LinkReason.OTHER,
    ),
}
TAKING_BACK = (
    LinkReason.MISTAKE,
    LinkReason.THEIR_OWN_WORDS,
    LinkReason.KNOWN_TO_US,
    LinkReason.SHARED,
    LinkReason.OTHER,
)

DOTS_IGNORED = {"gmail.com": "gmail.com", "googlemail.com": "gmail.com"}
"""Domains whose mailboxes are the same with and without dots -> the name they share."""


def loose_address(address: str) -> str:
    """An address without what many mail services ignore: ``+tag``, and dots where they do."""
    local, _, domain = address.rpartition("@")
    bare = local.partition("+")[0] or local
    if domain in DOTS_IGNORED:
        return f"{bare.replace('.', '') or bare}@{DOTS_IGNORED[domain]}"
    return f"{bare}@{domain}"


def pair(one: str, other: str) -> tuple[str, str]:
    """Two ids in the order in which a pair is stored."""
    return (one, other) if one < other else (other, one)


def check_ground(reason: LinkReason, allowed: Iterable[LinkReason], note: str) -> str:
    """The note, tidied; ``Invalid`` where the reason does not fit or nothing is said."""
    note = note.strip()
    if reason not in set(allowed):
        raise Invalid("Choose a reason from the list.", field="reason")
    if reason is LinkReason.OTHER and not note:
        raise Invalid("Say in a few words why.", field="note")
    if len(note) > LONGEST_NOTE:
        raise Invalid(f"A note has at most {LONGEST_NOTE:,} characters.", field="note")
    return note


def check_verdict(verdict: Verdict, *, joined: bool, parted: bool) -> None:
    """``Conflict`` where a colleague has said so already, or has said the contrary."""
    if joined and verdict is Verdict.SAME:
        raise Conflict("These are one person already.")
    if joined:
        raise Conflict("A colleague said that these are one person: take that back first.")
    if parted and verdict is Verdict.SAME:
        raise Conflict("A colleague said that these are two people: take that back first.")
    if parted:
        raise Conflict("A colleague has said so already.")
