"""What the server writes down of a fault: its class, its place in the code and an id, no more.

The text of an error, its arguments and the values of a frame may hold what a sender or a
reporter wrote (P-CON-2), so none of them reaches a log. The same id stands on the page, so that
a person can name the fault and whoever keeps the server can find it.
"""

import logging
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Any

from triage.core.ids import new_id, short_ref

OURS = ("triage", "dashboard")
_make = logging.getLogRecordFactory()


def error_id(error: BaseException) -> str:
    """The id of one error: made once, the same for the log and for the page."""
    known = getattr(error, "triage_error_id", None)
    if isinstance(known, str):
        return known
    made = short_ref(new_id())
    try:
        error.triage_error_id = made  # type: ignore[attr-defined]
    except AttributeError:  # a class with slots: the page and the log then differ
        return made
    return made


def describe(error: BaseException) -> str:
    """Class, place and id of an error: ``ValueError in review.py:41 draw (error K3D-8Q2)``."""
    return f"{type(error).__name__} in {_place(error.__traceback__)} (error {error_id(error)})"


def install() -> None:
    """From now on every log record of this process, and every uncaught error, is described so."""
    logging.setLogRecordFactory(record)
    # Streamlit gives uvicorn's access log a handler of its own, whatever uvicorn was told.
    logging.getLogger("uvicorn.access").disabled = True
    logging.getLogger("uvicorn.error").setLevel(logging.WARNING)
    sys.excepthook = lambda kind, error, trace: _say(error)
    threading.excepthook = lambda args: _say(args.exc_value)
    sys.unraisablehook = lambda args: _say(args.exc_value)


def record(*given: Any, **named: Any) -> logging.LogRecord:
    """A log record without the text of any error, and without arguments of other libraries.

    A library's own sentence stays (it is a literal in its code); what it would fill in does not.
    """
    made = _make(*given, **named)
    error = made.exc_info[1] if made.exc_info else None
    if isinstance(made.msg, BaseException):
        error = error or made.msg
    if error is not None:
        made.msg, made.args = describe(error), ()
    elif made.args and made.name.partition(".")[0] not in OURS:
        made.args = ()
    made.exc_info, made.exc_text, made.stack_info = None, None, None
    return made


def _say(error: BaseException | None) -> None:
    if error is not None and not isinstance(error, KeyboardInterrupt):
        logging.getLogger("dashboard").error(describe(error))


def _place(trace: TracebackType | None) -> str:
    """The last frame of ours, else the last of all: file, line and function, which are code."""
    found = "unknown place"
    ours = False
    while trace is not None:
        path = Path(trace.tb_frame.f_code.co_filename)
        mine = any(part in OURS for part in path.parts[-4:])
        if mine or not ours:
            found = f"{path.name}:{trace.tb_lineno} {trace.tb_frame.f_code.co_name}"
            ours = ours or mine
        trace = trace.tb_next
    return found
