from collections.abc import Callable

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.desk import Desk

from triage.core.text import searchable
from triage.messages.queries.queue import find
from triage.messages.service.flags import flag

HOSTILE = [
    '"',
    "'; DROP TABLE messages; --",
    "alpha OR beta",
    "NEAR(alpha beta)",
    "alpha*",
    "body:alpha",
    "^alpha",
    "-alpha",
    "(((",
    "a & | ! b",
    "alpha:*",
    "\\",
    "\0",
    "%",
    "_",
    "",
    "   ",
    "\ud800",
    "²",
    "🂡",
    "word " * 500,
]


def test_nothing_typed_into_the_search_is_an_order(desk: Desk) -> None:
    desk.arrive("[low] nothing of the kind")
    assert [words for words in HOSTILE if hits(desk, words)] == []


@given(words=st.text(max_size=40))
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_text_can_be_searched_for(desk: Desk, words: str) -> None:
    page = desk.read(find, viewer=desk.ana, now=desk.now, words=words)
    assert page.total == 0


def hits(desk: Desk, words: str, name: str = "ana") -> set[str]:
    page = desk.read(find, viewer=desk.people[name], now=desk.now, words=words)
    assert page.total == len(page.rows)
    return {row.id for row in page.rows}


FINDS = [
    "garden",
    "GARDEN fence",
    "fence garden",
    "gard",
    "Quillfeather",
    "quill@example.org",
    "example",
    "zoë",
    "zoe",
    "plain-spoken",
    "spoken",
    "k.i.t",
    "www.example.org/some/path",
    "path",
    "7946",
    "020 7946 0123",
    "quoted",
]


def test_a_message_is_found_by_the_words_in_it_on_either_database(desk: Desk) -> None:
    message = desk.arrive(
        "[low] Garden fence; Zoë is plain-spoken, k.i.t, see www.example.org/some/path "
        "or call 020-7946-0123.",
        from_name="Quillfeather",
        from_address="quill@example.org",
        quoted="a quoted line",
    )
    assert [words for words in FINDS if hits(desk, words) != {message}] == []


def test_every_word_must_be_there_from_its_first_letter(desk: Desk) -> None:
    desk.arrive("[low] garden fence")
    for words in ("arden", "garden shed", "gardens"):
        assert hits(desk, words) == set()


def test_only_what_was_ever_queued_is_found(desk: Desk) -> None:
    quiet = desk.arrive("a garden")
    queued = desk.arrive("[low] a garden")
    assert hits(desk, "garden") == {queued}
    desk.decide(desk.ana, queued)
    assert hits(desk, "garden") == {queued}
    desk.do(desk.kit, flag, message_id=quiet, note="odd")
    assert hits(desk, "garden") == {queued, quiet}


def test_p_rec_4_a_recipient_finds_nothing_of_their_own(desk: Desk) -> None:
    message = desk.arrive("[low] garden", recipients=("ana@charity.example.org",))
    assert hits(desk, "garden") == set()
    assert hits(desk, "garden", "ben") == {message}


def test_a_message_of_any_size_is_indexed_at_its_beginning(make_desk: Callable[..., Desk]) -> None:
    for kind in ("sqlite",):
        desk = make_desk(kind)
        message = desk.arrive("[low] firstword " + "filler " * 30_000 + " lastword")
        assert hits(desk, "firstword") == {message}
        assert hits(desk, "lastword") == set()


def test_words_are_compared_without_case_accents_or_what_stands_between_them() -> None:
    assert searchable("  Zoë's CAFÉ_x@example.org! ") == "zoe s cafe x example org"
    assert searchable("²ﬁ") == "2fi"
    assert searchable("…") == ""
