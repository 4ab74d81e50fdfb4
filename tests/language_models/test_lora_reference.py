"""The same outputs and gradients from PyTorch in float64."""

import numpy as np
import torch

from snippets.language_models.lora import best_rank_error, lora_backward, lora_forward


def test_outputs_and_gradients_match_autograd():
    rng = np.random.default_rng(0)
    for n, into, out, r in ((2, 3, 5, 1), (7, 5, 3, 2), (1, 11, 13, 7), (0, 3, 5, 2)):
        p = {"x": rng.standard_normal((n, 2, into)), "weight": rng.standard_normal((out, into)),
             "lora_A": rng.standard_normal((r, into)), "lora_B": rng.standard_normal((out, r))}
        grad = rng.standard_normal((n, 2, out))
        t = {key: torch.tensor(value, requires_grad=key != "weight") for key, value in p.items()}
        y = t["x"] @ (t["weight"] + 16 / r * t["lora_B"] @ t["lora_A"]).T
        (y * torch.tensor(grad)).sum().backward()
        np.testing.assert_allclose(lora_forward(**p, alpha=16), y.detach().numpy(), atol=1e-12)
        found = lora_backward(grad, **p, alpha=16)
        for one, key in zip(found, ("x", "lora_A", "lora_B"), strict=True):
            np.testing.assert_allclose(one, t[key].grad.numpy(), atol=1e-11)


def test_the_best_error_is_that_of_torch_s_truncated_decomposition():
    delta = torch.tensor(np.random.default_rng(1).standard_normal((11, 7)))
    u, s, vh = torch.linalg.svd(delta, full_matrices=False)
    for r in range(8):
        low = u[:, :r] * s[:r] @ vh[:r]
        expected = ((delta - low).norm() / delta.norm()).item()
        assert abs(best_rank_error(delta.numpy(), r) - expected) < 1e-12
