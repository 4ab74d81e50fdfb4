"""LoRA beside full fine-tuning on digits turned by 90 degrees, and one step at several ranks.

Writes lora_experiment.json. A network learns upright digits, then turned ones; the rate of
every method is chosen on 2 starts and measured on 5 others.
"""

import json
import platform
import sys
import time
from itertools import pairwise
from pathlib import Path

import numpy as np
import torch
from sklearn.datasets import load_digits

SIZES = [64, 128, 128, 10]
RANKS = [1, 2, 4, 8, 16]
RATES = [0.001, 0.003, 0.01, 0.03, 0.1]
STEPS, BATCH = 300, 64
CHOOSE, MEASURE = [0, 1], [100, 101, 102, 103, 104]


def data():
    """Upright and turned digits: training images, training labels, test images, test labels."""
    images, labels = load_digits(return_X_y=True)
    images = (images / 16).reshape(-1, 8, 8)
    order = np.random.default_rng(0).permutation(len(images))
    images, labels = images[order], torch.tensor(labels[order])
    sets = []
    for turned in (images, np.rot90(images, axes=(1, 2))):
        flat = torch.tensor(np.ascontiguousarray(turned.reshape(-1, 64)), dtype=torch.float32)
        sets.append((flat[:1000], labels[:1000], flat[1000:], labels[1000:]))
    return sets


# --8<-- [start:network]
def forward(params, x):
    """Logits; a layer is weight, bias and perhaps an adapter A, B, alpha = r."""
    for index, layer in enumerate(params):
        weight, bias, *adapter = layer
        out = x @ weight.T + bias
        if adapter:
            out = out + (x @ adapter[0].T) @ adapter[1].T
        x = torch.relu(out) if index < len(params) - 1 else out
    return x
# --8<-- [end:network]


def train(params, trained, x, y, lr, steps, generator):
    """Adam on batches drawn at random; changes ``trained`` in place."""
    optimizer = torch.optim.Adam([one.requires_grad_(True) for one in trained], lr=lr)
    for _ in range(steps):
        batch = torch.randint(len(x), (BATCH,), generator=generator)
        loss = torch.nn.functional.cross_entropy(forward(params, x[batch]), y[batch])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    for one in trained:
        one.requires_grad_(False)


def accuracy(params, x, y):
    return (forward(params, x).argmax(1) == y).double().mean().item()


def pretrained(seed, upright):
    generator = torch.Generator().manual_seed(seed)
    params = []
    for into, out in pairwise(SIZES):
        bound = into**-0.5
        params.append([bound * (2 * torch.rand(out, into, generator=generator) - 1), torch.zeros(out)])
    train(params, [one for layer in params for one in layer], *upright[:2], 0.003, 600, generator)
    return params


def tune(base, rank, lr, seed, turned, upright):
    """Accuracy on turned and on upright test digits, and the best errors of the full change."""
    generator = torch.Generator().manual_seed(1000 + seed)
    params = [[one.clone() for one in layer] for layer in base]
    if rank:
        for layer in params:
            out, into = layer[0].shape
            r = min(rank, out)
            bound = into**-0.5
            layer += [bound * (2 * torch.rand(r, into, generator=generator) - 1), torch.zeros(out, r)]
    trained = [one for layer in params for one in (layer[2:] if rank else layer)]
    train(params, trained, *turned[:2], lr, STEPS, generator)
    delta = (params[1][0] - base[1][0]).double().numpy()
    return accuracy(params, *turned[2:]), accuracy(params, *upright[2:]), delta


def one_step(r, optimizer, exponent):
    """Mean size of an output's change after one step on one example, mean over 20 draws."""
    rng, changes = np.random.default_rng(0), []
    for _ in range(20):
        lora_A = rng.uniform(-1, 1, (r, 256)) / 16
        x, grad = rng.standard_normal(256), rng.standard_normal(128)
        scale = 16 / r**exponent
        grad_B = scale * np.outer(grad, lora_A @ x)  # B is zero, so A gets no gradient
        step = np.sign(grad_B) if optimizer == "adam" else grad_B
        changes.append(np.abs(scale * step @ (lora_A @ x)).mean())
    return float(np.mean(changes))


def run(ranks=(0, *RANKS), rates=RATES, choose=CHOOSE, measure=MEASURE):
    torch.set_num_threads(1)
    start, (upright, turned), rows = time.process_time(), data(), {}
    bases = {seed: pretrained(seed, upright) for seed in (*choose, *measure)}
    for rank in ranks:
        means = [np.mean([tune(bases[s], rank, lr, s, turned, upright)[0] for s in choose]) for lr in rates]
        lr = rates[int(np.argmax(means))]
        found = [tune(bases[seed], rank, lr, seed, turned, upright) for seed in measure]
        rows[str(rank)] = {"lr": lr, "by_rate": [round(float(m), 4) for m in means],
                           "new": [round(f[0], 4) for f in found], "old": [round(f[1], 4) for f in found]}
        if rank == 0:
            singular = [np.linalg.svd(f[2], compute_uv=False) for f in found]
            rows["0"]["singular"] = np.round(np.mean(singular, axis=0), 4).tolist()
        print(rank, rows[str(rank)]["lr"], rows[str(rank)]["new"], rows[str(rank)]["old"], file=sys.stderr)
    untouched = [accuracy(bases[seed], *turned[2:]) for seed in measure]
    before = [accuracy(bases[seed], *upright[2:]) for seed in measure]
    steps = {f"{name} {exponent}": [round(one_step(r, name, exponent), 4) for r in (4, 16, 64, 256)]
             for name in ("sgd", "adam") for exponent in (1, 0.5)}
    return {"rows": rows, "untouched": np.round(untouched, 4).tolist(),
            "before": np.round(before, 4).tolist(), "one_step": steps,
            "rates": rates, "python": platform.python_version(),
            "torch": torch.__version__, "cores": 1, "seconds": round(time.process_time() - start, 1)}


if __name__ == "__main__":
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(result["one_step"], result["untouched"], result["before"])
    print(result["seconds"], "seconds")
