"""What a person is given: a bag of a text to read and the same as JSON, and how to check it. Pure.

It says the same of what was left out, whatever was: nobody learns from it that something exists.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from functools import partial

from triage.core.ids import short_ref
from triage.packs.bag import Member
from triage.packs.contents import VERIFY, piece
from triage.packs.plain import visible
from triage.retention.subject.attached import File, LeftOut, NotGiven, path_of, size_of
from triage.retention.subject.queries.composing import Piece
from triage.retention.subject.rules import ItemKind

HEAD = """What we hold about you

This is a copy of what this organisation's desk for abusive messages holds about you, as of the
day named below. Where you read [hidden], something about another person stood.

The law lets us leave things out, for example where they tell of somebody else, or where giving
them would get in the way of a police matter. We do not say where that was so.

What you attached to your messages lies in the folder "files", byte for byte as you sent it. What
you attached and is not there is named at the end of your-data.txt.

You may ask us to put right what is wrong, to erase it, or to stop using it. You may complain to
us, and to the Information Commissioner (ico.org.uk). However you write to us, you keep this right.
"""
TITLES: dict[ItemKind, str] = {
    ItemKind.MESSAGE: "A message from you",
    ItemKind.FILE: "A file that you attached",
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


def members(
    pieces: Sequence[Piece],
    day: date,
    left_out: Sequence[NotGiven] = (),
    read: Callable[[File], bytes] = lambda _: b"",
) -> list[Member]:
    """The files of the bag. ``read`` gives the bytes of one that was attached."""
    paths = _paths(pieces)
    listed = [
        piece("data/read-me.txt", "", f"{HEAD}\nAs of {day.isoformat()}.\n"),
        piece("data/your-data.txt", "", _readable(pieces, paths) + _not_there(left_out)),
        piece("data/your-data.json", "", _json(pieces, paths, left_out, day)),
        piece("data/how-to-verify.txt", "", VERIFY_OWN),
    ]
    attached = [
        Member(paths[one.item_id], one.file.size, one.file.sha256, partial(read, one.file))
        for one in pieces
        if one.file is not None
    ]
    return [*(Member(one.path, one.size, one.sha256, one.read) for one in listed), *attached]


def _paths(pieces: Sequence[Piece]) -> dict[str, str]:
    """Item -> where its file lies: by number, so that no two are one, on any machine."""
    files = [(one.item_id, one.file) for one in pieces if one.file is not None]
    return {item: path_of(file, number) for number, (item, file) in enumerate(files, 1)}


VERIFY_OWN = VERIFY.partition("\nThe folder is a bag")[0].replace("this pack", "this copy") + "\n"


def info(request_id: str, day: date) -> Mapping[str, str]:
    """What the bag says of itself."""
    return {
        "Bagging-Date": day.isoformat(),
        "External-Identifier": request_id,
        "Bag-Software-Agent": "triage",
    }


WHY_NOT: dict[LeftOut, str] = {
    LeftOut.KEPT: "left out, as the law lets us",
    LeftOut.UNSEEN: "nobody has looked into it yet: ask us for it",
    LeftOut.TOO_MUCH: "too large to be sent together with the rest: ask us for it",
    LeftOut.GONE: "we could not take it out of your message by itself: ask us for it",
}
"""Why a file is not there. Of those that the law lets us leave out it says the same, whatever the
ground was."""


def _readable(pieces: Sequence[Piece], paths: Mapping[str, str]) -> str:
    if not pieces:
        return "We found nothing about you that we can give you.\n"
    blocks = []
    for number, one in enumerate(pieces, 1):
        lines = [f"{number}. {TITLES[one.kind]}", *(f"{name}: {said}" for name, said in one.facts)]
        lines += [f"In this copy: {_inside(paths[one.item_id])}"] if one.file is not None else []
        blocks.append("\n".join(lines) + (f"\n\n{one.text}" if one.text else ""))
    return visible("\n\n----\n\n".join(blocks)) + "\n"


def _not_there(left_out: Sequence[NotGiven]) -> str:
    if not left_out:
        return ""
    lines = "".join(
        f"{visible(one.name)} ({size_of(one.size)}): {WHY_NOT[one.why]}.\n" for one in left_out
    )
    return f"\n----\n\nAttached to your messages, and not in this copy:\n\n{lines}"


def _json(
    pieces: Sequence[Piece], paths: Mapping[str, str], left_out: Sequence[NotGiven], day: date
) -> str:
    held = [
        {
            "what": TITLES[one.kind],
            "when": one.at,
            "facts": [{"name": name, "value": visible(said)} for name, said in one.facts],
            "text": visible(one.text),
            **({} if one.file is None else _beside(one.file, paths[one.item_id])),
        }
        for one in pieces
    ]
    stays = [
        {"name": visible(one.name), "size": one.size, "why": WHY_NOT[one.why]} for one in left_out
    ]
    whole = {"as_of": day.isoformat(), "held": held, "not_in_this_copy": stays}
    return json.dumps(whole, ensure_ascii=False, indent=2) + "\n"


def _beside(file: File, path: str) -> dict[str, object]:
    return {"file": _inside(path), "size": file.size, "sha256": file.sha256}


def _inside(path: str) -> str:
    return path.removeprefix("data/")
