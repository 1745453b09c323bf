"""The doctor at a desk as it should run: clean; and red on each unsafe option, one at a time.

Every place in ``triage/doctor`` that can say "unsafe" is found in the source. One that no case
here has made speak fails the last test: a new finding comes with its case.
"""

import ast
import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.engine import make_url
from sqlalchemy.pool import NullPool
from streamlit import config as screen_config
from typer.testing import CliRunner

from triage import cli, cli_serve, doctor
from triage.classifier import model
from triage.core.database import driver_url, make_engine
from triage.core.keys import KeyStore
from triage.core.settings import Settings
from triage.doctor import Finding, Level, serving
from triage.doctor.findings import private

FOLDER = Path(doctor.__file__).parent
ROLE = "the_desk"
SECRET = "a secret of forty characters, for a test"
ENVIRONMENT = {
    "TRIAGE_HASH_KEY": "k" * 40,
    "TRIAGE_OWN_DOMAINS": '["charity.example.org"]',
    "TRIAGE_FORWARD_TO": '["report@charity.example.org"]',
    "TRIAGE_AUTHSERV_IDS": '["mx.charity.example.org"]',
    "TRIAGE_SMTP_HOST": "post.example.org",
    "TRIAGE_SMTP_FROM": "desk@charity.example.org",
    "TRIAGE_SMTP_USER": "desk",
    "TRIAGE_SMTP_PASSWORD": SECRET,
    "TRIAGE_APPEAL_ADDRESS": "appeals@charity.example.org",
    "TRIAGE_PUBLIC_URL": "https://desk.example.org",
    "TRIAGE_OIDC_METADATA_URL": "https://id.example.org/.well-known/openid-configuration",
    "TRIAGE_OIDC_CLIENT_ID": "desk",
    "TRIAGE_OIDC_CLIENT_SECRET": SECRET,
    "TRIAGE_COOKIE_SECRET": SECRET,
    "TRIAGE_METRICS_TOKEN": SECRET,
    "TRIAGE_TRUSTED_PROXY": "192.0.2.10",
    "TRIAGE_FORM_URL": "https://report.example.org",
    "TRIAGE_FORM_NO_ADDRESSES": "true",
}
"""A desk behind a proxy with TLS, with sign-in, mail, a form on a host of its own."""
PEOPLE = {
    "Ana": ("reviewer", "handler"),
    "Ben": ("reviewer", "handler"),
    "Cleo": ("reviewer", "decider"),
    "Dora": ("decider",),
    "Eli": ("handler", "decider"),
    "Max": ("manager",),
    "Ada": ("admin",),
}

_spoken: set[tuple[str, int]] = set()
"""(module, line) of each call that has said "unsafe" while these tests ran."""


def triage(*words: str, code: int = 0) -> str:
    """Run ``triage …`` as somebody types it."""
    said = CliRunner().invoke(cli.app, list(words))
    assert said.exit_code == code, said.output
    return said.output


def furnish() -> None:
    """Keys, a team with a tried fallback, a signed head: as the README has a deployer do it."""
    triage("keys", "init")
    for name, roles in PEOPLE.items():
        given = [word for role in roles for word in ("--role", role)]
        triage("staff", "add", name, f"{name.lower()}@charity.example.org", *given)
    triage("staff", "fallback", "tru@example.com", "--guest", "Tru")
    triage("staff", "drill", "tru@example.com", "--answered")
    triage("jobs", "run")
    triage("audit", "head")
    backups = Settings().home.parent / "backups"
    triage("backup", "--to", str(backups))
    [made] = backups.glob("*.age")
    [key] = (Settings().home / "backup-keys").glob("*.key")
    place = f"sqlite:///{Settings().home.parent / 'drill.db'}"
    triage("restore", str(made), "--key", str(key), "--into", place)


def on_server(url: str, statement: str) -> None:
    """Run one statement that must stand outside a transaction."""
    engine = create_engine(driver_url(url), poolclass=NullPool, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(statement))
    engine.dispose()


