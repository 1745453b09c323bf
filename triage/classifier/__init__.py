"""Text -> Assessment. The classifier puts messages before people; it decides nothing."""

from triage.classifier.assessment import LABELS, Assessment, Scorer, Signal
from triage.classifier.model import load
from triage.classifier.unscored import Unscored

__all__ = ["LABELS", "Assessment", "Scorer", "Signal", "Unscored", "load"]
