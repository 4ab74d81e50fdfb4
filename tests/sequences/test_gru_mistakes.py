"""How each mistake fails."""

import numpy as np
import torch

from snippets.sequences.gru import backward, forward
from snippets.sequences.gru_mistakes import backward_of_the_candidate, merge_biases, update

KEYS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


def problem():
    with torch.random.fork_rng():
        torch.manual_seed(0)
        gru = torch.nn.GRU(3, 5, dtype=torch.float64)
    rng = np.random.default_rng(0)
    x, h0 = rng.standard_normal((7, 2, 3)), rng.standard_normal((2, 5))
    out, _ = gru(torch.tensor(x), torch.tensor(h0)[None])
    return x, h0, {key: getattr(gru, f"{key}_l0").detach().numpy() for key in KEYS}, out.detach().numpy()


def test_with_the_other_sign_torch_s_weights_forget_what_they_kept():
    x, h0, p, _ = problem()
    p = p | {"bias_ih": p["bias_ih"] + np.repeat([0.0, 6.0, 0.0], 5)}  # z near 1: keep
    h, cache = forward(x, h0, **p)
    _, z, n, _ = np.split(cache[0], 4, axis=1)
    assert np.abs(h[1] - h0).max() < 0.02 < 0.5 < np.abs(update(z, n, h0) - h0).max()


def test_the_gates_allow_one_bias_and_the_candidate_does_not():
    x, h0, p, out = problem()
    bias_ih, bias_hh = merge_biases(p["bias_ih"], p["bias_hh"])
    h, _ = forward(x, h0, p["weight_ih"], p["weight_hh"], bias_ih, bias_hh)
    assert np.abs(h[1:] - out).max() > 0.01
    kept = np.arange(15) >= 10  # right: merge r and z, keep b_hn
    bias_ih = p["bias_ih"] + np.where(kept, 0, p["bias_hh"])
    h, _ = forward(x, h0, p["weight_ih"], p["weight_hh"], bias_ih, np.where(kept, p["bias_hh"], 0))
    np.testing.assert_allclose(h[1:], out, atol=1e-13)


def test_without_the_gate_the_candidate_s_gradient_is_too_large():
    x, h0, p, _ = problem()
    h, cache = forward(x[:1], h0, **p)
    r, z, n, _ = np.split(cache[0], 4, axis=1)
    grad_h = np.ones((1, 2, 5))
    pre_n = grad_h[0] * (1 - z) * (1 - n**2)
    wrong, _ = backward_of_the_candidate(pre_n, r, h[0], p["weight_hh"][10:])
    right = backward(x[:1], h, cache, p["weight_ih"], p["weight_hh"], grad_h)["weight_hh"][10:]
    np.testing.assert_allclose((pre_n * r).T @ h[0], right, rtol=1e-12)
    assert np.linalg.norm(wrong) > 1.5 * np.linalg.norm(right)
