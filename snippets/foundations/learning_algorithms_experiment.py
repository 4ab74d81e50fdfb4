"""One network, one loss, six ways to get from the loss to an update, at equal cost.

Handwritten digits of scikit-learn, a network 64-64-64-10 with tanh. Cost is counted in
forward passes over a batch; a backward pass counts as two. Each method picks its
learning rate on the validation set, with another seed. Writes
learning_algorithms_experiment.json.
"""

import json
import os
import platform
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import sklearn
from sklearn.datasets import load_digits

SIZES, BATCH, DIRECTIONS = (64, 64, 64, 10), 64, 16
RATES = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0)
# name: (how the gradient is found, update rule, forward passes per step)
METHODS = {
    "backpropagation, SGD": ("backprop", "sgd", 3),
    "backpropagation, Adam": ("backprop", "adam", 3),
    "feedback alignment, SGD": ("feedback", "sgd", 3),
    "last layer only, SGD": ("last", "sgd", 2),
    "random direction, SGD": ("perturb", "sgd", 2),
    "16 random directions, SGD": ("strategies", "sgd", 2 * DIRECTIONS),
}


def data():
    """(inputs, targets) of 1,000 training, 297 validation and 500 test digits."""
    digits = load_digits()
    order = np.random.default_rng(0).permutation(len(digits.target))
    x, y = digits.data[order] / 8 - 1, digits.target[order]
    return (x[:1000], y[:1000]), (x[1000:1297], y[1000:1297]), (x[1297:], y[1297:])


def layers(theta):
    """Views of the flat parameters as [(weight, bias), …]."""
    out, at = [], 0
    for m, n in pairwise(SIZES):
        out.append((theta[at:at + m * n].reshape(m, n), theta[at + m * n:at + m * n + n]))
        at += m * n + n
    return out


def initial(rng):
    """Flat parameters, Glorot scaled, biases 0."""
    parts = []
    for m, n in pairwise(SIZES):
        parts += [rng.standard_normal(m * n) * np.sqrt(2 / (m + n)), np.zeros(n)]
    return np.concatenate(parts)


def forward(theta, x):
    """Activations of all layers; the last are logits."""
    acts, net = [x], layers(theta)
    for i, (weight, bias) in enumerate(net):
        z = acts[-1] @ weight + bias
        acts.append(z if i == len(net) - 1 else np.tanh(z))
    return acts


def cross_entropy(logits, y):
    """Mean loss and its gradient at the logits."""
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    grad = np.exp(log_probs)
    grad[np.arange(len(y)), y] -= 1
    return -log_probs[np.arange(len(y)), y].mean(), grad / len(y)


def gradient(how, theta, x, y, rng, feedback, eps=1e-4):
    """An estimate of the gradient of the batch's loss, flat.

    backprop is exact; feedback sends the error through fixed random matrices; last is
    exact in the last layer and zero below; perturb and strategies use losses only.
    """
    if how in ("perturb", "strategies"):
        k = 1 if how == "perturb" else DIRECTIONS
        total = np.zeros_like(theta)
        for _ in range(k):
            z = rng.standard_normal(len(theta))
            plus = cross_entropy(forward(theta + eps * z, x)[-1], y)[0]
            minus = cross_entropy(forward(theta - eps * z, x)[-1], y)[0]
            total += (plus - minus) / (2 * eps) * z
        return total / k
    acts = forward(theta, x)
    _, error = cross_entropy(acts[-1], y)
    net, parts = layers(theta), []
    for i in reversed(range(len(net))):
        parts.append(np.concatenate([(acts[i].T @ error).ravel(), error.sum(axis=0)]))
        if how == "last":
            parts.append(np.zeros(len(theta) - len(parts[0])))
            break
        if i:
            back = net[i][0] if how == "backprop" else feedback[i]
            error = (error @ back.T) * (1 - acts[i] ** 2)
    return np.concatenate(parts[::-1])


def accuracy(theta, x, y):
    """Share of digits recognized."""
    return float((forward(theta, x)[-1].argmax(axis=1) == y).mean())


def cosine(a, b):
    """Cosine of the angle between two flat gradients."""
    return float(a @ b / (np.linalg.norm(a) * np.linalg.norm(b) + 1e-30))


