"""The first pages: what this is, what it is about, and where else to go. Nothing is stored here
but when somebody goes on to report (P-RTE-1, P-RTE-3)."""

from dataclasses import replace

from starlette.responses import RedirectResponse, Response

from dashboard.report.asking import COOKIES, FORM, Ask, forget, keep
from dashboard.report.pages import go, page, say
from dashboard.report.throttle import REPORTS
from triage.reports import form
from triage.reports.answers import Answers

SECONDS = int(form.DRAFT_TIME.total_seconds())
BUSY = "A great many reports came from where you are within the hour. Wait a little, and try again."


def start(ask: Ask) -> Response:
    """The first page."""
    if ask.posted and ask.one("do") == "forget":
        return forgotten(ask)
    site = ask.site
    return page(
        site,
        "start.html",
        f"Report behaviour to {site.us}",
        held=current(ask) is not None,
        nobody=site.shown().nobody_on_duty(site.now),
    )


def what(ask: Ask) -> Response:
    """What it is about: behaviour, a service, both; or somebody who works for us."""
    chosen = ask.one("what")
    if not ask.posted or chosen not in {"behaviour", "service", "both", "staff"}:
        problems = [("what", "Choose what this is about.")] if ask.posted else []
        return page(
            ask.site,
            "what.html",
            "What is this about?",
            status=422 if problems else 200,
            problems=problems,
        )
    if chosen in {"service", "staff"}:
        return go(f"/{chosen}")
    return _begin(ask, both=chosen == "both")


def service(ask: Ask) -> Response:
    """Where complaints about services go. Nothing is kept."""
    listed = list(ask.site.settings.service_complaints.items())
    return page(ask.site, "service.html", "Complaints about a service", services=listed)


def staff(ask: Ask) -> Response:
    """Where people who work for us go; there is nothing to send here."""
    return page(ask.site, "staff.html", f"If you work for {ask.site.us}")


def leave(ask: Ask) -> Response:
    """Away at once. The browser forgets its tokens, and what was typed and not sent is gone."""
    response = RedirectResponse(ask.site.settings.exit_url, status_code=303)
    if any(ask.token(one) for one in COOKIES):  # none comes along from another site's link
        _drop(ask)
        forget(response, ask.site, *COOKIES)
    return response


def forgotten(ask: Ask) -> Response:
    """What was typed and not sent is gone, because somebody asked for it."""
    _drop(ask)
    response = say(ask.site, "Forgotten", "What you typed here is gone. Nothing was sent.")
    forget(response, ask.site, FORM)
    return response


def lost(ask: Ask) -> Response:
    """There is nothing under this browser's token any more, or never was."""
    return page(ask.site, "lost.html", "There is nothing here to go on with", status=404)


def current(ask: Ask) -> Answers | None:
    """The answers so far of this browser."""
    return ask.site.read(form.read_draft, token=ask.token(), now=ask.site.now)


def _begin(ask: Ask, *, both: bool) -> Response:
    site, now = ask.site, ask.site.now
    response = go("/q/happened")
    answers = current(ask)
    if answers is not None:
        changed = replace(answers, service_too=both)
        site.act(form.save_draft, token=ask.token(), answers=changed, now=now)
        return response
    if not site.throttle.take(REPORTS, ask.client, now):
        return say(site, "Try again later", BUSY, status=429)
    token = form.new_token()
    site.act(form.purge_drafts, now=now)
    site.act(form.start_draft, token=token, answers=Answers(service_too=both), now=now)
    keep(response, site, FORM, token, SECONDS)
    return response


def _drop(ask: Ask) -> None:
    for cookie in COOKIES:
        if token := ask.token(cookie):
            ask.site.act(form.drop_draft, token=token)
