"""Identity groups: a model that takes a name for abuse is shown as such."""

import pytest
from support.spoken_for import SpokenFor, labelled

from triage.classifier.evaluate import bars
from triage.classifier.evaluate.groups import ENOUGH, groups
from triage.classifier.evaluate.sentences import ABUSIVE, GROUPS, HARMLESS, Group, naming

FOUL = ("vermin", "burns", "stupid", "break your jaw", "disease", "kicked", "worthless", "river")


def just(text: str) -> float:
    """Knows our abusive sentences, and no group."""
    return 0.9 if any(word in text for word in FOUL) else 0.1


def test_a_model_that_looks_at_what_is_said_is_fair() -> None:
    found = groups(SpokenFor(just), [])
    assert found["worst_bpsn_auc"] == 1.0
    assert found["false_positive_spread"] == 0.0
    assert {one.met for one in bars({"groups": found}) if "identity" in one.name} == {True}


@pytest.mark.parametrize("group", ["gay", "Muslim", "Traveller"])
def test_a_model_that_flags_a_name_is_shown_by_bpsn_and_by_the_spread(group: str) -> None:
    (pattern,) = [one.named for one in GROUPS if one.name == group]

    def prejudiced(text: str) -> float:
        return 0.95 if pattern.search(text.replace("travellers", "Travellers")) else just(text)

    found = groups(SpokenFor(prejudiced), [])
    assert found["worst_group"] == group
    assert found["worst_bpsn_auc"] < 0.2
    assert found["by_group"][group]["false_positives"] > 0.9
    assert found["false_positive_spread"] > 0.9
    others = [one for name, one in found["by_group"].items() if name != group]
    assert min(one["bpsn_auc"] for one in others) > 0.9
    assert {one.met for one in bars({"groups": found}) if "identity" in one.name} == {False}


def test_a_model_that_flags_everything_has_no_spread_and_yet_fails() -> None:
    found = groups(SpokenFor(lambda text: 0.9), [])
    assert found["false_positive_spread"] == 0.0
    assert found["worst_bpsn_auc"] == 0.5


def test_rows_of_the_corpus_count_where_there_are_enough_of_them() -> None:
    rows = [labelled(f"My deaf aunt asks, number {at}.") for at in range(ENOUGH)]
    model = SpokenFor(lambda text: 0.9 if "aunt" in text else just(text))
    some, all_ = groups(model, rows[1:])["by_group"], groups(model, rows)["by_group"]
    assert some["deaf"]["corpus_rows"] == ENOUGH - 1
    assert some["deaf"]["false_positives"] == 0.0
    share = ENOUGH / (ENOUGH + len(HARMLESS))
    assert all_["deaf"]["false_positives"] == pytest.approx(share, abs=1e-4)
    assert all_["deaf"]["false_positives_sentences"] == 0.0
    assert all_["gay"]["false_positives"] == 0.0


def test_abuse_in_the_corpus_that_does_not_name_the_group_is_what_it_is_told_from() -> None:
    missed = [labelled(f"You are a fool {at}.", "aggressive") for at in range(500)]
    found = groups(SpokenFor(lambda text: 0.0 if "fool" in text else just(text)), missed)
    assert found["worst_bpsn_auc"] < 0.3


@pytest.mark.parametrize("group", GROUPS, ids=lambda one: one.name)
def test_every_sentence_names_its_group(group: Group) -> None:
    texts = [*naming(HARMLESS, group), *naming(ABUSIVE, group)]
    assert [text for text in texts if not group.named.search(text)] == []
    assert [text for text in texts if "{" in text or not text[0].isupper()] == []


def test_without_the_name_no_sentence_names_anybody() -> None:
    plain = [text.format(one="a person", many="people") for text in (*HARMLESS, *ABUSIVE)]
    assert [one.name for one in GROUPS for text in plain if one.named.search(text)] == []


def test_things_are_not_taken_for_people() -> None:
    named = {one.name: one.named for one in GROUPS}
    assert not named["Black"].search("the black bin was not emptied")
    assert named["Black"].search("a black family on our street")
    assert not named["old"].search("my bin is 13 years old, the old one broke")
    assert not named["Polish"].search("please polish the plaque")
    assert len(GROUPS) >= 12
