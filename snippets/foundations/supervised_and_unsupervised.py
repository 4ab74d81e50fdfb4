"""Three ways to learn from the same inputs: with labels, without, with labels made from them.

Predicting what was hidden: BERT, https://arxiv.org/abs/1810.04805, for words; masked
autoencoders, https://arxiv.org/abs/2111.06377, for images.
"""

import numpy as np


# --8<-- [start:supervised]
def fit_classifier(
    x: np.ndarray,
    targets: np.ndarray,
    num_classes: int,
    l2: float,
    steps: int = 300,
) -> tuple[np.ndarray, np.ndarray]:
    """Supervised: softmax regression on labels, by gradient descent from zero.

    The loss is the mean cross-entropy plus l2 / 2 times the squared weight; the
    bias is not penalized. The step size is 1 / (s / (2 N) + l2), s the largest
    eigenvalue of X^T X with a column of ones in X: then the loss cannot rise.

    Args:
        x: Features, (N, D).
        targets: Class indices from 0 to K - 1, (N,).
        num_classes: K.
        l2: Penalty, at least 0.
        steps: Number of updates, each on all rows.

    Returns:
        Weight, (D, K), and bias, (K,).

    Raises:
        ValueError: If ``x`` is empty or ``targets`` are not one class per row.

    >>> x = np.array([[0.0], [1.0]])
    >>> weight, bias = fit_classifier(x, np.array([0, 1]), num_classes=2, l2=0.0)
    >>> print((np.array([[0.2], [0.9]]) @ weight + bias).argmax(axis=1))
    [0 1]
    """
    if len(x) == 0 or targets.shape != x.shape[:1]:
        raise ValueError(f"x {x.shape} for targets {targets.shape}")
    if targets.min() < 0 or targets.max() >= num_classes:
        raise ValueError(f"targets are {targets.min()} to {targets.max()}, "
                         f"not 0 to {num_classes - 1}")
    ones = np.column_stack([x, np.ones(len(x))])  # (N, D) -> (N, D + 1)
    lr = 1 / (np.linalg.norm(ones, 2) ** 2 / (2 * len(x)) + l2)
    params = np.zeros((x.shape[1] + 1, num_classes))
    decay = np.full((x.shape[1] + 1, 1), l2)
    decay[-1] = 0.0
    one_hot = np.eye(num_classes)[targets]  # (N,) -> (N, K)
    for _ in range(steps):
        logits = ones @ params
        exps = np.exp(logits - logits.max(axis=1, keepdims=True))
        error = exps / exps.sum(axis=1, keepdims=True) - one_hot
        params -= lr * (ones.T @ error / len(x) + decay * params)
    return params[:-1], params[-1]
# --8<-- [end:supervised]


# --8<-- [start:unsupervised]
def principal_components(x: np.ndarray, k: int) -> tuple[np.ndarray, np.ndarray]:
    """Unsupervised: the k directions that keep most variance. No label enters.

    Args:
        x: Features, (N, D).
        k: Number of directions, at most min(N, D).

    Returns:
        Mean, (D,), and orthonormal directions as columns, (D, k), largest
        variance first. Features are ``(x - mean) @ directions``.

    Raises:
        ValueError: If ``k`` is not between 1 and min(N, D).

    >>> points = np.array([[0.0, 1], [2, 1], [4, 1]])
    >>> mean, directions = principal_components(points, 1)
    >>> print(mean, np.abs(directions.T))
    [2. 1.] [[1. 0.]]
    """
    if not 1 <= k <= min(x.shape):
        raise ValueError(f"k must lie in 1 to {min(x.shape)}, got {k}")
    mean = x.mean(axis=0)
    _, _, rows = np.linalg.svd(x - mean, full_matrices=False)  # (min(N, D), D)
    return mean, rows[:k].T
# --8<-- [end:unsupervised]


