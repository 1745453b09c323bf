"""The corpus is what its card says: shares, split, duplicates, labels, spans, addresses.

Each check takes all messages and gives what is wrong, in words that name rows and never quote
them. Each is also shown a spoiled copy, in which it must find something.
"""

import json
import re
import shutil
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest

from triage.classifier.assessment import LABELS
from triage.classifier.datasets import read_corpus

CORPUS = Path(__file__).parents[2] / "data" / "corpus"
PARTS = ("train", "test")
QUOTAS = {
    "threat_direct": 500,
    "threat_conditional": 350,
    "threat_veiled": 700,
    "threat_stalking": 300,
    "threat_incitement": 150,
    "threat_obfuscated": 300,
    "threat_buried": 350,
    "insult": 450,
    "identity": 350,
    "sexual": 220,
    "coercion": 180,
    "welfare": 200,
    "angry_complaint": 600,
    "reported_threat": 400,
    "negated": 180,
    "idiom": 350,
    "profanity": 180,
    "foi_crime": 350,
    "legal_press": 260,
    "technical": 120,
    "own_identity": 200,
    "ordinary": 400,
}
"""Messages wanted of each category, over both parts."""
ENOUGH = 0.9
POSITIVE = (0.45, 0.62)
LEAST_VOICES = 16
OPENING_SHARE = 0.01
SHINGLE = 4
SHORTEST_COMPARED = 6
OVERLAP = 0.5
NEAR_DUPLICATES_BORNE = 5
FIELDS = {"id", "text", "labels", "category", "voice", "span"}
LABEL_OF = {
    "insult": "aggressive",
    "identity": "offensive",
    "sexual": "otherwise_inappropriate",
    "coercion": "otherwise_inappropriate",
    "welfare": "welfare",
} | {name: "threatening" for name in QUOTAS if name.startswith("threat_")}
"""The label that a category always carries; those not named here carry none at all."""

Entry = dict[str, Any]
Files = dict[str, list[Entry]]
"""``train/calls`` -> its rows."""


@dataclass(frozen=True, slots=True)
class Message:
    part: str
    file: str
    entry: Entry

    @property
    def id(self) -> str:
        return str(self.entry["id"])

    @property
    def text(self) -> str:
        return str(self.entry["text"])

    @property
    def words(self) -> list[str]:
        return re.findall(r"[^\W_]+(?:'[^\W_]+)*", self.text.casefold().replace("’", "'"))


Check = Callable[[Sequence[Message]], list[str]]


def read_files(corpus: Path) -> Files:
    return {
        f"{part}/{file.stem}": [
            json.loads(line) for line in file.read_text("utf-8").splitlines() if line
        ]
        for part in PARTS
        for file in sorted((corpus / part).glob("*.jsonl"))
    }


def messages_of(files: Files) -> list[Message]:
    return [
        Message(name.split("/")[0], name.split("/")[1], entry)
        for name, entries in files.items()
        for entry in entries
    ]


# -- the checks


def rows_are_of_one_shape(messages: Sequence[Message]) -> list[str]:
    wrong = [
        f"{one.file}: {one.id}: fields"
        for one in messages
        if set(one.entry) != FIELDS
        or not all(str(one.entry[name]).strip() for name in ("id", "text", "voice"))
        or not one.id.startswith(f"{one.file}-")
    ]
    counts = Counter(one.id for one in messages)
    return wrong + [
        f"{name}: {count} rows have this id" for name, count in counts.items() if count > 1
    ]


def each_category_has_its_share(messages: Sequence[Message]) -> list[str]:
    counts = Counter(one.entry["category"] for one in messages)
    short = [
        f"{name}: {counts[name]} of {quota}"
        for name, quota in QUOTAS.items()
        if counts[name] < ENOUGH * quota
    ]
    return short + [f"{name}: no such category" for name in counts if name not in QUOTAS]


def each_category_is_in_both_parts(messages: Sequence[Message]) -> list[str]:
    there = {(one.part, one.entry["category"]) for one in messages}
    return [
        f"{name}: none in {part}" for part in PARTS for name in QUOTAS if (part, name) not in there
    ]


