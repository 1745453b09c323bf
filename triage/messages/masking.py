"""Slurs and sexual words covered, letter for letter; never the phrases that decide danger.

Words on which a threat may turn (sexual violence among them) are not on the list.
The list is kept turned (ROT13), so that nobody meets it who opens this file for another reason.
It is a kindness to readers, no classifier: what it misses is simply read.
"""

import codecs
import re

MASK = "•"

_TURNED = (
    "nefr nefrubyr onfgneq ovgpu oybjwbo obbof obyybpxf ohttre pbpx pbba pevc phag phz qntb "
    "qvpx qvpxurnq qvyqb qlxr snt snttbg sngfb shpx shx shpxre zbgureshpxre tvzc tbbx tlccb "
    "ubzb ubeal wvmm xvxr xabo xabournq zvatre zbat zhss avttn avttre abapr cnxv cnafl "
    "crpxre cravf cvxrl cvxrlf cbbs cbbsgre cevpx chffl dhrre ergneq ergneqrq fpehoore funt "
    "fuvg fuvgr ohyyfuvg fynt fynccre fyhg fcnfgvp fcnm fcvp fchax gneg gvg gvgf gvggvrf "
    "gbffre genaal gheq gjng intvan jnax jnaxre jrgonpx juber jbt lvq "
)

_STEMS = sorted(
    (codecs.decode(word, "rot13") for word in _TURNED.split()),
    key=len,
    reverse=True,
)
_WORD = re.compile(
    r"(?<!\w)(?:" + "|".join(_STEMS) + r")(?:s|es|ed|er|ers|ing|in|y|ty|head|wit)?(?!\w)",
    re.IGNORECASE,
)


def mask(text: str) -> str:
    """The text with such words dotted out after their first letter; its length stays the same."""
    return _WORD.sub(lambda found: found[0][0] + MASK * (len(found[0]) - 1), text)
