"""P-NAM-1: what could tell the person reported who reported it is found, however it is written."""

import random
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from triage.letters.leaks import Finding, Leak, Protected, find, hints
from triage.letters.nicknames import BEGINNINGS, FAMILIAR, WORDS_TOO
from triage.letters.reading import digits_of, read

REPORT = (
    "He waited by the bicycle racks every evening last week, and on Thursday he followed me all "
    "the way to the canal bridge, shouting that nobody would believe a word of it."
)
WHO = Protected(
    names=("Dr Margaret O'Brien-Smyth",),
    emails=("m.obrien@example.org",),
    handles=("@canal_maggie", "https://social.example.net/@river.watcher/"),
    phones=("+44 20 7946 0123", "07700 900456"),
    relations=("next-door neighbour", "the treasurer"),
    sources=(REPORT,),
)
_PLAIN = """
about after all also and any answer are as at be because been before by can change come could date
day decided did do each find first for from give going good have help here how if in is it know
letter like look made make may more much need new not now of on one only or other our out over
people please say see send should so some take than that the their them then there they this time
to told up us use want was way we well were what when where which who will with work would write
you your two seven nine double meeting support team contact service
"""
PLAIN = _PLAIN.split()


def leaks(text: str, who: Protected = WHO) -> set[Leak]:
    return {one.leak for one in find(text, who)}


@pytest.mark.parametrize(
    ("text", "leak"),
    [
        ("We heard it from Margaret.", Leak.NAME),
        ("Maggie told us.", Leak.NAME),
        ("mArGaReT's account", Leak.NAME),
        ("MAR-\nGARET said", Leak.NAME),
        ("M a r g a r e t", Leak.NAME),
        ("Mar.ga.ret", Leak.NAME),
        ("Màrgârét", Leak.NAME),
        ("Маrgаret in part Cyrillic", Leak.NAME),
        ("Mar\u200bga\u00adret", Leak.NAME),
        ("ｍａｒｇａｒｅｔ", Leak.NAME),
        ("Ms OBrien said", Leak.NAME),
        ("O’Brien and others", Leak.NAME),
        ("Smyth", Leak.NAME),
        ("the account msmyth1970x", Leak.NAME),
        ("a person called M. S. told us", Leak.INITIALS),
        ("M. O. S. told us", Leak.INITIALS),
        ("MOS told us", Leak.INITIALS),
        ("write to M.OBrien@Example.ORG", Leak.CONTACT),
        ("m dot obrien at example dot org", Leak.CONTACT),
        ("m . obrien (at) example [dot] org", Leak.CONTACT),
        ("ask mobrien about it", Leak.CONTACT),
        ("as Canal Maggie wrote", Leak.HANDLE),
        ("canal_maggie", Leak.HANDLE),
        ("see river-watcher", Leak.HANDLE),
        ("call 020 7946 0123", Leak.PHONE),
        ("call (020) 79 46 01 23", Leak.PHONE),
        ("0044-20-7946-0123", Leak.PHONE),
        ("٠٢٠٧٩٤٦٠١٢٣", Leak.PHONE),
        ("oh two oh seven nine four six, oh one two three", Leak.PHONE),
        ("oh double seven, double oh, nine double oh, four five six", Leak.PHONE),
        ("+44 (0)7700 900 456", Leak.PHONE),
        ("your next door neighbours", Leak.RELATION),
        ("it was the Treasurer", Leak.RELATION),
        ("on Thursday\nhe FOLLOWED me, all", Leak.QUOTE),
        ("that nobody - would believe - a word", Leak.QUOTE),
    ],
)
def test_p_nam_1_each_way_to_write_it_is_found(text: str, leak: Leak) -> None:
    assert leak in leaks(text)


@pytest.mark.parametrize(
    "text",
    [
        "on Thursday he followed me",  # five words are anybody's
        "May the fourth, mark my words, will be a good day for all of us.",
        "Call 020 7946 0199 or 07700 900999 instead, before 10.30 on 3 March 2026.",
        "The matter of the brief was a must; so is it.",
        "MS Office, the IT desk and the UK",
        "We write to you at the address that you gave: other@example.org",
        "",
    ],
)
def test_what_tells_nothing_is_no_finding(text: str) -> None:
    assert find(text, WHO) == ()


