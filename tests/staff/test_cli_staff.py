"""``triage staff``, as typed, and what the doctor says of a team."""

from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from triage import doctor
from triage.app import open_triage
from triage.cli_staff import app
from triage.core.errors import Conflict, Invalid, NotFound
from triage.core.ids import new_id
from triage.core.settings import Settings
from triage.doctor import Finding, Level
from triage.notify.service import further_addresses
from triage.staff.queries import people_at
from triage.staff.queries.volunteers import whose_link

Staff = Callable[..., str]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "home"


@pytest.fixture
def staff(home: Path) -> Staff:
    """Runs ``triage staff …`` and gives what it printed; what it raised is raised."""

    def run(*words: str, code: int = 0) -> str:
        result = CliRunner().invoke(app, list(words))
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == code, result.output
        return result.output

    return run


def team_findings(home: Path, *, demo: bool = False) -> list[Finding]:
    names = {"team", "fallback"}
    found = doctor.examine(Settings(home=home, demo=demo))
    return [one for one in found if one.what in names]


def test_the_first_administrator_and_everybody_after(staff: Staff) -> None:
    assert "Nobody is on the staff list yet" in staff("list")
    staff("add", "Ada", "ada@example.org", "--role", "admin")
    staff("add", "Ana", "Ana@Example.org", "--role", "reviewer", "--role", "handler")
    said = staff("list")
    assert "ana@example.org" in said
    assert "handler, reviewer" in said
    assert "not linked yet" in said
    assert "No: nobody is there to decide" in said


def test_accounts_are_closed_opened_and_given_roles(staff: Staff) -> None:
    staff("add", "Ana", "ana@example.org", "--role", "reviewer")
    assert "decider" in staff("role", "ana@example.org", "--add", "decider", "--remove", "reviewer")
    staff("disable", "ana@example.org")
    assert "closed" in staff("list")
    staff("enable", "ana@example.org")
    assert "closed" not in staff("list")
    with pytest.raises(NotFound):
        staff("disable", "nobody@example.org")


def test_a_manager_with_others_wants_a_reason(staff: Staff) -> None:
    given = ("add", "Max", "max@example.org", "--role", "manager", "--role", "decider")
    with pytest.raises(Invalid):
        staff(*given)
    staff(*given, "--reason", "a team of three")


def test_a_guest_is_invited_and_the_invitation_ended(staff: Staff) -> None:
    matter = new_id()
    assert "Invited until" in staff("invite", "Tru", "tru@example.org", matter, "--days", "7")
    assert "guest" in staff("list")
    assert "over" in staff("invite", "Tru", "tru@example.org", matter, "--remove")


def test_the_rota_its_gaps_absences_and_closures(staff: Staff) -> None:
    staff("add", "Ana", "ana@example.org", "--role", "reviewer")
    said = staff("rota")
    assert "Nobody is on the rota" in said
    assert "Nobody is on duty:" in said
    staff("rota", "ana@example.org", "2030-01-07T09:00", "2030-01-07T17:00")
    staff("absence", "ana@example.org", "2030-01-08", "2030-01-09")
    staff("closure", "2030-01-10")
    staff("closure", "2030-01-10", "--remove")
    for words in (("rota", "ana@example.org", "tomorrow", "later"), ("closure", "soon")):
        with pytest.raises(Invalid):
            staff(*words)


def test_what_is_listed_can_be_taken_back(staff: Staff, home: Path) -> None:
    from datetime import UTC, datetime, timedelta

    staff("add", "Ana", "ana@example.org", "--role", "reviewer")
    now = datetime.now(UTC)
    starts, ends = (now + timedelta(hours=n) for n in (-1, 1))
    staff("rota", "ana@example.org", starts.isoformat(), ends.isoformat())
    today = now.date().isoformat()
    staff("absence", "ana@example.org", today, (now.date() + timedelta(days=1)).isoformat())

    def identifier(said: str) -> str:
        return next(word for word in said.split() if len(word) == 26 and word.isalnum())

    staff("absence", "--remove", identifier(staff("absence")))
    assert "Nobody is away" in staff("absence")
    staff("rota", "--remove", identifier(staff("rota")))
    assert "Nobody is on the rota" in staff("rota")


def test_the_fallback_is_named_and_tried(staff: Staff) -> None:
    assert "No fallback is named" in staff("fallback")
    with pytest.raises(NotFound):
        staff("fallback", "tru@example.org")
    staff("fallback", "tru@example.org", "--guest", "Tru")
    assert "Tru: all processes, outside the team, never tried" in staff("fallback")
    assert "Reach them" in staff("drill", "tru@example.org", code=1)
    assert "never tried" in staff("fallback")
    staff("drill", "tru@example.org", "--answered")
    assert "never tried" not in staff("fallback")
    staff("fallback", "tru@example.org", "--remove")
    assert "No fallback is named" in staff("fallback")


def test_p_hr_1_who_stands_in_for_hr_is_named_listed_and_taken_off(staff: Staff) -> None:
    staff("add", "Nell", "nell@example.org")
    staff("fallback", "nell@example.org", "--hr")
    listed = staff("fallback")
    assert "Nell: stands in for HR" in listed
    assert "No fallback is named" in listed
    staff("fallback", "nell@example.org", "--hr", "--remove")
    assert "stands in for HR" not in staff("fallback")


