"""How each wrong noise scale is wrong; the true one is 64."""

import numpy as np

from snippets.optimization.batch_size import noise_scale, shard_norms
from snippets.optimization.batch_size_mistakes import average_of_ratios, naive_noise_scale


def draws(seed=0):
    """400 steps of gradients of 8 shards of 4 examples: |G|**2 = 1, S = D = 64."""
    rng = np.random.default_rng(seed)
    return [1 / 8 + rng.normal(size=(8, 64)) / 2 for _ in range(400)]


def test_the_naive_scale_stays_below_the_batch_whatever_the_truth():
    wrong = np.mean([naive_noise_scale(grads, 4) for grads in draws()])
    assert round(wrong) == 22  # about S / (|G|**2 + S / 32) = 64 / 3
    silent = np.mean([naive_noise_scale(grads - 1 / 8, 4) for grads in draws()])
    assert round(silent) == 33  # no signal at all: the truth is infinite


def test_averages_of_ratios_scatter_where_ratios_of_averages_agree():
    norms = [np.array([shard_norms(grads) for grads in draws(seed)]) for seed in range(5)]
    right = [noise_scale(*one.mean(axis=0), 4, 32)[2] for one in norms]
    wrong = [average_of_ratios(one, 4, 32) for one in norms]
    assert [round(min(right)), round(max(right))] == [63, 65]
    assert [round(min(wrong)), round(max(wrong))] == [41, 193]
