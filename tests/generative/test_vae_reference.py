"""The same numbers and gradients from torch, in float64."""

import numpy as np
import torch
from torch.distributions import Bernoulli, Normal, kl_divergence

from snippets.generative.vae import kl_to_standard_normal, log_likelihood_bound, negative_elbo


def make(rng):
    shapes = {"enc": (5, 3), "mu": (3, 2), "lv": (3, 2), "dec": (2, 3), "out": (3, 5)}
    params = {}
    for name, shape in shapes.items():
        params[f"{name}_w"], params[f"{name}_b"] = rng.normal(size=shape), rng.normal(size=shape[1])
    return params


def test_the_divergence_matches():
    rng = np.random.default_rng(0)
    mu, log_var = 3 * rng.normal(size=(7, 3)), 2 * rng.normal(size=(7, 3))
    theirs = kl_divergence(Normal(torch.tensor(mu), torch.tensor(np.exp(log_var / 2))),
                           Normal(torch.zeros(7, 3, dtype=torch.float64), 1.0))
    np.testing.assert_allclose(kl_to_standard_normal(mu, log_var), theirs.sum(dim=1).numpy(), rtol=1e-10)


def posterior(x, tensors):
    hidden = torch.tanh(x @ tensors["enc_w"] + tensors["enc_b"])
    mu = hidden @ tensors["mu_w"] + tensors["mu_b"]
    return Normal(mu, torch.exp((hidden @ tensors["lv_w"] + tensors["lv_b"]) / 2))


def likelihood(z, tensors):
    hidden = torch.tanh(z @ tensors["dec_w"] + tensors["dec_b"])
    return Bernoulli(logits=hidden @ tensors["out_w"] + tensors["out_b"])


def test_losses_and_gradients_match():
    rng = np.random.default_rng(1)
    params, noise = make(rng), rng.normal(size=(7, 2))
    x = (rng.uniform(size=(7, 5)) < 0.5) * 1.0
    for beta in (1.0, 4.0):
        tensors = {name: torch.tensor(a, requires_grad=True) for name, a in params.items()}
        q = posterior(torch.tensor(x), tensors)
        z = q.loc + q.scale * torch.tensor(noise)
        loss = -likelihood(z, tensors).log_prob(torch.tensor(x)).sum() / 7
        divergence = kl_divergence(q, Normal(torch.zeros_like(q.loc), 1.0)).sum() / 7
        (loss + beta * divergence).backward()
        ours = negative_elbo(x, params, noise, beta)
        assert abs(ours[0] - loss.item()) < 1e-10 and abs(ours[1] - divergence.item()) < 1e-10
        for name, tensor in tensors.items():
            np.testing.assert_allclose(ours[2][name], tensor.grad.numpy(), rtol=1e-8, atol=1e-10)


def test_the_bound_matches():
    rng = np.random.default_rng(2)
    params, noise = make(rng), rng.normal(size=(11, 7, 2))
    x = (rng.uniform(size=(7, 5)) < 0.5) * 1.0
    tensors = {name: torch.tensor(a) for name, a in params.items()}
    q = posterior(torch.tensor(x), tensors)
    z = q.loc + q.scale * torch.tensor(noise)
    prior = Normal(torch.zeros_like(z), 1.0)
    weights = likelihood(z, tensors).log_prob(torch.tensor(x)).sum(dim=2)
    weights = weights + (prior.log_prob(z) - q.log_prob(z)).sum(dim=2)
    theirs = torch.logsumexp(weights, dim=0) - np.log(11)
    np.testing.assert_allclose(log_likelihood_bound(x, params, noise), theirs.numpy(), rtol=1e-10)
