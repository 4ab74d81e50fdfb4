"""How far back a gradient reaches in a tanh network and in an LSTM, and what clipping does.

Writes recurrent_gradients_experiment.json: first the norm of the gradient against the lag before
any training, in float64; then plain SGD on the copy task with and without clipping.
"""

import json
import math
import platform
import sys
import time
from pathlib import Path

import numpy as np
import torch

from snippets.sequences.lstm_experiment import LENGTH, copy_task, forward, initialize

HIDDEN, FEATURES, LAG, BATCH = 64, 8, 100, 8
# name: (cell, start of the recurrent matrix, its scale, forget bias)
SETTINGS = {
    "tanh, default": ("rnn", "uniform", 1.0, None),
    "tanh, orthogonal": ("rnn", "orthogonal", 1.0, None),
    "tanh, orthogonal times 1.5": ("rnn", "orthogonal", 1.5, None),
    "tanh, Gaussian times 3": ("rnn", "gaussian", 3.0, None),
    "LSTM, default": ("lstm", "uniform", 1.0, None),
    "LSTM, forget bias 1": ("lstm", "uniform", 1.0, 1.0),
    "LSTM, forget bias 3": ("lstm", "uniform", 1.0, 3.0),
    "LSTM, forget bias 3, weights times 6": ("lstm", "uniform", 6.0, 3.0),
}
SGD_RATES = [0.03, 0.1, 0.3, 1.0, 3.0]
GAINS, SEEDS, STEPS = [1.0, 1.5], 4, 600


# --8<-- [start:reach]
def reach(name: str, seed: int, hidden: int = HIDDEN, lag: int = LAG) -> np.ndarray:
    """Norm of the gradient at each state, (lag + 1,), over that at the last state.

    The loss is a random direction of the last h; inputs are standard normal. For an
    LSTM the state is c and h together.
    """
    cell, start, scale, forget = SETTINGS[name]
    generator = torch.Generator().manual_seed(seed)
    layer = torch.nn.RNNCell if cell == "rnn" else torch.nn.LSTMCell
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        layer = layer(FEATURES, hidden, dtype=torch.float64)
    with torch.no_grad():
        w = layer.weight_hh
        normal = torch.randn(w.shape, generator=generator, dtype=torch.float64)
        if start == "orthogonal":
            w.copy_(torch.linalg.qr(normal)[0])
        elif start == "gaussian":
            w.copy_(normal / math.sqrt(hidden))
        w *= scale
        if forget is not None:  # two bias vectors, of which only the sum counts
            layer.bias_ih[hidden : 2 * hidden] = forget
            layer.bias_hh[hidden : 2 * hidden] = 0.0
    wide = {"generator": generator, "dtype": torch.float64}
    inputs = torch.randn((lag, BATCH, FEATURES), **wide)
    direction = torch.randn((BATCH, hidden), **wide)
    zero = torch.zeros(BATCH, hidden, dtype=torch.float64, requires_grad=True)
    state = (zero,) if cell == "rnn" else (zero, zero.detach().requires_grad_(True))
    states = [state]
    for x in inputs:
        out = layer(x, state[0] if cell == "rnn" else state)
        state = (out,) if cell == "rnn" else out
        states.append(state)
    flat = [part for state in states for part in state]
    loss = (state[0] * direction).sum()
    grads = torch.autograd.grad(loss, flat, allow_unused=True)
    parts = [0.0 if g is None else g.square().sum().item() for g in grads]
    norms = np.sqrt(np.reshape(parts, (lag + 1, len(state))).sum(axis=1))
    return norms / norms[-1]
# --8<-- [end:reach]


def descend(gain: float, max_norm: float, rates: list[float], seeds: int, steps: int) -> dict:
    """Plain SGD on the fixed copy task: right symbols and the largest gradient, (rates, seeds)."""
    params = initialize("tanh, orthogonal", list(range(seeds)) * len(rates))
    params["w_h"] *= gain
    for value in params.values():
        value.requires_grad_(True)
    lr = torch.tensor(rates).repeat_interleave(seeds).view(-1, 1, 1)
    generator, largest = torch.Generator().manual_seed(5), torch.zeros(len(lr))
    for step in range(steps + 1):
        tokens, targets = copy_task("fixed", len(lr), 32 if step < steps else 500, generator)
        logits = forward(params, tokens)
        if step == steps:
            right = (logits.argmax(3) == targets).float().mean((1, 2))
            break
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 2), targets.flatten(), reduction="sum")
        grads = torch.autograd.grad(loss / (LENGTH * 32), list(params.values()))
        with torch.no_grad():
            norm = sum(g.flatten(1).square().sum(1) for g in grads).sqrt()
            largest = torch.maximum(largest, norm)
            scale = (max_norm / (norm + 1e-6)).clamp(max=1).view(-1, 1, 1)
            for value, g in zip(params.values(), grads, strict=True):
                value -= lr * scale * g
    return {"accuracy": right.view(len(rates), seeds).tolist(),
            "largest": largest.view(len(rates), seeds).tolist()}


def run(seeds: int = 10, names: tuple[str, ...] = tuple(SETTINGS), sgd_seeds: int = SEEDS,
        steps: int = STEPS) -> dict:
    """Profiles by name, (seeds, lag + 1), and SGD by gain and threshold."""
    torch.set_num_threads(1)
    start = time.process_time()
    profiles = {name: [reach(name, seed).tolist() for seed in range(seeds)] for name in names}
    for name, rows in profiles.items():
        print(f"{name:38} per step {np.median(rows, axis=0)[0] ** (1 / LAG):.3f}  lag {LAG} "
              f"{np.median(rows, axis=0)[0]:.2g}", file=sys.stderr)
    sgd = {}
    for gain in GAINS:
        for threshold in (math.inf, 1.0):
            one = descend(gain, threshold, SGD_RATES, sgd_seeds, steps)
            sgd[f"gain {gain}, {'clipped' if threshold == 1 else 'not clipped'}"] = one
            print(gain, threshold, np.mean(one["accuracy"], axis=1).round(3),
                  np.max(one["largest"], axis=1).round(1), f"{time.process_time() - start:.0f} s",
                  file=sys.stderr)
    return {"seeds": seeds, "lag": LAG, "hidden": HIDDEN, "profiles": profiles, "sgd_rates": SGD_RATES,
            "sgd_seeds": sgd_seeds, "sgd_steps": steps, "sgd": sgd,
            "python": platform.python_version(), "numpy": np.__version__, "torch": torch.__version__,
            "cores": 1, "seconds": round(time.process_time() - start, 1)}


def rounded(value):
    """Four significant digits in nested lists."""
    return [rounded(one) for one in value] if isinstance(value, list) else float(f"{value:.4g}")


if __name__ == "__main__":
    result = run()
    result["profiles"] = {name: rounded(rows) for name, rows in result["profiles"].items()}
    result["sgd"] = {name: {key: rounded(rows) for key, rows in one.items()}
                     for name, one in result["sgd"].items()}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(result["seconds"], "seconds")
