"""Coming back with a receipt: read, answer, add, change the wish or the code, withdraw."""

from collections.abc import Callable

from starlette.responses import Response

from dashboard.report.answering import taken
from dashboard.report.asked import WISHES
from dashboard.report.asking import VISIT, Ask, forget, keep
from dashboard.report.checking import as_text
from dashboard.report.pages import Problem, go, page
from dashboard.report.throttle import WRONG_CODES
from triage.conduct.incidents import STATUSES, PublicStatus, Wish
from triage.core.errors import Invalid, NotAllowed, TriageError, Unreadable
from triage.reports import form
from triage.reports.answers import Reach
from triage.reports.form.visits import keep_visit
from triage.reports.thread import FileRow, StepKind, ThreadRow

TOO_OFTEN = "Too many codes that open nothing came from where you are. Wait a quarter of an hour."
DONE = {
    "answer": "Your message is with us.",
    "file": "Your file is with us.",
    "wish": "We have changed that.",
    "withdraw": "We have your request, and will answer it here.",
}


def come_back(ask: Ask) -> Response:
    """Ask for the code. It is sent in the body of a form, and stands in no address."""
    site, now = ask.site, ask.site.now
    if not ask.posted:
        return _ask_code(ask)
    if site.throttle.full(WRONG_CODES, ask.client, now):
        return _ask_code(ask, TOO_OFTEN, status=429)
    token = form.new_token()
    try:
        site.act(
            form.start_visit, vault=site.form.vault, code=ask.one("code"), token=token, now=now
        )
    except Unreadable as error:
        site.throttle.count(WRONG_CODES, ask.client, now)
        said = f"{error} Look at it again. Lost it? Report again and say so."
        return _ask_code(ask, said, status=422)
    response = go("/thread")
    keep(response, site, VISIT, token, None)
    return response


def thread(ask: Ask) -> Response:
    """One report, as its reporter sees it, and the acts on it."""
    code = ask.site.act(form.visiting, token=ask.token(VISIT), now=ask.site.now)
    if code is None:
        return go("/return")
    act = ask.params.get("act", "")
    try:
        if act == "close" and ask.posted:
            return _close(ask)
        if act in CODE_ACTS:
            return _code_pages(ask, act, code)
        return _pages(ask, act, code)
    except NotAllowed:
        return go("/thread/code")  # the code must be changed first
    except Unreadable:
        return _close(ask)  # erased, or its code changed elsewhere, since this visit began


def _pages(ask: Ask, act: str, code: str) -> Response:
    if not ask.posted or act not in ACTS:
        return _draw(ask, act, code)
    try:
        ACTS[act](ask, code)
    except (NotAllowed, Unreadable):
        raise
    except TriageError as error:
        field = getattr(error, "field", None) or act
        return _draw(ask, act, code, [(field, str(error))])
    return go(f"/thread?done={act}")


def _answer(ask: Ask, code: str) -> None:
    ask.site.act(
        form.answer, vault=ask.site.form.vault, code=code, text=ask.one("text"), now=ask.site.now
    )


def _file(ask: Ask, code: str) -> None:
    found = taken(ask)
    if found is None:
        raise Invalid("Choose a file first.", field="file")
    name, data = found
    ask.site.act(
        form.add_file,
        vault=ask.site.form.vault,
        code=code,
        name=name,
        data=data,
        now=ask.site.now,
    )


def _wish(ask: Ask, code: str) -> None:
    wish = ask.one("wish")
    if wish not in set(Wish):
        raise Invalid("Choose one.", field="wish")
    reach = Reach(ask.one("name"), ask.one("email"), ask.one("phone"), Wish(wish))
    ask.site.act(
        form.change_wish, vault=ask.site.form.vault, code=code, reach=reach, now=ask.site.now
    )


def _withdraw(ask: Ask, code: str) -> None:
    if ask.one("sure") != "yes":
        raise Invalid("Tick the box if you are sure.", field="sure")
    ask.site.act(
        form.ask_to_withdraw,
        vault=ask.site.form.vault,
        code=code,
        why=ask.one("why"),
        now=ask.site.now,
    )


