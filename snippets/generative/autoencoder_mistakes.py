"""Wrong code around auto-encoders. The tests show how each piece fails."""

import numpy as np


# --8<-- [start:centered]
def pca_without_mean(x: np.ndarray, num_components: int) -> np.ndarray:
    """WRONG unless the mean is zero: the first direction points at the mean."""
    return np.linalg.svd(x, full_matrices=False)[2][:num_components]
# --8<-- [end:centered]


# --8<-- [start:target]
def noisy_pair(
    x: np.ndarray, noise: float, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """WRONG: input and target for denoising, but the target is noisy as well.

    The identity now has loss zero, as in a plain auto-encoder.
    """
    noisy = x + noise * rng.normal(size=x.shape)
    return noisy, noisy  # right: noisy, x
# --8<-- [end:target]
