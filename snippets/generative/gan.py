"""The GAN game on a finite set of outcomes, its losses with gradients, and a count of modes.

Goodfellow and colleagues, *Generative Adversarial Nets*, https://arxiv.org/abs/1406.2661,
sections 3 and 4. Measuring modes on a ring of Gaussians after Metz and colleagues,
https://arxiv.org/abs/1611.02163. The Dirac-GAN and R1: Mescheder and colleagues,
https://arxiv.org/abs/1801.04406.
"""

import numpy as np


# --8<-- [start:theory]
def optimal_discriminator(p: np.ndarray, q: np.ndarray) -> np.ndarray:
    """The best D against q: p / (p + q), and 0.5 where both are 0.

    Args:
        p: Probabilities of the data, (K,).
        q: Probabilities of the generator on the same outcomes, (K,).
    """
    p, q = np.asarray(p, np.float64), np.asarray(q, np.float64)
    total = p + q
    return np.where(total > 0, p / np.where(total > 0, total, 1.0), 0.5)


def value(p: np.ndarray, q: np.ndarray, d: np.ndarray) -> float:
    """V(D, G) = sum of p log(d) + q log(1 - d), in nats; 0 log 0 counts as 0.

    Args:
        p: Probabilities of the data, (K,).
        q: Probabilities of the generator, (K,).
        d: Discriminator's probability of "real" for each outcome, (K,), in [0, 1].

    Returns:
        The value, at most 0; minus infinity if ``d`` rules out what does occur.
    """
    total = 0.0
    for weight, prob in ((np.asarray(p), d), (np.asarray(q), 1 - np.asarray(d))):
        used = weight > 0
        if np.any(np.asarray(prob)[used] == 0):
            return -np.inf
        total += float(np.sum(weight[used] * np.log(np.asarray(prob)[used])))
    return total


def jensen_shannon(p: np.ndarray, q: np.ndarray) -> float:
    """Half of KL(p, m) plus half of KL(q, m) with m = (p + q) / 2, in nats.

    It lies between 0, for p = q, and log 2, for disjoint supports.

    Args:
        p: Probabilities, (K,).
        q: Probabilities, (K,).
    """
    p, q = np.asarray(p, np.float64), np.asarray(q, np.float64)
    m, total = (p + q) / 2, 0.0
    for a in (p, q):
        used = a > 0
        total += 0.5 * float(np.sum(a[used] * np.log(a[used] / m[used])))
    return total
# --8<-- [end:theory]


# --8<-- [start:losses]
def sigmoid(logits: np.ndarray) -> np.ndarray:
    """1 / (1 + exp(-logits)) without overflow; the same shape."""
    return np.exp(-np.logaddexp(0.0, -np.asarray(logits, np.float64)))


def discriminator_loss(real: np.ndarray, fake: np.ndarray
                       ) -> tuple[float, np.ndarray, np.ndarray]:
    """Cross-entropy with target 1 for real and 0 for generated samples.

    The loss is mean(-log D(real)) + mean(-log(1 - D(fake))), D the sigmoid of the
    logit. It must stay finite for logits of any size.

    Args:
        real: Logits of real samples, (N,).
        fake: Logits of generated samples, (M,).

    Returns:
        The loss and its gradients with respect to ``real`` and ``fake``.

    Raises:
        ValueError: If ``real`` or ``fake`` is empty.
    """
    if np.size(real) == 0 or np.size(fake) == 0:
        raise ValueError(f"real and fake must not be empty, "
                         f"got {np.size(real)} and {np.size(fake)} logits")
    # -log sigmoid(a) = log(1 + exp(-a)): logaddexp never overflows
    loss = np.mean(np.logaddexp(0.0, -real)) + np.mean(np.logaddexp(0.0, fake))
    return float(loss), (sigmoid(real) - 1) / real.size, sigmoid(fake) / fake.size


def generator_loss(fake: np.ndarray, saturating: bool = False
                   ) -> tuple[float, np.ndarray]:
    """What the generator minimizes, and the gradient at the logits of its samples.

    Args:
        fake: Logits of generated samples, (M,).
        saturating: mean(log(1 - D)), the minimax game's; else mean(-log D).

    Returns:
        The loss and its gradient with respect to ``fake``, (M,).

    Raises:
        ValueError: If ``fake`` is empty.
    """
    if np.size(fake) == 0:
        raise ValueError(f"fake must not be empty, got shape {np.shape(fake)}")
    d = sigmoid(fake)
    if saturating:
        return float(-np.mean(np.logaddexp(0.0, fake))), -d / fake.size
    return float(np.mean(np.logaddexp(0.0, -fake))), (d - 1) / fake.size
