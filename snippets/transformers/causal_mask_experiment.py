"""Four masks and targets that are not shifted, on random tokens: no honest loss goes below ln 16.

Writes causal_mask_experiment.json. A decoder with one block learns to predict the next of
independent, uniform tokens. Every batch is new, so there is nothing to memorize either.
"""

import json
import math
import platform
import sys
import time
from pathlib import Path

import torch

TOKENS, LENGTH, WIDTH, BATCH, STEPS, RATE = 16, 12, 32, 64, 600, 0.003
SEEDS = [0, 1, 2]
KINDS = ["right", "multiplied", "renormalized", "one ahead", "unshifted"]


# --8<-- [start:attend]
def attend(kind: str, scores: torch.Tensor) -> torch.Tensor:
    """Weights (N, T, T) by the mask of that kind."""
    ahead = 1 if kind == "one ahead" else 0
    mask = torch.ones(LENGTH, LENGTH, dtype=torch.bool).tril(ahead)
    if kind in ("multiplied", "renormalized"):
        weights = scores.softmax(-1) * mask
        return weights / weights.sum(-1, keepdim=True) if kind == "renormalized" else weights
    return scores.masked_fill(~mask, -math.inf).softmax(-1)
# --8<-- [end:attend]


def train(kind: str, steps: int = STEPS, seed: int = 0) -> list[float]:
    """Loss in nats after each step."""
    draw = torch.Generator().manual_seed(seed)
    shapes = {"token": (TOKENS, WIDTH), "place": (LENGTH, WIDTH), "qkv": (WIDTH, 3 * WIDTH),
              "out": (WIDTH, WIDTH), "up": (WIDTH, 4 * WIDTH), "down": (4 * WIDTH, WIDTH),
              "head": (WIDTH, TOKENS)}
    p = {name: (torch.randn(shape, generator=draw) / math.sqrt(WIDTH)).requires_grad_()
         for name, shape in shapes.items()}
    norm = torch.nn.functional.layer_norm
    optimizer = torch.optim.Adam(p.values(), lr=RATE)
    losses = []
    for _ in range(steps):
        tokens = torch.randint(TOKENS, (BATCH, LENGTH + 1), generator=draw)
        x = p["token"][tokens[:, :-1]] + p["place"]
        q, k, v = (norm(x, (WIDTH,)) @ p["qkv"]).chunk(3, -1)
        x = x + attend(kind, q @ k.mT / math.sqrt(WIDTH)) @ v @ p["out"]
        x = x + (norm(x, (WIDTH,)) @ p["up"]).relu() @ p["down"]
        logits = norm(x, (WIDTH,)) @ p["head"]
        targets = tokens[:, :-1] if kind == "unshifted" else tokens[:, 1:]
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def main() -> None:
    start = time.process_time()
    result = {"floor": math.log(TOKENS), "steps": STEPS, "runs": {}}
    for kind in KINDS:
        losses = torch.tensor([train(kind, seed=seed) for seed in SEEDS])  # (seeds, steps)
        blocks = losses.view(len(SEEDS), -1, 20).mean(2)  # means of 20 steps
        result["runs"][kind] = [[round(value, 4) for value in one] for one in blocks.tolist()]
        print(f"{kind:13} last 100 steps", [round(value, 3) for value in losses[:, -100:].mean(1).tolist()])
    result |= {"python": platform.python_version(), "torch": torch.__version__}
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(f"{time.process_time() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
