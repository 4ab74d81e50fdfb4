"""Output and every gradient from PyTorch's attention; the page's numbers."""

import numpy as np
import torch
import torch.nn.functional as F

from snippets.transformers.flash_attention import flash_attention, flash_attention_backward, traffic


def test_output_and_gradients_match_torch():
    rng = np.random.default_rng(0)
    for causal, length, keys in ((False, 13, 21), (True, 17, 17), (False, 1, 9), (True, 1, 1)):
        q, k, v = (rng.standard_normal((2, 3, n, 8)) for n in (length, keys, keys))
        grad = rng.standard_normal((2, 3, length, 8))
        tensors = [torch.tensor(x, requires_grad=True) for x in (q, k, v)]
        y = F.scaled_dot_product_attention(*tensors, is_causal=causal)
        y.backward(torch.tensor(grad))
        out, lse = flash_attention(q, k, v, causal, 4, 5)
        np.testing.assert_allclose(out, y.detach().numpy(), atol=1e-12)
        scores = tensors[0] @ tensors[1].mT / 8**0.5
        if causal:
            scores = scores.masked_fill(torch.ones(length, keys).triu(1) > 0, -torch.inf)
        np.testing.assert_allclose(lse, scores.logsumexp(-1).detach().numpy(), atol=1e-12)
        grads = flash_attention_backward(q, k, v, out, lse, grad, causal, 3, 4)
        for ours, tensor in zip(grads, tensors, strict=True):
            np.testing.assert_allclose(ours, tensor.grad.numpy(), atol=1e-11)


def test_the_page_s_traffic():
    table = {(1_024, 64): (4.5, 4.3, 2.2, 1.2, 0.7), (8_192, 64): (270.5, 269.5, 135.3, 68.2, 34.6),
             (8_192, 128): (272.6, 539.0, 270.5, 136.3, 69.2)}
    for shape, row in table.items():
        found = [traffic(*shape, block) / 1e6 for block in (None, 32, 64, 128, 256)]
        np.testing.assert_allclose(found, row, atol=0.051)
    assert 8192**2 * 2 / 1e6 == 134.217728 and 4 * 8192 * 128 * 2 / 1e6 == 8.388608


def test_the_page_s_online_softmax():
    scores, values = np.array([1.0, 3.0, 2.0, 5.0]), np.array([10.0, 20.0, 30.0, 40.0])
    weights = np.exp(scores - 5)
    assert round(weights.sum(), 4) == 1.2034 and round(weights @ values, 4) == 44.3835
    assert round(weights @ values / weights.sum(), 4) == 36.8806
    first = np.exp(scores[:2] - 3)
    assert round(first.sum(), 4) == 1.1353 and round(first @ values[:2], 4) == 21.3534
    assert round(np.exp(-2), 4) == 0.1353 and round(np.exp(-3), 4) == 0.0498
