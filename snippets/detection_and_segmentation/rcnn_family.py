"""What an image costs in R-CNN, Fast R-CNN and Faster R-CNN, and how the second stage is trained.

R-CNN: https://arxiv.org/abs/1311.2524. Fast R-CNN: https://arxiv.org/abs/1504.08083.
Faster R-CNN: https://arxiv.org/abs/1506.01497. The network is VGG-16.
"""

import numpy as np

WIDTHS = ((64, 64), (128, 128), (256, 256, 256), (512, 512, 512), (512, 512, 512))
FC6, FC7, OUTPUTS = (25_088, 4096), (4096, 4096), (4096, 21 + 84)  # 20 classes of VOC


# --8<-- [start:cost]
def conv_macs(height: int, width: int) -> int:
    """Multiply-adds of VGG-16's 13 convolutions on an RGB image.

    All are 3 x 3 with padding 1. After each block but the last, pooling halves
    both sides, rounding down.
    """
    total, channels = 0, 3
    for i, block in enumerate(WIDTHS):
        for out in block:
            total += 9 * channels * out * (height >> i) * (width >> i)
            channels = out
    return total


def head_macs(num_boxes: int, ranks: tuple[int, int] | None = None) -> int:
    """Multiply-adds of fc6, fc7 and both outputs for all boxes of an image.

    Args:
        num_boxes: Each one goes through the head.
        ranks: If given, fc6 and fc7 are cut to these ranks: a layer of n x m
            weights then costs rank * (n + m).
    """
    per_box = OUTPUTS[0] * OUTPUTS[1]
    for i, (inputs, outputs) in enumerate((FC6, FC7)):
        per_box += ranks[i] * (inputs + outputs) if ranks else inputs * outputs
    return num_boxes * per_box
# --8<-- [end:cost]


# --8<-- [start:svd]
def truncated_svd(weight: np.ndarray, rank: int) -> tuple[np.ndarray, np.ndarray]:
    """Two thin layers for a thick one: (out, in) -> (rank, in), (out, rank).

    second @ first is the closest matrix of this rank. The first layer is
    diag(s) V^T, the second U, both cut to the ``rank`` largest singular values s.

    Raises:
        ValueError: If rank is not in 1..min(out, in).
    """
    if not 1 <= rank <= min(weight.shape):
        raise ValueError(f"rank must be in 1..{min(weight.shape)}, got {rank}")
    u, s, vt = np.linalg.svd(weight, full_matrices=False)
    return s[:rank, None] * vt[:rank], u[:, :rank]
# --8<-- [end:svd]


# --8<-- [start:sample]
def sample_boxes(
    best_iou: np.ndarray, best_class: np.ndarray, rng: np.random.Generator,
    size: int = 64, share: float = 0.25,
) -> tuple[np.ndarray, np.ndarray]:
    """Choose the proposals of one image that train the head.

    At most size * share (rounded down) positives: an IoU of 0.5 or more with some
    object. Filled up with background: 0.1 <= IoU < 0.5, as far as there is any.
    Both at random, without replacement.

    Args:
        best_iou: (N,) the IoU of each proposal with the object it overlaps most.
        best_class: (N,) the class of that object, 1..K.
        rng: Source of randomness.
        size: Proposals per image.
        share: Largest share of positives.

    Returns:
        indices (S,) and labels (S,), S <= size, positives first. A label is the
        class or 0 for background.
    """
    positive = np.flatnonzero(best_iou >= 0.5)
    background = np.flatnonzero((best_iou >= 0.1) & (best_iou < 0.5))
    num = min(len(positive), int(size * share))
    positive = rng.choice(positive, num, replace=False)
    rest = min(len(background), size - num)
    background = rng.choice(background, rest, replace=False)
    labels = np.concatenate([best_class[positive], np.zeros(len(background))])
    return np.concatenate([positive, background]), labels.astype(np.int32)
# --8<-- [end:sample]


# --8<-- [start:loss]
def fast_rcnn_loss(
    logits: np.ndarray, offsets: np.ndarray,
    labels: np.ndarray, targets: np.ndarray,
) -> tuple[float, float, np.ndarray, np.ndarray]:
    """Class and box loss of S sampled proposals, with gradients.

    Class: softmax cross-entropy over K + 1 classes, mean over S. Box: smooth L1
    (0.5 d * d if abs(d) < 1, else abs(d) - 0.5) of d = the four offsets *of the
    true class* - targets, summed over the proposals that are not background,
    divided by S, not by the number of positives.

    Args:
        logits: (S, K + 1), column 0 is background.
        offsets: (S, K + 1, 4), a box for each class. Background's are not used.
        labels: (S,) in 0..K.
        targets: (S, 4); rows of background are not used.

    Returns:
        class loss, box loss, and the gradient of their sum with respect to logits
        and offsets, in their shapes.

    Raises:
        ValueError: If there is no proposal.
    """
    num = len(labels)
    if num == 0:
        raise ValueError("labels must hold at least one proposal, got 0")
    rows = np.arange(num)
    shifted = logits - logits.max(axis=1, keepdims=True)  # exp cannot overflow
    log_probs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    class_loss = -log_probs[rows, labels].mean()
    grad_logits = np.exp(log_probs)
    grad_logits[rows, labels] -= 1

    difference = offsets[rows, labels] - targets  # (S, 4)
    difference = np.where(labels[:, None] > 0, difference, 0.0)
    distance = np.abs(difference)
    smooth_l1 = np.where(distance < 1, 0.5 * difference**2, distance - 0.5)
    box_loss = smooth_l1.sum() / num
    grad_offsets = np.zeros_like(offsets)
    grad_offsets[rows, labels] = np.clip(difference, -1.0, 1.0) / num
    return float(class_loss), float(box_loss), grad_logits / num, grad_offsets
# --8<-- [end:loss]


RPN_MACS = (9 * 512 * 512 + 512 * 54) * 37 * 62  # its head on the map of a 600 x 1000 image

if __name__ == "__main__":
    per_crop = conv_macs(224, 224) + head_macs(1)
    shared = conv_macs(600, 1000)
    costs = {
        "R-CNN": 2000 * per_crop,
        "Fast R-CNN": shared + head_macs(2000),
        "Fast R-CNN, SVD": shared + head_macs(2000, (1024, 256)),
        "Faster R-CNN": shared + RPN_MACS + head_macs(300),
    }
    print(f"one crop {per_crop / 1e9:.2f} G, the image {shared / 1e9:.1f} G, "
          f"one box {head_macs(1) / 1e9:.4f} G, RPN {RPN_MACS / 1e9:.2f} G")
    for name, macs in costs.items():
        print(f"{name}: {macs / 1e9:,.0f} G multiply-adds, R-CNN / this "
              f"{costs['R-CNN'] / macs:.1f}")
    print("crops' pixels / image's pixels", round(2000 * 224 * 224 / (600 * 1000), 1))
    print("fc6", np.prod(FC6) / (1024 * sum(FC6)), "fc7", np.prod(FC7) / (256 * sum(FC7)))
    print("heads 2000", head_macs(2000) / 1e9, "share", head_macs(2000) / costs["Fast R-CNN"])
    print("speed-up with proposals", (47.0 + 1.51) / 1.83, 1.83 / 0.198, (47 + 1.51) / 0.198)
