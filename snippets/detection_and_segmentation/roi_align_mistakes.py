"""Wrong code, on purpose: ways to read a box from a feature map half a cell off, or not at all."""

import numpy as np
import torch
from torch.nn import functional as F

from snippets.detection_and_segmentation.roi_align import roi_align


# --8<-- [start:rounded]
def align_rounded(
    features: np.ndarray, box: np.ndarray, scale: float
) -> np.ndarray:
    """WRONG: interpolates, but between corners that were rounded first."""
    return roi_align(features, np.round(box * scale) / scale, scale)
# --8<-- [end:rounded]


# --8<-- [start:scale]
def align_without_scale(features: np.ndarray, box: np.ndarray) -> np.ndarray:
    """WRONG: takes pixels for cells. Far outside the map everything reads 0."""
    return roi_align(features, box, 1.0)
# --8<-- [end:scale]


# --8<-- [start:corners]
def read_row(features: torch.Tensor, x: torch.Tensor, align_corners: bool):
    """(W,) at x cells from the left edge. WRONG with ``align_corners=True``."""
    grid = torch.stack([2 * x / len(features) - 1, torch.zeros_like(x)], dim=-1)
    out = F.grid_sample(features[None, None, None], grid[None, None],
                        padding_mode="border", align_corners=align_corners)
    return out[0, 0, 0]
# --8<-- [end:corners]
