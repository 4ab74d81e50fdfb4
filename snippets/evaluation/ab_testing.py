"""The arithmetic of an A/B test: size, peeking, CUPED, ratios, and broken splits.

CUPED: Deng, Xu, Kohavi and Walker 2013, https://doi.org/10.1145/2433396.2433413;
the delta method for ratios: Deng, Knoblich and Lu 2018,
https://arxiv.org/abs/1803.06336; a test that may be watched: Johari, Pekelis and
Walsh 2015, https://arxiv.org/abs/1512.04922.
"""

import math
from statistics import NormalDist

import numpy as np


# --8<-- [start:size]
def sample_size(
    std: float, effect: float, alpha: float = 0.05, power: float = 0.8
) -> int:
    """Users per arm so that a two-sided test finds the effect with this power.

    Args:
        std: Standard deviation of the metric per user.
        effect: Smallest difference of the means worth finding, absolute.
        alpha: False-positive rate.
        power: Probability of a significant result if the effect is real.

    Returns:
        2 (z + z')^2 std^2 / effect^2, rounded up, with the normal quantiles z of
        1 - alpha / 2 and z' of power.

    Raises:
        ValueError: If std or effect is not positive.

    >>> sample_size(math.sqrt(0.05 * 0.95), 0.005)
    29826
    """
    if not std > 0 or not effect > 0:
        raise ValueError(f"std and effect must be positive, got {std} and {effect}")
    normal = NormalDist()
    z = normal.inv_cdf(1 - alpha / 2) + normal.inv_cdf(power)
    return math.ceil(2 * (z * std / effect) ** 2)
# --8<-- [end:size]


# --8<-- [start:peek]
def peeking(
    looks: int, simulations: int, rng: np.random.Generator, limit: float = 1.959964
) -> float:
    """Share of tests without any effect that exceed the limit at some look.

    Args:
        looks: Evenly spaced looks; the last is the planned end.
        simulations: Number of tests.
        rng: Draws ``rng.standard_normal((simulations, looks))``: what each period
            adds, in units of its standard deviation.
        limit: Stop if |z| of all data so far exceeds it.

    Returns:
        The false-positive rate.

    Raises:
        ValueError: If looks or simulations is below 1.
    """
    if looks < 1 or simulations < 1:
        raise ValueError(f"looks and simulations must be >= 1, "
                         f"got {looks} and {simulations}")
    total = np.cumsum(rng.standard_normal((simulations, looks)), axis=1)
    z = total / np.sqrt(np.arange(1, looks + 1))
    return float(np.mean(np.any(np.abs(z) > limit, axis=1)))


def always_valid_p(z: np.ndarray, n: np.ndarray, tau: float) -> np.ndarray:
    """p-values of the mixture sequential probability ratio test.

    With s = n tau^2, the ratio is L = exp(z^2 s / (2 (1 + s))) / sqrt(1 + s), and p
    is the smallest of 1 and of all 1 / L so far.

    Args:
        z: z-statistic of all data at each look, (..., looks).
        n: Number of observations at each look, (looks,).
        tau: Standard deviation of the effects to expect, in units of the standard
            deviation of one observation. With two arms of n users each an
            observation is a pair, whose difference deviates by sqrt(2) sigma.

    Returns:
        (..., looks), not increasing.

    Raises:
        ValueError: If tau is not positive.
    """
    if not tau > 0:
        raise ValueError(f"tau must be positive, got {tau}")
    s = n * tau**2
    log_ratio = z**2 * s / (2 * (1 + s)) - 0.5 * np.log1p(s)
    return np.minimum.accumulate(np.exp(np.minimum(-log_ratio, 0.0)), axis=-1)
# --8<-- [end:peek]


# --8<-- [start:cuped]
def cuped(metric: np.ndarray, before: np.ndarray) -> np.ndarray:
    """The metric without the part that the time before the test explains.

    Args:
        metric: Per user, during the test, both arms together, (n,).
        before: Of the same users, before the test began, (n,).

    Returns:
        metric - theta (before - mean(before)) with theta = cov / var: same mean,
        variance times 1 - correlation^2.

    Raises:
        ValueError: If shapes differ, or ``before`` is constant.
    """
    if metric.shape != before.shape:
        raise ValueError(f"metric {metric.shape} for before {before.shape}")
    centered = before - before.mean()
    spread = float(np.mean(centered**2))
    if not spread > 0:
        raise ValueError(f"before must vary, its variance is {spread}")
    theta = np.mean((metric - metric.mean()) * centered) / spread
    return metric - theta * centered
# --8<-- [end:cuped]


