import pytest

from triage.classifier import LABELS
from triage.conduct.clauses import CLAUSES, GUIDELINES, POLICY_VERSION, clause
from triage.conduct.kinds import Disposition, Severity


def test_p_sco_2_every_version_of_the_policy_is_kept_and_the_one_in_force_is_among_them() -> None:
    assert POLICY_VERSION in CLAUSES
    assert clause("P-MSG-3").summary == CLAUSES[POLICY_VERSION][2].summary


def test_a_clause_that_does_not_exist_is_named() -> None:
    with pytest.raises(KeyError, match="P-XXX-9"):
        clause("P-XXX-9")


def test_p_msg_2_the_four_kinds_are_those_of_the_classifier_and_of_the_guidelines() -> None:
    kinds = tuple(one.value for one in Disposition)
    assert kinds == LABELS[:4]
    assert tuple(one.label for one in GUIDELINES) == (*kinds, "none")


def test_severity_has_three_steps_and_no_fourth() -> None:
    assert [one.value for one in Severity] == ["low", "medium", "high"]
