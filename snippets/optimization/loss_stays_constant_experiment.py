"""A healthy run on scikit-learn's digits, and twenty-five faults put into it one at a time.

Every fault is run, its loss recorded, and every check is applied to it, whether or not the
decision tree would have come that far. Writes loss_stays_constant_experiment.json.

``OMP_NUM_THREADS=1 PYTHONPATH=. python snippets/optimization/loss_stays_constant_experiment.py``
"""

import copy
import json
import math
import platform
import time
import warnings
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from sklearn.datasets import load_digits
from sklearn.metrics import roc_auc_score
from torch import nn
from torch.nn import functional

from snippets.optimization.loss_stays_constant import (
    classes_per_batch,
    kind_of_flat,
    neighbor_agreement,
)
from snippets.optimization.loss_stays_constant_torch import (
    gradient_norms,
    overfit_one_batch,
    relative_updates,
    squashed,
    stuck_units,
    untrained_parameters,
)

BATCH = 32


def network(outputs=10, activation=nn.ReLU, norm=False):
    middle = [nn.BatchNorm1d(32)] if norm else []
    return nn.Sequential(nn.Linear(64, 32), *middle, activation(), nn.Linear(32, 32), activation(),
                         nn.Linear(32, outputs))


def sgd(run, lr=0.1):
    run.optimizer = torch.optim.SGD(run.model.parameters(), lr=lr, momentum=0.9)


def update(run, loss):
    run.optimizer.zero_grad()
    loss.backward()
    run.optimizer.step()


def evaluate(run, x, y):
    """The evaluation code: whole set at once, in evaluation mode, no gradient."""
    run.evaluated.eval()
    with torch.no_grad():
        return run.loss(run.evaluated(x), y).item()


def healthy(seed):
    torch.manual_seed(seed)
    pixels, labels = load_digits(return_X_y=True)
    order = np.random.default_rng(seed).permutation(len(labels))
    x = torch.tensor(pixels[order] / 16, dtype=torch.float32)
    y = torch.tensor(labels[order])
    run = SimpleNamespace(x=x[:1000], y=y[:1000], test_x=x[1000:], test_y=y[1000:], shuffle=True,
                          model=network(), loss=functional.cross_entropy, logits=True,
                          update=update, evaluate=evaluate, after_step=lambda run: None)
    run.forward = lambda x: run.model(x)
    run.evaluated = run.model
    sgd(run)
    return run


# --- faults of training -------------------------------------------------------------------------

def nan_in_one_image(run):
    run.x = run.x.clone()
    run.x[17, 30] = math.nan


