"""Label smoothing as targets and as a penalty, its optimum, and the calibration error.

Szegedy and others 2015, https://arxiv.org/abs/1512.00567, section 7; the calibration error
with bins as in Guo and others 2017, https://arxiv.org/abs/1706.04599.
"""

import numpy as np


# --8<-- [start:targets]
def smooth_labels(targets: np.ndarray, num_classes: int,
                  label_smoothing: float = 0.1) -> np.ndarray:
    """Rows of probabilities: 1 - s + s / K for the target, s / K for every other.

    Args:
        targets: Class indices from 0 to K - 1, (N,).
        num_classes: K.
        label_smoothing: The share s that is spread over all K classes.

    Returns:
        (N, K), float64, rows that sum to 1.

    Raises:
        ValueError: If ``label_smoothing`` is not 0 to 1, or a target is no class.

    >>> smooth_labels(np.array([1]), 4, 0.2)
    array([[0.05, 0.85, 0.05, 0.05]])
    """
    if not 0 <= label_smoothing <= 1:
        raise ValueError(f"label_smoothing must be 0 to 1, got {label_smoothing}")
    wrong = targets[(targets < 0) | (targets >= num_classes)]
    if len(wrong) > 0:
        raise ValueError(f"targets must be 0 to {num_classes - 1}, got {wrong[0]}")
    rows = np.full((len(targets), num_classes), label_smoothing / num_classes)
    rows[np.arange(len(targets)), targets] += 1 - label_smoothing
    return rows
# --8<-- [end:targets]


# --8<-- [start:loss]
def label_smoothing_loss(logits: np.ndarray, targets: np.ndarray,
                         label_smoothing: float = 0.1) -> tuple[float, np.ndarray]:
    """(1 - s) times the cross-entropy plus s times that against the uniform target.

    The second term is ln K + KL(uniform, q), so this is a penalty on being sure.

    Args:
        logits: (N, K).
        targets: Class indices, (N,).
        label_smoothing: s, from 0 to 1.

    Returns:
        The mean loss in nats and its gradient at ``logits``: (q - p) / N with the
        rows p of ``smooth_labels``.

    Raises:
        ValueError: If there are no rows, not one target per row, or a target is
            no class.
    """
    if len(logits) == 0 or targets.shape != logits.shape[:1]:
        raise ValueError(f"targets must be {logits.shape[:1]}, got {targets.shape}")
    p = smooth_labels(targets, logits.shape[1], label_smoothing)
    peak = 1.0 * logits.max(axis=1, keepdims=True)  # 1.0: small integers would wrap
    shifted = logits - peak  # exp cannot overflow
    log_q = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    hard = -log_q[np.arange(len(targets)), targets]  # (N,)
    uniform = -log_q.mean(axis=1)  # cross-entropy against 1 / K everywhere
    loss = (1 - label_smoothing) * hard + label_smoothing * uniform
    grad = (np.exp(log_q) - p) / len(targets)
    return float(loss.mean()), grad.astype(log_q.dtype)
# --8<-- [end:loss]


# --8<-- [start:gap]
def optimal_gap(num_classes: int, label_smoothing: float) -> float:
    """Logit of the target minus that of another class where the loss is least.

    ln of (1 - s + s / K) / (s / K); infinite for s = 0.

    Args:
        num_classes: K.
        label_smoothing: s.

    Returns:
        The gap.

    >>> round(optimal_gap(10, 0.1), 3), round(optimal_gap(1000, 0.1), 3)
    (4.511, 9.105)
    """
    if label_smoothing == 0:
        return float("inf")
    return float(np.log1p(num_classes * (1 - label_smoothing) / label_smoothing))


def undo_smoothing(probs: np.ndarray, label_smoothing: float) -> np.ndarray:
    """The class probabilities that a perfectly fitted, smoothed model has in mind.

    With true probabilities t the loss is least at (1 - s) t + s / K; this solves
    for t, cuts at 0 what a real model has too little, and normalizes.

    Args:
        probs: Outputs of the model, (N, K).
        label_smoothing: s of its training, below 1.

    Returns:
        (N, K).
    """
    share = label_smoothing / probs.shape[1]
    t = np.maximum(probs - share, 0)  # the factor 1 / (1 - s) cancels below
    return t / t.sum(axis=1, keepdims=True)
# --8<-- [end:gap]


# --8<-- [start:ece]
def expected_calibration_error(probs: np.ndarray, targets: np.ndarray,
                               num_bins: int = 15) -> float:
    """Mean distance of confidence and accuracy, over bins of confidence.

    Bins have equal width, and weigh as much as they hold examples.

    Args:
        probs: Outputs, rows that sum to 1, (N, K).
        targets: Class indices, (N,).
        num_bins: Number of bins.

    Returns:
        From 0 to 1.

    Raises:
        ValueError: If there are no examples.
    """
    if len(targets) == 0:
        raise ValueError(f"targets must not be empty, got {targets.shape}")
    confidence = probs.max(axis=1)
    right = probs.argmax(axis=1) == targets
    place = np.minimum((confidence * num_bins).astype(np.intp), num_bins - 1)
    gap = np.bincount(place, right - confidence, num_bins)
    return float(np.abs(gap).sum() / len(targets))
# --8<-- [end:ece]


if __name__ == "__main__":
    for num_classes, share in ((10, 0.1), (1000, 0.1), (10, 0.05), (50_257, 0.1)):
        p = smooth_labels(np.array([0]), num_classes, share)[0]
        print(f"K {num_classes}, s {share}: target {p[0]:.5f}, others {p[1]:.2g}, "
              f"gap {optimal_gap(num_classes, share):.3f}, floor {-(p * np.log(p)).sum():.4f}")
    gap = np.array([[2.0, 1.0, 0.0]])
    for share in (0.0, 0.1, 0.3):
        loss, grad = label_smoothing_loss(gap, np.array([0]), share)
        print(share, round(loss, 4), grad.round(4))
    for gap_size in (0, 2, 4.511, 8, 20):
        logits = np.array([[gap_size] + [0.0] * 9])
        print(gap_size, *(round(label_smoothing_loss(logits, np.array([0]), s)[0], 4) for s in (0, 0.1)))
