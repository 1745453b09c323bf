"""What a report says, who is in it, and what was written to and fro: for whoever may read it."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from dashboard import untrusted
from dashboard import words as general
from dashboard import words_cases as words
from triage.cases.queries import CaseItem, PartyItem
from triage.conduct import incidents
from triage.conduct.incidents import Wish
from triage.core.settings import Settings
from triage.reports.answers import Answers, reach_from_json
from triage.reports.thread import StepKind, ThreadRow

T = TypeVar("T")

WISHES = {
    Wish.NONE: "not asked for",
    Wish.BY_RECEIPT: "to be read with the receipt",
    Wish.BY_CONTACT: "to be sent to them",
}


def draw_parties(parties: Sequence[PartyItem], ours: Settings) -> None:
    """Who a report speaks of: all that is shown before anybody declares (P-REC-1)."""
    if not parties:
        untrusted.say("Nobody is named in it.")
    us = ours.organisation or "our organisation"
    for one in parties:
        said = [incidents.PARTIES[one.party].format(us=us)] if one.party is not None else []
        said += [text for text in (one.role, one.contact) if text]
        untrusted.row(
            one.name or "Name not known",
            [(words.PARTY_KINDS[one.kind], "high" if one.kind.value == "subject" else "")],
            "; ".join(said),
        )


def draw_account(found: CaseItem) -> None:
    """What happened, as it was told."""
    said = found.answers
    untrusted.letter(said.description)
    untrusted.facts(facts(said))
    if said.support:
        untrusted.say("Help that they need to take part: {what}", kind="notice", what=said.support)
    if said.risk is not None:
        risk = "They say that telling the person reported could put somebody at risk."
        calm = "They see no risk in telling the person reported."
        untrusted.say("{what}", kind="notice" if said.risk else "quiet",
                      what=risk if said.risk else calm)  # fmt: skip
        if said.risk_note:
            untrusted.letter(said.risk_note)
    identity = "gave a name or a way to reach them" if found.identified else "is anonymous"
    untrusted.say(
        "The reporter {identity}. Only the custodian's procedure can show who it is.",
        kind="quiet",
        identity=identity,
    )


def facts(said: Answers) -> list[tuple[str, str]]:
    """The answers that fit on a line; what was left open is not shown."""
    kinds = [incidents.KINDS[one] for one in said.kinds] + [said.other_kind]
    grounds = [incidents.GROUNDS[one] for one in said.grounds]
    pairs = [
        ("Kind", "; ".join(one for one in kinds if one)),
        ("Because of", "; ".join(grounds)),
        ("When", said.happened),
        ("Where", said.place),
        ("Event", said.event),
        ("At", said.other_activity or _of(incidents.ACTIVITIES, said.activity)),
        ("By way of", said.other_medium or _of(incidents.MEDIA, said.medium)),
        ("Online or in person", _of(incidents.SETTINGS, said.setting)),
        ("The reporter", _of(STANDINGS, said.standing)),
        ("Affected", said.affected),
        ("Permission to film", _yes(said.permission_given)),
        ("The outcome", WISHES[said.wish]),
        ("The police", POLICE[said.police_wish.value]),
    ]
    return [(name, value) for name, value in pairs if value]


STANDINGS = {
    incidents.Standing.AFFECTED: "was affected",
    incidents.Standing.SAW_IT: "saw it",
    incidents.Standing.WAS_TOLD: "was told of it",
    incidents.Standing.FOR_SOMEBODY: "files it for somebody",
}
POLICE = {
    "yes": "they want it reported",
    "no": "they do not want it reported",
    "ask_first": "they want to be asked first",
    "not_said": "",
}


def draw_files(found: CaseItem) -> None:
    """What was sent with it, by name, size and hash; nothing is opened here."""
    if not found.files:
        return
    untrusted.table(
        "Files with the report",
        ("Name", "Kind", "Size", "SHA-256"),
        [(one.name, one.kind, general.size(one.size), one.sha256) for one in found.files],
    )


def draw_thread(rows: Sequence[ThreadRow]) -> None:
    """What went to and fro over the receipt, oldest first."""
    entries = [_entry(one) for one in rows]
    if entries:
        untrusted.timeline(entries)
    else:
        untrusted.say("Nothing has been written since.", kind="quiet")


def _entry(row: ThreadRow) -> tuple[str, str, str]:
    who = "The reporter" if row.from_reporter else "We"
    if row.kind is StepKind.STATUS:
        known = {one.value: said[0] for one, said in incidents.STATUSES.items()}
        return general.when(row.at), f"Shown to the reporter: {known.get(row.text, row.text)}", ""
    if row.kind is StepKind.FILE:
        return general.when(row.at), f"{who} added a file", ""
    if row.kind is StepKind.WITHDRAW:
        return general.when(row.at), "The reporter asked to go no further", row.text
    if row.kind is StepKind.REACH:
        wish = WISHES[reach_from_json(row.text).wish]
        return general.when(row.at), f"The reporter's wish for the outcome is now: {wish}", ""
    return general.when(row.at), f"{who} wrote", row.text


def draw_history(found: CaseItem) -> None:
    """Every step, with who took it and why."""
    untrusted.timeline(
        [
            (
                general.when(one.at),
                f"{words.EDGES.get(one.edge, one.edge)}, by {one.by}",
                one.reason,
            )
            for one in found.steps
        ]
    )


def _of(known: Mapping[T, str], value: T | None) -> str:
    return "" if value is None else known[value]


def _yes(value: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[value]


def draw_cleared(found: CaseItem) -> None:
    """Of whom it was said that they are, or are not, who is meant; and how that is known."""
    said: dict[tuple[str, str], list[str]] = {}
    for one in found.matches:
        if one.reason:
            said.setdefault((one.cleared_by, one.reason), []).append(one.name)
    for (who, reason), names in said.items():
        what = "{names}: not meant, says {who}." if who else "{names}: meant, as was said here."
        untrusted.say(what, kind="quiet", names="; ".join(names), who=who)
        untrusted.letter(reason)