CODE_ACTS = {"code", "receipt", "shown", "print", "text", "kept"}
ACTS: dict[str, Callable[[Ask, str], None]] = {
    "answer": _answer,
    "file": _file,
    "wish": _wish,
    "withdraw": _withdraw,
}
TITLES = {
    "": "Your report",
    "answer": "Your report",
    "file": "Add a file",
    "wish": "How we may reach you",
    "withdraw": "Ask us to stop",
}


def _code_pages(ask: Ask, act: str, code: str) -> Response:
    site, now = ask.site, ask.site.now
    if act == "code" and ask.posted:
        new = site.act(form.change_code, vault=site.form.vault, code=code, now=now)
        site.act(keep_visit, token=ask.token(VISIT), code=new, now=now, fresh=True)
        return go("/thread/receipt")
    if act == "code":
        must = site.read(form.must_change, vault=site.form.vault, code=code)
        return page(site, "code.html", "A new receipt code", must=must)
    if not site.read(form.is_fresh, token=ask.token(VISIT), now=now):
        return go("/thread")
    if ask.posted:
        site.act(keep_visit, token=ask.token(VISIT), code=code, now=now)
        return go("/thread")
    if act == "text":
        return as_text(ask, code)
    return page(
        site,
        "receipt_print.html" if act == "print" else "receipt.html",
        "Your new receipt",
        code=code,
        sent=False,
        minutes=int(form.VISIT_TIME.total_seconds() // 60),
        base="/thread/receipt",
        event=False,
        nobody=False,
    )


def _draw(
    ask: Ask,
    act: str,
    code: str,
    problems: "list[Problem] | tuple[Problem, ...]" = (),
) -> Response:
    site = ask.site
    found = site.read(form.read_thread, vault=site.form.vault, code=code)
    typed = {name: ask.one(name) for name in ("text", "why", "wish", "name", "email", "phone")}
    if not ask.posted:
        reach = found.reach
        typed |= {"wish": str(reach.wish), "name": reach.name}
        typed |= {"email": reach.email, "phone": reach.phone}
    return page(
        site,
        f"thread_{act}.html" if act in {"file", "wish", "withdraw"} else "thread.html",
        TITLES.get(act, "Your report"),
        status=422 if problems else 200,
        problems=problems,
        heading=STATUSES[found.status][0],
        sentence=STATUSES[found.status][1],
        steps=[_step(one, found.files) for one in found.rows],
        sent_on=f"{found.received_at:%-d %B %Y}",
        with_report=[one.name for one in found.files if one.message_id is None],
        wishes=[(str(key), text) for key, text in WISHES.items()],
        typed=typed,
        done=DONE.get(ask.query.get("done", ""), ""),
    )


def _step(row: ThreadRow, files: tuple[FileRow, ...]) -> dict[str, object]:
    """A step in words: who, when, and what it says."""
    words = row.text
    if row.kind is StepKind.STATUS:
        words = STATUSES[PublicStatus(row.text)][0] + "."
    elif row.kind is StepKind.REACH:
        words = "You changed how we may reach you, or what you wish to know."
    elif row.kind is StepKind.FILE:
        words = "You added a file: " + ", ".join(
            one.name for one in files if one.message_id == row.id
        )
    elif row.kind is StepKind.WITHDRAW:
        words = "You asked us to stop." + (f"\n{row.text}" if row.text else "")
    return {
        "who": "You" if row.from_reporter else "Us",
        "mine": row.from_reporter,
        "when": f"{row.at:%-d %B %Y}",
        "words": words,
    }


def _ask_code(ask: Ask, problem: str = "", *, status: int = 200) -> Response:
    problems = [("code", problem)] if problem else []
    return page(
        ask.site, "return.html", "Come back to your report", status=status, problems=problems
    )


def _close(ask: Ask) -> Response:
    ask.site.act(form.end_visit, token=ask.token(VISIT))
    response = go("/return")
    forget(response, ask.site, VISIT)
    return response
