"""The convolution against PyTorch, and the correlations of two of scikit-learn's data sets."""

import numpy as np
import torch
import torch.nn.functional as F
from sklearn.datasets import load_digits, load_wine

from snippets.convolution.convolution_beyond_images import conv1d, correlation_by_distance


def test_convolution_matches_torch():
    generator = torch.Generator().manual_seed(0)
    x = torch.randn(2, 13, generator=generator, dtype=torch.float64)
    weight = torch.randn(3, 2, 4, generator=generator, dtype=torch.float64)
    for dilation in (1, 2, 3):
        expected = F.conv1d(F.pad(x, (3 * dilation, 0))[None], weight, dilation=dilation)[0]
        np.testing.assert_allclose(conv1d(x.numpy(), weight.numpy(), dilation), expected, atol=1e-12)


def test_the_correlations_of_the_page():
    digits = load_digits().images  # (1797, 8, 8)
    wine = load_wine().data[:, None]  # (178, 1, 13)
    found = correlation_by_distance(digits, [1, 2, 3, 4])
    assert " ".join(f"{v:.2f}" for v in found) == "0.33 0.17 0.09 0.08"
    order = np.random.default_rng(0).permutation(64)
    shuffled = digits.reshape(-1, 64)[:, order].reshape(-1, 8, 8)
    found = correlation_by_distance(shuffled, list(range(1, 8)))
    assert f"{min(found):.2f} {max(found):.2f}" == "0.08 0.17"
    found = correlation_by_distance(wine, list(range(1, 8)))
    assert f"{min(found):.2f} {max(found):.2f}" == "0.25 0.35"
    found = correlation_by_distance(wine, [1, 2, 3, 4])
    assert " ".join(f"{v:.2f}" for v in found) == "0.35 0.32 0.30 0.31"
