"""ReLU forward and backward, its leaky form, dead units, and the matching initialization.

Glorot, Bordes and Bengio, *Deep Sparse Rectifier Neural Networks*, AISTATS 2011,
https://proceedings.mlr.press/v15/glorot11a.html; He, Zhang, Ren and Sun, *Delving Deep
into Rectifiers*, https://arxiv.org/abs/1502.01852.
"""

import numpy as np


# --8<-- [start:relu]
def relu(z: np.ndarray, slope: float = 0.0) -> np.ndarray:
    """z where z is positive, slope * z elsewhere: ReLU for 0, leaky ReLU for 0.01.

    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    >>> relu(np.array([-2.0, 0.0, 3.0]), slope=0.5)
    array([-1.,  0.,  3.])
    """
    if slope == 0:
        return np.maximum(z, 0.0)  # 0 * z would be NaN at minus infinity
    return np.where(z > 0, z, slope * z)


def relu_backward(
    grad_out: np.ndarray, z: np.ndarray, slope: float = 0.0
) -> np.ndarray:
    """Gradient with respect to z: times 1 where z > 0, times slope elsewhere.

    At z = 0, where no derivative exists, it takes the left one, as the
    frameworks do.

    Args:
        grad_out: Gradient with respect to ``relu(z, slope)``, any shape.
        z: The pre-activations of the forward pass, of the same shape.
        slope: As in the forward pass.

    >>> relu_backward(np.array([5.0, 5.0, 5.0]), np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 5.])
    """
    return np.where(z > 0, grad_out, slope * grad_out)
# --8<-- [end:relu]


# --8<-- [start:dead]
def dead_units(z: np.ndarray) -> np.ndarray:
    """Which units are active on no example: True where all of a column is <= 0.

    Args:
        z: Pre-activations of one layer on many examples, (N, H), N at least 1.

    Returns:
        Booleans, (H,).

    Raises:
        ValueError: If ``z`` has no rows: without examples every unit would be dead.

    >>> dead_units(np.array([[-1.0, 2.0, 0.0], [-3.0, -1.0, -4.0]]))
    array([ True, False,  True])
    """
    if len(z) == 0:
        raise ValueError(f"z has shape {z.shape}: needs at least one example")
    return (z <= 0).all(axis=0)  # (N, H) -> (H,)
# --8<-- [end:dead]


# --8<-- [start:init]
def he_normal(
    fan_in: int, fan_out: int, rng: np.random.Generator, slope: float = 0.0
) -> np.ndarray:
    """Weights that keep the mean square of ReLU activations from layer to layer.

    Args:
        fan_in: Number of inputs D.
        fan_out: Number of units H.
        rng: Draws ``rng.standard_normal((fan_in, fan_out))``, which is scaled.
        slope: Slope of the activation on the negative side.

    Returns:
        (D, H) with variance 2 / ((1 + slope^2) D).
    """
    std = np.sqrt(2.0 / ((1.0 + slope**2) * fan_in))
    return rng.standard_normal((fan_in, fan_out)) * std
# --8<-- [end:init]


# --8<-- [start:step]
def unit_step(
    weight: float, bias: float, x: np.ndarray, targets: np.ndarray, lr: float,
    slope: float = 0.0,
) -> tuple[float, float, float]:
    """One gradient step of a single unit on half the mean squared error.

    Args:
        weight: Weight of the unit.
        bias: Bias of the unit.
        x: Inputs, (N,).
        targets: What ``relu(weight * x + bias)`` should be, (N,).
        lr: Learning rate.
        slope: Slope on the negative side.

    Returns:
        The new weight, the new bias, and the loss before the step.
    """
    z = weight * x + bias
    error = relu(z, slope) - targets
    grad_z = relu_backward(error, z, slope) / len(x)
    loss = float((error**2).mean() / 2)
    return weight - lr * float(grad_z @ x), bias - lr * float(grad_z.sum()), loss
# --8<-- [end:step]


if __name__ == "__main__":
    x, targets = np.array([1.0, 2.0]), np.array([0.5, 0.5])
    for slope in (0.0, 0.01):
        for lr in (0.2, 0.5):
            weight, bias = 1.0, 0.0
            for step in range(1, 3001):
                weight, bias, loss = unit_step(weight, bias, x, targets, lr, slope)
                z = weight * x + bias
                if step in (1, 2, 3000):
                    print(f"slope {slope}, lr {lr}, step {step}: loss before {loss:.5f}, "
                          f"w {weight:.4f}, b {bias:.4f}, z {z.round(4)}")
    rng = np.random.default_rng(0)
    for name, scale in (("He", 1.0), ("variance 1/D", np.sqrt(0.5))):
        a = rng.standard_normal((200, 512))
        for _ in range(20):
            a = relu(a @ (scale * he_normal(512, 512, rng)))
        print(f"{name}: mean square after 20 layers {(a**2).mean():.3g}")
    for width in (2, 8, 32):
        print(f"width {width}: 20 layers pass a signal with probability "
              f"{(1 - 0.5**width) ** 20:.4f}")
