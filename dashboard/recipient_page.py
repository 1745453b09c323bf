"""``/r/<token>``: the page of a volunteer without an account, to whom messages came.

Whoever has the link may open it, so it shows no text and no sender: only where things stand. The
token in the path is all that proves who asks. There is no cookie, so another site cannot act with
somebody's rights by sending their browser here: it would have to know the token. A GET changes
nothing. A link that is wrong, over, replaced or ended answers alike.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import partial
from pathlib import Path
from urllib.parse import parse_qs

from anyio import to_thread
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from dashboard import logs, session, untrusted, words, words_own
from dashboard.plain import page
from triage.core.access import Actor
from triage.core.commands import Tx
from triage.core.errors import Invalid, TriageError
from triage.core.ids import is_id, short_ref
from triage.intake.inbound import Channel
from triage.intake.note import Note
from triage.messages.queries.own import OwnRow, sent_to_me
from triage.messages.service import recipient
from triage.messages.service.taking import take_note
from triage.staff.calendar import LONDON, at_clock, local_day
from triage.staff.queries.volunteers import whose_link

TITLE = "Sent to you"
BODY = (Path(__file__).parent / "recipient.html").read_text("utf-8")
NO_LINK = (
    '<p class="danger">If someone is in danger now, call 999 first.</p>'
    "<p>This link does not work. It may be over, or another has taken its place. Ask whoever gave "
    "it to you for a new one.</p>"
)
SAYS = '<p class="danger">If someone is in danger now, call 999 first.</p><p>{{ said }}</p>'
LONGEST_BODY = 700_000
"""Bytes: a note of the greatest length, each of its characters spelled out."""
MOST_FIELDS = 20
MOST_TURNS = 30
"""Posts by one link in an hour. Raising the alarm is never refused."""
HOUR = timedelta(hours=1)

Form = dict[str, str]


@dataclass
class Turns:
    """How often each link was used to post within the hour. Ids and times, in memory alone."""

    held: dict[str, deque[datetime]] = field(default_factory=dict)

    def take(self, volunteer_id: str, now: datetime) -> bool:
        """Whether one more is within bounds."""
        mine = self.held.setdefault(volunteer_id, deque(maxlen=MOST_TURNS))
        if len(mine) == MOST_TURNS and mine[0] > now - HOUR:
            return False
        mine.append(now)
        return True


turns = Turns()


async def serve(request: Request) -> Response:
    """Answer a GET or a POST. What goes wrong is said without a word of what it was about."""
    try:
        who = await to_thread.run_sync(_who, request.path_params["token"])
        if who is None:
            return page("This link does not work", NO_LINK, status=404)
        if request.method != "POST":
            return await to_thread.run_sync(_show, who, dict(request.query_params))
        body = await _body(request)
        if body is None:
            return page(TITLE, SAYS, status=413, said="This is too long to be kept here.")
        return await to_thread.run_sync(_act, who, _form(body), request.url.path)
    except Exception as error:  # noqa: BLE001 - whatever it is, its text stays out of the page
        logging.getLogger("dashboard").error(logs.describe(error))
        said = "Something went wrong here. What you did last may not have been saved."
        return page(TITLE, SAYS, status=500, said=said)


routes = [Route("/r/{token}", serve, methods=["GET", "POST"])]


def _who(token: str) -> Actor | None:
    desk = session.desk()
    with desk.database.read() as db:
        return whose_link(db, keys=desk.keys, token=token, now=desk.clock.now())


async def _body(request: Request) -> bytes | None:
    """What was posted, if it is no longer than may be; the rest is never read."""
    held = bytearray()
    async for chunk in request.stream():
        held += chunk
        if len(held) > LONGEST_BODY:
            return None
    return bytes(held)


def _form(body: bytes) -> Form:
    """The fields, each once; anything that is no form has none."""
    try:
        text = body.decode("ascii")
        fields = parse_qs(text, keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        return {}
    return {name: values[0] for name, values in fields.items()}


def _act(who: Actor, form: Form, path: str) -> Response:
    desk = session.desk()
    what = form.get("do", "")
    if what != "alarm" and not turns.take(who.person_id, desk.clock.now()):
        said = "Too much came by this link within the hour. Try again later."
        return page(TITLE, SAYS, status=429, said=said)
    try:
        desk.runner.run(who, _command(who, what, form))
    except TriageError as error:
        each = error.each if isinstance(error, Invalid) else ((None, str(error)),)
        return _show(who, {}, problems=each, form=form)
    done = "kept" if what == "note" else what
    return RedirectResponse(f"{path}?done={done}", status_code=303)


def _command(who: Actor, what: str, form: Form) -> Callable[[Tx], object]:
    message_id = form.get("message", "")
    if what == "note":
        return _note(who, form)
    if not is_id(message_id):
        raise Invalid("There is no such message.")
    if what == "flag":
        return partial(recipient.flag_mine, message_id=message_id, note=form.get("why", ""))
    if what == "alarm":
        return partial(recipient.raise_alarm_mine, message_id=message_id)
    if what == "seen":
        return partial(recipient.mark_seen, message_id=message_id)
    if what == "called":
        at = _moment(form)
        if at is None:
            raise Invalid("Enter the day and the time of the call.", field="time")
        return partial(recipient.record_999, message_id=message_id, at=at)
    raise Invalid("Choose what to do.")


def _note(who: Actor, form: Form) -> Callable[[Tx], object]:
    channel = form.get("channel", "")
    note = Note(
        channel=Channel(channel) if channel in set(Channel) else None,
        at=_moment(form),
        words=form.get("words", ""),
        other=f"{who.name}, volunteer",
        name=form.get("sender", ""),
        contact=form.get("contact", ""),
    )
    return partial(
        take_note,
        note=note,
        scorer=session.desk().scorer,
        flagged="flagged" in form,
        urgent="urgent" in form,
    )


def _moment(form: Form) -> datetime | None:
    try:
        return at_clock(date.fromisoformat(form["day"]), time.fromisoformat(form["time"]))
    except (KeyError, ValueError):
        return None


def _show(
    who: Actor,
    query: Form,
    *,
    problems: Sequence[tuple[str | None, str]] = (),
    form: Form | None = None,
) -> Response:
    desk = session.desk()
    now, given = desk.clock.now(), form or {}
    number = query.get("page", "1")
    with desk.database.read() as db:
        found = sent_to_me(
            db,
            viewer=who,
            now=now,
            settings=desk.settings,
            number=int(number) if number.isdecimal() and len(number) < 6 else 1,
        )
    typed = dict.fromkeys(("channel", "day", "time", "words", "sender", "contact"), "")
    typed |= {"flagged": "", "urgent": ""}
    if given.get("do") == "note":
        typed |= {name: given.get(name, "") for name in typed}
    return page(
        TITLE,
        BODY,
        status=422 if problems else 200,
        name=untrusted.visible(who.name),
        problems=[said for _, said in problems],
        wrong=dict(problems) if given.get("do") == "note" else {},
        done=words_own.DONE.get(query.get("done", ""), ""),
        rows=[_row(one, given) for one in found.rows],
        nothing="Nothing that was sent to you is with the team.",
        pages=found.pages,
        number=found.number,
        today=local_day(now).isoformat(),
        clock=now.astimezone(LONDON).strftime("%H:%M"),
        channels=list(words.CHANNELS.items()),
        typed=typed,
        support=desk.settings.support_lines,
    )


def _row(row: OwnRow, given: Form) -> dict[str, object]:
    asked = given.get("message") == row.id and given.get("do") == "flag"
    return {
        "id": row.id,
        "ref": short_ref(row.id),
        "status": words_own.standing(row),
        "came": words_own.came(row),
        "marks": words_own.marks(row),
        "seen": row.seen_at is not None,
        "why": given.get("why", "") if asked else "",
        "open": asked,
    }
