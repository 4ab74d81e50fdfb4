"""Softmax and cross-entropy, backward: through the Jacobian, and in one step.

Softmax outputs with a probability score: Bridle, NeurIPS 1989. Arguments and reductions as
in PyTorch's cross_entropy, except that the classes are the last axis.
"""

import numpy as np


# --8<-- [start:softmax]
def log_softmax(logits: np.ndarray) -> np.ndarray:
    """Logarithm of the softmax over the last axis, finite for any finite logits."""
    shifted = logits - logits.max(axis=-1, keepdims=True)  # exp is at most 1
    return shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))


def softmax_backward(grad: np.ndarray, probs: np.ndarray) -> np.ndarray:
    """Gradient of the logits from the gradient of the probabilities, both (..., K).

    The Jacobian is diag(p) - p p^T; the product with it takes K steps, not K^2.
    """
    return probs * (grad - (grad * probs).sum(axis=-1, keepdims=True))
# --8<-- [end:softmax]


# --8<-- [start:loss]
def cross_entropy(logits: np.ndarray, targets: np.ndarray, ignore_index: int = -100,
                  reduction: str = "mean") -> tuple[np.ndarray, np.ndarray]:
    """Cross-entropy in nats and its gradient with respect to the logits.

    Args:
        logits: (..., K).
        targets: Classes as integers (...), or weights for each class (..., K) as
            floating point numbers, which need not sum to 1.
        ignore_index: Integer targets with this value have loss 0 and gradient 0,
            and do not count in the mean.
        reduction: "mean" over the rows that count, "sum", or "none" for one loss
            per row, with the gradient of their sum.

    Returns:
        The loss, a number or (...), and the gradient (..., K).

    Raises:
        ValueError: If ``logits`` are not floating point, ``targets`` have another
            shape or a class outside 0 to K - 1, ``reduction`` is unknown, or no row
            counts in a mean.

    >>> loss, grad = cross_entropy(np.log([[1.0, 2.0, 5.0]]), np.array([0]))
    >>> print(f"{loss:.4f}", grad)
    2.0794 [[-0.875  0.25   0.625]]
    """
    num_classes = logits.shape[-1]
    if reduction not in ("mean", "sum", "none"):
        raise ValueError(f"reduction must be mean, sum or none, got {reduction!r}")
    if not np.issubdtype(logits.dtype, np.floating):
        # Soft targets in the logits' integer type would become zeros.
        raise ValueError(f"logits must be floating point, got {logits.dtype}")
    counts = np.ones(logits.shape[:-1], dtype=bool)
    if np.issubdtype(targets.dtype, np.floating):
        soft = targets.astype(logits.dtype)
    else:
        counts = targets != ignore_index
        outside = (targets < 0) | (targets >= num_classes)
        for wrong in targets[counts & outside]:
            raise ValueError(f"targets must be 0 to {num_classes - 1}, got {wrong}")
        soft = targets[..., None] == np.arange(num_classes)  # (...) -> (..., K)
        soft = soft.astype(logits.dtype)  # a row of zeros where nothing counts
    if soft.shape != logits.shape:
        raise ValueError(f"targets {targets.shape} do not fit {logits.shape}")
    if reduction == "mean" and not counts.any():
        raise ValueError(f"targets have no row that counts: {targets}")
    log_probs = log_softmax(logits)
    # 0 times -inf, a masked class, counts 0.
    loss = -(soft * np.where(soft == 0, 0, log_probs)).sum(axis=-1)
    # A row whose targets sum to s has the gradient s p - y; s is 1 or, ignored, 0.
    grad = soft.sum(axis=-1, keepdims=True) * np.exp(log_probs) - soft
    if reduction == "none":
        return loss, grad
    n = counts.sum().astype(logits.dtype) if reduction == "mean" else 1
    return loss.sum() / n, grad / n
# --8<-- [end:loss]


# --8<-- [start:hessian]
def hessian(probs: np.ndarray) -> np.ndarray:
    """Second derivatives of one row's loss in its logits: diag(p) - p p^T.

    Args:
        probs: (..., K), each row summing to 1.

    Returns:
        (..., K, K); the same for every target that sums to 1.
    """
    eye = np.eye(probs.shape[-1], dtype=probs.dtype)
    return probs[..., None] * eye - probs[..., None] * probs[..., None, :]
# --8<-- [end:hessian]


if __name__ == "__main__":
    logits = np.log([[1.0, 2.0, 5.0]])
    probs = np.exp(log_softmax(logits))
    print("probabilities", probs)
    print("gradient of the probabilities (-8, 0, 0) through the Jacobian",
          softmax_backward(np.array([[-8.0, 0.0, 0.0]]), probs))
    for targets in (np.array([0]), np.array([[0.5, 0.25, 0.25]]), np.array([[1.0, 1.0, 0.0]])):
        print("targets", targets, *cross_entropy(logits, targets))
    print("Hessian * 64\n", hessian(probs[0]) * 64)
    print("eigenvalues", np.linalg.eigvalsh(hessian(probs[0])).round(4))
