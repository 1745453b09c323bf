"""Check your answers; send, once; and the receipt, for who sent it alone."""

from starlette.responses import PlainTextResponse, Response

from dashboard.report.answering import nothing_held
from dashboard.report.asked import QUESTIONS
from dashboard.report.asking import EVENT, FORM, Ask, forget
from dashboard.report.pages import go, page, say
from dashboard.report.questions import Field, Kind, Question, asked
from dashboard.report.starting import BUSY, current
from dashboard.report.throttle import REPORTS
from triage.conduct import incidents
from triage.conduct.incidents import Standing
from triage.core.errors import NotFound
from triage.reports import form
from triage.reports.answers import Answers, Person, faults
from triage.reports.form import DraftFile
from triage.reports.published import Published

WHERE = {
    "subjects": "people",
    "witnesses": "witnesses",
    **{one.name: page_.slug for page_ in QUESTIONS for one in page_.fields},
}
"""Field -> the page on which it is asked."""


def check(ask: Ask) -> Response:
    """Every answer, each with a way to change it; then the one button that sends."""
    answers = current(ask)
    if answers is None:
        return go(nothing_held(ask))
    return _draw(ask, answers)


def send(ask: Ask) -> Response:
    """Send it. Pressed twice it is one report."""
    site, now = ask.site, ask.site.now
    answers = current(ask)
    if answers is None:
        return go(nothing_held(ask))
    if list(faults(answers)):
        return _draw(ask, answers, status=422)
    if not site.throttle.take(REPORTS, ask.client, now):
        return say(site, "Try again later", BUSY, status=429)
    try:
        site.act(form.submit, vault=site.form.vault, token=ask.token(), now=now)
    except NotFound:
        return go(nothing_held(ask))
    return go("/receipt")


def receipt(ask: Ask) -> Response:
    """The code, for the browser that sent the report: for ten minutes, or until it is kept."""
    code, cookie = _code(ask)
    if ask.posted:
        for one in (FORM, EVENT):
            if token := ask.token(one):
                ask.site.act(form.drop_draft, token=token)
        response = go("/kept")
        forget(response, ask.site, FORM, EVENT)
        return response
    if code is None:
        return go("/lost")
    return page(
        ask.site,
        "receipt_print.html" if ask.path.endswith("/print") else "receipt.html",
        "Your receipt",
        code=code,
        sent=True,
        minutes=int(form.RECEIPT_TIME.total_seconds() // 60),
        base="/receipt",
        event=cookie == EVENT,
        nobody=ask.site.shown().nobody_on_duty(ask.site.now),
    )


def kept(ask: Ask) -> Response:
    """The receipt is gone from here."""
    return page(ask.site, "kept.html", "Thank you")


def receipt_text(ask: Ask) -> Response:
    """The code as a file to save, under a name that says nothing."""
    code, _ = _code(ask)
    return as_text(ask, code) if code is not None else go("/lost")


def as_text(ask: Ask, code: str) -> Response:
    """A receipt as plain text."""
    words = f"{code}\n\n{ask.site.settings.form_url}/return\n"
    return PlainTextResponse(
        words, headers={"content-disposition": 'attachment; filename="note.txt"'}
    )


def _code(ask: Ask) -> tuple[str | None, str]:
    for cookie in (EVENT, FORM):
        token = ask.token(cookie)
        found = ask.site.read(form.read_receipt, token=token, now=ask.site.now) if token else None
        if found is not None:
            return found, cookie
    return None, FORM


def _draw(ask: Ask, answers: Answers, *, status: int = 200) -> Response:
    site = ask.site
    published = site.shown()
    held = site.read(form.draft_files, token=ask.token())
    wrong = list(faults(answers))
    return page(
        site,
        "check.html",
        "Check your answers",
        status=status,
        problems=[(f"row-{WHERE.get(name, name)}", said) for name, said in wrong],
        rows=[
            (one.slug, one.short, _row(one, answers, held, site.us, published))
            for one in asked(answers, QUESTIONS)
        ],
        both=answers.service_too,
        named=bool(answers.subjects),
        for_somebody=answers.standing is Standing.FOR_SOMEBODY,
        nobody=published.nobody_on_duty(site.now),
    )


def _row(
    this: Question,
    answers: Answers,
    held: tuple[DraftFile, ...],
    us: str,
    published: Published,
) -> list[str]:
    """What was answered on a page, a line each; nothing where it was left open."""
    if this.slug == "files":
        return [one.name for one in held]
    if this.slug in {"people", "witnesses"}:
        people = answers.subjects if this.slug == "people" else answers.witnesses
        return [_person(one, us) for one in people]
    lines = [_line(one, getattr(answers, one.name), us, published) for one in this.fields]
    return [one for one in lines if one]


def _line(one: Field, value: object, us: str, published: Published) -> str:
    named = dict(one.choices(us, published)) if one.choices is not None else {}
    if one.kind is Kind.TICK:
        return one.label if value else ""
    if one.kind is Kind.YES_NO:
        return "" if value is None else ("Yes" if value else "No")
    if one.kind is Kind.ONE:
        return named.get(str(value), "") if value is not None else ""
    if one.kind is Kind.SEVERAL:
        chosen = value if isinstance(value, tuple) else ()
        return "; ".join(named.get(str(each), str(each)) for each in chosen)
    return str(value)


def _person(one: Person, us: str) -> str:
    party = incidents.PARTIES[one.party].format(us=us) if one.party is not None else ""
    return "; ".join(part for part in (one.name, one.role, party, one.contact) if part)
