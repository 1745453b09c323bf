"""What most likely comes next on a report, for who looks at it: one act, or where to look, or whom
it waits for. A hint, and no rule: every other act stands below, and each command asks again."""

from collections.abc import Collection
from dataclasses import dataclass

from dashboard import words_cases as words
from triage.cases.inquiry.queries import Inquiry
from triage.cases.inquiry.rules import NoticeState
from triage.cases.inquiry.service.stepping import LOOKS_INTO
from triage.cases.queries import CaseItem
from triage.cases.rules import TERMINAL, State
from triage.cases.verdict.queries import VerdictItem
from triage.cases.verdict.rules import ActionKind, ActionState
from triage.letters.rules import ON_ITS_WAY
from triage.staff.processes import Part


@dataclass(frozen=True, slots=True)
class Next:
    """What comes next: the act that leads, where there is one, and a sentence on why."""

    act: str | None
    why: str


LEADS: dict[str, str] = {
    "clear_team": "The team knows nothing of it yet.",
    "challenge_settled": "A conflict of a colleague waits for an answer.",
    "settle": "You were asked to settle something as the second person.",
    "settle_identity": "Somebody asks to know who reported.",
    "open_identity": "It may be opened who reported.",
    "decide_appeal": "An appeal waits for you.",
    "decide": "The recommendation, and what it rests on, stand above.",
    "agree_decision": "It is decided, and you have said nothing on it yet.",
    "ratify": "A measure holds, and nobody has confirmed it.",
    "let_go": "The reporter asked to go no further.",
    "tell_ended": "A measure has ended, and nobody has told them.",
    "assign": "",
    "investigate": "Somebody is named to look into it.",
    "give": "The reason not to tell the person reported is to be looked at again.",
    "begin_notice": "The person reported has not been told yet.",
    "show_reporter": "Before the notice goes, the reporter reads it.",
    "account": "They were told, and may answer.",
    "close_meeting": "A talk was to take place by now.",
    "weigh": "A piece of evidence was not weighed yet.",
    "tested": "What the finding rests on was not put to the other side.",
    "recommend": "What is there is weighed, and nobody is left to be told.",
    "begin_acting": "All that was decided is set up.",
    "write_warning": "The warning is set up, and not written.",
    "write_request_to_cease": "The request to cease is set up, and not written.",
    "action_done": "Say so once it is done.",
    "tell_reporter": "The reporter asked to be told how it ended.",
    "tell_subject": "Who was told of the report is told how it ended.",
    "tell_appellant": "The appeal was turned down, and who appealed has not been told.",
    "close": "Nobody is left to be told.",
}
"""Acts that may lead, the more pressing first, and why. Setting up leads wherever it is lacking."""
NOT_SET_UP = "It was decided, and is not set up yet."
NO_INVESTIGATOR = "Nobody is named yet to look into it."
NO_DECIDER = "Nobody is named yet to decide it."
NOTICE_WAITS = (
    "The notice is written and has not gone: it stands under “Telling the person reported”."
)
LETTER_WAITS = "A letter has not gone yet: it stands under “Letters”."
RESTRICTION_WAITS = "A restriction is to be set up: it stands under “What follows from it”."
NOTHING_IN = "Nothing was put in yet: what is said, and by whom, goes under “Evidence”."
WAITS_FOR: dict[State, Part] = {
    State.ACKNOWLEDGED: Part.HANDLER,
    State.INVESTIGATING: Part.INVESTIGATOR,
    State.RECOMMENDED: Part.DECIDER,
    State.DECIDED: Part.HANDLER,
    State.ACTIONING: Part.HANDLER,
    State.OUTCOME_DUE: Part.HANDLER,
    State.WITHDRAWN_REQUESTED: Part.HANDLER,
}
"""Whose move it is, where it is not the viewer's."""