def harmful_and_harmless_are_balanced(messages: Sequence[Message]) -> list[str]:
    wrong = []
    for part in PARTS:
        held = [bool(one.entry["labels"]) for one in messages if one.part == part]
        share = sum(held) / max(1, len(held))
        if not POSITIVE[0] <= share <= POSITIVE[1]:
            wrong.append(f"{part}: {share:.1%} carry a label")
    return wrong


def there_are_enough_voices(messages: Sequence[Message]) -> list[str]:
    count = len({one.entry["voice"] for one in messages})
    return [f"{count} voices"] if count < LEAST_VOICES else []


def voices_and_files_are_in_one_part(messages: Sequence[Message]) -> list[str]:
    voices, files = defaultdict(set), defaultdict(set)
    for one in messages:
        voices[one.entry["voice"]].add(f"{one.part}/{one.file}")
        files[one.file].add(one.part)
    return [
        f"{name}: in {sorted(places)}"
        for name, places in [*voices.items(), *files.items()]
        if len(places) > 1
    ]


def no_text_stands_twice(messages: Sequence[Message]) -> list[str]:
    seen: dict[str, Message] = {}
    wrong = []
    for one in messages:
        # A text of signs alone has no words: its signs are compared.
        key = " ".join(one.words) or "".join(one.text.split())
        first = seen.setdefault(key, one)
        if first is not one:
            wrong.append(f"{first.part}/{first.id} and {one.part}/{one.id}")
    return wrong


def few_texts_are_nearly_the_same(messages: Sequence[Message]) -> list[str]:
    """None across the parts; within one, no more than a handful."""
    across: list[str] = []
    within: list[str] = []
    for first, second, share in overlaps(messages):
        found = across if first.part != second.part else within
        found.append(f"{first.id} and {second.id}: {share:.2f}")
    return across + (within if len(within) > NEAR_DUPLICATES_BORNE else [])


def openings_differ(messages: Sequence[Message]) -> list[str]:
    counts = Counter(" ".join(one.words[:4]) for one in messages if len(one.words) >= 4)
    return [
        f"{count} rows begin alike"
        for count in counts.values()
        if count > OPENING_SHARE * len(messages)
    ]


def labels_are_of_the_five(messages: Sequence[Message]) -> list[str]:
    return [
        f"{one.id}: {one.entry['labels']}"
        for one in messages
        if not set(one.entry["labels"]) <= set(LABELS)
        or len(set(one.entry["labels"])) != len(one.entry["labels"])
    ]


def labels_agree_with_the_category(messages: Sequence[Message]) -> list[str]:
    wrong = []
    for one in messages:
        category, labels = one.entry["category"], one.entry["labels"]
        needed = LABEL_OF.get(category)
        if (needed and needed not in labels) or (not needed and labels):
            wrong.append(f"{one.id}: {category} with {labels}")
    return wrong


def spans_are_in_the_text(messages: Sequence[Message]) -> list[str]:
    wrong = []
    for one in messages:
        span, labels = one.entry["span"], one.entry["labels"]
        good = bool(span) and span in one.text if labels else span is None
        if not good:
            wrong.append(f"{one.id}: span")
    return wrong


def addresses_are_reserved(messages: Sequence[Message]) -> list[str]:
    """Names under which nobody can be reached: RFC 2606."""
    return [
        f"{one.id}: an address"
        for one in messages
        for host in hosts_in(one.text)
        if not RESERVED_HOST.search(host)
    ]


def telephone_numbers_are_reserved(messages: Sequence[Message]) -> list[str]:
    """Numbers that Ofcom keeps for drama, said in digits or in words."""
    return [
        f"{one.id}: a telephone number"
        for one in messages
        for number in numbers_in(one.text)
        if not RESERVED_NUMBER.fullmatch(number)
    ]


CHECKS: tuple[Check, ...] = (
    rows_are_of_one_shape,
    each_category_has_its_share,
    each_category_is_in_both_parts,
    harmful_and_harmless_are_balanced,
    there_are_enough_voices,
    voices_and_files_are_in_one_part,
    no_text_stands_twice,
    few_texts_are_nearly_the_same,
    openings_differ,
    labels_are_of_the_five,
    labels_agree_with_the_category,
    spans_are_in_the_text,
    addresses_are_reserved,
    telephone_numbers_are_reserved,
)


