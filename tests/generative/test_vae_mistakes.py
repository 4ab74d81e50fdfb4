"""The wrong code fails, and the right code beside it does not."""

import numpy as np

from snippets.generative.vae import decode, encode, negative_elbo
from snippets.generative.vae_mistakes import latent_with_variance, loss_with_means


def test_noise_times_the_variance_has_the_variance_squared():
    noise = np.random.default_rng(0).normal(size=(20_000, 1))
    z = latent_with_variance(np.zeros(1), np.log(0.25), noise)
    # The variance of a sample variance of n normal values is 2 / n times its square.
    assert abs(z.var() / 0.25**2 - 1) < 5 * np.sqrt(2 / 20_000)
    assert abs((np.exp(np.log(0.25) / 2) * noise).var() / 0.25 - 1) < 5 * np.sqrt(2 / 20_000)


def test_a_mean_over_pixels_is_beta_equal_to_their_number():
    rng = np.random.default_rng(1)
    shapes = {"enc": (5, 3), "mu": (3, 2), "lv": (3, 2), "dec": (2, 3), "out": (3, 5)}
    params = {}
    for name, shape in shapes.items():
        params[f"{name}_w"], params[f"{name}_b"] = rng.normal(size=shape), rng.normal(size=shape[1])
    x = (rng.uniform(size=(7, 5)) < 0.5) * 1.0
    noise = rng.normal(size=(7, 2))
    _, mu, log_var = encode(x, params)
    logits = decode(mu + np.exp(log_var / 2) * noise, params)[1]
    loss, divergence, _ = negative_elbo(x, params, noise)
    wrong = loss_with_means(x, logits, mu, log_var)
    assert abs(5 * wrong - (loss + 5 * divergence)) < 1e-10
