"""What trying anything has found, each as the smallest case of it; and that the rules can fail."""

import gc
import json
import warnings
from dataclasses import replace
from pathlib import Path
from typing import Any

import oracles
import pytest
from pydantic import SecretStr
from test_parsers import asked

from triage.classifier import model
from triage.classifier.assessment import LABELS
from triage.classifier.card import CARD_FILE, read_card
from triage.classifier.scorer import LinearScorer
from triage.core.anchors import read_anchor
from triage.core.crypto import load_hash_key
from triage.core.errors import Invalid, ModelUnavailable, UnsafeConfiguration
from triage.core.keys import KeyStore
from triage.core.mailboxes import OAuth2
from triage.core.settings import Settings
from triage.core.text import read_json, searchable
from triage.doctor import serving
from triage.intake.imap import Failed
from triage.intake.inbound import ParseStatus
from triage.intake.oauth import TokenSource
from triage.intake.parse import parse_mail
from triage.packs.plain import table
from triage.reports.published import read
from triage.trends.rules import Period

CARD: dict[str, Any] = json.loads((model.WEIGHTS / CARD_FILE).read_text("utf-8"))


def without_labels(card: dict[str, Any]) -> None:
    del card["labels"]


def no_threshold(card: dict[str, Any]) -> None:
    card["thresholds"]["concern"] = float("nan")


def no_weight(card: dict[str, Any]) -> None:
    card["combination"]["any"]["offset"] = float("nan")


def endless(card: dict[str, Any]) -> None:
    card["features"]["word_bits"] = float("inf")


def immense(card: dict[str, Any]) -> None:
    card["features"]["word_bits"] = 10**12


@pytest.mark.parametrize("spoil", [without_labels, no_threshold, no_weight, endless, immense])
def test_a_card_with_what_is_no_number_or_without_its_labels_turns_scoring_off(
    tmp_path: Path, spoil: Any
) -> None:
    card = json.loads(json.dumps(CARD))
    spoil(card)
    (tmp_path / CARD_FILE).write_text(json.dumps(card))
    with pytest.raises(ModelUnavailable):
        read_card(tmp_path / CARD_FILE)


def test_scores_that_are_no_numbers_are_not_near_those_that_were_promised(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Every comparison with NaN is false, also that with the tolerance."""
    found = LinearScorer.score

    def score(self: LinearScorer, texts: list[str]) -> list[Any]:
        nothing = dict.fromkeys(LABELS, float("nan"))
        return [replace(one, scores=nothing, concern=float("nan")) for one in found(self, texts)]

    monkeypatch.setattr(LinearScorer, "score", score)
    with pytest.raises(ModelUnavailable, match="does not give the scores"):
        model.load()


@pytest.mark.parametrize("deep", ["[" * 3_000, '{"a":' * 3_000])
def test_brackets_without_end_are_an_error_like_any(tmp_path: Path, deep: str) -> None:
    with pytest.raises(ValueError, match="without end"):
        read_json(deep)
    (tmp_path / CARD_FILE).write_text(deep)
    with pytest.raises(ModelUnavailable):
        read_card(tmp_path / CARD_FILE)
    with pytest.raises(Invalid):
        read_anchor(deep, KeyStore(Settings(record_key=SecretStr("5e" * 32))).record_public())
    assert read({"team": deep}).team == ()


@pytest.mark.parametrize(
    "told", ['{"access_token": "t", "expires_in": 1%s}' % ("0" * 400), "[" * 3_000]
)
def test_a_token_that_lives_longer_than_any_number_is_a_code(told: str) -> None:
    oauth = OAuth2(
        token_url="https://id.example.org/t", client_id="a", refresh_token=SecretStr("b")
    )
    source = TokenSource(oauth)
    source._post = lambda body: (200, told.encode())  # type: ignore[method-assign]
    with pytest.raises(Failed):
        source.get()


@pytest.mark.parametrize("data", [b"", b"\xff", b"no key", b"5e"])
def test_a_key_file_that_holds_no_key_is_said_to_be_one(tmp_path: Path, data: bytes) -> None:
    home = tmp_path / "home"
    (home / "keys").mkdir(parents=True)
    for name in ("hash.key", "keys/record.key", "keys/desk-1.key", "keys/desk-2.pub"):
        (home / name).write_bytes(data)
        (home / name).chmod(0o600)
    given = Settings(home=home)
    for load in (lambda: load_hash_key(given), KeyStore(given).ring, KeyStore(given).record_key):
        with pytest.raises(UnsafeConfiguration):
            load()


@pytest.mark.parametrize("charset", ["punycode", "undefined", "\0", "utf-7"])
def test_a_body_whose_charset_is_none_has_no_fields_or_storable_ones(charset: str) -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n'
    body = head + b"\xff+2AA-\r\n--x--\r\n"
    ask = asked(body, f"multipart/form-data; boundary=x; charset={charset}")
    ask.one("a").encode("utf-8")


def test_a_file_that_was_begun_and_has_no_end_is_closed() -> None:
    head = b'--x\r\nContent-Disposition: form-data; name="a"; filename="b"\r\n\r\n'
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert asked(head + b"words", "multipart/form-data; boundary=x").upload is None
        gc.collect()


@pytest.mark.parametrize("code", ["0000", "0000-01", "9999", "9999-12"])
def test_a_year_that_no_calendar_has_is_no_period(code: str) -> None:
    with pytest.raises(Invalid):
        Period.parse(code)


def test_fancy_capitals_are_found_by_plain_letters() -> None:
    assert searchable("𝓚𝓲𝓵𝓵") == searchable("kill")


@pytest.mark.parametrize("start", "＝＋－＠\n")
def test_a_table_of_a_pack_begins_no_formula_either(start: str) -> None:
    assert table([(f"{start}1",)]).startswith(f"\"'{start}")


@pytest.mark.parametrize("text", ["a=1", "[server", "server=1", "\0"])
def test_a_file_of_the_screen_that_is_none_has_no_options(tmp_path: Path, text: str) -> None:
    (tmp_path / "config.toml").write_text(text)
    assert serving.effective_screen_options(tmp_path / "config.toml") == {}


# -- the rules that all of mail is held to can fail


@pytest.mark.parametrize(
    "changed",
    [
        {"sha256": "0" * 64},
        {"written": "a\0"},
        {"subject": "\ud800"},
        {"written": "a\rb"},
        {"quarantine_reason": "no reason"},
        {"parse_status": ParseStatus.QUARANTINED, "quarantine_reason": "it could not be read (E)"},
        {"raw": b"other"},
    ],
)
def test_a_message_that_is_not_sound_is_found_to_be_so(changed: dict[str, Any]) -> None:
    data = b"Subject: a\n\nb"
    mail = parse_mail(data, "a.eml")
    oracles.sound(data, mail)
    with pytest.raises(AssertionError):
        oracles.sound(data, replace(mail, **changed))


def test_a_line_that_is_lost_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    oracles.check_text(b"a\n> b")
    monkeypatch.setattr(oracles.quoting, "split", lambda text: (text.split("\n")[0], "", ""))
    with pytest.raises(AssertionError):
        oracles.check_text(b"a\n> b")
