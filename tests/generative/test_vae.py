"""What the VAE promises. Runs wherever the snippet runs: NumPy and plain asserts only."""

import numpy as np

from snippets.generative.vae import (
    best_linear_vae,
    decode,
    encode,
    kl_to_standard_normal,
    log_likelihood_bound,
    negative_elbo,
)


def raises(function, *args) -> str:
    try:
        function(*args)
    except ValueError as error:
        return str(error)
    raise AssertionError("no ValueError was raised")


def make(features, hidden, latents, rng, scale=0.8):
    shapes = {"enc": (features, hidden), "mu": (hidden, latents), "lv": (hidden, latents),
              "dec": (latents, hidden), "out": (hidden, features)}
    params = {}
    for name, shape in shapes.items():
        params[f"{name}_w"] = scale * rng.normal(size=shape)
        params[f"{name}_b"] = 0.3 * rng.normal(size=shape[1])
    return params


def binary(shape, rng):
    return (rng.uniform(size=shape) < 0.5).astype(np.float64)


def test_the_divergence_by_hand():
    mu, log_var = np.array([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0]]), np.log([[1.0, 1], [1, 1], [4, 0.25]])
    expected = [0.0, 2.0, 0.5 * (4 - 1 - np.log(4)) + 0.5 * (1 + 0.25 - 1 + np.log(4))]
    np.testing.assert_allclose(kl_to_standard_normal(mu, log_var), expected, atol=1e-12)


def test_the_divergence_is_the_integral_of_q_times_the_log_ratio():
    mu, var = 0.7, 0.3
    z = np.linspace(-12, 12, 200_001)
    log_q = -0.5 * (np.log(2 * np.pi * var) + (z - mu) ** 2 / var)
    log_p = -0.5 * (np.log(2 * np.pi) + z**2)
    integral = np.sum(np.exp(log_q) * (log_q - log_p)) * (z[1] - z[0])
    found = kl_to_standard_normal(np.array([[mu]]), np.log([[var]]))[0]
    assert abs(found - integral) < 1e-9, f"integral {integral}, formula {found}"


def test_the_encoder_and_the_decoder_are_tanh_networks():
    rng = np.random.default_rng(0)
    params = make(5, 3, 2, rng)
    x, z = binary((7, 5), rng), rng.normal(size=(7, 2))
    hidden, mu, log_var = encode(x, params)
    np.testing.assert_allclose(hidden, np.tanh(x @ params["enc_w"] + params["enc_b"]))
    np.testing.assert_allclose(mu, hidden @ params["mu_w"] + params["mu_b"])
    np.testing.assert_allclose(log_var, hidden @ params["lv_w"] + params["lv_b"])
    hidden, logits = decode(z, params)
    np.testing.assert_allclose(hidden, np.tanh(z @ params["dec_w"] + params["dec_b"]))
    np.testing.assert_allclose(logits, hidden @ params["out_w"] + params["out_b"])


def test_the_reconstruction_loss_is_summed_over_pixels_and_averaged_over_rows():
    rng = np.random.default_rng(1)
    params, x, noise = make(5, 3, 2, rng), binary((7, 5), rng), rng.normal(size=(7, 2))
    _, mu, log_var = encode(x, params)
    probs = 1 / (1 + np.exp(-decode(mu + np.exp(0.5 * log_var) * noise, params)[1]))
    expected = -np.sum(x * np.log(probs) + (1 - x) * np.log(1 - probs)) / 7
    loss, divergence, _ = negative_elbo(x, params, noise)
    assert abs(loss - expected) < 1e-10
    assert abs(divergence - kl_to_standard_normal(mu, log_var).mean()) < 1e-12


def test_gradients_match_central_differences():
    rng = np.random.default_rng(2)
    params, x, noise = make(5, 3, 2, rng), binary((7, 5), rng), rng.normal(size=(7, 2))
    for beta in (1.0, 0.3):
        _, _, grads = negative_elbo(x, params, noise, beta)
        assert set(grads) == set(params)
        for name, array in params.items():
            for index in np.ndindex(array.shape):
                kept, values = array[index], []
                for shift in (1e-6, -1e-6):
                    array[index] = kept + shift
                    loss, divergence, _ = negative_elbo(x, params, noise, beta)
                    values.append(loss + beta * divergence)
                array[index] = kept
                found = (values[0] - values[1]) / 2e-6
                assert abs(grads[name][index] - found) < 1e-7, f"{name}{index}"


def test_huge_logits_stay_finite():
    params = make(5, 3, 2, np.random.default_rng(3), scale=1000.0)
    params["lv_w"] *= 0.0
    x = np.ones((1, 5))
    loss, _, grads = negative_elbo(x, params, np.ones((1, 2)))
    assert np.isfinite(loss) and all(np.all(np.isfinite(grad)) for grad in grads.values())


def exact_log_likelihood(x, params):
    """log p(x) by a sum over a grid of two latents."""
    ticks = np.linspace(-7, 7, 281)
    z = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    logits = decode(z, params)[1]
    log_joint = logits @ x.T - np.logaddexp(0, logits).sum(axis=1)[:, None]
    log_joint += -0.5 * np.sum(z**2, axis=1)[:, None] - np.log(2 * np.pi)
    return np.log(np.sum(np.exp(log_joint), axis=0) * (ticks[1] - ticks[0]) ** 2)


