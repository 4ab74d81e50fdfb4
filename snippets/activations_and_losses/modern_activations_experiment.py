"""Plain and gated blocks with 768 parameters on two made-up tasks: products and kinks.

Each block maps 8 numbers to 8. Products: outputs are products of two inputs. Kinks: a
ReLU network of width 16. Each run draws its own task and its own start; the learning rate
is chosen on other draws than are measured.
Writes modern_activations_experiment.json.
"""

import json
import platform
import time
from pathlib import Path

import torch

FEATURES, PLAIN, GATED = 8, 48, 32  # 2 * 8 * 48 = 3 * 8 * 32 = 768
BLOCKS = {
    "ReLU": (torch.relu, False),
    "GELU": (torch.nn.functional.gelu, False),
    "SiLU": (torch.nn.functional.silu, False),
    "ReGLU": (torch.relu, True),
    "SwiGLU": (torch.nn.functional.silu, True),
    "bilinear": (lambda x: x, True),
}
RATES = (0.003, 0.01, 0.03, 0.1)


def teacher(task: str, generator: torch.Generator):
    """A function from (..., 8) to (..., 8), each output with mean square near 1."""
    if task == "products":
        left = torch.randint(FEATURES, (FEATURES,), generator=generator)
        right = (left + torch.randint(1, FEATURES, (FEATURES,), generator=generator)) % FEATURES
        return lambda x: x[..., left] * x[..., right]
    first = torch.randn(FEATURES, 16, generator=generator) / FEATURES**0.5
    second = torch.randn(16, FEATURES, generator=generator) / 16**0.5
    return lambda x: torch.relu(x @ first) @ second * 2**0.5


def block(params: dict, x: torch.Tensor, name: str) -> torch.Tensor:
    """(M, N, 8) -> (M, N, 8), one slice per run."""
    activation, gated = BLOCKS[name]
    hidden = activation(x @ params["gate"])
    if gated:
        hidden = hidden * (x @ params["up"])
    return hidden @ params["down"]


def train(name: str, task: str, rates: list[float], seeds: list[int], steps: int) -> list[float]:
    """Test error relative to the variance of the target, one per run (rate, seed)."""
    hidden = GATED if BLOCKS[name][1] else PLAIN
    runs = [(rate, seed) for rate in rates for seed in seeds]
    params: dict = {"gate": [], "down": []} | ({"up": []} if BLOCKS[name][1] else {})
    for _, seed in runs:
        generator = torch.Generator().manual_seed(seed)
        for key in sorted(params):
            shape = (hidden, FEATURES) if key == "down" else (FEATURES, hidden)
            params[key].append(torch.randn(shape, generator=generator) / shape[0] ** 0.5)
    params = {key: torch.stack(value).requires_grad_() for key, value in params.items()}
    teachers = [teacher(task, torch.Generator().manual_seed(1000 + seed)) for _, seed in runs]
    data = torch.Generator().manual_seed(1)
    rate = torch.tensor([one for one, _ in runs]).view(-1, 1, 1)
    mean = {key: torch.zeros_like(value) for key, value in params.items()}
    square = {key: torch.zeros_like(value) for key, value in params.items()}
    for step in range(1, steps + 1):
        x = torch.randn(128, FEATURES, generator=data)
        targets = torch.stack([one(x) for one in teachers])  # (M, 128, 8)
        loss = (block(params, x.expand(len(runs), -1, -1), name) - targets).pow(2).mean((1, 2)).sum()
        grads = torch.autograd.grad(loss, list(params.values()))
        with torch.no_grad():  # Adam, with the rate falling to 0
            for (key, value), grad in zip(params.items(), grads, strict=True):
                mean[key].lerp_(grad, 0.1)
                square[key].lerp_(grad * grad, 0.001)
                size = rate * (1 - step / steps) / (1 - 0.9**step)
                value -= size * mean[key] / ((square[key] / (1 - 0.999**step)).sqrt() + 1e-8)
    x = torch.randn(5000, FEATURES, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        targets = torch.stack([one(x) for one in teachers])
        error = (block(params, x.expand(len(runs), -1, -1), name) - targets).pow(2).mean((1, 2))
    return (error / targets.var(1).mean(1)).tolist()


def run(steps: int = 1500, choose: int = 2, measure: int = 5) -> dict:
    """All blocks on both tasks."""
    start, result = time.time(), {"steps": steps, "choose": choose, "measure": measure, "errors": {}}
    for task in ("products", "kinks"):
        for name in BLOCKS:
            tried = torch.tensor(train(name, task, list(RATES), list(range(choose)), steps))
            best = RATES[int(tried.view(len(RATES), choose).mean(1).argmin())]
            errors = train(name, task, [best], list(range(100, 100 + measure)), steps)
            result["errors"][f"{task}, {name}"] = {"rate": best, "error": errors}
    return result | {"python": platform.python_version(), "torch": torch.__version__,
                     "seconds": round(time.time() - start, 1)}


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = run()
    for name, one in result["errors"].items():
        values = 100 * torch.tensor(one["error"])
        print(f"{name:20} rate {one['rate']:.3f} error {values.mean():.2f} % "
              f"({values.min():.2f} to {values.max():.2f})")
    print(result["seconds"], "seconds")
    out = Path(__file__).with_suffix(".json")
    out.write_text(json.dumps(result) + "\n", encoding="utf-8")