@given(st.lists(st.sampled_from(PLAIN), max_size=60))
def test_plain_words_in_any_order_give_no_finding(words: list[str]) -> None:
    assert find(" ".join(words), WHO) == ()


@given(st.text(max_size=200), st.text(max_size=60))
@example("\ud800", "\ud800 \0")
@example("İİİ", "i̇")
def test_any_text_is_read_and_each_finding_lies_in_it(text: str, name: str) -> None:
    for one in find(text, Protected(names=(name,), sources=(text,), phones=(name,))):
        assert 0 <= one.start < one.end <= len(text)


SPLITS = [" ", "\n", " - ", ", ", "\u00a0", "… ", ' "', ")("]
HIDDEN = ["\u200b", "\u00ad", "\u2060", "\u0301", "\ufeff"]


def disguise(words: list[str], seed: int, *, within: bool) -> str:
    """The words with other case, accents, signs and line breaks, and marks nobody sees."""
    chance = random.Random(seed)

    def letter(one: str) -> str:
        shown = chance.choice([one.upper(), one.lower()])
        if chance.random() < 0.15 and one.isascii() and one.isalpha():
            shown += chance.choice(HIDDEN)
        if within and chance.random() < 0.1:
            shown += chance.choice(["-", ".", "-\n", "_"])
        return shown

    parts = ["".join(letter(one) for one in word) for word in words]
    return "".join(part + chance.choice(SPLITS) for part in parts)


around = st.lists(st.sampled_from(PLAIN), max_size=12).map(" ".join)
seeds = st.integers(0, 2**32)


@given(around, around, st.sampled_from(["margaret", "obrien", "smyth", "maggie", "peggy"]), seeds)
def test_p_nam_1_an_inserted_name_is_found_whatever_is_done_to_it(
    before: str, after: str, name: str, seed: int
) -> None:
    hidden = disguise([name], seed, within=False)
    text = f"{before} {hidden} {after}"
    (one, *_) = [found for found in find(text, WHO) if found.leak is Leak.NAME]
    assert read(text[one.start : one.end]).letters.startswith(name)


@given(around, around, st.sampled_from(["margaret", "obrien"]), seeds)
def test_p_nam_1_a_long_name_is_found_also_broken_up(
    before: str, after: str, name: str, seed: int
) -> None:
    text = f"{before} {disguise([name], seed, within=True)} {after}"
    assert Leak.NAME in leaks(text)


@given(around, around, st.integers(0, 100), st.integers(6, 9), seeds)
def test_p_nam_1_six_words_in_a_row_are_found_whatever_is_done_to_them(
    before: str, after: str, start: int, count: int, seed: int
) -> None:
    words = [one.text for one in read(REPORT).tokens]
    start %= len(words) - count + 1
    run = words[start : start + count]
    text = f"{before} {disguise(run, seed, within=True)} {after}"
    (one, *_) = [found for found in find(text, WHO) if found.leak is Leak.QUOTE]
    assert "".join(run) in read(text[one.start : one.end]).letters


@given(
    around,
    around,
    st.lists(st.sampled_from(["", " ", "-", ".", " (", ") ", "/"]), min_size=11, max_size=11),
)
def test_p_nam_1_a_number_is_found_in_whatever_groups(
    before: str, after: str, gaps: list[str]
) -> None:
    number = "".join(digit + gap for digit, gap in zip("02079460123", gaps, strict=True))
    text = f"{before} it is {number} or so {after}"
    assert Leak.PHONE in leaks(text)


def test_overlapping_quotations_are_one_finding() -> None:
    quoted = "every evening last week, and on Thursday he followed me"
    text = f"You: {quoted}!"
    assert find(text, WHO) == (Finding(Leak.QUOTE, 5, 5 + len(quoted)),)


def test_findings_point_at_the_letters_own_characters() -> None:
    text = "Dear you, MAR\u200bGARET and 020 7946 0123."
    shown = {one.leak: text[one.start : one.end] for one in find(text, WHO)}
    assert shown == {Leak.NAME: "MAR\u200bGARET", Leak.PHONE: "020 7946 0123"}


