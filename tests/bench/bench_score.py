"""How fast the shipped model scores, on one core. Floor: 500 messages a second, single p95 20 ms.

OMP_NUM_THREADS=1 taskset -c 0 python tests/bench/bench_score.py [messages]
"""

import random
import resource
import sys
import time

import numpy as np

SENTENCES = [
    "I am writing about the street light outside number twelve, which has been out since May.",
    "Please could you tell me which committee decides this, and when it next meets?",
    "Nobody has answered my last three letters and frankly I am losing patience with you all.",
    "Under the Act I would like a copy of every e-mail about the new crossing in Alder Lane.",
    "My mother is 83 and cannot walk to the other bus stop, so this matters a great deal to us.",
    "The link on the page is dead and the form says error 500 each time I press the button.",
    "Thank you for looking into it so quickly, it really has made a difference on our road!",
    "You people are a waste of money and should be ashamed of yourselves for this mess.",
    "Could someone ring me on 020 7946 0991 before Friday about the planning notice?",
    "We counted 340 cars in one hour on Tuesday; the council's own figure was 210.",
]
LENGTH = 500


def message(source: random.Random) -> str:
    """About ``LENGTH`` characters of the words above, in an order of its own: the scorer
    hashes a sentence that comes again once only."""
    parts = [f"Reference {source.randrange(10**6)}."]
    while sum(map(len, parts)) < LENGTH - 40:
        words = source.choice(SENTENCES)[:-1].split()
        at = source.randrange(len(words))
        parts.append(" ".join([*words[at:], *words[:at]]) + f" {source.randrange(10**4)}.")
    return " ".join(parts)


def main(count: int) -> None:
    """Print the figures."""
    started = time.perf_counter()
    import sklearn.feature_extraction.text  # noqa: F401

    from triage.classifier import load

    imported = time.perf_counter()
    scorer = load()
    loaded = time.perf_counter()
    source = random.Random(7)
    texts = [message(source) for _ in range(count)]
    began = time.perf_counter()
    found = scorer.score(texts)
    spent = time.perf_counter() - began
    single = []
    for text in texts[:1000]:
        at = time.perf_counter()
        scorer.score([text])
        single.append((time.perf_counter() - at) * 1000)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    flagged = sum(one.flagged for one in found) / count
    p50, p95 = np.percentile(single, [50, 95])
    sys.stdout.write(
        f"imports {imported - started:.2f} s, load {loaded - imported:.2f} s\n"
        f"{count} messages of {sum(map(len, texts)) / count:.0f} characters: "
        f"{count / spent:.0f} a second ({flagged:.0%} flagged and explained)\n"
        f"single: p50 {p50:.1f} ms, p95 {p95:.1f} ms\n"
        f"peak memory {peak:.0f} MB\n"
    )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
