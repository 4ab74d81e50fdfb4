"""Two networks, two losses: the smallest game, min over x and max over y of x times y.

Mescheder, Nowozin, Geiger, *The Numerics of GANs*, NeurIPS 2017, https://arxiv.org/abs/1705.10461;
Gidel et al., *A Variational Inequality Perspective on Generative Adversarial Networks*, ICLR 2019,
https://arxiv.org/abs/1802.10551 (extrapolation).
"""

import numpy as np


# --8<-- [start:game]
def play_game(
    rule: str, lr: float, steps: int, decay: float = 0.0
) -> np.ndarray:
    """Gradient steps on x y + (decay/2) x² - (decay/2) y², from (1, 0).

    Player x descends, its gradient is ``y + decay * x``; player y ascends, its
    gradient is ``x - decay * y``.

    Args:
        rule: ``simultaneous``: both gradients at the old point.
            ``alternating``: x moves first, y then uses the new x.
            ``extragradient``: a simultaneous step to a trial point, then a step
            from the *old* point with the gradients at the trial point.
        lr: Step size of both players, above 0.
        steps: Number of steps, at least 0.
        decay: Strength of the regularizer, at least 0.

    Returns:
        The points (x, y), (steps + 1, 2), the start included.

    Raises:
        ValueError: If the rule is unknown or a number is outside its range.

    >>> play_game("simultaneous", lr=1.0, steps=2)
    array([[1., 0.],
           [1., 1.],
           [0., 2.]])
    """
    if rule not in ("simultaneous", "alternating", "extragradient"):
        raise ValueError(f"rule is unknown: {rule}")
    if not lr > 0 or steps < 0 or decay < 0:
        raise ValueError(f"lr, steps, decay out of range: {lr}, {steps}, {decay}")

    def direction(x: float, y: float) -> tuple[float, float]:
        return -(y + decay * x), x - decay * y

    x, y = 1.0, 0.0
    path = [(x, y)]
    for _ in range(steps):
        if rule == "alternating":
            x = x + lr * direction(x, y)[0]
            y = y + lr * direction(x, y)[1]  # sees the new x
        else:
            dx, dy = direction(x, y)
            if rule == "extragradient":
                dx, dy = direction(x + lr * dx, y + lr * dy)
            x, y = x + lr * dx, y + lr * dy
        path.append((x, y))
    return np.array(path, dtype=np.float64)
# --8<-- [end:game]


# --8<-- [start:mixture]
def mixture_forward(
    x: np.ndarray, gate: np.ndarray, experts: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Linear experts mixed by a linear softmax gate.

    Args:
        x: Inputs, (N, D).
        gate: Gate weights, (D, K) for K experts.
        experts: Expert weights, (K, D, O).

    Returns:
        The outputs ``sum_k probs[n, k] * (x[n] @ experts[k])``, (N, O), and
        ``probs``, the softmax of ``x @ gate`` over the experts, (N, K).

    Raises:
        ValueError: If the shapes do not fit.

    >>> x = np.array([[1.0, 0.0]])
    >>> experts = np.array([[[2.0], [0.0]], [[4.0], [0.0]]])
    >>> output, probs = mixture_forward(x, np.zeros((2, 2)), experts)
    >>> output, probs
    (array([[3.]]), array([[0.5, 0.5]]))
    """
    shapes = x.shape, gate.shape, experts.shape
    if [len(shape) for shape in shapes] != [2, 2, 3]:
        raise ValueError(f"x, gate, experts need 2, 2, 3 axes, got shapes {shapes}")
    if x.shape[1] != gate.shape[0] or experts.shape[:2] != gate.shape[::-1]:
        raise ValueError(f"x, gate, experts do not fit, got shapes {shapes}")
    logits = x @ gate  # (N, D) -> (N, K)
    probs = np.exp(logits - logits.max(axis=1, keepdims=True))
    probs = probs / probs.sum(axis=1, keepdims=True)
    # Each expert on each input: (N, D), (K, D, O) -> (N, K, O).
    answers = np.einsum("nd,kdo->nko", x, experts)
    return np.einsum("nk,nko->no", probs, answers), probs
# --8<-- [end:mixture]


if __name__ == "__main__":
    for rule, decay in [("simultaneous", 0.0), ("alternating", 0.0), ("extragradient", 0.0),
                        ("simultaneous", 0.3)]:
        distance = np.linalg.norm(play_game(rule, 0.2, 100, decay), axis=1)
        print(f"{rule}, decay {decay}: distance {distance[1]:.4f} after 1 step,",
              f"{distance[100]:.3g} after 100, largest {distance.max():.3f}")
    path = play_game("simultaneous", 0.2, 3)
    print(path.round(3).tolist(), (path**2).sum(axis=1).round(4).tolist())
