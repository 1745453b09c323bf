"""A sentence for whoever has the desk next: sealed, and hidden with what it refers to."""

from datetime import datetime, timedelta

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import select
from support.desk import Desk, address
from support.mail import START

from triage.core.access import Actor
from triage.core.data_keys import destroy
from triage.core.errors import Invalid, NotAllowed
from triage.core.exclusions import ExclusionKind, exclude
from triage.core.ids import ALPHABET, short_ref
from triage.core.record import read_record
from triage.core.roles import Role
from triage.core.sealed import ERASED
from triage.messages.beside.tables import HandoverNote
from triage.messages.queries.today import ENTRIES, entries
from triage.messages.references import refers, squashed, windows
from triage.messages.service.handover_notes import LONGEST, leave_note


def leave(desk: Desk, who: Actor, text: str) -> str:
    return desk.do(who, leave_note, text=text, since=START)


def read(desk: Desk, who: Actor, since: datetime = START) -> list[str]:
    return [one.text for one in desk.read(entries, viewer=who, since=since)]


def recorded(desk: Desk, who: Actor) -> list[str]:
    page = desk.read(read_record, viewer=who)
    return [str(one.matter_id) for one in page.rows if one.code == "handed_over"]


def test_a_note_is_sealed_and_read_by_who_comes_next_newest_first(desk: Desk) -> None:
    leave(desk, desk.ben, "The second batch is half done.")
    desk.move(minutes=1)
    leave(desk, desk.cleo, "Now it is done.")
    assert read(desk, desk.ana) == ["Now it is done.", "The second batch is half done."]
    first = desk.read(entries, viewer=desk.ana, since=START)[0]
    assert (first.name, first.at) == ("Cleo", desk.now)
    sealed = desk.read(lambda session: session.scalars(select(HandoverNote.text)).all())
    assert not [one for one in sealed if b"done" in one]
    assert len(desk.events("handed_over")) == 2


def test_notes_before_the_moment_are_not_read_and_no_more_than_a_few(desk: Desk) -> None:
    for number in range(ENTRIES + 2):
        leave(desk, desk.ben, f"note {number}")
        desk.move(minutes=1)
    assert read(desk, desk.ana) == [f"note {number}" for number in range(ENTRIES + 1, 1, -1)]
    assert read(desk, desk.ana, desk.now - timedelta(minutes=1)) == [f"note {ENTRIES + 1}"]


@pytest.mark.parametrize("text", ["", "  \n ", "x" * (LONGEST + 1), "write to pat@example.org"])
def test_nothing_too_much_and_addresses_are_refused(desk: Desk, text: str) -> None:
    with pytest.raises(Invalid):
        leave(desk, desk.ben, text)
    assert desk.count(HandoverNote) == 0


@pytest.mark.parametrize("who", ["max", "ada", "kit", "gus"])
def test_who_has_no_part_in_the_desks_day_neither_leaves_nor_reads_one(
    desk: Desk, who: str
) -> None:
    with pytest.raises(NotAllowed):
        leave(desk, desk.people[who], "words")
    with pytest.raises(NotAllowed):
        read(desk, desk.people[who])


def test_who_is_on_duty_alone_may_leave_one(desk: Desk) -> None:
    leave(desk, desk.add("olu", Role.ON_DUTY), "All quiet.")
    assert read(desk, desk.ana) == ["All quiet."]


@pytest.mark.parametrize(
    "way", ["{ref}", "{low}", "{bare}", "{spaced}", "…{ref}.", "{whole}", "/?message={whole}"]
)
def test_p_rec_4_a_note_that_refers_to_a_message_is_not_there_for_its_recipient(
    desk: Desk, way: str
) -> None:
    hers = desk.arrive("[high]", recipients=(address("ana"),))
    ref = short_ref(hers)
    text = "Look at " + way.format(
        ref=ref,
        low=ref.lower(),
        bare=ref.replace("-", ""),
        spaced=ref.replace("-", " "),
        whole=hers,
    )
    leave(desk, desk.ben, text)
    leave(desk, desk.ben, "All else is done.")
    assert read(desk, desk.ana) == ["All else is done."]
    assert set(read(desk, desk.cleo)) == {text, "All else is done."}
    assert len(recorded(desk, desk.ana)) == 1
    assert len(recorded(desk, desk.cleo)) == 2


def test_who_is_excluded_later_reads_it_no_more(desk: Desk) -> None:
    message = desk.arrive("[high]")
    leave(desk, desk.ben, f"{short_ref(message)} wants a call")
    assert len(read(desk, desk.ana)) == 1
    desk.triage.database.write(
        lambda session: exclude(
            session,
            matter_id=message,
            person_id=desk.ana.person_id,
            kind=ExclusionKind.RECUSED,
            at=desk.now,
        )
    )
    assert read(desk, desk.ana) == []
    assert len(read(desk, desk.cleo)) == 1


def test_a_note_that_refers_to_two_is_hidden_from_whoever_is_excluded_from_either(
    desk: Desk,
) -> None:
    both = (address("ana"), address("cleo"))
    one = desk.arrive("[high]", recipients=both)
    other = desk.arrive("[high]", recipients=(address("ana"),))
    leave(desk, desk.ben, f"{short_ref(one)} and {short_ref(other)} belong together")
    assert [len(read(desk, who)) for who in (desk.ana, desk.cleo, desk.dora)] == [0, 0, 1]


def test_ones_own_note_stays_so_that_typing_a_reference_tells_nothing(desk: Desk) -> None:
    """Were it gone, whoever guesses would learn that there is such a matter, and about whom."""
    hers = desk.arrive("[high]", recipients=(address("ana"),))
    text = f"Is {short_ref(hers)} anything?"
    leave(desk, desk.ana, text)
    assert read(desk, desk.ana) == [text]
    assert len(recorded(desk, desk.ana)) == 1


def test_a_note_whose_key_is_destroyed_says_so(desk: Desk) -> None:
    note = leave(desk, desk.ben, "words")
    desk.do(desk.ana, destroy, owner_id=note)
    assert read(desk, desk.ana) == [ERASED]


IDS = st.text(alphabet=ALPHABET, min_size=26, max_size=26)


@given(IDS, st.text(max_size=40), st.text(max_size=40), st.sampled_from(["-", "", " ", "–", "."]))
def test_a_reference_is_found_in_whatever_stands_around_it(
    matter: str, before: str, after: str, between: str
) -> None:
    text = f"{before}{matter[:3].lower()}{between}{matter[3:6]}{after}"
    assert refers(text, matter)
    assert matter[:6] in windows(text)


@given(IDS)
def test_letters_that_ids_do_not_have_are_read_as_the_figures_they_look_like(matter: str) -> None:
    assert refers(matter[:6].replace("0", "O").replace("1", "l"), matter)


@given(IDS, st.text(max_size=60))
def test_what_is_found_is_among_the_windows_and_nothing_else_is(matter: str, text: str) -> None:
    assume(matter[:6] not in squashed(text))
    assert not refers(text, matter)
    assert matter[:6] not in windows(text)
