"""Outside text with its tricks made visible; for every screen, also where there is no Streamlit."""

import unicodedata

MARKS = 3
"""Marks stacked on one letter before they are spelled out."""


def visible(text: str) -> str:
    """Text with every invisible or direction-changing character spelled out: ``[U+202E]``."""
    shown: list[str] = []
    stacked = 0
    for character in text:
        kind = unicodedata.category(character)
        stacked = stacked + 1 if kind in {"Mn", "Me"} else 0
        hidden = kind in {"Cc", "Cf", "Co", "Cs", "Zl", "Zp"} and character not in "\n\t"
        if hidden and character == "\u200d":
            hidden = False  # joins emoji; it neither hides nor turns anything
        spelled = hidden or stacked > MARKS or character == "\u115f" or character == "\u3164"
        shown.append(f"[U+{ord(character):04X}]" if spelled else character)
    return "".join(shown)
