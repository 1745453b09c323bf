"""A question's page: what is typed is saved, whichever button leaves the page."""

import json
from dataclasses import replace

from starlette.responses import Response

from dashboard.report.asked import QUESTIONS
from dashboard.report.asking import Ask, Fields
from dashboard.report.pages import Problem, go, page
from dashboard.report.questions import (
    Question,
    answered,
    asked,
    or_not_said,
    shown_from,
)
from dashboard.report.starting import current
from dashboard.report.throttle import FILES
from triage.conduct import incidents
from triage.core.errors import Invalid, NotFound, TriageError
from triage.reports import form
from triage.reports.answers import Answers, Person, faults, tidied
from triage.reports.published import Published
from triage.reports.thread import MOST_FILES


def question(ask: Ask) -> Response:
    """Show a question, or take what was typed and go where its button leads."""
    answers = current(ask)
    if answers is None:
        return go(nothing_held(ask))
    this = next((one for one in asked(answers, QUESTIONS) if one.slug == ask.params["slug"]), None)
    if this is None:
        return go("/check")
    if this.template == "people.html":
        return _people(ask, this, answers)
    if this.template == "files.html":
        return _files(ask, this, answers)
    if not ask.posted:
        return _draw(ask, this, answers, shown_from(this, answers))
    try:
        changed = tidied(answered(this, answers, ask.fields))
    except Invalid as error:
        given = [(error.field or this.fields[0].name, str(error))]
        return _draw(ask, this, answers, ask.fields, given)
    wrong = _wrong(this, changed) if ask.one("go") not in {"back", "check"} else []
    if wrong:
        return _draw(ask, this, answers, ask.fields, wrong)
    return _saved(ask, this, changed)


def nothing_held(ask: Ask) -> str:
    """Where a browser without a draft goes: to the receipt of what it has just sent, if any."""
    sent = ask.site.read(form.read_receipt, token=ask.token(), now=ask.site.now)
    return "/receipt" if sent is not None else "/lost"


def _wrong(this: Question, changed: Answers) -> list[Problem]:
    mine = {one.name for one in this.fields}
    return [one for one in faults(changed) if one[0] in mine]


def _saved(ask: Ask, this: Question, changed: Answers, *, stay: str = "") -> Response:
    try:
        ask.site.act(form.save_draft, token=ask.token(), answers=changed, now=ask.site.now)
    except NotFound:
        return go(nothing_held(ask))
    return go(stay or _next(ask, this, changed))


def _next(ask: Ask, this: Question, answers: Answers) -> str:
    """Where the button leads, by the answers as they now are."""
    way = [one.slug for one in asked(answers, QUESTIONS)]
    at = way.index(this.slug)
    if ask.one("go") == "back":
        return f"/q/{way[at - 1]}" if at else "/what"
    if ask.one("go") == "check" or ask.one("from") == "check" or at + 1 == len(way):
        return "/check"
    return f"/q/{way[at + 1]}"


def _draw(
    ask: Ask,
    this: Question,
    answers: Answers,
    shown: Fields,
    problems: "list[Problem] | tuple[Problem, ...]" = (),
    **values: object,
) -> Response:
    site = ask.site
    published = site.shown()
    return page(
        site,
        this.template,
        this.title,
        status=422 if problems else 200,
        problems=problems,
        this=this,
        answers=answers,
        shown=shown,
        choices={one.name: _choices(one.choices, site.us, published) for one in this.fields},
        number=[one.slug for one in asked(answers, QUESTIONS)].index(this.slug) + 1,
        number_of=len(asked(answers, QUESTIONS)),
        come_from=ask.query.get("from", "") or ask.one("from"),
        **values,
    )


def _choices(listed: object, us: str, published: Published) -> object:
    return listed(us, published) if callable(listed) else []


# -- people


