"""What one message may cost (trust.md, section 3). Above a limit it is quarantined, never lost."""

from dataclasses import dataclass

MIB = 1024 * 1024

MAX_MESSAGE_BYTES = 25 * MIB
MAX_KEPT_BYTES = 64 * MIB
"""What a reader of files keeps of one message; more is read past, and said in ``source``."""
MAX_HEADER_BYTES = 256 * 1024
"""Of one header block: the message's own, and that of each part."""
MAX_PARAMETER_CHARS = 8_000
"""Of one Content-Type or Content-Disposition: the library's reader of these is quadratic."""
MAX_ADDRESSES = 1_000
MAX_ENCODED_WORDS = 1_000
"""In one header."""
MAX_PARTS = 100
MAX_DEPTH = 20
MAX_BOUNDARY_HITS = 10_000
"""Lines that begin like a boundary, in all multiparts together."""
MAX_HTML_CHARS = 1_000_000
MAX_HTML_TAGS = 10_000
"""In all HTML parts together. The HTML reader is quadratic in nesting: 10,000 cost about 0.5 s.
Above these two, tags are cut out plainly instead: nothing is quarantined or lost for it."""
MAX_SPLIT_LINES = 100_000
"""Longer bodies are not split: all of them is ``written``."""
MAX_COMPARED = 200_000_000
"""Characters looked through to find what HTML says and plain text lacks."""
MAX_ATTACHMENT_TEXT = 100_000
MAX_FILENAME = 200
FALLBACK_CHARS = 20_000

CPU_SECONDS = 5
MEMORY_BYTES = 512 * MIB
"""Address space beyond what the child has when it starts."""
WALL_SECONDS = 20.0


class OverLimitError(Exception):
    """A limit was passed. The text is the plain reason that people read."""


@dataclass(slots=True)
class Budget:
    """What is used up across all parts of one message."""

    parts: int = 0
    boundary_hits: int = 0
    html_tags: int = 0
    html_chars: int = 0

    def take_part(self, depth: int) -> None:
        """Count a part at this depth (the message itself is at 1), or raise OverLimitError."""
        self.parts += 1
        if self.parts > MAX_PARTS:
            raise OverLimitError(f"more than {MAX_PARTS} parts")
        if depth > MAX_DEPTH:
            raise OverLimitError(f"parts nested more than {MAX_DEPTH} deep")

    def take_boundary(self) -> None:
        """Count a line that begins like a boundary, or raise OverLimitError."""
        self.boundary_hits += 1
        if self.boundary_hits > MAX_BOUNDARY_HITS:
            raise OverLimitError(f"more than {MAX_BOUNDARY_HITS:,} boundary lines")

    def take_html(self, tags: int, chars: int) -> bool:
        """Count tags and characters of HTML; False where they are too many for the HTML reader."""
        self.html_tags += tags
        self.html_chars += chars
        return self.html_tags <= MAX_HTML_TAGS and self.html_chars <= MAX_HTML_CHARS