def test_a_name_that_is_a_plain_word_counts_where_it_is_written_as_a_name() -> None:
    who = Protected(names=("Will May",))
    assert leaks("We will write. Will you answer? May we? You may.", who) == set()
    assert leaks("It was Will who told us.", who) == {Leak.NAME}
    assert leaks("we saw May there", who) == {Leak.NAME}
    assert leaks("it was will may, in small letters", who) == {Leak.NAME}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("Rose Hill", "Rose told us that you shouted."),
        ("Mark", "Something happened. Mark has said so."),
        ("Grace Hopper", "We write about what happened.\nGrace was hurt."),
        ("Hope", "(Hope said so)"),
        ("Rosemary", "“Rose told us”"),
    ],
)
def test_p_nam_1_such_a_name_counts_at_the_start_of_a_sentence_too(name: str, text: str) -> None:
    assert leaks(text, Protected(names=(name,))) == {Leak.NAME}


def test_p_nam_1_in_small_letters_such_a_name_is_a_hint_and_no_finding() -> None:
    who = Protected(names=("Rose Hill",), sources=("it was rose who told all of them",))
    text = "It was rose. Behind the hill stood Rose."
    assert leaks(text, who) == {Leak.NAME}
    shown = [(one.leak, text[one.start : one.end]) for one in hints(text, who)]
    assert shown == [(Leak.HINT, "rose"), (Leak.HINT, "hill")]
    assert hints("We will write. You may answer.", Protected(names=("Will May",))) == ()
    assert [one.leak for one in hints("Will you?", Protected(names=("Will May",)))] == [Leak.HINT]


def test_what_is_looked_for_widely_is_found_in_small_letters_too() -> None:
    who = Protected(names=("Grace Hopper", "Mark Poole", "Will May"))
    text = "Grace said so. it was mark. Will came later, and will not."
    found = [text[one.start : one.end] for one in find(text, who, widely=True)]
    assert found == ["Grace", "mark", "Will"]


def test_words_that_begin_sentences_are_plain_words_and_few() -> None:
    assert BEGINNINGS < WORDS_TOO
    assert len(BEGINNINGS) < 30


def test_short_names_are_not_found_in_two_plain_words() -> None:
    for name, text in (("Isa", "this is a letter"), ("Toby", "to by and large"), ("Amy", "I am y")):
        assert leaks(text, Protected(names=(name,))) == set(), name
    assert leaks("I-s-a told us", Protected(names=("Isa",))) == {Leak.NAME}


def test_names_in_other_scripts_are_found() -> None:
    who = Protected(names=("Наталья Ковальчук", "王小明"))
    assert leaks("мы слышали от НАТАЛЬЯ", who) == {Leak.NAME}
    assert leaks("我们从王小明那里听说", who) == {Leak.NAME}


def test_with_nothing_to_protect_there_is_nothing_to_check() -> None:
    assert Protected().empty
    assert Protected(names=("",), sources=("  ",)).empty
    assert not Protected(sources=("a",)).empty


def test_familiar_forms_go_both_ways_and_are_plain_letters() -> None:
    assert "maggie" in FAMILIAR["margaret"]
    assert "margaret" in FAMILIAR["maggie"]
    for name, forms in FAMILIAR.items():
        assert name not in forms
        assert all(one.isascii() and one.isalpha() and one.islower() for one in {name, *forms})
    assert {"will", "may"} <= WORDS_TOO


def test_digits_keep_their_places() -> None:
    (run,) = digits_of(read("call 07 double-nine now"))
    assert (run.digits, run.places[-1]) == ("0799", (15, 19))


def test_a_long_report_and_a_long_letter_are_checked_at_once() -> None:
    """Counted in comparisons, not seconds: each run of the report is looked for once."""
    words = [f"w{one}" for one in range(6000)]
    report, letter = " ".join(words), " ".join(reversed(words))
    assert find(letter[:20_000], Protected(sources=(report,))) == ()
    assert unicodedata.is_normalized("NFC", letter)
