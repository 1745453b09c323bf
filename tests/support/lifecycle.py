"""The life of a message as the design has it (lifecycles.md, section 1), as text."""

from collections.abc import Iterable

from triage.messages.rules import Edge, State

DESIGN = """
received          pass             unflagged
received          queue            queued
unflagged         queue            queued
queued            claim            claimed
second_look       claim            claimed
claimed           release          queued second_look
claimed           expire           queued second_look
claimed           ask_second_look  second_look
claimed           decide           no_action noted
claimed           route            routed
claimed           open_welfare     welfare_open
welfare_open      resume           claimed
welfare_open      close_welfare    welfare_done
claimed           propose          awaiting_decision
awaiting_decision child_approved   actioned
awaiting_decision child_declined   queued
claimed           link             linked_to_case
actioned          close_actioned   actioned_closed
linked_to_case    close_actioned   actioned_closed
no_action         reopen           queued
noted             reopen           queued
routed            reopen           queued
welfare_done      reopen           queued
actioned_closed   reopen           queued
no_action         undo             claimed
noted             undo             claimed
routed            undo             claimed
welfare_done      undo             welfare_open
actioned_closed   undo             actioned linked_to_case
no_action         erase            erased
noted             erase            erased
routed            erase            erased
welfare_done      erase            erased
actioned_closed   erase            erased
unflagged         erase            erased
"""
DEVIATIONS = {
    "actioned child_declined queued": (
        "the label is reopened by an appeal that overturns what rested on it: the design says so "
        "in section 3 and has no edge for it in section 1"
    ),
    "linked_to_case child_declined queued": "the same, of what is evidence in a case besides",
}
"""Where the table in force goes beyond the design's, each with why."""


def _table(lines: Iterable[str]) -> dict[tuple[State, Edge], frozenset[State]]:
    return {
        (State(start), Edge(edge)): frozenset(State(one) for one in ends)
        for start, edge, *ends in (line.split() for line in lines if line)
    }


TABLE = _table(DESIGN.split("\n")) | _table(DEVIATIONS)
"""What the design has, and what was added: nothing of the design is taken back."""
CLOSED = {"no_action", "noted", "welfare_done", "routed", "actioned_closed"}
SYSTEM_MAY = {"receive", "pass", "queue", "expire", "reopen", "child_declined", "erase"}
