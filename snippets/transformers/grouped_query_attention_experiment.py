"""How long one decoding step of attention takes when query heads share keys and values.

Writes grouped_query_attention_experiment.json. One token, one layer, one core: the cache is far
larger than the processor's own, so reading it is most of the work.
"""

import json
import platform
import time
from pathlib import Path
from statistics import median

import torch

HEADS, HEAD_DIM, STEPS = 32, 128, 4096  # a layer of Llama 3 8B after 4,096 tokens, in float32
GROUPS = (32, 8, 1)


# --8<-- [start:step]
def step(query: torch.Tensor, key: torch.Tensor, value: torch.Tensor) -> torch.Tensor:
    """query (G, H / G, D) against the cache: key (G, D, S), value (G, S, D)."""
    weights = torch.softmax(query @ key / HEAD_DIM**0.5, dim=-1)  # (G, H / G, S)
    return weights @ value
# --8<-- [end:step]


def run(steps: int = STEPS, rounds: int = 100) -> dict:
    """Median milliseconds of a step by number of groups, the kinds taking turns."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    generator = torch.Generator().manual_seed(0)
    caches = {groups: tuple(torch.randn(shape, generator=generator) for shape in (
        (groups, HEADS // groups, HEAD_DIM), (groups, HEAD_DIM, steps), (groups, steps, HEAD_DIM)))
        for groups in GROUPS}
    times = {groups: [] for groups in GROUPS}
    for _ in range(rounds):
        for groups, cache in caches.items():
            start = time.perf_counter()
            step(*cache)
            times[groups].append(time.perf_counter() - start)
    torch.set_num_threads(threads)
    return {"heads": HEADS, "head_dim": HEAD_DIM, "steps": steps, "rounds": rounds,
            "milliseconds": {str(g): round(1000 * median(t), 2) for g, t in times.items()},
            "megabytes": {str(g): round(2 * g * steps * HEAD_DIM * 4 / 1e6, 1) for g in GROUPS},
            "python": platform.python_version(), "torch": torch.__version__, "cores": 1}


if __name__ == "__main__":
    result = run()
    Path(__file__).with_suffix(".json").write_text(json.dumps(result) + "\n", encoding="utf-8")
    print(result)
