"""What happens to the preferred answer's own probability while DPO widens the margin.

Writes dpo_experiment.json. A softmax over 200 answers per prompt with linear features; the
two answers of a pair have features with a given cosine. Plain gradient descent.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np

PROMPTS, ANSWERS, FEATURES, SEEDS = 4, 200, 32, 20
COSINES = [0.0, 0.5, 0.9, 0.98]
BETA, STEPS = 0.1, 1500


# --8<-- [start:train]
def train(features, nll=0.0, steps=STEPS, beta=BETA):
    """DPO on features (M, K, D): answer 0 preferred to 1, reference uniform.

    Returns, for each step, means over prompts: the margin of log-ratios, the change
    of log p of answer 0 and of answer 1, the largest other probability.
    """
    theta, rows = np.zeros(features.shape[2]), []
    direction = features[:, 0] - features[:, 1]  # (M, D)
    size = 1 / np.mean(np.sum(direction**2, axis=1))  # equal pace for every cosine
    for _ in range(steps):
        logits = features @ theta  # (M, K)
        logps = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
        start = -np.log(features.shape[1])
        margin = logps[:, 0] - logps[:, 1]
        rows.append([margin.mean(), logps[:, 0].mean() - start,
                     logps[:, 1].mean() - start,
                     np.exp(logps[:, 2:].max(axis=1)).mean()])
        weight = beta / (1 + np.exp(beta * margin))
        step = weight @ direction
        if nll:
            mean = np.einsum("mk,mkd->md", np.exp(logps), features)
            step = step + nll * beta * (features[:, 0] - mean).sum(axis=0)
        theta = theta + size * step
    return np.array(rows)
# --8<-- [end:train]


def problem(cosine, seed):
    """Unit features in random directions; answer 1 at the given cosine to answer 0."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((PROMPTS, ANSWERS, FEATURES))
    x /= np.linalg.norm(x, axis=2, keepdims=True)
    other = x[:, 1] - np.sum(x[:, 1] * x[:, 0], axis=1, keepdims=True) * x[:, 0]
    other /= np.linalg.norm(other, axis=1, keepdims=True)
    x[:, 1] = cosine * x[:, 0] + np.sqrt(1 - cosine**2) * other
    return x


def run(cosines=COSINES, seeds=range(SEEDS)):
    start, rows, at = time.process_time(), {}, np.linspace(0, 8, 33)
    for name, cosine, nll in [*((str(c), c, 0.0) for c in cosines), ("0.98 with NLL", 0.98, 0.02)]:
        curves, ends, others = [], [], []
        for seed in seeds:
            margin, chosen, rejected, other = train(problem(cosine, seed), nll).T
            curves.append([np.interp(at, margin, chosen), np.interp(at, margin, rejected)])
            ends.append(margin[-1])
            here = int(np.argmax(margin >= 5)) if margin[-1] >= 5 else len(margin) - 1
            others.append([other[here], chosen[here] < 0])
        mean = np.mean(curves, axis=0)
        rows[name] = {"margin": at.round(2).tolist(), "chosen": mean[0].round(4).tolist(),
                      "rejected": mean[1].round(4).tolist(), "reached": round(float(np.min(ends)), 2),
                      "fell": int(np.sum(np.array(others)[:, 1])),
                      "other": round(float(np.mean(others, axis=0)[0]), 3)}
    return {"rows": rows, "python": platform.python_version(), "numpy": np.__version__, "cores": 1,
            "seconds": round(time.process_time() - start, 1)}


if __name__ == "__main__":
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    for name, row in result["rows"].items():
        print(name, row["reached"], row["fell"], row["other"], row["chosen"][::4], row["rejected"][::4])
    print(result["seconds"], "seconds")
