import base64
import gzip
import random

import pytest

from triage.classifier import Scorer
from triage.classifier.assessment import Route, Unread
from triage.classifier.language import unread
from triage.classifier.normalise import LIMIT, normalise

OTHER_LANGUAGES = {
    "Russian": "Здравствуйте, когда починят дорогу на нашей улице?",
    "Greek": "Καλημέρα σας, θα ήθελα να μάθω για τον δρόμο μας.",
    "Chinese": "你好，请问你们什么时候修理我们街上的路灯？",
    "Arabic": "مرحبا، متى سيتم إصلاح الطريق في شارعنا؟",
    "Punjabi": "ਸਤ ਸ੍ਰੀ ਅਕਾਲ, ਸਾਡੀ ਸੜਕ ਕਦੋਂ ਠੀਕ ਹੋਵੇਗੀ?",
    "French": "Bonjour, je vous écris pour savoir quand les travaux de la rue seront finis.",
    "German": "Guten Tag, ich möchte wissen, wann die Straße vor dem Haus repariert wird.",
    "Spanish": "Hola, quisiera saber cuándo van a arreglar la calle que está junto a mi casa.",
    "Italian": "Buongiorno, vorrei sapere quando sarà riparata la strada che passa da noi.",
    "Portuguese": "Olá, gostaria de saber quando vão arranjar a rua que fica ao lado da casa.",
    "Dutch": "Goedendag, ik wil graag weten wanneer de straat bij ons huis wordt gemaakt.",
    "Polish": "Dzień dobry, proszę o informację, czy droga jest już naprawiona i co dalej.",
    "Romanian": "Bună ziua, aș vrea să știu când se repară strada din fața casei mele.",
    "Turkish": "Merhaba, bizim sokak için bir şey sormak istiyorum, bu yol ne zaman yapılacak?",
    "Swedish": "Hej, jag undrar när vägen som går förbi vårt hus ska lagas, och av vem.",
    "Danish": "Hej, jeg vil gerne vide hvornår vejen ved vores hus bliver lavet, og af hvem.",
    "Czech": "Dobrý den, chtěl bych se zeptat, kdy bude opravena silnice, která je u nás.",
    "Hungarian": "Jó napot, azt szeretném kérdezni, hogy mikor lesz meg az út, és ki csinálja.",
    "Welsh": "Annwyl bawb, rwy'n ysgrifennu i ofyn pan fydd y ffordd yn cael ei thrwsio.",
    "Irish": "A chara, tá mé ag scríobh chun fiafraí cathain a bheidh an bóthar sin réidh agaibh.",
}

ENGLISH = [
    "u r gonna regret this lol",
    "ur well out of order m8",
    "Ta for that pal",
    "aye nae bother, cheers hen",
    "Pothole, Alder Lane.",
    "no",
    "FAO Sam Patel re FOI request ref 1234 council tax",
    "The café owner, Señor Núñez, said the façade is fine.",
    "I am die person who man the van, dit was the rue.",
    "Please see https://example.org/a/very/long/link/that/goes/on/and/on/and/on/for/ever?x=1",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaargh",
    "🙂 thanks",
    "020 7946 0991",
]


def _unread(text: str) -> Unread | None:
    return unread(text, normalise(text).text)


@pytest.mark.parametrize("text", ["", "   \n\t", "\x00\x00", "\u200b\u200d", "\ud800"])
def test_a_text_that_shows_nothing_is_empty(text: str) -> None:
    assert _unread(text) is Unread.EMPTY


@pytest.mark.parametrize(
    "text",
    [
        "!!! ???",
        "-- ",
        "🔪🔪🔪",
        base64.encodebytes(random.Random(1).randbytes(600)).decode(),
        "\ufffd\ufffdPK\x03\x04\ufffd\ufffd\x00\x10\ufffdab",
        "word " * (LIMIT // 5 + 1),
    ],
    ids=["signs", "line", "emoji", "base64", "bytes", "too_long"],
)
def test_symbols_coded_data_and_endless_texts_are_not_text(text: str) -> None:
    assert _unread(text) is Unread.NOT_TEXT


@pytest.mark.parametrize("language", OTHER_LANGUAGES)
def test_other_languages_are_left_to_people(language: str) -> None:
    assert _unread(OTHER_LANGUAGES[language]) is Unread.LANGUAGE


@pytest.mark.parametrize("text", ENGLISH)
def test_english_slang_names_and_short_notes_are_read(text: str) -> None:
    assert _unread(text) is None


def test_letters_swapped_for_look_alikes_are_read_or_left_to_people() -> None:
    assert _unread("I w\u0456ll k\u0456ll you") is None
    assert _unread("\u0456 \u0430\u043c \u0441\u043em\u0456ng") is Unread.LANGUAGE


def test_unread_texts_are_scored_flagged_and_go_to_people(scorer: Scorer) -> None:
    for text in ["", "!!!", OTHER_LANGUAGES["French"]]:
        (found,) = scorer.score([text])
        assert found.unread is not None
        assert found.flagged
        assert Route.CONDUCT in found.routes
        assert set(found.scores) == set(scorer.labels)
        assert found.signals == []


@pytest.mark.parametrize("lines", [1, 5, 40])
def test_a_packed_file_that_calls_itself_mail_is_not_text(lines: int) -> None:
    words = b"".join(
        b"line %d of what nobody was meant to read at once\n" % at for at in range(lines)
    )
    text = gzip.compress(words, mtime=0).decode("cp1252", "replace")
    assert unread(text, normalise(text).text) is Unread.NOT_TEXT