def _people(ask: Ask, this: Question, answers: Answers) -> Response:
    several = "subjects" if this.slug == "people" else "witnesses"
    people: tuple[Person, ...] = getattr(answers, several)
    at = _number(ask.one("n") if ask.posted else ask.query.get("n", ""), len(people))
    if not ask.posted:
        if "n" not in ask.query and people:
            at = len(people) if ask.query.get("more") else 0
        return _draw_people(ask, this, answers, several, at, _fields_of(people, at))
    button = ask.one("go")
    typed = {name: ask.one(name) for name in ("name", "role", "contact")}
    gone = len(people) + 1  # nobody
    if button.startswith("remove-"):
        gone = _number(button.removeprefix("remove-"), gone)
    try:
        person = answered_person(typed, ask.one("party"), several)
        listed = [*people[:at], person, *people[at + 1 :]]
        kept = [one for number, one in enumerate(listed) if number != gone]
        changed = tidied(_with(answers, several, kept))
        wrong = [said for field, said in faults(changed) if field == several]
    except Invalid as error:
        wrong = [str(error)]
    if wrong:
        given = [("name", wrong[0])]
        shown = {name: [text] for name, text in typed.items()} | {"party": [ask.one("party")]}
        return _draw_people(ask, this, answers, several, at, shown, given)
    stay = f"/q/{this.slug}?more=1" if button == "more" else ""
    if button.startswith("remove-"):
        stay = f"/q/{this.slug}?n={at - (gone < at)}"
    return _saved(ask, this, changed, stay=stay)


def answered_person(typed: dict[str, str], party: str, several: str) -> Person:
    """Somebody as they were typed in; ``Invalid`` where that can be nobody."""
    held = {**typed, "party": party or None}
    read = Answers.from_json(json.dumps({several: [held]}))
    found: tuple[Person, ...] = getattr(read, several)
    return found[0]


def _with(answers: Answers, several: str, people: "list[Person]") -> Answers:
    if several == "subjects":
        return replace(answers, subjects=tuple(people))
    return replace(answers, witnesses=tuple(people))


def _number(text: str, most: int) -> int:
    return min(int(text), most) if text.isdecimal() and len(text) < 4 else most


def _fields_of(people: tuple[Person, ...], at: int) -> Fields:
    one = people[at] if at < len(people) else Person()
    return {
        "name": [one.name],
        "role": [one.role],
        "party": [] if one.party is None else [str(one.party)],
        "contact": [one.contact],
    }


def _draw_people(
    ask: Ask,
    this: Question,
    answers: Answers,
    several: str,
    at: int,
    shown: Fields,
    problems: "list[Problem] | tuple[Problem, ...]" = (),
) -> Response:
    people: tuple[Person, ...] = getattr(answers, several)
    parties = or_not_said(incidents.PARTIES)(ask.site.us, Published())
    return _draw(
        ask,
        this,
        answers,
        shown,
        problems,
        people=[(number, one) for number, one in enumerate(people) if number != at],
        at=at,
        reported=several == "subjects",
        parties=[("", "I would rather not say"), *parties[:-1]],
    )


# -- files


def _files(ask: Ask, this: Question, answers: Answers) -> Response:
    site, token, now = ask.site, ask.token(), ask.site.now
    problems: list[Problem] = []
    if ask.posted:
        button = ask.one("go")
        if button.startswith("remove-"):
            site.act(form.remove_draft_file, token=token, file_id=button.removeprefix("remove-"))
            return go(f"/q/{this.slug}")
        try:
            added = taken(ask)
            if added is not None:
                name, data = added
                site.act(form.add_draft_file, token=token, name=name, data=data, now=now)
            elif button == "add":
                problems.append(("file", "Choose a file first."))
        except NotFound:
            return go(nothing_held(ask))
        except TriageError as error:
            problems.append(("file", str(error)))
        if not problems:
            stay = f"/q/{this.slug}" if button == "add" else ""
            return go(stay or _next(ask, this, answers))
    held = site.read(form.draft_files, token=token)
    return _draw(ask, this, answers, {}, problems, held=held, most=MOST_FILES)


def taken(ask: Ask) -> tuple[str, bytes] | None:
    """The file that came with a page, if one did; ``Invalid`` where too many come."""
    if ask.upload is None:
        return None
    if not ask.site.throttle.take(FILES, ask.client, ask.site.now):
        raise Invalid("A great many files came from where you are. Wait a little, and try again.")
    return ask.upload
