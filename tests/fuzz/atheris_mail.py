"""The readers of mail, fuzzed by coverage with Atheris (libFuzzer), for a time that is set.

Atheris is no part of this project. It runs in an environment of its own, by its own command:

    python3 -m venv FOLDER && FOLDER/bin/pip install atheris selectolax
    FOLDER/bin/python tests/fuzz/atheris_mail.py [--target mail] [--seconds 600] [--corpus FOLDER]

Targets: mail (whole messages), html, text (quoting and forwards), row (tables). Inputs that reach
something new are kept in the corpus; what breaks a rule of ``oracles.py``, takes more than five
seconds or 1 GB is kept in ``FOLDER/findings``, once for each place in the code. At the end the
corpus goes through the real child process with its limits. Exit: 1 where anything was found.
"""

import argparse
import hashlib
import re
import subprocess
import sys
import tempfile
import time
import traceback
from pathlib import Path

HERE = Path(__file__).resolve()
sys.path[:0] = [str(HERE.parent), str(HERE.parents[1] / "intake"), str(HERE.parents[2])]

MOST_BYTES = 16_384
"""Of one input: what is slow by size alone has its limits elsewhere."""
LIMITS = (f"-max_len={MOST_BYTES}", "-timeout=5", "-rss_limit_mb=1024", "-print_final_stats=1")
WORDS = rb"""
From:|To:|Cc:|Reply-To:|Subject:|Date:|Received:|Message-ID:|References:|Content-Type:
Content-Transfer-Encoding:|Content-Disposition:|Authentication-Results:|multipart/mixed
multipart/alternative|multipart/digest|message/rfc822|text/html|text/plain|text/calendar
boundary=x|--x|--x--|charset=|utf-16|utf-7|iso-2022-jp|base64|quoted-printable|x-uuencode|begin 644
format=flowed|delsp=yes|filename*0*=|=?utf-8?q?|=?utf-8?b?|?=|report@charity.example.org
mx.charity.example.org|dmarc=pass|dkim=fail|header.d=|smtp.mailfrom=|service.example.org|Email:
-----Original Message-----|Begin forwarded message:|wrote:|Sent from my iPhone|Disclaimer
<div hidden>|<blockquote>|<a href=|<style>|!important|display:none|font-size:0|<!--|-->|<template>
<pre>|<textarea>|<td>|&#xD800;|</script>|<title>|color:#fff
"""


def main() -> int:
    """Fuzz in child processes until the time is up; say what was found."""
    asked = _arguments()
    with tempfile.TemporaryDirectory() as scratch:
        corpus = asked.corpus or Path(scratch) / "corpus"
        findings = corpus.parent / f"{corpus.name}-findings"
        for folder in (corpus, findings):
            folder.mkdir(parents=True, exist_ok=True)
        if asked.child:
            _fuzz(asked.target, asked.seconds, corpus, findings)
            return 0  # not reached: libFuzzer ends the process
        _sow(asked.target, corpus)
        runs, cover = _until(asked, corpus, findings)
        replayed = _through_the_child(asked.target, corpus)
        found = sorted(one for one in findings.iterdir() if one.suffix != ".txt")
        sys.stdout.write(
            f"{asked.target}: {runs:,} inputs in {asked.seconds} s, {cover:,} edges, corpus of "
            f"{len(list(corpus.iterdir())):,}, {replayed:,} read by the child process; "
            f"{len(found)} findings\n"
        )
        for one in found:
            why = one.with_suffix(".txt")
            sys.stdout.write(f"--- {one.name}: {one.read_bytes()[:300]!r}\n")
            sys.stdout.write(why.read_text("utf-8") if why.is_file() else "too slow or too large\n")
    return 1 if found else 0


def _arguments() -> argparse.Namespace:
    given = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    given.add_argument("--target", default="mail", choices=("mail", "html", "text", "row"))
    given.add_argument("--seconds", type=int, default=600)
    given.add_argument("--corpus", type=Path)
    given.add_argument("--child", action="store_true", help=argparse.SUPPRESS)
    return given.parse_args()


