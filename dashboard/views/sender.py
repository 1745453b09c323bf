"""One sender over time: messages, letters, restrictions and reports to the police, as one list."""

from collections.abc import Sequence

import streamlit as st

from dashboard import frame, session, untrusted, words_wrote
from dashboard import words as general
from dashboard import words_police as words
from dashboard.components import kinship, listing
from dashboard.going import go
from triage.cases.verdict.queries import UpheldRow
from triage.core.access import Action, Actor
from triage.core.ids import is_id, short_ref
from triage.history import Moment, SenderHistory, sender_history
from triage.letters.queries import LetterRow
from triage.letters.words import KINDS, standing
from triage.messages.queries.listing import QueueRow
from triage.referrals.queries import ReferralRow
from triage.restrictions.queries.rows import RestrictionRow

NO_SUCH_SENDER = "There is no such sender."


def draw() -> None:
    """The sender that the URL names."""
    viewer = session.guard(Action.REVIEW)
    frame.banners()
    untrusted.say(general.DANGER, kind="danger")
    asked = st.query_params.get("sender", "")
    if not asked:
        st.title("Sender", anchor=False)
        session.draw_problems()
        untrusted.say(
            "Open one of their messages, under Review or Find: their timeline opens from there."
        )
        return
    found = _read(viewer, asked) if is_id(asked) else None
    st.title("Sender", anchor=False)
    session.draw_problems()
    if found is None:
        untrusted.problem([NO_SUCH_SENDER])
        return
    _head(found)
    _timeline(found.moments)
    if found.pages > 1:
        st.pagination(found.pages, key="sender_page", bind="query-params")


def _read(viewer: Actor, sender_id: str) -> SenderHistory | None:
    desk = session.desk()
    with desk.database.read() as db:
        return sender_history(
            db,
            viewer=viewer,
            vault=desk.vault,
            sender_id=sender_id,
            now=desk.clock.now(),
            number=listing.page_number("sender_page"),
        )


def _head(found: SenderHistory) -> None:
    view = found.view
    untrusted.say("Known as {known}.", known=kinship.named(view.known))
    if found.standing:
        untrusted.say(
            "In force for this sender: {standing}. {rule}",
            kind="notice",
            standing=", ".join(found.standing),
            rule="Do not write to them: a letter is refused without an override."
            if found.ceased
            else "",
        )
    else:
        untrusted.say("Nothing is in force for them.", kind="quiet")
    untrusted.facts(
        [
            ("Messages that stood in the queue", str(view.messages)),
            ("Decided as abusive", str(view.decided)),
            ("First and last of these", f"{general.when(view.first)}; {general.when(view.last)}")
            if view.first != view.last
            else ("It came", general.when(view.first)),
        ]
    )
    for one in view.said:
        verdict = "one person" if one.verdict.value == "same" else "two people"
        untrusted.say(
            "{who} said that {one} and {other} are {verdict}, {when}.",
            kind="quiet",
            who=one.who,
            one=kinship.named(one.one),
            other=kinship.named(one.other),
            verdict=verdict,
            when=general.when(one.at),
        )


def _timeline(moments: Sequence[Moment]) -> None:
    st.header("What happened, newest first", anchor=False)
    if not moments:
        untrusted.say("Nothing that stood in the queue, and nothing that was done.")
    restricted = {one.what.id for one in moments if isinstance(one.what, RestrictionRow)}
    for moment in moments:
        what, when = moment.what, general.when(moment.at)
        with st.container(border=True, horizontal=True, vertical_alignment="center"):
            if isinstance(what, QueueRow):
                _message(what, when)
            elif isinstance(what, LetterRow):
                untrusted.row(f"Letter: {KINDS[what.kind]}", [], f"{when}; {standing(what)}")
                if what.matter_id in restricted:  # a notice, or what came of an appeal
                    _button("decisions", what.id, restriction=what.matter_id)
                else:
                    _button("review", what.id, message=what.matter_id, letter=what.id)
            elif isinstance(what, ReferralRow):
                untrusted.row("Police", words.chips(what), f"{when}; {what.said}")
                _button("referrals", what.id, referral=what.id)
            elif isinstance(what, UpheldRow):
                untrusted.row(
                    "Incident report: upheld", [], f"{when}; case {short_ref(what.case_id)}"
                )
                _button("cases", what.id, case=what.case_id)
            else:
                _restriction(what, when)


def _message(row: QueueRow, when: str) -> None:
    # What is in force stands above once; here it is said what was true of this message.
    shown = [one for one in listing.chips(row) if one[0] not in row.standing]
    untrusted.row(f"Message from {words_wrote.sender(row)}", shown, f"{when}; {_where(row)}")
    _button("review", row.id, message=row.id)


def _where(row: QueueRow) -> str:
    return f"{general.service(row.service)}, {general.CHANNELS[row.channel].lower()}"


def _restriction(row: RestrictionRow, when: str) -> None:
    name = row.kind.value.replace("_", " ").capitalize()
    chips = [("in force", "high")] if row.in_force else [(row.state.value.replace("_", " "), "")]
    parts = [f"{when}; {row.clause}, proposed by {row.proposed_by}"]
    if row.places:
        parts.append("for " + ", ".join(general.service(one.target) for one in row.places))
    if row.ended_at is not None:
        parts.append(f"ended {general.when(row.ended_at)}")
    untrusted.row(f"Restriction {short_ref(row.id)}: {name}", chips, "; ".join(parts))
    _button("decisions", row.id, restriction=row.id)


def _button(path: str, own: str, **query: str) -> None:
    if st.button(words.open_by_id(own), key=f"moment_{own}"):
        go(path, **query)
