"""The wrong code fails, and the right code beside it does not."""

import numpy as np

from snippets.generative.boltzmann_machine import gibbs_step, sigmoid
from snippets.generative.boltzmann_machine_mistakes import mean_field_chain, parallel_step

WEIGHT = np.log([[2.0], [2.0]])
COUNT = 10_000


def test_updating_both_layers_at_once_loses_their_correlation():
    rng = np.random.default_rng(0)
    v, h = np.zeros((COUNT, 2)), np.zeros((COUNT, 1))
    for _ in range(25):
        v, h = parallel_step(v, h, WEIGHT, rng)
    bound = 5 * 0.5 / np.sqrt(COUNT)  # a mean of zeros and ones has a deviation of at most this / 5
    assert abs((v[:, :1] * h).mean() - 8 / 13 * 9 / 13) < bound  # independent: 0.426
    assert abs((v[:, :1] * h).mean() - 6 / 13) > bound  # the model: 0.462
    v = np.zeros((COUNT, 2))
    for _ in range(25):
        v = gibbs_step(v, WEIGHT, np.zeros(2), np.zeros(1), rng)
    assert abs((v[:, :1] * sigmoid(v @ WEIGHT)).mean() - 6 / 13) < bound


def test_without_draws_the_chain_stays_in_its_mode():
    # Two equal modes, 0000 and 1111: the mean of every visible unit is 1/2.
    weight, bias_v, bias_h = np.full((4, 1), 4.0), np.full(4, -2.0), np.array([-8.0])
    stuck = mean_field_chain(np.ones((1, 4)), weight, bias_v, bias_h, 1000)
    assert stuck.min() > 0.7, f"{stuck}"
    rng = np.random.default_rng(1)
    v = np.ones((COUNT, 4))
    for _ in range(200):
        v = gibbs_step(v, weight, bias_v, bias_h, rng)
    assert abs(v[:, 0].mean() - 0.5) < 5 * 0.5 / np.sqrt(COUNT)
