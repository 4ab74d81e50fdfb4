"""How each mistake fails."""

import numpy as np

from snippets.sequences import recurrent_networks_mistakes as mistakes
from snippets.sequences.recurrent_networks import backward, forward, last_states

RNG = np.random.default_rng(0)
W_X, W_H, BIAS = RNG.standard_normal((3, 5)), 0.4 * RNG.standard_normal((5, 5)), np.zeros(5)
X, H0 = RNG.standard_normal((6, 2, 3)), np.zeros((2, 5))


def run(x, h0):
    return forward(x, h0, W_X, W_H, BIAS)


def test_zero_padding_moves_the_last_state():
    padded = X.copy()
    padded[4:, 0] = 0.0
    h, lengths = run(padded, H0), np.array([4, 6])
    wrong, right = mistakes.state_for_the_classifier(h, lengths), last_states(h, lengths)
    np.testing.assert_array_equal(wrong[1], right[1])
    assert np.abs(wrong[0] - right[0]).max() > 0.1


def test_overwriting_keeps_the_last_step_only():
    h = run(X, H0)
    grad_h = RNG.standard_normal((6, 2, 5))
    right = backward(X, h, W_X, W_H, grad_h)["w_h"]
    deltas = [grad_h[t] * (1 - h[t + 1] ** 2) for t in range(6)]  # window 1, to keep it short
    wrong = mistakes.grad_of_shared_weight(h, deltas)
    np.testing.assert_allclose(wrong, h[5].T @ deltas[5])
    summed = backward(X, h, W_X, W_H, grad_h, window=1)["w_h"]
    assert np.abs(wrong - summed).max() > 0.1 and np.abs(wrong - right).max() > 0.1


def test_a_reset_state_changes_everything_after_the_first_chunk():
    right, wrong = run(X, H0), mistakes.states_in_chunks(run, X, H0, 3)
    np.testing.assert_array_equal(wrong[:4], right[:4])
    assert np.all(np.abs(wrong[4:] - right[4:]).max(axis=(1, 2)) > 0.01)
