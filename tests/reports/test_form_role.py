"""On PostgreSQL the form works as a role of its own, which can read no other table at all.

On SQLite there are no roles; that the public key opens no other report is in test_form_side.
"""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import NullPool
from support.desk import Desk
from support.form_client import Browser

from dashboard.report.application import make_app
from triage.app import ReportForm, open_form, tables
from triage.core.database import driver_url
from triage.core.errors import Invalid, KeyMissing
from triage.reports import published, service
from triage.reports.answers import Answers
from triage.reports.form.grants import GRANTS, grants
from triage.reports.queries import report_answers

ROLE = "report_form"
PNG = b"\x89PNG\r\n\x1a\n" + b"x" * 50
OPEN = published.Event("Open26", "Open day", "Call Ana on 07700 900123")


MakeForm = Callable[..., ReportForm]


def on_server(url: str, statement: str) -> None:
    """Run one statement as the owner."""
    engine = create_engine(driver_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


def with_database(url: str, name: str) -> str:
    return make_url(url).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def backend() -> str:
    return "postgresql"


@pytest.fixture
def role_url(desk: Desk, postgres_url: str) -> Iterator[str]:
    """The desk's database as the form's role."""
    url = desk.triage.settings.url
    on_server(postgres_url, f"DROP ROLE IF EXISTS {ROLE}")
    on_server(postgres_url, f"CREATE ROLE {ROLE} LOGIN")
    here = with_database(postgres_url, str(make_url(url).database))
    for line in grants(ROLE):
        on_server(here, line)
    yield make_url(url).set(username=ROLE).render_as_string(hide_password=False)
    with_nobody = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{ROLE}'"
    on_server(here, with_nobody)
    on_server(here, f"DROP OWNED BY {ROLE}")
    on_server(postgres_url, f"DROP ROLE {ROLE}")


def as_role(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = create_engine(driver_url(url), poolclass=NullPool)
    with engine.begin() as connection:
        found = connection.execute(text(statement))
        return [tuple(row) for row in found] if found.returns_rows else []


@pytest.mark.postgres
def test_the_whole_form_works_as_its_role(desk: Desk, role_url: str, make_form: MakeForm) -> None:
    made = make_form(role_url)
    open_form(made.settings).database.close()  # as the command opens it
    desk.do(desk.ana, service.publish, key=published.EVENTS, value=published.events_value((OPEN,)))
    visitor = Browser(make_app(made))
    assert visitor.get("/").status == 200
    visitor.post("/what", {"what": "both"})
    visitor.post("/q/happened", {"description": "as a role", "go": "on"})
    visitor.upload("/q/files", {"go": "add"}, "a.png", PNG)
    visitor.upload("/q/files", {"go": "add"}, "b.png", PNG)
    shown = visitor.get("/q/files").page
    gone = shown.partition('value="remove-')[2].partition('"')[0]
    assert visitor.post("/q/files", {"go": f"remove-{gone}"}).status == 200
    assert visitor.get("/check").status == 200
    code = visitor.post("/send").code
    assert visitor.post("/receipt").title == "Thank you"
    assert visitor.post("/return", {"code": code}).title == "Your report"
    assert visitor.post("/thread/answer", {"text": "more"}).status == 200
    assert visitor.upload("/thread/file", {}, "c.png", PNG).status == 200
    assert visitor.post("/thread/wish", {"wish": "by_receipt"}).status == 200
    assert visitor.post("/thread/withdraw", {"sure": "yes", "why": "no"}).status == 200
    new = visitor.post("/thread/code").code
    assert new not in {"", code}
    assert visitor.post("/thread/receipt/kept").status == 200
    assert visitor.post("/thread/close").status == 200
    event = visitor.get("/event?code=open26")
    given = {"code": "open26", "once": event.values()["once"], "what": "now"}
    assert visitor.post("/event", given).code
    desk.move(days=2)
    assert visitor.post("/what", {"what": "behaviour"}).status == 200  # purges
    assert visitor.get("/leave").status == 303
    assert len(desk.do(desk.ana, service.waiting)) == 2


@pytest.mark.postgres
def test_the_role_reads_writes_and_empties_nothing_else(desk: Desk, role_url: str) -> None:
    desk.arrive("[high] words")
    desk.do(desk.ana, service.enter_for, answers=Answers(description="a"))
    own = {table for _, table in GRANTS}
    assert own <= {one.name for one in tables().sorted_tables} | {"alembic_version"}
    others = [one.name for one in tables().sorted_tables if one.name not in own]
    assert {"people", "messages", "audit_events", "restrictions", "referrals"} <= set(others)
    for name in [*others, "message_search"]:
        for statement in (
            f"SELECT count(*) FROM {name}",
            f"DELETE FROM {name}",
            f"TRUNCATE {name}",
        ):
            with pytest.raises(DBAPIError, match="permission denied"):
                as_role(role_url, statement)
    for statement in (
        "UPDATE reports SET answers = ''",
        "UPDATE reports SET status = 'ended'",
        "UPDATE reports SET opened_at = NULL",
        "UPDATE reports SET event_code = 'x'",
        "DELETE FROM reports",
        "UPDATE report_messages SET taken_at = NULL",
        "DELETE FROM report_messages",
        "DELETE FROM report_files",
        "UPDATE data_keys SET wrapped_for_desk = NULL",
        "UPDATE data_keys SET destroyed_at = NULL",
        "DELETE FROM data_keys",
        "INSERT INTO form_published VALUES ('team', '[]', now())",
        "CREATE TABLE mine (id int)",
        "UPDATE alembic_version SET version_num = '0'",
    ):
        with pytest.raises(DBAPIError, match="permission denied"):
            as_role(role_url, statement)


@pytest.mark.postgres
def test_with_all_that_it_holds_it_opens_no_other_report(
    desk: Desk, role_url: str, make_form: MakeForm
) -> None:
    made = make_form(role_url)
    report_id, _ = desk.do(desk.ana, service.enter_for, answers=Answers(description="sealed"))
    assert as_role(role_url, "SELECT count(*) FROM reports") == [(1,)]
    with made.database.read() as session, pytest.raises(KeyMissing):
        report_answers(session, vault=made.vault, report_id=report_id)


@pytest.mark.postgres
def test_granting_again_takes_what_is_too_much(
    desk: Desk, role_url: str, postgres_url: str
) -> None:
    here = with_database(postgres_url, str(make_url(desk.triage.settings.url).database))
    on_server(here, f"GRANT SELECT ON people TO {ROLE}")
    assert as_role(role_url, "SELECT count(*) FROM people") != []
    for line in grants(ROLE):
        on_server(here, line)
    with pytest.raises(DBAPIError, match="permission denied"):
        as_role(role_url, "SELECT count(*) FROM people")


@pytest.mark.parametrize("role", ["", "a b", 'x"; DROP TABLE people; --', "A", "1a"])
def test_a_name_that_is_no_roles_is_refused(role: str) -> None:
    with pytest.raises(Invalid):
        grants(role)
