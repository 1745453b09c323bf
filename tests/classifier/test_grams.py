"""Grams of a batch: the same numbers as word by word, text by text."""

import re

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.classifier.cue_words import CLASS_OF, KEPT, MASKABLE, with_endings
from triage.classifier.explain import WORD
from triage.classifier.features import HashedGrams
from triage.classifier.grams import (
    char_grams,
    cue_grams,
    find_tokens,
    hash_word,
    lay,
    word_grams,
)
from triage.classifier.normalise import normalise

HASHED = HashedGrams(12, 12, 10)

messages = st.lists(st.text(st.characters(exclude_categories=()), max_size=80), max_size=5)


def _said(text: str) -> list[str]:
    batch = lay([text])
    tokens = find_tokens(batch)
    shown = "".join(map(chr, batch.codes))
    return [shown[a:b] for a, b in zip(tokens.places, tokens.ends, strict=True)]


def _buckets(text: str) -> list[list[int]]:
    batch = lay([text])
    tokens = find_tokens(batch)
    found = [*word_grams(batch, tokens, 12), *char_grams(batch, 12)]
    return [sorted(one.buckets.tolist()) for one in found + list(cue_grams(batch, tokens, 10))]


def test_words_emoji_and_stops_are_the_tokens() -> None:
    assert _said("i'll f**k 'off' 🔥, ok?") == [
        "\n", "i'll", "f**k", "off", "🔥", ",", "ok", "?", "\n"
    ]  # fmt: skip


@given(messages)
@settings(deadline=None)
def test_a_batch_gives_each_text_what_it_gets_alone(given_texts: list[str]) -> None:
    texts = [normalise(text).text for text in given_texts]
    together = HASHED.transform(texts)
    assert together.shape == (len(texts), HASHED.width)
    for at, text in enumerate(texts):
        assert (together[at] != HASHED.transform([text])).nnz == 0


@given(st.text(max_size=120))
def test_every_gram_begins_inside_the_batch_and_in_order(text: str) -> None:
    batch = lay([normalise(text).text])
    for _, found in HASHED.found(batch):
        assert (np.diff(found.places) >= 0).all()
        assert ((found.places >= 0) & (found.places < len(batch.codes))).all()


@given(st.text(st.sampled_from("abc *!?.\n🔥1"), max_size=60))
def test_words_are_those_a_reader_of_the_signals_sees(text: str) -> None:
    letters = [word for word in _said(text) if re.search(r"\w|🔥", word)]
    assert WORD.findall(text) == letters


def test_white_space_counts_as_one_space() -> None:
    narrow, wide = _buckets("one two"), _buckets("one  \t two")
    assert narrow[:6] == wide[:6]


def test_a_word_of_the_same_class_gives_the_same_cues() -> None:
    knife, machete = _buckets("bring a knife"), _buckets("bring a machete")
    assert knife[6:] == machete[6:]
    assert knife[:6] != machete[:6]


def test_the_hash_of_a_word_is_that_of_its_token() -> None:
    for word in ("a", "knife", "you're", "x" * 90):
        tokens = find_tokens(lay([word]))
        assert hash_word(word) == int(tokens.hashes[1])


def test_listed_words_are_as_normalised_text_has_them() -> None:
    for word in [*CLASS_OF, *KEPT]:
        assert normalise(word).text == word
    assert not {word for word in KEPT if word in CLASS_OF and len(word) > 12}
    assert set(MASKABLE) == CLASS_OF.keys() | KEPT
    assert with_endings()["murdered"] == CLASS_OF["murder"]
    assert with_endings()["torching"] == CLASS_OF["torch"]
