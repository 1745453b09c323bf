"""Commands on sessions: open one for a login, keep it alive, end it.

Identity is issuer and subject. An e-mail address links an account once, when the provider says
that it is verified and the account has no subject yet; after that it plays no part, so whoever
gets a freed address at the provider gets nothing here.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from triage.core.access import SYSTEM, Action, Actor
from triage.core.commands import Runner, Tx
from triage.core.errors import NotAllowed
from triage.core.jobs import Job
from triage.staff.sessions.rules import IDLE, SKEW, TOUCH, Login, Standing, Why, end_of, over
from triage.staff.sessions.tables import SessionBar, StaffSession
from triage.staff.tables import Person

NOBODY = Actor(person_id="nobody", name="Somebody who is not signed in")
"""Who acts before they are known. Holds no role."""

KEPT = timedelta(days=30)
"""How long the row of an ended session stays. Nothing rests on it: a login expires by itself."""


def login_hash(tx: Tx, login: Login) -> str:
    """What a login is recognised by."""
    return tx.keys.of("staff login", login.fingerprint)


def sign_in(tx: Tx, *, login: Login) -> str:
    """Open the session of a login, or find the one that it has; its id.

    ``NotAllowed`` (on the record without personal data) where nobody is known by this login,
    the account is closed, or the login is over: ended, too old, or from before a moment up to
    which all logins of this person were ended.
    """
    person = _person_of(tx, login)
    if person is None or not person.active:
        raise NotAllowed("You have no account here.", what="sign_in_unknown")
    key = login_hash(tx, login)
    row = _row(tx, key)
    if row is not None:
        if _over(row, person, tx.now) is not None:
            raise NotAllowed("This sign-in is over. Sign in again.", what="sign_in_over")
        return row.id
    bar = tx.session.get(SessionBar, person.id)
    too_old = end_of(login, tx.now) <= tx.now or (bar and login.issued_at <= bar.logins_until)
    if too_old or login.issued_at > tx.now + SKEW:
        raise NotAllowed("This sign-in is over. Sign in again.", what="sign_in_over")
    row = StaffSession(
        login_hash=key,
        person_id=person.id,
        created_at=tx.now,
        last_seen_at=tx.now,
        expires_at=end_of(login, tx.now),
    )
    try:
        with tx.session.begin_nested():
            tx.session.add(row)
    except IntegrityError:  # another tab of the same login was first
        found = _row(tx, key)
        if found is None:
            raise
        return found.id
    return row.id


def touch(tx: Tx, *, session_id: str) -> None:
    """A sign of life. One that is over stays over."""
    tx.session.execute(
        update(StaffSession)
        .where(
            StaffSession.id == session_id,
            StaffSession.ended_at.is_(None),
            StaffSession.last_seen_at < tx.now - TOUCH,
            StaffSession.last_seen_at > tx.now - IDLE,
            StaffSession.expires_at > tx.now,
        )
        .values(last_seen_at=tx.now)
    )


def settle(tx: Tx, *, key: str) -> Standing:
    """Write down that a session is over where its dates or its person say so: for good, then."""
    row = _row(tx, key)
    if row is None:
        return Standing.NEW
    person = tx.session.get_one(Person, row.person_id)
    why = _over(row, person, tx.now)
    if why is None:
        return Standing.LIVE
    if row.ended_at is None:
        row.ended_at, row.ended_why = tx.now, why.value
    return Standing.ENDED


def sign_out(tx: Tx, *, session_id: str) -> None:
    """End one session of one's own."""
    row = tx.session.get(StaffSession, session_id)
    if row is None or row.person_id != tx.actor.person_id:
        raise NotAllowed("This is not your session.", what="sign_out")
    if row.ended_at is None:
        row.ended_at, row.ended_why = tx.now, Why.SIGNED_OUT.value


def sign_out_everywhere(tx: Tx) -> int:
    """End all of one's own sessions, and every login made until now; how many were open."""
    if tx.session.get(Person, tx.actor.person_id) is None:
        raise NotAllowed("You are not signed in.", what="sign_out")
    return end_all(tx, person_id=tx.actor.person_id, why=Why.EVERYWHERE)


def revoke(tx: Tx, *, person_id: str) -> int:
    """An administrator ends all sessions of somebody, at once; how many were open."""
    tx.allow(Action.MANAGE_STAFF)
    return end_all(tx, person_id=person_id, why=Why.REVOKED)


def end_all(tx: Tx, *, person_id: str, why: Why) -> int:
    """End all sessions and logins of a person in this transaction: for whoever disables them.

    Asks for no right of its own, so it is no command for a screen.
    """
    ended = tx.session.execute(
        update(StaffSession)
        .where(StaffSession.person_id == person_id, StaffSession.ended_at.is_(None))
        .values(ended_at=tx.now, ended_why=why.value)
    )
    bar = tx.session.get(SessionBar, person_id)
    if bar is None:
        tx.session.add(SessionBar(person_id=person_id, logins_until=tx.now))
    else:
        bar.logins_until = max(bar.logins_until, tx.now)
    count = int(getattr(ended, "rowcount", 0))
    tx.record("sessions_ended", person_id, why=why.value, open=count)
    return count


def prune(tx: Tx) -> int:
    """Forget sessions that expired long ago; how many."""
    tx.allow(Action.RUN_JOBS)
    gone = tx.session.execute(delete(StaffSession).where(StaffSession.expires_at < tx.now - KEPT))
    return int(getattr(gone, "rowcount", 0))


def _prune(runner: Runner, _at: datetime) -> int:
    return runner.run(SYSTEM, prune)


SESSIONS = Job("sessions", timedelta(days=1), _prune)


def _person_of(tx: Tx, login: Login) -> Person | None:
    known = select(Person).where(
        Person.oidc_issuer == login.issuer, Person.oidc_subject == login.subject
    )
    found = tx.session.scalars(known).first()
    if found is not None or not (login.email and login.email_verified):
        return found
    unlinked = select(Person).where(
        Person.email == login.email, Person.oidc_subject.is_(None), Person.active
    )
    person = tx.session.scalars(unlinked.with_for_update()).first()
    if person is not None:
        person.oidc_issuer, person.oidc_subject = login.issuer, login.subject
        tx.record("account_linked", person.id)
    return person


def _row(tx: Tx, key: str) -> StaffSession | None:
    return tx.session.scalars(select(StaffSession).where(StaffSession.login_hash == key)).first()


def _over(row: StaffSession, person: Person, now: datetime) -> Why | None:
    return over(
        now,
        ended=row.ended_at is not None,
        active=person.active,
        last_seen_at=row.last_seen_at,
        expires_at=row.expires_at,
    )
