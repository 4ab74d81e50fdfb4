"""The same outputs and gradients from torch's scaled_dot_product_attention in float64."""

import math

import numpy as np
import pytest
import torch

from snippets.transformers.attention import (
    attention_backward,
    attention_weights,
    scaled_dot_product_attention,
)


def test_outputs_and_gradients_match_torch():
    for seed in range(6):
        rng = np.random.default_rng(seed)
        q, k, v, grad = (rng.standard_normal(shape) * 3 for shape in
                         ((2, 3, 5, 4), (2, 3, 7, 4), (2, 3, 7, 6), (2, 3, 5, 6)))
        mask = [None, rng.random((5, 7)) < 0.5, rng.standard_normal((2, 1, 5, 7))][seed % 3]
        if seed % 3 == 1:
            mask[2] = False  # a query without any key
        tensors = [torch.tensor(one, requires_grad=True) for one in (q, k, v)]
        out = torch.nn.functional.scaled_dot_product_attention(
            *tensors, attn_mask=None if mask is None else torch.tensor(mask))
        (out * torch.tensor(grad)).sum().backward()
        ours = scaled_dot_product_attention(q, k, v, mask)
        np.testing.assert_allclose(ours, out.detach().numpy(), atol=1e-12)
        for ours, tensor in zip(attention_backward(q, k, v, grad, mask), tensors, strict=True):
            np.testing.assert_allclose(ours, tensor.grad.numpy(), atol=1e-11)


def test_the_row_sum_of_the_backward_is_output_times_its_gradient():
    rng = np.random.default_rng(0)
    q, k, v, grad = (rng.standard_normal(shape) for shape in ((5, 4), (7, 4), (7, 6), (5, 6)))
    probs = torch.softmax(torch.tensor(q @ k.T / 2), -1).numpy()
    np.testing.assert_allclose((probs * (grad @ v.T)).sum(-1),
                               (grad * scaled_dot_product_attention(q, k, v)).sum(-1), atol=1e-12)


def test_the_page_s_standard_deviations_at_the_start():
    # Unit variance in, D = 512: nn.Linear draws with variance 1/(3D), MultiheadAttention with 1/(2D).
    width, rng = 512, torch.Generator().manual_seed(0)
    x = torch.randn(400, width, generator=rng)
    with torch.random.fork_rng():
        torch.manual_seed(0)
        first, second = torch.nn.Linear(width, width), torch.nn.Linear(width, width)
        packed = torch.nn.MultiheadAttention(width, 1).in_proj_weight
    for q, k, expected in ((first(x), second(x), 1 / 3),
                           (x @ packed[:width].T, x @ packed[width : 2 * width].T, 1 / 2)):
        scores = q @ k.T / math.sqrt(width)
        # 512 x 512 products of weights: a relative deviation of about 1/512, and of the 400 rows 1/20.
        assert abs(scores.std().item() / expected - 1) < 0.1


def test_a_mask_of_integers_is_told_what_a_mask_is():
    query, key = np.zeros((3, 4)), np.zeros((5, 4))
    with pytest.raises(ValueError, match=r"^attn_mask must be boolean or floating, got int32$"):
        attention_weights(query, key, np.ones((3, 5), np.int32))
