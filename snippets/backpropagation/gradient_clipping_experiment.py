"""A cliff in two parameters, with and without clipping; and what one outlier does to Adam.

Writes gradient_clipping_experiment.json. Nothing is random: 63 starting points on a grid.
The recurrent unit is the kind of example with which Pascanu, Mikolov and Bengio show the
cliff, https://arxiv.org/abs/1211.5063.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np

STEPS, TIME, TARGET = 400, 50, 0.7
STARTS = [(w, b) for w in np.linspace(5, 6.5, 7) for b in np.linspace(-2.6, -1.8, 9)]
RULES = {"none": np.inf, "norm 1": 1.0, "norm 0.1": 0.1}


# --8<-- [start:unit]
def loss_and_grad(w: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, ...]:
    """Squared error of h_50, where h_0 = 0.5 and h_t = sigmoid(w h_(t-1) + b)."""
    h, dw, db = np.full_like(w, 0.5), np.zeros_like(w), np.zeros_like(w)
    for _ in range(TIME):
        new = 0.5 * (1 + np.tanh((w * h + b) / 2))
        slope = new * (1 - new)
        dw, db, h = slope * (h + w * dw), slope * (1 + w * db), new
    return (h - TARGET) ** 2, 2 * (h - TARGET) * dw, 2 * (h - TARGET) * db
# --8<-- [end:unit]


def descend(lr: float, max_norm: float, starts: list = STARTS) -> dict:
    """Losses (steps + 1, starts), gradient norms and the final points of gradient descent."""
    w, b = (np.array(column, dtype=np.float64) for column in zip(*starts, strict=True))
    losses, norms, biases = [], [], []
    for _ in range(STEPS + 1):
        loss, dw, db = loss_and_grad(w, b)
        norm = np.hypot(dw, db)
        losses.append(loss)
        norms.append(norm)
        biases.append(b)
        last = w, b
        scale = lr * np.minimum(1, max_norm / np.maximum(norm, 1e-300))
        w, b = w - scale * dw, b - scale * db
    return {"loss": np.array(losses), "norm": np.array(norms),
            "bias": np.array(biases), "end": np.array(last)}


def adam_steps(grads: np.ndarray) -> np.ndarray:
    """Length of Adam's step in units of lr for a sequence of gradients, default betas."""
    m, v, steps = 0.0, 0.0, []
    for t, g in enumerate(grads, start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        steps.append(m / (1 - 0.9**t) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8))
    return np.array(steps)


def run(rates: tuple = (0.03, 0.1, 0.3)) -> dict:
    """By rate and rule: share of starts that end below 0.01, and the largest gradient met."""
    start = time.process_time()
    table = {}
    for lr in rates:
        for name, max_norm in RULES.items():
            path = descend(lr, max_norm)
            table[f"{lr}, {name}"] = {"solved": int((path["loss"][-1] < 0.01).sum()),
                                      "norm": float(path["norm"].max()),
                                      "far": float(np.abs(path["end"]).max())}
    one = {name: descend(0.1, max_norm, [(5.5, -2.2)]) for name, max_norm in RULES.items()}
    grads = np.ones(12_000)
    calm = adam_steps(grads)
    grads[5_000] = 100.0
    outlier = adam_steps(grads)
    after = np.flatnonzero((outlier < 0.9) & (np.arange(12_000) > 5_000))
    return {"starts": len(STARTS), "table": table,
            "path": {name: [float(f"{v:.4g}") for v in p["loss"][:, 0]] for name, p in one.items()},
            "path_bias": {name: p["bias"][:, 0].round(3).tolist() for name, p in one.items()},
            "path_end": {name: p["end"][:, 0].round(3).tolist() for name, p in one.items()},
            "path_norm": {name: float(f"{p['norm'].max():.4g}") for name, p in one.items()},
            "adam": {"calm": round(float(calm[5_000]), 4), "at": round(float(outlier[5_000]), 4),
                     "smallest": round(float(outlier[5_000:].min()), 4),
                     "smallest_after": int(outlier[5_000:].argmin()),
                     "below_90_until": int(after.max() - 5_000),
                     "sum_extra": round(float((outlier - calm).sum()), 1)},
            "python": platform.python_version(), "numpy": np.__version__, "cores": 1,
            "seconds": round(time.process_time() - start, 1)}


if __name__ == "__main__":
    result = run()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
    for name, row in result["table"].items():
        print(f"{name:16} solved {row['solved']} of {result['starts']}, largest gradient "
              f"{row['norm']:.3g}, farthest parameter {row['far']:.3g}")
    print(result["path_end"], result["path_norm"], result["adam"])
    print(result["seconds"], "seconds")
