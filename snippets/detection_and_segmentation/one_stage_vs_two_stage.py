"""Foreground against background in a dense detector: anchors, focal loss, first bias.

Lin, Goyal, Girshick, He and Dollár, *Focal Loss for Dense Object Detection*,
https://arxiv.org/abs/1708.02002, sections 3 and 4.
"""

import numpy as np


# --8<-- [start:count]
def count_anchors(
    height: int, width: int,
    strides: tuple[int, ...] = (8, 16, 32, 64, 128), per_cell: int = 9,
) -> int:
    """Anchors of a feature pyramid: per_cell in each cell of each level.

    A level of stride s has ceil(height / s) times ceil(width / s) cells.

    >>> count_anchors(64, 64, (32, 64), 1)
    5
    """
    return per_cell * sum(-(-height // s) * -(-width // s) for s in strides)
# --8<-- [end:count]


# --8<-- [start:focal]
def focal_loss(
    logits: np.ndarray, targets: np.ndarray,
    gamma: float = 2.0, alpha: float = 0.25,
) -> tuple[np.ndarray, np.ndarray]:
    """Focal loss of each anchor with a sigmoid, and its derivative by the logit.

    With q the probability of the true label: -weight * (1 - q)**gamma * log(q).
    weight is alpha for objects and 1 - alpha for background. With gamma = 0
    and alpha = 0.5 it is half the cross-entropy.

    Args:
        logits: (N,) scores for "object".
        targets: (N,) 1 for an object, 0 for background.
        gamma: How fast easy anchors fade, not negative.
        alpha: Weight of the objects.

    Returns:
        loss (N,) and gradient (N,).
    """
    sign = np.where(targets == 1, 1.0, -1.0)
    margin = sign * logits  # q = sigmoid(margin)
    tail = np.log1p(np.exp(-np.abs(margin)))
    log_q = np.minimum(margin, 0.0) - tail
    rest = np.exp(np.minimum(-margin, 0.0) - tail)  # 1 - q, not rounded to 0
    weight = np.where(targets == 1, alpha, 1 - alpha)
    loss = -weight * rest**gamma * log_q
    # With m the margin: d log q / dm = 1 - q and d (1 - q) / dm = -q (1 - q).
    grad = weight * rest**gamma * (gamma * np.exp(log_q) * log_q - rest)
    return loss, sign * grad
# --8<-- [end:focal]


# --8<-- [start:bias]
def prior_bias(prior: float = 0.01) -> float:
    """The last bias with which every anchor starts at probability ``prior``.

    Raises:
        ValueError: If prior is not between 0 and 1.
    """
    if not 0 < prior < 1:
        raise ValueError(f"prior must be between 0 and 1, got {prior}")
    return float(-np.log((1 - prior) / prior))
# --8<-- [end:bias]


# --8<-- [start:share]
def background_share(
    probs: np.ndarray, counts: np.ndarray, targets: np.ndarray,
    gamma: float = 0.0, alpha: float = 0.5,
) -> float:
    """Share of the summed absolute gradient that comes from background anchors.

    Args:
        probs: (M,) predicted probability of "object" for each group of anchors.
        counts: (M,) anchors in the group.
        targets: (M,) 1 for a group of objects, 0 for background.
        gamma: Of the focal loss; 0 is cross-entropy.
        alpha: Weight of the objects.
    """
    logits = np.log(probs) - np.log1p(-probs)
    pull = np.abs(focal_loss(logits, targets, gamma, alpha)[1]) * counts
    return float(pull[targets == 0].sum() / pull.sum())
# --8<-- [end:share]


if __name__ == "__main__":
    print("anchors, 600 x 1000:", f"{count_anchors(600, 1000):,}",
          "of Faster R-CNN:", f"{count_anchors(600, 1000, (16,)):,}")
    targets = np.array([1, 0, 0])
    counts = np.array([50.0, 99_930.0, 20.0])  # objects, easy background, look-alikes
    for name, probs in [("start at 0.5", [0.5, 0.5, 0.5]), ("start at 0.01", [0.01, 0.01, 0.01]),
                        ("later", [0.6, 0.01, 0.6])]:
        row = []
        for gamma, alpha in [(0, 0.5), (0, 0.75), (2, 0.25)]:
            row.append(background_share(np.array(probs), counts, targets, gamma, alpha))
        print(name, [f"{100 * share:.1f} %" for share in row])
    logit = np.log(0.01 / 0.99)
    for gamma, alpha in [(0, 0.5), (2, 0.25)]:
        pull = np.abs(focal_loss(np.full(2, logit), np.array([1, 0]), gamma, alpha)[1])
        print(f"gamma {gamma}: an object at 0.01 pulls {pull[0] / pull[1]:,.0f} x one background")
    for gamma, alpha in [(0, 0.5), (2, 0.25)]:
        groups = np.log([0.01 / 0.99, 0.6 / 0.4])
        pull = np.abs(focal_loss(groups, np.zeros(2), gamma, alpha)[1])
        print(f"gamma {gamma}: a look-alike at 0.6 pulls {pull[1] / pull[0]:,.0f} x an easy one at 0.01; "
              f"all easy {99_930 * pull[0]:.2f}, all look-alikes {20 * pull[1]:.2f}")
    print("bias", round(prior_bias(), 3))
    ce = lambda p: (-np.log(1 - p) * 99_950 - np.log(p) * 50) / 50  # noqa: E731
    print("first loss per object, 0.5 and 0.01:", round(ce(0.5)), round(ce(0.01), 1))
