"""What stands between people on one desk, and what a huge letter costs (trust.md, 1 and 5)."""

from streamlit.testing.v1 import AppTest
from support.desk import Desk
from support.screens import html_of, press, words_of

from triage.core.exclusions import ExclusionKind, exclude

MARKER = "quincunx"


def open_and_read(screen, desk: Desk, text: str) -> tuple[AppTest, str]:
    """Somebody opens a message and uncovers all of it."""
    message_id = desk.arrive(text)
    at = screen("review", desk.ana, message=message_id)
    return press(at, "reveal_full"), message_id


def test_p_rec_1_an_exclusion_that_comes_while_a_page_is_open_holds_at_the_next_click(
    screen, desk: Desk
) -> None:
    at, message_id = open_and_read(screen, desk, f"[high] {MARKER}")
    assert MARKER in words_of(at)
    desk.triage.database.write(
        lambda session: exclude(
            session,
            matter_id=message_id,
            person_id=desk.ana.person_id,
            kind=ExclusionKind.RECUSED,
            at=desk.now,
        )
    )
    desk.move(seconds=5)
    at = press(at, "choose_none")
    said = words_of(at)
    assert "There is no such message." in said
    assert MARKER not in said
    assert "pat@example.org" not in said


def test_what_one_person_uncovered_is_sent_to_no_other_session(screen, desk: Desk) -> None:
    at, message_id = open_and_read(screen, desk, f"[high] {MARKER}")
    assert MARKER in words_of(at)
    others = [
        screen(view, who, **query)
        for who in (desk.ben, desk.dora)
        for view in ("review", "find", "record", "you")
        for query in ({}, {"message": message_id}, {"q": MARKER})
    ]
    sent = "".join(html_of(one) for one in others)
    assert MARKER not in sent


def test_a_letter_of_24_megabytes_opens_with_its_first_20_000_characters(screen, desk) -> None:
    at, _ = open_and_read(screen, desk, "[high] " + "all work and no play " * 1_200_000)
    assert len(html_of(at).encode()) < 100_000
    at = press(at, "more")
    assert len(html_of(at).encode()) < 150_000
