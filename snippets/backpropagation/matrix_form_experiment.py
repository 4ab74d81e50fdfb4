"""One dense layer, forward and backward, by loops and by matrices; then matrices by batch size.

Writes matrix_form_experiment.json. One thread: start it with OMP_NUM_THREADS=1, and nothing
else on the machine if you can. Times are CPU time, which does not count waiting for a core,
and each is the shortest of several runs.
"""

import json
import os
import platform
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from snippets.backpropagation.matrix_form import layer_backward, layer_forward

N, D, K = 64, 256, 128
BATCHES = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024]
WIDTH = 1024


# --8<-- [start:scalar]
def by_scalars(x: list, weight: list, bias: list, grad_out: list) -> tuple:
    """Plain Python lists: one multiplication and addition per turn of the loop."""
    columns, size = range(len(bias)), range(len(weight))
    out = [list(bias) for _ in x]
    grad_x = [[0.0 for _ in size] for _ in x]
    grad_weight = [[0.0 for _ in columns] for _ in size]
    grad_bias = [0.0 for _ in columns]
    for n in range(len(x)):
        for k in columns:
            grad_bias[k] += grad_out[n][k]
        for d in size:
            for k in columns:
                out[n][k] += x[n][d] * weight[d][k]
                grad_weight[d][k] += x[n][d] * grad_out[n][k]
                grad_x[n][d] += grad_out[n][k] * weight[d][k]
    return out, grad_x, grad_weight, grad_bias
# --8<-- [end:scalar]


def by_examples(x, weight, bias, grad_out) -> tuple:
    """NumPy, one example per turn: two matrix-vector products and an outer product."""
    out, grad_x = np.empty_like(grad_out), np.empty_like(x)
    grad_weight, grad_bias = np.zeros_like(weight), np.zeros_like(bias)
    for n in range(len(x)):
        out[n] = x[n] @ weight + bias
        grad_x[n] = weight @ grad_out[n]
        grad_weight += np.outer(x[n], grad_out[n])
        grad_bias += grad_out[n]
    return out, grad_x, grad_weight, grad_bias


def by_einsum(x, weight, bias, grad_out) -> tuple:
    """All examples at once, but compiled loops of NumPy instead of BLAS."""
    return (np.einsum("nd,dk->nk", x, weight) + bias, np.einsum("nk,dk->nd", grad_out, weight),
            np.einsum("nd,nk->dk", x, grad_out), grad_out.sum(axis=0))


def by_matrices(x, weight, bias, grad_out) -> tuple:
    """The snippet: three matrix products, which NumPy gives to BLAS."""
    return layer_forward(x, weight, bias), *layer_backward(grad_out, x, weight)


METHODS = {"scalars": by_scalars, "examples": by_examples, "einsum": by_einsum,
           "matrices": by_matrices}


def arrays(rows: int, size: int, columns: int) -> tuple[np.ndarray, ...]:
    """Random float32 inputs, weight, bias and gradient of the output."""
    rng = np.random.default_rng(0)
    shapes = ((rows, size), (size, columns), (columns,), (rows, columns))
    return tuple(rng.normal(size=shape).astype(np.float32) for shape in shapes)


def shortest(function: Callable, arguments: tuple, runs: int) -> float:
    """CPU seconds of the fastest of ``runs`` calls, after one that is not counted."""
    function(*arguments)
    times = []
    for _ in range(runs):
        start = time.process_time()
        function(*arguments)
        times.append(time.process_time() - start)
    return min(times)


def run(rounds: int = 5, batches: tuple | list = tuple(BATCHES), width: int = WIDTH,
        runs: int = 30) -> dict:
    """Seconds by method and round, and by batch size and round."""
    start = time.time()
    single = arrays(N, D, K)
    lists = tuple(array.tolist() for array in single)
    methods = {name: [] for name in METHODS}
    by_batch = {str(batch): [] for batch in batches}
    for _ in range(rounds):
        for name, method in METHODS.items():
            arguments, count = (lists, 1) if name == "scalars" else (single, runs)
            methods[name].append(shortest(method, arguments, count))
        for batch in batches:
            count = max(3, min(runs, 2000 // batch))
            by_batch[str(batch)].append(shortest(by_matrices, arrays(batch, width, width), count))
    return {"N": N, "D": D, "K": K, "width": width, "rounds": rounds, "methods": methods,
            "batches": by_batch, "seed": 0, "dtype": "float32",
            "threads": os.environ.get("OMP_NUM_THREADS", "not set"),
            "blas": np.show_config("dicts")["Build Dependencies"]["blas"]["name"],
            "processor": processor(), "python": platform.python_version(),
            "numpy": np.__version__, "cores": 1, "seconds": round(time.time() - start, 1)}


def processor() -> str:
    """The processor's name where Linux tells it."""
    path = Path("/proc/cpuinfo")
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def rate(rows: int, size: int, columns: int, times: list[float]) -> float:
    """Operations per second in units of 1e9, of three products in the median round."""
    return 6 * rows * size * columns / float(np.median(times)) / 1e9


if __name__ == "__main__":
    result = run()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    best = np.median(result["methods"]["matrices"])
    for name, times in result["methods"].items():
        print(f"{name:9s} {1e3 * np.median(times):9.3f} ms ({1e3 * min(times):.3f} to "
              f"{1e3 * max(times):.3f}), {rate(N, D, K, times):8.3f} GFLOP/s, "
              f"{np.median(times) / best:8.1f} times the matrices")
    for batch, times in result["batches"].items():
        print(f"batch {batch:>4s}: {1e3 * np.median(times):7.3f} ms, "
              f"{rate(int(batch), WIDTH, WIDTH, times):6.1f} GFLOP/s, "
              f"{1e3 * np.median(times) / int(batch):.3f} ms per example")
    print(result["seconds"], "seconds")
