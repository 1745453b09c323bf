"""Letters that are drawn like Latin ones, and the marks people hide letters behind."""

import unicodedata

_DROPPED = {"Cc", "Cf", "Cs", "Mn", "Me"}
"""Control, format (zero-width, bidi, tags), lone surrogates, and marks set on a letter."""

_BLANKS = "\u115f\u1160\u3164\uffa0\u2800\u034f"
"""Letters and symbols that show nothing."""

_PAIRS = (
    # Cyrillic
    "аaвbеeкkмmнhоoрpсcтtуyхxіiїiјjѕsԁdԛqԝwһhӏlгrиnпnьbззёe",
    # Greek
    "αaβbγyεeηnιiκkνvοoρpτtυuχxωwσsζzμm",
    # Latin letters that NFKD leaves whole
    "łløođdıiħhŧtɑaɡgɩiʀrʏyɴnʟlɪiʜhʙbɢgɾrɛeɔcʋvǃ!",
    # Small capitals
    "ᴀaᴄcᴅdᴇeꜰfᴊjᴋkᴍmᴏoᴘpꜱsᴛtᴜuᴠvᴡwᴢzꞯq",
    # Armenian and Cherokee (its lower case comes from str.lower)
    "օoսuհhոnցgոnꭰdꭱrꭲtꭻjꮃwꮇmꮋhꮥsꮞ4ꮪsꮮlꮯcꮲpꮶkꮩvꮓz",
    # Punctuation
    "’'‘'‛'′'´'“\"”\"„\"«\"»\"–-—-‑-−-·.•.∙.",
)

LOOKALIKES: dict[str, str] = {
    line[at]: line[at + 1] for line in _PAIRS for at in range(0, len(line), 2)
} | {"ß": "ss", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"}

_BOXED = ((0x1F150, 26), (0x1F170, 26))
"""Letters in black circles and squares; NFKD knows those in white ones only."""

_SPACES = dict.fromkeys("\t\x0b", " ") | dict.fromkeys("\n\x0c\x85\u2028\u2029", "\n")


def fold(char: str) -> str:
    """What one character reads as: lower case, no marks, Latin where it looks Latin.

    "" where it shows nothing; at most four characters, so that a text cannot swell (U+FDFA
    would be 18). NFKD, marks dropped, gives the letters that NFKC gives, without accents.
    """
    if char in _SPACES:
        return _SPACES[char]
    if char in _BLANKS or unicodedata.category(char) in _DROPPED:
        return ""
    for first, count in _BOXED:
        if first <= ord(char) < first + count:
            return chr(ord("a") + ord(char) - first)
    # Twice: a capital look-alike is one only after it is lower case.
    letters = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).lower())
    shown = [letter for letter in letters if unicodedata.category(letter) not in _DROPPED]
    return "".join(LOOKALIKES.get(letter, letter) for letter in shown)[:4]
