"""What balancing does to a small layer of experts: load, dead experts and error.

Writes mixture_of_experts_experiment.json. A token belongs to one of eight groups of unequal size,
each with a linear map of its own; eight experts and a linear router have to find that out.
"""

import json
import platform
import sys
import time
from pathlib import Path

import torch

GROUPS, EXPERTS, D, F, BATCH, STEPS, SEEDS = 8, 8, 12, 16, 256, 1500, 4
SHARES = torch.tensor([4.0, 3.0, 2.0, 2.0, 2.0, 1.0, 1.0, 1.0]) / 16  # how often each group comes
KINDS = {  # name: (experts per token, weight of the balancing loss, step of the bias)
    "dense of one expert's width": (0, 0.0, 0.0),
    "top 1, none": (1, 0.0, 0.0),
    "top 1, loss 0.01": (1, 0.01, 0.0),
    "top 1, loss 1": (1, 1.0, 0.0),
    "top 1, bias": (1, 0.0, 0.003),
    "top 2, none": (2, 0.0, 0.0),
    "top 2, loss 0.01": (2, 0.01, 0.0),
    "top 2, loss 1": (2, 1.0, 0.0),
    "top 2, bias": (2, 0.0, 0.003),
}


def layer(params: dict, x: torch.Tensor, top_k: int, bias: torch.Tensor):
    """Output (T, D), shares of the experts (E,) and the balancing loss."""
    if top_k == 0:
        return torch.relu(x @ params["up"][0].T) @ params["down"][0].T, None, 0.0
    probs = (x @ params["router"].T).softmax(dim=1)
    chosen = (probs + bias).topk(top_k, dim=1).indices
    mask = torch.zeros_like(probs).scatter(1, chosen, 1.0)
    weights = probs * mask
    if top_k > 1:  # with one expert, normalized weights are 1 and teach the router nothing
        weights = weights / weights.sum(dim=1, keepdim=True)
    hidden = torch.relu(torch.einsum("td,efd->tef", x, params["up"]))
    said = torch.einsum("tef,edf->ted", hidden, params["down"])
    share = mask.mean(dim=0) / top_k
    return (weights[..., None] * said).sum(1), share, EXPERTS * (share * probs.mean(0)).sum()


def train(kind: str, seed: int, steps: int = STEPS) -> dict:
    """Relative squared error, largest share and number of experts below a tenth of a fair share."""
    top_k, coefficient, step_size = KINDS[kind]
    generator = torch.Generator().manual_seed(seed)
    centers = 2 * torch.randn(GROUPS, D, generator=generator)
    maps = torch.randn(GROUPS, D, D, generator=generator) / D**0.5

    def draw(count):
        group = torch.multinomial(SHARES, count, replacement=True, generator=generator)
        noise = torch.randn(count, D, generator=generator)
        return centers[group] + noise, torch.einsum("td,tcd->tc", noise, maps[group])

    params = {"router": 0.01 * torch.randn(EXPERTS, D, generator=generator),
              "up": torch.randn(EXPERTS, F, D, generator=generator) / D**0.5,
              "down": torch.randn(EXPERTS, D, F, generator=generator) / F**0.5}
    for value in params.values():
        value.requires_grad_(True)
    optimizer = torch.optim.Adam(params.values(), lr=0.003)
    bias = torch.zeros(EXPERTS)
    for _ in range(steps):
        x, target = draw(BATCH)
        out, share, balance = layer(params, x, top_k, bias)
        loss = (out - target).square().mean() + coefficient * balance
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if step_size:
            bias += step_size * (share.mean() - share).sign()
    with torch.no_grad():
        x, target = draw(8192)
        out, share, _ = layer(params, x, top_k, bias)
        error = ((out - target).square().mean() / target.square().mean()).item()
    if share is None:
        return {"error": error}
    return {"error": error, "largest": share.max().item(),
            "dead": int((share < 0.1 / EXPERTS).sum())}


def run(kinds=tuple(KINDS), seeds: int = SEEDS, steps: int = STEPS) -> dict:
    """All kinds with all seeds, one core."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    start, runs = time.process_time(), {}
    for kind in kinds:
        results = [train(kind, seed, steps) for seed in range(seeds)]
        runs[kind] = {key: [round(one[key], 4) for one in results] for key in results[0]}
        print(kind, {key: round(sum(v) / len(v), 3) for key, v in runs[kind].items()},
              f"{time.process_time() - start:.0f} s", file=sys.stderr)
    torch.set_num_threads(threads)
    return {"steps": steps, "seeds": seeds, "runs": runs, "python": platform.python_version(),
            "torch": torch.__version__, "cores": 1, "seconds": round(time.process_time() - start, 1)}


if __name__ == "__main__":
    result = run()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")
