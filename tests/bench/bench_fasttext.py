"""How fast fastText with character n-grams 3-5 is, on the messages of bench_score.py, one core.

fastText is no part of this project. It runs in an environment of its own, by its own command:

    python3 -m venv FOLDER && FOLDER/bin/pip install fasttext-wheel
    OMP_NUM_THREADS=1 taskset -c 0 FOLDER/bin/python tests/bench/bench_fasttext.py [messages]
"""

import random
import sys
import tempfile
import time
from pathlib import Path

from bench_score import message


def main(count: int) -> None:
    """Train on made-up labels, for the speed alone, and print the figure."""
    import fasttext

    source = random.Random(7)
    texts = [message(source) for _ in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.txt"
        labelled = (f"__label__{at % 5} {text}\n" for at, text in enumerate(texts[:2000]))
        rows.write_text("".join(labelled), encoding="utf-8")
        model = fasttext.train_supervised(
            str(rows), minn=3, maxn=5, wordNgrams=2, dim=100, bucket=2**18, epoch=2, thread=1,
            loss="ova", verbose=0,
        )  # fmt: skip
    began = time.perf_counter()
    for text in texts:
        # The package's own predict() fails on NumPy 2.
        model.f.predict(f"{text}\n", 5, 0.0, "strict")
    spent = time.perf_counter() - began
    sys.stdout.write(f"fastText: {count / spent:.0f} a second\n")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
