"""``/a/<token>``: saying that one has an alarm, from the mail, signed in or not.

The page shows the lane and nothing else. Looking at it changes nothing: mail servers and telephones
fetch links by themselves. Only the button counts. A link that is wrong, over or used gives one and
the same page.
"""

from functools import partial

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from dashboard import plain, session, words
from triage.alarms.queries import answerable
from triage.alarms.rules import How
from triage.alarms.service.raising import acknowledge
from triage.core.links import read_link
from triage.notify.rules import ACKNOWLEDGE, Lane
from triage.staff.queries import PersonRow

WAY = "/a/"
TITLE = "Conduct desk"
_DANGER = '<p class="danger">{{ danger }}</p>'
ASK = (
    _DANGER
    + "<p>Something at the desk cannot wait. {{ lane }}</p>"
    + '<form method="post"><button type="submit">I have it</button></form>'
    + "<p>Press the button only if you will look at it now. "
    + "If you do not, the next person is asked.</p>"
)
THANKS = (
    _DANGER
    + "<p>Thank you. It is noted that you have it.</p>"
    + '<p><a href="/">Go to the desk</a></p>'
)
NOTHING = (
    _DANGER
    + "<p>This link opens nothing. It may have been used, it may be over, "
    + "or somebody has it already.</p>"
    + '<p><a href="/">Go to the desk</a></p>'
)
LANES = {
    Lane.URGENT: "It is in the urgent lane.",
    Lane.WELFARE: "It is in the welfare lane.",
    Lane.ORDINARY: "It is in the ordinary lane.",
    Lane.REPORT: "It is not a message of the queue: it waits under Cases.",
    Lane.EVENT: "It is not a message of the queue, and it is happening now: it waits under Cases.",
}


class Acknowledging:
    """Answers what is under ``/a/``, and passes on all else."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer, or pass on."""
        if scope["type"] != "http" or not str(scope["path"]).startswith(WAY):
            await self.app(scope, receive, send)
            return
        request = Request(scope, receive)
        token = str(scope["path"]).removeprefix(WAY)
        response = await to_thread.run_sync(answer, request.method, token)
        await response(scope, receive, send)


def answer(method: str, token: str) -> Response:
    """The page for a token; a POST with one that holds is the acknowledgement."""
    found = _found(token)
    if found is None or method not in {"GET", "HEAD", "POST"}:
        return plain.page(TITLE, NOTHING, status=404, danger=words.DANGER)
    alert_id, who, lane = found
    if method != "POST":
        return plain.page(TITLE, ASK, danger=words.DANGER, lane=LANES[lane])
    command = partial(acknowledge, alert_id=alert_id, how=How.LINK)
    if not session.desk().runner.run(who.actor(), command):
        return plain.page(TITLE, NOTHING, status=404, danger=words.DANGER)
    return plain.page(TITLE, THANKS, danger=words.DANGER)


def _found(token: str) -> tuple[str, PersonRow, Lane] | None:
    desk = session.desk()
    now = desk.clock.now()
    alert_id = read_link(desk.keys, token, purpose=ACKNOWLEDGE, now=now)
    if alert_id is None:
        return None
    with desk.database.read() as db:
        found = answerable(db, alert_id, now)
    return None if found is None else (alert_id, *found)