# --8<-- [start:selfsupervised]
def masked_loss(
    x: np.ndarray, visible: np.ndarray, params: list[np.ndarray]
) -> tuple[float, list[np.ndarray]]:
    """Self-supervised: predict the hidden inputs from the visible ones.

    The network sees x with hidden entries set to 0: relu(seen W1 + b1) W2 + b2. The
    loss is the mean squared error over the hidden entries only.

    Args:
        x: Features, (N, D): the input and, where hidden, the target.
        visible: True where the network may look, (N, D).
        params: W1 (D, H), b1 (H,), W2 (H, D), b2 (D,).

    Returns:
        The loss and its gradients in the order of ``params``. If nothing is hidden,
        both are zero.

    >>> x, visible = np.array([[3.0, 2.0]]), np.array([[True, False]])
    >>> zero = [np.zeros((2, 1)), np.zeros(1), np.zeros((1, 2)), np.zeros(2)]
    >>> loss, grads = masked_loss(x, visible, zero)
    >>> print(loss, grads[3])  # (0 - 2)^2, and only the hidden entry pulls
    4.0 [ 0. -4.]
    """
    w1, b1, w2, b2 = params
    hidden = np.logical_not(visible)  # not ~: that is -2 for an integer 1
    seen = np.where(hidden, 0, x)
    pre = seen @ w1 + b1  # (N, D) -> (N, H)
    h = np.maximum(pre, 0)
    error = (h @ w2 + b2 - x) * hidden  # (N, H) -> (N, D), 0 where visible
    count = max(1, int(hidden.sum()))
    out = 2 * error / count
    back = (out @ w2.T) * (pre > 0)
    grads = [seen.T @ back, back.sum(axis=0), h.T @ out, out.sum(axis=0)]
    return float((error**2).sum() / count), grads


def pretrain(
    x: np.ndarray,
    hidden: int,
    share: float,
    steps: int,
    rng: np.random.Generator,
) -> list[np.ndarray]:
    """Train on ``masked_loss`` with Adam: new masks in every step, no label.

    Args:
        x: Unlabeled features, (N, D).
        hidden: Units H of the layer that is kept as the representation.
        share: Probability that an entry is hidden.
        steps: Updates, each on 100 rows drawn with replacement, rate 0.003.
        rng: Draws initial weights, rows and masks.

    Returns:
        W1 (D, H), b1 (H,), W2 (H, D), b2 (D,). Features are ``relu(x @ W1 + b1)``.
    """
    d = x.shape[1]
    params = [rng.standard_normal((d, hidden)) * np.sqrt(2 / d), np.zeros(hidden),
              rng.standard_normal((hidden, d)) * np.sqrt(1 / hidden), np.zeros(d)]
    first = [np.zeros_like(p) for p in params]
    second = [np.zeros_like(p) for p in params]
    for step in range(1, steps + 1):
        rows = x[rng.integers(0, len(x), 100)]
        visible = rng.random(rows.shape) >= share
        _, grads = masked_loss(rows, visible, params)
        for p, m, v, g in zip(params, first, second, grads, strict=True):
            m += 0.1 * (g - m)
            v += 0.001 * (g**2 - v)
            fair_m, fair_v = m / (1 - 0.9**step), v / (1 - 0.999**step)
            p -= 0.003 * fair_m / (np.sqrt(fair_v) + 1e-8)
    return params
# --8<-- [end:selfsupervised]


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    prototypes = rng.standard_normal((3, 12))
    targets = rng.integers(0, 3, 600)
    x = prototypes[targets] + 1.5 * rng.standard_normal((600, 12))
    mean, directions = principal_components(x, 2)
    masked = pretrain(x, 24, 0.5, 1000, rng)
    features = {"inputs": x, "two principal components": (x - mean) @ directions,
                "hidden layer of the masked network": np.maximum(x @ masked[0] + masked[1], 0)}
    for name, f in features.items():
        for n in (6, 60, 300):
            weight, bias = fit_classifier(f[:n], targets[:n], 3, 0.01)
            right = ((f[300:] @ weight + bias).argmax(axis=1) == targets[300:]).mean()
            print(f"{n:4} labels, {name}: {right:.3f} of 300 held out")
