"""Trained at 64 tokens, used at 256: four ways to choose rotary frequencies, before and after tuning.

Two causal layers, heads of width 16. *Offset*: name the token three steps back. *Latest*: name the
last token of a class of eight, which a tenth of the tokens belong to.
"""

import copy
import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

KINDS = ("unchanged", "interpolation", "NTK", "YaRN")
TASKS = ("offset", "latest")
TRAINED, LONG, FACTOR = 64, 256, 4.0
VOCABULARY, WIDTH, HEADS, LAYERS, BASE = 16, 64, 4, 2, 10_000.0
STEPS, TUNED, BATCH, RATE = 300, (0, 30), 32, 3e-3


def batch(task: str, size: int, length: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens and targets (size, length); a target of -1 does not count."""
    if task == "offset":
        tokens = torch.randint(VOCABULARY, (size, length), generator=generator)
        targets = torch.full_like(tokens, -1)
        targets[:, 3:] = tokens[:, :-3]
        return tokens, targets
    half = VOCABULARY // 2
    tokens = torch.randint(half, (size, length), generator=generator)
    other = torch.rand(size, length, generator=generator) > 0.1
    step = torch.where(other, -1, torch.arange(length)).cummax(1).values  # the last one that counts
    targets = torch.where(step < 0, -1, tokens.gather(1, step.clamp(min=0)))
    return tokens + half * other, targets


def frequencies(kind: str) -> tuple[torch.Tensor, float]:
    """One for each pair of a head's columns, and what multiplies queries and keys."""
    dim = WIDTH // HEADS
    index = torch.arange(dim // 2, dtype=torch.float64)
    plain = BASE ** (-2 * index / dim)
    if kind == "interpolation":
        return plain / FACTOR, 1.0
    if kind == "NTK":
        return (BASE * FACTOR ** (dim / (dim - 2))) ** (-2 * index / dim), 1.0
    if kind == "YaRN":  # pairs with 4 turns or more in 64 tokens stay; the usual bound is 32
        edge = [dim * math.log(TRAINED / (2 * math.pi * turns)) / (2 * math.log(BASE)) for turns in (4, 1)]
        low, high = max(math.floor(edge[0]), 0), math.ceil(edge[1])
        ramp = ((index - low) / (high - low)).clamp(0, 1)
        return plain * (1 - ramp) + plain / FACTOR * ramp, 1 + 0.1 * math.log(FACTOR)
    return plain, 1.0


def rotate(x: torch.Tensor, freqs: torch.Tensor) -> torch.Tensor:
    """Rotary encoding of (N, heads, T, D), halves paired."""
    half = x.shape[-1] // 2
    angle = torch.outer(torch.arange(x.shape[-2], dtype=torch.float64), freqs)
    cos, sin = angle.cos().float(), angle.sin().float()
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * cos - b * sin, a * sin + b * cos], -1)


class Model(torch.nn.Module):
    """Two pre-norm blocks and a head."""

    def __init__(self):
        super().__init__()
        self.freqs, self.scale = frequencies("unchanged")
        self.embed = torch.nn.Embedding(VOCABULARY, WIDTH)
        self.qkv = torch.nn.ModuleList(torch.nn.Linear(WIDTH, 3 * WIDTH) for _ in range(LAYERS))
        self.out = torch.nn.ModuleList(torch.nn.Linear(WIDTH, WIDTH) for _ in range(LAYERS))
        self.mlp = torch.nn.ModuleList(
            torch.nn.Sequential(torch.nn.LayerNorm(WIDTH), torch.nn.Linear(WIDTH, 2 * WIDTH), torch.nn.GELU(),
                                torch.nn.Linear(2 * WIDTH, WIDTH)) for _ in range(LAYERS))
        self.norm = torch.nn.ModuleList(torch.nn.LayerNorm(WIDTH) for _ in range(LAYERS + 1))
        self.head = torch.nn.Linear(WIDTH, VOCABULARY)

    def forward(self, tokens: torch.Tensor) -> torch.Tensor:
        x = self.embed(tokens)
        for qkv, out, mlp, norm in zip(self.qkv, self.out, self.mlp, self.norm, strict=False):
            q, k, v = qkv(norm(x)).view(*x.shape[:2], 3, HEADS, -1).permute(2, 0, 3, 1, 4)
            q, k = (self.scale * rotate(one, self.freqs) for one in (q, k))
            y = F.scaled_dot_product_attention(q, k, v, is_causal=True)
            x = x + out(y.transpose(1, 2).flatten(2))
            x = x + mlp(x)
        return self.head(self.norm[-1](x))


def train(model: Model, task: str, length: int, steps: int, generator: torch.Generator) -> None:
    """Adam with a rate that rises and falls, for a whole number of batches."""
    size = BATCH * TRAINED // length  # as many tokens in a batch of longer sequences
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    for _ in range(steps):
        tokens, targets = batch(task, size, length, generator)
        loss = F.cross_entropy(model(tokens).flatten(0, 1), targets.flatten(), ignore_index=-1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()


@torch.no_grad()
def right(model: Model, task: str, length: int, seed: int) -> float:
    """Share of the last 32 tokens that is right."""
    tokens, targets = batch(task, 64, length, torch.Generator().manual_seed(seed))
    guess, last = model(tokens)[:, -32:].argmax(-1), targets[:, -32:]
    return (guess == last)[last >= 0].double().mean().item()


def run(task: str, seed: int, kinds: tuple = KINDS, steps: int = STEPS, tuned: tuple = TUNED) -> dict:
    """For each kind and number of tuning batches: right at 64 and at 256 tokens."""
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        start = Model()
    train(start, task, TRAINED, steps, generator)
    found = {}
    for kind in kinds:
        for more in tuned:
            model = copy.deepcopy(start)
            model.freqs, model.scale = frequencies(kind)
            if more:
                train(model, task, LONG, more, torch.Generator().manual_seed(seed + 1))
            found[f"{kind}, {more}"] = [right(model, task, length, 99) for length in (TRAINED, LONG)]
    return found


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = {"trained": TRAINED, "long": LONG, "steps": STEPS, "tuned": TUNED, "seeds": 2, "right": {}}
    for task in TASKS:
        runs = [run(task, seed) for seed in range(result["seeds"])]
        for key in runs[0]:
            result["right"][f"{task}, {key}"] = [one[key] for one in runs]
            columns = zip(*(one[key] for one in runs), strict=True)
            print(task, key, [f"{100 * sum(column) / len(column):.1f}" for column in columns])
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
