"""Each wrong maxout fails where the page says."""

import numpy as np

from snippets.activations_and_losses.maxout import maxout_backward, maxout_forward
from snippets.activations_and_losses.maxout_mistakes import (
    backward_to_all_pieces,
    dropout_before_the_max,
    he_init_for_pieces,
    max_over_the_wrong_groups,
)


def test_losers_must_not_learn():
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((7, 5)), rng.standard_normal((5, 3, 2))
    grad_out = rng.standard_normal((7, 3))
    _, winner = maxout_forward(x, weight, np.zeros((3, 2)))
    right = maxout_backward(grad_out, x, weight, winner)[1]
    wrong = backward_to_all_pieces(grad_out, x, weight)
    assert np.abs(wrong - right).max() > 0.1
    # With the same gradient for all, the pieces of a unit keep their differences forever.
    np.testing.assert_array_equal(wrong[:, :, 0], wrong[:, :, 1])


def test_wrong_groups_have_the_right_shape():
    rng = np.random.default_rng(1)
    x, weight = rng.standard_normal((7, 5)), rng.standard_normal((5, 3, 2))
    flat = x @ weight.reshape(5, 6)
    right, _ = maxout_forward(x, weight, np.zeros((3, 2)))
    wrong = max_over_the_wrong_groups(flat, 3, 2)
    assert wrong.shape == right.shape
    assert np.abs(wrong - right).max() > 0.1
    np.testing.assert_allclose(flat.reshape(-1, 3, 2).max(axis=2), right)


def depth(pieces: int, variance: float, layers: int = 20, width: int = 256) -> tuple[float, float]:
    """Mean square after ``layers`` layers, and of the gradient that comes back, both from 1."""
    rng = np.random.default_rng(2)
    h, kept = rng.standard_normal((20, width)), []
    for _ in range(layers):
        weight = he_init_for_pieces(width, width, pieces, rng) * np.sqrt(variance / 2)
        out, winner = maxout_forward(h, weight, np.zeros((width, pieces)))
        kept.append((h, weight, winner))
        h = out
    grad = rng.standard_normal((20, width))
    for x, weight, winner in reversed(kept):
        grad, *_ = maxout_backward(grad, x, weight, winner)
    return float((h**2).mean()), float((grad**2).mean())


def test_he_doubles_the_mean_square_per_layer():
    forward, backward = depth(pieces=2, variance=2.0, layers=10, width=128)
    assert 2**10 / 3 < forward < 2**10 * 3 and 2**10 / 3 < backward < 2**10 * 3


def test_variance_1_over_d_suits_two_pieces_both_ways():
    forward, backward = depth(pieces=2, variance=1.0, layers=10, width=128)
    assert 1 / 3 < forward < 3 and 1 / 3 < backward < 3


def test_the_scale_of_five_pieces_shrinks_the_gradient():
    # Along x a winner's weights gain m_5 = 1.8, across it nothing: D v = 0.556 per layer is
    # the floor, and the small part along x keeps the gradient above it.
    _, backward = depth(pieces=5, variance=0.556, layers=10, width=128)
    assert 0.556**10 < backward < 0.1
    assert round(backward, 2) == 0.03


def test_the_default_of_nn_linear_shrinks_two_pieces_by_3_per_layer():
    forward, _ = depth(pieces=2, variance=1 / 3, layers=10, width=128)
    assert 1 / 3 < forward * 3**10 < 3


def test_five_pieces_keep_the_mean_square_with_their_own_variance():
    forward, _ = depth(pieces=5, variance=0.556, layers=10, width=128)
    assert 1 / 3 < forward < 3
    forward, _ = depth(pieces=5, variance=1.0, layers=10, width=128)
    assert 1.8**10 / 3 < forward < 1.8**10 * 3


def test_dropout_before_the_max_is_a_relu_in_disguise():
    rng = np.random.default_rng(3)
    pieces = -np.ones((1000, 3, 2))
    assert pieces.max() == -1
    out = dropout_before_the_max(pieces, 0.5, rng)
    # -2 only if both pieces are kept, chance 1/4; 0 otherwise: the mean is -0.5, not -1.
    assert set(np.unique(out)) == {-2.0, 0.0}
    assert abs(out.mean() + 0.5) < 5 * 2 * np.sqrt(0.25 * 0.75 / out.size)
