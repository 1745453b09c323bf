"""Which files go with an answer, and which do not: for who agrees to it."""

from dashboard import untrusted
from dashboard import words as general
from dashboard import words_subject as words
from triage.retention.subject.attached import size_of
from triage.retention.subject.queries.composing import Answer


def draw_files(shown: Answer) -> None:
    """How many go and how large they are, each of them by name; and each that does not, and why."""
    go = [one.file for one in shown.pieces if one.file is not None]
    if go:
        untrusted.say(
            "{count} as exact bytes, {size} together. No program has looked into them: each has "
            "to be opened and looked at by a person, and by the second person again.",
            kind="danger",
            count=general.plural(len(go), "file"),
            size=size_of(sum(one.size for one in go)),
        )
        untrusted.table(
            "Files that go",
            ("Name", "Size", "Said to be"),
            [(one.name, size_of(one.size), one.kind) for one in go],
        )
    if shown.left_out:
        untrusted.table(
            "Attached, and not in the copy; the copy names them and says so",
            ("Name", "Size", "Why"),
            [(one.name, size_of(one.size), words.LEFT_OUT[one.why]) for one in shown.left_out],
        )
