"""What people are told of a mailbox that is not read: our own sentences."""

from triage.intake.queries import FolderState
from triage.intake.rules import Problem

WHY: dict[Problem, str] = {
    Problem.NO_CONNECTION: "the server cannot be reached",
    Problem.NO_TLS: "no encrypted connection that can be trusted",
    Problem.NO_SIGN_IN: "no password is set where the mail is fetched",
    Problem.NO_ACCESS: "the service that gives access tokens does not answer",
    Problem.ACCESS_REFUSED: "the service that gives access tokens refuses",
    Problem.SIGN_IN_REFUSED: "the server refuses the sign-in",
    Problem.TRY_LATER: "the server asks to try later",
    Problem.NO_FOLDER: "there is no such folder",
    Problem.REFUSED: "the server refuses to hand out mail",
    Problem.CUT_OFF: "the connection is cut off",
    Problem.NOT_UNDERSTOOD: "the server's answers make no sense",
    Problem.STAFF_UNKNOWN: "a recipient in the settings is not on the staff list",
    Problem.NOT_KEPT: "what was fetched could not be stored",
}
WELL = "as it should"
NEVER = "nobody has looked yet: is triage watch running?"
NOT_LATELY = "nobody has looked lately: is triage watch running?"
NOT_ALL = "a message in it cannot be fetched; it is tried again"


def said_of(state: FolderState) -> str:
    """How a folder is doing, in a few words; the gravest thing first."""
    if state.problem is not None:
        return WHY[state.problem]
    if state.stale:
        return NEVER if state.succeeded_at is None else NOT_LATELY
    return WELL if state.left_since is None else NOT_ALL
