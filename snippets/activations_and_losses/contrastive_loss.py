"""Triplet loss with mining, InfoNCE, CLIP's symmetric loss, and what InfoNCE bounds.

FaceNet: Schroff and others 2015, https://arxiv.org/abs/1503.03832. InfoNCE: van den Oord and
others 2018, https://arxiv.org/abs/1807.03748. CLIP: Radford and others 2021,
https://arxiv.org/abs/2103.00020.
"""

import numpy as np


# --8<-- [start:triplet]
def triplet_margin_loss(
    anchor: np.ndarray, positive: np.ndarray, negative: np.ndarray,
    margin: float = 1.0, eps: float = 1e-6,
) -> tuple:
    """Mean of max(0, d(a, p) - d(a, n) + margin) and its gradients.

    d is the Euclidean norm of the difference plus ``eps``, as in PyTorch, so that
    its gradient exists where the points coincide.

    Args:
        anchor: (N, D).
        positive: Same class as the anchor, (N, D).
        negative: Another class, (N, D).
        margin: How much farther the negative has to be.
        eps: Added to each coordinate of a difference.

    Returns:
        The loss, and the gradients at anchor, positive and negative, (N, D) each.

    Raises:
        ValueError: If the shapes differ or there are no triplets.
    """
    if not anchor.shape == positive.shape == negative.shape or len(anchor) == 0:
        raise ValueError(
            f"anchor, positive, negative need one shape, got {anchor.shape}, "
            f"{positive.shape}, {negative.shape}")
    to_positive = 1.0 * anchor - positive + eps  # 1.0: small integers would wrap
    to_negative = 1.0 * anchor - negative + eps
    near = np.sqrt((to_positive**2).sum(axis=1, keepdims=True))  # (N, 1)
    far = np.sqrt((to_negative**2).sum(axis=1, keepdims=True))
    violation = near - far + margin
    active = (violation > 0) / len(anchor)  # satisfied triplets have no gradient
    grad_positive = -active * to_positive / near
    grad_negative = active * to_negative / far
    grad_anchor = -grad_positive - grad_negative
    loss = float(np.maximum(violation, 0).mean())
    return loss, *(grad.astype(near.dtype) for grad in (
        grad_anchor, grad_positive, grad_negative))
# --8<-- [end:triplet]


# --8<-- [start:mining]
def mine_triplets(embeddings: np.ndarray, labels: np.ndarray, margin: float,
                  kind: str = "semi-hard") -> np.ndarray:
    """Indices of triplets: each anchor with each positive, and one negative.

    "hard" takes the nearest negative. "semi-hard" takes the nearest one that is
    farther than the positive and violates the margin; pairs without are left out.

    Args:
        embeddings: (N, D).
        labels: (N,).
        margin: Of the loss.
        kind: "hard" or "semi-hard".

    Returns:
        (M, 3): anchor, positive, negative.

    Raises:
        ValueError: If ``kind`` is another word.
    """
    if kind not in ("hard", "semi-hard"):
        raise ValueError(f"kind must be hard or semi-hard, got {kind}")
    gaps = 1.0 * embeddings[:, None] - embeddings[None]  # (N, N, D)
    distances = np.sqrt((gaps**2).sum(axis=2))
    triplets = []
    for a, p in np.argwhere(labels[:, None] == labels[None]):
        allowed = labels != labels[a]
        if kind == "semi-hard":
            reach = distances[a, p]
            allowed &= (distances[a] > reach) & (distances[a] < reach + margin)
        if a != p and allowed.any():
            nearest = np.where(allowed, distances[a], np.inf).argmin()
            triplets.append((a, p, nearest))
    return np.array(triplets, dtype=np.int64).reshape(-1, 3)
# --8<-- [end:mining]


# --8<-- [start:infonce]
def info_nce(queries: np.ndarray, keys: np.ndarray,
             temperature: float = 0.1) -> tuple:
    """Cross-entropy over each query's dot products with all keys of the batch.

    Key i belongs to query i, the other N - 1 are its negatives.

    Args:
        queries: (N, D), usually of norm 1.
        keys: (N, D), usually of norm 1.
        temperature: Divides the dot products.

    Returns:
        The loss, and the gradients at queries and keys.

    Raises:
        ValueError: If the shapes differ or ``temperature`` is not positive.

    >>> loss, _, _ = info_nce(np.eye(3), np.eye(3), temperature=1.0)
    >>> print(f"{loss:.4f}")
    0.5514
    """
    if queries.shape != keys.shape:
        raise ValueError(f"keys must be {queries.shape}, got {keys.shape}")
    if temperature <= 0:
        raise ValueError(f"temperature must be positive, got {temperature}")
    logits = queries @ keys.T / temperature  # (N, N)
    logits = logits - logits.max(axis=1, keepdims=True)
    log_probs = logits - np.log(np.exp(logits).sum(axis=1, keepdims=True))
    diagonal = np.arange(len(queries))
    grad = np.exp(log_probs)
    grad[diagonal, diagonal] -= 1  # softmax minus one-hot
    grad /= len(queries) * temperature
    loss = float(-log_probs[diagonal, diagonal].mean())
    return loss, grad @ keys, grad.T @ queries
