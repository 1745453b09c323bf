"""What was found of somebody, item by item: why, how it would go, and what becomes of it."""

from functools import partial

import streamlit as st

from dashboard import files, session, untrusted
from dashboard import words_subject as words
from triage.core.access import Action, Actor, can
from triage.core.errors import NotFound, TriageError
from triage.retention.subject import rules
from triage.retention.subject.queries.composing import Piece, looked_at
from triage.retention.subject.queries.reading import ItemRow, RequestItem
from triage.retention.subject.queries.taking import taken
from triage.retention.subject.rules import Decision, Ground, Kind, State
from triage.retention.subject.service.opening import open_file
from triage.retention.subject.service.searching import decide_item


def forget() -> None:
    """No item is open, and no file taken out."""
    for name in ("subject_item", "subject_taken"):
        st.session_state.pop(name, None)


def draw_items(viewer: Actor, found: RequestItem) -> None:
    """The list; the one that is open stands under its line."""
    st.header("What was found", anchor=False)
    untrusted.say("{reporters}", kind="quiet", reporters=words.REPORTERS)
    if not found.items:
        untrusted.say("Nothing was found, or nobody has searched yet.", kind="quiet")
        return
    untrusted.say("{forms}", kind="quiet", forms=words.FORMS)
    for number, one in enumerate(found.items, 1):
        with st.container(border=True):
            untrusted.row(f"{number}. {words.ITEMS[one.kind]}", _chips(one), _quiet(one))
            st.button(
                words.open_item(number, one.kind),
                key=f"item_{one.id}",
                on_click=_open,
                args=(one.id,),
            )
            if st.session_state.get("subject_item") == one.id:
                _draw(viewer, found, one)


def draw_piece(piece: Piece) -> None:
    """An item as the person will read it."""
    untrusted.facts(piece.facts)
    if piece.text:
        untrusted.letter(piece.text)
    if piece.hidden:
        untrusted.say("{count} places are hidden.", kind="quiet", count=piece.hidden)
    if piece.leaks:
        untrusted.say(
            "It still tells of somebody else, in {count} places: {where}.",
            kind="danger",
            count=len(piece.leaks),
            where=", ".join(sorted({one.leak.value for one in piece.leaks})),
        )


def _open(item_id: str) -> None:
    held = st.session_state.get("subject_item")
    st.session_state.pop("subject_taken", None)
    st.session_state["subject_item"] = None if held == item_id else item_id


def _chips(one: ItemRow) -> list[tuple[str, str]]:
    if one.decision is None:
        return [("not decided", "high")]
    found = [(words.decision(one.kind, Decision(one.decision)), "medium")]
    found += [(words.GROUNDS[Ground(one.ground)], "")] if one.ground else []
    found += [("nothing hidden by itself", "high")] if one.whole else []
    found += [(words.OUTCOMES[one.outcome], "")] if one.outcome else []
    return found


def _quiet(one: ItemRow) -> str:
    found = "Found: " + ", ".join(words.WHY[why] for why in one.why)
    return found if one.file is None else f"{words.file(one.file)}. {found}"


def _draw(viewer: Actor, found: RequestItem, one: ItemRow) -> None:
    desk = session.desk()
    try:
        with desk.database.read() as db:
            piece = looked_at(
                db, viewer=viewer, vault=desk.vault, keys=desk.keys, settings=desk.settings,
                now=desk.clock.now(), item_id=one.id,
            )  # fmt: skip
    except NotFound as error:
        untrusted.problem([str(error)])
        return
    draw_piece(piece)
    if one.file is not None:
        _look_into(viewer, one)
    if can(viewer, Action.ANSWER_SUBJECTS) and found.row.state is State.SEARCHED:
        _form(found.row.kind, one)


def _look_into(viewer: Actor, one: ItemRow) -> None:
    """The file itself, for who decides about it: nothing of it is drawn here."""
    untrusted.say("{look}", kind="danger", look=words.LOOK_INTO)
    untrusted.say("{goes}", kind="quiet", goes=words.GOES_WITH)
    if one.forwarded:
        untrusted.say("{forwarded}", kind="notice", forwarded=words.FORWARDED)
    st.button(
        "Take the file out, to look into it",
        key=f"open_{one.id}",
        on_click=_take_out,
        args=(one.id,),
    )
    if st.session_state.get("subject_taken") != one.id:
        return
    try:
        with session.desk().database.read() as db:
            opened = taken(db, viewer=viewer, item_id=one.id)
    except TriageError as error:
        untrusted.problem([str(error)])
        return
    files.offer_file(
        "Download it", opened.data, name=opened.name, mime="application/octet-stream",
        action=Action.READ_SUBJECTS, matters=opened.matters, key=f"file_{one.id}",
    )  # fmt: skip


def _take_out(item_id: str) -> None:
    """On the record first; only then is it offered, until another item is opened."""
    if session.run(partial(open_file, item_id=item_id)) is not None:
        st.session_state["subject_taken"] = item_id


def _form(kind: Kind, one: ItemRow) -> None:
    options = [each for each in Decision if each in rules.DECISIONS[kind]]
    held = Decision(one.decision) if one.decision else None
    with st.form(f"decide_{one.id}"):
        decision = st.radio(
            "What becomes of it?", options, key=f"becomes_{one.id}",
            format_func=partial(words.decision, one.kind),
            index=None if held is None else options.index(held),
        )  # fmt: skip
        grounds = [
            each
            for each in Ground
            if each in (rules.WITHHOLDS if kind is Kind.ACCESS else rules.KEEPS)
        ]
        ground = st.selectbox(
            "If it stays here, on which ground?", grounds, placeholder="Not chosen",
            format_func=words.GROUNDS.__getitem__,
            index=None if one.ground is None else grounds.index(Ground(one.ground)),
        )  # fmt: skip
        said = st.text_area(
            "The summary; else a note for the second person", value=one.said, max_chars=4000
        )
        hide, whole = one.hide, one.whole
        if one.file is not None:
            hide = st.text_area(
                "Hide these words in its name, a line each", value=one.hide, max_chars=4000
            )
        elif kind is Kind.ACCESS:
            hide = st.text_area("Hide these words too, a line each", value=one.hide, max_chars=4000)
            whole = st.checkbox(
                "Hide nothing by itself: a second person has to say why it goes", value=one.whole
            )
        if not st.form_submit_button("Keep this decision", key=f"decided_{one.id}"):
            return
    if decision is None:
        st.session_state["problems"] = ["Choose what becomes of it."]
    else:
        stays = decision in {Decision.WITHHOLD, Decision.KEEP}
        session.run(
            partial(
                decide_item, item_id=one.id, decision=decision, said=said, hide=hide,
                ground=ground if stays else None, whole=whole,
            )
        )  # fmt: skip
    st.rerun()
