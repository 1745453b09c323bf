"""Whatever a file, a server, a browser or a person gives: read, or refused in the documented way.

The readers of mail have tests of their own beside them (``tests/intake``); here are the others,
and what the readers of mail are held to all together (``oracles.py``).
"""

import asyncio
import io
import json
import math
import re
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import numpy as np
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st
from oracles import COLUMNS, OURS, TARGETS, sound
from pydantic import SecretStr, ValidationError
from pydantic_settings import SettingsError
from starlette.requests import Request
from strategies_of_files import DEEP, ODD, spoilt, values
from support.asking import apart

from dashboard import recipient_page
from dashboard.gate import read_cookies
from dashboard.report import asking
from dashboard.report.answering import answered_person
from dashboard.report.asked import QUESTIONS
from dashboard.report.questions import Question, answered, shown_from
from triage import doctor, scoring
from triage.cases.inquiry.sniffing import sniffed
from triage.cases.matching import Known, Said, matches
from triage.cases.rules import MatchKind
from triage.classifier import activation, model, patterns, registry
from triage.classifier.card import CARD_FILE, parse_card, read_card
from triage.classifier.datasets import read_labels
from triage.classifier.language import unread
from triage.classifier.normalise import normalise
from triage.classifier.segments import cut_windows
from triage.core.access import Actor
from triage.core.anchors import Anchor, _signed, read_anchor
from triage.core.crypto import load_hash_key
from triage.core.errors import Invalid, KeyMissing, ModelUnavailable, UnsafeConfiguration
from triage.core.keys import KeyStore
from triage.core.mailboxes import Mailbox, OAuth2, unsafe
from triage.core.settings import Settings
from triage.core.text import is_address, searchable, storable
from triage.doctor.serving import effective_screen_options
from triage.intake import columns, note
from triage.intake.imap import Failed
from triage.intake.inbound import Channel, RawMail, Verified
from triage.intake.oauth import TokenSource
from triage.intake.parse import parse_mail
from triage.intake.parser import MailParser
from triage.intake.reply_to import from_reply_to
from triage.intake.wire import pack_answer, pack_request, read_frame, read_request, unpack_answer
from triage.packs import bag
from triage.reports import published
from triage.reports.answers import Answers
from triage.restrictions.draft import check_public
from triage.staff.sessions.rules import login_of
from triage.trends.rules import Period

WORDS = [
    "you",
    "will",
    "find you",
    "bomb",
    "kill",
    "I",
    "'",
    '"',
    ".",
    "not",
    "he said",
    "> ",
    "\n",
]
KNOWN = ["text", "Subject", "from_email", "Ticket ID", "status", "priority", "date", "url", "name"]
WHO = Actor("1" * 32, "Vera", is_volunteer=True)
KEY_FILES = ["desk-1.key", "desk-1.pub", "record.key", "hash.key"]

many = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
few = settings(many, max_examples=40)
"""For what touches a disk."""


def as_bytes(text: str) -> bytes:
    """UTF-8, with a question mark for half a character."""
    return text.encode("utf-8", "replace")


# -- mail


@pytest.mark.parametrize("target", sorted(TARGETS))
@many
@given(data=st.binary(max_size=400) | st.text(max_size=200).map(as_bytes))
def test_each_reader_of_mail_holds_to_its_rules(target: str, data: bytes) -> None:
    TARGETS[target](data)


@settings(deadline=None, max_examples=30)
@given(
    st.lists(
        st.binary(max_size=300).map(lambda data: RawMail(data, "a.eml"))
        | st.dictionaries(st.sampled_from(sorted(COLUMNS)), st.text(max_size=30)).map(
            lambda row: RawMail(json.dumps(row).encode(), "a.csv", None, COLUMNS)
        ),
        min_size=1,
        max_size=8,
    )
)
def test_the_child_answers_for_each_in_turn_whatever_came_before(mails: list[RawMail]) -> None:
    with MailParser() as parser:
        for mail in mails:
            sound(mail.data, parser.parse(mail, OURS))


@many
@given(st.binary(max_size=200), st.text(max_size=40), st.datetimes(timezones=st.just(UTC)))
def test_a_request_to_the_child_comes_out_as_it_went_in(
    data: bytes, source: str, date: datetime
) -> None:
    assume(source == storable(source))
    raw = RawMail(data, source, date)
    stream = io.BytesIO(b"".join(pack_request(raw, OURS)) * 2)
    assert [read_request(stream), read_request(stream)] == [(raw, OURS)] * 2
    with pytest.raises(EOFError):
        read_request(stream)


