"""Disguises: what they change, and how it is counted whether a threat is still seen."""

import pytest
from support.spoken_for import SpokenFor, labelled

from triage.classifier.evaluate import bars
from triage.classifier.evaluate.robustness import CATEGORIES, DISGUISES, disguised, robustness
from triage.classifier.normalise import normalise

SPAN = "I will find you there, kill you"
THREAT = labelled(f"Dear Sir, {SPAN}. Regards", "threatening", category="threat_direct", span=SPAN)
LOSSY = {"masked vowels", "repeated letters"}
"""Which letter was masked, or whether it stood once or twice, only a reader can know."""


@pytest.mark.parametrize("kind", DISGUISES)
def test_a_disguise_changes_the_words_that_decide_and_nothing_else(kind: str) -> None:
    text = disguised(THREAT, kind)
    assert text != THREAT.text
    assert text.startswith("Dear Sir, ")
    assert text.endswith(". Regards")
    assert SPAN not in text
    assert text == disguised(THREAT, kind)


@pytest.mark.parametrize("kind", sorted(set(DISGUISES) - LOSSY))
def test_normalising_gives_the_words_back(kind: str) -> None:
    assert normalise(disguised(THREAT, kind)).text.split() == normalise(THREAT.text).text.split()


def test_the_ten_disguises_look_as_people_write_them() -> None:
    assert {kind: disguise("kill you, house") for kind, disguise in DISGUISES.items()} == {
        "leet": "k1ll y0u, h0u5e",
        "spaced letters": "k i l l   y o u,   h o u s e",
        "zero-width between letters": "k\u200bi\u200bl\u200bl y\u200bo\u200bu, "
        "h\u200bo\u200bu\u200bs\u200be",
        "look-alikes": "kіll уоu, hоusе",
        "repeated letters": "kiiiill yoooou, hoooouse",
        "masked vowels": "k*ll y*u, h*use",
        "full-width": "ｋｉｌｌ ｙｏｕ， ｈｏｕｓｅ",
        "dots between letters": "k.i.l.l y.o.u, h.o.u.s.e",
        "mixed case": "kIlL yOu, hOuSe",
        "soft hyphen": "k\u00adi\u00adl\u00adl y\u00ado\u00adu, h\u00ado\u00adu\u00ads\u00ade",
    }


def test_a_model_that_knows_one_word_loses_it_where_the_word_cannot_be_read() -> None:
    row = labelled("the wolves know", "threatening", category="threat_veiled", span="wolves")
    found = robustness(SpokenFor(lambda text: 0.9 if "wolves" in text else 0.1), [row])
    assert found["plain_recall"] == 1.0
    assert found["kinds"]["masked vowels"] == {"recall": 0.0, "kept": 0.0}
    assert found["kinds"]["zero-width between letters"] == {"recall": 1.0, "kept": 1.0}
    lost = {one.name for one in bars({"robustness": found}) if one.met is False}
    assert "recall kept, masked vowels" in lost
    assert "recall kept, look-alikes" not in lost


def test_what_is_kept_is_counted_from_what_was_found_plain() -> None:
    missed = labelled("the wolves know", "threatening", category="threat_veiled", span="wolves")
    found = robustness(SpokenFor(lambda text: float("kill" in text)), [THREAT, missed])
    assert found["plain_recall"] == 0.5
    assert found["kinds"]["soft hyphen"] == {"recall": 0.5, "kept": 1.0}


def test_where_nothing_is_found_plain_nothing_is_said_to_be_kept() -> None:
    found = robustness(SpokenFor(lambda text: 0.0), [THREAT])
    assert {one["kept"] for one in found["kinds"].values()} == {None}
    assert True not in {one.met for one in bars({"robustness": found})}


def test_only_threats_with_a_marked_span_are_disguised() -> None:
    others = [
        labelled("k1ll you", "threatening", category="threat_obfuscated", span="k1ll"),
        labelled("thank you", category="ordinary"),
        labelled("I will kill you", "threatening", category=CATEGORIES[0]),
    ]
    assert robustness(SpokenFor(lambda text: 1.0), others)["rows"] == 0
    assert robustness(SpokenFor(lambda text: 1.0), [*others, THREAT])["rows"] == 1
