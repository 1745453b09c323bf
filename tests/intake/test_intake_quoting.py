from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from triage.intake.quoting import split

QUOTE = "> Thank you for your letter.\n> We shall look into it."
OUTLOOK = (
    "From: Desk <desk@example.org>\nSent: 02 November 2026 10:00\nTo: A\nSubject: Bins\n\nWe did."
)


def test_quoted_reply_is_told_apart_from_what_the_sender_wrote():
    assert split(f"No, you did not.\n\nOn Monday, Desk wrote:\n{QUOTE}") == (
        "No, you did not.",
        f"On Monday, Desk wrote:\n{QUOTE}",
        "",
    )


@pytest.mark.parametrize(
    "line",
    [
        "On Mon, 2 Nov 2026 at 10:00, Desk <desk@example.org> wrote:",
        "On Mon, 2 Nov 2026 at 10:00, Desk\n<desk@example.org> wrote:",
        "On 2 Nov 2026, at\n10:00, Desk <desk@example.org>\nwrote:",
        "Desk <desk@example.org> wrote:",
        "Desk writes:",
        "At 10:00 02/11/2026, Desk wrote:",
        "2026-11-02 10:00 GMT+00:00 Desk <desk@example.org>:",
    ],
)
def test_line_that_introduces_a_quote_goes_with_it(line):
    written, quoted, _ = split(f"Mine.\n\n{line}\n\n{QUOTE}\n\nMine too.")
    assert written == "Mine.\n\nMine too."
    assert quoted.startswith(line)


def test_replies_between_quoted_lines_are_written():
    written, quoted, _ = split("> Did you call?\nYes, twice.\n> When?\nOn Monday.")
    assert written == "Yes, twice.\n\nOn Monday."
    assert quoted == "> Did you call?\n\n> When?"


@pytest.mark.parametrize(
    "tail",
    [
        OUTLOOK,
        OUTLOOK.replace("From:", "*From:*").replace("Sent:", "*Date:*"),
        f"________________________________\n{OUTLOOK}",
        f"-----Original Message-----\n{OUTLOOK}",
        "-----Original Message-----\nWe did.",
        "---------- Forwarded message ---------\nFrom: Desk <d@example.org>\nDate: Mon\n\nWe did.",
        "Begin forwarded message:\n\nWe did.",
        "On 2 Nov 2026 at 10:00, Desk <desk@example.org> wrote:\n\nWe did.",
    ],
)
def test_block_without_marks_is_quoted_to_the_end(tail):
    written, quoted, signature = split(f"You did not.\n\n{tail}\n\nYours, the desk")
    assert (written, signature) == ("You did not.", "")
    assert quoted.endswith("Yours, the desk")


@pytest.mark.parametrize(
    "text",
    [
        "On Monday my neighbour wrote:\nI know where you live.",
        "She said:\nleave me be.",
        "From: the bottom of my heart\nI am cross.",
        "On 2 Nov 2026 at 10:00, Desk <desk@example.org> wrote:\nnothing at all, to nobody.",
        "-- \nI will come round.",
        "This email is confidential. I will come round.",
        "Sent from my window I see you.",
        "Sent from my phone I will come round",
        "________________________________\nI will come round.",
    ],
)
def test_in_doubt_it_is_written(text):
    assert split(text) == (text, "", "")


@pytest.mark.parametrize(
    "tail",
    [
        "-- \nA Person\n020 7946 0000",
        "--\nA Person",
        "Sent from my iPhone",
        "Sent from Yahoo Mail on Android",
        "Sent from Mail <https://example.org/x> for Windows",
        "Get Outlook for iOS",
        "CONFIDENTIALITY NOTICE: this is privileged.\nDelete it.",
        "This email and any attachments are confidential.",
        "Please consider the environment before printing.",
        "-- \nA Person\n\nSent from my phone",
    ],
)
def test_signatures_are_told_apart(tail):
    assert split(f"Hello.\n\n{tail}\n\n{QUOTE}") == ("Hello.", QUOTE, tail)


def test_long_text_after_a_dash_line_is_written():
    text = "Hello.\n-- \n" + "\n".join(f"line {n}" for n in range(40))
    assert split(text) == (text, "", "")


def test_very_many_lines_are_all_written():
    text = "> a\n" * 100_001
    assert split(text) == (text.strip("\n"), "", "")


LINES = st.sampled_from(
    [
        *OUTLOOK.split("\n"),
        *QUOTE.split("\n"),
        "",
        " ",
        "-- ",
        "Sent from my phone",
        "Desk wrote:",
        "On 2 Nov 2026 at 10:00, Desk <d@example.org>",
        "wrote:",
        "-----Original Message-----",
        "This email and any attachments are confidential.",
        "_" * 20,
        "Hello.",
        "\x0b",
        "\u2028",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(LINES | st.text(max_size=30), max_size=25).map("\n".join))
def test_every_line_that_is_not_blank_stands_in_exactly_one_part(text):
    def lines(*texts):
        return Counter(line for each in texts for line in each.split("\n") if line.strip())

    assert lines(*split(text)) == lines(text)