# --8<-- [end:infonce]


# --8<-- [start:clip]
def clip_loss(image_features: np.ndarray, text_features: np.ndarray,
              logit_scale: float = 1 / 0.07) -> tuple:
    """Mean of InfoNCE from images to texts and from texts to images.

    Args:
        image_features: Not yet normalized, (N, D).
        text_features: Text i describes image i, (N, D).
        logit_scale: One over the temperature.

    Returns:
        The loss, the gradients at both features, and that at ``logit_scale``.
    """
    norms = [np.sqrt((x * x).sum(axis=1, keepdims=True))
             for x in (image_features, text_features)]
    image, text = image_features / norms[0], text_features / norms[1]
    there, grad_image, grad_text = info_nce(image, text, 1 / logit_scale)
    back, other_text, other_image = info_nce(text, image, 1 / logit_scale)
    grads = [(grad_image + other_image) / 2, (grad_text + other_text) / 2]
    # The loss depends on scale times image only, so this is d loss / d scale.
    grad_scale = float((grads[0] * image).sum() / logit_scale)
    for i, unit in enumerate((image, text)):  # back through the normalization
        along = (grads[i] * unit).sum(axis=1, keepdims=True)
        grads[i] = (grads[i] - along * unit) / norms[i]
    return (there + back) / 2, grads[0], grads[1], grad_scale
# --8<-- [end:clip]


# --8<-- [start:bound]
def information_bound(scores: np.ndarray) -> float:
    """ln N minus the InfoNCE loss of given scores: at most ln N.

    In expectation it is at most the mutual information of the pairs, too.

    Args:
        scores: A critic for all pairs of a batch, true ones diagonal, (N, N).

    Returns:
        The estimate in nats.

    Raises:
        ValueError: If ``scores`` is not square.
    """
    if scores.shape != scores.T.shape:
        raise ValueError(f"scores must be (N, N), got {scores.shape}")
    peak = scores.max(axis=1, keepdims=True)
    total = peak[:, 0] + np.log(np.exp(scores - peak).sum(axis=1))
    return float(np.log(len(scores)) + (np.diagonal(scores) - total).mean())
# --8<-- [end:bound]


def gaussian_scores(size: int, information: float, rng: np.random.Generator,
                    features: int = 10) -> np.ndarray:
    """The best critic, ln p(y | x) / p(y), for pairs with a known information.

    Coordinates of x and y are standard normal with one correlation r, and the
    information is -D / 2 ln(1 - r^2) nats.

    Args:
        size: Pairs N.
        information: In nats.
        rng: Source of the pairs.
        features: D.

    Returns:
        (N, N), true pairs on the diagonal.
    """
    rest = np.exp(-2 * information / features)  # 1 - r^2
    r = np.sqrt(1 - rest)
    x = rng.standard_normal((size, features))
    y = r * x + np.sqrt(rest) * rng.standard_normal((size, features))
    gaps = (y**2).sum(1) + r * r * (x**2).sum(1)[:, None] - 2 * r * x @ y.T
    return -0.5 * gaps / rest - 0.5 * features * np.log(rest) + 0.5 * (y**2).sum(1)


if __name__ == "__main__":
    similarity = np.array([0.9, 0.7, 0.1, 0.0])  # the first is the positive
    for temperature in (1.0, 0.1, 0.07, 0.01):
        p = np.exp((similarity - similarity.max()) / temperature)
        p = p / p.sum()
        print(f"temperature {temperature}: loss {-np.log(p[0]):.4f}, gradient at the similarities",
              ((p - np.eye(4)[0]) / temperature).round(3))
    a, p, n = (np.array([v]) for v in ([0.0, 0.0], [0.6, 0.8], [1.2, 0.0]))
    print("triplet", *(np.round(one, 3).tolist() for one in triplet_margin_loss(a, p, n, 0.5)))
    rng = np.random.default_rng(0)
    for information in (2.0, 5.0, 10.0):
        print("information", information, [
            round(float(np.mean([information_bound(gaussian_scores(n, information, rng))
                                 for _ in range(max(4, 2048 // n))])), 2) for n in (4, 16, 64, 256, 1024)])
    print("ln N", np.log([4, 16, 64, 256, 1024]).round(2))