def first(
    found: CaseItem, acts: Collection[str], there: Inquiry | None, verdict: VerdictItem
) -> Next:
    """What leads on the page of this report."""
    here = _set_up(found, acts, verdict)
    if here is not None:
        return here
    for act, why in LEADS.items():
        if act in acts and _fits(act, found, there):
            return Next(act, why or _nobody(found))
    return Next(None, _look(found, there, verdict) or _waits(found))


def _set_up(found: CaseItem, acts: Collection[str], verdict: VerdictItem) -> Next | None:
    """What was decided and is not set up, before anything of it is begun."""
    if found.row.state is not State.DECIDED or not verdict.decisions:
        return None
    decision = verdict.decisions[-1]
    lacking = [one for one in decision.actions if one not in {a.kind for a in verdict.actions}]
    for kind in lacking:
        if f"set_up_{kind.value}" in acts:
            return Next(f"set_up_{kind.value}", NOT_SET_UP)
    if ActionKind.RESTRICTION in lacking and Part.DECIDER in found.row.parts and decision.mine:
        return Next(None, RESTRICTION_WAITS)
    return None


def _fits(act: str, found: CaseItem, there: Inquiry | None) -> bool:
    """Whether an act that is open to the viewer is what is wanted now."""
    tasks = {one.kind for one in there.tasks} if there is not None else set[str]()
    if act == "assign":
        return bool(_nobody(found))
    if act == "let_go":
        return all(one.agreed is not None for one in found.seconds)
    if there is None:
        return True
    if act in {"give", "close_meeting"}:
        about = {"give": "recheck", "close_meeting": "meeting"}[act]
        return any(one.kind == about and one.overdue for one in there.tasks)
    if act in {"account", "weigh"}:
        return {"account": "answer", "weigh": "weigh"}[act] in tasks
    if act == "tested":
        return any(one.carries and not one.tested and not one.tested_how for one in there.items)
    if act == "show_reporter":
        return any(one.letter_id and not (one.shown_at or one.skipped) for one in there.notices)
    if act == "recommend":
        return bool(there.items) and not tasks & {"notice", "recheck", "answer"}
    return True


def _nobody(found: CaseItem) -> str:
    """Which part that is needed next nobody has."""
    held = {one.part for one in found.parts if one.until is None}
    if found.row.state is State.ACKNOWLEDGED and Part.INVESTIGATOR not in held:
        return NO_INVESTIGATOR
    if found.row.state in {State.INVESTIGATING, State.RECOMMENDED} and Part.DECIDER not in held:
        return NO_DECIDER
    return ""


def _look(found: CaseItem, there: Inquiry | None, verdict: VerdictItem) -> str:
    """What is done further down the page, and not by a form of its own."""
    if not found.row.parts & set(LOOKS_INTO):
        return ""
    if any(
        one.state is ActionState.TO_DO and one.letter_id is not None for one in verdict.actions
    ) or any(one.letter_id is not None and not one.sent for one in verdict.outcomes):
        return LETTER_WAITS
    if there is None or found.row.state is not State.INVESTIGATING:
        return ""
    if any(
        one.state is NoticeState.DUE and one.letter_id and one.letter_state not in ON_ITS_WAY
        for one in there.notices
    ):
        return NOTICE_WAITS
    return "" if there.items else NOTHING_IN


def _waits(found: CaseItem) -> str:
    """Whom it waits for, by name, where nothing of it waits for the viewer."""
    state = found.row.state
    if state in TERMINAL:
        return "It has ended. Nothing is left to do."
    if state is State.AWAITING_SUBJECT:
        return "It waits for the account of the person reported."
    if any(one.agreed is None for one in found.seconds):
        return "It waits for the second person who was asked."
    part = WAITS_FOR.get(state)
    named = [one.name for one in found.parts if one.part is part and one.until is None]
    if part is None or not named or part in found.row.parts:
        return "Nothing is pressing. What can be done stands below."
    return f"Nothing waits for you. It waits for {' and '.join(named)}, who {words.PARTS[part]}."