def train(method, lr, seed, budget, train_set, check, marks=()):
    """Train for a budget of forward passes; (final accuracy, [(passes, accuracy)], cosines).

    The cosines compare the estimate with the exact gradient of the same batch, averaged
    over the first and the last 20 of 100 evenly spaced looks.
    """
    how, rule, cost = METHODS[method]
    rng = np.random.default_rng(seed)
    theta = initial(rng)
    feedback = [rng.standard_normal(w.shape) * np.sqrt(2 / sum(w.shape)) for w, _ in layers(theta)]
    m, v = np.zeros_like(theta), np.zeros_like(theta)
    (x, y), steps, curve, cosines, left = train_set, budget // cost, [], [], list(marks)
    for step in range(1, steps + 1):
        while left and left[0] < step * cost:  # the accuracy before this step
            curve.append([left.pop(0), accuracy(theta, *check)])
        rows = rng.choice(len(x), BATCH, replace=False)
        grad = gradient(how, theta, x[rows], y[rows], rng, feedback)
        if marks and (step - 1) % max(1, steps // 100) == 0:
            cosines.append(cosine(grad, gradient("backprop", theta, x[rows], y[rows], rng, feedback)))
        if rule == "adam":
            m += 0.1 * (grad - m)
            v += 0.001 * (grad**2 - v)
            theta -= lr * (m / (1 - 0.9**step)) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)
        else:
            theta -= lr * grad
        if not np.isfinite(theta).all():
            return 0.0, curve, cosines
    final = accuracy(theta, *check)
    curve += [[mark, final] for mark in left]
    return final, curve, [float(np.mean(cosines[:20])), float(np.mean(cosines[-20:]))] if cosines else []


def slowdown(looks=(0, 20, 100, 300, 1000), lr=0.1, probes=60, eps=1e-4):
    """{step: how many times more steps one random direction needs than the gradient}.

    On a quadratic with Hessian H and gradient g the best step along -g lowers the loss by
    |g|^4 / (2 g'Hg); along z (z'g), z standard normal, E of the quadratic term is
    |g|^2 tr(H) + 2 g'Hg in place of g'Hg. The quotient is tr(H) |g|^2 / g'Hg + 2. The trace
    is estimated with random signs; the training set's loss, along a run of SGD.
    """
    (x, y), *_ = data()
    rng, signs, result = np.random.default_rng(0), np.random.default_rng(1), {}
    theta = initial(rng)

    def exact(at):
        return gradient("backprop", at, x, y, None, None)

    def curved(v):
        return (exact(theta + eps * v) - exact(theta - eps * v)) / (2 * eps)  # H v

    for step in range(max(looks) + 1):
        if step in looks:
            zs = [signs.choice([-1.0, 1.0], len(theta)) for _ in range(probes)]
            trace, g = np.mean([z @ curved(z) for z in zs]), exact(theta)
            result[str(step)] = float(trace * (g @ g) / (g @ curved(g)) + 2)
        rows = rng.choice(len(x), BATCH, replace=False)
        theta = theta - lr * gradient("backprop", theta, x[rows], y[rows], rng, None)
    return result


def run(seeds=3, budget=24_000, search_budget=6_000, methods=tuple(METHODS)):
    """Choose each method's learning rate, then train it with new seeds and test it."""
    start = time.time()
    train_set, validation, test = data()
    marks = [b for b in (30, 100, 300, 1000, 3000, 6000, 12_000, 24_000) if b <= budget]
    result = {}
    with np.errstate(all="ignore"):  # rates that are too large overflow, and lose
        for method in methods:
            found = {lr: train(method, lr, 100, search_budget, train_set, validation)[0] for lr in RATES}
            best = max(found, key=found.get)
            runs = [train(method, best, seed, budget, train_set, test, marks) for seed in range(seeds)]
            result[method] = {"lr": best, "validation": {str(k): v for k, v in found.items()},
                              "test": [r[0] for r in runs], "curves": [r[1] for r in runs],
                              "cosines": [r[2] for r in runs]}
    return {
        "parameters": len(initial(np.random.default_rng(0))), "seeds": seeds,
        "budget": budget, "search_budget": search_budget,
        "methods": result, "slowdown": slowdown(),
        "python": platform.python_version(), "numpy": np.__version__,
        "sklearn": sklearn.__version__, "cores": os.cpu_count(),
        "seconds": round(time.time() - start, 1),
    }


if __name__ == "__main__":
    result = run()
    print(result["parameters"], "parameters")
    for name, method in result["methods"].items():
        print(f"{name:26} lr {method['lr']:<6} test {np.mean(method['test']):.3f} "
              f"± {np.std(method['test']):.3f}  cosines {np.mean(method['cosines'], axis=0).round(4)}",
              [(b, round(a, 3)) for b, a in np.mean(method["curves"], axis=0)])
    print("steps along one random direction per step along the gradient", result["slowdown"])
    print(result["seconds"], "seconds")
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