def answer() -> dict[str, Any]:
    """An answer of the child, about these bytes, as JSON."""
    mail = parse_mail(b"From: a@example.org\nSubject: b\n\nc", "a.eml", None, OURS)
    return dict(json.loads(pack_answer(mail)[4:]))


@many
@given(spoilt(answer()).map(json.dumps) | ODD | st.text())
def test_an_answer_that_a_child_made_up_is_refused(text: str) -> None:
    raw = b"From: a@example.org\nSubject: b\n\nc"
    frame = text.encode("utf-8", "replace")
    try:
        mail = unpack_answer(frame, raw, str(answer()["sha256"]))
    except (ValueError, RecursionError):
        return
    assert mail.raw is raw
    assert mail.sha256 == answer()["sha256"]


@many
@given(st.binary(max_size=60))
def test_a_frame_is_whole_or_it_is_none(data: bytes) -> None:
    try:
        body = read_frame(io.BytesIO(data))
    except (EOFError, ValueError):
        return
    assert data[4 : 4 + len(body)] == body


# -- the model


CARD = json.loads((model.WEIGHTS / CARD_FILE).read_text("utf-8"))


@few
@given(text=spoilt(CARD).map(json.dumps) | ODD | st.text(max_size=30))
def test_any_card_is_a_sound_one_or_the_model_is_off(tmp_path: Path, text: str) -> None:
    path = tmp_path / CARD_FILE
    path.write_text(text, encoding="utf-8", errors="replace")
    try:
        card = read_card(path)
    except ModelUnavailable:
        return
    assert 0 < card.word_bits <= 30
    numbers = [*card.thresholds.values(), card.medium, card.high]
    numbers += [one for each in card.combinations for one in (*each.weights, each.offset)]
    assert all(math.isfinite(one) for one in numbers)
    assert all(math.isfinite(one) for _, scores in card.golden for one in scores.values())


SMALL = parse_card(CARD | {"features": {"word_bits": 2, "char_bits": 2, "cue_bits": 2}})


def arrays(**changed: Any) -> bytes:
    """A model file with arrays of the right shape, but for what is changed."""
    width = 3 * 4
    held = {
        "weights": np.zeros((width, 6), np.float32),
        "intercepts": np.zeros(6, np.float32),
        "rare": np.zeros(width, np.float32),
    }
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **(held | changed))
    return buffer.getvalue()


SOUND = arrays()


@many
@given(st.data())
def test_any_model_file_is_a_sound_one_or_the_model_is_off(data: st.DataObject) -> None:
    raw = bytearray(SOUND)
    for _ in range(data.draw(st.integers(0, 4))):
        at = data.draw(st.integers(0, len(raw) - 1))
        raw[at : at + data.draw(st.integers(1, 8))] = data.draw(st.binary(max_size=8))
    given_bytes = data.draw(st.just(bytes(raw)) | st.binary(max_size=80))
    try:
        found = model._unpack(given_bytes, SMALL)
    except ModelUnavailable:
        return
    assert found.weights.shape == (12, 6)
    assert np.isfinite(found.weights).all()


@pytest.mark.parametrize(
    "changed",
    [
        {"weights": np.array([{"a": 1}], dtype=object)},
        {"weights": np.zeros((12, 6), "U3")},
        {"weights": np.full((12, 6), np.inf)},
        {"rare": np.zeros(0)},
    ],
)
def test_arrays_of_another_kind_are_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(ModelUnavailable):
        model._unpack(arrays(**changed), SMALL)


@few
@given(text=ODD | st.text(max_size=40) | values.map(json.dumps))
def test_what_stands_beside_a_model_is_read_or_counts_as_none(tmp_path: Path, text: str) -> None:
    folder = tmp_path / "model"
    folder.mkdir(exist_ok=True)
    for name in (activation.COMPARISONS_FILE, CARD_FILE):
        (folder / name).write_text(text, encoding="utf-8", errors="replace")
    assert all(isinstance(one, dict) for one in activation.comparisons(folder))
    active = registry._folder(tmp_path) / registry.ACTIVE_FILE
    active.parent.mkdir(parents=True, exist_ok=True)
    active.write_text(text, encoding="utf-8", errors="replace")
    try:
        registry.load_active(tmp_path)
    except ModelUnavailable:
        return


