"""Fit the six linear heads over hashed features, each on the rows that know its label."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from triage.classifier.card import HEADS
from triage.classifier.datasets import Row
from triage.classifier.features import HashedGrams, cut_up, rarity, scale, window_picks
from triage.classifier.normalise import normalise
from triage.classifier.scorer import Coefficients
from triage.classifier.segments import cut_windows

Doubles = npt.NDArray[np.float64]

OWN_SHARE = 0.95
"""Of all weight, what our own corpus gets: public data do not know this register."""
STRENGTH = 8.0
"""C of the logistic regression, for weights with mean 1."""
SEED = 20
WINDOW_SHARE = 1.0
"""Of a row's weight, what its windows have between them, beside the 1 of the whole text."""
AT_ONCE = 2_000
"""Texts hashed at a time."""


class Examples(NamedTuple):
    """What the heads are fitted on."""

    counts: Any
    """Sparse (examples, features), not scaled."""
    truth: Doubles
    """(examples, heads): 1, 0, or NaN where unknown."""
    weights: Doubles
    rows: npt.NDArray[np.int64]
    """The row each example comes from."""
    complete: npt.NDArray[np.bool_]
    """A whole text, and no window of one."""


def truth_table(rows: Sequence[Row]) -> Doubles:
    """(rows, heads): 1, 0, or NaN where unknown."""
    return np.array(
        [[np.nan if value is None else value for value in row.truth] for row in rows],
        dtype=np.float64,
    ).reshape(len(rows), len(HEADS))


def row_weights(rows: Sequence[Row]) -> Doubles:
    """Mean 1 over all, our own corpus with ``OWN_SHARE`` of the whole where it stands beside
    public rows."""
    weights = np.array([row.weight for row in rows])
    own = np.array([bool(row.voice) for row in rows])
    if own.any() and not own.all():
        weights[own] *= OWN_SHARE / weights[own].sum()
        weights[~own] *= (1.0 - OWN_SHARE) / weights[~own].sum()
    return np.asarray(weights * len(weights) / weights.sum())


def examples(rows: Sequence[Row], grams: HashedGrams) -> Examples:
    """Each row as a whole; of our own corpus its windows too: those of harmless texts, and
    of the others those that hold the words that decide."""
    counted = []
    parents: list[int] = []
    shares: list[float] = []
    whole: list[bool] = []
    for first in range(0, len(rows), AT_ONCE):
        some = rows[first : first + AT_ONCE]
        texts = [normalise(row.text).text for row in some]
        cut = cut_up(texts)
        picks, starts = window_picks(cut.counts)
        kept = []
        for at, (row, text) in enumerate(zip(some, texts, strict=True)):
            chosen = _telling(row, text) if row.voice else []
            kept += [starts[at] + place for place in (0, *chosen)]
            parents += [first + at] * (1 + len(chosen))
            whole += [True, *[False] * len(chosen)]
            shares += [1.0, *[WINDOW_SHARE / max(1, len(chosen))] * len(chosen)]
        counted.append(picks[kept] @ grams.sentence_counts(cut))
    index = np.array(parents, dtype=np.int64)
    return Examples(
        counts=sparse.vstack(counted, format="csr"),
        truth=truth_table(rows)[index],
        weights=row_weights(rows)[index] * np.array(shares),
        rows=index,
        complete=np.array(whole),
    )


def _telling(row: Row, text: str) -> list[int]:
    """Places of the windows that teach something, counted from the whole text, which is 0."""
    cut = cut_windows(text)
    if not any(row.truth):
        return list(range(1, len(cut) + 1))
    span = normalise(row.span).text.strip()
    return [at for at, one in enumerate(cut, start=1) if span and span in one]


def fit_heads(chosen: Examples, edges: Sequence[int]) -> Coefficients:
    """Coefficients rounded as they are shipped (float16), so that what is measured is what is
    used. A head of which no row, or only one answer, is known stays silent (-4, about 2 %)."""
    rare = rarity(chosen.counts[chosen.complete])
    features = scale(chosen.counts, rare, edges)
    weights = np.zeros((features.shape[1], len(HEADS)), dtype=np.float32)
    intercepts = np.full(len(HEADS), -4.0, dtype=np.float32)
    for at in range(len(HEADS)):
        answers = chosen.truth[:, at]
        known = ~np.isnan(answers)
        if len(np.unique(answers[known])) < 2:
            continue
        model = LogisticRegression(C=STRENGTH, solver="liblinear", random_state=SEED, tol=1e-3)
        share = chosen.weights[known] / chosen.weights[known].mean()
        model.fit(features[known], answers[known].astype(int), sample_weight=share)
        weights[:, at] = model.coef_[0].astype(np.float16)
        intercepts[at] = model.intercept_[0]
    return Coefficients(weights, intercepts, rare)


def subset(whole: Examples, chosen: npt.NDArray[np.bool_]) -> Examples:
    """Those examples alone."""
    return Examples._make(field[chosen] for field in whole)
