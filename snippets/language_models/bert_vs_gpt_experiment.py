"""Letters predicted from the left alone and from both sides, by counting, on held-out text.

The text is what scikit-learn ships as descriptions of its data sets. Run
``OMP_NUM_THREADS=1 PYTHONPATH=. python snippets/language_models/bert_vs_gpt_experiment.py`` to write the
JSON beside this file.
"""

import json
import math
import platform
import re
from collections import Counter
from pathlib import Path

import sklearn
from sklearn import datasets

TRAIN = ["twenty_newsgroups", "breast_cancer", "lfw", "rcv1", "olivetti_faces", "california_housing",
         "species_distributions", "diabetes", "covtype"]
HELD_OUT = ["kddcup99", "wine_data", "iris", "digits"]
LEFT = [-1, -2, -3, -4]  # nearest first
BOTH = [-1, 1, -2, 2]
STRENGTH = 5.0  # how many counts the prediction from one letter less is worth


def text(names: list[str]) -> str:
    """Lower-case letters and single spaces, from lines of at least five words."""
    folder = Path(datasets.__file__).with_name("descr")
    lines = [line for name in names
             for line in (folder / f"{name}.rst").read_text(encoding="utf-8").splitlines()]
    long = [line for line in lines if len(re.findall(r"\b[A-Za-z]{2,}\b", line)) >= 5]
    return re.sub("[^a-z]+", " ", " ".join(long).lower())


def bits(seen: str, unseen: str, offsets: list[int]) -> float:
    """Bits per letter of ``unseen`` given the letters at ``offsets``, counts interpolated by length.

    P(x | c) = (n(c, x) + s P(x | c without its farthest letter)) / (n(c) + s), from 1 / 27 on.
    """
    edge = 4
    contexts = [Counter() for _ in range(len(offsets) + 1)]
    letters = [Counter() for _ in range(len(offsets) + 1)]
    for t in range(edge, len(seen) - edge):
        for n in range(len(offsets) + 1):
            context = "".join(seen[t + offset] for offset in offsets[:n])
            contexts[n][context] += 1
            letters[n][context + seen[t]] += 1
    total = 0.0
    for t in range(edge, len(unseen) - edge):
        prob = 1 / 27
        for n in range(len(offsets) + 1):
            context = "".join(unseen[t + offset] for offset in offsets[:n])
            prob = (letters[n][context + unseen[t]] + STRENGTH * prob) / (contexts[n][context] + STRENGTH)
        total -= math.log2(prob)
    return total / (len(unseen) - 2 * edge)


def run() -> dict:
    """Bits per letter for 0 to 4 letters of context, nearest first."""
    seen, unseen = text(TRAIN), text(HELD_OUT)
    return {"train_letters": len(seen), "held_out_letters": len(unseen),
            "left": [bits(seen, unseen, LEFT[:n]) for n in range(5)],
            "both": [bits(seen, unseen, BOTH[:n]) for n in range(5)]}


if __name__ == "__main__":
    measured = run() | {"python": platform.python_version(), "sklearn": sklearn.__version__}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    print(path.read_text())
