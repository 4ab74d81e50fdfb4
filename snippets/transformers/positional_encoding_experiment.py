"""Trained at 32 tokens, tested at up to 512: five position encodings on two tasks.

Two causal layers, the same but for the encoding. *Offset*: name the token three steps back.
*Latest*: name the last token of a class of eight, which a fifth of the tokens belong to.
"""

import json
import math
from pathlib import Path

import torch
import torch.nn.functional as F

KINDS = ("none", "learned", "sinusoidal", "ALiBi", "rotary")
TASKS = ("offset", "latest")
TRAINED, TESTED = 32, (32, 64, 128, 512)
VOCABULARY, WIDTH, HEADS, LAYERS, STEPS, BATCH, RATE = 16, 32, 4, 2, 400, 32, 5e-3


def batch(task: str, size: int, length: int, generator: torch.Generator) -> tuple[torch.Tensor, torch.Tensor]:
    """Tokens and targets (size, length); a target of -1 does not count."""
    if task == "offset":
        tokens = torch.randint(VOCABULARY, (size, length), generator=generator)
        targets = torch.full_like(tokens, -1)
        targets[:, 3:] = tokens[:, :-3]
        return tokens, targets
    half = VOCABULARY // 2
    tokens = torch.randint(half, (size, length), generator=generator)
    other = torch.rand(size, length, generator=generator) > 0.2
    step = torch.where(other, -1, torch.arange(length)).cummax(1).values  # the last one that counts
    targets = torch.where(step < 0, -1, tokens.gather(1, step.clamp(min=0)))
    return tokens + half * other, targets


def rotate(x: torch.Tensor) -> torch.Tensor:
    """Rotary encoding of (N, heads, T, D), halves paired."""
    half = x.shape[-1] // 2
    angle = torch.outer(torch.arange(x.shape[-2]), 10_000.0 ** (-torch.arange(half) / half))
    a, b = x[..., :half], x[..., half:]
    return torch.cat([a * angle.cos() - b * angle.sin(), a * angle.sin() + b * angle.cos()], -1)


class Model(torch.nn.Module):
    """Two pre-norm blocks and a head."""

    def __init__(self, kind: str):
        super().__init__()
        self.kind = kind
        self.embed = torch.nn.Embedding(VOCABULARY, WIDTH)
        self.table = torch.nn.Embedding(max(TESTED), WIDTH)
        self.qkv = torch.nn.ModuleList(torch.nn.Linear(WIDTH, 3 * WIDTH) for _ in range(LAYERS))
        self.out = torch.nn.ModuleList(torch.nn.Linear(WIDTH, WIDTH) for _ in range(LAYERS))
        self.mlp = torch.nn.ModuleList(
            torch.nn.Sequential(torch.nn.LayerNorm(WIDTH), torch.nn.Linear(WIDTH, 4 * WIDTH), torch.nn.GELU(),
                                torch.nn.Linear(4 * WIDTH, WIDTH)) for _ in range(LAYERS))
        self.norm = torch.nn.ModuleList(torch.nn.LayerNorm(WIDTH) for _ in range(LAYERS + 1))
        self.head = torch.nn.Linear(WIDTH, VOCABULARY)

    def forward(self, tokens: torch.Tensor, window: int | None = None) -> torch.Tensor:
        length = tokens.shape[1]
        x, steps = self.embed(tokens), torch.arange(length)
        if self.kind == "learned":
            x = x + self.table(steps)
        if self.kind == "sinusoidal":
            angle = torch.outer(steps, 10_000.0 ** (-torch.arange(0, WIDTH, 2) / WIDTH))
            x = x + torch.stack([angle.sin(), angle.cos()], -1).flatten(1)
        ahead = steps > steps[:, None]
        bias = torch.zeros(HEADS, length, length)
        if self.kind == "ALiBi":
            slopes = 2.0 ** (-8 * torch.arange(1, HEADS + 1) / HEADS)
            bias = -slopes[:, None, None] * (steps[:, None] - steps)
        bias = bias.masked_fill(ahead, -math.inf)
        if window is not None:
            bias = bias.masked_fill(steps[:, None] - steps >= window, -math.inf)
        for qkv, out, mlp, norm in zip(self.qkv, self.out, self.mlp, self.norm, strict=False):
            q, k, v = qkv(norm(x)).view(*x.shape[:2], 3, HEADS, -1).permute(2, 0, 3, 1, 4)
            if self.kind == "rotary":
                q, k = rotate(q), rotate(k)
            y = F.scaled_dot_product_attention(q, k, v, attn_mask=bias)
            x = x + out(y.transpose(1, 2).flatten(2))
            x = x + mlp(x)
        return self.head(self.norm[-1](x))


def run(task: str, kind: str, seed: int, steps: int = STEPS, window: int | None = None) -> list[float]:
    """Share of the last 16 tokens that is right, for each length of ``TESTED``.

    With ``window`` the test, not the training, hides all but that many keys.
    """
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        model = Model(kind)
    optimizer = torch.optim.Adam(model.parameters(), lr=RATE)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, RATE, total_steps=steps)
    for _ in range(steps):
        tokens, targets = batch(task, BATCH, TRAINED, generator)
        loss = F.cross_entropy(model(tokens).flatten(0, 1), targets.flatten(), ignore_index=-1)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        schedule.step()
    right = []
    with torch.no_grad():
        for length in TESTED:
            tokens, targets = batch(task, 64, length, generator)
            guess, last = model(tokens, window)[:, -16:].argmax(-1), targets[:, -16:]
            right.append((guess == last)[last >= 0].double().mean().item())
    return right


if __name__ == "__main__":
    torch.set_num_threads(1)
    result = {"trained": TRAINED, "tested": TESTED, "steps": STEPS, "seeds": 2, "right": {}}
    for task in TASKS:
        for kind in KINDS:
            right = [run(task, kind, seed) for seed in range(result["seeds"])]
            result["right"][f"{task}, {kind}"] = right
            print(task, kind, [f"{100 * sum(one) / len(one):.1f}" for one in zip(*right, strict=True)])
    result["windowed"] = {task: [run(task, "rotary", seed, window=TRAINED)
                                 for seed in range(result["seeds"])] for task in TASKS}
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
