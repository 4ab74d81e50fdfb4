"""Each wrong forward pass runs, and is wrong where the page says."""

from itertools import pairwise

import numpy as np
import pytest

from snippets.foundations.neural_network import forward
from snippets.foundations.neural_network_mistakes import (
    forward_with_activation_on_the_output,
    forward_with_torch_weights,
    relu,
)


def layers(rng, sizes):
    weights = [rng.standard_normal(s) for s in pairwise(sizes)]
    return weights, [rng.standard_normal(s) for s in sizes[1:]]


def test_an_activated_output_cannot_be_negative():
    rng = np.random.default_rng(0)
    weights, biases = layers(rng, [2, 3, 1])
    x = rng.standard_normal((50, 2))
    right = forward(x, weights, biases, relu)
    assert (right < 0).any()
    assert (forward_with_activation_on_the_output(x, weights, biases) >= 0).all()


def test_transposed_square_weights_go_unnoticed():
    rng = np.random.default_rng(1)
    weights, biases = layers(rng, [3, 3, 3])
    x = rng.standard_normal((5, 3))
    wrong = forward_with_torch_weights(x, [w.T for w in weights], biases)
    right = forward(x, weights, biases, relu)
    assert wrong.shape == right.shape
    assert np.abs(wrong - right).max() > 1


def test_transposed_oblong_weights_raise():
    weights, biases = layers(np.random.default_rng(2), [2, 3, 5])
    with pytest.raises(ValueError, match="matmul"):
        forward_with_torch_weights(np.ones((1, 2)), [w.T for w in weights], biases)
