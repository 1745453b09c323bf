"""Which texts are nearly the same: pure, and the same whichever way round it is asked."""

import random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rapidfuzz import fuzz

from triage.messages.campaigns import (
    KEPT,
    LONGEST,
    NEAR,
    SHORT,
    Alone,
    Kind,
    Likeness,
    alike,
    alone,
    difference,
    plain,
    sketch,
)

LETTER = (
    "Dear team,\n\nI am disgusted that you have taken down our reports about the crossing at "
    "Cobbler's Bridge. Forty residents reported it and you merged them into one. It is a "
    "disgrace and you should all be ashamed of yourselves.\n"
)
WORDS = st.sampled_from(["the", "road", "was", "dug", "up", "again", "and", "nobody", "told us"])
SENTENCES = st.lists(WORDS, max_size=40).map(" ".join)
ANY = st.one_of(st.text(max_size=200), SENTENCES)


def edited(text: str, edits: list[tuple[int, str]]) -> str:
    words = text.split()
    for at, word in edits:
        if words:
            words[at % len(words)] = word
    return " ".join(words)


@pytest.mark.parametrize(
    "other",
    [
        LETTER.upper(),
        LETTER.replace("\n", "  \n"),
        LETTER.replace("Dear team,", "Hello Ms Fairweather,"),
        LETTER.replace("Dear team,", "FW: re:"),
        LETTER + " http://example.org/a?b=1",
        LETTER + " pat@example.org 020 7946 0000",
        LETTER.replace("disgrace", "d1sgrace").replace("reports", "r\u200beports"),
        LETTER.replace("a", "\u0430"),
    ],
)
def test_case_blanks_greetings_links_numbers_and_disguises_make_no_difference(other: str) -> None:
    assert alike(plain(LETTER), plain(other)) is Likeness.IDENTICAL


def test_a_letter_with_a_few_words_changed_is_nearly_the_same() -> None:
    other = LETTER.replace("I am", "We are").replace("Forty", "Many").replace("all ", "")
    assert alike(plain(LETTER), plain(other)) is Likeness.NEAR


def test_one_word_that_changes_everything_still_shows_as_a_difference() -> None:
    """Nearly the same may be the opposite: so nothing is decided unseen."""
    other = LETTER.replace("be ashamed of yourselves", "be dragged out by the hair")
    assert alike(plain(LETTER), plain(other)) is Likeness.NEAR
    added = "".join(one.text for one in difference(LETTER, other) if one.kind is Kind.ADDED)
    assert "dragged out by the hair" in added


def test_a_threat_written_like_something_harmless_is_not_joined_with_it() -> None:
    harmless = (
        "Thank you for coming to the reception. You left your umbrella by the side door, and "
        "it is in our office. We are in until eight most evenings, or I can post it."
    )
    veiled = (
        "Thank you for coming to the reception. You left by the side door at ten past eight, "
        "grey coat, no umbrella. One does worry with that towpath so badly lit."
    )
    assert alike(plain(harmless), plain(veiled)) is None


def test_short_texts_are_alike_only_when_they_are_equal() -> None:
    short = "you are all useless"
    assert len(plain(short)) < SHORT
    assert alike(plain(short), plain("You are ALL useless!!")) is Likeness.IDENTICAL
    assert alike(plain(short), plain("you are all useful")) is None


@pytest.mark.parametrize("nothing", ["", "123 456", "http://example.org", "Dear team,", "?!"])
def test_what_says_nothing_is_like_nothing(nothing: str) -> None:
    assert plain(nothing) == ""
    assert alike(plain(nothing), plain(nothing)) is None


