"""Where noisy steps of Adam settle with L2 in the gradient and with decoupled decay.

Loss (w - 1)**2 / 2 with gradient w - 1 + sigma * noise, weight_decay 0.1: the penalized
minimum is 1 / 1.1. 400 independent weights per case, 20,000 steps with learning rate 0.01,
means over the second half. Writes adamw_experiment.json.
"""

import json
from pathlib import Path

import numpy as np

from snippets.optimization.adamw import adamw_step

SIGMAS = [0.1, 1.0, 3.0, 10.0, 30.0]


def settle(decoupled: bool, sigmas: list[float], curvature: float = 1.0, steps: int = 20_000,
           copies: int = 400, lr: float = 0.01, weight_decay: float = 0.1, seed: int = 0) -> dict:
    """Mean and root mean square of w, and mean of sqrt(v), per sigma, over the second half."""
    rng = np.random.default_rng(seed)
    sigma = np.array(sigmas)[:, None]
    w, m, v = (np.zeros((len(sigmas), copies)) for _ in range(3))
    total, square, root = (np.zeros(len(sigmas)) for _ in range(3))
    for t in range(1, steps + 1):
        grad = curvature * (w - 1) + sigma * rng.standard_normal(w.shape)
        w, m, v = adamw_step(w, grad, m, v, t, lr, weight_decay=weight_decay, decoupled=decoupled)
        if t > steps // 2:
            total += w.mean(axis=1)
            square += (w**2).mean(axis=1)
            root += np.sqrt(v).mean(axis=1)
    half = steps - steps // 2
    return {"mean": (total / half).tolist(), "rms": np.sqrt(square / half).tolist(),
            "root_v": (root / half).tolist()}


def main() -> None:
    result = {"sigmas": SIGMAS, "decay": 0.1, "lr": 0.01,
              "L2": settle(False, SIGMAS), "AdamW": settle(True, SIGMAS),
              "noise only": settle(True, SIGMAS[:2] + SIGMAS[-1:], curvature=0.0)}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
