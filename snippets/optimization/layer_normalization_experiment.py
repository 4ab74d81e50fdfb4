"""How much an example's normalized features depend on who else is in the batch.

scikit-learn's 8x8 digits through one random layer of 64 units. For each of 50 examples the
root mean square change of its features over 200 random batches, divided by the features'
own root mean square of 1. Writes layer_normalization_experiment.json.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from snippets.optimization.layer_normalization import layer_norm, rms_norm

BATCHES = [2, 4, 8, 16, 32, 64, 256]


def batch_norm(h: np.ndarray) -> np.ndarray:
    """Training mode, no gain: statistics per feature over the batch."""
    return (h - h.mean(axis=0)) / np.sqrt(h.var(axis=0) + 1e-5)


def wobble(normalize, batch: int, examples: int = 50, draws: int = 200, seed: int = 0) -> float:
    """Deviation of an example's features over batches, root mean square over all."""
    rng = np.random.default_rng(seed)
    data = load_digits().data / 16
    h = (data - data.mean()) @ rng.normal(0, 0.25, (64, 64))
    squares = []
    for i in range(examples):
        outs = np.empty((draws, 64))
        for k in range(draws):
            rows = np.append(rng.integers(len(h), size=batch - 1), i)
            outs[k] = normalize(h[rows])[-1]
        squares.append(outs.var(axis=0).mean())
    return float(np.sqrt(np.mean(squares)))


def main() -> None:
    norms = {"batch": batch_norm, "layer": lambda h: layer_norm(h, np.ones(64), np.zeros(64)),
             "rms": lambda h: rms_norm(h, np.ones(64))}
    result = {"batches": BATCHES, "batch": [round(wobble(batch_norm, b), 4) for b in BATCHES]}
    for name in ("layer", "rms"):
        result[name] = [wobble(norms[name], b, examples=5, draws=20) for b in (2, 64)]
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
