"""Quality: how good the classifier is, by what people decided. It changes nothing.

For deciders; an admin sees the figures, and of no message that it is one of them.
"""

from collections.abc import Sequence

import streamlit as st

from dashboard import charts_quality as charts
from dashboard import session, untrusted
from dashboard import words as common
from triage.classifier.assessment import CONDUCT_LABELS
from triage.core.access import Action, can
from triage.core.ids import short_ref
from triage.trends import quality
from triage.trends.quality import Estimate, Judged
from triage.trends.queries import quality as reads
from triage.trends.queries.quality import Mistake, Scores

LEAST = 5
"""Messages, under which a share of them is not said."""
FIGURES = (
    ("Breaches flagged", "breaches_flagged"),
    ("Harmless flagged", "harmless_flagged"),
    ("Welfare found", "welfare_recall"),
)


def draw() -> None:
    """Estimates, calibration, drift, who it wrongs, what a threshold would cost, and mistakes."""
    viewer = session.guard(Action.READ_QUALITY)
    st.title("Quality of the classifier", anchor=False)
    desk = session.desk()
    with desk.database.read() as db:
        judged = reads.judged(db, viewer=viewer)
        scores = reads.scores(db, viewer=viewer, now=desk.clock.now())
        wrong: tuple[Mistake, ...] = ()
        if can(viewer, Action.READ_MISTAKES):
            wrong = reads.mistakes(db, viewer=viewer)
    _draw_estimates(judged)
    _draw_calibration(judged)
    _draw_drift(scores)
    _draw_wronged(judged)
    _draw_threshold(judged, scores)
    _draw_compared()
    if can(viewer, Action.READ_MISTAKES):
        _draw_mistakes(wrong)


def _draw_estimates(judged: Sequence[Judged]) -> None:
    st.header("How much it finds, and how often it is right", anchor=False)
    blind = sum(one.blind for one in judged)
    untrusted.say(
        "From {blind} decided without a word of the model, each standing for as many as its chance "
        "was of being drawn, and from what is always reviewed.",
        blind=common.plural(blind, "message"),
    )
    untrusted.facts(
        [
            ("Of what people called abuse, flagged", said(quality.recall(judged))),
            ("Of what was flagged, abuse", said(quality.precision(judged))),
        ]
    )


def _draw_calibration(judged: Sequence[Judged]) -> None:
    st.header("Whether a score means what it says", anchor=False)
    bins = quality.calibration(judged)
    if not bins:
        untrusted.say("The blind sample has no decided message yet.")
        return
    st.altair_chart(charts.draw_calibration(bins), width="stretch", key="calibration")
    untrusted.table(
        "Score of the model, and share that people called abuse, by the blind sample",
        ("Score", "On average", "Abuse"),
        [(f"{one.low:.1f} to {one.high:.1f}", f"{one.score:.2f}", said(one.share)) for one in bins],
    )


def _draw_drift(scores: Scores) -> None:
    st.header("Whether what comes in has changed", anchor=False)
    index = quality.drift(scores.before, scores.now)
    untrusted.say("{said}", said=quality.said_of_drift(index))
    if index is not None:
        spread = (scores.before, scores.now, quality.CUTS)
        st.altair_chart(charts.draw_drift(*spread), width="stretch", key="drift")


def _draw_wronged(judged: Sequence[Judged]) -> None:
    st.header("Whom it wrongs", anchor=False)
    by_label = quality.false_positives(judged, lambda one: one.said)
    by_group = quality.by_group(judged)
    if not by_label and not by_group:
        untrusted.say("Nothing was decided yet from which that could be told.")
        return
    untrusted.table(
        "Of what it flagged as this, harmless by a person's word",
        ("Called by the model", "Harmless"),
        [(common.LABELS[name], said(share)) for name, share in by_label if name in CONDUCT_LABELS],
    )
    if not by_group:
        untrusted.say("No harmless message that a person has read names a group of people.")
        return
    untrusted.table(
        "Of harmless messages that name these people, flagged",
        ("Named", "Flagged"),
        [(name, said(share)) for name, share in by_group],
    )


def _draw_threshold(judged: Sequence[Judged], scores: Scores) -> None:
    st.header("What another threshold would cost", anchor=False)
    if not sum(scores.now):
        untrusted.say("Nothing has come in for a month.")
        return
    if sum(one.abusive for one in judged) < LEAST:
        untrusted.say(
            "Fewer than {least} messages were found abusive by a person: what another threshold "
            "would find cannot be said.",
            least=LEAST,
        )
        return
    untrusted.say("Move it to see. Nothing changes: a threshold belongs to a model, as trained.")
    cut = st.slider("Flag from this score on", 0.05, 0.95, 0.5, 0.05, key="cut")
    rows = [
        (one, over / scores.days, *quality.at_threshold(judged, one))
        for one, over in zip(quality.THRESHOLDS, scores.over, strict=True)
    ]
    st.altair_chart(charts.draw_thresholds(rows, cut), width="stretch", key="thresholds")
    chosen = min(rows, key=lambda row: abs(row[0] - cut))
    untrusted.say(
        "From {cut} on: about {load} a day to review; of abuse, {found} found; of those, {right} "
        "right.",
        cut=f"{chosen[0]:.2f}",
        load=f"{chosen[1]:.1f}",
        found=_share(chosen[3]),
        right=_share(chosen[2]),
    )


def _draw_compared() -> None:
    st.header("Two models on the same messages", anchor=False)
    found = reads.compared(session.desk().settings.home)
    if not found:
        untrusted.say("No two have been compared yet: triage model activate does, before it asks.")
        return
    for one in found[:3]:
        models = [one.get(which) or {} for which in ("present", "candidate")]
        names = [str(each.get("version", "none")) for each in models]
        untrusted.table(
            f"On {int(one.get('rows', 0))} held-out messages, {str(one.get('at', ''))[:10]}",
            ("Figure", *names),
            [
                (name, _of(one.get("present_figures"), key), _of(one.get("figures"), key))
                for name, key in FIGURES
            ],
        )


def _draw_mistakes(found: Sequence[Mistake]) -> None:
    st.header("What it is wrong about", anchor=False)
    if not found:
        untrusted.say("Nothing that was decided lately was seen otherwise by the model.")
        return
    untrusted.table(
        "The newest that the model and a person saw differently. No text is shown here",
        ("Message", "Decided", "The model said", "A person said", "Seen"),
        [
            (
                short_ref(one.id),
                common.when(one.decided_at),
                _names(one.said) or ("flagged" if one.flagged else "harmless"),
                _names(one.dispositions) or "harmless",
                "blind" if one.blind else "with the model's word",
            )
            for one in found
        ],
    )


def said(one: Estimate) -> str:
    """A share with its interval and what it rests on."""
    if one.count < LEAST or one.value is None or one.low is None or one.high is None:
        return f"fewer than {LEAST} messages: nothing can be said"
    interval = f"{100 * one.low:.0f} to {100 * one.high:.0f} %"
    return f"{100 * one.value:.0f} % ({interval}, from {one.count})"


def _share(value: float | None) -> str:
    return "an unknown share" if value is None else f"{100 * value:.0f} %"


def _names(labels: Sequence[str]) -> str:
    return ", ".join(common.LABELS[one] for one in labels)


def _of(figures: object, key: str) -> str:
    value = figures.get(key) if isinstance(figures, dict) else None
    return f"{value:.3f}" if isinstance(value, int | float) else "–"
