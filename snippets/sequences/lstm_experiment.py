"""Copy tasks: which recurrent network repeats three symbols, at one budget.

Writes lstm_experiment.json. All networks have about the same number of parameters and see the
same number of sequences. The learning rate is chosen with some seeds and measured with others;
the networks of one kind train side by side, as the first axis M.
"""

import json
import math
import platform
import sys
import time
from pathlib import Path

import torch

SYMBOLS, LENGTH = 4, 3  # what is copied: three symbols out of four
TOKENS = SYMBOLS + 2  # and blank, and the mark after which the copy is due
BLANK, MARK = SYMBOLS, SYMBOLS + 1
DELAYS = {"fixed": 15, "selective": 12}  # blanks before the mark
BATCH, STEPS, TEST = 32, 1000, 1000
RATES = [0.001, 0.003, 0.01, 0.03]  # of Adam, with every network clipped at norm 1
OUTSIDE = {  # chose an end of the grid; one rate further, tried afterwards
    "fixed, tanh, default": 0.0003,
    "fixed, LSTM, forget bias 0": 0.0003,
    "fixed, LSTM, forget bias 3": 0.1,
}
CHOOSE, MEASURE = 2, 6  # seeds for the choice of the rate, and other seeds for the result
HIDDEN = {"lstm": 24, "rnn": 50}
# name: (cell, start of the recurrent matrix, forget bias)
KINDS = {
    "tanh, default": ("rnn", "uniform", None),
    "tanh, orthogonal": ("rnn", "orthogonal", None),
    "LSTM, forget bias 0": ("lstm", "uniform", 0.0),
    "LSTM, forget bias 1": ("lstm", "uniform", 1.0),
    "LSTM, forget bias 3": ("lstm", "uniform", 3.0),
}


# --8<-- [start:task]
def copy_task(task: str, models: int, batch: int, generator: torch.Generator):
    """Tokens (M, T, N) and targets (M, 3, N), to be named at the last three steps.

    Fixed: three symbols, blanks, the mark, two blanks. Selective: the symbols stand
    at random places among the blanks before the mark.
    """
    symbols = torch.randint(SYMBOLS, (models, LENGTH, batch), generator=generator)
    before = LENGTH + DELAYS[task]
    places = torch.arange(LENGTH).view(1, -1, 1).expand(models, -1, batch)
    if task == "selective":
        order = torch.rand((models, before, batch), generator=generator).argsort(dim=1)
        places = order[:, :LENGTH].sort(dim=1).values
    tokens = torch.full((models, before + LENGTH, batch), BLANK)
    tokens[:, before] = MARK
    return tokens.scatter(1, places, symbols), symbols
# --8<-- [end:task]


def initialize(kind: str, seeds: list[int]) -> dict[str, torch.Tensor]:
    """Parameters with a first axis M, one start per seed: uniform in +-1/sqrt(H), as nn.LSTM's."""
    cell, start, forget = KINDS[kind]
    hidden = HIDDEN[cell]
    gates = 4 * hidden if cell == "lstm" else hidden
    params = []
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        bound = 1 / math.sqrt(hidden)
        one = {key: bound * (2 * torch.rand(shape, generator=generator) - 1) for key, shape in (
            ("w_x", (TOKENS, gates)), ("w_h", (hidden, gates)), ("bias", (1, gates)),
            ("head", (hidden, SYMBOLS)), ("head_bias", (1, SYMBOLS)))}
        if start == "orthogonal":
            one["w_h"] = torch.linalg.qr(torch.randn(hidden, hidden, generator=generator))[0]
        if forget is not None:  # gates in the order i, f, g, o
            one["bias"][:, hidden : 2 * hidden] = forget
        params.append(one)
    return {key: torch.stack([one[key] for one in params]) for key in params[0]}