@few
@given(
    lines=st.lists(
        ODD
        | values.map(json.dumps)
        | spoilt({"text": "a", "labels": ["threat"], "category": "c", "voice": "v", "span": None,
                  "provenance": {"decision": "routed"}}).map(json.dumps),
        max_size=4,
    )
)  # fmt: skip
def test_labels_are_rows_or_the_line_is_named_without_its_text(
    tmp_path: Path, lines: list[str]
) -> None:
    file = tmp_path / "labels.jsonl"
    file.write_text("".join(f"{one}\n" for one in lines), encoding="utf-8", errors="replace")
    try:
        rows = read_labels(file)
    except ValueError as refused:
        said = str(refused)
    else:
        said = ""
        assert all(isinstance(row.text, str) for row in rows)
    assert not said or re.fullmatch(r"labels.jsonl, line \d+: no exported label", said)


@few
@given(line=ODD | st.text(max_size=30) | values.map(json.dumps))
def test_a_row_to_be_scored_has_a_text_or_is_refused_by_its_line(line: str) -> None:
    assume("\n" not in line and "\r" not in line and line.strip())
    said = ""
    try:
        (row,) = scoring._parsed([line], "a.jsonl")
        assert isinstance(row["text"], str)
    except Invalid as refused:
        said = str(refused)
    assert not said or said.startswith("a.jsonl, line 1: ")


@many
@given(st.text(max_size=600) | st.lists(st.sampled_from(WORDS), max_size=80).map(" ".join))
def test_windows_language_phrases_and_reading_take_any_text(text: str) -> None:
    windows = cut_windows(text)
    assert all(one in text for one in windows)
    assert len(windows) <= 2 * len(text) + 1
    normalised = normalise(text).text
    unread(text, normalised)
    for start, end in patterns.find(normalised):
        assert 0 <= start < end <= len(normalised)


# -- keys, the record, settings


KEY = Ed25519PrivateKey.from_private_bytes(b"k" * 32)


def head() -> dict[str, Any]:
    """A signed head, as JSON."""
    public = KEY.public_key().public_bytes_raw().hex()
    anchor = Anchor(3, "d" * 64, "2026-11-02T10:00:00+00:00", public)
    return {**asdict(anchor), "signature": KEY.sign(_signed(anchor)).hex()}


def test_a_signed_head_is_read() -> None:
    assert read_anchor(json.dumps(head()), KEY.public_key()).links == 3


@many
@given(spoilt(head()).map(json.dumps) | ODD | st.text(max_size=40))
def test_any_other_head_is_refused_in_plain_words(line: str) -> None:
    try:
        anchor = read_anchor(line, KEY.public_key())
    except Invalid:
        return
    assert {**asdict(anchor)} == {k: v for k, v in head().items() if k != "signature"}


@many
@given(
    st.sampled_from(["desk_key", "desk_public_key", "record_key"]),
    st.text(max_size=90) | st.from_regex("(1:)?[0-9a-f]{12,66}", fullmatch=True),
)
@example("desk_key", "1:" + "00" * 32)
@example("desk_public_key", "1:" + "00" * 32)
@example("record_key", "\u0661" * 64)
def test_keys_from_the_environment_are_keys_or_refused_without_being_shown(
    name: str, text: str
) -> None:
    given: Any = {name: text if name == "desk_public_key" else SecretStr(text)}
    store = KeyStore(Settings(home=Path("nowhere"), **given))
    said = ""
    try:
        store.record_key() if name == "record_key" else store.ring()
    except UnsafeConfiguration as refused:
        said = str(refused)
    assert re.search("[0-9a-fA-F]{12}", said) is None


@few
@given(name=st.sampled_from(KEY_FILES), data=st.binary(max_size=80))
def test_key_files_are_keys_or_refused(tmp_path: Path, name: str, data: bytes) -> None:
    home = tmp_path / "home"
    folder = home / "keys"
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    path = (home if name == "hash.key" else folder) / name
    path.write_bytes(data)
    path.chmod(0o600)
    given = Settings(home=home)
    for read in (KeyStore(given).ring, KeyStore(given).record_key, lambda: load_hash_key(given)):
        try:
            read()
        except (UnsafeConfiguration, KeyMissing):
            continue


NAMES = sorted(Settings.model_fields)


