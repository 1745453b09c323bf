import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.classifier.lookalikes import fold
from triage.classifier.normalise import LIMIT, normalise
from triage.classifier.segments import LONGEST, cut_windows, sentences, windows

anything = st.text(st.characters(codec=None, exclude_categories=()), max_size=300)
pieces = st.lists(
    st.sampled_from(
        ["k1ll", "k i l l", "sooo", "K\u0456ll", "\u200b", " ", "\n", "a$$", "2nd", "é"]
    )
)


@pytest.mark.parametrize(
    ("hidden", "plain"),
    [
        ("I will K1LL you", "i will kill you"),
        ("ki11 you", "kill you"),
        ("5tab", "stab"),
        ("k i l l  you", "kill  you"),
        ("k.i.l.l you", "kill you"),
        ("k-1-l-l you", "kill you"),
        ("you 1d1ot", "you idiot"),
        ("sh!t", "shit"),
        ("К\u0456ll y\u200bou", "kill you"),
        ("ｋｉｌｌ", "kill"),
        ("🅺🅸🅻🅻", "kill"),
        ("ᴋɪʟʟ", "kill"),
        ("k\u0336i\u0336l\u0336l\u0336", "kill"),
        ("kiiiill", "kill"),
        ("killlll", "kill"),
        ("caf\u0065\u0301", "cafe"),
        ("l’été", "l'ete"),
        ("you\u00adr ho\u2060use", "your house"),
    ],
)
def test_what_hides_a_word_is_undone(hidden: str, plain: str) -> None:
    assert normalise(hidden).text == plain


@pytest.mark.parametrize(
    "plain",
    [
        "write to bob@example.org or first-last@example.org",
        "the 2nd of may, 10am, room101, the a55, an mp4, covid19",
        "ring 020 7946 0991 now",
        "0 7 7 0 0 9",
        "£1000000 and 5000000 more",
        "@jane, it costs $500!",
        "well done! thank you!",
        "🔥 🙂",
    ],
)
def test_ordinary_digits_signs_and_emoji_stay(plain: str) -> None:
    assert normalise(plain).text == plain


@given(anything | pieces.map("".join))
def test_every_character_is_mapped_to_where_it_came_from(text: str) -> None:
    found = normalise(text)
    assert len(found.text) == len(found.starts) == len(found.ends)
    assert all(0 <= a < b <= len(text) for a, b in zip(found.starts, found.ends, strict=True))
    assert found.starts == sorted(found.starts)
    assert found.ends == sorted(found.ends)


@given(anything | pieces.map("".join))
def test_a_character_reads_as_its_own_piece_of_the_given_text(text: str) -> None:
    readings = "013457@$!|"
    found = normalise(text)
    for char, start, end in zip(found.text, found.starts, found.ends, strict=True):
        source = "".join(fold(one) for one in text[start:end])
        assert char in source or set(source) & set(readings)


@given(anything)
def test_the_same_text_always_reads_the_same(text: str) -> None:
    assert normalise(text) == normalise(text)
    assert not any(unicodedata.category(char) == "Cs" for char in normalise(text).text)


def test_a_phrase_found_is_marked_in_the_senders_own_characters() -> None:
    text = "Ok. I will \u200bk 1 l l you\u0301, sir"
    found = normalise(text)
    start = found.text.index("kill")
    a, b = found.span(start, start + len("kill you"))
    assert text[a:b] == "k 1 l l you"


def test_of_a_very_long_text_the_beginning_and_the_end_are_read() -> None:
    found = normalise("ab " * 50_000 + "the end.")
    assert len(found.text) == LIMIT
    assert found.text.startswith("ab ab")
    assert found.text.endswith("the end.")
    assert found.ends[-1] == 150_008


@given(anything)
def test_sentences_together_are_the_whole_text(text: str) -> None:
    found = sentences(text)
    assert "".join(text[a:b] for a, b in found) == text
    assert all(len(text[a:b].split()) <= LONGEST + 4 for a, b in found)


def test_the_first_window_is_the_whole_and_the_others_are_neighbours() -> None:
    assert windows(1) == [(0, 1)]
    assert windows(3) == [(0, 3), (0, 1), (1, 2), (2, 3), (0, 2), (1, 3)]
    text = "One two three four. Five six seven eight. Nine ten eleven twelve."
    assert "Five six seven eight. " in cut_windows(text)


def test_stars_in_a_listed_word_give_way_to_its_letters() -> None:
    assert normalise("I will k*ll y** b*****d").text == "i will kill you bastard"


def test_stars_that_hide_nothing_stay() -> None:
    for text in ("*really* cross", "fees* apply", "2*3*4", "zx*qv", "a * b"):
        assert normalise(text).text == text
