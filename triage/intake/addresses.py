"""Who a header names. One pass over the characters: brackets of any depth cost nothing."""

import re

from triage.intake.charsets import clean_line
from triage.intake.headers import decode_words
from triage.intake.limits import MAX_ADDRESSES, OverLimitError

PLAIN = re.compile(r'\s*(?:"([^"\\]*)"|([^"\\<>(),;:@]*?))\s*<([^<>()\s,;"]+@[^<>()\s,;"]+)>\s*')
LOOSE = re.compile(r"[^\s<>\"',;:()\[\]]{1,64}@[^\s<>\"',;:()\[\]]{1,255}")


class _Scanner:
    """Cuts an address list at commas and semicolons that stand outside quotes and brackets."""

    def __init__(self) -> None:
        self.found: list[tuple[str, str]] = []
        self.quoted = self.in_angle = self.had_angle = self.at = False
        self.depth = 0
        self.name: list[str] = []
        self.comment: list[str] = []
        self.angle: list[str] = []

    def emit(self) -> None:
        name, note = "".join(self.name).strip(), "".join(self.comment).strip()
        if self.had_angle:
            self.add(name or note, "".join(self.angle))
        elif name:
            words = name.split()
            address = next((word for word in words if "@" in word), "")
            self.add(note if address else name, address)
        self.name, self.comment, self.angle = [], [], []
        self.in_angle = self.had_angle = self.at = False

    def add(self, name: str, address: str) -> None:
        if len(self.found) >= MAX_ADDRESSES:
            raise OverLimitError(f"more than {MAX_ADDRESSES:,} addresses")
        self.found.append((name, address))

    def outside(self, char: str) -> None:
        if char in ",;" and (self.at or not self.in_angle):
            self.emit()
        elif char == "<" and not self.in_angle:
            self.in_angle = self.had_angle = True
            self.at, self.angle = False, []
        elif char == ">":
            self.in_angle = False
        elif char == ":" and not self.in_angle and not self.at:
            self.name = []  # the name of a group
        else:
            self.at = self.at or char == "@"
            (self.angle if self.in_angle else self.name).append(char)

    def feed(self, value: str) -> None:
        escaped = False
        for char in value:
            inside = self.name if self.quoted else self.comment
            if escaped:
                inside.append(char)
                escaped = False
            elif char == "\\" and (self.quoted or self.depth):
                escaped = True
            elif char == '"' and not self.depth and not self.in_angle:
                self.quoted = not self.quoted
            elif self.quoted:
                self.name.append(char)
            elif char == "(" and not self.in_angle:
                self.depth += 1
            elif char == ")" and self.depth:
                self.depth -= 1
            elif self.depth:
                self.comment.append(char)
            else:
                self.outside(char)
        self.emit()


def parse_addresses(value: str) -> list[tuple[str, str | None]]:
    """(display name, lower-case address or None) of each entry of an address header.

    Raises OverLimitError above ``MAX_ADDRESSES``. Where a quote or bracket never closes, whatever
    looks like an address is taken.
    """
    simple = PLAIN.fullmatch(value[:1000]) if len(value) <= 1000 else None
    if simple:
        return [(decode_words(simple[1] or simple[2] or ""), usable(simple[3]))]
    scanner = _Scanner()
    scanner.feed(value)
    found = scanner.found
    if scanner.quoted or scanner.depth:
        loose = LOOSE.findall(value)
        if len(loose) > MAX_ADDRESSES:
            raise OverLimitError(f"more than {MAX_ADDRESSES:,} addresses")
        # The last entry is what stands after the open quote or bracket.
        whole = scanner.found[:-1]
        known = {address for _, address in whole}
        loose_ones = [("", each) for each in loose if each not in known]
        found = [*whole, *loose_ones] if loose_ones else scanner.found
    return [(decode_words(name), usable(address)) for name, address in found]


def usable(address: str) -> str | None:
    """The address in lower case; None where it is none (no ``@``, white space, over 320)."""
    text = clean_line(address).lower().replace(" ", "")
    local, at, domain = text.rpartition("@")
    if not (local and at and domain) or len(text) > 320:
        return None
    return text