def _until(asked: argparse.Namespace, corpus: Path, findings: Path) -> tuple[int, int]:
    """(inputs tried, edges covered): a child that dies of its input is followed by another."""
    runs = cover = 0
    ends = time.monotonic() + asked.seconds
    while (left := round(ends - time.monotonic())) > 0:
        command = [sys.executable, str(HERE), "--child", "--target", asked.target]
        command += ["--seconds", str(left), "--corpus", str(corpus)]
        done = subprocess.run(command, capture_output=True, check=False)
        said = done.stderr.decode("utf-8", "replace")
        tried = re.findall(r"^#(\d+)", said, re.MULTILINE)
        if not tried:
            raise SystemExit(f"The fuzzer does not start:\n{said[-2000:]}")
        runs += int(tried[-1])
        cover = max(cover, *map(int, re.findall(r"cov: (\d+)", said)), 0)
    return runs, cover


def _fuzz(target: str, seconds: int, corpus: Path, findings: Path) -> None:
    import atheris

    # Its hook for patterns is left off: what stands in for them knows no place to begin at.
    with atheris.instrument_imports(include=["triage.intake", "oracles"]):
        from oracles import TARGETS
    check, seen = TARGETS[target], set[str]()

    def one(data: bytes) -> None:
        try:
            check(data)
        except Exception as fault:  # noqa: BLE001 - each place is kept once, and the search goes on
            where = _where(fault)
            if where not in seen:
                seen.add(where)
                _keep(findings, where, data, fault)

    words = findings / "words.txt"
    tokens = [one for one in re.split(rb"[|\n]", WORDS) if one]
    words.write_text("".join(f'"{_escaped(one)}"\n' for one in tokens), encoding="ascii")
    kept = f"-artifact_prefix={findings}/"
    dictionary = f"-dict={words}"
    atheris.Setup(
        [sys.argv[0], *LIMITS, f"-max_total_time={seconds}", kept, dictionary, str(corpus)], one
    )
    atheris.Fuzz()


def _escaped(word: bytes) -> str:
    plain = {ord('"'), ord("\\")}
    return "".join(chr(b) if 32 <= b < 127 and b not in plain else f"\\x{b:02x}" for b in word)


def _where(fault: BaseException) -> str:
    frames = traceback.extract_tb(fault.__traceback__)
    return f"{type(fault).__name__} " + " ".join(f"{one.name}:{one.lineno}" for one in frames[-4:])


def _keep(findings: Path, where: str, data: bytes, fault: BaseException) -> None:
    path = findings / hashlib.sha256(where.encode()).hexdigest()[:16]
    if not path.is_file() or len(data) < path.stat().st_size:
        path.write_bytes(data)
        why = "".join(traceback.format_exception(fault))
        path.with_suffix(".txt").write_text(why, encoding="utf-8", errors="backslashreplace")


def _sow(target: str, corpus: Path) -> None:
    """The malformed-mail suite and some of each kind, to begin with."""
    from malformed import KINDS

    seeds = [kind.make() for kind in KINDS] if target == "mail" else []
    seeds += [
        b"From: Pat [mailto:pat@example.org]\nSent: 3 Nov 2026\nTo: a@example.org\n\nhello",
        b"On Mon, 2 Nov 2026 at 10:00, Pat <pat@example.org> wrote:\n> hello\nno\n-- \nPat",
        b"<div style='display:none'>a</div><blockquote>b<br><a href=x>c</a></blockquote><pre>d",
        b"hello\x1fbins\x1fpat@example.org\x1fPat\x1fa@example.org\x1f2026-11-03\x1f7\x1fhttp://x",
    ]
    for seed in seeds:
        if len(seed) <= MOST_BYTES:
            (corpus / hashlib.sha256(seed).hexdigest()[:40]).write_bytes(seed)


def _through_the_child(target: str, corpus: Path) -> int:
    """How many inputs the real child answered as this process does: all, or an AssertionError."""
    if target != "mail":
        return 0
    from oracles import OURS

    from triage.intake.inbound import RawMail
    from triage.intake.parse import parse_mail
    from triage.intake.parser import MailParser

    count = 0
    with MailParser() as parser:
        for path in corpus.iterdir():
            data = path.read_bytes()
            told = parser.parse(RawMail(data, "a.eml"), OURS)
            assert told == parse_mail(data, "a.eml", None, OURS), path.name
            count += 1
    return count


if __name__ == "__main__":
    sys.exit(main())
