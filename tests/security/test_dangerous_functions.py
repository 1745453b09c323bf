"""Where the product reaches for what could hurt: each such place is known by name.

Lints over the source, with a proof that they would see what they are there for; and what is
promised of randomness and passwords.
"""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from triage.app import tables
from triage.core import envelope

ROOT = Path(__file__).parents[2]
PRODUCT = {
    path.relative_to(ROOT).as_posix(): list(ast.walk(ast.parse(path.read_text("utf-8"))))
    for folder in ("triage", "dashboard")
    for path in sorted((ROOT / folder).rglob("*.py"))
}
"""File -> every node of its code."""

Finds = Callable[[ast.AST], bool]


def name_of(node: ast.AST) -> str:
    """``a.b.c`` of a name or attribute; empty for anything else."""
    if isinstance(node, ast.Attribute):
        return f"{name_of(node.value)}.{node.attr}".strip(".")
    return node.id if isinstance(node, ast.Name) else ""


def roots(node: ast.AST) -> set[str]:
    """The modules that an import names, whole."""
    if isinstance(node, ast.Import):
        return {one.name for one in node.names}
    if isinstance(node, ast.ImportFrom) and node.module:
        return {node.module, *(f"{node.module}.{one.name}" for one in node.names)}
    return set()


def imports(*wanted: str) -> Finds:
    return lambda node: any(
        one == each or one.startswith(f"{each}.") for one in roots(node) for each in wanted
    )


def calls(*wanted: str) -> Finds:
    return lambda node: isinstance(node, ast.Call) and name_of(node.func) in wanted


def has_keyword(name: str) -> Finds:
    return lambda node: isinstance(node, ast.Call) and any(one.arg == name for one in node.keywords)


def made_sql(node: ast.AST) -> bool:
    """SQL as a text that is put together, and so could be put together from what somebody typed."""
    if not (isinstance(node, ast.Call) and node.args):
        return False
    kind = name_of(node.func).rpartition(".")[2]
    if kind not in {"text", "exec_driver_sql", "execute", "scalar", "scalars", "literal_column"}:
        return False
    given = node.args[0]
    if isinstance(given, ast.BinOp):
        return kind in {"text", "exec_driver_sql", "literal_column"}
    if not isinstance(given, ast.JoinedStr):
        return False
    put_in = [name_of(one.value) for one in given.values if isinstance(one, ast.FormattedValue)]
    return not all(one.isupper() for one in put_in)  # names in capitals are constants of ours


