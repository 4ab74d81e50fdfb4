"""How each mistake fails."""

import numpy as np

from snippets.sequences.recurrent_gradients import orthogonal, power_norms
from snippets.sequences.recurrent_gradients_mistakes import explodes_nowhere, orthogonal_lstm_start


def test_the_radius_promises_too_much():
    w_h = np.array([[0.9, 2.0], [0.0, 0.9]])
    assert explodes_nowhere(w_h) and power_norms(w_h, 20).max() > 7


def test_the_blocks_of_a_stacked_orthogonal_matrix_shrink():
    rng = np.random.default_rng(0)
    blocks = orthogonal_lstm_start(64, rng).reshape(4, 64, 64)
    squares = np.linalg.svd(blocks, compute_uv=False) ** 2
    # The four blocks share the unit columns: B1'B1 + ... + B4'B4 = I, so the mean is exactly 1/4.
    np.testing.assert_allclose(squares.mean(), 0.25, rtol=1e-12)
    assert squares.min() < 0.001 and squares.max() > 0.6
    right = np.linalg.svd(np.stack([orthogonal(64, rng) for _ in range(4)]), compute_uv=False)
    np.testing.assert_allclose(right, 1.0, rtol=1e-12)
