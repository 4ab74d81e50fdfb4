"""First measure the profile, then choose: a matched start or a shortcut.

Mishkin and Matas, *All you need is a good init*, https://arxiv.org/abs/1511.06422;
He, Zhang, Ren and Sun, *Identity Mappings in Deep Residual Networks*,
https://arxiv.org/abs/1603.05027.
"""

from collections.abc import Callable

import numpy as np


# --8<-- [start:diagnose]
def diagnose(norms: np.ndarray, limit: float = 1e3) -> tuple[str, float]:
    """Name the disease from the gradient norms of the layers.

    Args:
        norms: One gradient norm per layer, (L,), L >= 2, the layer next to the
            input first.
        limit: Ratio of first to last norm that is still called healthy.

    Returns:
        ``vanishing`` if first / last is below 1 / limit, ``exploding`` if it is
        above limit, else ``healthy``; and the factor per layer on the way down,
        (first / last) ** (1 / (L - 1)). With factor NaN: ``not finite`` if a norm
        is NaN or infinite, ``no gradient`` if the last norm is 0.

    Raises:
        ValueError: If ``norms`` has fewer than two entries.

    >>> diagnose(np.array([1e-6, 1e-4, 1e-2]))
    ('vanishing', 0.01)
    """
    norms = np.asarray(norms, dtype=np.float64)
    if len(norms) < 2:
        raise ValueError(f"norms needs at least two layers, got {norms}")
    if not np.all(np.isfinite(norms)):
        return "not finite", float("nan")
    if norms[-1] == 0:
        return "no gradient", float("nan")
    ratio = norms[0] / norms[-1]
    name = "healthy"
    if ratio < 1 / limit:
        name = "vanishing"
    elif ratio > limit:
        name = "exploding"
    return name, float(ratio ** (1 / (len(norms) - 1)))
# --8<-- [end:diagnose]


# --8<-- [start:init]
def unit_variance(
    x: np.ndarray, weights: list, phi: Callable
) -> list[np.ndarray]:
    """Scale every weight so that its layer's z has standard deviation 1.

    Goes from the input to the output with one batch; the mean stays as it is.

    Args:
        x: A batch of inputs, (N, D_0).
        weights: L arrays, (D_(l-1), D_l), of any scale.
        phi: The activation, a function of an array.

    Returns:
        L new arrays. With them, z_l = phi(z_(l-1)) W_l has standard deviation 1
        over batch and units together.

    Raises:
        ValueError: If a layer's pre-activations are constant.
    """
    scaled, a = [], x
    for i, weight in enumerate(weights):
        deviation = np.std(a @ weight)
        if not deviation > 0:
            raise ValueError(f"weights[{i}] gives z with deviation {deviation}")
        scaled.append(weight / deviation)
        a = phi(a @ scaled[-1])  # (N, D_(l-1)) -> (N, D_l)
    return scaled
# --8<-- [end:init]


# --8<-- [start:residual]
def residual_backward(
    grad: np.ndarray, weights: list, slopes: list, scale: float = 1.0
) -> list[np.ndarray]:
    """Gradients at the states h_0 ... h_L of a residual network.

    Its layers are h_l = h_(l-1) + scale * phi(h_(l-1) W_l + b_l).

    Args:
        grad: dloss/dh_L, (N, D).
        weights: L arrays, (D, D).
        slopes: L arrays phi'(z_l), (N, D).
        scale: Factor on every branch.

    Returns:
        L + 1 arrays (N, D), the one at h_0 first.

    Raises:
        ValueError: If the lists differ in length.
    """
    grads = [grad]
    for weight, slope in zip(reversed(weights), reversed(slopes), strict=True):
        branch = (grads[-1] * slope) @ weight.T
        grads.append(grads[-1] + scale * branch)  # the first term is the shortcut
    return grads[::-1]
# --8<-- [end:residual]


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    N, D, L = 100, 256, 20
    weights = [rng.standard_normal((D, D)) / np.sqrt(D) for _ in range(L)]
    slopes = [np.ones((N, D))] * L  # linear branches: chi = 1
    top = rng.standard_normal((N, D))
    for scale in (1.0, L**-0.5):
        norms = [np.linalg.norm(g) for g in residual_backward(top, weights, slopes, scale)]
        print(f"scale {scale:.3f}: h_0 over h_L {norms[0] / norms[-1]:.2f}, predicted "
              f"{(1 + scale**2) ** (L / 2):.2f}")
    x = rng.standard_normal((N, D))
    tiny = [w * 0.01 for w in weights]
    a = x
    for w in unit_variance(x, tiny, np.tanh):
        z = a @ w
        a = np.tanh(z)
    print(f"standard deviation of z in layer {L}: {np.std(z):.3f}")
