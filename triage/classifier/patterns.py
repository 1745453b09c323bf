"""A handful of phrases so plain that they raise the score whatever the model makes of them.

They fire on nothing that the same sentence negates, reports or quotes, as far as that can be
told cheaply; the model sees the rest.
"""

import re

FLOOR = 0.9
"""p becomes ``1 - (1 - p) * (1 - FLOOR)``: above FLOOR, and still in the model's order."""

_HARM = r"(?:kill|murder|stab|shoot|strangle|throttle|burn|petrol ?bomb|knife|behead|rape|gut)"
_YOU = (
    r"(?:you|u|ya|yous|(?:all|both|every one|each) of you|"
    r"your (?:\w+ )?(?:house|home|office|building|family|kids?|children|daughter|son|wife|"
    r"husband|partner|mum|staff|team))"
)
_NO_FAVOUR = r"(?! (?:an?|some|over|another|across|the (?!next|minute|moment|second|day))\b)"
"""Not "I'll shoot you an e-mail"."""
_WILL = r"(?:i|we)(?:'?(?:ll|m|re)| will| am| are| shall)?(?: going to| gonna| coming to)?"

_PATTERNS = [
    re.compile(rf"\b{_WILL} (?:(?!not\b|never\b|wouldn|won)\w+ )?{_HARM} {_YOU}\b{_NO_FAVOUR}"),
    re.compile(
        r"\b(?:you|u)(?:'?re| are| r|'?ll)?(?: all| both)? (?:going to|gonna|will) (?:be|get) "
        r"(?:killed|murdered|stabbed|shot|raped|beheaded)\b"
    ),
    re.compile(
        r"\bbomb (?:in|at|under|outside|through|for) (?:your|the) (?:\w+ )?"
        r"(?:office|building|house|home|car|reception|desk|entrance)\b"
    ),
    re.compile(
        rf"\b(?:i|we) (?:(?!not\b|never\b|don)\w+ )?know (?:exactly )?where {_YOU} "
        r"(?:all )?(?:lives?|works?|parks?|sleeps?|stays?|drinks?|go to school|goes to school)\b"
    ),
]

_NEGATED = re.compile(
    r"\b(?:not|never|no|nobody|cannot|\w+n'?t|without|nor|if i were|joking|imagine|pretend)\b"
)
_REPORTED = re.compile(
    r"\b(?:said|says|saying|told|tells|wrote|writes|written|texted|shouted|shouting|screamed|"
    r"threatened|threatening|threatens|quote|quoted|quoting|reads|read|message|messages|letter|"
    r"lyrics?|film|song|he|she|they|someone|somebody|report|reporting)\b"
)
_STOP = re.compile(r"[.!?;\n]")


def find(normalised: str) -> list[tuple[int, int]]:
    """Places of the phrases that stand as the writer's own threats, in order."""
    if "you" not in normalised and " u " not in normalised and "bomb" not in normalised:
        return []
    found = {
        match.span()
        for pattern in _PATTERNS
        for match in pattern.finditer(normalised)
        if _is_own(normalised, match.start())
    }
    return sorted(found)


def raised(probability: float) -> float:
    """The probability where a phrase was found; in [FLOOR, 1] and rising with the given one."""
    return 1.0 - (1.0 - probability) * (1.0 - FLOOR)


def _is_own(text: str, start: int) -> bool:
    """Nothing before it in its sentence negates or reports it, and it stands in no quotes."""
    line = text.rfind("\n", 0, start) + 1
    before = text[max(line, start - 300) : start]
    if before.lstrip().startswith(">") or before.count('"') % 2:
        return False
    if re.search(r"(?:^|\s)'[^']*$", before):
        return False
    ends = [match.end() for match in _STOP.finditer(before)]
    sentence = before[ends[-1] if ends else 0 :]
    return not (_NEGATED.search(sentence) or _REPORTED.search(sentence))