@many
@given(st.sampled_from(NAMES), (st.text(max_size=40) | ODD | values.map(json.dumps)))
def test_any_setting_is_read_or_named_without_its_value(name: str, text: str) -> None:
    assume("\0" not in text and text == storable(text))
    assume(text.count("[") < DEEP and text.count("{") < DEEP)  # the deployer's own, and no attack
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(f"TRIAGE_{name.upper()}", text)
        try:
            found = Settings()
        except (ValidationError, SettingsError) as refused:
            said = doctor.named(refused)
            assert f"TRIAGE_{name.upper()}" in said
            assert len(text) < 12 or text not in said
            return
    assert isinstance(found, Settings)
    assert len(text) < 12 or name not in SECRETS or text not in repr(found)


SECRETS = [name for name in NAMES if "SecretStr" in str(Settings.model_fields[name].annotation)]


@many
@given(st.dictionaries(st.sampled_from(sorted(Mailbox.model_fields)), values, max_size=6))
def test_any_mailbox_is_set_up_or_refused_and_none_is_read_in_clear_text(
    changed: dict[str, Any],
) -> None:
    whole = {"name": "Post", "host": "imap.example.org", "user": "desk"}
    try:
        box = Mailbox.model_validate(whole | changed)
    except ValidationError:
        return
    if box.tls.value == "none" and "." in box.host and not box.host.startswith("127."):
        assert unsafe(box)


