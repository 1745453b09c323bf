"""The public sets, on the fifth of them that is kept for testing, beside a linear baseline."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import FeatureUnion

from triage.classifier.card import HEADS
from triage.classifier.datasets import Row
from triage.classifier.evaluate.asking import Model, chances_of
from triage.classifier.evaluate.measures import auc

Doubles = npt.NDArray[np.float64]

ASKED = (
    ("jigsaw_labelled", "any"),
    ("convabuse", "any"),
    ("edos", "threatening"),
    ("jigsaw_labelled", "threatening"),
)
"""Set and head; "any" is the sets' own "abuse"."""
NAMES = frozenset(name for name, _ in ASKED)


class Baseline:
    """Word and character TF-IDF with logistic regression: what anybody would try first. It is
    learned here, from texts as they are, for comparing, and never shipped."""

    def __init__(self, rows: Sequence[Row]) -> None:
        words = TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True)
        letters = TfidfVectorizer(
            analyzer="char_wb",
            ngram_range=(3, 5),
            min_df=3,
            max_features=150_000,
            sublinear_tf=True,
        )
        self._features = FeatureUnion([("words", words), ("letters", letters)])
        features = self._features.fit_transform([row.text for row in rows])
        self._heads = {
            head: _fit(features, rows, HEADS.index(head)) for head in {head for _, head in ASKED}
        }

    def scores(self, texts: Sequence[str]) -> dict[str, Doubles]:
        """Head -> the texts' scores; 0 for a head that the rows could not teach."""
        features = self._features.transform(texts)
        return {
            head: np.zeros(len(texts)) if one is None else one.decision_function(features)
            for head, one in self._heads.items()
        }


def _fit(features: Any, rows: Sequence[Row], at: int) -> Any:
    """A head, on the rows that know it; None where they give fewer than two answers."""
    known = np.array([row.truth[at] is not None for row in rows])
    answers = np.array([row.truth[at] for row in rows if row.truth[at] is not None])
    if len(set(answers.tolist())) < 2:
        return None
    return LogisticRegression(C=4.0, solver="liblinear", random_state=0).fit(
        features[known], answers
    )


def public_sets(
    model: Model, test: Mapping[str, Sequence[Row]], training: Sequence[Row]
) -> list[dict[str, Any]]:
    """AUC of the model and of the baseline, which learns from ``training``, for each of
    ``ASKED`` of which there are rows; with the number of rows and of positive ones."""
    baseline = Baseline(training)
    found = []
    for name in sorted(NAMES):
        rows = test.get(name, ())
        texts = [row.text for row in rows]
        if not texts:
            continue
        chances, plain = chances_of(model, texts), baseline.scores(texts)
        for head in [head for asked, head in ASKED if asked == name]:
            at = HEADS.index(head)
            known = np.array([row.truth[at] is not None for row in rows])
            positive = np.array([row.truth[at] == 1 for row in rows])[known]
            found.append(
                {
                    "set": name,
                    "label": head,
                    "rows": int(known.sum()),
                    "positive": int(positive.sum()),
                    "auc": auc(chances[known, at], positive),
                    "baseline_auc": auc(plain[head][known], positive),
                }
            )
    return found
