"""Whole MIME trees: what is sound is read to the last word, what is broken ends somewhere."""

import hashlib

from hypothesis import given, settings
from strategies import Mail, damaged, mails

from triage.core.text import storable
from triage.intake.inbound import InboundMessage, ParseStatus
from triage.intake.parse import parse_mail
from triage.messages.service.receive import own_text, rest_text


def read(data: bytes) -> InboundMessage:
    """Parsed or quarantined for a limit, with its bytes kept and its text storable."""
    mail = parse_mail(data, "a.eml")
    assert mail.raw is data
    assert mail.sha256 == hashlib.sha256(data).hexdigest()
    assert (mail.quarantine_reason is None) == (mail.parse_status is ParseStatus.PARSED)
    assert not (mail.quarantine_reason or "").startswith(("it could not", "reading it"))
    names = [f"{one.filename} {one.content_type}" for one in mail.attachments]
    for text in (own_text(mail), rest_text(mail), mail.from_name, *names, *mail.recipients):
        assert storable(text) == text
    return mail


@settings(max_examples=300, deadline=None)
@given(mails())
def test_every_text_of_a_sound_tree_is_found(given_mail: Mail) -> None:
    mail = read(given_mail.data)
    assert mail.parse_status is ParseStatus.PARSED
    told = f"{own_text(mail)}\n{rest_text(mail)}"
    for words in given_mail.tree.words:
        assert words in told
    assert mail.subject == given_mail.subject


@settings(max_examples=200, deadline=None)
@given(mails())
def test_every_file_of_a_sound_tree_is_listed_by_the_hash_of_its_bytes(given_mail: Mail) -> None:
    listed = [(one.filename, one.sha256) for one in read(given_mail.data).attachments]
    for file in given_mail.tree.files:
        assert listed.count(file) >= given_mail.tree.files.count(file)


@settings(max_examples=400, deadline=None)
@given(damaged())
def test_a_damaged_tree_ends_parsed_or_quarantined_and_the_same_each_time(data: bytes) -> None:
    assert read(data) == read(data)
