"""The code in a notice, by which an appeal is known: made from the key, so it is stored nowhere."""

from triage.core.crypto import KeyedHash
from triage.core.ids import ALPHABET

LENGTH = 16
"""Characters: 80 bits."""
LOOKALIKES = str.maketrans({"O": "0", "I": "1", "L": "1", "U": "V"})


def appeal_code(keys: KeyedHash, restriction_id: str) -> str:
    """The code of a restriction, in groups of four; the same each time."""
    number = int(keys.of("appeal-code", restriction_id.encode("ascii")), 16)
    text = ""
    for _ in range(LENGTH):
        number, digit = divmod(number, len(ALPHABET))
        text += ALPHABET[digit]
    return "-".join(text[at : at + 4] for at in range(0, LENGTH, 4))


def appeal_hash(keys: KeyedHash, restriction_id: str) -> str:
    """What is stored, to find a restriction by its code."""
    return hash_of_code(keys, appeal_code(keys, restriction_id))


def hash_of_code(keys: KeyedHash, code: str) -> str:
    """The same for a code as somebody typed it: case, spaces, dashes and lookalikes are nothing."""
    plain = "".join(one for one in code.upper() if one.isalnum()).translate(LOOKALIKES)
    return keys.of("appeal-code-hash", plain.encode("utf-8", "replace"))
