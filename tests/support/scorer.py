"""A scorer that says what the test tells it to, by marker words in the text."""

import re
from collections.abc import Sequence

from triage.classifier.assessment import LABELS, Assessment, Band, Route, Signal, Unread

MODEL = "scripted-1"
CONCERN = {Band.LOW: 0.3, Band.MEDIUM: 0.6, Band.HIGH: 0.95}


class ScriptedScorer:
    """``[low]``, ``[medium]``, ``[high]`` flag; ``[welfare]``, ``[empty]`` and so on as named.

    A label in brackets, ``[offensive]``, says of which kind; without one it is threatening.
    """

    labels: tuple[str, ...] = LABELS
    model_version = MODEL

    def score(self, texts: Sequence[str]) -> list[Assessment]:
        """One assessment a text."""
        return [assess_marked(text) for text in texts]


def assess_marked(text: str) -> Assessment:
    """What the markers in a text ask for."""
    marks = set(re.findall(r"\[(\w+)\]", text))
    band = next((one for one in reversed(Band) if one.value in marks), None)
    unread = next((one for one in Unread if one.value in marks), None)
    routes = set()
    if band is not None:
        routes.add(Route.CONDUCT)
    if "welfare" in marks:
        routes.add(Route.WELFARE)
    label = next((one for one in LABELS[:4] if one in marks), LABELS[0])
    concern = 0.02 if band is None else CONCERN[band]
    scores = dict.fromkeys(LABELS, 0.01) | {label: concern}
    scores["welfare"] = 0.9 if "welfare" in marks else 0.01
    signals = [] if band is None else [_signal(text, band.value, label)]
    return Assessment(
        scores=scores,
        concern=concern,
        unread=unread,
        flagged=bool(routes) or unread is not None,
        routes=frozenset(routes),
        band=band or Band.LOW,
        signals=signals,
        model_version=MODEL,
    )


def _signal(text: str, mark: str, label: str) -> Signal:
    start = text.index(f"[{mark}]")
    return Signal(start, start + len(mark) + 2, label, 1.0)
