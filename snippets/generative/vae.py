"""A variational auto-encoder with its gradients by hand.

Kingma and Welling, *Auto-Encoding Variational Bayes*, https://arxiv.org/abs/1312.6114. Rezende,
Mohamed and Wierstra, *Stochastic Backpropagation*, https://arxiv.org/abs/1401.4082.
"""

import numpy as np


# --8<-- [start:kl]
def kl_to_standard_normal(mu: np.ndarray, log_var: np.ndarray) -> np.ndarray:
    """KL divergence of N(mu, exp(log_var)) from N(0, 1), in nats, over all latents.

    Args:
        mu: Means, (N, K).
        log_var: Logarithms of the variances, (N, K).

    Returns:
        (N,), never negative.

    >>> kl_to_standard_normal(np.array([[0.5]]), np.log([[0.5]])).round(4)
    array([0.2216])
    """
    return 0.5 * np.sum(mu**2 + np.exp(log_var) - 1 - log_var, axis=1)
# --8<-- [end:kl]


# --8<-- [start:model]
def encode(
    x: np.ndarray, params: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hidden activations, means and log variances of the approximate posterior.

    Args:
        x: (N, D).
        params: The hidden layer is the tanh of ``x @ enc_w + enc_b``; from it
            ``mu_w``, ``mu_b`` give the means and ``lv_w``, ``lv_b`` the logarithms
            of the variances.

    Returns:
        (N, H), (N, K), (N, K).
    """
    hidden = np.tanh(x @ params["enc_w"] + params["enc_b"])
    mu = hidden @ params["mu_w"] + params["mu_b"]
    return hidden, mu, hidden @ params["lv_w"] + params["lv_b"]


def decode(
    z: np.ndarray, params: dict[str, np.ndarray]
) -> tuple[np.ndarray, np.ndarray]:
    """Hidden activations, and logits of the Bernoulli distribution of each pixel.

    Args:
        z: Latents, (..., K).
        params: The hidden layer is the tanh of ``z @ dec_w + dec_b``; from it
            ``out_w``, ``out_b`` give the logits.

    Returns:
        (..., H) and (..., D).
    """
    hidden = np.tanh(z @ params["dec_w"] + params["dec_b"])
    return hidden, hidden @ params["out_w"] + params["out_b"]
# --8<-- [end:model]


# --8<-- [start:elbo]
def negative_elbo(
    x: np.ndarray, params: dict[str, np.ndarray], noise: np.ndarray,
    beta: float = 1.0,
) -> tuple[float, float, dict[str, np.ndarray]]:
    """Reconstruction loss, KL divergence, and the gradients of their weighted sum.

    The latent is ``mu + exp(log_var / 2) * noise``. The reconstruction loss is
    minus the Bernoulli log-likelihood of ``x``. It is summed over pixels, the
    divergence over latents; both are averaged over the N rows.

    Args:
        x: Images of zeros and ones, (N, D).
        params: As for ``encode`` and ``decode``.
        noise: Standard normal draws, (N, K).
        beta: Weight of the divergence; 1 makes the sum minus the ELBO.

    Returns:
        Reconstruction loss, divergence (not weighted), and the gradients of
        reconstruction + beta * divergence, under the names of ``params``.

    Raises:
        ValueError: If ``x`` has no rows or ``noise`` is not (N, K).
    """
    enc_hidden, mu, log_var = encode(x, params)
    if len(x) == 0 or noise.shape != mu.shape:  # one draw for all would broadcast
        raise ValueError(f"noise {noise.shape} must be {mu.shape}, N at least 1")
    std = np.exp(log_var / 2)
    z = mu + std * noise  # the draw is outside: z is differentiable in mu and std
    dec_hidden, logits = decode(z, params)
    count = len(x)
    # -log sigmoid(l) for x = 1, -log(1 - sigmoid(l)) for x = 0, without overflow
    loss = float(np.sum(np.logaddexp(0, logits) - x * logits) / count)
    divergence = float(kl_to_standard_normal(mu, log_var).sum() / count)

    grad_logits = (np.exp(-np.logaddexp(0, -logits)) - x) / count  # sigmoid - x
    grad_dec = grad_logits @ params["out_w"].T * (1 - dec_hidden**2)
    grad_z = grad_dec @ params["dec_w"].T
    grad_mu = grad_z + beta * mu / count
    grad_lv = grad_z * noise * std / 2 + beta * (std**2 - 1) / (2 * count)
    grad_enc = grad_mu @ params["mu_w"].T + grad_lv @ params["lv_w"].T
    grad_enc = grad_enc * (1 - enc_hidden**2)
    grads = {}
    for name, inputs, grad in [
        ("enc", x, grad_enc), ("mu", enc_hidden, grad_mu),
        ("lv", enc_hidden, grad_lv), ("dec", z, grad_dec),
        ("out", dec_hidden, grad_logits),
    ]:
        grads[f"{name}_w"], grads[f"{name}_b"] = inputs.T @ grad, grad.sum(axis=0)
    return loss, divergence, grads
# --8<-- [end:elbo]


# --8<-- [start:bound]
def log_likelihood_bound(
    x: np.ndarray, params: dict[str, np.ndarray], noise: np.ndarray
) -> np.ndarray:
    """Importance-weighted bound on log p(x), in nats, of each row.

    The logarithm of the mean over S draws of p(x | z) p(z) / q(z | x).

    Args:
        x: (N, D).
        params: As for ``encode`` and ``decode``.
        noise: Standard normal draws, (S, N, K), one z each.

    Returns:
        (N,). For S = 1 an unbiased estimate of the ELBO; as S grows, log p(x).

    Raises:
        ValueError: If ``noise`` is not (S, N, K) with S at least 1.
    """
    _, mu, log_var = encode(x, params)
    if noise.shape[1:] != mu.shape or len(noise) == 0:
        raise ValueError(f"noise must be (S, {mu.shape}), got {noise.shape}")
    z = mu + np.exp(log_var / 2) * noise  # (S, N, K)
    logits = decode(z, params)[1]  # (S, N, D)
    log_p_x = np.sum(x * logits - np.logaddexp(0, logits), axis=2)
    # log p(z) - log q(z | x); the constants log(2 pi) cancel
    log_ratio = 0.5 * np.sum(noise**2 + log_var - z**2, axis=2)
    weights = log_p_x + log_ratio  # (S, N)
    top = weights.max(axis=0)
    return top + np.log(np.mean(np.exp(weights - top), axis=0))
# --8<-- [end:bound]


# --8<-- [start:linear]
def best_linear_vae(
    variance: float, noise_var: float, beta: float = 1.0
) -> tuple[float, float, float]:
    """Optimum of the linear VAE in one dimension.

    Data x has mean 0 and the given variance; the decoder says N(weight * z,
    noise_var), the encoder N(gain * x, posterior_var), the prior N(0, 1).

    Returns:
        weight = sqrt(max(0, variance - beta * noise_var)), and with
        u = weight**2 + beta * noise_var: gain = weight / u and
        posterior_var = beta * noise_var / u.

    Raises:
        ValueError: If an argument is not positive.

    >>> best_linear_vae(2.0, 1.0)
    (1.0, 0.5, 0.5)
    """
    names = ("variance", "noise_var", "beta")
    for name, value in zip(names, (variance, noise_var, beta), strict=True):
        if not value > 0:
            raise ValueError(f"{name} must be positive, got {value}")
    cost = beta * noise_var
    weight = max(0.0, variance - cost) ** 0.5
    return weight, weight / (weight**2 + cost), cost / (weight**2 + cost)
# --8<-- [end:linear]


if __name__ == "__main__":
    def normal(x, mean, var):
        return -0.5 * (np.log(2 * np.pi * var) + (x - mean) ** 2 / var)

    print(f"log p(1) = {normal(1.0, 0.0, 2.0):.4f}")
    for mean, var in [(0.5, 0.5), (0.0, 1.0)]:
        expected = -0.5 * (np.log(2 * np.pi) + (1 - mean) ** 2 + var)
        kl = kl_to_standard_normal(np.array([[mean]]), np.log([[var]]))[0]
        print(f"q = N({mean}, {var}): E log p(x|z) {expected:.4f}, KL {kl:.4f}, "
              f"ELBO {expected - kl:.4f}")
    for beta in (0.5, 1.0, 1.9, 2.0, 4.0):
        print(f"variance 2, noise 1, beta {beta}:", np.round(best_linear_vae(2.0, 1.0, beta), 4))
    rng = np.random.default_rng(0)
    noise = rng.standard_normal(1_000_000)
    for mu in (1.0, 3.0):
        z = mu + noise
        path, score = 2 * z, z**2 * noise
        print(f"mu {mu}: pathwise {path.mean():.3f} var {path.var():.2f}; "
              f"score {score.mean():.3f} var {score.var():.2f}, "
              f"formula {mu**4 + 14 * mu**2 + 15}")
