"""The one tree of errors. A message is written for the person who reads it on screen."""

from collections.abc import Sequence


class TriageError(Exception):
    """Base of everything this software raises on purpose."""


class NotAllowed(TriageError):
    """This person may not do this; the refusal is on the record."""

    def __init__(self, message: str, *, what: str = "", matter_id: str | None = None) -> None:
        super().__init__(message)
        self.what = what
        self.matter_id = matter_id


class NotFound(TriageError):
    """There is no such thing, or this person may not know of it: the two read the same.

    ``refused_matter`` is for the record alone: set where the thing exists and was refused.
    """

    def __init__(self, message: str, *, refused_matter: str | None = None) -> None:
        super().__init__(message)
        self.refused_matter = refused_matter


class Conflict(TriageError):
    """Somebody else was faster, or what the screen showed is no longer so."""


class Invalid(TriageError):
    """What was entered breaks a rule; ``field`` names where, if one field is to blame.

    ``further`` is what else is wrong: ``each`` is all of it, in the order of the form, and the
    words of the error are all of the words, so that nothing is said one at a time.
    """

    def __init__(
        self, message: str, *, field: str | None = None, further: Sequence["Invalid"] = ()
    ) -> None:
        super().__init__(" ".join((message, *(str(one) for one in further))))
        self.field = field
        self.each: tuple[tuple[str | None, str], ...] = (
            (field, message),
            *(said for one in further for said in one.each),
        )

    @classmethod
    def all_of(cls, wrong: Sequence["Invalid"]) -> "Invalid":
        """One error of everything that is wrong; at least one thing is."""
        (field, message), *_ = wrong[0].each
        return cls(message, field=field, further=wrong[1:])


class ModelUnavailable(TriageError):
    """No usable model: scoring is off, and every message goes to people."""


class UnsafeConfiguration(TriageError):
    """A setting would put people's data at risk; the program does not start."""


class KeyMissing(TriageError):
    """A key that this needs is not on this machine; the message says what to run."""


class Unreadable(TriageError):
    """What is sealed does not open: it was changed, moved, or its key is another."""


class Shredded(Unreadable):
    """The key of this was destroyed: it is erased, for good."""


class NoRoom(TriageError):
    """The disk of the database is full: nothing of this was saved, and what is there is read on."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing was saved: there is no room left on the disk of the database. Tell whoever "
            "keeps the desk, then do it again."
        )
