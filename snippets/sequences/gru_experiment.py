"""A GRU on the copy tasks of the LSTM's page, with as many parameters, batches and rates.

Writes gru_experiment.json. The rate is chosen with two seeds and measured with six others;
the networks of one kind train side by side, as the first axis M.
"""

import json
import math
import platform
import sys
import time
from pathlib import Path

import torch

# The LSTM's tasks, budget and optimizer themselves, so that the two tables compare.
from snippets.sequences.lstm_experiment import (
    BATCH,
    CHOOSE,
    DELAYS,
    LENGTH,
    MEASURE,
    RATES,
    STEPS,
    SYMBOLS,
    TEST,
    TOKENS,
    clipped_adam,
    copy_task,
)

HIDDEN = 28  # 3,084 parameters; the LSTM with 24 units has 3,076
KINDS = [("fixed", 0.0), ("fixed", 3.0), ("selective", 0.0)]


def initialize(update_bias: float, seeds: list[int]) -> dict[str, torch.Tensor]:
    """Parameters with a first axis M, uniform in +-1/sqrt(H); then the bias of z."""
    bound, params = 1 / math.sqrt(HIDDEN), []
    for seed in seeds:
        generator = torch.Generator().manual_seed(seed)
        one = {key: bound * (2 * torch.rand(shape, generator=generator) - 1) for key, shape in (
            ("w_x", (TOKENS, 3 * HIDDEN)), ("w_h", (HIDDEN, 3 * HIDDEN)), ("bias", (1, 3 * HIDDEN)),
            ("bias_hn", (1, HIDDEN)), ("head", (HIDDEN, SYMBOLS)), ("head_bias", (1, SYMBOLS)))}
        one["bias"][:, HIDDEN : 2 * HIDDEN] = update_bias  # the order is r, z, n
        params.append(one)
    return {key: torch.stack([one[key] for one in params]) for key in params[0]}


# --8<-- [start:forward]
def forward(params: dict[str, torch.Tensor], tokens: torch.Tensor) -> torch.Tensor:
    """Logits (M, 3, N, 4) at the last three steps for tokens (M, T, N)."""
    models, steps, batch = tokens.shape
    x = torch.nn.functional.one_hot(tokens, TOKENS).to(params["w_h"].dtype)
    x = torch.baddbmm(params["bias"], x.flatten(1, 2), params["w_x"])
    x = x.view(models, steps, batch, 3 * HIDDEN)
    h = x.new_zeros(models, batch, HIDDEN)
    states = []
    for t in range(steps):
        x_r, x_z, x_n = x[:, t].split(HIDDEN, dim=2)
        h_r, h_z, h_n = torch.bmm(h, params["w_h"]).split(HIDDEN, dim=2)
        r, z = torch.sigmoid(x_r + h_r), torch.sigmoid(x_z + h_z)
        n = torch.tanh(x_n + r * (h_n + params["bias_hn"]))
        h = n + z * (h - n)
        states.append(h)
    last = torch.cat(states[-LENGTH:], dim=1)  # (M, 3 N, H)
    logits = torch.baddbmm(params["head_bias"], last, params["head"])
    return logits.view(models, LENGTH, batch, SYMBOLS)
# --8<-- [end:forward]


def train(task: str, update_bias: float, rates: list[float], seeds: list[int], steps: int = STEPS) -> dict:
    """Share of right symbols on new sequences, (rates, seeds)."""
    seed_list = seeds * len(rates)  # network m: rate m // len(seeds), seed m % len(seeds)
    params = initialize(update_bias, seed_list)
    for value in params.values():
        value.requires_grad_(True)
    lr = torch.tensor(rates).repeat_interleave(len(seeds)).view(-1, 1, 1)
    moments = {key: [torch.zeros_like(value), torch.zeros_like(value)] for key, value in params.items()}
    generator = torch.Generator().manual_seed(1000 + seeds[0])
    for step in range(1, steps + 1):
        tokens, targets = copy_task(task, len(seed_list), BATCH, generator)
        logits = forward(params, tokens)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 2), targets.flatten(), reduction="sum")
        grads = torch.autograd.grad(loss / (LENGTH * BATCH), list(params.values()))
        clipped_adam(params, grads, moments, lr, step)
    tokens, targets = copy_task(task, len(seed_list), TEST, torch.Generator().manual_seed(7))
    with torch.no_grad():
        right = (forward(params, tokens).argmax(3) == targets).float().mean((1, 2))
    return {"accuracy": right.view(len(rates), len(seeds)).tolist(),
            "parameters": sum(value[0].numel() for value in params.values())}


def run() -> dict:
    """By task and bias: the rate with the best mean on some seeds, measured on others."""
    torch.set_num_threads(1)
    start, runs = time.process_time(), {}
    for task, update_bias in KINDS:
        means = [sum(row) / CHOOSE for row in
                 train(task, update_bias, RATES, list(range(CHOOSE)))["accuracy"]]
        rate = RATES[means.index(max(means))]
        one = train(task, update_bias, [rate], list(range(100, 100 + MEASURE)))
        runs[f"{task}, update bias {update_bias:.0f}"] = {
            "rate": rate, "by_rate": [round(mean, 4) for mean in means],
            "accuracy": [round(value, 4) for value in one["accuracy"][0]], "parameters": one["parameters"]}
        print(task, update_bias, runs[f"{task}, update bias {update_bias:.0f}"],
              f"{time.process_time() - start:.0f} s", file=sys.stderr)
    return {"delays": DELAYS, "steps": STEPS, "batch": BATCH, "choose": CHOOSE, "measure": MEASURE,
            "rates": RATES, "runs": runs, "python": platform.python_version(),
            "torch": torch.__version__, "seconds": round(time.process_time() - start, 1)}


if __name__ == "__main__":
    result = run()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(result["seconds"], "seconds")
