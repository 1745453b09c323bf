"""Charts of the classifier's quality: pure, each with its words for who cannot see it."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import altair as alt
import pandas as pd

from dashboard.charts import COLOURS, HEIGHT, Chart, dressed
from triage.trends.quality import Bin

Row = tuple[float, float, float | None, float | None]
"""Threshold, messages a day, precision, recall."""


def draw_calibration(bins: Sequence[Bin]) -> Chart:
    """What the model said against what people found; on the line the two are the same."""
    rows = [
        {"score": one.score, "share": one.share.value, "low": one.share.low, "high": one.share.high}
        for one in bins
    ]
    scale = alt.Scale(domain=[0, 1])
    x = alt.X("score:Q", title="Score of the model", scale=scale)
    y = alt.Y("share:Q", title="Called abuse by people", scale=scale)
    base = alt.Chart(pd.DataFrame(rows))
    ideal = alt.Chart(pd.DataFrame({"score": [0, 1], "share": [0, 1]}))
    line = ideal.mark_line(strokeDash=[4, 4], color="#808080").encode(x=x, y=y)
    points = base.mark_point(filled=True, size=70, color=COLOURS[0]).encode(x=x, y=y)
    spans = base.mark_rule(color=COLOURS[0]).encode(x=x, y="low:Q", y2="high:Q")
    said = "; ".join(f"score {one.score:.2f}, abuse {(one.share.value or 0):.2f}" for one in bins)
    return dressed(alt.layer(line, spans, points), f"Chart. Calibration: {said}.", HEIGHT)


def draw_drift(before: Sequence[int], now: Sequence[int], cuts: Sequence[float]) -> Chart:
    """How scores are spread now, beside before, as shares."""
    rows: list[dict[str, Any]] = []
    for place, (low, high) in enumerate(pairwise(cuts)):
        for when, counts in (("Three months before", before), ("Last month", now)):
            share = counts[place] / (sum(counts) or 1)
            rows.append({"score": f"{low:.1f} to {high:.1f}", "when": when, "share": share})
    data = pd.DataFrame(rows)
    names = ["Three months before", "Last month"]
    scale = alt.Scale(domain=names, range=list(reversed(COLOURS)))
    made = (
        alt.Chart(data)
        .mark_bar()
        .encode(
            x=alt.X("score:N", title="Score", axis=alt.Axis(labelAngle=0)),
            xOffset=alt.XOffset("when:N", sort=names),
            y=alt.Y("share:Q", title=None, axis=alt.Axis(format="%")),
            color=alt.Color("when:N", scale=scale, title=None, legend=alt.Legend(orient="top")),
        )
    )
    said = "; ".join(f"{r['score']} {r['when'].lower()} {r['share']:.0%}" for r in rows)
    return dressed(alt.layer(made), f"Chart. Spread of scores: {said}.", HEIGHT)


def draw_thresholds(rows: Sequence[Row], cut: float) -> Chart:
    """Load a day against the threshold, with precision and recall; a rule where it is put."""
    data = pd.DataFrame(rows, columns=["cut", "load", "precision", "recall"])
    x = alt.X("cut:Q", title="Flag from this score on", scale=alt.Scale(domain=[0, 1]))
    load = alt.Chart(data).mark_bar(size=10, color=COLOURS[1], opacity=0.8)
    bars = load.encode(x=x, y=alt.Y("load:Q", title="Messages a day"))
    long = data.melt("cut", ["precision", "recall"], "what", "share").dropna()
    lines = (
        alt.Chart(long)
        .mark_line(point=alt.OverlayMarkDef(aria=False), color=COLOURS[0])
        .encode(
            x=x,
            y=alt.Y("share:Q", title="Share", scale=alt.Scale(domain=[0, 1])),
            strokeDash=alt.StrokeDash("what:N", title=None, legend=alt.Legend(orient="top")),
        )
    )
    here = alt.Chart(pd.DataFrame({"cut": [cut]})).mark_rule(color="#808080", size=2).encode(x=x)
    made = alt.layer(bars, lines, here).resolve_scale(y="independent")
    said = "; ".join(f"from {one[0]:.2f} on {one[1]:.1f} a day" for one in rows[::3])
    return dressed(made, f"Chart. Load by threshold: {said}.", HEIGHT)
