"""The ``triage`` command as people and scripts meet it: what it prints and how it exits."""

import io
import json
import stat
import sys
from pathlib import Path

import pytest
from sqlalchemy import text
from support.command import Run, shell
from support.mail import eml, write_folder
from support.scorer import ScriptedScorer

from triage import classifier, cli, doctor, scoring
from triage.classifier import model
from triage.core.database import make_engine
from triage.core.errors import ModelUnavailable
from triage.core.settings import Settings
from triage.doctor import serving


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Runs ``triage …`` in this process, with a home of its own and the scripted model."""
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{tmp_path / 'triage.db'}")
    monkeypatch.setenv("TRIAGE_BLIND_SAMPLE_PER_DAY", "0")  # what is queued is no matter of luck
    monkeypatch.setattr(classifier, "load", ScriptedScorer)
    monkeypatch.setattr(cli.out, "width", 200)

    return shell(monkeypatch, capsys)


# -- import


def test_import_says_in_one_object_what_is_new_known_and_quarantined(
    run: Run, tmp_path: Path
) -> None:
    mail = write_folder(tmp_path / "mail", 3)
    (mail / "deep.eml").write_bytes(
        eml(90).replace(b"text/plain; charset=utf-8", b'multipart/mixed; boundary="x"')
        + b"--x\r\nContent-Type: text/plain\r\n\r\nhello\r\n" * 200
    )
    first = run("import", "--json", mail)
    assert first.code == 0, first.err
    assert json.loads(first.out) == {
        "new": 4,
        "known": 0,
        "quarantined": 1,
        "queued": 1,
        "unreadable": 0,
    }
    assert first.out.count("\n") == 1
    again = json.loads(run("import", "--json", mail).out)
    assert (again["new"], again["known"]) == (0, 4)


def test_a_dry_run_says_what_would_come_in_and_keeps_nothing(run: Run, tmp_path: Path) -> None:
    mail = write_folder(tmp_path / "mail", 3)
    assert json.loads(run("import", "--json", "--dry-run", mail).out)["new"] == 3
    assert json.loads(run("import", "--json", "--dry-run", mail).out)["new"] == 3
    said = run("import", "--dry-run", mail)
    assert "3 would be new" in said.out
    assert json.loads(run("import", "--json", mail).out)["new"] == 3


def test_what_is_no_mail_is_named_and_does_not_stop_the_rest(run: Run, tmp_path: Path) -> None:
    mail = write_folder(tmp_path / "mail", 2)
    (mail / "notes [draft].txt").write_text("no mail")
    said = run("import", "--json", mail)
    assert json.loads(said.out)["unreadable"] == 1
    assert "notes [draft].txt: not a mail file" in said.err


def test_a_recipient_on_no_list_and_a_path_that_is_not_there_end_in_one_plain_line(
    run: Run, tmp_path: Path
) -> None:
    mail = write_folder(tmp_path / "mail", 1)
    said = run("import", mail, "--recipient", "stranger@example.org")
    assert (said.code, said.out) == (2, "")
    assert "stranger@example.org" in said.err
    said = run("import", tmp_path / "nowhere")
    assert said.code == 2
    assert "nowhere" in said.err
    assert "Traceback" not in said.err


def test_a_setting_that_cannot_be_read_is_named_without_its_value(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("TRIAGE_OWN_DOMAINS", "zanzibar.example.org"),
        ("TRIAGE_CLAIM_MINUTES", "zanzibar"),
    ):
        with monkeypatch.context() as patch:
            patch.setenv(name, value)
            said = run("import", tmp_path)
            assert said.code == 2
            assert name in said.err
            assert "zanzibar" not in said.err
            (finding,) = doctor.examine()
            assert (finding.level, finding.what) == (doctor.Level.UNSAFE, "settings")
            assert name in finding.advice


def test_a_database_that_does_not_answer_is_said_in_one_plain_line_without_its_password(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_DATABASE_URL", "postgresql://u:zanzibar@127.0.0.1:1/x")
    said = run("import", tmp_path)
    assert said.code == 2
    assert "database cannot be opened" in said.err.replace("\n", " ")
    assert "zanzibar" not in said.err


# -- tables and standard input


def typed(monkeypatch: pytest.MonkeyPatch, data: bytes, *, terminal: bool = False) -> None:
    """Standard input holds this."""
    stream = io.TextIOWrapper(io.BytesIO(data))
    monkeypatch.setattr(stream, "isatty", lambda: terminal)
    monkeypatch.setattr(sys, "stdin", stream)


def test_what_columns_hold_is_shown_without_a_word_of_a_message_and_not_used_unasked(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "tickets.csv"
    table.write_text("id,body,e-mail,colour\n1,zanzibar,pat@x.example,red\n")
    typed(monkeypatch, b"")
    said = run("import", "--json", table)
    assert (said.code, said.out) == (2, "")
    assert "2. body: text (8 characters)" in said.err
    assert "3. e-mail: from (13 characters)" in said.err
    assert "4. colour: not read (3 characters)" in said.err
    assert "--yes" in said.err
    assert "zanzibar" not in said.err
    assert json.loads(run("import", "--json", "--yes", table).out)["new"] == 1


def test_at_a_terminal_the_question_is_put(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = tmp_path / "tickets.csv"
    table.write_text("id,body\n1,hello\n")
    typed(monkeypatch, b"n\n", terminal=True)
    said = run("import", "--json", table)
    assert (said.code, said.out) == (2, "")
    typed(monkeypatch, b"y\n", terminal=True)
    assert json.loads(run("import", "--json", table).out)["new"] == 1


def test_columns_that_a_person_names_are_used_and_wrong_ones_refused(
    run: Run, tmp_path: Path
) -> None:
    table = tmp_path / "tickets.csv"
    table.write_text("hello there,zanzibar\nx,[high] y\n")
    said = run("import", "--yes", table)
    assert said.code == 2
    assert "zanzibar" not in said.err  # what may be a message is not shown as a column's name
    said = run("import", table, "--map", "colour=text")
    assert said.code == 2
    assert "colour" in said.err
    done = run("import", "--json", table, "--map", "2=text")
    assert json.loads(done.out)["queued"] == 1


@pytest.mark.parametrize(
    ("data", "options", "number"),
    [
        (eml(1), (), 1),
        (b"From a@x.example Thu Nov 19 08:12:44 2026\n" + eml(1) + b"\n", (), 1),
        (b'{"text": "[high] a"}\n{"text": "b"}\n', ("--yes",), 2),
    ],
    ids=["eml", "mbox", "jsonl"],
)
def test_standard_input_is_read_as_what_it_is(
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    data: bytes,
    options: tuple[str, ...],
    number: int,
) -> None:
    typed(monkeypatch, data)
    said = run("import", "--json", "-", *options)
    assert said.code == 0, said.err
    assert json.loads(said.out)["new"] == number


def test_what_of_standard_input_is_not_read_is_said_by_that_name(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    typed(monkeypatch, b'{"text": "a"}\nno row\n')
    said = run("import", "--json", "--yes", "-")
    assert "standard input: columns by their names" in said.err
    assert "standard input, line 2: not a row of JSON" in said.err
    typed(monkeypatch, b"id,body\n1,a table is not one mail\n")
    said = run("import", "--json", "--yes", "-")
    assert json.loads(said.out)["unreadable"] == 1
    assert "standard input: not a mail file" in said.err


# -- score


def test_score_gives_the_same_rows_back_with_what_the_model_says(run: Run, tmp_path: Path) -> None:
    rows = [{"text": "[high] a", "id": 7}, {"text": "hello \ud83d", "id": 8}]
    file = tmp_path / "texts.jsonl"
    file.write_text("\n\n".join(json.dumps(one) for one in rows) + "\n")
    said = run("score", file)
    assert said.code == 0, said.err
    got = [json.loads(line) for line in said.out.encode("utf-8").decode().splitlines()]
    assert [(one["id"], one["text"], one["flagged"]) for one in got] == [
        (7, "[high] a", True),
        (8, "hello \ud83d", False),
    ]
    assert set(got[0]) - {"id", "text"} == {
        "scores",
        "concern",
        "flagged",
        "band",
        "routes",
        "unread",
        "signals",
        "model_version",
    }
    assert got[0]["signals"][0] | {"weight": 0} == {
        "start": 0,
        "end": 6,
        "label": "threatening",
        "weight": 0,
    }


def test_score_reads_standard_input(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO('{"text": "[low]"}\n'))
    assert json.loads(run("score").out)["band"] == "low"
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))
    assert run("score", "-").out == ""


@pytest.mark.parametrize("row", ["{", "[]", '{"text": 5}', '{"other": "x"}', "null"])
def test_a_bad_row_is_named_by_its_line(run: Run, tmp_path: Path, row: str) -> None:
    file = tmp_path / "texts.jsonl"
    file.write_text('{"text": "fine"}\n' + row + "\n")
    said = run("score", file)
    assert said.code == 2
    assert "line 2: " in said.err
    assert said.err.count("\n") == 1
    assert run("score", tmp_path / "none.jsonl").code == 2


def test_more_rows_than_one_batch_come_out_in_order(run: Run, tmp_path: Path) -> None:
    number = scoring.BATCH * 2 + 3
    file = tmp_path / "texts.jsonl"
    file.write_text("".join(f'{{"text": "{one}"}}\n' for one in range(number)))
    got = [json.loads(line)["text"] for line in run("score", file).out.splitlines()]
    assert got == [str(one) for one in range(number)]


def test_without_a_model_score_exits_with_three_and_says_why(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    monkeypatch.setattr(model, "WEIGHTS", tmp_path / "no weights here")
    monkeypatch.setattr(sys, "argv", ["triage", "score", str(tmp_path / "x")])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert caught.value.code == scoring.OFF == 3


def test_without_a_model_every_message_goes_to_people(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none() -> ScriptedScorer:
        raise ModelUnavailable("gone")

    monkeypatch.setattr(classifier, "load", none)
    mail = write_folder(tmp_path / "mail", 3)
    said = run("import", mail)
    assert "3 put before reviewers" in said.out.replace("\n", " ")
    assert "Scoring is off" in said.err


# -- audit


def test_verify_counts_the_links_that_hold_and_names_the_first_that_does_not(
    run: Run, tmp_path: Path
) -> None:
    run("import", write_folder(tmp_path / "mail", 2))
    good = run("audit", "verify")
    assert good.code == 0
    assert "2 links" in good.out or "1 links" in good.out
    engine = make_engine(f"sqlite:///{tmp_path / 'triage.db'}")
    with engine.connect() as connection:
        connection.exec_driver_sql("COMMIT")
        triggers = text("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        for name in connection.scalars(triggers).all():
            connection.exec_driver_sql(f"DROP TRIGGER {name}")
        connection.exec_driver_sql("UPDATE audit_events SET actor_id = 'x' WHERE link = 1")
    engine.dispose()
    bad = run("audit", "verify")
    assert bad.code == 1
    assert "broken at link 1" in bad.err.replace("\n", " ")


# -- doctor


def levels(**settings: object) -> dict[str, str]:
    """What the doctor finds of these settings: subject -> level."""
    return {one.what: one.level.value for one in doctor.examine(Settings(**settings))}  # type: ignore[arg-type]


def test_a_fresh_installation_is_not_called_unsafe(run: Run) -> None:
    said = run("doctor")
    assert said.code == 0, said.err
    assert "unsafe" not in said.out


def test_the_doctor_changes_nothing(run: Run, tmp_path: Path) -> None:
    before = sorted(tmp_path.rglob("*"))
    run("doctor")
    assert sorted(tmp_path.rglob("*")) == before


def test_each_unsafe_setting_is_called_unsafe(tmp_path: Path) -> None:
    home = {"home": tmp_path}
    assert levels(**home)["address"] == "good"
    assert levels(**home, address="0.0.0.0")["address"] == "unsafe"
    assert levels(**home)["demonstration"] == "good"
    assert levels(**home, demo=True)["demonstration"] == "unsafe"
    assert levels(**home, demo=True, database_url="sqlite:///x.db")["database"] == "unsafe"
    assert levels(**home, hash_key="short")["hash key"] == "unsafe"
    assert levels(**home, hash_key="k" * 40)["hash key"] == "good"
    for url in ("mysql://u@example.org/x", "nonsense", "postgresql://u@127.0.0.1:1/x"):
        assert levels(**home, database_url=url)["database"] == "unsafe"


def test_a_password_in_the_database_url_is_not_printed(tmp_path: Path) -> None:
    url = "postgresql://u:zanzibar@127.0.0.1:1/x"
    findings = doctor.examine(Settings(home=tmp_path, database_url=url))
    assert "zanzibar" not in repr(findings)


def test_files_that_others_can_read_are_unsafe(run: Run, tmp_path: Path) -> None:
    home = tmp_path / "home"
    run("import", write_folder(tmp_path / "mail", 1))
    wide, narrow = 0o755, 0o700
    home.chmod(narrow)
    assert levels(home=home)["hash key"] == "good"
    home.chmod(wide)
    assert levels(home=home)["hash key"] == "good"
    (home / "hash.key").chmod(0o644)
    assert levels(home=home)["hash key"] == "unsafe"
    home.chmod(narrow)
    assert levels(home=home)["hash key"] == "good"
    assert stat.S_IMODE(home.stat().st_mode) == narrow


def test_a_model_that_does_not_load_is_unsafe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(model, "WEIGHTS", tmp_path / "no weights here")
    assert levels(home=tmp_path)["model"] == "unsafe"


@pytest.mark.parametrize(
    ("variable", "name", "bad", "good"),
    [
        ("STREAMLIT_CLIENT_SHOW_ERROR_DETAILS", "client.showErrorDetails", "full", "none"),
        ("STREAMLIT_SERVER_ADDRESS", "server.address", "0.0.0.0", "127.0.0.1"),
        ("STREAMLIT_SERVER_HEADLESS", "server.headless", "false", "true"),
        ("STREAMLIT_SERVER_MAX_UPLOAD_SIZE", "server.maxUploadSize", "200", "25"),
        (
            "STREAMLIT_BROWSER_GATHER_USAGE_STATS",
            "browser.gatherUsageStats",
            "true",
            "false",
        ),
    ],
)
def test_an_option_of_the_screen_that_the_environment_spoils_is_unsafe(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
    name: str,
    bad: str,
    good: str,
) -> None:
    assert levels(home=tmp_path)[name] == "good"
    monkeypatch.setenv(variable, bad)
    assert levels(home=tmp_path)[name] == "unsafe"
    monkeypatch.setenv(variable, good)
    assert levels(home=tmp_path)[name] == "good"


def test_an_option_of_the_screen_that_is_missing_is_unsafe(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(serving, "effective_screen_options", lambda config: {})
    found = levels(home=tmp_path)
    assert {found[name] for name in serving.SCREEN_OPTIONS} == {"unsafe"}


def test_an_unsafe_finding_ends_the_doctor_with_one(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRIAGE_ADDRESS", "0.0.0.0")
    said = run("doctor")
    assert said.code == 1
    assert "1 unsafe: address" in said.err
