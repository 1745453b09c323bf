"""What a person is given: a bag of a text to read and the same as JSON, and how to check it. Pure.

It says the same of what was left out, whatever was: nobody learns from it that something exists.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from triage.core.ids import short_ref
from triage.packs.bag import Member
from triage.packs.contents import VERIFY, piece
from triage.packs.plain import visible
from triage.retention.subject.queries.composing import Piece
from triage.retention.subject.rules import ItemKind

HEAD = """What we hold about you

This is a copy of what this organisation's desk for abusive messages holds about you, as of the
day named below. Where you read [hidden], something about another person stood.

The law lets us leave things out, for example where they tell of somebody else, or where giving
them would get in the way of a police matter. We do not say where that was so.

You may ask us to put right what is wrong, to erase it, or to stop using it. You may complain to
us, and to the Information Commissioner (ico.org.uk). However you write to us, you keep this right.
"""
TITLES: dict[ItemKind, str] = {
    ItemKind.MESSAGE: "A message from you",
    ItemKind.MENTION: "You are spoken of in a message from somebody else",
    ItemKind.STUB: "A message from you that was erased",
    ItemKind.CASE: "An incident report",
    ItemKind.STATEMENT: "What you told us",
    ItemKind.LETTER: "A letter to you",
    ItemKind.RESTRICTION: "A restriction",
    ItemKind.REFERRAL: "A report to the police",
    ItemKind.NOTE: "A note by our team",
}


def name_of(request_id: str) -> str:
    """Of the folder, and of the zip but for its ending."""
    return f"your-data-{short_ref(request_id)}"


def members(pieces: Sequence[Piece], day: date) -> list[Member]:
    """The files of the bag."""
    listed = [
        piece("data/read-me.txt", "", f"{HEAD}\nAs of {day.isoformat()}.\n"),
        piece("data/your-data.txt", "", _readable(pieces)),
        piece("data/your-data.json", "", _json(pieces, day)),
        piece("data/how-to-verify.txt", "", VERIFY_OWN),
    ]
    return [Member(one.path, one.size, one.sha256, one.read) for one in listed]


VERIFY_OWN = VERIFY.partition("\nThe folder is a bag")[0].replace("this pack", "this copy") + "\n"


def info(request_id: str, day: date) -> Mapping[str, str]:
    """What the bag says of itself."""
    return {
        "Bagging-Date": day.isoformat(),
        "External-Identifier": request_id,
        "Bag-Software-Agent": "triage",
    }


def _readable(pieces: Sequence[Piece]) -> str:
    if not pieces:
        return "We found nothing about you that we can give you.\n"
    blocks = []
    for number, one in enumerate(pieces, 1):
        lines = [f"{number}. {TITLES[one.kind]}", *(f"{name}: {said}" for name, said in one.facts)]
        blocks.append("\n".join(lines) + (f"\n\n{one.text}" if one.text else ""))
    return visible("\n\n----\n\n".join(blocks)) + "\n"


def _json(pieces: Sequence[Piece], day: date) -> str:
    held = [
        {
            "what": TITLES[one.kind],
            "when": one.at,
            "facts": [{"name": name, "value": visible(said)} for name, said in one.facts],
            "text": visible(one.text),
        }
        for one in pieces
    ]
    return json.dumps({"as_of": day.isoformat(), "held": held}, ensure_ascii=False, indent=2) + "\n"
