"""How each mistake fails."""

import numpy as np
import torch

from snippets.sequences.lstm import backward, forward, init_lstm
from snippets.sequences.lstm_mistakes import backward_of_a_step, open_forget_gates, squashed_cell


def test_both_bias_vectors_count():
    lstm = torch.nn.LSTM(3, 5)
    open_forget_gates({key: value.data for key, value in lstm.named_parameters()}, 5)
    total = (lstm.bias_ih_l0 + lstm.bias_hh_l0)[5:10]
    torch.testing.assert_close(total, torch.full((5,), 2.0))
    assert round(total.sigmoid()[0].item(), 3) == 0.881  # where 1 would give 0.731


def test_without_the_cell_s_gradient_the_direct_path_is_one_step_long():
    rng = np.random.default_rng(0)
    p = init_lstm(3, 5, 3.0, rng)
    x, zero = rng.standard_normal((20, 2, 3)), np.zeros((2, 5))
    h, c, gates = forward(x, zero, zero, **p)
    grad_h = np.zeros((20, 2, 5))
    grad_h[-1] = 1.0
    right = backward(x, h, c, gates, p["weight_ih"], p["weight_hh"], grad_h)["c0"]
    dh, dc = np.zeros((2, 5)), np.zeros((2, 5))
    for t in range(19, -1, -1):
        dz, dc = backward_of_a_step(gates[t], c[t], c[t + 1], dh + grad_h[t], dc)
        dh = dz @ p["weight_hh"]
    assert np.abs(right).max() > 0.05 and np.abs(dc).max() < 0.001 * np.abs(right).max()


def test_a_squashed_cell_forgets_with_every_gate_open():
    c = np.array(1.0)
    for _ in range(100):
        c = squashed_cell(1.0, 0.0, 0.0, c)
    assert 0.1 < c < 0.13  # decays like sqrt(3 / (2 t)), where f * c + i * g keeps 1 forever
