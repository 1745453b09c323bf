"""Charts: pure, from a table of released figures to a drawing with its words for who cannot see it.

What is drawn is what the table under it says: a rounded figure as a bar, a band as a bar from its
least to its most, and what is hidden as a word at the foot of its place.
"""

from collections.abc import Sequence

import altair as alt
import pandas as pd

from triage.messages.queries.board import Day
from triage.trends.page import Block, Point, unseen
from triage.trends.rules import interval

Chart = alt.LayerChart | alt.FacetChart
COLOURS = ("#1f7f9f", "#d9a45b")
"""Messages and senders; told apart by place too, and readable on light and dark."""
HEIGHT = 320
ROW = 52
FRAME = 80
MEASURES = ("Messages", "Senders")


def frame(points: Sequence[Point]) -> pd.DataFrame:
    """The table behind a chart: where each mark begins and ends, and what it says."""
    rows = []
    for place, point in enumerate(points):
        shown = (point.messages, point.said[1]), (point.senders, point.said[2])
        for measure, (code, said) in zip(MEASURES, shown, strict=True):
            low, high = _marked(code)
            rows.append(
                {
                    "place": place,
                    "label": point.label,
                    "measure": measure,
                    "from": low,
                    "to": high,
                    "said": said,
                    "word": _word(code, said),
                }
            )
    return pd.DataFrame(rows)


def draw(block: Block) -> Chart:
    """The chart of one block."""
    made = frame(block.points)
    return over_time(made, block.alt) if block.over_time else one_way(made, block.alt)


def over_time(data: pd.DataFrame, words: str) -> Chart:
    """Periods side by side, messages beside senders; the axis always begins at nothing."""
    order = list(dict.fromkeys(data["label"]))
    x = alt.X("label:N", sort=order, title=None, axis=alt.Axis(labelAngle=-40))
    place = alt.XOffset("measure:N", sort=list(MEASURES))
    base = alt.Chart(data).encode(x=x, xOffset=place)
    y = alt.Y("from:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(tickMinStep=1))
    bars = base.mark_bar(cornerRadiusEnd=2).encode(
        y=y, y2="to:Q", color=_colour(), tooltip=_tooltip()
    )
    hidden = base.mark_text(align="left", angle=270, dx=4, fontSize=10, color="#808080").encode(
        y=alt.datum(0), text="word:N"
    )
    return dressed(alt.layer(bars, hidden), words, HEIGHT)


def one_way(data: pd.DataFrame, words: str) -> Chart:
    """Categories below each other, in the fixed order of the table."""
    order = list(dict.fromkeys(data["label"]))
    y = alt.Y("label:N", sort=order, title=None, axis=alt.Axis(labelLimit=220, labelOverlap=False))
    base = alt.Chart(data).encode(y=y, yOffset=alt.YOffset("measure:N", sort=list(MEASURES)))
    x = alt.X("from:Q", title=None, scale=alt.Scale(zero=True), axis=alt.Axis(tickMinStep=1))
    bars = base.mark_bar(cornerRadiusEnd=2).encode(
        x=x, x2="to:Q", color=_colour(), tooltip=_tooltip()
    )
    hidden = base.mark_text(align="left", dx=4, fontSize=11, color="#808080").encode(
        x=alt.datum(0), text="word:N"
    )
    return dressed(alt.layer(bars, hidden), words, FRAME + ROW * len(order))


def _marked(code: str) -> tuple[float | None, float | None]:
    """Where a mark stands: a band from its least to its most, a rounded figure from nothing."""
    if unseen(code):
        return None, None
    low, high = interval(code)
    if code.endswith("+") or high is None:
        return float(low), float(low)
    return (float(low), float(high)) if "-" in code else (0.0, float(code))


def _word(code: str, said: str) -> str:
    """What stands where there is no bar, or no end to one."""
    if code.endswith("+"):
        return said
    return {"few": said.replace("fewer than", "under"), "other": "in Other", "withheld": code}.get(
        code, ""
    )


def _colour() -> alt.Color:
    scale = alt.Scale(domain=list(MEASURES), range=list(COLOURS))
    return alt.Color("measure:N", scale=scale, title=None, legend=alt.Legend(orient="top"))


def _tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("label:N", title="What"),
        alt.Tooltip("measure:N", title="Of"),
        alt.Tooltip("said:N", title="Figure"),
    ]


def dressed(chart: Chart, words: str, height: int) -> Chart:
    """A chart as wide as its place, with its words for who cannot see it."""
    return chart.properties(height=height, width="container", description=words)


def draw_days(days: Sequence[Day]) -> Chart:
    """One person's own days: grave texts and others, stacked."""
    rows = [
        {"day": f"{one.day.day} {one.day:%b}", "what": what, "count": count}
        for one in days
        for what, count in (("Grave", one.grave), ("Others", one.others))
    ]
    data = pd.DataFrame(rows)
    x = alt.X("day:N", sort=list(dict.fromkeys(data["day"])), title=None)
    y = alt.Y("sum(count):Q", title=None, axis=alt.Axis(tickMinStep=1))
    scale = alt.Scale(domain=["Grave", "Others"], range=list(COLOURS))
    colour = alt.Color("what:N", scale=scale, title=None, legend=alt.Legend(orient="top"))
    made = alt.Chart(data).mark_bar().encode(x=x, y=y, color=colour)
    said = "; ".join(f"{one.day:%d %b} {one.grave + one.others}" for one in days)
    words = f"Chart. Texts that you uncovered whole, day by day: {said}."
    return dressed(alt.layer(made), words, HEIGHT // 2)


def picture(block: Block) -> bytes:
    """The chart as a PNG on white, with its title: from released figures alone."""
    import vl_convert  # slow to load, and needed for a picture alone

    chart = draw(block).properties(width=720, title=block.title)
    png: bytes = vl_convert.vegalite_to_png(chart.to_json(), scale=2.0)
    return png
