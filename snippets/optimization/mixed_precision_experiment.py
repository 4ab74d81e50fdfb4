"""A network trained with every tensor rounded to 16 bits, with and without the two remedies.

250 digits for training, 1,547 for testing, 64-32-10 ReLU, full batch, gradient descent with rate
0.5, 600 steps, 3 seeds. Products are computed in float32 and rounded once, as tensor cores do.
Then float16 without scaling again, with the gradient rounded in one place only. About fifteen
seconds on one core.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from snippets.optimization.mixed_precision import unscale, update_scale

STEPS, RATE, SEEDS, DIVISOR = 600, 0.5, 3, 8000.0
TRAIN = 250
RUNS = {  # storage, dynamic scaling, float32 master weights
    "float32": ("float32", False, True),
    "float16": ("float16", False, False),
    "float16, master": ("float16", False, True),
    "float16, scaling": ("float16", True, False),
    "float16, scaling, master": ("float16", True, True),
    "bfloat16": ("bfloat16", False, False),
    "bfloat16, master": ("bfloat16", False, True),
}
PLACES = ["at the logits", "at the logits, rows centered", "everywhere else"]  # where float16 rounds


def store(x: np.ndarray, name: str) -> np.ndarray:
    """x rounded to a format, kept as float32."""
    if name == "float16":
        with np.errstate(over="ignore"):
            return x.astype(np.float16).astype(np.float32)
    if name == "bfloat16":  # round to nearest even on the upper 16 bits
        bits = np.ascontiguousarray(x, np.float32).view(np.uint32)
        return ((bits + 0x7FFF + ((bits >> 16) & 1)) & 0xFFFF0000).view(np.float32)
    return x.astype(np.float32)


def gradients(weights, x, y, scale, name, place=None):
    """Loss, and the stored gradients of scale * loss / DIVISOR; share of those at the logits that is 0.

    With a ``place`` gradients are rounded only there; centered rows get their sum, zero, back.
    """
    logit_name = "float32" if place == "everywhere else" else name
    rest_name = "float32" if place in PLACES[:2] else name
    w1, w2 = (store(w, name) for w in weights)
    hidden = store(np.maximum(x @ w1, 0), name)
    logits = store(hidden @ w2, name)
    logits = logits - logits.max(axis=1, keepdims=True)  # loss in float32
    log_probs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    rows = np.arange(len(y))
    grad = np.exp(log_probs)
    grad[rows, y] -= 1
    at_logits = store(grad * np.float32(scale / DIVISOR / len(y)), logit_name)
    flushed = float(np.mean((at_logits == 0) & (grad != 0)))
    if place == "at the logits, rows centered":
        at_logits = at_logits - at_logits.mean(axis=1, keepdims=True)
    grad_hidden = store(at_logits @ w2.T, rest_name) * (hidden > 0)
    grads = [store(x.T @ grad_hidden, rest_name), store(hidden.T @ at_logits, rest_name)]
    return float(-log_probs[rows, y].mean()), grads, flushed


def train(run: str, seed: int, steps: int = STEPS, place: str | None = None) -> dict:
    """Losses, share of logit gradients flushed to zero, test accuracy."""
    name, scaling, keep_master = RUNS[run]
    digits = load_digits()
    order = np.random.default_rng(seed).permutation(len(digits.target))
    x, y = (digits.data[order] / 16).astype(np.float32), digits.target[order]
    rng = np.random.default_rng(100 + seed)
    weights = [(rng.standard_normal(s) * (2 / s[0]) ** 0.5).astype(np.float32) for s in ((64, 32), (32, 10))]
    scale, tracker, skipped, losses, flushed = (65536.0 if scaling else 1.0), 0, 0, [], []
    for _ in range(steps):
        loss, grads, zero = gradients(weights, x[:TRAIN], y[:TRAIN], scale, name, place)
        losses.append(loss)
        flushed.append(zero)
        grads, found = unscale(grads, scale / DIVISOR)  # the rate is that of the undivided loss
        if scaling:
            scale, tracker = update_scale(scale, tracker, found, growth_interval=200)
        if found:
            skipped += 1
            continue
        weights = [w - np.float32(RATE) * g for w, g in zip(weights, grads, strict=True)]
        if not keep_master:
            weights = [store(w, name) for w in weights]
    hidden = np.maximum(x[TRAIN:] @ weights[0], 0)
    accuracy = float(((hidden @ weights[1]).argmax(axis=1) == y[TRAIN:]).mean())
    return {"loss": losses[-1], "first": losses[0], "flushed": [flushed[0], flushed[-1]],
            "skipped": skipped, "scale": scale, "accuracy": accuracy, "losses": losses}


def jumps(seed: int, place: str, steps: int = STEPS) -> dict:
    """How often the loss rises by more than 0.05 in one of the steps after the 100th, and the highest."""
    losses = np.array(train("float16, master", seed, steps, place)["losses"][100:])
    return {"jumps": int((np.diff(losses) > 0.05).sum()), "highest": float(losses.max())}


if __name__ == "__main__":
    result = {run: [train(run, seed) for seed in range(SEEDS)] for run in RUNS}
    for each in result.values():
        for one in each:
            one["course"] = one.pop("losses")[::20]
    causes = {place: [jumps(seed, place) for seed in range(SEEDS)] for place in PLACES}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps({"steps": STEPS, "rate": RATE, "divisor": DIVISOR, "runs": result,
                                "causes": causes}) + "\n", encoding="utf-8")
    print(causes)
    for run, each in result.items():
        print(f"{run:26}", *([round(e["loss"], 4), round(e["accuracy"], 4), e["scale"]] for e in each))
