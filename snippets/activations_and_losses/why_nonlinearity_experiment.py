"""How well random hidden units fit a curve, by activation and width.

Writes why_nonlinearity_experiment.json. Only the output layer is fitted, by least
squares, so what remains is a limit of the functions and not of training.
"""

import json
import platform
import time
from pathlib import Path

import numpy as np

from snippets.activations_and_losses.why_nonlinearity import fit_error, relu

ACTIVATIONS = {
    "identity": lambda z: z,
    "square": lambda z: z**2,
    "cube": lambda z: z**3,
    "ReLU": relu,
    "tanh": np.tanh,
}
WIDTHS = (2, 4, 8, 16, 32, 64, 128)


# --8<-- [start:run]
def run(seeds: int = 20) -> dict:
    """Median RMS error of fitting sin(5x + 1), by activation and width."""
    start = time.time()
    x = np.linspace(-1.0, 1.0, 401)
    targets = np.sin(5 * x + 1)
    errors = {}
    for name, activation in ACTIVATIONS.items():
        errors[name] = []
        for width in WIDTHS:
            rngs = [np.random.default_rng(seed) for seed in range(seeds)]
            fits = [fit_error(activation, width, x, targets, rng) for rng in rngs]
            errors[name].append(float(np.median(fits)))
    return {"seeds": seeds, "widths": WIDTHS, "errors": errors,
            "python": platform.python_version(), "numpy": np.__version__,
            "cores": 1, "seconds": round(time.time() - start, 1)}
# --8<-- [end:run]


if __name__ == "__main__":
    result = run()
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    print("widths   ", *WIDTHS)
    for name, values in result["errors"].items():
        print(f"{name:9}", "  ".join(f"{value:.2g}" for value in values))
