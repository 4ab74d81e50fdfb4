"""Saliency, CAM and Grad-CAM from the arrays that a forward and a backward pass leave behind.

Saliency: Simonyan, Vedaldi and Zisserman, https://arxiv.org/abs/1312.6034. CAM: Zhou and others,
https://arxiv.org/abs/1512.04150. Grad-CAM: Selvaraju and others, https://arxiv.org/abs/1610.02391.
Guided backpropagation: Springenberg and others, https://arxiv.org/abs/1412.6806.
"""

import numpy as np


# --8<-- [start:saliency]
def saliency(grad_x: np.ndarray) -> np.ndarray:
    """Largest absolute gradient over the channels of each pixel.

    Args:
        grad_x: Gradient of one class score with respect to the image, (C, H, W).

    Returns:
        Map (H, W), never negative.
    """
    return np.abs(grad_x).max(axis=0)
# --8<-- [end:saliency]


# --8<-- [start:cam]
def class_activation_map(features: np.ndarray, weight: np.ndarray) -> np.ndarray:
    """Class evidence at each position: sum over channels of weight times feature.

    Only for a network that ends in global average pooling and one linear layer. The
    mean of the map is the class's logit without its bias.

    Args:
        features: Feature maps before the pooling, (C, H, W).
        weight: The linear layer's row for the class, (C,).

    Returns:
        Map (H, W), positive where the position speaks for the class.
    """
    return np.einsum("c,chw->hw", weight, features)  # (C,), (C, H, W) -> (H, W)
# --8<-- [end:cam]


# --8<-- [start:gradcam]
def grad_cam(features: np.ndarray, grad: np.ndarray) -> np.ndarray:
    """Feature maps weighted by the mean of their gradients, then ReLU.

    Works at any layer of any differentiable network whose layer keeps positions.

    Args:
        features: The layer's feature maps, (C, H, W).
        grad: Gradient of the class's logit with respect to them, (C, H, W).

    Returns:
        Map (H, W), never negative.

    Raises:
        ValueError: If the two shapes differ: the mean would hide that ``grad``
            comes from another layer.
    """
    if grad.shape != features.shape:
        raise ValueError(f"grad must have features' shape {features.shape}, "
                         f"not {grad.shape}")
    alpha = grad.mean(axis=(1, 2))  # (C, H, W) -> (C,)
    return np.maximum(np.einsum("c,chw->hw", alpha, features), 0)
# --8<-- [end:gradcam]


# --8<-- [start:enlarge]
def enlarge(values: np.ndarray, height: int, width: int) -> np.ndarray:
    """Bilinear interpolation of a map to the size of the image.

    A pixel is a cell, its value stands at the center: target row i is source row
    (i + 0.5) * H / ``height`` - 0.5, limited to 0 to H - 1; columns likewise.

    Args:
        values: Map (H, W).
        height: Rows of the result.
        width: Columns of the result.

    Returns:
        Map (``height``, ``width``).
    """
    def blend(length, target):  # (target, length), rows sum to 1
        at = (np.arange(target) + 0.5) * length / target - 0.5
        at = np.clip(at, 0, length - 1)
        distance = np.abs(at[:, None] - np.arange(length))
        return np.maximum(1 - distance, 0)

    rows, columns = blend(values.shape[0], height), blend(values.shape[1], width)
    return rows @ values @ columns.T
# --8<-- [end:enlarge]


# --8<-- [start:rules]
def relu_backward(grad: np.ndarray, pre: np.ndarray,
                  rule: str = "gradient") -> np.ndarray:
    """What a ReLU passes down, by three rules.

    ``gradient``: where the input ``pre`` was positive, which is the derivative.
    ``deconvnet``: where the incoming ``grad`` is positive, whatever the input was.
    ``guided``: where both are positive. Elsewhere 0.

    Args:
        grad: What arrives from above.
        pre: Input of the ReLU in the forward pass, same shape.
        rule: One of the three names.

    Raises:
        ValueError: If there is no such rule.
    """
    if rule == "gradient":
        keep = pre > 0
    elif rule == "deconvnet":
        keep = grad > 0
    elif rule == "guided":
        keep = (pre > 0) & (grad > 0)
    else:
        raise ValueError(f"no rule {rule!r}: gradient, deconvnet or guided")
    return np.where(keep, grad, 0.0)
# --8<-- [end:rules]


if __name__ == "__main__":
    features = np.array([[[4.0, 0.0], [0.0, 0.0]], [[0.0, 0.0], [0.0, 2.0]]])
    weight = np.array([3.0, -1.0])
    cam = class_activation_map(features, weight)
    logit = weight @ features.mean(axis=(1, 2))
    grad = np.broadcast_to(weight[:, None, None] / 4, features.shape)
    print("CAM", cam.tolist(), "mean", cam.mean(), "logit", logit)
    print("Grad-CAM", grad_cam(features, grad).tolist())
    print("one row of two, enlarged:", enlarge(np.array([[0.0, 4.0]]), 1, 4).tolist())
    pre, arriving = np.array([1.0, 1.0, -1.0, -1.0]), np.array([2.0, -2.0, 2.0, -2.0])
    for rule in ("gradient", "deconvnet", "guided"):
        print(rule, relu_backward(arriving, pre, rule).tolist())
