"""The same numbers from scikit-learn's BernoulliRBM and from autograd."""

import numpy as np
import torch
from sklearn.neural_network import BernoulliRBM

from snippets.generative.boltzmann_machine import (
    all_states,
    exact_gradient,
    free_energy,
    log_partition,
    sigmoid,
)


def random_rbm():
    rng = np.random.default_rng(0)
    return rng.normal(size=(5, 3)), rng.normal(size=5), rng.normal(size=3)


def test_free_energy_and_hidden_probabilities_match_scikit_learn():
    weight, bias_v, bias_h = random_rbm()
    states = all_states(5)
    theirs = BernoulliRBM(3)
    theirs.fit(states[:4])  # so that the attributes exist
    theirs.components_, theirs.intercept_visible_, theirs.intercept_hidden_ = weight.T, bias_v, bias_h
    np.testing.assert_allclose(free_energy(states, weight, bias_v, bias_h), theirs._free_energy(states))
    np.testing.assert_allclose(sigmoid(states @ weight + bias_h), theirs.transform(states))


def test_the_exact_gradient_matches_autograd_on_all_pairs_of_states():
    params = [torch.tensor(a, requires_grad=True) for a in random_rbm()]
    weight, bias_v, bias_h = params
    v, h = torch.tensor(all_states(5)), torch.tensor(all_states(3))
    minus_energy = v @ weight @ h.T + (v @ bias_v)[:, None] + h @ bias_h
    log_z = torch.logsumexp(minus_energy.flatten(), dim=0)
    rows = [3, 17, 20, 31]
    likelihood = torch.logsumexp(minus_energy[rows], dim=1).mean() - log_z
    likelihood.backward()
    data = all_states(5)[rows]
    ours = -free_energy(data, *random_rbm()).mean() - log_partition(*random_rbm())
    assert abs(ours - likelihood.item()) < 1e-10
    for tensor, grad in zip(params, exact_gradient(data, *random_rbm()), strict=True):
        np.testing.assert_allclose(grad, tensor.grad.numpy(), rtol=1e-9, atol=1e-12)
