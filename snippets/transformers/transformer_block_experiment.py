"""What each part of a block does to the positions of a random network, over depth.

Writes transformer_block_experiment.json: the mean cosine between the positions' vectors after
each block, at random weights, with parts left out.
"""

import json
import math
import platform
import sys
import time
from pathlib import Path

import numpy as np

from snippets.transformers.transformer_block import layer_norm, mlp, self_attention

N, T, D, HEADS, DEPTH, SEEDS = 4, 32, 64, 4, 12, 5
KINDS = {"whole block": ("attention", "mlp", "residual"), "no MLP": ("attention", "residual"),
         "no residual": ("attention", "mlp"), "attention alone": ("attention",)}


def random_block(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Weights of variance 1 / fan-in, 2 / fan-in after the ReLU; biases 0, norms 1."""
    return {"self_attn.in_proj_weight": rng.standard_normal((3 * D, D)) / math.sqrt(D),
            "self_attn.in_proj_bias": np.zeros(3 * D),
            "self_attn.out_proj.weight": rng.standard_normal((D, D)) / math.sqrt(D),
            "self_attn.out_proj.bias": np.zeros(D),
            "linear1.weight": rng.standard_normal((4 * D, D)) / math.sqrt(D),
            "linear1.bias": np.zeros(4 * D),
            "linear2.weight": rng.standard_normal((D, 4 * D)) * math.sqrt(2 / (4 * D)),
            "linear2.bias": np.zeros(D)}


def cosine(x: np.ndarray) -> float:
    """Mean cosine between different positions of a sequence."""
    unit = x / np.linalg.norm(x, axis=-1, keepdims=True)
    gram = unit @ unit.swapaxes(-1, -2)  # (N, T, T)
    return float((gram.sum(axis=(1, 2)) - T).mean() / (T * (T - 1)))


def similarity(parts: tuple[str, ...], seed: int) -> list[float]:
    """Cosines at the input and after each of DEPTH blocks."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((N, T, D))
    found = [cosine(x)]
    for _ in range(DEPTH):
        p = random_block(rng)
        for part in ("attention", "mlp"):
            if part in parts:
                normed = layer_norm(x, np.ones(D), np.zeros(D))
                branch = self_attention(normed, HEADS, p) if part == "attention" else mlp(normed, p)
                x = x + branch if "residual" in parts else branch
        found.append(cosine(x))
    return found


def main() -> None:
    start = time.process_time()
    runs = {}
    for kind, parts in KINDS.items():
        mean = np.mean([similarity(parts, seed) for seed in range(SEEDS)], axis=0)
        runs[kind] = [round(value, 5) for value in mean.tolist()]
        print(f"{kind:16} after 1, 2, 4, 12 blocks:", [round(runs[kind][i], 3) for i in (1, 2, 4, 12)])
    result = {"runs": runs, "python": platform.python_version(), "numpy": np.__version__}
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(f"{time.process_time() - start:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main()
