"""Each network on the page that looks deep is not."""

import itertools

import numpy as np

from snippets.activations_and_losses.why_nonlinearity import xor_network
from snippets.activations_and_losses.why_nonlinearity_mistakes import (
    forward_with_activation_only_at_the_end,
    forward_with_doubled_relu,
    forward_without_activation,
)

BITS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])


def random_stack(seed: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    rng = np.random.default_rng(seed)
    sizes = (2, 64, 64, 1)
    pairs = list(itertools.pairwise(sizes))
    return ([rng.standard_normal(pair) / 8 for pair in pairs],
            [rng.standard_normal(pair[1]) for pair in pairs])


def test_without_activation_opposite_corners_have_the_same_sum():
    for seed in range(10):
        out = forward_without_activation(BITS, *random_stack(seed))[:, 0]
        np.testing.assert_allclose(out[0] + out[3], out[1] + out[2], rtol=1e-9)
    right = xor_network(BITS)
    assert right[0] + right[3] != right[1] + right[2]


def test_a_sigmoid_at_the_end_leaves_the_border_straight():
    for seed in range(10):
        probs = forward_with_activation_only_at_the_end(BITS, *random_stack(seed))[:, 0]
        logits = np.log(probs) - np.log1p(-probs)
        np.testing.assert_allclose(logits[0] + logits[3], logits[1] + logits[2], rtol=1e-6)
        assert not np.array_equal(probs > 0.5, [False, True, True, False])


def test_a_second_relu_changes_nothing():
    rng = np.random.default_rng(0)
    x, weight, bias = rng.standard_normal((7, 5)), rng.standard_normal((5, 3)), rng.standard_normal(3)
    once = np.maximum(0.0, x @ weight + bias)
    np.testing.assert_array_equal(forward_with_doubled_relu(x, weight, bias), once)
