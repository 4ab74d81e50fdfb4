"""The same states, cells and gradients from torch.nn.LSTM in float64, and its counts."""

import numpy as np
import torch

from snippets.sequences.lstm import backward, forward

T, N, D, H = 7, 2, 3, 5


def test_states_cells_and_gradients_match_torch():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        lstm = torch.nn.LSTM(D, H, dtype=torch.float64)
    rng = np.random.default_rng(0)
    shapes = {"x": (T, N, D), "h0": (N, H), "c0": (N, H)}
    p = {key: rng.standard_normal(shape) for key, shape in shapes.items()}
    grad_h = rng.standard_normal((T, N, H))
    tensors = {key: torch.tensor(value, requires_grad=True) for key, value in p.items()}
    out, (_, last_c) = lstm(tensors["x"], (tensors["h0"][None], tensors["c0"][None]))
    (out * torch.tensor(grad_h)).sum().backward()

    p |= {"weight_ih": lstm.weight_ih_l0.detach().numpy(), "weight_hh": lstm.weight_hh_l0.detach().numpy(),
          "bias": (lstm.bias_ih_l0 + lstm.bias_hh_l0).detach().numpy()}
    h, c, gates = forward(**p)
    grads = backward(p["x"], h, c, gates, p["weight_ih"], p["weight_hh"], grad_h)
    np.testing.assert_allclose(h[1:], out.detach().numpy(), atol=1e-13)
    np.testing.assert_allclose(c[-1], last_c[0].detach().numpy(), atol=1e-13)
    expected = {key: tensor.grad for key, tensor in tensors.items()} | {
        "weight_ih": lstm.weight_ih_l0.grad, "weight_hh": lstm.weight_hh_l0.grad,
        "bias": lstm.bias_ih_l0.grad}
    for key, grad in expected.items():
        np.testing.assert_allclose(grads[key], grad.numpy(), atol=1e-12, err_msg=key)
    torch.testing.assert_close(lstm.bias_ih_l0.grad, lstm.bias_hh_l0.grad)


def test_the_page_s_parameter_counts():
    def count(module):
        return sum(p.numel() for p in module.parameters())

    assert count(torch.nn.LSTM(100, 200)) == 241_600 == 4 * count(torch.nn.RNN(100, 200))
    assert count(torch.nn.LSTM(100, 200, bias=False)) + 4 * 200 == 240_800
    assert count(torch.nn.GRU(100, 200)) == 3 * 60_400


def test_torch_s_default_forget_gate_starts_at_one_half():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        lstm = torch.nn.LSTM(100, 400)
    f = (lstm.bias_ih_l0 + lstm.bias_hh_l0)[400:800].sigmoid()
    # Two uniform draws in +-0.05: at most 0.1 in sum, a quarter of which moves the sigmoid.
    assert f.min() > 0.475 and f.max() < 0.525