@few
@given(text=st.text(max_size=60) | st.sampled_from(["[server", "a=1\n", "[server]\naddress=1"]))
def test_a_file_of_the_screen_that_is_none_stops_no_doctor(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.toml"
    path.write_text(text, encoding="utf-8", errors="replace")
    assert isinstance(effective_screen_options(path), dict)


@many
@given(st.text(max_size=300))
def test_texts_are_kept_and_found_alike(text: str) -> None:
    kept = storable(text)
    assert storable(kept) == kept
    assert "\0" not in kept
    kept.encode("utf-8")
    assert searchable(searchable(kept)) == searchable(kept)
    if is_address(text):
        assert text.isascii()
        assert text.count("@") == 1
        assert not set(text) & set(" \r\n,;<>()")


# -- what other machines say


@many
@given(
    st.integers(100, 599),
    spoilt({"access_token": "t", "expires_in": 3600}).map(json.dumps) | ODD | st.text(max_size=30),
)
def test_a_token_is_a_token_or_a_code(status: int, text: str) -> None:
    source = TokenSource(
        OAuth2(token_url="https://id.example.org/t", client_id="a", refresh_token=SecretStr("b"))
    )
    source._post = lambda body: (status, text.encode("utf-8", "replace"))  # type: ignore[method-assign]
    try:
        token = source.get()
    except Failed:
        return
    assert token.isascii()
    assert token.isprintable()


@many
@given(st.dictionaries(st.sampled_from(["iss", "sub", "iat", "email", "email_verified"]), values))
def test_claims_are_a_login_or_none(claims: dict[str, Any]) -> None:
    login = login_of(claims)
    if login is not None:
        assert login.issuer
        assert login.subject
        assert isinstance(login.fingerprint, bytes)
        assert login.email_verified in (True, False)


PUBLISHED = {
    "team": [{"id": "1", "name": "Ana"}],
    "on_duty": {"until": "2026-11-02T10:00:00+00:00"},
    "events": [{"code": "a", "name": "b", "line": "c"}],
}


@many
@given(
    st.dictionaries(
        st.sampled_from(published.KEYS),
        ODD | st.text(max_size=20) | spoilt(PUBLISHED).map(json.dumps) | values.map(json.dumps),
    )
)
def test_what_the_desk_published_never_stops_a_report(held: dict[str, str]) -> None:
    found = published.read(held)
    found.nobody_on_duty(datetime(2026, 11, 2, tzinfo=UTC))
    found.event("a")


@many
@given(spoilt(json.loads(Answers(description="a").to_json())).map(json.dumps) | ODD | st.text())
def test_answers_are_read_or_refused(text: str) -> None:
    try:
        read = Answers.from_json(text)
    except Invalid:
        return
    assert Answers.from_json(read.to_json()) == read


# -- what a browser sends


def asked(body: bytes, kind: str, *, cookie: bytes = b"") -> asking.Ask:
    """The form's view of a POST, or what it raises."""

    async def receive() -> dict[str, Any]:
        return pieces.pop(0)

    step = max(1, len(body) // 3)
    cut = [body[at : at + step] for at in range(0, len(body), step)] or [b""]
    pieces = [{"type": "http.request", "body": one, "more_body": True} for one in cut]
    pieces[-1]["more_body"] = False
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/what",
        "query_string": b"",
        "headers": [(b"content-type", kind.encode("latin-1", "replace")), (b"cookie", cookie)],
    }
    site: Any = None
    return apart(lambda: asyncio.run(asking.read(Request(scope, receive), site)))


FIELD = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff+2AA-\r\n--x--\r\n'
KINDS = st.sampled_from(
    [
        "multipart/form-data; boundary=x",
        "multipart/form-data; boundary=x; charset=idna",
        "multipart/form-data; boundary=x; charset=utf-7",
        "multipart/form-data; boundary=x; charset=undefined",
        "multipart/form-data; boundary=",
        "multipart/form-data",
        "application/x-www-form-urlencoded",
    ]
) | st.text(max_size=30).map("multipart/form-data; boundary=x; {}".format)
PIECES = st.sampled_from(
    [
        b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n\xff+2AA-\r\n',
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="\xff+2AA-"\r\n\r\nb\r\n',
        b"--x\r\n",
        b"--x--\r\n",
        b"\r\n",
        b'Content-Disposition: form-data; name="a"\r\n',
        b'Content-Disposition: form-data; name="b"; filename="c.png"\r\n',
        b"Content-Disposition: form-data\r\n",
        b"Content-Type: image/png\r\n",
        b"words",
        b"\xff\x00",
        b"a=b&c=%ED%A0%80&d=%00",
    ]
)


@many
@given(st.lists(PIECES | st.binary(max_size=10), max_size=14).map(b"".join), KINDS)
@example(FIELD, "multipart/form-data; boundary=x; charset=punycode")
@example(FIELD, "multipart/form-data; boundary=x; charset=undefined")
@example(FIELD, "multipart/form-data; boundary=x; charset=\0")
@example(FIELD, "multipart/form-data; boundary=x; charset=utf-7")
def test_any_body_is_fields_and_a_file_or_nothing(body: bytes, kind: str) -> None:
    ask = asked(body, kind)
    assert all(storable(one) == one for held in ask.fields.values() for one in held)
    assert ask.upload is None or storable(ask.upload[0]) == ask.upload[0]


@many
@given(st.dictionaries(st.sampled_from("abcd"), st.text(max_size=20), max_size=4))
def test_fields_come_out_as_they_were_typed(fields: dict[str, str]) -> None:
    typed = {name: storable(text) for name, text in fields.items()}
    body = urlencode(typed).encode("ascii")
    ask = asked(body, "application/x-www-form-urlencoded")
    assert {name: ask.one(name) for name in typed} == typed
    assert recipient_page._form(body) == typed


def test_a_body_past_its_bound_is_never_read_whole() -> None:
    body = b"a=" + b"b" * asking.LONGEST_BODY
    with pytest.raises(asking.TooLong):
        asked(body, "application/x-www-form-urlencoded")


@many
@given(st.binary(max_size=200))
def test_any_cookies_are_read(cookie: bytes) -> None:
    found = read_cookies({"headers": [(b"cookie", cookie)]})
    assert all(isinstance(one, str) for one in found.values())


@many
@given(st.binary(max_size=120), st.text(max_size=12), st.text(max_size=12))
@example(b"", "0001-01-01", "00:00")
@example(b"", "9999-12-31", "23:59")
@example(b"", "2026-03-29", "01:30+23:59")
def test_the_page_of_a_volunteer_reads_any_form(body: bytes, day: str, clock: str) -> None:
    form = recipient_page._form(body) | {"day": day, "time": clock}
    moment = recipient_page._moment(form)
    assert moment is None or moment.utcoffset() is not None
    for what in ("flag", "alarm", "seen", "called", "nothing"):
        with pytest.raises(Invalid):
            recipient_page._command(WHO, what, form | {"message": "no id"})


# -- what a person types or gives


@many
@given(
    st.lists(st.text(max_size=12) | st.sampled_from(KNOWN), max_size=8),
    st.lists(st.text(max_size=16), max_size=3),
)
def test_any_columns_are_guessed_or_refused(given_columns: list[str], pairs: list[str]) -> None:
    try:
        chosen = columns.parse_choice(pairs)
        found = columns.guess(given_columns, chosen)
    except Invalid:
        return
    assert set(found.fields) <= set(given_columns)


@many
@given(
    st.builds(
        note.Note,
        channel=st.none() | st.sampled_from(Channel),
        at=st.none() | st.datetimes(timezones=st.just(UTC)),
        words=st.text(max_size=80),
        colleagues=st.lists(st.sampled_from(["1" * 32, "2" * 32]), max_size=3).map(tuple),
        other=st.text(max_size=20),
        name=st.text(max_size=20),
        contact=st.text(max_size=20),
    )
)
def test_a_note_is_a_message_like_any_other(entered: note.Note) -> None:
    tidy = note.tidy(entered)
    assert note.tidy(tidy) == tidy
    mail = note.inbound_of(tidy)
    sound(mail.raw, mail)
    assert note.inbound_of(note.tidy(entered)).sha256 == mail.sha256


@many
@given(st.text(max_size=12) | st.from_regex(r"[0-9]{4}(-(Q[0-9]|[0-9]{2}))?", fullmatch=True))
@example("0000-01")
@example("0000")
@example("9999-12")
def test_a_period_is_a_period_or_refused(text: str) -> None:
    try:
        period = Period.parse(text)
    except Invalid:
        return
    assert Period.parse(period.code) == period
    assert period.first < period.after


@many
@given(st.binary(max_size=300))
@example(b"PK\x05\x06" + b"\0" * 18)
@example(b"PK\x05\x06" + b"\xff" * 18)
def test_any_bytes_are_no_pack_and_what_is_wrong_is_said(data: bytes) -> None:
    assert bag.problems(io.BytesIO(data))


@many
@given(
    st.lists(PIECES | st.sampled_from([b"Reply-To: ", b"Pat <pat@example.org>", b", ", b"\n"]))
    .map(b"".join)
    .map(lambda data: b"From: form@example.org\nReply-To: " + data)
)
def test_a_form_that_sends_on_names_its_writer_or_keeps_its_own_address(data: bytes) -> None:
    mail = parse_mail(data, "a.eml")
    found = from_reply_to(mail)
    sound(data, found)
    assert found == mail or found.came_through == mail.from_address
    assert found.verified is not Verified.VERIFIED


@many
@given(st.text(max_size=400), st.lists(st.text(min_size=1, max_size=12), max_size=3))
@example("Pat was asked to stop by (.*)+$ at once, and did not.", ["(.*)+$"])
def test_a_public_wording_of_any_text_is_taken_or_refused(text: str, colleagues: list[str]) -> None:
    said = "Somebody was asked to stop writing to the office. " + " ".join(text.split())
    try:
        check_public(said, colleagues)
    except Invalid:
        return
    assert "@" not in said
    assert "://" not in said


@many
@given(st.binary(max_size=200), st.sampled_from([b"MZ", b"%PDF-", b"PK\x03\x04", b"<svg", b"#!"]))
def test_what_is_handed_over_is_named_by_its_bytes(data: bytes, magic: bytes) -> None:
    media = sniffed(magic + data)
    if magic in (b"MZ", b"#!"):
        assert media is None
    assert media not in {"text/html", "image/svg+xml", "application/javascript"}


ALL_FIELDS = sorted({one.name for question in QUESTIONS for one in question.fields})


@many
@given(
    st.sampled_from(QUESTIONS),
    st.dictionaries(
        st.sampled_from(ALL_FIELDS), st.lists(st.text(max_size=20), max_size=3), max_size=6
    ),
)
def test_every_question_takes_any_fields_or_says_which_is_wrong(
    question: Question, typed: dict[str, list[str]]
) -> None:
    given_fields = {name: [storable(one) for one in held] for name, held in typed.items()}
    try:
        read = answered(question, Answers(), given_fields)
    except Invalid:
        return
    assert Answers.from_json(read.to_json()) == read
    shown_from(question, read)
    person = {"name": "a"} | {name: held[0] for name, held in given_fields.items() if held}
    try:
        answered_person(person, "", "subjects")
    except Invalid:
        return


@given(
    name=st.text(max_size=20) | st.sampled_from(["Rosalind Quince", "Anne-Marie O'Neil", "\u0130"]),
    said=st.text(max_size=200),
    field=st.sampled_from(["names", "roles", "contacts", "accounts"]),
)
def test_p_rec_2_whatever_a_report_says_whom_it_speaks_of_is_looked_for(
    name: str, said: str, field: str
) -> None:
    """And who is written out in full is found, whatever stands around them."""
    ours = Known("one", name, "quince@charity.example.org", ("handler",))
    found = matches([ours], Said(**{field: (said,)}))
    assert set(found) <= {"one"}
    if searchable(name).split() and field in {"contacts", "accounts"}:
        told = Said(**{field: (f"{said} {ours.email} {said}",)})
        assert matches([ours], told) == {"one": MatchKind.NAMED}
