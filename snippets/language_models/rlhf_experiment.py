"""Over-optimization of a learned reward, on a problem small enough for exact sums.

Writes rlhf_experiment.json. 2,000 responses with 20 features; the true reward is known and
the reward model is fitted by Bradley-Terry to noisy comparisons of responses drawn from the
reference. The optimal policy for the fitted reward is known in closed form for every beta.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np

RESPONSES, FEATURES, SEEDS = 2000, 20, 20
PAIRS = [50, 200, 1000]
BETAS = np.geomspace(10, 0.02, 40)


def fit(features, chosen, rejected, ridge=1.0):
    """Bradley-Terry with a linear reward: Newton on the penalized log-likelihood."""
    x, w = features[chosen] - features[rejected], np.zeros(features.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ w))
        hessian = (x * (p * (1 - p))[:, None]).T @ x + ridge * np.eye(len(w))
        w = w + np.linalg.solve(hessian, x.T @ (1 - p) - ridge * w)
    return w


# --8<-- [start:path]
def path(ref, proxy, gold, betas):
    """KL, proxy reward and gold reward of ref * exp(proxy / beta), per beta."""
    rows = []
    for beta in betas:
        logits = np.log(ref) + proxy / beta
        probs = np.exp(logits - logits.max())
        probs /= probs.sum()
        kl = np.sum(probs * (np.log(np.maximum(probs, 1e-300)) - np.log(ref)))
        rows.append([kl, probs @ proxy, probs @ gold])
    return np.array(rows).T
# --8<-- [end:path]


def problem(seed, pairs):
    """Reference, fitted reward and true reward; the fitted one sees only the features.

    The true reward is linear in the features, less a penalty that grows with the square of
    the first one beyond 0.5. Call it length: it helps up to 1, harms beyond, and the
    reference seldom makes it large.
    """
    rng = np.random.default_rng(seed)
    features = rng.standard_normal((RESPONSES, FEATURES))
    w = 0.5 * rng.standard_normal(FEATURES) / np.sqrt(FEATURES)
    w[0] = 1.5
    gold = features @ w - 1.5 * np.maximum(features[:, 0] - 0.5, 0) ** 2
    ref = np.exp(-features[:, 0] ** 2)
    ref /= ref.sum()
    one, two = rng.choice(RESPONSES, (2, pairs), p=ref)
    wins = rng.random(pairs) < 1 / (1 + np.exp(gold[two] - gold[one]))
    proxy = features @ fit(features, np.where(wins, one, two), np.where(wins, two, one))
    return ref, proxy - ref @ proxy, gold - ref @ gold


def run(pairs=PAIRS, seeds=range(SEEDS)):
    start, rows = time.process_time(), {}
    for count in pairs:
        curves, scores = [], []
        for seed in seeds:
            ref, proxy, gold = problem(seed, count)
            kl, proxy_mean, gold_mean = path(ref, proxy, gold, BETAS)
            at = np.linspace(0, 6.5, 27)
            kl, proxy_mean, gold_mean = (np.append(0, one) for one in (kl, proxy_mean, gold_mean))
            curves.append([np.interp(at, kl, proxy_mean), np.interp(at, kl, gold_mean)])
            scores.append([np.corrcoef(proxy, gold)[0, 1], kl[-1]])
        mean = np.mean(curves, axis=0)
        best = int(mean[1].argmax())
        rows[str(count)] = {
            "kl": at.round(2).tolist(), "proxy": mean[0].round(4).tolist(),
            "gold": mean[1].round(4).tolist(), "best_kl": round(float(at[best]), 2),
            "best_gold": round(float(mean[1][best]), 3), "last_gold": round(float(mean[1][-1]), 3),
            "last_proxy": round(float(mean[0][-1]), 3),
            "reached": round(float(np.min(scores, axis=0)[1]), 3),
            "fell": int(np.sum(np.array(curves)[:, 1, -1] < np.array(curves)[:, 1].max(axis=1) - 0.1)),
            "correlation": round(float(np.mean(scores, axis=0)[0]), 3)}
    return {"rows": rows, "python": platform.python_version(), "numpy": np.__version__, "cores": 1,
            "seconds": round(time.process_time() - start, 1)}


if __name__ == "__main__":
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    for count, row in result["rows"].items():
        print(count, {k: v for k, v in row.items() if k not in ("kl", "proxy", "gold")})
    print(result["seconds"], "seconds")
