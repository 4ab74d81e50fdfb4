"""Wrong code around the VAE. The tests show how each piece fails."""

import numpy as np


# --8<-- [start:std]
def latent_with_variance(
    mu: np.ndarray, log_var: np.ndarray, noise: np.ndarray
) -> np.ndarray:
    """WRONG: exp(log_var) is the variance; noise needs exp(log_var / 2)."""
    return mu + np.exp(log_var) * noise
# --8<-- [end:std]


# --8<-- [start:mean]
def loss_with_means(
    x: np.ndarray, logits: np.ndarray, mu: np.ndarray, log_var: np.ndarray
) -> float:
    """WRONG: the mean over pixels makes the divergence count D times as much."""
    reconstruction = np.mean(np.logaddexp(0, logits) - x * logits)
    per_row = 0.5 * np.sum(mu**2 + np.exp(log_var) - 1 - log_var, axis=1)
    return float(reconstruction + per_row.mean())
# --8<-- [end:mean]
