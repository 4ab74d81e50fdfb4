"""First weights that keep the signal: Xavier, He, truncated and orthogonal.

Glorot and Bengio, https://proceedings.mlr.press/v9/glorot10a.html; He and others,
https://arxiv.org/abs/1502.01852; orthogonal: Saxe and others,
https://arxiv.org/abs/1312.6120. Weights as in PyTorch, (out, in, *kernel).
"""

import math

import numpy as np


# --8<-- [start:fan]
def calculate_fan(shape: tuple[int, ...]) -> tuple[int, int]:
    """Inputs that one output sums, and outputs that one input reaches.

    Args:
        shape: (out, in) of a dense layer, or (out, in, *kernel) of a convolution
            with stride 1.

    Returns:
        fan_in and fan_out: in and out, each times the kernel's size.

    Raises:
        ValueError: If there are fewer than two dimensions, or one of size 0.

    >>> calculate_fan((64, 32, 3, 3))
    (288, 576)
    """
    if len(shape) < 2 or min(shape) < 1:
        raise ValueError(f"shape needs 2 dimensions, none of size 0, got {shape}")
    kernel = math.prod(shape[2:])
    return shape[1] * kernel, shape[0] * kernel


def calculate_gain(nonlinearity: str, param: float = 0.01) -> float:
    """Factor on the standard deviation that makes up for an activation.

    1 for ``"linear"``, ``"sigmoid"``, 5/3 for ``"tanh"``, sqrt(2) for ``"relu"``,
    sqrt(2 / (1 + param**2)) for ``"leaky_relu"`` with slope ``param``.

    Raises:
        ValueError: If the nonlinearity is unknown.
    """
    gains = {"linear": 1.0, "sigmoid": 1.0, "tanh": 5 / 3, "relu": math.sqrt(2.0),
             "leaky_relu": math.sqrt(2.0 / (1 + param**2))}
    if nonlinearity not in gains:
        raise ValueError(f"nonlinearity: {nonlinearity!r} is unknown")
    return gains[nonlinearity]
# --8<-- [end:fan]


# --8<-- [start:draw]
def xavier_uniform(shape: tuple[int, ...], rng: np.random.Generator,
                   gain: float = 1.0) -> np.ndarray:
    """Uniform with variance gain**2 * 2 / (fan_in + fan_out)."""
    fan_in, fan_out = calculate_fan(shape)
    # The variance of a uniform on (-b, b) is b**2 / 3.
    bound = gain * math.sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-bound, bound, shape)


def kaiming_normal(shape: tuple[int, ...], rng: np.random.Generator,
                   mode: str = "fan_in", nonlinearity: str = "relu") -> np.ndarray:
    """Normal with variance gain**2 / fan, after He.

    Raises:
        ValueError: If ``mode`` is neither ``"fan_in"`` nor ``"fan_out"``.
    """
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"mode: fan_in or fan_out, got {mode!r}")
    fan = calculate_fan(shape)[mode == "fan_out"]
    return rng.normal(0.0, calculate_gain(nonlinearity) / math.sqrt(fan), shape)


def truncated_normal(shape: tuple[int, ...], rng: np.random.Generator,
                     std: float) -> np.ndarray:
    """Normal cut at two of its own deviations, widened so that ``std`` comes out.

    Values beyond are drawn again. Cutting at 2 lowers the deviation to 0.87963 of
    the uncut one, so that one is std / 0.87963.
    """
    z = rng.standard_normal(shape)
    while np.any(outside := np.abs(z) > 2):  # 4.6 % in the first round
        z[outside] = rng.standard_normal(int(outside.sum()))
    return z * (std / 0.87962566103423978)


def orthogonal(shape: tuple[int, ...], rng: np.random.Generator,
               gain: float = 1.0) -> np.ndarray:
    """Rows or columns orthonormal, whichever are fewer, times ``gain``.

    The Q of a QR decomposition of a normal matrix (out, in * kernel), with the
    signs of R's diagonal multiplied in: without them it is not uniform.
    """
    rows, columns = shape[0], math.prod(shape[1:])
    normal = rng.standard_normal((max(rows, columns), min(rows, columns)))
    q, r = np.linalg.qr(normal)
    q = q * np.sign(np.diag(r))
    q = q if rows >= columns else q.T
    return gain * q.reshape(shape)
# --8<-- [end:draw]


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    print("fans of a 3x3 convolution 32 -> 64:", calculate_fan((64, 32, 3, 3)))
    for name, weight in [("Xavier", xavier_uniform((256, 512), rng)),
                         ("He", kaiming_normal((256, 512), rng)),
                         ("truncated 0.02", truncated_normal((256, 512), rng, 0.02)),
                         ("orthogonal", orthogonal((256, 512), rng))]:
        largest = np.linalg.svd(weight, compute_uv=False)[[0, -1]]
        print(f"{name:15} std {weight.std():.4f}, largest {np.abs(weight).max():.4f},"
              f" singular values {largest[1]:.2f} to {largest[0]:.2f}")
    print(f"PyTorch's nn.Linear, 50 ReLU layers: {6.0**-50:.1e}")
