"""What is attached to an original, as its exact bytes; pure. They stand in the original alone."""

from collections.abc import Iterator

from triage.intake.limits import Budget, OverLimitError
from triage.intake.mime import Part, as_lines, read_tree
from triage.packs.bag import sha256


def attached_in(raw: bytes, keep: str | None = None) -> dict[str, bytes]:
    """SHA-256 -> bytes of the parts of an original; of all but ``keep``, the hash alone.

    The limits are those under which it was read when it came in; where it cannot be read, nothing
    is there.
    """
    try:
        parts = list(_leaves(read_tree(as_lines(raw), Budget())))
    except OverLimitError:
        return {}
    found: dict[str, bytes] = {}
    for one in parts:
        data = one.decoded()
        digest = sha256(data)
        found[digest] = data if digest == keep else b""
    return found


def _leaves(part: Part) -> Iterator[Part]:
    yield part
    for child in part.children:
        yield from _leaves(child)
