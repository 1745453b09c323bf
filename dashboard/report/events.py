"""A report from an event that is going on: its code, then three fields (P-TIM-2)."""

from starlette.responses import Response

from dashboard.report.asking import EVENT, Ask, keep
from dashboard.report.pages import Problem, go, page, say
from dashboard.report.starting import BUSY
from dashboard.report.throttle import REPORTS
from triage.core.errors import Invalid
from triage.reports import form
from triage.reports.form.held import SHORTEST_TOKEN
from triage.reports.published import Event

SECONDS = int(form.RECEIPT_TIME.total_seconds())
NAMES = {"description": "what", "place": "where", "subjects": "who"}


def event(ask: Ask) -> Response:
    """Ask for the code; then whom to call comes first, and three fields after it."""
    typed = ask.one("code") or ask.query.get("code", "")
    found = ask.site.shown().event(typed) if typed.strip() else None
    if found is None:
        problems = [("code", "No event has this code.")] if typed.strip() else []
        return page(
            ask.site,
            "event_code.html",
            "Report from an event",
            status=404 if problems else 200,
            problems=problems,
            typed=typed,
        )
    if not ask.posted:
        return _draw(ask, found)
    return _send(ask, found)


def _send(ask: Ask, found: Event) -> Response:
    site, now, token = ask.site, ask.site.now, ask.one("once")
    if len(token) < SHORTEST_TOKEN or len(token) > 64:
        return _draw(ask, found)
    if not site.throttle.take(REPORTS, ask.client, now):
        return say(site, "Try again later", BUSY, status=429)
    try:
        site.act(
            form.submit_event,
            vault=site.form.vault,
            token=token,
            event_code=found.code,
            event=found.name,
            what=ask.one("what"),
            where=ask.one("where"),
            who=ask.one("who"),
            now=now,
        )
    except Invalid as error:
        field = NAMES.get(error.field or "", "what")
        return _draw(ask, found, [(field, str(error))])
    response = go("/receipt")
    keep(response, site, EVENT, token, SECONDS)
    return response


def _draw(ask: Ask, found: Event, problems: "list[Problem] | tuple[Problem, ...]" = ()) -> Response:
    return page(
        ask.site,
        "event.html",
        "Report from an event",
        status=422 if problems else 200,
        problems=problems,
        event=found,
        once=ask.one("once") or form.new_token(),
        typed={name: ask.one(name) for name in ("what", "where", "who")},
        nobody=ask.site.shown().nobody_on_duty(ask.site.now),
    )