def test_a_name_neither_steers_the_terminal_nor_is_read_as_markup(staff: Staff) -> None:
    staff("add", "[red]\x1b[2Jx", "x@example.org")
    said = staff("list")
    assert "\x1b" not in said
    assert "[red]?[2Jx" in said


def test_the_doctor_notes_that_an_empty_desk_has_no_team_and_makes_no_file(home: Path) -> None:
    found = team_findings(home)
    assert [(one.level, one.what) for one in found] == [(Level.NOTE, "team")]
    assert not home.exists()


def test_the_doctor_wants_a_tried_fallback_before_real_mail(staff: Staff, home: Path) -> None:
    staff("list")
    assert [one.level for one in team_findings(home)] == [Level.NOTE]
    staff("add", "Ada", "ada@example.org", "--role", "admin")

    def fallback() -> list[tuple[Level, str]]:
        return [(one.level, one.found) for one in team_findings(home) if one.what == "fallback"]

    assert fallback() == [(Level.UNSAFE, "no fallback outside the team is named")]
    staff("fallback", "tru@example.org", "--guest", "Tru")
    assert fallback() == [(Level.UNSAFE, "the fallback was never tried")]
    staff("drill", "tru@example.org", "--answered")
    assert fallback() == []


def test_the_doctor_names_what_cannot_be_carried_and_it_is_no_reason_not_to_start(
    staff: Staff, home: Path
) -> None:
    staff("add", "Ana", "ana@example.org", "--role", "reviewer")
    found = {one.what: one for one in doctor.examine(Settings(home=home))}
    assert "Review of a message" not in found
    second_look = found["Second look at a message"]
    assert second_look.level is Level.NOTE
    assert "take the second look" in second_look.found


def test_in_the_demonstration_nothing_of_the_team_is_unsafe(home: Path) -> None:
    from triage import demo
    from triage.core.access import CONSOLE
    from triage.core.roles import Role
    from triage.staff.service import add_person

    settings = demo.demo_settings(home)
    triage = open_triage(settings)
    triage.runner.run(
        CONSOLE,
        lambda tx: add_person(tx, name="A", email="a@example.org", roles=[Role.REVIEWER]),
    )
    triage.close()
    found = team_findings(home, demo=True)
    assert {one.what for one in found} == {"team", "fallback"}
    assert Level.UNSAFE not in {one.level for one in found}


def test_further_addresses_for_alerts_are_set_and_taken_back(staff: Staff, home: Path) -> None:
    staff("add", "Ana", "ana@example.org", "--role", "reviewer")
    said = staff("alerts", "ana@example.org", "--to", "ana.phone@example.net")
    assert "1 more" in said
    triage = open_triage(Settings(home=home))
    with triage.database.read() as session:
        person_id = people_at(session, ["ana@example.org"])["ana@example.org"]
        more = [one.address for one in further_addresses(session, person_id)]
    assert more == ["ana.phone@example.net"]
    triage.close()
    assert "0 more" in staff("alerts", "ana@example.org")
    with pytest.raises(Invalid):
        staff("alerts", "ana@example.org", "--to", "no address")


def test_somebody_is_signed_out_everywhere_by_their_address(staff: Staff) -> None:
    staff("add", "Ana", "ana@example.org", "--role", "reviewer")
    assert "0 open sessions" in staff("sign-out", "ana@example.org")
    with pytest.raises(NotFound):
        staff("sign-out", "nobody@example.org")


def test_volunteers_are_listed_get_links_and_are_taken_off(staff: Staff) -> None:
    staff("add", "Ana", "ana@example.org", "--role", "reviewer")
    assert "No volunteer is on the list." in staff("volunteer", "list")
    staff("volunteer", "add", "Vi", "Vi@Example.net")
    assert "vi@example.net" in staff("volunteer", "list")
    first, second = (staff("volunteer", "link", "vi@example.net").splitlines()[0] for _ in range(2))
    assert first.startswith("/r/")
    assert first != second
    triage = open_triage()
    with triage.database.read() as session:
        holders = [
            whose_link(
                session,
                keys=triage.keys,
                token=one.removeprefix("/r/"),
                now=triage.clock.now(),
            )
            for one in (first, second)
        ]
    triage.close()
    assert holders[0] is None
    assert holders[1] is not None
    assert holders[1].name == "Vi"
    staff("volunteer", "end", holders[1].person_id)
    with pytest.raises(Conflict):
        staff("volunteer", "link", "vi@example.net")
    staff("volunteer", "restore", "vi@example.net")
    assert "/r/" in staff("volunteer", "link", "vi@example.net")
    with pytest.raises(NotFound):
        staff("volunteer", "link", "nobody@example.org")
    taken = (("Ana", "ana@example.org"), ("V", "vi@example.net"), ("V", "v"), ("", "v@x"))
    for name, email in taken:
        with pytest.raises(Invalid):
            staff("volunteer", "add", name, email)
