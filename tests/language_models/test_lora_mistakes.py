"""How each mistake fails."""

import numpy as np
import torch

from snippets.language_models.lora import init_lora, lora_backward, lora_forward
from snippets.language_models.lora_mistakes import init_both_random, init_both_zero, swap_adapters


def test_two_zero_factors_never_move():
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((7, 5)), rng.standard_normal((3, 5))
    lora_A, lora_B = init_both_zero(5, 3, 2)
    _, grad_A, grad_B = lora_backward(np.ones((7, 3)), x, weight, lora_A, lora_B, 2.0)
    assert not grad_A.any() and not grad_B.any()
    _, grad_A, grad_B = lora_backward(np.ones((7, 3)), x, weight, *init_lora(5, 3, 2, rng), 2.0)
    assert not grad_A.any() and np.all(grad_B != 0)


def test_two_random_factors_change_the_model_at_once():
    rng = np.random.default_rng(0)
    x, weight = rng.standard_normal((7, 50)), rng.standard_normal((30, 50)) / 50**0.5
    right = lora_forward(x, weight, *init_lora(50, 30, 4, rng), 4.0)
    wrong = lora_forward(x, weight, *init_both_random(50, 30, 4, rng), 4.0)
    np.testing.assert_array_equal(right, x @ weight.T)
    assert np.linalg.norm(wrong - right) > np.linalg.norm(right)


def test_swapping_in_bfloat16_does_not_give_the_base_back():
    generator = torch.Generator().manual_seed(0)
    base = (torch.randn(256, 256, generator=generator) / 64).to(torch.bfloat16)
    updates = [torch.randn(256, 256, generator=generator) * 1e-4 for _ in range(100)]
    drifted = swap_adapters(base, updates)
    changed = (drifted != base).double().mean().item()
    assert 0.28 < changed < 0.38  # a third on the page
    merged = (base.double() + updates[0].double()).to(torch.bfloat16)
    error = (merged.double() - base.double() - updates[0].double()).norm() / updates[0].double().norm()
    assert 0.23 < error < 0.28  # a quarter on the page
