"""Wrong code, on purpose: what goes wrong when SSD is trained."""

import numpy as np


# --8<-- [start:overwrite]
def own_default_boxes(iou: np.ndarray) -> np.ndarray:
    """WRONG: (N, G) -> (N,). Two objects may claim the same default box."""
    matched = np.full(len(iou), -1, dtype=np.int64)
    matched[iou.argmax(axis=0)] = np.arange(iou.shape[1])  # the last one keeps it
    return matched
# --8<-- [end:overwrite]


# --8<-- [start:mine]
def mine_all(losses: np.ndarray, positive: np.ndarray) -> np.ndarray:
    """WRONG: (N,), (N,) -> (N,). Positives have high losses and take places."""
    kept = np.zeros(len(losses), dtype=bool)
    kept[np.argsort(-losses)[: 3 * positive.sum()]] = True
    return kept & ~positive
# --8<-- [end:mine]


# --8<-- [start:decode]
def decode_raw(defaults: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """WRONG: (N, 4), (N, 4) -> (N, 4). Targets were divided first."""
    size = defaults[:, 2:] - defaults[:, :2]
    center = (defaults[:, :2] + defaults[:, 2:]) / 2 + offsets[:, :2] * size
    half = np.exp(offsets[:, 2:]) * size / 2
    return np.concatenate([center - half, center + half], axis=1)
# --8<-- [end:decode]


# --8<-- [start:average]
def classification_loss(losses: np.ndarray) -> float:
    """WRONG: (N,) -> scalar. All 8,732 boxes, no mining, averaged."""
    return float(losses.mean())
# --8<-- [end:average]
