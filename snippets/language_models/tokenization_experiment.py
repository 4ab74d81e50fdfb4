"""Bytes per token against vocabulary size, on text that was not trained on, and in other languages.

The English text is what scikit-learn ships as descriptions of its data sets. Run
``OMP_NUM_THREADS=1 PYTHONPATH=. python snippets/language_models/tokenization_experiment.py`` to write
the JSON beside this file.
"""

import json
import platform
import re
import time
from pathlib import Path

import sklearn
from sklearn import datasets

from snippets.language_models.tokenization import encode, train

TRAIN = ["twenty_newsgroups", "breast_cancer", "lfw", "rcv1", "olivetti_faces", "california_housing",
         "species_distributions", "diabetes", "covtype"]
HELD_OUT = ["kddcup99", "wine_data", "iris", "digits"]
SIZES = [256, 320, 384, 512, 768, 1024, 1519]  # no pair occurs twice after 1,519
# The first sentence of the Universal Declaration of Human Rights, and its translations.
RIGHTS = {
    "English": "All human beings are born free and equal in dignity and rights.",
    "German": "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
    "Greek": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "Hindi": "सभी मनुष्यों को गौरव और अधिकारों के मामले में जन्मजात स्वतन्त्रता और समानता प्राप्त है।",
    "Chinese": "人人生而自由,在尊严和权利上一律平等。",
}


def text(names: list[str]) -> bytes:
    """Descriptions without tables and markup: lines of at least five words of letters."""
    folder = Path(datasets.__file__).with_name("descr")
    lines = [line.strip() for name in names
             for line in (folder / f"{name}.rst").read_text(encoding="utf-8").splitlines()]
    return "\n".join(line for line in lines if len(re.findall(r"\b[A-Za-z]{2,}\b", line)) >= 5).encode()


def run(sizes: list[int]) -> dict:
    """What is measured for each vocabulary size; the merges of a smaller one begin those of a larger."""
    seen, unseen = text(TRAIN), text(HELD_OUT)
    merges = train(seen, max(sizes))
    result: dict = {"train_bytes": len(seen), "held_out_bytes": len(unseen), "merges": len(merges)}
    for name, data in (("train", seen), ("held_out", unseen)):
        result[name] = [len(data) / len(encode(data, merges[: size - 256])) for size in sizes]
    used = [set(encode(unseen, merges[: size - 256])) for size in sizes]
    result["unused"] = [sum(i not in ids for i in range(256, size)) / max(1, size - 256)
                        for ids, size in zip(used, sizes, strict=True)]
    result["rights"] = {}
    for language, sentence in RIGHTS.items():
        data = sentence.encode()
        tokens = [len(encode(data, merges[: size - 256])) for size in sizes]
        result["rights"][language] = {"characters": len(sentence), "bytes": len(data), "tokens": tokens}
    return result


if __name__ == "__main__":
    start = time.process_time()
    measured = {"sizes": SIZES} | run(SIZES)
    measured |= {"seconds": round(time.process_time() - start, 1), "python": platform.python_version(),
                 "sklearn": sklearn.__version__}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(measured, indent=1) + "\n", encoding="utf-8")
    print(path.read_text())
