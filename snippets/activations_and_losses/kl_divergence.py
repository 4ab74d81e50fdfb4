"""Kullback-Leibler and Jensen-Shannon divergence, Gaussians, estimates and two fits.

Kullback and Leibler 1951, https://doi.org/10.1214/aoms/1177729694. The three estimates:
Schulman 2020, https://joschu.net/blog/kl-approx.html.
"""

import numpy as np


# --8<-- [start:discrete]
def kl_divergence(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """KL(p || q) = sum of p ln(p / q) over the last axis, in nats.

    Where p = 0 nothing is added; p > 0 where q = 0 makes the result infinite.

    Args:
        p: Probabilities (..., K); the average is taken over these.
        q: Probabilities (..., K).

    Returns:
        (...), never negative.

    Raises:
        ValueError: If the shapes differ, an entry is negative, or a row does not
            sum to 1 within 1e-5.

    >>> kl_divergence(np.array([0.5, 0.5]), np.array([0.9, 0.1])).round(4)
    np.float64(0.5108)
    """
    if p.shape != q.shape:  # would broadcast without a word
        raise ValueError(f"q must be {p.shape}, got {q.shape}")
    for name, rows in (("p", p), ("q", q)):
        if (rows < 0).any() or not (np.abs(rows.sum(axis=-1) - 1) <= 1e-5).all():
            raise ValueError(f"{name} must be rows of probabilities, got {rows}")
    safe_p, safe_q = np.where(p > 0, p, 1), np.where(q > 0, q, 1)
    terms = np.where(p > 0, p * (np.log(safe_p) - np.log(safe_q)), 0)
    return np.where((p > 0) & (q == 0), np.inf, terms).sum(axis=-1)


def js_divergence(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """Jensen-Shannon divergence: mean KL to the middle (p + q) / 2, at most ln 2.

    Args:
        p: Probabilities (..., K).
        q: Probabilities (..., K).

    Returns:
        (...), symmetric in p and q.
    """
    middle = (p + q) / 2
    return (kl_divergence(p, middle) + kl_divergence(q, middle)) / 2
# --8<-- [end:discrete]


# --8<-- [start:gaussian]
def kl_gaussians(mean_p: np.ndarray, std_p: np.ndarray, mean_q: np.ndarray,
                 std_q: np.ndarray) -> np.ndarray:
    """KL(p || q) of Gaussians with independent coordinates, summed over the last.

    Per coordinate: ``ln(std_q / std_p) + (std_p^2 + (mean_p - mean_q)^2)
    / (2 std_q^2) - 1/2``.

    Args:
        mean_p: (..., D).
        std_p: Standard deviations, (..., D).
        mean_q: (..., D).
        std_q: Standard deviations, (..., D).

    Returns:
        (...).

    Raises:
        ValueError: If a standard deviation is not positive.
    """
    if (std_p <= 0).any() or (std_q <= 0).any():
        raise ValueError(f"std must be positive, got {std_p} and {std_q}")
    ratio, shift = std_p / std_q, (mean_p - mean_q) / std_q
    return ((ratio**2 + shift**2 - 1) / 2 - np.log(ratio)).sum(axis=-1)
# --8<-- [end:gaussian]


# --8<-- [start:estimates]
def kl_estimates(log_q: np.ndarray, log_p: np.ndarray) -> tuple:
    """Three estimates of KL(q || p) from samples x of q, one number per sample.

    With r = p(x) / q(x): k1 = -ln r, k2 = (ln r)^2 / 2, k3 = r - 1 - ln r.

    Args:
        log_q: ln q(x), (N,); x must come from q.
        log_p: ln p(x), (N,).

    Returns:
        k1, k2 and k3, (N,) each; take their means.
    """
    log_r = log_p - log_q
    return -log_r, log_r**2 / 2, np.expm1(log_r) - log_r
# --8<-- [end:estimates]


# --8<-- [start:fit]
def fit_forward(x: np.ndarray, p: np.ndarray) -> tuple[float, float]:
    """Gaussian q with the least KL(p || q): mean and deviation of p.

    Args:
        x: Grid with equal steps, (G,).
        p: Density on it, (G,).

    Returns:
        Mean and standard deviation of q.
    """
    weight = p / p.sum()
    mean = (weight * x).sum()
    return float(mean), float(np.sqrt((weight * (x - mean) ** 2).sum()))


def fit_reverse(x: np.ndarray, p: np.ndarray, mean: float, std: float,
                lr: float = 0.05, steps: int = 2000) -> tuple[float, float]:
    """Gaussian q with the least KL(q || p) near a start, by gradient descent.

    With e = (x - mean) / std ~ N(0, 1) and u = ln q - ln p, the gradients are
    E[u e] / std for the mean and E[u (e^2 - 1)] for ln std.

    Args:
        x: Grid with equal steps, (G,), so wide that q is nearly 0 at its ends.
        p: Density on it, positive, (G,).
        mean: Start of the mean.
        std: Start of the standard deviation.
        lr: Learning rate.
        steps: Number of steps.

    Returns:
        Mean and standard deviation of q.
    """
    log_p = np.log(p)
    for _ in range(steps):
        e = (x - mean) / std
        q = np.exp(-0.5 * e * e)
        q = q / q.sum()  # probabilities of the grid points
        u = -0.5 * e * e - np.log(std * np.sqrt(2 * np.pi)) - log_p
        mean, std = (mean - lr * (q * u * e).sum() / std,
                     std * np.exp(-lr * (q * u * (e * e - 1)).sum()))
    return float(mean), float(std)
# --8<-- [end:fit]


def bimodal(x: np.ndarray) -> np.ndarray:
    """The page's target: 0.6 N(-2, 0.6^2) + 0.4 N(2, 0.6^2), at x."""
    left, right = (np.exp(-0.5 * ((x - m) / 0.6) ** 2) for m in (-2.0, 2.0))
    return (0.6 * left + 0.4 * right) / (0.6 * np.sqrt(2 * np.pi))


def divergences(x: np.ndarray, p: np.ndarray, mean: float, std: float) -> tuple:
    """KL(p || q) and KL(q || p) of a density on a grid and a Gaussian."""
    log_p = np.log(p)
    log_q = -0.5 * ((x - mean) / std) ** 2 - np.log(std * np.sqrt(2 * np.pi))
    step = x[1] - x[0]
    forward = (p * (log_p - log_q)).sum() * step
    return float(forward), float((np.exp(log_q) * (log_q - log_p)).sum() * step)


if __name__ == "__main__":
    p, q = np.array([0.5, 0.5]), np.array([0.9, 0.1])
    print("coin", kl_divergence(p, q).round(4), kl_divergence(q, p).round(4), js_divergence(p, q).round(4))
    x = np.linspace(-12, 12, 2401)
    target = bimodal(x)
    for name, (mean, std) in {"forward": fit_forward(x, target),
                              "reverse from -1": fit_reverse(x, target, -1.0, 1.0),
                              "reverse from 1": fit_reverse(x, target, 1.0, 1.0),
                              "reverse, wide": fit_reverse(x, target, 0.0, 3.0),
                              "reverse from 0.4, 2": fit_reverse(x, target, 0.4, 2.0)}.items():
        print(f"{name}: mean {mean:.3f}, std {std:.3f}, KL(p,q) {divergences(x, target, mean, std)[0]:.3f}, "
              f"KL(q,p) {divergences(x, target, mean, std)[1]:.3f}")
    one = np.ones(1)
    print("gaussians", kl_gaussians(0 * one, one, one, 2 * one).round(4),
          kl_gaussians(one, 2 * one, 0 * one, one).round(4))
    e = np.random.default_rng(0).standard_normal(1_000_000)
    for shift in (0.1, 1.0, 2.0):
        estimates = kl_estimates(-0.5 * e**2, -0.5 * (e - shift) ** 2)
        true = shift**2 / 2
        print(f"shift {shift} KL {true}", *(
            f"bias {k.mean() / true - 1:.3f} std {k.std() / true:.2f};" for k in estimates))
