"""What comes next, in a sentence, and who does it: who may, the rules of each room say."""

from datetime import datetime

from dashboard.words import ROLES
from dashboard.words_decisions import places
from triage.core.access import ROLES as MAY
from triage.core.access import Action
from triage.referrals import rules as police
from triage.referrals.queries import ReferralRow
from triage.referrals.rules import State as PoliceState
from triage.restrictions.following import Coming, Next
from triage.senders.standing.words import day

SAYS = {
    Next.YES: "somebody who decides, and did not propose it, opens the evidence and says yes or "
    "no.",
    Next.ANOTHER_YES: "one more who decides says yes or no: two are needed beside who proposed it.",
    Next.CONFIRM: "a second person who decides confirms it; else it lapses by itself.",
    Next.APPEAL: "an appeal waits for somebody who decides and took no part in this.",
    Next.REVIEW: "its review is due: somebody who decides, and did not propose it, renews or lifts "
    "it.",
    Next.SEND: "the notice to the person is written and has not gone: it stands under “Letters”, "
    "for {send}.",
    Next.WRITE: "{send} writes to the person that it holds, under “Letters” below.",
    Next.PUT_IN: "whoever looks after {where} puts it in there, under “Tasks”, and says so.",
    Next.MEND: "it does not hold in {where}: whoever looks after that tries again, under “Tasks”.",
    Next.LOOK: "whoever looks after {where} looks there that it holds, and says where they looked.",
    Next.TAKE_OUT: "whoever looks after {where} takes it out there, under “Tasks”.",
    Next.COMPARE: "the next list from {where} is compared with what was decided, by {compare}: "
    "triage reconcile.",
    Next.WAIT: "nothing, until it is looked at again on {review}.",
}
WAIT_FOR_THE_LETTER = " Until it has gone, nothing is put in at {where}: that stops our mail too."
ENDS = "nothing: it ends by itself on {ends}."
YOURS = {
    Next.YES: "it waits for your yes or no, below.",
    Next.ANOTHER_YES: "it waits for your yes or no, below: one other has said yes.",
    Next.CONFIRM: "it waits for you to confirm it or not, below; else it lapses by itself.",
    Next.APPEAL: "the appeal waits for you, below.",
}
LOST = {
    Next.YES: "it cannot be approved: mail that it rests on is not this person's any more. {who}, "
    "and it is proposed anew.",
    Next.CONFIRM: "it cannot be confirmed: mail that it rests on is not this person's any more. "
    "{who}, or it lapses by itself.",
}
LOST[Next.ANOTHER_YES] = LOST[Next.YES]
"""Where a link that it rests on was taken back: no yes is open to anybody."""
POLICE = {
    PoliceState.CONSIDERING: "somebody who decides, and did not put it forward, opens the evidence "
    "and says whether it goes to the police.",
    PoliceState.AUTHORISED: "{submit} hands it over to the police, and records that here: neither "
    "who put it forward nor who authorised it.",
    PoliceState.SUBMITTED: "{submit} enters the reference that the police give; until it has come, "
    "it is asked for{due}.",
    PoliceState.REFERENCED: "{submit} asks the police for news{due}, and concludes it once they "
    "have said how it ended.",
}
POLICE[PoliceState.IN_PROGRESS] = POLICE[PoliceState.REFERENCED]
SECOND_NO = (
    "one has said that it is not to be referred: a second person who decides agrees, or says that "
    "it goes to the police."
)
AT_RISK = " Before it ends, it is said below what became of telling the person at risk."
GUEST = "the team goes on from here; nothing more is asked of you now."


def who(action: Action) -> str:
    """The roles that may do something, as people say it: "a handler or a decider"."""
    *rest, last = (
        f"{'an' if name[0] in 'aeiou' else 'a'} {name}"
        for name in sorted(ROLES[role.value] for role in MAY[action])
    )
    return f"{', '.join(rest)} or {last}" if rest else last


def coming(
    one: Coming, *, yours: bool, review: datetime, ends: datetime | None, lost: bool = False
) -> str:
    """One thing to come on a restriction; ``lost``: it rests on mail of somebody else by now."""
    if lost and one.act in LOST:
        who_declines = "Decline it, below" if yours else "Somebody who decides declines it"
        return LOST[one.act].format(who=who_declines)
    if yours and one.act in YOURS:
        return YOURS[one.act]
    says = ENDS if one.act is Next.WAIT and ends is not None else SAYS[one.act]
    if one.act in {Next.WRITE, Next.SEND} and one.targets:
        says += WAIT_FOR_THE_LETTER
    return says.format(
        where=places(one.targets),
        send=who(Action.SEND_LETTER),
        compare=who(Action.RECONCILE),
        review=day(review),
        ends="" if ends is None else day(ends),
    )


def of_police(row: ReferralRow) -> str:
    """The next act on a report to the police; empty once it has ended."""
    if row.state not in POLICE:
        return ""
    no = row.state is PoliceState.CONSIDERING and row.refusals > 0
    says = SECOND_NO if no else POLICE[row.state]
    if row.state in police.WITH_THE_POLICE and row.at_risk is None:
        says += AT_RISK
    due = "" if row.chase_at is None else f" on {day(row.chase_at)}"
    return says.format(submit=who(Action.SUBMIT_REFERRAL), due=" now" if row.due else due)