# -- what the checks stand on

ENDINGS = "com|org|net|uk|info|io|eu|ie|biz|gov|co|app|dev|tv|de|fr|ru|onion|xyz"
HOST = re.compile(
    rf"(?:https?://|www\.|\w@)([\w.-]+)|\b((?:[a-z0-9-]+\.)+(?:{ENDINGS}))\b", re.IGNORECASE
)
SPOKEN_HOST = re.compile(rf"\b([a-z]+(?: dot [a-z]+)* dot (?:{ENDINGS}))\b", re.IGNORECASE)
RESERVED_HOST = re.compile(
    r"(?:^|\.)(?:example(?:\.(?:com|org|net))?|test|invalid)\.?$", re.IGNORECASE
)
NUMBER = re.compile(r"(?<!\w)(?:\+|\(?0)\d?(?:[ ().-]{0,2}\d){8,}")
RESERVED_NUMBER = re.compile(
    r"0(?:2079460|11[3-8]4960|1[2-6]14960|1914980|2896496|2920180|1632960|7700900"
    r"|8081570|9098790|3069990)\d{3}"
)
DIGITS = {
    word: str(value)
    for value, words in enumerate(
        ("oh zero nought", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
    )
    for word in words.split()
} | {"hundred": "00"}
SPOKEN_NUMBER = re.compile(
    rf"(?:\b(?:{'|'.join(DIGITS)}|double|treble)\b[\s,.-]*){{8,}}", re.IGNORECASE
)


def hosts_in(text: str) -> Iterator[str]:
    for found in HOST.finditer(text):
        host = (found[1] or found[2]).rstrip(".")
        # "cr0wb@r" is a word in disguise and no address.
        if "." in host or found[0].lower().startswith("http"):
            yield host
    for found in SPOKEN_HOST.finditer(text):
        yield found[1].replace(" dot ", ".")


def numbers_in(text: str) -> Iterator[str]:
    """Digits alone, with 0 for +44."""
    for found in NUMBER.finditer(SPOKEN_NUMBER.sub(_digits, text)):
        digits = re.sub(r"\D", "", found[0])
        yield "0" + digits[2:] if found[0].startswith("+44") else digits


def _digits(found: re.Match[str]) -> str:
    times, said = 1, ""
    for word in re.findall(r"[a-z]+", found[0].lower()):
        if word in ("double", "treble"):
            times = 2 if word == "double" else 3
        else:
            said += DIGITS[word] * times
            times = 1
    return said + " "


def overlaps(messages: Sequence[Message]) -> Iterator[tuple[Message, Message, float]]:
    """Pairs that share more than OVERLAP of the shorter one's four-word runs."""
    runs: list[set[tuple[str, ...]]] = []
    holders = defaultdict(list)
    for at, one in enumerate(messages):
        words = one.words
        runs.append(
            {tuple(words[start : start + SHINGLE]) for start in range(len(words) - SHINGLE + 1)}
            if len(words) >= SHORTEST_COMPARED
            else set()
        )
        for run in runs[at]:
            holders[run].append(at)
    shared = Counter(pair for held in holders.values() for pair in combinations(held, 2))
    for (first, second), count in shared.items():
        share = count / min(len(runs[first]), len(runs[second]))
        if share > OVERLAP:
            yield messages[first], messages[second], share


# -- the corpus passes


@pytest.fixture(scope="module")
def messages() -> list[Message]:
    return messages_of(read_files(CORPUS))


@pytest.mark.parametrize("check", CHECKS, ids=lambda one: one.__name__)
def test_the_corpus_holds(check: Check, messages: list[Message]) -> None:
    assert check(messages) == []


def test_training_reads_every_row(messages: list[Message]) -> None:
    assert sum(len(read_corpus(CORPUS / part)) for part in PARTS) == len(messages)


def test_the_card_counts_what_is_there(messages: list[Message]) -> None:
    card = (CORPUS / "README.md").read_text("utf-8")
    table = {
        found[1]: (int(found[2]), int(found[3]))
        for found in re.finditer(r"^\| (\w+) \| (\d+) \| (\d+) \|", card, re.MULTILINE)
    }
    counts = Counter((one.entry["category"], one.part) for one in messages)
    there = {name: tuple(counts[name, part] for part in PARTS) for name in QUOTAS}
    assert table == there
    voices = {(one.file, one.entry["voice"]) for one in messages}
    by_part = Counter(one.part for one in messages)
    for said in (
        f"{len(messages):,} messages",
        f"{len(voices)} voices",
        *(f"{by_part[part]:,} to {part}" for part in PARTS),
    ):
        assert said in card
    for name in {one.file for one in messages}:
        assert f"| {name} |" in card


def test_the_guide_names_every_label_and_category() -> None:
    guide = (CORPUS / "LABELLING.md").read_text("utf-8")
    assert [name for name in (*LABELS, *QUOTAS) if f"`{name}`" not in guide] == []


# -- each check can fail


def first(files: Files, part: str, *, labelled: bool = True) -> Entry:
    """The first longer row of a part that carries a label, or none."""
    return next(
        entry
        for name, entries in files.items()
        for entry in entries
        if name.startswith(part)
        and bool(entry["labels"]) == labelled
        and 20 <= len(entry["text"].split()) <= 60
    )


def anywhere(files: Files) -> Iterator[Entry]:
    for entries in files.values():
        yield from entries


def change(**given: Any) -> Callable[[Files], None]:
    """Other values in one labelled row."""

    def spoil(files: Files) -> None:
        first(files, "train").update(given)

    return spoil


def write(text: str) -> Callable[[Files], None]:
    """A sentence more in one harmless row."""

    def spoil(files: Files) -> None:
        first(files, "train", labelled=False)["text"] += f" {text}"

    return spoil


def drop_a_category(files: Files) -> None:
    for entries in files.values():
        entries[:] = [one for one in entries if one["category"] != "technical"]


def drop_a_category_from_one_part(files: Files) -> None:
    for name, entries in files.items():
        if name.startswith("test"):
            entries[:] = [one for one in entries if one["category"] != "negated"]


def drop_half_of_the_harmless(files: Files) -> None:
    for entries in files.values():
        entries[:] = [one for at, one in enumerate(entries) if one["labels"] or at % 2]


def lend_a_voice(files: Files) -> None:
    first(files, "test")["voice"] = first(files, "train")["voice"]


def put_a_file_into_both_parts(files: Files) -> None:
    name = next(iter(files))
    half = len(files[name]) // 2
    files[name.replace("train", "test")] = files[name][half:]
    files[name] = files[name][:half]


def fewer_voices(files: Files) -> None:
    for entry in anywhere(files):
        entry["voice"] = "everybody"


def copy_within_a_part(files: Files) -> None:
    entry = first(files, "train")
    other = next(one for one in files["train/users"] if one is not entry)
    other["text"] = entry["text"].upper().replace(",", " ") + " !"


def copy_across_the_parts(files: Files) -> None:
    first(files, "test")["text"] = first(files, "train")["text"]


def nearly_copy_across_the_parts(files: Files) -> None:
    first(files, "test")["text"] = first(files, "train")["text"] + " Yours, as ever, in haste."


def nearly_copy_within_a_part(files: Files) -> None:
    for entry in files["train/users"][: NEAR_DUPLICATES_BORNE + 1]:
        files["train/users"].append(entry | {"text": entry["text"] + " And so on."})


def begin_alike(files: Files) -> None:
    for at, entry in enumerate(anywhere(files)):
        if at % 50 == 0:
            entry["text"] = "Good morning to everybody. " + entry["text"]


def an_id_twice(files: Files) -> None:
    entries = files["train/users"]
    entries[1]["id"] = entries[0]["id"]


def a_label_for_the_harmless(files: Files) -> None:
    first(files, "train", labelled=False)["labels"] = ["aggressive"]


def a_span_for_the_harmless(files: Files) -> None:
    entry = first(files, "train", labelled=False)
    entry["span"] = entry["text"][:5]


SPOILED: tuple[tuple[Check, Callable[[Files], None]], ...] = (
    (rows_are_of_one_shape, an_id_twice),
    (rows_are_of_one_shape, change(note="by hand")),
    (rows_are_of_one_shape, change(voice=" ")),
    (each_category_has_its_share, drop_a_category),
    (each_category_has_its_share, change(category="threat_vague")),
    (each_category_is_in_both_parts, drop_a_category_from_one_part),
    (harmful_and_harmless_are_balanced, drop_half_of_the_harmless),
    (there_are_enough_voices, fewer_voices),
    (voices_and_files_are_in_one_part, lend_a_voice),
    (voices_and_files_are_in_one_part, put_a_file_into_both_parts),
    (no_text_stands_twice, copy_within_a_part),
    (no_text_stands_twice, copy_across_the_parts),
    (few_texts_are_nearly_the_same, nearly_copy_across_the_parts),
    (few_texts_are_nearly_the_same, nearly_copy_within_a_part),
    (openings_differ, begin_alike),
    (labels_are_of_the_five, change(labels=["threatening", "rude"])),
    (labels_are_of_the_five, change(labels=["threatening", "threatening"])),
    (labels_agree_with_the_category, change(labels=["welfare"], category="insult")),
    (labels_agree_with_the_category, a_label_for_the_harmless),
    (spans_are_in_the_text, change(span="words that are nowhere in it")),
    (spans_are_in_the_text, change(span=None)),
    (spans_are_in_the_text, change(span="")),
    (spans_are_in_the_text, a_span_for_the_harmless),
    (addresses_are_reserved, write("Write to clerk@town-hall.co.uk please.")),
    (addresses_are_reserved, write("See https://notexample.com/page today.")),
    (addresses_are_reserved, write("It stands on www.town-hall.gov.uk now.")),
    (addresses_are_reserved, write("It is on town-hall.org, see there.")),
    (addresses_are_reserved, write("norman at town dot org please")),
    (telephone_numbers_are_reserved, write("Ring 020 7946 1123.")),
    (telephone_numbers_are_reserved, write("Ring (01632) 961 118.")),
    (telephone_numbers_are_reserved, write("Ring +44 7700 901123.")),
    (telephone_numbers_are_reserved, write("oh seven seven double oh nine one one two three four")),
)


@pytest.mark.parametrize(
    ("check", "spoil"),
    SPOILED,
    ids=[f"{check.__name__}-{at}" for at, (check, _) in enumerate(SPOILED)],
)
def test_a_spoiled_copy_is_found_out(
    check: Check, spoil: Callable[[Files], None], tmp_path: Path
) -> None:
    shutil.copytree(CORPUS, tmp_path / "copy")
    files = read_files(tmp_path / "copy")
    spoil(files)
    for name, entries in files.items():
        lines = [json.dumps(one, ensure_ascii=False) + "\n" for one in entries]
        (tmp_path / "copy" / f"{name}.jsonl").write_text("".join(lines), "utf-8")
    assert check(messages_of(read_files(tmp_path / "copy"))) != []


def test_every_check_is_shown_a_spoiled_copy() -> None:
    assert {check for check, _ in SPOILED} == set(CHECKS)


@pytest.mark.parametrize(
    "text",
    [
        "a@example.org, b@mail.example.com. c@x.example https://www.example.net/y",
        "020 7946 0123, 07700 900 123, (01632) 960123, 0117 496 0123, +44 7700 900123",
        "oh seven seven double oh nine hundred one two four",
        "oh two oh seven nine four six oh one seven seven",
        "cr0wb@r at 09.15 on 01/02/2024, request 4127, log 0948-1017",
        "norman at example dot com",
    ],
)
def test_what_is_reserved_or_no_address_passes(text: str) -> None:
    one = Message("train", "x", {"id": "x-1", "text": text})
    assert addresses_are_reserved([one]) == []
    assert telephone_numbers_are_reserved([one]) == []
