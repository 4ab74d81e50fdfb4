"""From a trained PyTorch model to an ONNX file, and the proof that both compute the same.

The exporter: https://docs.pytorch.org/docs/stable/onnx_export.html. It needs onnx and
onnxscript; running the file needs onnxruntime.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn


# --8<-- [start:deployed]
class Deployed(nn.Module):
    """The model with its pre-processing inside, so that nobody can forget it.

    Args:
        model: Takes standardized images.
        mean: Of the training pixels.
        std: Of the training pixels.
    """

    def __init__(self, model: nn.Module, mean: float, std: float):
        super().__init__()
        self.model, self.mean, self.std = model, mean, std

    def forward(self, images: Tensor) -> Tensor:
        """Raw images (N, 1, H, W) to logits (N, num_classes)."""
        return self.model((images - self.mean) / self.std)
# --8<-- [end:deployed]


# --8<-- [start:export]
def export(model: nn.Module, example: Tensor, path: Path) -> None:
    """Write an ONNX file from ``images`` to ``logits`` that takes any batch size.

    Args:
        model: Is put into eval mode: dropout must not reach the file.
        example: An input of two images or more; one would be taken for constant.
        path: The file to write.

    Raises:
        ValueError: If ``example`` holds fewer than two images.
    """
    if len(example) < 2:
        raise ValueError(f"example must hold at least 2 images, got {len(example)}")
    torch.onnx.export(
        model.eval(), (example,), path, dynamo=True, verbose=False,
        input_names=["images"], output_names=["logits"],
        dynamic_shapes=({0: torch.export.Dim("N")},), external_data=False,
    )
# --8<-- [end:export]


# --8<-- [start:parity]
def parity(
    model: nn.Module, run: Callable[[np.ndarray], np.ndarray], inputs: np.ndarray
) -> dict[str, float]:
    """How far a deployed program is from the model, one number per way to be wrong.

    Args:
        model: The reference, in eval mode.
        run: The deployed program, images (N, 1, H, W) to logits (N, num_classes).
        inputs: float32, (N, 1, H, W), N >= 1.

    Returns:
        ``logits``: the largest difference of a logit; ``labels``: how many
        labels differ; ``margin``: the smallest gap between the two largest
        logits of the reference. Labels are safe while twice ``logits`` stays
        below ``margin``.
    """
    with torch.no_grad():
        expected = model(torch.from_numpy(inputs)).numpy()
    got = run(inputs)
    top = np.sort(expected, axis=1)
    return {
        "logits": float(np.abs(got - expected).max()),
        "labels": int(np.sum(got.argmax(axis=1) != expected.argmax(axis=1))),
        "margin": float(np.min(top[:, -1] - top[:, -2])),
    }
# --8<-- [end:parity]
