"""What the steps of a matter are called outside this desk; pure."""

from triage.letters.rules import LetterKind
from triage.messages import rules as messages
from triage.referrals import rules as referrals
from triage.restrictions import rules as restrictions

_M, _R, _B, _L = messages.Edge, referrals.Edge, restrictions.Edge, LetterKind
MESSAGE: dict[str, str] = {
    _M.RECEIVE.value: "received",
    _M.PASS.value: "let pass",
    _M.QUEUE.value: "put before people",
    _M.CLAIM.value: "opened by a reviewer",
    _M.RELEASE.value: "put back by the reviewer",
    _M.EXPIRE.value: "put back, since nobody had decided",
    _M.ASK_SECOND_LOOK.value: "a second reviewer asked",
    _M.DECIDE.value: "decided by a reviewer",
    _M.ROUTE.value: "passed on",
    _M.OPEN_WELFARE.value: "somebody asked to look after the welfare of who wrote",
    _M.RESUME.value: "taken up again for what was said",
    _M.CLOSE_WELFARE.value: "the welfare of who wrote looked after",
    _M.PROPOSE.value: "a measure proposed",
    _M.CHILD_APPROVED.value: "a measure approved",
    _M.CHILD_DECLINED.value: "a measure declined",
    _M.LINK.value: "joined to an incident report",
    _M.CLOSE_ACTIONED.value: "closed, acted upon",
    _M.REOPEN.value: "opened again",
    _M.UNDO.value: "the last decision undone",
    _M.ERASE.value: "erased",
}
"""Edge -> what happened to a message."""
REFERRAL: dict[str, str] = {
    "consider": "a report to the police considered",
    _R.DECLINE.value: "a report to the police decided against",
    _R.AUTHORISE.value: "a report to the police authorised",
    _R.SUBMIT.value: "reported to the police",
    _R.TAKE_BACK.value: "the authorisation taken back",
    _R.REFERENCE.value: "a reference from the police entered",
    _R.PROGRESS.value: "news from the police entered",
    _R.CONCLUDE.value: "the report to the police concluded",
    _R.WITHDRAW.value: "the report to the police withdrawn",
    _R.REOPEN.value: "the report to the police considered again",
}
RESTRICTED: dict[str, str] = {
    restrictions.Kind.CEASE_CONTACT.value: "ceasing contact",
    restrictions.Kind.SERVICE_BLOCK.value: "block from a service",
    restrictions.Kind.CHANNEL_BLOCK.value: "block from a channel",
    restrictions.Kind.EVENT_EXCLUSION.value: "exclusion from an event",
}
RESTRICTION: dict[str, str] = {
    _B.APPROVE.value: "approved by a second person",
    _B.ACTIVATE.value: "in force",
    _B.RENEW.value: "reviewed and kept",
    _B.LIFT.value: "lifted",
    _B.EXPIRE.value: "expired",
    _B.APPEAL.value: "appealed against",
    _B.UPHOLD.value: "upheld on appeal",
    _B.OVERTURN.value: "overturned on appeal",
}
"""What is told of a restriction; one that was only proposed, declined or lapsed is none."""
LETTER: dict[str, str] = {
    _L.WARNING.value: "warned by letter",
    _L.REQUEST_TO_CEASE.value: "asked by letter to stop",
    _L.NOTICE_OF_RESTRICTION.value: "told by letter of a measure",
    _L.RESTRICTION_ENDED.value: "told by letter that a measure has ended",
    _L.APPEAL_OUTCOME.value: "told by letter how an appeal ended",
}
