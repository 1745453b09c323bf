"""What follows from a decision on a report: each thing set up, carried out, and its end said."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import streamlit as st

from dashboard import session, untrusted
from dashboard import words as general
from dashboard import words_verdict as words
from dashboard.components import asking, case_restriction, case_wording
from dashboard.components.checked import Answers
from dashboard.components.people import colleagues
from dashboard.going import go
from triage.cases.queries import CaseItem, events
from triage.cases.rules import PartyKind, State
from triage.cases.verdict.queries import ActionItem, VerdictItem
from triage.cases.verdict.rules import (
    AGAINST_SOMEBODY,
    BY_LETTER,
    HAS_CHILD,
    NO_REFUND,
    ActionKind,
    ActionState,
)
from triage.cases.verdict.service import carrying, setting_up, wording
from triage.cases.verdict.service.setting_up import ActionDraft
from triage.core.access import Action, Actor, can
from triage.core.text import LONGEST_REASON
from triage.senders.standing.words import day
from triage.staff.processes import Part
from triage.staff.queries import active_people

Form = Callable[[dict[str, Any]], Answers]
ANOTHER = "another"
"""Not an event of ours, or more than one."""
STANDS = frozenset({State.DECIDED, State.ACTIONING})
ON_CASE: dict[str, Callable[..., object]] = {
    **dict.fromkeys(words.SET_UP.values(), setting_up.add_action),
    "set_up_restriction": setting_up.add_restriction,
    "begin_acting": setting_up.act,
    "agree_words": wording.agree_to_words,
}
ON_ACTION: dict[str, Callable[..., object]] = {
    "write_warning": carrying.write_letter,
    "write_request_to_cease": carrying.write_letter,
    "action_done": carrying.say_done,
    "action_waived": carrying.waive,
}


def draw(viewer: Actor, found: CaseItem, there: VerdictItem) -> None:
    """Each thing that follows, with where it stands; and what is left to set up."""
    decision = next((one for one in there.decisions if one.stands), None)
    if decision is None:
        return
    st.header("What follows from it", anchor=False)
    for one in there.actions:
        _draw_action(viewer, one)
    lacking = [kind for kind in decision.actions if kind not in {one.kind for one in there.actions}]
    if found.row.state is State.DECIDED and lacking:
        untrusted.say(
            "Still to be set up, before anything of it is done: {what}.", kind="notice",
            what="; ".join(words.action(kind) for kind in lacking),
        )  # fmt: skip
        if ActionKind.RESTRICTION in lacking:
            untrusted.say("A restriction is set up by one of those who decided.", kind="quiet")
    elif found.row.state is State.DECIDED:
        untrusted.say("All of it is set up. It is begun by who handles the report.", kind="notice")
    if _may_set_up_restriction(found, there):
        done = sum(one.kind is ActionKind.RESTRICTION for one in there.actions)
        case_restriction.draw(viewer, found, f"{decision.id}_{done}")  # each with fields of its own


def _may_set_up_restriction(found: CaseItem, there: VerdictItem) -> bool:
    """Who decided, or agreed, sets up a restriction; the command asks again."""
    decision = there.decisions[-1]
    return (
        Part.DECIDER in found.row.parts
        and found.row.state in STANDS
        and decision.mine
        and ActionKind.RESTRICTION in decision.actions
    )


def _draw_action(viewer: Actor, one: ActionItem) -> None:
    with st.container(border=True):
        untrusted.row(
            words.action(one.kind), [words.ACTION_STATES[one.state]], words.clause(one.clause)
        )
        pairs = [("About", one.party), ("Event", one.event), ("Refund", one.refund)]
        if one.child_id is not None:
            pairs.append(("Where that stands", one.child_state))
        if one.in_place_of_hr:
            pairs.append(("In the place of HR, who may be in it", one.in_place_of_hr))
        if one.done_at is not None:
            pairs.append(("Done", f"{one.done_by}, {general.when(one.done_at)}".lstrip(", ")))
        if one.state is not ActionState.TO_DO and one.settled_by != one.done_by:
            pairs.append(("Noted by", one.settled_by))
        untrusted.facts([pair for pair in pairs if pair[1]])
        if one.what:
            untrusted.letter(one.what)
        if one.outcome:
            done = one.state is ActionState.DONE
            untrusted.say("{how}:", kind="quiet", how="What was done" if done else "Why not")
            untrusted.letter(one.outcome)
        if one.child_id is not None:
            _way(viewer, one)


def _way(viewer: Actor, one: ActionItem) -> None:
    police = one.kind is ActionKind.POLICE_REFERRAL
    if not can(viewer, Action.READ_REFERRALS if police else Action.READ_RESTRICTIONS):
        return
    if st.button(words.child(one.kind), key=f"child_{one.id}"):
        if police:
            go("referrals", referral=one.child_id or "")
        else:
            go("decisions", restriction=one.child_id or "")


def forms(viewer: Actor, found: CaseItem, there: VerdictItem) -> dict[str, Form]:
    """Setting up, beginning, and saying what became of each."""
    mine, state = found.row.parts, found.row.state
    if state not in STANDS or not there.decisions:
        return {}
    decision = there.decisions[-1]
    acts: dict[str, Form] = {}
    if mine & set(setting_up.SETS_UP):
        for kind in decision.actions:
            if kind in words.SET_UP and _more_of(found, there, kind):
                acts[words.SET_UP[kind]] = partial(_set_up, viewer, found, there, kind)
    if mine & set(wording.AGREES) and ActionKind.RESTRICTION in decision.actions:
        acts["agree_words"] = case_wording.draw
    known = {one.kind for one in there.actions}
    open_now = [one for one in there.actions if one.state is ActionState.TO_DO]
    if Part.HANDLER in mine:
        if state is State.DECIDED and known >= set(decision.actions):
            acts["begin_acting"] = partial(_begin, there.actions)
        for kind in ActionKind:
            written = [one for one in open_now if one.kind is kind and one.letter_id is None]
            if kind in BY_LETTER and written:
                acts[f"write_{kind.value}"] = partial(_write, kind, written)
        by_hand = [one for one in open_now if one.kind not in HAS_CHILD]
        if by_hand:
            acts["action_done"] = partial(_done, by_hand)
    if mine & set(carrying.SETTLES) and open_now:
        acts["action_waived"] = partial(_waived, open_now)
    return acts


def _more_of(found: CaseItem, there: VerdictItem, kind: ActionKind) -> bool:
    """Whether another of a kind could be wanted: each once, but of several people, or other."""
    reported = sum(one.kind is PartyKind.SUBJECT for one in found.parties)
    stands = {one.kind for one in there.actions if one.state is not ActionState.WAIVED}
    return kind not in stands or kind is ActionKind.OTHER or reported > 1


def _begin(actions: Sequence[ActionItem], kept: dict[str, Any]) -> Answers:
    done = "; ".join(words.action(one.kind) for one in actions)
    return Answers({}, (("To be done", done),))


def _set_up(
    viewer: Actor, found: CaseItem, there: VerdictItem, kind: ActionKind, kept: dict[str, Any]
) -> Answers:
    people = {one.id: one.name or "Name not known" for one in found.parties
              if one.kind is PartyKind.SUBJECT}  # fmt: skip
    missing: tuple[str, ...] = ()
    shown: list[tuple[str, str]] = [("What", words.action(kind))]
    party, event_id, event = None, None, ""
    if kind in AGAINST_SOMEBODY or kind is ActionKind.HR_REFERRAL:
        ids = list(people)
        party = st.selectbox(
            "Whom is it about?", ids, index=asking.place(ids, kept.get("party_id")),
            format_func=people.__getitem__, placeholder="Choose one",
        )  # fmt: skip
        missing += asking.lacks((party, "Choose whom it is about."))
        shown.append(("About", "" if party is None else people[party]))
    if kind is ActionKind.EXPULSION:
        event_id, event, said = _event(viewer, kept)
        untrusted.facts([("Refund", NO_REFUND)])
        missing += asking.lacks((said, "Choose the event, or name another."))
        shown += [("Event", said), ("Refund", NO_REFUND)]
    if kind is ActionKind.POLICE_REFERRAL:
        untrusted.facts([("The reporter's wish", there.police_wish.value.replace("_", " "))])
    what = st.text_area(
        words.to_say(kind), value=kept.get("what", ""),
        max_chars=LONGEST_REASON,
    )  # fmt: skip
    missing += asking.lacks((what.strip(), "Say what is done, and why."))
    shown.append(("What is done, and why", what))
    draft = ActionDraft(kind, what, party_id=party, event_id=event_id, event=event)
    typed = {"what": what, "party_id": party, "event_id": event_id, "event": event}
    return Answers({"draft": draft}, tuple(shown), missing, typed)


def _event(viewer: Actor, kept: dict[str, Any]) -> tuple[str | None, str, str]:
    """One of the events that are set up, or another by its name: its id, what was typed, and both
    as they are checked."""
    before = kept.get("event", "")
    known = _events(viewer)
    if not known:
        typed = st.text_input(words.LABELS["event"], value=before, max_chars=200).strip()
        return None, typed, typed
    options = [*known, ANOTHER]
    chosen = st.selectbox(
        words.LABELS["which_event"], options, index=asking.place(options, kept.get("event_id")),
        format_func=lambda one: untrusted.visible(known.get(one, "Another, named below")),
        placeholder="Choose the event",
    )  # fmt: skip
    typed = st.text_input(words.LABELS["other_event"], value=before, max_chars=200).strip()
    if chosen is None or chosen == ANOTHER:
        return None, typed, typed
    return chosen, typed, ": ".join(one for one in (known[chosen], typed) if one)


def _events(viewer: Actor) -> dict[str, str]:
    """The events that were set up, newest first, with their days; for who may know them."""
    if not can(viewer, Action.SET_UP_EVENT):
        return {}
    with session.desk().database.read() as db:
        return {one.id: f"{one.name}, {day(one.starts)}" for one in events(db, viewer=viewer)}


def _which(actions: Sequence[ActionItem], kept: dict[str, Any]) -> ActionItem | None:
    """One of several actions; the only one there is needs no choosing."""
    if len(actions) == 1:
        untrusted.say("{what}", what=_called(actions[0]))
        return actions[0]
    known = {one.id: one for one in actions}
    chosen = st.selectbox(
        "Which?", list(known), index=asking.place(list(known), kept.get("action_id")),
        format_func=lambda own: _called(known[own]), placeholder="Choose one",
    )  # fmt: skip
    return None if chosen is None else known[chosen]


def _called(one: ActionItem) -> str:
    return words.action(one.kind) + (f", about {one.party}" if one.party else "")


def _of(one: ActionItem | None) -> dict[str, Any]:
    return {} if one is None else {"action_id": one.id, "version": one.version}


def _done(actions: Sequence[ActionItem], kept: dict[str, Any]) -> Answers:
    one = _which(actions, kept)
    note = st.text_area(words.LABELS["done"], value=kept.get("note", ""), max_chars=LONGEST_REASON)
    untrusted.say("When it was: left open, it is now.", kind="quiet")
    at = asking.moment(kept)
    with session.desk().database.read() as db:
        staff = colleagues(active_people(db))
    ids = list(staff)
    by = st.selectbox(
        "Who did it? Left open, it was you", ids, index=asking.place(ids, kept.get("by")),
        format_func=staff.__getitem__, placeholder="I did",
    )  # fmt: skip
    missing = asking.lacks((one, "Choose what is done."), (note.strip(), "Say what was done."))
    shown = (
        ("What", "" if one is None else _called(one)),
        ("When", asking.shown_at(at) or "now"),
        ("By", "you" if by is None else staff[by]),
        ("What was done", note),
    )
    typed = {"action_id": None if one is None else one.id, "note": note, "at": at, "by": by}
    return Answers({**_of(one), "note": note, "at": at, "by": by}, shown, missing, typed)


def _waived(actions: Sequence[ActionItem], kept: dict[str, Any]) -> Answers:
    one = _which(actions, kept)
    reason = st.text_area(
        words.LABELS["not_done"], value=kept.get("reason", ""), max_chars=LONGEST_REASON
    )
    missing = asking.lacks((one, "Choose what is not done."), (reason.strip(), "Say why."))
    shown = (("Not done", "" if one is None else _called(one)), ("Why", reason))
    typed = {"action_id": None if one is None else one.id, "reason": reason}
    return Answers({**_of(one), "reason": reason}, shown, missing, typed)


def _write(kind: ActionKind, actions: Sequence[ActionItem], kept: dict[str, Any]) -> Answers:
    """The letter is begun with these words, and then changed, checked and sent under Letters."""
    one = _which(actions, kept)
    to = st.text_input("E-mail address (none: it is copied out)", value=kept.get("to", ""))
    what = st.text_area(words.LABELS["letter_what"], value=kept.get("what", ""))
    last = "why" if kind is ActionKind.WARNING else "stop"
    more = st.text_area(words.LABELS[f"letter_{last}"], value=kept.get("more", ""))
    said = (("what", what.strip().rstrip(".")), (last, more.strip()))
    fields = {name: text.rstrip(".") if name == "stop" else text for name, text in said if text}
    missing = asking.lacks((one, "Choose which."))
    shown = (
        ("To", to or "nobody yet"), ("What they did", what), (words.LABELS[f"letter_{last}"], more),
        ("From here on", "it is a draft: nothing goes before it is checked"),
    )  # fmt: skip
    typed = {"action_id": None if one is None else one.id, "to": to, "what": what, "more": more}
    return Answers({**_of(one), "fields": fields, "to_address": to}, shown, missing, typed)
