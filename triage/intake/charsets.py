"""Bytes -> text that every other room can store: no NUL, no lone surrogate, line ends ``\\n``."""

import codecs
import re
import unicodedata
from functools import lru_cache

SAFE = re.compile(
    r"ascii|utf-(7|8|8-sig|16(-[lb]e)?|32(-[lb]e)?)|iso8859-\d+|cp\d+|koi8-[rtu]|big5(hkscs)?"
    r"|gb(2312|k|18030)|euc_\w+|shift_jis\w*|iso2022_\w+|hz|mac-\w+|tis-620|johab|kz1048|ptcp154"
)
"""Text encodings met in mail. Others of Python's (punycode, idna, unicode_escape) are no charsets
of mail, and some are quadratic."""
SURROGATE = re.compile("[\ud800-\udfff]")
WIDER = {
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shift_jis": "cp932",
    "euc_kr": "cp949",
}
"""What calls itself one of these is in fact often the wider one, which reads both; the WHATWG
standard reads it so too."""
WIDE = re.compile(r"utf-(16|32)")


@lru_cache(maxsize=256)
def codec_name(declared: str) -> str | None:
    """Python's own name of a declared charset; None where it is unknown or no charset of mail."""
    name = declared.strip().strip("'\"").lower().removeprefix("x-").removesuffix("-i")
    if not re.fullmatch(r"[a-z0-9_:.+-]{1,40}", name):
        return None
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return None
    if not SAFE.fullmatch(found):
        return None
    return WIDER.get(found, found)


def decode(data: bytes, declared: str | None = None) -> str:
    """Text of these bytes, whatever they are: declared charset, else utf-8, else windows-1252.

    Two lies are seen through: valid utf-8 that calls itself a one-byte charset, and valid utf-8
    with no NUL that calls itself utf-16 or utf-32. The result is cleaned (see ``clean``).
    """
    name = codec_name(declared) if declared else None
    lies = name is not None and WIDE.match(name) and b"\x00" not in data
    if name is None or lies or re.match(r"cp125|iso8859|koi8|ascii|mac", name):
        order = ("utf-8", name or "cp1252")
    else:
        order = (name, "utf-8")
    for each in order:
        try:
            return clean(data.decode(each))
        except (UnicodeError, ValueError):
            continue
    return clean(data.decode("cp1252", "replace"))


def clean(text: str) -> str:
    """Without NUL and byte order mark, lone surrogates as U+FFFD, line ends as ``\\n``."""
    if "\x00" in text:
        text = text.replace("\x00", "")
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if not text.isascii():
        text = SURROGATE.sub("\ufffd", text).removeprefix("\ufeff")
    return text


def clean_line(text: str) -> str:
    """One line: cleaned, and every run of white space and control characters one space."""
    if text.isascii() and text.isprintable():
        return " ".join(text.split())
    return " ".join(re.sub(r"[\x00-\x20\x7f-\x9f\u2028\u2029]+", " ", clean(text)).split())


def without_controls(text: str) -> str:
    """Without control and format characters (bidi overrides among them) and line separators."""
    if text.isascii() and text.isprintable():
        return text
    gone = {"Cc", "Cf", "Cs", "Zl", "Zp"}
    return "".join(char for char in text if unicodedata.category(char) not in gone)
