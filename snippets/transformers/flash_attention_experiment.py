"""Time and peak memory of tiled attention in NumPy on one core, by the size of a tile."""

import json
import time
import tracemalloc
from pathlib import Path

import numpy as np

from snippets.transformers.flash_attention import flash_attention

LENGTH, DIM, BLOCKS, REPEATS = 4096, 64, (16, 64, 256, 1024), 3


def naive(q: np.ndarray, k: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Attention that writes the scores and the weights."""
    scores = q @ k.T * np.float32(q.shape[-1] ** -0.5)
    weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return weights / weights.sum(axis=-1, keepdims=True) @ v


def measure(function, repeats: int = REPEATS) -> dict:
    """Fastest of some runs in seconds, and the most memory in bytes in one more."""
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        function()
        seconds.append(time.perf_counter() - start)
    tracemalloc.start()
    function()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return {"seconds": min(seconds), "bytes": peak}


def run(length: int = LENGTH, repeats: int = REPEATS) -> dict:
    """All sizes of a tile, and the naive way."""
    q, k, v = np.random.default_rng(0).standard_normal((3, length, DIM)).astype(np.float32)
    result = {"naive": measure(lambda: naive(q, k, v), repeats)}
    for block in BLOCKS:
        result[str(block)] = measure(
            lambda block=block: flash_attention(q, k, v, block_q=block, block_k=block), repeats)
    return result


if __name__ == "__main__":
    result = {"length": LENGTH, "dim": DIM, "repeats": REPEATS, "runs": run()}
    for name, one in result["runs"].items():
        print(name, f"{one['seconds']:.2f} s, {one['bytes'] / 1e6:.1f} MB")
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