# --8<-- [end:losses]


# --8<-- [start:coverage]
def coverage(samples: np.ndarray, centers: np.ndarray, std: float
             ) -> tuple[int, float]:
    """Number of modes found and share of high-quality samples.

    A sample is of high quality if it lies closer than 4 * std to its nearest
    center. A mode is found if at least 1 percent of all samples are of high
    quality and nearest to its center.

    Args:
        samples: Generated points, (N, D).
        centers: Means of the modes, (K, D).
        std: Standard deviation of each mode along each axis.

    Raises:
        ValueError: If ``samples`` is empty or not as wide as ``centers``.
    """
    if len(samples) == 0:
        raise ValueError(f"samples must not be empty, got {np.shape(samples)}")
    if np.ndim(samples) != 2 or np.shape(samples)[1:] != np.shape(centers)[1:]:
        raise ValueError(f"samples and centers must be (N, D) and (K, D), "
                         f"got {np.shape(samples)} and {np.shape(centers)}")
    difference = samples[:, None, :] - centers[None, :, :]  # (N, K, D)
    distance = np.sqrt((difference**2).sum(axis=2))  # (N, K)
    good = distance.min(axis=1) < 4 * std
    mode = distance.argmin(axis=1)[good]
    hits = np.bincount(mode, minlength=len(centers))  # (K,)
    return int(np.sum(hits >= 0.01 * len(samples))), float(good.mean())
# --8<-- [end:coverage]


# --8<-- [start:dirac]
def dirac_gan(lr: float, penalty: float, steps: int, saturating: bool = True
              ) -> np.ndarray:
    """The smallest GAN: all data at 0, one generated point theta, logit psi * x.

    First the discriminator descends log(1 + exp(psi * theta)) plus R1, which is
    penalty / 2 * psi**2; then the generator, against the new psi, descends
    -log(1 + exp(psi * theta)) if saturating, else log(1 + exp(-psi * theta)).

    Args:
        lr: Learning rate of both.
        penalty: Weight of R1; 0 for none.
        steps: Number of steps.
        saturating: Which of the generator's losses.

    Returns:
        The path of (theta, psi), (steps + 1, 2), from (1, 1).
    """
    theta, psi = 1.0, 1.0
    path = [(theta, psi)]
    for _ in range(steps):
        prob = float(sigmoid(np.array(psi * theta)))
        psi = psi - lr * (prob * theta + penalty * psi)
        prob = float(sigmoid(np.array(psi * theta)))
        theta = theta + lr * psi * (prob if saturating else 1 - prob)
        path.append((theta, psi))
    return np.array(path)
# --8<-- [end:dirac]


if __name__ == "__main__":
    p = np.array([0.5, 0.5, 0.0])
    for q in ([0.5, 0.5, 0.0], [0.25, 0.5, 0.25], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0]):
        q = np.array(q)
        d = optimal_discriminator(p, q)
        print(f"q {q}: D* {d.round(3)}, value {value(p, q, d):.3f}, "
              f"2 JS - log 4 {2 * jensen_shannon(p, q) - np.log(4):.3f}, "
              f"JS {jensen_shannon(p, q):.3f}")
    for logit in (-10.0, -4.0, 0.0, 4.0):
        logits = np.array([logit])
        print(f"logit {logit}: D {sigmoid(logits)[0]:.5f}, gradient saturating "
              f"{generator_loss(logits, True)[1][0]:.5f}, "
              f"non-saturating {generator_loss(logits)[1][0]:.5f}")
    for penalty, saturating in ((0.0, True), (0.0, False), (0.3, True), (0.3, False)):
        path = dirac_gan(0.1, penalty, 1000, saturating)
        radius = np.sqrt((path**2).sum(axis=1))
        print(f"Dirac-GAN, penalty {penalty}, saturating {saturating}: distance "
              f"{radius[0]:.3f}, {radius[100]:.3f}, {radius[1000]:.4g}")
