"""What dividing by sqrt(D) does to the weights and to the gradient of the query.

Writes attention_experiment.json. One query against 64 keys, all standard normal; the gradient of
the output has unit variance along each value, so that every width is asked for the same change.
"""

import json
import math
import platform
import sys
import time
from pathlib import Path

import numpy as np

from snippets.transformers.attention import attention_backward, attention_weights

WIDTHS = [4, 16, 64, 256, 1024]
QUERIES, KEYS, CHUNK = 2000, 64, 50


# --8<-- [start:measure]
def measure(width: int, divide: bool, rng: np.random.Generator,
            queries: int = QUERIES) -> dict:
    """Largest weight, and size of the gradient at the query, over many queries.

    ``top_fifth`` is the share of the summed sizes that the largest fifth of them holds.
    """
    undo = 1.0 if divide else math.sqrt(width)  # a longer query undoes the division
    largest, norms = [], []
    for _ in range(queries // CHUNK):
        query = undo * rng.standard_normal((CHUNK, 1, width))
        key, value = rng.standard_normal((2, CHUNK, KEYS, width))
        grad_output = rng.standard_normal((CHUNK, 1, width)) / math.sqrt(width)
        largest += attention_weights(query, key).max(axis=-1).ravel().tolist()
        grad = undo * attention_backward(query, key, value, grad_output)[0]
        norms += np.linalg.norm(grad, axis=-1).ravel().tolist()
    norms = np.sort(norms)
    top_fifth = norms[-(len(norms) // 5):].sum() / norms.sum()
    return {"largest": np.mean(largest), "median": np.median(norms), "top_fifth": top_fifth,
            "root_mean_square": math.sqrt(np.mean(np.square(norms)))}
# --8<-- [end:measure]


def main() -> None:
    start = time.process_time()
    runs = {}
    for width in WIDTHS:
        for kind, divide in (("divided", True), ("plain", False)):
            one = measure(width, divide, np.random.default_rng(width))
            runs[f"{kind}, {width}"] = {key: round(float(value), 6) for key, value in one.items()}
            print(f"{kind:7}, {width:4}: " + ", ".join(f"{key} {value:.3g}" for key, value in one.items()))
    result = {"queries": QUERIES, "keys": KEYS, "runs": runs,
              "python": platform.python_version(), "numpy": np.__version__}
    Path(__file__).with_suffix(".json").write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print(f"{time.process_time() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
