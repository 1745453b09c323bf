"""The policy's clauses that messages to staff come under, in our own short words.

The version stands on every decision (P-SCO-2): a later text gets a version of its own here,
and decisions taken before keep the one they were taken under.
"""

from dataclasses import dataclass

POLICY_VERSION = "2023-04"
"""The version in force: that of April 2023."""


@dataclass(frozen=True, slots=True)
class Clause:
    """One clause: its id in the trace, and what it asks of us."""

    id: str
    summary: str


@dataclass(frozen=True, slots=True)
class Guideline:
    """When a label holds, for whoever reviews."""

    label: str
    title: str
    holds_when: str


CLAUSES: dict[str, tuple[Clause, ...]] = {
    "2023-04": (
        Clause("P-MSG-1", "Covers calls, e-mail and online messages to staff and to volunteers."),
        Clause("P-MSG-2", "Four kinds count: threat, aggression, offence, other misconduct."),
        Clause("P-MSG-3", "Whether to act is a person's judgement, never the software's."),
        Clause("P-MSG-4", "We may stop corresponding with whoever sent it."),
        Clause("P-SCO-1", "Holds for staff, volunteers and whoever is in touch with us, anywhere."),
        Clause("P-SCO-4", "Holds for what passes to and from people who use our services."),
        Clause("P-TAX-1", "Ten kinds of conduct are named, and others of the like count too."),
        Clause("P-HR-1", "What a colleague did may be a matter for HR as well."),
        Clause("P-ACT-1", "Whoever is told to stop has to do so at once."),
        Clause("P-ACT-2", "Somebody may be warned."),
        Clause("P-ACT-3", "Somebody may be excluded from an event, and gets no money back."),
        Clause("P-ACT-4", "Somebody may be shut out of the channels we keep online."),
        Clause("P-ACT-5", "Whatever else is right may be done, or nothing."),
        Clause("P-BLK-1", "On top of that, use of our services may be refused."),
        Clause("P-POL-1", "A message of particular concern goes to the police."),
        Clause("P-RTE-2", "A complaint about a service goes back to that service's own process."),
    )
}

GUIDELINES: tuple[Guideline, ...] = (
    Guideline(
        "threatening",
        "Threatening",
        "Says or hints that a person, their home or workplace will come to harm, that they are "
        "watched, or that others should do it. Open, conditional or veiled; in any tone.",
    ),
    Guideline(
        "aggressive",
        "Aggressive",
        "Goes for the person who reads it, or a colleague: insults, humiliation, wishing them "
        "harm, shouting.",
    ),
    Guideline(
        "offensive",
        "Offensive",
        "Slurs or degrading remarks about who somebody is: gender, race, religion, disability, "
        "orientation, age, looks.",
    ),
    Guideline(
        "otherwise_inappropriate",
        "Otherwise inappropriate",
        "Sexual and unasked for, obsessive personal attention, pressure by rank, blackmail.",
    ),
    Guideline(
        "none",
        "None of these",
        "Reporting or quoting what somebody else did, asking about crime, legal action or the "
        "press, swearing at a form, or fury that attacks nobody.",
    ),
)


def clause(identifier: str, version: str = POLICY_VERSION) -> Clause:
    """A clause as it stood in a version; ``KeyError`` names one that does not exist."""
    for entry in CLAUSES[version]:
        if entry.id == identifier:
            return entry
    raise KeyError(f"policy {version} has no clause {identifier}")