@dataclass
class Place:
    """One furnished desk: where its files lie, and its database."""

    home: Path
    url: str
    owner: str


@pytest.fixture(scope="module")
def made_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home of SQLite, furnished once, to copy from."""
    home = tmp_path_factory.mktemp("made") / "home"
    with pytest.MonkeyPatch.context() as patch:
        settle(patch, home)
        furnish()
    return home


@pytest.fixture(scope="module")
def on_postgres(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """A database of PostgreSQL with a role of its own that owns it, furnished once."""
    home = tmp_path_factory.mktemp("production") / "home"
    on_server(postgres_url, f"CREATE ROLE {ROLE} LOGIN")
    on_server(postgres_url, f"CREATE DATABASE production OWNER {ROLE}")
    parsed = make_url(postgres_url).set(database="production")
    owner = parsed.render_as_string(hide_password=False)
    url = parsed.set(username=ROLE).render_as_string(hide_password=False)
    with pytest.MonkeyPatch.context() as patch:
        settle(patch, home, TRIAGE_DATABASE_URL=url)
        furnish()
    yield Place(home, url, owner)
    on_server(postgres_url, "DROP DATABASE production (FORCE)")
    on_server(postgres_url, f"DROP ROLE {ROLE}")


def settle(patch: pytest.MonkeyPatch, home: Path, **environment: str) -> None:
    """The environment of a desk as it should run."""
    patch.setenv("TRIAGE_HOME", str(home))
    patch.setenv("COLUMNS", "250")
    patch.setattr(cli.out, "width", 250)
    for name, value in (ENVIRONMENT | environment).items():
        patch.setenv(name, value)


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody's own files of the screen reach these tests."""
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)


@pytest.fixture(autouse=True)
def _heard(monkeypatch: pytest.MonkeyPatch) -> None:
    """Note which call in the doctor says "unsafe"."""
    init = Finding.__init__

    def heard(self: Finding, level: Level, *given: str, **named: str) -> None:
        init(self, level, *given, **named)
        frame = sys._getframe(1)
        if level is Level.UNSAFE:
            _spoken.add((Path(frame.f_code.co_filename).stem, frame.f_lineno))

    monkeypatch.setattr(Finding, "__init__", heard)