def test_the_elbo_is_below_log_p_and_many_draws_close_the_gap():
    rng = np.random.default_rng(4)
    params, x = make(5, 3, 2, rng), binary((3, 5), rng)
    exact = exact_log_likelihood(x, params)
    noise = rng.normal(size=(40_000, 3, 2))
    elbo = np.mean([log_likelihood_bound(x, params, draw[None]) for draw in noise[:2000]], axis=0)
    ten = np.mean([log_likelihood_bound(x, params, noise[i : i + 10]) for i in range(0, 5000, 10)], axis=0)
    many = log_likelihood_bound(x, params, noise)
    assert np.all(elbo < ten) and np.all(ten < exact), f"{elbo} {ten} {exact}"
    np.testing.assert_allclose(many, exact, atol=0.05)


def test_one_draw_of_the_bound_estimates_the_elbo():
    rng = np.random.default_rng(5)
    params, x = make(5, 3, 2, rng), binary((1, 5), rng)
    noise = rng.normal(size=(4000, 1, 2))
    single = np.array([log_likelihood_bound(x, params, draw[None])[0] for draw in noise])
    rows = x.repeat(4000, axis=0)
    loss, divergence, _ = negative_elbo(rows, params, noise[:, 0])
    # Same draws, so only log p(z) - log q(z) against its mean differs: 5 standard errors.
    assert abs(single.mean() + loss + divergence) < 5 * single.std() / np.sqrt(4000)


def test_the_exact_posterior_makes_the_bound_exact_with_one_draw():
    # A decoder that ignores z has the prior as its posterior.
    rng = np.random.default_rng(6)
    params, x = make(5, 3, 2, rng), binary((3, 5), rng)
    for name in ("mu_w", "mu_b", "lv_w", "lv_b", "dec_w"):
        params[name] *= 0.0
    bound = log_likelihood_bound(x, params, rng.normal(size=(1, 3, 2)))
    np.testing.assert_allclose(bound, exact_log_likelihood(x, params), atol=1e-9)


def test_a_likelihood_too_small_for_a_float_still_has_a_bound():
    params = make(5, 3, 2, np.random.default_rng(8), scale=0.0)
    params["out_b"] = np.full(5, 300.0)  # five zeros where ones are certain: e**-1500
    rows = np.array([[0.0] * 5, [1.0] * 5])  # the second is certain, and must not hide the first
    bound = log_likelihood_bound(rows, params, np.zeros((2, 2, 2)))
    # The draws are 0, so z = mu in both rows, where log p(z) - log q(z) is this.
    log_ratio = 0.5 * np.sum(params["lv_b"] - params["mu_b"] ** 2)
    np.testing.assert_allclose(bound, [log_ratio - 1500, log_ratio], rtol=1e-9)


def test_every_row_needs_a_draw_of_its_own():
    rng = np.random.default_rng(9)
    params, x = make(5, 3, 2, rng), binary((7, 5), rng)
    assert "noise" in raises(negative_elbo, x, params, np.ones((1, 2)))
    raises(negative_elbo, x[:0], params, np.ones((0, 2)))
    assert "noise" in raises(log_likelihood_bound, x, params, np.ones((4, 1, 2)))
    assert "noise" in raises(log_likelihood_bound, x, params, np.ones((0, 7, 2)))


def linear_loss(values, variance, noise_var, beta):
    """Expected -log p(x | z), up to a constant, plus beta times the divergence."""
    weight, gain, posterior = values
    error = (1 - weight * gain) ** 2 * variance + weight**2 * posterior
    divergence = 0.5 * (gain**2 * variance + posterior - 1 - np.log(posterior))
    return error / (2 * noise_var) + beta * divergence


def test_the_linear_optimum_cannot_be_improved():
    rng = np.random.default_rng(7)
    for variance, noise_var, beta in [(2.0, 1.0, 1.0), (2.0, 0.7, 2.0), (0.5, 1.0, 1.0), (3.0, 0.5, 7.0)]:
        best = np.array(best_linear_vae(variance, noise_var, beta))
        floor = linear_loss(best, variance, noise_var, beta)
        for scale in (0.001, 0.1, 1.0):
            for _ in range(200):
                other = best + scale * rng.normal(size=3)
                other[2] = max(abs(other[2]), 1e-3)
                assert linear_loss(other, variance, noise_var, beta) >= floor - 1e-12


def test_a_direction_below_beta_times_the_noise_is_not_used():
    assert best_linear_vae(2.0, 1.0, 2.0) == (0.0, 0.0, 1.0)
    assert best_linear_vae(2.0, 1.0, 5.0) == (0.0, 0.0, 1.0)
    weight, gain, posterior = best_linear_vae(2.0, 1.0, 1.9)
    assert weight > 0.3 and gain > 0.1 and posterior < 1


def test_the_linear_optimum_is_the_exact_model_for_beta_one():
    weight, gain, posterior = best_linear_vae(5.0, 2.0)
    assert abs(weight**2 + 2.0 - 5.0) < 1e-12  # the marginal variance is that of the data
    assert abs(gain - weight / 5.0) < 1e-12 and abs(posterior - 2.0 / 5.0) < 1e-12


def test_bad_input_is_named():
    assert raises(best_linear_vae, 0.0, 1.0) == "variance must be positive, got 0.0"
    assert raises(best_linear_vae, 1.0, -1.0) == "noise_var must be positive, got -1.0"
    assert raises(best_linear_vae, 1.0, 1.0, 0.0) == "beta must be positive, got 0.0"


def test_the_divergence_counts_once_if_no_beta_is_given():
    rng = np.random.default_rng(11)
    params, x, noise = make(5, 3, 2, rng), binary((4, 5), rng), rng.normal(size=(4, 2))
    default, one = (negative_elbo(x, params, noise, *beta)[2] for beta in ((), (1.0,)))
    for name, grad in one.items():
        np.testing.assert_array_equal(default[name], grad)
