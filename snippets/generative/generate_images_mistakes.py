"""Three ways to fool oneself about generated images, shown to fail."""

import numpy as np


# --8<-- [start:neighbor]
def neighbor_accuracy(real: np.ndarray, fake: np.ndarray
                      ) -> tuple[float, float, float]:
    """Does the nearest other image have the same label? All, real only, fake only.

    WRONG to report the first number alone. Fakes that are scattered too widely have
    real images as their nearest neighbors: 1 for the real ones and 0 for the fake
    ones average to 0.5, the score of a perfect generator.
    """
    both = np.concatenate([real, fake])
    squares = (both**2).sum(axis=1)
    distance = squares[:, None] - 2 * both @ both.T + squares
    np.fill_diagonal(distance, np.inf)  # not its own neighbor
    is_real = np.arange(len(both)) < len(real)
    same = is_real[distance.argmin(axis=1)] == is_real
    return tuple(float(v.mean()) for v in (same, same[is_real], same[~is_real]))
# --8<-- [end:neighbor]


# --8<-- [start:argmax]
def most_probable_in_order(probs, n: int, length: int) -> np.ndarray:
    """WRONG: the most probable value at each place. All n images are the same."""
    x = np.zeros((n, length), dtype=np.int64)
    for i in range(length):
        x[:, i] = probs(x, i).argmax(axis=1)  # right: draw from probs
    return x
# --8<-- [end:argmax]


# --8<-- [start:time]
def follow_at_wrong_times(velocity, noise: np.ndarray, steps: int) -> np.ndarray:
    """WRONG: the times run from 1 down to 0, as in many diffusion papers.

    Here time 0 is noise and 1 is data; some papers and libraries count the other
    way round. The network is asked about pure noise as if it were an image.
    """
    x = noise
    for i in range(steps):
        x = x + velocity(x, 1 - (i + 1) / steps) / steps  # right: i / steps
    return x
# --8<-- [end:time]


if __name__ == "__main__":
    rng = np.random.default_rng(0)
    real, fake = rng.normal(0, 1, (200, 30)), rng.normal(0, 2, (200, 30))
    print("neighbor accuracy, fakes twice as wide:", neighbor_accuracy(real, fake))