# --8<-- [start:ratio]
def ratio_and_error(
    numerator: np.ndarray, denominator: np.ndarray
) -> tuple[float, float]:
    """Sum over users of one quantity per sum of another, and its standard error.

    By the delta method: the ratio R moves like the mean of
    (numerator - R denominator) / mean(denominator) over independent users.

    Args:
        numerator: Per user, such as clicks, (n,).
        denominator: Per user, such as views, (n,).

    Returns:
        R and std(ddof=1) of those terms / sqrt(n).

    Raises:
        ValueError: If shapes differ, n < 2, or the denominators add up to 0.
    """
    if numerator.shape != denominator.shape or len(numerator) < 2:
        raise ValueError(f"numerator {numerator.shape} and denominator "
                         f"{denominator.shape} must be one (n,), n >= 2")
    if np.sum(denominator) == 0:
        raise ValueError("denominator must not add up to 0")
    ratio = np.sum(numerator) / np.sum(denominator)
    terms = (numerator - ratio * denominator) / np.mean(denominator)
    return float(ratio), float(np.std(terms, ddof=1) / math.sqrt(len(terms)))
# --8<-- [end:ratio]


# --8<-- [start:srm]
def sample_ratio_p(users_a: int, users_b: int, share_a: float = 0.5) -> float:
    """Chi-square p-value of the observed split against the planned one.

    Args:
        users_a: Users in A.
        users_b: Users in B.
        share_a: Planned share of A.

    Raises:
        ValueError: If there are no users, a count is negative, or share_a is not
            inside (0, 1).

    >>> sample_ratio_p(50_000, 50_000)
    1.0
    """
    if users_a + users_b <= 0 or min(users_a, users_b) < 0 or not 0 < share_a < 1:
        raise ValueError(f"need users and 0 < share_a < 1, "
                         f"got {users_a}, {users_b} and {share_a}")
    expected = (users_a + users_b) * share_a
    variance = expected * (1 - share_a)
    z = abs(users_a - expected) / math.sqrt(variance)
    return math.erfc(z / math.sqrt(2))
# --8<-- [end:srm]


# --8<-- [start:users]
def simulate_users(
    users: int, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Views and clicks of users who differ, before and during a test of nothing.

    Each user has a habit, gamma(1, 1), and a taste, beta(1, 9). Before the test
    come poisson(10 * habit) views, during it one more than a second such draw; each
    view is clicked with the probability taste.

    Args:
        users: Number of users.
        rng: Random.

    Returns:
        clicks before, clicks, views, each (users,) float64.
    """
    habit = rng.gamma(1.0, 1.0, users)  # how often one comes
    taste = rng.beta(1.0, 9.0, users)  # how readily one clicks
    before = rng.binomial(rng.poisson(10 * habit), taste)
    views = 1 + rng.poisson(10 * habit)
    clicks = rng.binomial(views, taste)
    return tuple(x.astype(np.float64) for x in (before, clicks, views))
# --8<-- [end:users]


if __name__ == "__main__":
    for relative in (0.1, 0.05, 0.01):
        n = sample_size(math.sqrt(0.05 * 0.95), 0.05 * relative)
        print(f"5 % conversion, {relative:.0%} relative: {n:,} users per arm")
    for looks in (1, 2, 5, 10, 20, 100):
        print(f"{looks} looks: {peeking(looks, 20_000, np.random.default_rng(0)):.3f}")
    print(f"5 looks, limit 2.413: {peeking(5, 20_000, np.random.default_rng(0), 2.413):.3f}")
    steps = np.arange(1, 21)
    noise = np.cumsum(np.random.default_rng(1).standard_normal((20_000, 20)), axis=1) / np.sqrt(steps)
    for shift in (0.0, 2.8016):  # the second is what a fixed test finds in 80 %
        z = noise + shift * np.sqrt(steps / 20)
        p = always_valid_p(z, steps * 1000.0, 0.02)
        print(f"20 looks up to n = 20,000, z at the end {shift} on average: always valid rejects "
              f"{np.mean(p[:, -1] < 0.05):.3f}, the fixed test {np.mean(np.abs(z[:, -1]) > 1.96):.3f}")
    before, clicks, views = simulate_users(100_000, np.random.default_rng(2))
    r = np.corrcoef(before, clicks)[0, 1]
    print(f"CUPED: correlation {r:.3f}, variance left {np.var(cuped(clicks, before)) / np.var(clicks):.3f}")
    ratio, error = ratio_and_error(clicks, views)
    naive = math.sqrt(ratio * (1 - ratio) / views.sum())
    print(f"click rate {ratio:.4f}, standard error delta {error:.6f}, per view {naive:.6f}, "
          f"variance ratio {(error / naive) ** 2:.2f}, "
          f"false positives per view {math.erfc(1.959964 * naive / error / math.sqrt(2)):.3f}")
    for a, b in ((50_250, 49_750), (50_500, 49_500), (50_960, 49_040)):
        print(f"split {a} to {b}: p = {sample_ratio_p(a, b):.2g}")
