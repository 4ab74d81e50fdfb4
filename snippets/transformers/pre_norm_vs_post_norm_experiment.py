"""Gradients at the start by depth, for four places of the norm, and training with and without warm-up.

Writes pre_norm_vs_post_norm_experiment.json. The gradients: Xiong and colleagues' question, asked of
a small causal transformer with random tokens. The training: copy a random sequence after a mark.
"""

import json
import platform
import sys
import time
from pathlib import Path

import torch
from torch.nn.functional import cross_entropy, layer_norm, scaled_dot_product_attention

WIDTH, HEADS, TOKENS, LENGTH, BATCH = 64, 4, 16, 16, 16
KINDS = ["pre", "post", "sandwich", "output", "output, QK norm"]
DEPTHS, SEEDS = [4, 8, 16, 32], 5
TRAIN_DEPTH, STEPS, WARMUP, RATES = 8, 300, 100, [0.001, 0.003]


def initialize(depth: int, seed: int) -> tuple[dict[str, torch.Tensor], list[dict[str, torch.Tensor]]]:
    """Embeddings of variance 1, Xavier for the rest; the norms have no parameters."""
    draw = torch.Generator().manual_seed(seed)

    def xavier(rows: int, columns: int) -> torch.Tensor:
        return (torch.randn(rows, columns, generator=draw) * (2 / (rows + columns)) ** 0.5).requires_grad_()

    ends = {"token": torch.randn(TOKENS + 1, WIDTH, generator=draw).requires_grad_(),
            "place": torch.randn(2 * LENGTH, WIDTH, generator=draw).requires_grad_(),
            "head": xavier(WIDTH, TOKENS)}
    blocks = [{name: xavier(*shape) for name, shape in
               (("q", (WIDTH, WIDTH)), ("k", (WIDTH, WIDTH)), ("v", (WIDTH, WIDTH)), ("out", (WIDTH, WIDTH)),
                ("up", (WIDTH, 4 * WIDTH)), ("down", (4 * WIDTH, WIDTH)))} for _ in range(depth)]
    return ends, blocks


# --8<-- [start:place]
def add(kind: str, x: torch.Tensor, branch) -> torch.Tensor:
    """One branch, with the norm in one of four places."""
    def norm(x):
        return layer_norm(x, (WIDTH,))

    if kind == "post":
        return norm(x + branch(x))
    read = x if kind.startswith("output") else norm(x)
    return x + (branch(read) if kind == "pre" else norm(branch(read)))
# --8<-- [end:place]


def forward(kind: str, ends: dict, blocks: list[dict],
            tokens: torch.Tensor) -> tuple[torch.Tensor, list[float]]:
    """Logits (N, T, TOKENS), and the stream's root mean square after each block."""
    x, sizes = ends["token"][tokens] + ends["place"][: tokens.shape[1]], []
    for p in blocks:
        def attend(x, p=p):
            q, k, v = ((x @ p[name]).unflatten(-1, (HEADS, -1)).transpose(1, 2) for name in "qkv")
            if kind.endswith("QK norm"):
                q, k = layer_norm(q, q.shape[-1:]), layer_norm(k, k.shape[-1:])
            return scaled_dot_product_attention(q, k, v, is_causal=True).transpose(1, 2).flatten(2) @ p["out"]

        x = add(kind, x, attend)
        x = add(kind, x, lambda x, p=p: (x @ p["up"]).relu() @ p["down"])
        sizes.append(x.detach().square().mean().sqrt().item())
    return (x if kind == "post" else layer_norm(x, (WIDTH,))) @ ends["head"], sizes


def gradients(kind: str, depth: int, seed: int) -> tuple[list[float], list[float]]:
    """Norm of the gradient of each block's last matrix, and the stream's size, at the start."""
    ends, blocks = initialize(depth, seed)
    draw = torch.Generator().manual_seed(1000 + seed)
    tokens = torch.randint(TOKENS, (BATCH, LENGTH), generator=draw)
    targets = torch.randint(TOKENS, (BATCH, LENGTH), generator=draw)
    logits, sizes = forward(kind, ends, blocks, tokens)
    cross_entropy(logits.flatten(0, 1), targets.flatten()).backward()
    return [p["down"].grad.norm().item() for p in blocks], sizes


def train(kind: str, rate: float, warmup: int, seed: int, steps: int = STEPS) -> float:
    """Mean loss of the last 50 steps, in nats per copied token; Adam, not clipped."""
    ends, blocks = initialize(TRAIN_DEPTH, seed)
    draw = torch.Generator().manual_seed(2000 + seed)
    optimizer = torch.optim.Adam([*ends.values(), *(one for p in blocks for one in p.values())], lr=rate)
    losses, half = [], LENGTH // 2
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = rate * min(1.0, (step + 1) / max(warmup, 1))
        shown = torch.randint(TOKENS, (BATCH, half), generator=draw)
        mark = torch.full((BATCH, 1), TOKENS)
        logits, _ = forward(kind, ends, blocks, torch.cat([shown, mark, shown[:, :-1]], 1))
        loss = cross_entropy(logits[:, half:].flatten(0, 1), shown.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return sum(losses[-50:]) / 50


def main() -> None:
    start = time.process_time()
    result = {"gradients": {}, "training": {}, "steps": STEPS, "warmup": WARMUP, "depth": TRAIN_DEPTH}
    for kind in KINDS:
        for depth in DEPTHS:
            found = [gradients(kind, depth, seed) for seed in range(SEEDS)]
            norms, sizes = (torch.tensor([one[i] for one in found]).mean(0) for i in (0, 1))
            result["gradients"][f"{kind}, {depth}"] = {
                "norms": [round(value, 4) for value in norms.tolist()],
                "sizes": [round(value, 3) for value in sizes.tolist()]}
            print(f"{kind:16} {depth:3}: gradient first {norms[0]:.3f} last {norms[-1]:.3f}, "
                  f"stream {sizes[0]:.2f} to {sizes[-1]:.2f}")
    for kind in ("pre", "post"):
        for rate in RATES:
            for warmup in (0, WARMUP):
                losses = [round(train(kind, rate, warmup, seed), 4) for seed in (0, 1)]
                result["training"][f"{kind}, {rate}, {warmup}"] = losses
                print(f"{kind:5} rate {rate} warm-up {warmup}: {losses}", flush=True)
    result |= {"python": platform.python_version(), "torch": torch.__version__}
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(f"{time.process_time() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    torch.set_num_threads(1)
    main()
