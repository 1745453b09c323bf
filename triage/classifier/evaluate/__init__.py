"""How good the scores are on texts that training has not seen, and which bars they meet."""

from triage.classifier.evaluate.asking import chances_of
from triage.classifier.evaluate.labelled import figures
from triage.classifier.evaluate.report import Bar, Report, bars, report

__all__ = ["Bar", "Report", "bars", "chances_of", "figures", "report"]
