"""Ten steps with the exact Hessian of a small network: 592 weights, 300 digits.

64 inputs, 8 tanh units, 10 outputs, squared error, full batch, 3 random starts. Newton and
Gauss-Newton as they are or damped; damping is divided by 3 after a step that lowers the loss
and multiplied by 4 (and the step withdrawn) after one that does not. Gradient descent takes
the best of 13 rates at each step. For equal work: as many gradients with momentum as ten steps
take products, 10 x 592. Writes second_order_experiment.json.
"""

import json
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits

from snippets.optimization.second_order import curvature_product, loss_and_gradient, newton_step

D, H, K = 64, 8, 10
METHODS = ["gradient descent", "Newton", "Newton, damped", "saddle-free, damped", "Gauss-Newton, damped"]


def parts(w: np.ndarray) -> tuple:
    return w[: D * H].reshape(D, H), w[D * H :].reshape(H, K)


def matrix(w: np.ndarray, x: np.ndarray, targets: np.ndarray, gauss_newton: bool) -> np.ndarray:
    """The curvature matrix, one product per column."""
    columns = []
    for unit in np.eye(len(w)):
        pair = curvature_product(*parts(w), x, targets, *parts(unit), gauss_newton)
        columns.append(np.concatenate([part.ravel() for part in pair]))
    return np.stack(columns, axis=1)


def start(seed: int) -> tuple:
    """Weights, inputs (300, 64) and one-hot targets (300, 10)."""
    digits = load_digits()
    rows = np.random.default_rng(0).permutation(len(digits.data))[:300]
    x, targets = digits.data[rows] / 16 - 0.3, np.eye(K)[digits.target[rows]]
    rng = np.random.default_rng(seed)
    w = np.concatenate([rng.normal(0, D**-0.5, D * H), rng.normal(0, H**-0.5, H * K)])
    return w, x, targets


def momentum(seed: int, steps: int = 5920, lr: float = 0.1, beta: float = 0.9) -> dict:
    """Loss of heavy-ball momentum after a tenth of the steps and after all."""
    w, x, targets = start(seed)
    velocity, losses = np.zeros_like(w), {}
    for t in range(1, steps + 1):
        grads = loss_and_gradient(*parts(w), x, targets)[1:]
        velocity = beta * velocity + np.concatenate([g.ravel() for g in grads])
        w = w - lr * velocity
        if t in (steps // 10, steps):
            losses[str(t)] = float(f"{loss_and_gradient(*parts(w), x, targets)[0]:.4g}")
    return losses


def run(method: str, seed: int, steps: int = 10) -> dict:
    """Loss after each step, and how many eigenvalues are negative at the start."""
    w, x, targets = start(seed)
    damping, losses, negative = 0.1, [float(loss_and_gradient(*parts(w), x, targets)[0])], None
    for _ in range(steps):
        loss, *grads = loss_and_gradient(*parts(w), x, targets)
        grad = np.concatenate([g.ravel() for g in grads])
        if method == "gradient descent":
            trials = [w - rate * grad for rate in np.logspace(-3, 3, 13)]
            w = min(trials, key=lambda t: loss_and_gradient(*parts(t), x, targets)[0])
        else:
            curvature = matrix(w, x, targets, method.startswith("Gauss"))
            if negative is None:
                negative = int(np.sum(np.linalg.eigvalsh(curvature) < -1e-10))
            damped = method.endswith("damped")
            new = w + newton_step(grad, curvature, damping if damped else 0.0, method.startswith("saddle"))
            if damped and not loss_and_gradient(*parts(new), x, targets)[0] < loss:
                damping *= 4
            else:
                damping, w = damping / 3, new
        losses.append(float(loss_and_gradient(*parts(w), x, targets)[0]))
    return {"losses": [float(f"{value:.4g}") for value in losses], "negative": negative}


def main() -> None:
    result: dict = {method: [run(method, seed) for seed in range(3)] for method in METHODS}
    result["momentum"] = [momentum(seed) for seed in range(3)]
    path = Path(__file__).with_suffix(".json")
    path.write_text(json.dumps(result) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
