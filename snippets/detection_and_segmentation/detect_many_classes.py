"""Classifying into very many classes: sampled softmax, a tree of softmaxes, checked classes only.

Sampled softmax: Jean et al., https://arxiv.org/abs/1412.2007, section 3. The tree: Redmon and
Farhadi, *YOLO9000*, https://arxiv.org/abs/1612.08242, section 4. Classes that were checked in an
image: Gupta et al., *LVIS*, https://arxiv.org/abs/1908.03195.
"""

import numpy as np


# --8<-- [start:cost]
def head_cost(
    num_classes: int, features: int, locations: int, boxes_per_class: bool
) -> dict[str, int]:
    """Parameters, multiply-adds and outputs of a detector's last layer per image.

    The layer is linear without bias and is applied at every location. It gives a
    score for each class and four numbers per box: a box for each class, or one box
    for all of them.

    Returns:
        "parameters", "multiply_adds" and "outputs", the latter over all locations.

    >>> head_cost(10, 3, 2, boxes_per_class=False)["parameters"]
    42
    """
    per_location = num_classes + 4 * (num_classes if boxes_per_class else 1)
    parameters = features * per_location
    return {"parameters": parameters, "multiply_adds": locations * parameters,
            "outputs": locations * per_location}
# --8<-- [end:cost]


# --8<-- [start:sampled]
def sampled_softmax(
    features: np.ndarray, weight: np.ndarray, targets: np.ndarray,
    sampled: np.ndarray, log_expected: np.ndarray,
) -> tuple[float, np.ndarray, np.ndarray, np.ndarray]:
    """Cross-entropy over the target and a few sampled classes, with gradients.

    From each logit the log of the expected number of times that its class is drawn
    is subtracted; a sampled class that is the row's own target does not count.

    Args:
        features: (N, D).
        weight: (num_classes, D).
        targets: (N,) integers.
        sampled: (S,) integers, the same for the batch, drawn with replacement.
        log_expected: (num_classes,) log of S * q, with q the sampling probability.

    Returns:
        loss, the mean over the batch; gradient of features (N, D); and that of the
        touched rows of weight, as ``rows`` (N + S,), the targets and then the
        samples, and ``grad`` (N + S, D). Gradients of a repeated row add up.
    """
    rows = np.concatenate([targets, sampled])  # (N + S,)
    own = (features * weight[targets]).sum(axis=1) - log_expected[targets]  # (N,)
    others = features @ weight[sampled].T - log_expected[sampled]  # (N, S)
    others = np.where(sampled == targets[:, None], -np.inf, others)
    logits = np.concatenate([own[:, None], others], axis=1)  # (N, 1 + S)
    top = logits.max(axis=1, keepdims=True)
    exps = np.exp(logits - top)
    total = exps.sum(axis=1, keepdims=True)
    loss = float((np.log(total) + top - own[:, None]).mean())
    grad_logits = exps / total
    grad_logits[:, 0] -= 1.0
    grad_logits /= len(targets)
    grad_features = grad_logits[:, :1] * weight[targets]
    grad_features += grad_logits[:, 1:] @ weight[sampled]
    grad = np.concatenate([grad_logits[:, :1] * features,
                           grad_logits[:, 1:].T @ features])
    return loss, grad_features, rows, grad
# --8<-- [end:sampled]


# --8<-- [start:tree]
def tree_log_probs(logits: np.ndarray, parent: np.ndarray) -> np.ndarray:
    """Log-probability of every node of a class tree.

    Siblings share a softmax, whose result is the probability of a node *given its
    parent*; the probability of a node is the product along its path from the root.
    Nodes with parent -1 are siblings of each other, below an unseen root.

    Args:
        logits: (N, nodes).
        parent: (nodes,) integers; a parent stands before its children.

    Raises:
        ValueError: If a parent does not stand before its child.

    >>> parent = np.array([-1, -1, 0, 0])
    >>> np.exp(tree_log_probs(np.zeros((1, 4)), parent))
    array([[0.5 , 0.5 , 0.25, 0.25]])
    """
    if (parent >= np.arange(len(parent))).any():
        raise ValueError(f"parent must stand before its children, got {parent}")
    log_probs = np.zeros(logits.shape, dtype=np.float64)
    for node in np.unique(parent):  # from the root down
        children = np.flatnonzero(parent == node)
        z = logits[:, children] - logits[:, children].max(axis=1, keepdims=True)
        given_parent = z - np.log(np.exp(z).sum(axis=1, keepdims=True))
        above = log_probs[:, [node]] if node >= 0 else 0.0
        log_probs[:, children] = given_parent + above
    return log_probs
# --8<-- [end:tree]


# --8<-- [start:federated]
def federated_loss(
    logits: np.ndarray, targets: np.ndarray, checked: np.ndarray
) -> tuple[float, np.ndarray]:
    """Binary cross-entropy over the classes that were checked in each image.

    A class that nobody looked for is neither present nor absent: it contributes
    nothing. The sum is divided by the number of images.

    Args:
        logits: (N, num_classes).
        targets: (N, num_classes), 1 or 0; ignored where checked is False.
        checked: (N, num_classes) bool.

    Returns:
        loss, and the gradient of logits (N, num_classes).
    """
    softplus = np.maximum(logits, 0.0) + np.log1p(np.exp(-np.abs(logits)))
    loss = np.where(checked, softplus - logits * targets, 0.0).sum() / len(logits)
    probs = 0.5 * (1 + np.tanh(logits / 2))  # the sigmoid, without overflow
    return float(loss), np.where(checked, probs - targets, 0.0) / len(logits)
# --8<-- [end:federated]


if __name__ == "__main__":
    for classes in (80, 1_203, 10_000):
        for per_class in (True, False):
            cost = head_cost(classes, 1024, 1000, per_class)
            print(f"two-stage, {classes:,} classes, box per class {per_class}: ",
                  {key: f"{value:,}" for key, value in cost.items()})
        cost = head_cost(classes, 256, 8400, False)
        print(f"dense, {classes:,} classes:", {key: f"{value:,}" for key, value in cost.items()},
              f"{4 * cost['outputs'] / 2**20:.1f} MiB")
    # 100 x 100: two levels of 100 against 10,000 at once
    print("tree of 100 x 100, multiply-adds for one path:", 256 * 200, "flat:", 256 * 10_000)
