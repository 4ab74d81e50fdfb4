"""The same states and gradients from torch.nn.GRU in float64, and its counts."""

import numpy as np
import torch

from snippets.sequences.gru import backward, forward, gru_cell

KEYS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def test_states_and_gradients_match_torch():
    for seed, (steps, batch, features, hidden) in enumerate([(7, 2, 3, 5), (1, 4, 2, 3), (11, 1, 5, 2)]):
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            gru = torch.nn.GRU(features, hidden, dtype=torch.float64)
        rng = np.random.default_rng(seed)
        x, h0 = rng.standard_normal((steps, batch, features)), rng.standard_normal((batch, hidden))
        grad_h = rng.standard_normal((steps, batch, hidden))
        tensors = {"x": torch.tensor(x, requires_grad=True), "h0": torch.tensor(h0, requires_grad=True)}
        out, _ = gru(tensors["x"], tensors["h0"][None])
        (out * torch.tensor(grad_h)).sum().backward()
        p = {key: getattr(gru, f"{key}_l0").detach().numpy() for key in KEYS}
        h, cache = forward(x, h0, **p)
        np.testing.assert_allclose(h[1:], out.detach().numpy(), atol=1e-13)
        grads = backward(x, h, cache, p["weight_ih"], p["weight_hh"], grad_h)
        expected = {key: tensor.grad for key, tensor in tensors.items()}
        expected |= {key: getattr(gru, f"{key}_l0").grad for key in KEYS}
        for key, grad in expected.items():
            np.testing.assert_allclose(grads[key], grad.numpy(), atol=1e-12, err_msg=key)


def test_the_cell_is_torch_s_and_the_paper_s_variant_is_not():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        cell = torch.nn.GRUCell(3, 5, dtype=torch.float64)
    rng = np.random.default_rng(0)
    x, h = rng.standard_normal((2, 3)), rng.standard_normal((2, 5))
    p = [getattr(cell, key).detach().numpy() for key in KEYS]
    expected = cell(torch.tensor(x), torch.tensor(h)).detach().numpy()
    np.testing.assert_allclose(gru_cell(x, h, *p), expected, atol=1e-14)
    assert np.abs(gru_cell(x, h, *p, reset_after=False) - expected).max() > 0.01


def test_the_page_s_parameter_counts():
    def count(module):
        return sum(p.numel() for p in module.parameters())

    assert count(torch.nn.GRU(100, 200)) == 181_200 and count(torch.nn.LSTM(100, 200)) == 241_600
    assert count(torch.nn.GRU(100, 200, bias=False)) + 4 * 200 == 180_800
    assert 4 * count(torch.nn.GRU(100, 200)) == 3 * count(torch.nn.LSTM(100, 200))
