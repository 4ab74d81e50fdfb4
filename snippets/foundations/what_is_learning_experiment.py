"""Five learners, three tasks on eleven bits, and every input that was not trained on.

Tasks: the majority of the bits, their parity, and a coin flip per input. Learners: a
lookup table, the nearest stored example, one logistic unit, a small network, and a
solver that looks for parities only. Writes what_is_learning_experiment.json.
"""

import json
import os
import platform
import time
from pathlib import Path

import numpy as np

from snippets.foundations.what_is_learning import accuracy, answer, learn, look_up, memorize

BITS, SIZES, HELD_OUT = 11, (10, 30, 100, 300, 1000), 1048


def nearest(inputs, targets, queries):
    """The target of the stored example with the fewest different bits, the first of equals."""
    return targets[(queries @ inputs.T).argmax(axis=1)]


def network(inputs, targets, queries, rng, hidden=32, steps=2000, lr=0.01):
    """Answers of a network with one tanh layer, trained with Adam on all examples."""
    d = inputs.shape[1]
    params = [rng.standard_normal((d, hidden)) / np.sqrt(d), np.zeros(hidden),
              rng.standard_normal(hidden) / np.sqrt(hidden), np.zeros(1)]
    first = [np.zeros_like(p) for p in params]
    second = [np.zeros_like(p) for p in params]
    for step in range(1, steps + 1):
        h = np.tanh(inputs @ params[0] + params[1])
        probs = 0.5 * (1 + np.tanh((h @ params[2] + params[3]) / 2))
        error = (probs - targets) / len(targets)
        back = np.outer(error, params[2]) * (1 - h**2)
        grads = (inputs.T @ back, back.sum(axis=0), h.T @ error, error.sum(keepdims=True))
        for p, m, v, g in zip(params, first, second, grads, strict=True):
            m += 0.1 * (g - m)
            v += 0.001 * (g**2 - v)
            p -= lr * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
    return [((np.tanh(x @ params[0] + params[1]) @ params[2] + params[3]) > 0).astype(np.int64)
            for x in queries]


def solve_parity(bits, targets):
    """A subset and a constant whose sum modulo 2 gives the targets, or None if there is none.

    Gaussian elimination over the field with two elements; free unknowns are 0.
    """
    rows = np.column_stack([bits, np.ones(len(bits), dtype=np.int64), targets]) % 2
    unknowns, at, pivots = rows.shape[1] - 1, 0, []
    for column in range(unknowns):
        found = np.flatnonzero(rows[at:, column])
        if len(found) == 0:
            continue
        rows[[at, at + found[0]]] = rows[[at + found[0], at]]
        others = np.flatnonzero(rows[:, column])
        rows[others[others != at]] ^= rows[at]
        pivots.append(column)
        at += 1
        if at == len(rows):
            break
    if rows[at:, -1].any():
        return None
    solution = np.zeros(unknowns, dtype=np.int64)
    solution[pivots] = rows[:at, -1]
    return solution


def parity_answers(bits, targets, queries):
    """Answers of the solved parity; without one, the more frequent target."""
    solution = solve_parity(bits, targets)
    if solution is None:
        return [np.full(len(q), int(2 * targets.sum() >= len(targets))) for q in queries]
    return [(q @ solution[:-1] + solution[-1]) % 2 for q in queries]


def compare(seed, sizes):
    """{task: {learner: [[accuracy on trained, on never seen] per size]}}."""
    rng = np.random.default_rng(seed)
    bits = (np.arange(2**BITS, dtype=np.int64)[:, None] >> np.arange(BITS)) & 1
    x = 2.0 * bits - 1
    labels = {"majority": (bits.sum(axis=1) > BITS // 2).astype(np.int64),
              "parity": bits.sum(axis=1) % 2,
              "coin": rng.integers(0, 2, len(bits))}
    order = rng.permutation(len(bits))
    unseen, result = order[-HELD_OUT:], {}
    for task, y in labels.items():
        result[task] = {name: [] for name in ("table", "nearest", "unit", "network", "parity solver")}
        for n in sizes:
            train = order[:n]
            parts = [x[train], x[unseen]]
            table = memorize(parts[0], y[train])
            weight, bias = learn(parts[0], y[train])
            answers = {
                "table": [look_up(table, part) for part in parts],
                "nearest": [nearest(parts[0], y[train], part) for part in parts],
                "unit": [answer(weight, bias, part) for part in parts],
                "network": network(parts[0], y[train], parts, rng),
                "parity solver": parity_answers(bits[train], y[train], [bits[train], bits[unseen]]),
            }
            for name, (a, b) in answers.items():
                result[task][name].append([accuracy(a, y[train]), accuracy(b, y[unseen])])
    return result


def run(seeds=10, sizes=SIZES):
    """All seeds; accuracies as {task: {learner: array (seeds, sizes, 2)}}."""
    start = time.time()
    runs = [compare(seed, sizes) for seed in range(seeds)]
    return {
        "bits": BITS, "sizes": list(sizes), "seeds": seeds, "held_out": HELD_OUT,
        "accuracy": {task: {name: [r[task][name] for r in runs] for name in runs[0][task]}
                     for task in runs[0]},
        "python": platform.python_version(), "numpy": np.__version__,
        "cores": os.cpu_count(), "seconds": round(time.time() - start, 1),
    }


if __name__ == "__main__":
    result = run()
    for task, learners in result["accuracy"].items():
        for name, values in learners.items():
            mean, spread = np.mean(values, axis=0), np.std(values, axis=0)
            print(f"{task:9} {name:14}", "  ".join(
                f"{n}: {m[0]:.3f} / {m[1]:.3f} ± {s[1]:.3f}"
                for n, m, s in zip(result["sizes"], mean, spread, strict=True)))
    print(result["seconds"], "seconds")
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