# --8<-- [start:forward]
def forward(params: dict[str, torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    """Logits (M, 3, N, 4) at the last three steps for tokens (M, T, N)."""
    models, steps, batch = tokens.shape
    w_h = params["w_h"]
    hidden = w_h.shape[1]
    x = torch.nn.functional.one_hot(tokens, TOKENS).to(w_h.dtype)
    z = torch.baddbmm(params["bias"], x.flatten(1, 2), params["w_x"])
    z = z.view(models, steps, batch, -1)  # (M, T, N, H), or 4H for an LSTM
    h = c = w_h.new_zeros(models, batch, hidden)
    states = []
    for t in range(steps):
        pre = torch.baddbmm(z[:, t], h, w_h)
        if w_h.shape[2] == hidden:
            h = torch.tanh(pre)
        else:
            i, f, g, o = pre.split(hidden, dim=2)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
        states.append(h)
    last = torch.cat(states[-LENGTH:], dim=1)  # (M, 3 N, H)
    logits = torch.baddbmm(params["head_bias"], last, params["head"])
    return logits.view(models, LENGTH, batch, SYMBOLS)
# --8<-- [end:forward]


@torch.no_grad()
def clipped_adam(params: dict[str, torch.Tensor], grads: tuple[torch.Tensor, ...],
                 moments: dict[str, list[torch.Tensor]], lr: torch.Tensor, step: int) -> None:
    """One step of Adam for M networks side by side, each clipped by its own joint norm."""
    norm = sum(g.flatten(1).square().sum(1) for g in grads).sqrt()
    scale = (1 / (norm + 1e-6)).clamp(max=1).view(-1, 1, 1)
    for (key, value), g in zip(params.items(), grads, strict=True):
        g, (m, v) = g * scale, moments[key]
        m.lerp_(g, 0.1)
        v.lerp_(g * g, 0.001)
        value -= lr * (m / (1 - 0.9**step)) / ((v / (1 - 0.999**step)).sqrt() + 1e-8)


def train(kind: str, task: str, rates: list[float], seeds: list[int], steps: int = STEPS) -> dict:
    """Share of right symbols on new sequences, (rates, seeds), and its course on the way."""
    seed_list = seeds * len(rates)  # network m: rate m // len(seeds), seed m % len(seeds)
    params = initialize(kind, seed_list)
    for value in params.values():
        value.requires_grad_(True)
    lr = torch.tensor(rates).repeat_interleave(len(seeds)).view(-1, 1, 1)
    moments = {key: [torch.zeros_like(value), torch.zeros_like(value)] for key, value in params.items()}
    generator = torch.Generator().manual_seed(1000 + seeds[0])
    right, course = 0.0, []
    for step in range(1, steps + 1):
        tokens, targets = copy_task(task, len(seed_list), BATCH, generator)
        logits = forward(params, tokens)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 2), targets.flatten(), reduction="sum")
        grads = torch.autograd.grad(loss / (LENGTH * BATCH), list(params.values()))
        clipped_adam(params, grads, moments, lr, step)
        with torch.no_grad():
            right += (logits.argmax(3) == targets).float().mean((1, 2))
        if step % 50 == 0:  # training sequences are never seen twice
            course.append([round(value / 50, 3) for value in right.tolist()])
            right = 0.0
    tokens, targets = copy_task(task, len(seed_list), TEST, torch.Generator().manual_seed(7))
    with torch.no_grad():
        right = (forward(params, tokens).argmax(3) == targets).float().mean((1, 2))
    return {"rates": rates, "accuracy": right.view(len(rates), len(seeds)).tolist(), "course": course,
            "parameters": sum(value[0].numel() for value in params.values())}


def run(tasks: tuple[str, ...] = tuple(DELAYS), kinds: tuple[str, ...] = tuple(KINDS),
        rates: list[float] = RATES, choose: int = CHOOSE, measure: int = MEASURE,
        steps: int = STEPS) -> dict:
    """By task and kind: the rate with the best mean on some seeds, measured on others."""
    torch.set_num_threads(1)
    start, runs = time.process_time(), {}
    for task in tasks:
        for kind in kinds:
            first = train(kind, task, rates, list(range(choose)), steps)
            means = [sum(row) / len(row) for row in first["accuracy"]]
            rate = rates[means.index(max(means))]
            one = train(kind, task, [rate], list(range(100, 100 + measure)), steps)
            runs[f"{task}, {kind}"] = {
                "rate": rate, "by_rate": [round(mean, 4) for mean in means],
                "accuracy": [round(value, 4) for value in one["accuracy"][0]],
                "course": one["course"], "parameters": one["parameters"]}
            print(f"{task:9}  {kind:20}  lr {rate}  {runs[f'{task}, {kind}']['accuracy']}  "
                  f"{time.process_time() - start:.0f} s", file=sys.stderr)
    outside = {}
    for name in OUTSIDE.keys() & runs.keys():
        task, kind = name.split(", ", 1)
        one = train(kind, task, [OUTSIDE[name]], list(range(choose)), steps)
        outside[name] = round(sum(one["accuracy"][0]) / choose, 4)
    return {"delays": DELAYS, "steps": steps, "outside": outside, "batch": BATCH,
            "choose": choose, "measure": measure, "rates": rates, "runs": runs,
            "python": platform.python_version(), "torch": torch.__version__, "cores": 1,
            "seconds": round(time.process_time() - start, 1)}


if __name__ == "__main__":
    result = run()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(result["seconds"], "seconds")
