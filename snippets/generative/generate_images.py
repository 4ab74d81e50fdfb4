"""Three ways to draw an image, and how to judge what comes out.

A Gaussian in the space of principal components; one value after another; a flow from noise to
data, Lipman and colleagues, https://arxiv.org/abs/2210.02747. Judged by a classifier two-sample
test, Lopez-Paz and Oquab, https://arxiv.org/abs/1610.06545, and by the Fréchet distance, Heusel
and colleagues, https://arxiv.org/abs/1706.08500.
"""

from collections.abc import Callable

import numpy as np


# --8<-- [start:gaussian]
def fit_gaussian(x: np.ndarray, components: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean and scaled principal directions of the data.

    Args:
        x: Training images, one per row, (N, D).
        components: How many directions to keep, K, from 1 to min(N, D).

    Returns:
        The mean, (D,), and a matrix (K, D): the directions of largest variance,
        each times the standard deviation of the data along it (dividing by N).

    Raises:
        ValueError: If ``components`` is not between 1 and min(N, D).
    """
    if not 1 <= components <= min(np.shape(x)):
        raise ValueError(
            f"components must be 1 to {min(np.shape(x))}, got {components}")
    mean = x.mean(axis=0)
    _, scale, directions = np.linalg.svd(x - mean, full_matrices=False)
    scale = scale[:components, None] / np.sqrt(len(x))
    return mean, scale * directions[:components]


def sample_gaussian(mean: np.ndarray, factors: np.ndarray, n: int,
                    rng: np.random.Generator) -> np.ndarray:
    """n samples, (n, D): standard normal codes times factors (K, D), plus mean."""
    return mean + rng.standard_normal((n, len(factors))) @ factors
# --8<-- [end:gaussian]


# --8<-- [start:autoregressive]
def sample_in_order(probs: Callable[[np.ndarray, int], np.ndarray], n: int,
                    length: int, rng: np.random.Generator) -> np.ndarray:
    """Draw every value given those before it: one call of the model per value.

    Args:
        probs: Maps the images so far (n, length) and a position i to the
            probabilities (n, L) of value i; it must look at values before i only.
        n: Number of images.
        length: Values per image.
        rng: Draws one uniform number per value: the new value is the number of
            cumulative probabilities that do not exceed it, at most L - 1.

    Returns:
        Integers (n, length), 0 to L - 1; positions not yet drawn hold 0.
    """
    x = np.zeros((n, length), dtype=np.int64)
    for i in range(length):
        edges = np.cumsum(probs(x, i), axis=1)  # (n, L)
        drawn = (rng.random((n, 1)) >= edges).sum(axis=1)
        x[:, i] = np.minimum(drawn, edges.shape[1] - 1)  # last edge: maybe 1 - eps
    return x
# --8<-- [end:autoregressive]


# --8<-- [start:flow]
def follow(velocity: Callable[[np.ndarray, float], np.ndarray], noise: np.ndarray,
           steps: int) -> np.ndarray:
    """Euler's method from time 0 to 1: one call of the model per step.

    Args:
        velocity: Maps points (N, D) and a time to velocities (N, D).
        noise: Where to start, (N, D); not modified.
        steps: Number of equal steps, at times 0, 1/steps, 2/steps, ...

    Raises:
        ValueError: If ``steps`` is less than 1.
    """
    if steps < 1:
        raise ValueError(f"steps must be at least 1, got {steps}")
    x = noise
    for i in range(steps):
        x = x + velocity(x, i / steps) / steps
    return x


def exact_velocity(x: np.ndarray, t: float, data: np.ndarray) -> np.ndarray:
    """The minimizer of the flow-matching loss on a finite training set.

    On the path (1 - t) * noise + t * image the target is image - noise. Its mean
    given x is (m - x) / (1 - t), where m is the average of the training images,
    weighted by softmax over n of -|x - t * data[n]|**2 / (2 * (1 - t)**2).

    Args:
        x: Points on the way, (N, D).
        t: Time, 0 <= t < 1.
        data: Training images, (M, D).

    Raises:
        ValueError: If ``t`` is not in [0, 1).
    """
    if not 0 <= t < 1:
        raise ValueError(f"t must be at least 0 and less than 1, got {t}")
    squares = ((x**2).sum(axis=1, keepdims=True) - 2 * t * x @ data.T
               + t**2 * (data**2).sum(axis=1))  # (N, M)
    logits = -squares / (2 * (1 - t) ** 2)
    weight = np.exp(logits - logits.max(axis=1, keepdims=True))
    weight /= weight.sum(axis=1, keepdims=True)
    return (weight @ data - x) / (1 - t)
# --8<-- [end:flow]


# --8<-- [start:judge]
def squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Squared Euclidean distances (N, M) between rows of a (N, D) and b (M, D)."""
    squares = (a**2).sum(axis=1)[:, None] - 2 * a @ b.T + (b**2).sum(axis=1)
    return np.maximum(squares, 0.0)  # rounding can leave -1e-15


def two_sample_accuracy(real: np.ndarray, fake: np.ndarray,
                        rng: np.random.Generator) -> float:
    """Accuracy of a classifier trained to tell real from fake, on unseen images.

    Kernel ridge regression on targets 1 (real) and -1 (fake): with the kernel
    exp(-2 * d2 / median), d2 a squared distance and the median taken over all pairs
    of training rows, each with itself included, solve (K + 0.1 I) a = targets; the
    sign of K_test a decides. ``rng.permutation(N)`` splits the indices into the
    first N // 2 and the rest, the same for real and fake; each half is tested once.

    Args:
        real: Real images that no model was trained on, (N, D).
        fake: As many generated images, (N, D).
        rng: Splits the samples.

    Returns:
        Share of right answers: 0.5 if it cannot tell, 1 if it always can.

    Raises:
        ValueError: If the shapes differ, for then 0.5 does not mean "cannot tell",
            or if N < 2.
    """
    if np.shape(real) != np.shape(fake) or len(real) < 2:
        raise ValueError(f"real and fake must be (N, D) with N > 1, "
                         f"got {np.shape(real)} and {np.shape(fake)}")
    order, right = rng.permutation(len(real)), 0
    first, second = order[: len(real) // 2], order[len(real) // 2 :]
    for train, test in ((first, second), (second, first)):
        seen = np.concatenate([real[train], fake[train]])
        targets = np.repeat([1.0, -1.0], len(train))
        squares = squared_distances(seen, seen)
        width = np.median(squares) / 2
        kernel = np.exp(-squares / width) + 0.1 * np.eye(len(seen))
        weight = np.linalg.solve(kernel, targets)
        for rows, sign in ((real[test], 1.0), (fake[test], -1.0)):
            score = np.exp(-squared_distances(rows, seen) / width) @ weight
            right += int(np.sum(np.sign(score) == sign))
    return right / (2 * len(real))


def frechet_distance(a: np.ndarray, b: np.ndarray) -> float:
    """Squared Fréchet distance of two Gaussians fitted to the rows of a and b.

    It is |mean difference|**2 + trace(A + B - 2 (A B)**0.5) with the covariances A
    and B (dividing by N); the trace of the root is the sum of the square roots of
    the eigenvalues of A B, which are real and not negative up to rounding.

    Args:
        a: (N, D).
        b: (M, D).
    """
    cov_a, cov_b = (np.atleast_2d(np.cov(v, rowvar=False, bias=True))
                    for v in (a, b))  # with D = 1, np.cov returns a number
    eigenvalues = np.linalg.eigvals(cov_a @ cov_b).real
    root = np.sqrt(np.maximum(eigenvalues, 0.0)).sum()
    shift = ((a.mean(axis=0) - b.mean(axis=0)) ** 2).sum()
    return float(shift + np.trace(cov_a) + np.trace(cov_b) - 2 * root)
# --8<-- [end:judge]


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    data = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, 2.0]])
    noise = rng.standard_normal((5, 2))
    print("noise", noise.round(2).tolist())
    for steps in (1, 2, 4, 50):
        end = follow(lambda x, t: exact_velocity(x, t, data), noise, steps)
        print(steps, end.round(2).tolist())
