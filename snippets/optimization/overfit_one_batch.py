"""Checks before a long run, for any framework: they take functions, not models.

The order follows Karpathy, *A Recipe for Training Neural Networks*,
https://karpathy.github.io/2019/04/25/recipe/; the test with permuted labels is
Ojala and Garriga's, https://jmlr.org/papers/v11/ojala10a.html.
"""

from collections.abc import Callable

import numpy as np


# --8<-- [start:initial]
def initial_loss(class_shares: np.ndarray, bias_at_shares: bool = False) -> float:
    """Cross-entropy, in nats, that a network should have before its first step.

    Zero logits give ln K whatever the shares; a last bias of log(share) gives
    their entropy.

    Args:
        class_shares: Shares of the K classes, positive, sum 1.
        bias_at_shares: Whether the last bias starts at log(class_shares).

    Raises:
        ValueError: If ``class_shares`` are not shares.

    >>> round(initial_loss(np.full(10, 0.1)), 4)
    2.3026
    """
    shares = np.asarray(class_shares, dtype=np.float64)
    if not ((shares > 0).all() and abs(shares.sum() - 1) < 1e-6):
        raise ValueError(f"class_shares must be shares, got {class_shares}")
    entropy = -(shares * np.log(shares)).sum()
    return float(entropy if bias_at_shares else np.log(shares.size))
# --8<-- [end:initial]


# --8<-- [start:depends]
def depends_on(function: Callable[[np.ndarray], np.ndarray], x: np.ndarray,
               rng: np.random.Generator, axis: int = 0) -> np.ndarray:
    """Which outputs move when 1 + rng.random is added to one input along an axis.

    With axis 0 (examples) the answer should be the identity; with a time axis and a
    causal model, lower triangular.

    Args:
        function: From x to an array with as many entries along ``axis``.
        x: Any shape; not modified.
        rng: Draws the noise.
        axis: Examples or time.

    Returns:
        (n, n) booleans; [i, j] is whether output i depends on input j.

    Raises:
        ValueError: If ``function`` gives another length along ``axis``.

    >>> rng = np.random.default_rng(0)
    >>> depends_on(lambda x: x - x.mean(axis=0), np.eye(2), rng)
    array([[ True,  True],
           [ True,  True]])
    """
    before, n = np.moveaxis(function(x), axis, 0), x.shape[axis]
    if len(before) != n:
        raise ValueError(f"function must keep length {n}, got {len(before)}")
    result = np.zeros((n, n), dtype=bool)
    for j in range(n):
        moved = np.moveaxis(np.array(x, dtype=np.float64), axis, 0)  # a copy
        moved[j] += 1 + rng.random(moved[j].shape)
        after = np.moveaxis(function(np.moveaxis(moved, 0, axis)), axis, 0)
        result[:, j] = (after != before).reshape(n, -1).any(axis=1)
    return result
# --8<-- [end:depends]


# --8<-- [start:slope]
def slope_error(loss: Callable[[list[np.ndarray]], float], params: list[np.ndarray],
                grads: list[np.ndarray], rng: np.random.Generator,
                eps: float = 1e-5) -> np.ndarray:
    """Relative error of each parameter's gradient along one random direction.

    (loss(p + eps v) - loss(p - eps v)) / (2 eps) against the inner product of grad
    and v, per parameter: below 1e-6 in float64 is right, 0.01 or more a fault.

    Args:
        loss: From the parameters to a number; deterministic.
        params: float64 arrays; not modified.
        grads: What backpropagation says, same shapes.
        rng: Draws the directions, standard normal.
        eps: Step.

    Returns:
        One error for each parameter, |a - b| / max(|a|, |b|, 1e-12).

    >>> slope_error(lambda p: float(p[0] @ p[0]), [np.ones(3)], [np.full(3, 2.0)],
    ...             np.random.default_rng(0))[0] < 1e-6
    np.True_
    """
    errors = []
    for i, (param, grad) in enumerate(zip(params, grads, strict=True)):
        direction = rng.standard_normal(param.shape)
        up, down = list(params), list(params)
        up[i], down[i] = param + eps * direction, param - eps * direction
        numeric = (loss(up) - loss(down)) / (2 * eps)
        claimed = float((grad * direction).sum())
        size = max(abs(numeric), abs(claimed), 1e-12)
        errors.append(abs(numeric - claimed) / size)
    return np.array(errors)
# --8<-- [end:slope]


# --8<-- [start:overfit]
def steps_to_overfit(step: Callable[[], float], steps: int,
                     goal: float = 0.01) -> int:
    """Steps on the same batch until the loss is below the goal, or -1.

    Args:
        step: One update of the real loop on one fixed batch; returns its loss.
        steps: At most so many.
        goal: Near the loss's minimum, 0 for cross-entropy.

    Raises:
        ValueError: If ``steps`` is below 1.

    >>> losses = iter([2.3, 0.5, 0.009])
    >>> steps_to_overfit(lambda: next(losses), 3)
    3
    """
    if steps < 1:
        raise ValueError(f"steps must be at least 1, got {steps}")
    for i in range(steps):
        if step() < goal:
            return i + 1
    return -1
# --8<-- [end:overfit]


# --8<-- [start:permute]
def permutation_test(
    score: Callable[[np.ndarray, np.ndarray], float], x: np.ndarray, y: np.ndarray,
    rounds: int, rng: np.random.Generator,
) -> tuple[float, np.ndarray, float]:
    """The whole pipeline's score with true labels and with permuted ones.

    Args:
        score: EVERYTHING after loading: selection, split, fit, test score.
        x: Inputs, (N, ...).
        y: Labels, (N,).
        rounds: Number of permutations, rng.permutation(y) each.
        rng: Draws them.

    Returns:
        Score, scores with permuted labels (rounds,), p value: (1 + how many of them
        reach the score) / (1 + rounds).

    Raises:
        ValueError: If ``y`` has another length than ``x``.
    """
    if len(x) != len(y):
        raise ValueError(f"y must have length {len(x)}, got {len(y)}")
    true = score(x, y)
    null = np.array([score(x, rng.permutation(y)) for _ in range(rounds)])
    return true, null, (1 + int((null >= true).sum())) / (1 + rounds)
# --8<-- [end:permute]


# --8<-- [start:same]
def same_twice(run: Callable[[int], np.ndarray], seed: int) -> bool:
    """Whether two runs with one seed agree to the last bit and another differs.

    Args:
        run: From a seed to losses or weights after a few steps.
        seed: The one used twice; seed + 1 is the other.
    """
    first, second, other = run(seed), run(seed), run(seed + 1)
    return np.array_equal(first, second) and not np.array_equal(first, other)
# --8<-- [end:same]


if __name__ == "__main__":
    print("ln 10:", round(initial_loss(np.full(10, 0.1)), 4))
    shares = np.array([0.9, 0.1])
    print("shares 0.9 and 0.1, zero logits:", round(initial_loss(shares), 4),
          "bias at log shares:", round(initial_loss(shares, True), 4))
    rng = np.random.default_rng(0)
    x = rng.standard_normal((3, 4))
    print("mean over the batch:", depends_on(lambda x: x - x.mean(axis=0), x, rng).astype(int).tolist())
    print("reshape for transpose:",
          depends_on(lambda x: x.reshape(4, 3).T, x, rng).astype(int).tolist())
    causal = depends_on(lambda x: np.cumsum(x, axis=1), x, rng, axis=1)
    print("cumulative sum over time:", causal.astype(int).tolist())