def integer_division(run):
    """Pixels from 0 to 16, divided by 17 as integers."""
    run.x = ((run.x * 16).to(torch.int64) // 17).float()


def one_label(run):
    run.y = torch.zeros_like(run.y)


def shuffled_labels(run):
    run.y = run.y[torch.randperm(len(run.y))]


def sorted_data(run):
    order = run.y.argsort(stable=True)
    run.x, run.y, run.shuffle = run.x[order], run.y[order], False


def softmax_twice(run):
    run.model.append(nn.Softmax(dim=1))


def binary(run):
    run.model = run.evaluated = network(1)
    run.y, run.test_y = (run.y % 2).float(), (run.test_y % 2).float()
    sgd(run)


def sigmoid_twice(run):
    binary(run)
    run.model.append(nn.Sigmoid()).append(nn.Flatten(0))
    run.loss = functional.binary_cross_entropy_with_logits


def broadcast(run):
    """Outputs (N, 1) against targets (N,): the difference is (N, N)."""
    binary(run)
    run.y, run.test_y, run.logits = run.y * 2 - 1, run.test_y * 2 - 1, False
    run.loss = lambda outputs, targets: ((outputs - targets) ** 2).mean()


def frozen_and_replaced(run):
    """Body frozen, optimizer built, then a new head."""
    for parameter in run.model[:4].parameters():
        parameter.requires_grad_(False)
    sgd(run)
    run.model[4] = nn.Linear(32, 10)


def old_parameters(run):
    run.model = run.evaluated = copy.deepcopy(run.model)


def detached_loss(run):
    """Silences "element 0 of tensors does not require grad" by making a new leaf."""
    def cut(run, loss):
        update(run, torch.tensor(loss.item(), requires_grad=True))
    run.update = cut
    plain = run.loss
    run.loss = lambda outputs, y: plain(outputs, y).detach().requires_grad_()


def body_without_grad(run):
    def forward(x):
        with torch.no_grad():
            hidden = run.model[:4](x)
        return run.model[4](hidden)
    run.forward = forward


def zero_weights(run):
    for parameter in run.model.parameters():
        nn.init.zeros_(parameter)


def saturated(run):
    """Sigmoid units and pixels from 0 to 255."""
    run.model = run.evaluated = network(activation=nn.Sigmoid)
    run.x, run.test_x = run.x * 255, run.test_x * 255
    for layer in (run.model[0], run.model[2]):
        nn.init.normal_(layer.weight)
    sgd(run)


def rate_too_high(run):
    sgd(run, lr=2.0)


def rate_too_low(run):
    sgd(run, lr=1e-7)


def rate_of_zero(run):
    """A warm-up by integer division: step // 2000 is 0 for the first 2,000 steps."""
    schedule = torch.optim.lr_scheduler.LambdaLR(run.optimizer, lambda step: step // 2000)

    def scheduled(run, loss):
        update(run, loss)
        schedule.step()
    run.update = scheduled


def gradient_cleared(run):
    def cleared(run, loss):
        loss.backward()
        run.optimizer.zero_grad()
        run.optimizer.step()
    run.update = cleared


# --- faults of evaluation -----------------------------------------------------------------------

def stale_copy(run):
    run.evaluated = copy.deepcopy(run.model)


def prefix(run):
    """The checkpoint's names begin with "module.", and strict=False says nothing."""
    run.evaluated = network()

    def load(run):
        state = {f"module.{name}": value for name, value in run.model.state_dict().items()}
        run.evaluated.load_state_dict(state, strict=False)
    run.after_step = load


def slow_average(run):
    """Moving average of the weights, decay 0.9999: after 1,280 steps 88 % of it is the start."""
    run.evaluated = copy.deepcopy(run.model)

    @torch.no_grad()
    def average(run):
        for slow, fast in zip(run.evaluated.parameters(), run.model.parameters(), strict=True):
            slow.lerp_(fast, 1e-4)
    run.after_step = average


def class_order(run):
    """The test labels were numbered in another order: class k became k + 1."""
    run.test_y = (run.test_y + 1) % 10


def not_normalized(run):
    """The training loop standardizes the pixels, the evaluation code does not."""
    mean, deviation = run.x.mean(), run.x.std()
    run.forward = lambda x: run.model((x - mean) / deviation)


def training_mode(run):
    """Batch norm in training mode, on test images that are sorted by class."""
    run.model = run.evaluated = network(norm=True)
    sgd(run)
    order = run.test_y.argsort(stable=True)
    run.test_x, run.test_y = run.test_x[order], run.test_y[order]

    def batches(run, x, y):
        run.evaluated.train()
        kept = copy.deepcopy(run.evaluated)  # or the running statistics would be spoiled as well
        with torch.no_grad():
            outputs = torch.cat([kept(rows) for rows in x.split(BATCH)])
        return run.loss(outputs, y).item()
    run.evaluate = batches


def leak(run):
    """Ten columns hold the label in training; nobody knows it in the test."""
    run.x = torch.cat([run.x, functional.one_hot(run.y, 10) * 3.0], dim=1)
    run.test_x = torch.cat([run.test_x, torch.zeros(len(run.test_x), 10)], dim=1)
    run.model[0] = nn.Linear(74, 32)
    sgd(run)


TRAINING = [nan_in_one_image, integer_division, one_label, shuffled_labels, sorted_data,
            softmax_twice, sigmoid_twice, broadcast, frozen_and_replaced, old_parameters,
            detached_loss, body_without_grad, zero_weights, saturated, rate_too_high,
            rate_of_zero, gradient_cleared, rate_too_low]
TESTING = [training_mode, stale_copy, prefix, slow_average, not_normalized, class_order, leak]


def built(fault, seed):
    run = healthy(seed)
    if fault is not None:
        fault(run)
    return run


def one_step(run, rows):
    loss = run.loss(run.forward(run.x[rows]), run.y[rows])
    run.update(run, loss)
    run.after_step(run)
    return loss.detach()


def train(run, epochs):
    """Loss of the whole training set in the loop's own code, and test loss, after each epoch."""
    generator = torch.Generator().manual_seed(0)
    losses, tests = [], []
    for epoch in range(epochs + 1):
        if epoch:
            order = torch.arange(len(run.x))
            if run.shuffle:
                order = torch.randperm(len(run.x), generator=generator)
            run.model.train()
            for rows in order.split(BATCH):
                one_step(run, rows)
        run.model.eval()
        with torch.no_grad():
            losses.append(run.loss(run.forward(run.x), run.y).item())
        tests.append(run.evaluate(run, run.test_x, run.test_y))
    return losses, tests


# --- the tree, from the top ---------------------------------------------------------------------

def training_checks(run):
    """Every check of the training branch in the order of the tree: name and finding, or ""."""
    found = {}
    x, labels = run.x.numpy().astype(float), run.y.numpy()
    chance = float((np.unique(labels, return_counts=True)[1] / len(labels)).max())
    found["inputs"] = ("not finite" if not np.isfinite(x).all()
                       else "constant" if x.std(axis=0).max() == 0 else "")
    found["labels"] = "one class" if len(np.unique(labels)) == 1 else ""
    agreement = neighbor_agreement(np.nan_to_num(x), labels)
    found["pairs"] = f"{agreement:.3f}" if agreement < chance + 0.1 <= 1 else ""
    order = np.arange(len(labels))
    if run.shuffle:
        order = np.random.default_rng(0).permutation(order)
    seen, expected = classes_per_batch(labels[order], BATCH)
    found["order"] = f"{seen:.2f} of {expected:.2f}" if seen < expected / 1.5 else ""
    outputs = run.forward(run.x)
    found["outputs"] = squashed(outputs) if run.logits else ""
    found["shapes"] = (f"{tuple(outputs.shape)} and {tuple(run.y.shape)}"
                       if not run.logits and outputs.shape != run.y.shape else "")
    untrained = untrained_parameters(run.model, run.optimizer)
    found["optimizer"] = ", ".join(sorted(set(untrained.values())))
    loss = run.loss(outputs, run.y)
    norms = gradient_norms(run.model, loss)
    cut = [name for name, norm in norms.items() if norm is None]
    found["connection"] = f"None for {len(cut)} of {len(norms)}" if cut else ""
    equal = [n for n, p in run.model.named_parameters() if p.ndim == 2 and len(p) > 1
             and (p == p[0]).all()]
    found["start"] = f"equal units in {len(equal)} layers" if equal else ""
    stuck = stuck_units(run.model, run.x)
    found["units"] = ("all stuck in " + ", ".join(n for n, s in stuck.items() if s == 1)
                      if 1 in stuck.values() else "")
    weights = {n: v for n, v in norms.items() if n.endswith("weight") and v is not None}
    found["gradient"] = "zero" if any(v == 0 for v in weights.values()) else ""
    generator = np.random.default_rng(1)
    rows = torch.tensor(generator.permutation(len(labels))[:BATCH])
    moves = relative_updates(run.model, lambda: one_step(run, rows))
    largest = max(v for n, v in moves.items() if n.endswith("weight"))
    found["update"] = f"{largest:.0e}" if largest < 1e-6 else ""
    return found


def evaluation_checks(run):
    """The test branch. The training loss here is that of the loop's own code."""
    found = {"mode": "", "weights": "", "code": "", "test labels": "", "columns": ""}
    run.model.eval()
    with torch.no_grad():
        direct = run.loss(run.forward(run.x), run.y).item()
    tested = run.evaluate(run, run.test_x, run.test_y)
    found["mode"] = "training" if run.evaluated.training else ""
    kept, run.evaluated = run.evaluated, run.model
    trained = run.evaluate(run, run.test_x, run.test_y)
    run.evaluated = kept
    if abs(trained - tested) > 0.1:
        found["weights"] = f"{tested:.2f}, with the trained ones {trained:.2f}"
    again = run.evaluate(run, run.x, run.y)  # the training set through the evaluation code
    if abs(again - direct) > 0.1:
        found["code"] = f"{direct:.2f} in the loop, {again:.2f} in the evaluation"
    distance = torch.cdist(run.test_x[:, :64], run.x[:, :64])
    agreement = (run.y[distance.argmin(1)] == run.test_y).double().mean().item()
    found["test labels"] = f"{agreement:.3f}" if agreement < 0.5 else ""
    spread = run.x.std(0)
    gone = (spread > 0.1 * spread.mean()) & (run.test_x.std(0) == 0)
    found["columns"] = f"{int(gone.sum())} vary in training only" if gone.any() else ""
    return found


def first(found):
    return next((name for name, finding in found.items() if finding), "nothing found")


def one_batch(fault, seed, steps=200):
    run = built(fault, seed)
    rows = torch.tensor(np.random.default_rng(1).permutation(len(run.x))[:BATCH])
    return overfit_one_batch(lambda: one_step(run, rows), steps)


def threshold_metric(seed, epochs=30):
    """Is it an eight? Loss, accuracy at 0.5 and ranking on the test set after each epoch."""
    run = healthy(seed)
    binary(run)
    labels = torch.tensor(load_digits().target[np.random.default_rng(seed).permutation(1797)])
    run.y, run.test_y = (labels[:1000] == 8).float(), (labels[1000:] == 8).float()
    run.model.append(nn.Flatten(0))
    run.loss = functional.binary_cross_entropy_with_logits
    sgd(run, lr=0.002)
    result = {"loss": [], "accuracy": [], "auc": [], "base rate": 1 - run.test_y.mean().item()}
    for _ in range(epochs):
        _, tests = train(run, 1)
        with torch.no_grad():
            logits = run.model(run.test_x)
        result["loss"].append(tests[-1])
        result["accuracy"].append(((logits > 0) == (run.test_y > 0)).double().mean().item())
        result["auc"].append(float(roc_auc_score(run.test_y.numpy(), logits.numpy())))
    return result


def diagnose(fault, seed, epochs=40):
    """Train with the fault, then apply every check of its branch."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # mse_loss would warn about the shapes; many loops hide it
        run = built(fault, seed)
        losses, tests = train(run, epochs)
        found = {} if fault in TESTING else training_checks(run)
        if fault not in TRAINING:
            found |= evaluation_checks(run)
    return {"losses": losses, "tests": tests, "kind": kind_of_flat(losses),
            "test kind": kind_of_flat(tests), "first": first(found),
            "found": {name: finding for name, finding in found.items() if finding}}


def run(seeds=3, epochs=40):
    torch.set_num_threads(1)
    started, cpu = time.perf_counter(), time.process_time()
    result = {"faults": {}}
    for fault in [None, *TRAINING, *TESTING]:
        name = fault.__name__ if fault else "healthy"
        runs = [diagnose(fault, seed, epochs) for seed in range(seeds)]
        batches = [one_batch(fault, seed) for seed in range(seeds)] if fault not in TESTING else []
        result["faults"][name] = {"runs": runs, "one batch": batches}
    result["threshold"] = [threshold_metric(seed) for seed in range(seeds)]
    result["run"] = {"seeds": seeds, "epochs": epochs, "cores": 1,
                     "seconds": round(time.perf_counter() - started, 1),
                     "cpu_seconds": round(time.process_time() - cpu, 1),
                     "python": platform.python_version(), "torch": torch.__version__,
                     "numpy": np.__version__}
    return result


def rounded(value):
    """Seven digits, and null for what is not finite: JSON has no NaN."""
    if isinstance(value, float):
        return float(f"{value:.7g}") if math.isfinite(value) else None
    if isinstance(value, dict):
        return {k: rounded(v) for k, v in value.items()}
    return [rounded(v) for v in value] if isinstance(value, (list, tuple)) else value


if __name__ == "__main__":
    result = rounded(run())
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
    for name, entry in result["faults"].items():
        runs = entry["runs"]
        print(f"{name:20s}", [r["first"] for r in runs], runs[0]["kind"], runs[0]["test kind"],
              "end", [r["losses"][-1] for r in runs], "test", [r["tests"][-1] for r in runs],
              "one batch", [b[1] for b in entry["one batch"]], runs[0]["found"])
    for entry in result["threshold"]:
        majority = [abs(a - entry["base rate"]) < 1e-6 for a in entry["accuracy"]]
        epoch = majority.index(False) if False in majority else len(majority)
        print("accuracy stands at", entry["base rate"], "for epochs", epoch, "AUC then",
              entry["auc"][0], entry["auc"][epoch - 1], "loss", entry["loss"][0],
              entry["loss"][epoch - 1])
    print(result["run"])
