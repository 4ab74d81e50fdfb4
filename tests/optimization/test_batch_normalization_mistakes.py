"""Each wrong batch normalization fails where the page says."""

import numpy as np
import torch
from torch import nn

from snippets.optimization.batch_normalization import batch_norm_backward, batch_norm_train
from snippets.optimization.batch_normalization_mistakes import (
    backward_with_constant_statistics,
    freeze,
    normalize_maps,
    running_variance,
)

ONE, ZERO = np.ones(3), np.zeros(3)


def test_biased_running_variance_is_half_at_a_batch_of_two():
    rng = np.random.default_rng(0)
    wrong, right = ONE, ONE
    for _ in range(4000):
        x = rng.normal(0.0, 2.0, (2, 3))
        wrong = running_variance(x, wrong, momentum=0.001)
        _, _, right = batch_norm_train(x, ONE, ZERO, ZERO, right, momentum=0.001)
    # True variance 4; the mean of 3 channels of about 2,000 effective pairs is good to 5 %.
    np.testing.assert_allclose([wrong.mean(), right.mean()], [2, 4], rtol=0.1)


def test_statistics_per_pixel_erase_what_is_where():
    # A bright spot at the same place in every image is what a feature map has to say.
    rng = np.random.default_rng(1)
    x = rng.normal(size=(50, 3, 4, 5))
    x[:, :, 1, 2] += 10
    right, _, _ = batch_norm_train(x, ONE, ZERO, ZERO, ONE)
    assert right[:, :, 1, 2].mean() > 3
    assert abs(normalize_maps(x)[:, :, 1, 2].mean()) < 1e-12


def test_constant_statistics_leave_a_gradient_that_shifts_the_batch():
    rng = np.random.default_rng(2)
    x, grad = rng.normal(size=(7, 3)), rng.uniform(0.5, 1.5, (7, 3))
    wrong = backward_with_constant_statistics(grad, x, ONE)
    right, _, _ = batch_norm_backward(grad, x, ONE)
    assert np.abs(wrong.sum(axis=0)).min() > 1
    assert np.abs(right.sum(axis=0)).max() < 1e-12


def test_without_gradients_the_statistics_still_move():
    model = nn.Sequential(nn.Linear(5, 3), nn.BatchNorm1d(3))
    freeze(model)
    model.train()
    model(torch.randn(7, 5, generator=torch.Generator().manual_seed(0)) + 3)
    assert not torch.equal(model[1].running_mean, torch.zeros(3))
