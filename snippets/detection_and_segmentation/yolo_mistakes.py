"""Wrong code, on purpose: what goes wrong with YOLO's grid and loss."""

import numpy as np


# --8<-- [start:swapped]
def cell_of(box: np.ndarray, image_size: float, cells: int) -> tuple[int, int]:
    """WRONG: (4,) -> (row, column). x counts columns, y counts rows."""
    x, y = (box[:2] + box[2:]) / 2 / image_size * cells
    return int(x), int(y)
# --8<-- [end:swapped]


# --8<-- [start:everyone]
def box_gradient(predicted: np.ndarray, true: np.ndarray) -> np.ndarray:
    """WRONG: (B, 4), (4,) -> (B, 4). Every box of the cell chases the object."""
    return 2 * 5.0 * (predicted - true)
# --8<-- [end:everyone]


# --8<-- [start:sizes]
def size_loss(predicted: np.ndarray, true: np.ndarray) -> float:
    """WRONG: (2,), (2,) -> scalar. Without the root a small box pays no more."""
    return float(((predicted - true) ** 2).sum())
# --8<-- [end:sizes]


# --8<-- [start:classes]
def class_loss(predictions: np.ndarray, targets: np.ndarray) -> float:
    """WRONG: (S, S, K), (S, S, K) -> scalar. Empty cells have no class to learn."""
    return float(((predictions - targets) ** 2).sum())
# --8<-- [end:classes]