def test_what_is_too_long_to_compare_is_like_nothing() -> None:
    long = "word " * (LONGEST // 5 + 2)
    assert alike(plain(long), plain(long)) is None
    assert len(sketch(plain(long))) == 1


@given(ANY, ANY)
@example(LETTER, LETTER.replace("Forty", "Sixty"))
def test_it_is_the_same_whichever_way_round(one: str, other: str) -> None:
    assert alike(plain(one), plain(other)) == alike(plain(other), plain(one))


@given(ANY, ANY)
def test_the_threshold_is_what_it_says(one: str, other: str) -> None:
    a, b = plain(one), plain(other)
    if a != b and min(len(a), len(b)) >= SHORT:
        assert (alike(a, b) is Likeness.NEAR) == (fuzz.ratio(a, b) >= NEAR)
    elif a != b:
        assert alike(a, b) is None


@given(ANY, st.lists(st.tuples(st.integers(0, 99), WORDS), max_size=3))
def test_equal_texts_share_every_mark_and_a_mark_depends_on_the_text_alone(
    text: str, edits: list[tuple[int, str]]
) -> None:
    form = plain(text)
    assert sketch(form) == sketch(plain(text))
    other = plain(edited(text, edits))
    assert (sketch(form) == sketch(other)) or form != other


def test_of_alike_texts_nearly_all_share_a_mark() -> None:
    """A fixed draw: the same figures in each run."""
    chance = random.Random(5)
    stock = [f"{a}{b}" for a in ("ro", "ba", "le", "mi", "su") for b in ("ad", "ner", "t", "ving")]
    pairs = found = 0
    for _ in range(400):
        words = chance.choices(stock, k=40)
        other = list(words)
        for _ in range(chance.randint(1, 6)):
            other[chance.randrange(40)] = chance.choice(stock)
        one, two = " ".join(words), " ".join(other)
        if alike(one, two):
            pairs += 1
            found += bool(set(sketch(one)) & set(sketch(two)))
    assert pairs > 200
    assert found / pairs > 0.98


@given(ANY, ANY)
@example(LETTER, LETTER.replace("Forty", "Sixty"))
@example("not now", "now")
@example(" a", "a b ")
def test_a_difference_loses_and_invents_nothing(given_text: str, other: str) -> None:
    parts = difference(given_text, other)
    rebuilt = "".join(one.text for one in parts if one.kind is not Kind.MISSING)
    assert rebuilt == other
    missing = "".join(one.text for one in parts if one.kind is Kind.MISSING)
    assert set(missing.split()) <= set(given_text.split())


def test_a_word_that_is_gone_shows_as_missing() -> None:
    parts = difference("I will not come to your office", "I will come to your office")
    assert [one.text.strip() for one in parts if one.kind is Kind.MISSING] == ["not"]


def test_what_is_the_same_is_cut_down_to_what_stands_around_a_difference() -> None:
    other = LETTER.replace("ashamed", "proud")
    first, cut, last, *changed = difference(LETTER, other)
    assert [one.kind for one in (first, cut, last)] == [Kind.SAME, Kind.CUT, Kind.SAME]
    assert KEPT / 2 < len(first.text) <= KEPT
    assert first.text.endswith(" ")
    assert last.text.startswith(" ")
    assert [one.kind for one in changed] == [Kind.MISSING, Kind.ADDED, Kind.SAME]


PLAIN = {
    "rank": 21,
    "high": False,
    "particular_concern": False,
    "urgent": False,
    "welfare_open": False,
    "second_look": False,
    "length": 300,
}


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({}, None),
        ({"rank": 20}, None),
        ({"rank": None}, None),
        ({"rank": 2}, Alone.URGENT),
        ({"rank": 3}, Alone.URGENT),
        ({"high": True}, Alone.URGENT),
        ({"urgent": True}, Alone.URGENT),
        ({"rank": 10}, Alone.WELFARE),
        ({"rank": 11}, Alone.WELFARE),
        ({"welfare_open": True}, Alone.WELFARE),
        ({"particular_concern": True}, Alone.CONCERN),
        ({"second_look": True}, Alone.SECOND_LOOK),
        ({"length": LONGEST + 1}, Alone.LONG),
    ],
)
def test_what_is_grave_is_decided_alone(changed: dict[str, object], why: Alone | None) -> None:
    assert alone(**(PLAIN | changed)) is why  # type: ignore[arg-type]