RULES: dict[str, tuple[Finds, str, set[str]]] = {
    "runs a program": (
        lambda node: imports("subprocess", "pty", "commands")(node)
        or calls("os.system", "os.popen", "os.execv", "os.spawnl")(node),
        "import subprocess",
        {"triage/intake/parser.py"},
    ),
    "asks a shell": (has_keyword("shell"), "run('x', shell=True)", set()),
    "runs text as code": (
        calls("eval", "exec", "compile", "__import__", "ast.literal_eval"),
        "eval('1')",
        set(),
    ),
    "reads XML": (
        imports("xml", "lxml", "defusedxml", "xmltodict"),
        "import xml.etree.ElementTree",
        {"triage/cases/inquiry/inside.py"},  # by expat alone: no declaration, so no entity; bounded
    ),
    "reads YAML or objects": (
        imports("yaml", "pickle", "marshal", "shelve", "dill", "joblib"),
        "import pickle",
        set(),
    ),
    "opens an archive": (
        imports("zipfile", "tarfile", "gzip", "bz2", "lzma", "zlib"),
        "import tarfile",
        {
            "triage/cases/inquiry/inside.py",  # documents, within a bound; nothing is unpacked
            "triage/backup/sealing.py",  # backups: what is read is what a key of ours sealed
            "triage/classifier/datasets.py",  # public sets, on a developer's machine
            "triage/classifier/model.py",  # the model's own file, within a bound
            "triage/messages/campaigns.py",  # a checksum
            "triage/packs/bag.py",  # writes one, and checks one of ours
        },
    ),
    "speaks to the network": (
        imports(
            "socket", "http.client", "urllib.request", "smtplib", "imaplib", "imap_tools",
            "requests", "httpx", "aiohttp", "ftplib", "telnetlib",
        ),
        "import urllib.request",
        {"triage/intake/imap.py", "triage/intake/oauth.py", "triage/notify/smtp.py"},
    ),
    "turns checks of certificates off": (
        lambda node: name_of(node).endswith(("CERT_NONE", "_create_unverified_context"))
        or has_keyword("verify")(node),
        "ssl.CERT_NONE",
        set(),
    ),
    "uses a weak hash": (
        calls("hashlib.md5", "hashlib.sha1", "hashlib.new"),
        "hashlib.md5(b'')",
        set(),
    ),
    "draws numbers that can be guessed": (
        lambda node: (
            imports("random", "numpy.random")(node) or name_of(node).startswith("np.random")
        ),
        "import random",
        {
            "triage/messages/service/sampling.py",
            "triage/trends/quality.py",
        },
    ),
    "encrypts": (
        imports("cryptography", "Crypto", "nacl"),
        "import cryptography.fernet",
        {"triage/core/envelope.py", "triage/core/keys.py", "triage/core/anchors.py"},
    ),
    "puts SQL together": (made_sql, "text(f'SELECT {x}')", {
        "triage/core/database.py",
        "triage/retention/service/files.py",  # the names of our own tables
    }),
}  # fmt: skip


def found(rule: Finds) -> set[str]:
    return {name for name, nodes in PRODUCT.items() if any(rule(node) for node in nodes)}


@pytest.mark.parametrize("what", RULES)
def test_each_place_that_could_hurt_is_known_by_name(what: str) -> None:
    rule, _, known = RULES[what]
    there = {one for one in found(rule) if "migrations/versions" not in one}  # run once, no input
    assert there == known


@pytest.mark.parametrize("what", RULES)
def test_the_lint_sees_what_it_is_there_for(what: str) -> None:
    rule, example, _ = RULES[what]
    assert any(rule(node) for node in ast.walk(ast.parse(example)))
    assert not any(rule(node) for node in ast.walk(ast.parse("x = 1")))


def test_the_draw_of_the_sample_cannot_be_guessed() -> None:
    """Of the two that import ``random``, one draws from the system; the other counts intervals."""
    sampling = PRODUCT["triage/messages/service/sampling.py"]
    made = {ast.unparse(node) for node in sampling if isinstance(node, ast.BoolOp)}
    assert "chance or secrets.SystemRandom()" in made


def test_no_nonce_and_no_data_key_ever_comes_twice() -> None:
    """Each text is sealed with 96 random bits, under a key of its own record."""
    key = envelope.new_data_key()
    place = {"table": "t", "column": "c", "row_id": "r", "key_id": "k"}
    sealed = [envelope.seal(key, "the same words", **place) for _ in range(5_000)]
    assert len({one[1 : 1 + envelope.NONCE_BYTES] for one in sealed}) == 5_000
    assert len(set(sealed)) == 5_000
    assert len({envelope.new_data_key() for _ in range(1_000)}) == 1_000


def columns() -> Iterator[str]:
    for table in tables().sorted_tables:
        yield from (f"{table.name}.{column.name}" for column in table.columns)


def test_no_password_is_stored_asked_for_or_sent_anywhere() -> None:
    """People sign in at their provider: this desk has no passwords, and no field for one."""
    assert not [one for one in columns() if "password" in one or "passwd" in one]
    pages = [path for path in (ROOT / "dashboard").rglob("*") if path.suffix in {".py", ".html"}]
    asked = [path.name for path in pages if 'type="password"' in path.read_text("utf-8")]
    assert pages
    assert asked == []
