"""Scoring is off: everything goes to people."""

from collections.abc import Sequence

from triage.classifier.assessment import LABELS, Assessment, Band, Route


class Unscored:
    """Stands in where no model could be loaded: every text is flagged, with no signals."""

    labels: tuple[str, ...] = LABELS
    model_version = "none"

    def __init__(self, reason: str) -> None:
        self.reason = reason
        """Why there is no model, for the banner and ``triage doctor``."""

    def score(self, texts: Sequence[str]) -> list[Assessment]:
        """Flag each text; claim to know nothing about it."""
        return [
            Assessment(
                scores=dict.fromkeys(LABELS, 0.0),
                concern=0.0,
                unread=None,
                flagged=True,
                routes=frozenset({Route.CONDUCT}),
                band=Band.MEDIUM,
                model_version=self.model_version,
            )
            for _ in texts
        ]