@pytest.fixture
def sqlite_home(made_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A furnished desk on SQLite that one test may spoil."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    for path in made_home.rglob("*"):
        to = home / path.relative_to(made_home)
        if path.is_dir():
            to.mkdir(mode=path.stat().st_mode & 0o777)
        else:
            to.write_bytes(path.read_bytes())
            to.chmod(path.stat().st_mode & 0o777)
    settle(monkeypatch, home)
    return home


def examined() -> list[Finding]:
    """What the doctor finds, through the command, whose words and exit code must agree."""
    found: list[Finding] = []
    examine = doctor.examine
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(doctor, "examine", lambda: found.extend(examine()) or found)
        result = CliRunner().invoke(cli.app, ["doctor"])
    red = [one.what for one in found if one.level is Level.UNSAFE]
    assert result.exit_code == (1 if red else 0), result.output
    if red:
        assert f"{len(red)} unsafe: {', '.join(red)}" in result.output.replace("\n", " ")
    return found


def unsafe() -> list[str]:
    """What the doctor calls unsafe."""
    return [one.what for one in examined() if one.level is Level.UNSAFE]


def not_good() -> list[tuple[str, str, str]]:
    """Everything that a deployer could still mend."""
    return [(one.level.value, one.what, one.found) for one in examined() if one.level != "good"]


# -- clean


@pytest.mark.postgres
def test_a_desk_as_it_should_run_is_clean(
    on_postgres: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(monkeypatch, on_postgres.home, TRIAGE_DATABASE_URL=on_postgres.url)
    assert not_good() == []


def test_so_is_one_with_the_database_in_a_file(sqlite_home: Path) -> None:
    assert not_good() == []


def test_no_secret_of_it_is_printed(sqlite_home: Path) -> None:
    said = triage("doctor") + repr(doctor.examine())
    assert SECRET not in said
    assert "k" * 40 not in said
    private_key = (sqlite_home / "keys" / "desk-1.key").read_text("ascii").strip()
    assert private_key not in said


# -- each option in turn


def other_key(home: Path) -> str:
    """A public key that belongs to no key of this desk."""
    given = Settings(home=home / "other", desk_key="1:" + "6e" * 32)
    return "1:" + KeyStore(given).ring().publics[1].public_bytes_raw().hex()


def own_key(home: Path) -> str:
    """The public key of this desk, as its form has it."""
    return "1:" + (home / "keys" / "desk-1.pub").read_text("ascii").strip()


def mailbox(**given: object) -> str:
    """TRIAGE_MAILBOXES with one mailbox."""
    box = {"name": "Post", "host": "imap.example.org", "user": "desk", "password": "word"}
    return json.dumps([box | given])


SETTINGS: dict[str, tuple[dict[str, str], str]] = {
    "a setting that cannot be read": ({"TRIAGE_CLAIM_MINUTES": "soon"}, "settings"),
    "a database URL that is none": ({"TRIAGE_DATABASE_URL": "nonsense"}, "database"),
    "another kind of database": ({"TRIAGE_DATABASE_URL": "mysql://u@example.org/x"}, "database"),
    "a database that does not answer": (
        {"TRIAGE_DATABASE_URL": "postgresql://u@127.0.0.1:1/x"},
        "database",
    ),
    "a hash key that can be guessed": ({"TRIAGE_HASH_KEY": "short"}, "hash key"),
    "a desk key that is none": ({"TRIAGE_DESK_KEY": "1:zz"}, "desk key"),
    "a record key that is none": ({"TRIAGE_RECORD_KEY": "zz"}, "record key"),
    "all interfaces": ({"TRIAGE_ADDRESS": "0.0.0.0"}, "address"),
    "the demonstration": ({"TRIAGE_DEMO": "true"}, "demonstration"),
    "mail in clear text": (
        {"TRIAGE_SMTP_STARTTLS": "false", "TRIAGE_SMTP_USER": "", "TRIAGE_SMTP_PASSWORD": ""},
        "mail",
    ),
    "a password in clear text": ({"TRIAGE_SMTP_STARTTLS": "false"}, "mail"),
    "half a sign-in": ({"TRIAGE_OIDC_CLIENT_ID": ""}, "sign-in"),
    "a short cookie secret": ({"TRIAGE_COOKIE_SECRET": "short"}, "cookie secret"),
    "a short metrics token": ({"TRIAGE_METRICS_TOKEN": "short"}, "metrics token"),
    "a public address without TLS": (
        {"TRIAGE_PUBLIC_URL": "http://desk.example.org"},
        "public address",
    ),
    "a provider without TLS": (
        {"TRIAGE_OIDC_METADATA_URL": "http://id.example.org/.well-known/openid-configuration"},
        "sign-in provider",
    ),
    "any proxy": ({"TRIAGE_TRUSTED_PROXY": "*"}, "trusted proxy"),
    "any proxy, among others": ({"TRIAGE_TRUSTED_PROXY": "192.0.2.1,*"}, "trusted proxy"),
    "a form without TLS": ({"TRIAGE_FORM_URL": "http://report.example.org"}, "report form"),
    "a form below the desk": ({"TRIAGE_FORM_URL": "https://desk.example.org/form"}, "report form"),
    "a form at the desk's address": (
        {"TRIAGE_FORM_URL": "https://desk.example.org"},
        "report form",
    ),
    "a form at the desk's host": (
        {"TRIAGE_FORM_URL": "https://desk.example.org:8443"},
        "report form",
    ),
    "a mailbox in clear text": ({"TRIAGE_MAILBOXES": mailbox(tls="none")}, "mailbox Post"),
    "a token in clear text": (
        {
            "TRIAGE_MAILBOXES": mailbox(
                password=None,
                oauth2={
                    "token_url": "http://id.example.org/token",
                    "client_id": "a",
                    "refresh_token": "b",
                },
            )
        },
        "mailbox Post",
    ),
    **{
        f"the screen's {name}": ({serving.variable_of(name): "on purpose"}, name)
        for name in serving.SCREEN_OPTIONS
    },
    **{f"{name}": ({name: "true"}, name) for name in serving.LOOSENING},
}
"""What is set otherwise -> what must be called unsafe for it."""


@pytest.mark.parametrize("case", SETTINGS)
def test_a_setting_that_is_unsafe_is_red(
    sqlite_home: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    spoiled, what = SETTINGS[case]
    for name, value in spoiled.items():
        if value or name == "TRIAGE_OIDC_CLIENT_ID":
            monkeypatch.setenv(name, value)
        else:
            monkeypatch.delenv(name)
    assert unsafe() == [what]


def spoil_form_key(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("TRIAGE_DESK_PUBLIC_KEY", own_key(home))


def spoil_form_key_by_settings(home: Path, patch: pytest.MonkeyPatch) -> None:
    key = (home / "keys" / "desk-1.key").read_text("ascii").strip()
    patch.setenv("TRIAGE_DESK_KEY", f"1:{key}")
    patch.setenv("TRIAGE_DESK_PUBLIC_KEY", own_key(home))
    for path in (home / "keys").glob("desk-*"):
        path.unlink()


def spoil_public_key(home: Path, patch: pytest.MonkeyPatch) -> None:
    (home / "keys" / "desk-1.pub").write_text(other_key(home).partition(":")[2], "ascii")


def spoil_demo(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("TRIAGE_DEMO", "true")
    patch.setenv("TRIAGE_DATABASE_URL", f"sqlite:///{home / 'triage.db'}")


def spoil_model(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(model, "WEIGHTS", home / "no weights here")


def spoil_screen(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setattr(serving, "find_spec", lambda name: None)


def spoil_own_file(home: Path, patch: pytest.MonkeyPatch) -> None:
    folder = Path.home() / ".streamlit"
    folder.mkdir()
    (folder / "config.toml").write_text('[server.trustedUserHeaders]\nX-User = "email"\n', "utf-8")


def spoil_schema(home: Path, patch: pytest.MonkeyPatch) -> None:
    said_by(f"sqlite:///{home / 'triage.db'}", "UPDATE alembic_version SET version_num = '9999'")


def spoil_fallback(home: Path, patch: pytest.MonkeyPatch) -> None:
    said_by(f"sqlite:///{home / 'triage.db'}", "DELETE FROM fallbacks")


def spoil_drill(home: Path, patch: pytest.MonkeyPatch) -> None:
    said_by(f"sqlite:///{home / 'triage.db'}", "UPDATE fallbacks SET tried_at = NULL")


def mode(name: str, bits: int) -> Callable[[Path, pytest.MonkeyPatch], None]:
    """A file or folder with other rights, in a home that others may enter; all else is private."""

    def spoil(home: Path, patch: pytest.MonkeyPatch) -> None:
        home.chmod(0o755)
        for path in home.rglob("*"):
            path.chmod(0o700 if path.is_dir() else 0o600)
        (home / name).chmod(bits)

    return spoil


def said_by(url: str, statement: str) -> None:
    engine = make_engine(url)
    with engine.begin() as connection:
        connection.execute(text(statement))
    engine.dispose()


def hash_key_file(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.delenv("TRIAGE_HASH_KEY")
    (home / "hash.key").write_text("5e" * 32, "ascii")
    mode("hash.key", 0o644)(home, patch)


def no_hash_key(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.delenv("TRIAGE_HASH_KEY")
    (home / "hash.key").write_text("no key at all", "ascii")


def beside_their_keys(home: Path, patch: pytest.MonkeyPatch) -> None:
    patch.setenv("TRIAGE_BACKUPS", str(home / "backup-keys" / "of-today"))


def nobody_erases(home: Path, _: pytest.MonkeyPatch) -> None:
    said_by(Settings().url, "DELETE FROM job_runs")
    said_by(Settings().url, "DROP TRIGGER audit_events_no_update")
    said_by(Settings().url, "UPDATE audit_events SET at = '2020-01-01 00:00:00.000000'")


def no_timer(home: Path, _: pytest.MonkeyPatch) -> None:
    said_by(Settings().url, "UPDATE job_runs SET started = datetime(started, '-3 hours')")


def alarms_fail(home: Path, _: pytest.MonkeyPatch) -> None:
    spoiled = "ok = 0, error = 'KeyError', started = datetime(started, '-3 hours')"
    said_by(Settings().url, f"UPDATE job_runs SET {spoiled} WHERE name = 'alarms'")


PLACES: dict[str, tuple[Callable[[Path, pytest.MonkeyPatch], None], list[str]]] = {
    "the database's file is for all to read": (mode("triage.db", 0o644), ["database file"]),
    "the hash key is for all to read": (hash_key_file, ["hash key"]),
    "a hash key that is none": (no_hash_key, ["hash key"]),
    "the desk key is for all to read": (mode("keys/desk-1.key", 0o644), ["desk key"]),
    "the record key is for all to read": (mode("keys/record.key", 0o640), ["record key"]),
    "others may put keys there": (mode("keys", 0o777), ["keys folder"]),
    "others may put a folder of keys there": (mode(".", 0o770), ["keys folder"]),
    "others may read the keys of backups": (mode("backup-keys", 0o755), ["backup keys"]),
    "backups beside their keys": (beside_their_keys, ["backup keys"]),
    "a desk for long, and nobody erases": (nobody_erases, ["erasure"]),
    "nothing runs by itself any more": (no_timer, ["jobs"]),
    "a job that fails": (alarms_fail, ["jobs"]),
    "a public key of somebody else": (spoil_public_key, ["desk key"]),
    "the private key within the form's reach": (spoil_form_key, ["form: key"]),
    "the private key in the form's settings": (spoil_form_key_by_settings, ["form: key"]),
    "the demonstration over real mail": (spoil_demo, ["database", "demonstration"]),
    "a model that does not load": (spoil_model, ["model"]),
    "no screen": (spoil_screen, ["screen"]),
    "headers that sign somebody in, from another file": (
        spoil_own_file,
        ["server.trustedUserHeaders"],
    ),
    "a schema of a later version": (spoil_schema, ["schema"]),
    "no fallback": (spoil_fallback, ["fallback"]),
    "a fallback that did not answer": (spoil_drill, ["fallback"]),
}
"""What lies otherwise -> what must be called unsafe for it."""


@pytest.mark.parametrize("case", PLACES)
def test_a_place_that_is_unsafe_is_red(
    sqlite_home: Path, monkeypatch: pytest.MonkeyPatch, case: str
) -> None:
    spoil, what = PLACES[case]
    spoil(sqlite_home, monkeypatch)
    assert unsafe() == what


FAR = "postgresql://desk@db.example.org/triage"


WAYS = {
    "this machine": ("postgresql://desk@127.0.0.1:1/triage", Level.GOOD),
    "this machine, newer": ("postgresql://desk@[::1]:1/triage", Level.GOOD),
    "a socket": ("postgresql:///triage?host=/run/postgresql", Level.GOOD),
    "nothing said": (FAR, Level.UNSAFE),
    "as it comes": (f"{FAR}?sslmode=prefer", Level.UNSAFE),
    "encrypted": (f"{FAR}?sslmode=require", Level.NOTE),
    "encrypted and known": (f"{FAR}?sslmode=verify-full", Level.GOOD),
    "newer": ("postgresql://desk@[2001:db8::1]/triage", Level.UNSAFE),
    "newer, mapped": ("postgresql://desk@[::ffff:192.0.2.1]/triage", Level.UNSAFE),
    "one of two": ("postgresql://desk@/triage?host=127.0.0.1:1,db.example.org:5432", Level.UNSAFE),
    "another address": ("postgresql://desk@127.0.0.1/triage?hostaddr=192.0.2.1", Level.UNSAFE),
}
"""How it is reached -> URL, level. The ids are names: runs without a server choose by the word."""


@pytest.mark.parametrize(("url", "level"), WAYS.values(), ids=WAYS)
def test_the_way_to_a_database_elsewhere_must_be_encrypted(
    monkeypatch: pytest.MonkeyPatch, url: str, level: Level
) -> None:
    from triage.doctor import reach

    monkeypatch.setattr(reach, "_rights", lambda settings: None)  # nobody there is asked
    found = reach.database_server(Settings(database_url=url))  # type: ignore[arg-type]
    assert [(one.what, one.level) for one in found] == [("way to the database", level)]


@pytest.mark.postgres
def test_a_superuser_of_the_database_is_red(
    on_postgres: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(monkeypatch, on_postgres.home, TRIAGE_DATABASE_URL=on_postgres.owner)
    assert unsafe() == ["database role"]


@pytest.mark.postgres
def test_a_form_whose_role_reads_the_desk_is_red(
    on_postgres: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    settle(monkeypatch, tmp_path / "form", TRIAGE_DATABASE_URL=on_postgres.url)
    monkeypatch.setenv("TRIAGE_DESK_PUBLIC_KEY", own_key(on_postgres.home))
    assert unsafe() == ["form: role"]


def test_which_jobs_do_not_run_is_said_and_keeps_nobody_out(
    sqlite_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alarms_fail(sqlite_home, monkeypatch)
    (found,) = (one for one in examined() if one.what == "jobs")
    assert "alarms" in found.found
    assert "outbox" not in found.found
    started: list[int] = []
    monkeypatch.setattr(cli_serve, "run", lambda settings, port: started.append(port))
    triage("serve", "--port", "8501")
    assert started == [8501]


def test_where_no_job_has_run_yet_the_timer_is_asked_for(sqlite_home: Path) -> None:
    said_by(Settings().url, "DELETE FROM job_runs")
    assert ("note", "jobs", "never yet") in not_good()


# -- nothing is left out


def places_that_speak() -> set[tuple[str, int]]:
    """(module, line) of every call in the doctor that may say "unsafe"."""
    plain = {"Level.GOOD", "Level.NOTE"}
    found = set()
    for path in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("Finding"):
                given = [*node.args, *(one.value for one in node.keywords if one.arg == "level")]
                if ast.unparse(given[0]) not in plain | {"level"}:
                    found.add((path.stem, node.lineno))
    return found


def test_a_level_that_is_a_name_is_never_unsafe_by_it() -> None:
    """``level`` as a name is passed where it is good or a note, so it needs no case."""
    for path in sorted(FOLDER.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "level":
                assert "UNSAFE" not in ast.unparse(node.value), path.name


def test_the_variable_of_an_option_is_the_one_that_the_screen_reads() -> None:
    templates = screen_config._config_options_template
    for name in serving.SCREEN_OPTIONS:
        assert templates[name].env_var == serving.variable_of(name)
    known = {one.env_var for one in templates.values()}
    assert set(serving.LOOSENING) <= known


def test_every_place_that_can_say_unsafe_was_made_to_say_it(
    request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    """Last of this file, and only where the whole file ran."""
    ran = {item.originalname for item in request.session.items if item.path == request.path}
    if len(ran) < len([name for name in globals() if name.startswith("test_")]):
        pytest.skip("only where the whole file is run")
    wide = tmp_path / "wide"
    wide.write_text("", "utf-8")
    assert dataclasses.is_dataclass(private(wide, "anything"))
    assert sorted(places_that_speak() - _spoken) == []
