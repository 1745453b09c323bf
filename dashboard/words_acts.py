"""What each act on a restriction is called, and what it will do, said before it is done."""

from dashboard.words_decisions import after_yes, places
from triage.core.ids import short_ref
from triage.restrictions import rules
from triage.restrictions.queries.reading import RestrictionItem
from triage.restrictions.rules import State
from triage.senders.standing.words import day

APPEAL_WAITS = (
    "An appeal against this has come. Once this is confirmed, the appeal waits for somebody who "
    "took no part; if it is declined or lapses, the appeal falls away with it."
)
FOR_DECIDERS = "This is for the people who decide."
OWN_PROPOSAL = "You proposed this: somebody else decides."
REVIEW_LABEL = "When is it looked at again?"
REASON_LABEL = "Why? For the record; it goes nowhere outside"
ACTS = {
    "approve": "Approve it",
    "decline": "Decline it",
    "renew": "Renew it",
    "lift": "Lift it",
    "withhold": "Hold our letter back",
    "upheld": "Decide the appeal: it stands",
    "overturned": "Decide the appeal: overturn it",
}
REALLY = {
    "approve": "Yes, approve it",
    "decline": "Yes, decline it",
    "renew": "Yes, renew it",
    "lift": "Yes, lift it",
    "withhold": "Yes, hold our letter back",
    "upheld": "Yes, it stands",
    "overturned": "Yes, overturn it",
}
DONE = {
    "approve": "Your yes is on the record.",
    "decline": "Declined, with your reason.",
    "renew": "Renewed until its next review.",
    "lift": "Lifted. The services are asked to take it out.",
    "withhold": "Kept: no letter goes before it takes hold.",
    "upheld": "The appeal is decided: it stands. The person is still to be told.",
    "overturned": "Overturned. The services are asked to take it out; the person is still to be "
    "told.",
}


def act(name: str) -> str:
    """The button that begins an act."""
    return ACTS[name]


def really(name: str) -> str:
    """The button that does it, once the answers were checked."""
    return REALLY[name]


def about(found: RestrictionItem) -> str:
    """Which restriction, by its reference: the name stands above."""
    where = places([one.target for one in found.places])
    return f"{short_ref(found.row.id)}, {where}"


def unread(count: int) -> str:
    """Why nothing can be decided yet."""
    left = "1 message is" if count == 1 else f"{count} messages are"
    return f"Open the evidence before you decide: {left} still covered."


def happens(name: str, found: RestrictionItem) -> list[str]:
    """What the act will do, a sentence each."""
    row = found.row
    asked = f"These are asked to take it out again: {_where(found)}."
    if name == "approve":
        if row.state in rules.TO_RATIFY:
            return [f"What one person did is confirmed. {_reviewed(found)}"]
        said = [after_yes(row.approvals, row.approvals_needed)]
        if row.approvals + 1 >= row.approvals_needed:
            said += [f"These are asked to put it in: {_where(found)}.", _reviewed(found)]
        return said
    if name == "decline" and row.state is State.PROPOSED:
        return ["Nothing will hold. The messages go back to the queue if nothing else is open."]
    if name in {"decline", "lift", "overturned"}:
        said = ["It ends at once.", asked]
        if name == "overturned":
            said.append(
                "The messages it rests on go before people again, each once nothing else that came "
                "of it is under way."
            )
        return said
    if name == "withhold":
        return ["It may be put in place before the person was written to."]
    if name == "upheld":
        return ["It goes on as it stands. There is no second appeal."]
    return ["It goes on until it is looked at again."]


def back(name: str, state: State) -> str:
    """Whether it can be undone, and how."""
    if name == "approve":
        return "Not undone, but it can be lifted at any time."
    if name in {"renew", "withhold"}:
        return "Not undone; it stays on the record."
    if name == "decline" and state is State.PROPOSED:
        return "No. It can be proposed anew."
    return "No. What is ended is proposed anew, if it must be." if name != "upheld" else "No."


def _where(found: RestrictionItem) -> str:
    able = [one.target for one in found.places if one.target not in rules.NO_BLOCK]
    return places(able)


def _reviewed(found: RestrictionItem) -> str:
    return f"It is looked at again on {day(found.row.review_at)}."
