"""Files for people: the one way in which a file is offered, and who may fetch it."""

import hashlib
from collections.abc import Collection
from typing import NamedTuple

import streamlit as st
from streamlit.runtime.memory_media_file_storage import _calculate_file_id
from streamlit.web.server.starlette.starlette_websocket import _get_signed_cookie_with_chunks

from dashboard import gate, session, untrusted, words
from triage.core.access import Action, can
from triage.core.exclusions import is_excluded
from triage.core.text import read_json
from triage.staff.queries import PersonRow, person
from triage.staff.sessions.queries import standing
from triage.staff.sessions.rules import login_of


class Offer(NamedTuple):
    """Under which right a file was offered to a person."""

    action: Action | None
    matters: frozenset[str]
    """What it is about: whoever has no part in one of them does not get it."""


offers = gate.Memory()
"""File id -> person id -> ``Offer``. Ids alone; the file itself is Streamlit's to hold."""


def bearer(cookies: gate.Jar) -> PersonRow | None:
    """Whose live session the cookies of a plain request belong to, read now."""
    ours = session.desk().settings
    with session.desk().database.read() as db:
        if ours.demo:
            person_id = session.chosen.get(cookies.get(gate.BROWSER, ""))
            return None if person_id is None else person(db, person_id)
        claims = _get_signed_cookie_with_chunks(cookies, gate.LOGIN) if ours.signs_in else None
        given = login_of(read_json(claims)) if claims else None
        if given is None:
            return None
        found = standing(db, login_hash=session.key_of(given), now=session.desk().clock.now())[1]
        return None if found is None else found.person


def somebody(cookies: gate.Jar) -> bool:
    """Whether a plain request comes from anybody with a live session."""
    return bearer(cookies) is not None


def may_fetch(cookies: gate.Jar, file_id: str) -> bool:
    """Whether this request may have this file: offered to this person, and still theirs."""
    who = bearer(cookies)
    offer = (offers.get(file_id) or {}).get(who.id) if who is not None else None
    if who is None or offer is None:
        return False
    if offer.action is not None and not can(who.actor(), offer.action):
        return False
    with session.desk().database.read() as db:
        return not any(
            is_excluded(db, matter_id=one, person_id=who.id) for one in sorted(offer.matters)
        )


def offer_file(
    label: str,
    data: bytes,
    *,
    name: str,
    mime: str,
    action: Action | None,
    matters: Collection[str] = (),
    key: str,
) -> None:
    """A button that hands a file to who is here: the only way in which a file is offered.

    Call it with what was made on request. The hash in the name makes each file an id of its own
    (Streamlit takes a sample only of those over 1 MiB); the gate asks again at the fetch, of the
    right and of each matter.
    """
    viewer = session.guard(action)
    if not gate.in_force.is_set():
        untrusted.say("Files are handed out under `triage serve` alone, behind its gate.")
        return
    stem, dot, ending = name.rpartition(".")
    digest = hashlib.sha256(data).hexdigest()
    full = f"{stem or name}-{digest}{dot}{ending if stem else ''}"
    file_id = _calculate_file_id(data, mime, full)
    held = dict(offers.get(file_id) or {})
    held[viewer.person_id] = Offer(action, frozenset(matters))
    offers.put(file_id, held)
    st.download_button(
        words.file(label), data, file_name=full, mime=mime, key=key, on_click="ignore"
    )
